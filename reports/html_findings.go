package reports

import (
	"html/template"
	"slices"
	"strings"
)

// findingList are all findings in words, what is not as expected first.
type findingList struct {
	Bad   int           // how many are not as expected
	First []findingView // shown at once
	Rest  []findingView // folded
}

// findingView is a finding in words.
type findingView struct {
	Verdict  Verdict
	Text     string
	Check    CheckInfo // empty for harness errors
	HintName string
	Hint     string // what to do
	Cells    cellList
	Repeat   string
}

// cellList names cells.
type cellList struct {
	Links []cellLink
	More  int // cells that are not named
}

// cellLink names a cell.
type cellLink struct {
	Text string
	Href template.URL
}

// knownView is a known failure and where it was seen.
type knownView struct {
	KnownGroup
	Cells cellList
}

const (
	maxFindings = 5 // that are shown before the rest is folded; what is not as expected is never folded
	maxCells    = 4 // cells that are named before they are only counted
)

func (s *site) findings() findingList {
	var list findingList
	var all []findingView
	for _, sentence := range Sentences(s.run) {
		view := s.finding(sentence)
		if view.Verdict.bad() {
			list.Bad++
		}
		all = append(all, view)
	}
	shown := min(len(all), max(list.Bad, maxFindings))
	list.First, list.Rest = all[:shown], all[shown:]
	return list
}

func (s *site) finding(sentence Sentence) findingView {
	first := sentence.Results[0]
	view := findingView{Verdict: sentence.Verdict, Text: sentence.Text, Cells: s.cells(s.asNamed(sentence)),
		Repeat: strings.Join(Repeat(s.run, sentence.Results), " ")}
	if sentence.Check != "" {
		view.Check = s.run.check(first)
	}
	switch {
	case sentence.Verdict == KnownFailure && first.Known != nil:
		view.HintName, view.Hint, view.Repeat = "remedy", first.Known.Remedy, ""
	case sentence.Verdict == UnexpectedPass && first.Known != nil:
		view.HintName, view.Hint = "entry", first.Known.Entry+" says that it fails: "+full(first.Known.Why)+". Take the entry out, or narrow it."
	default:
		view.HintName, view.Hint = "hint", first.Hint
	}
	return view
}

// asNamed puts those of the target that the sentence begins with first.
func (s *site) asNamed(sentence Sentence) []Result {
	named := func(r Result) int {
		if strings.HasPrefix(sentence.Text, s.pageOf(r)+" ") {
			return 0
		}
		return 1
	}
	results := slices.Clone(sentence.Results)
	slices.SortStableFunc(results, func(a, b Result) int { return named(a) - named(b) })
	return results
}

// cells names the cells of results, those of one target together.
func (s *site) cells(results []Result) cellList {
	var list cellList
	var seen []string
	for _, r := range results {
		page := s.pageOf(r)
		switch {
		case slices.Contains(seen, page):
			continue
		case len(list.Links) == maxCells:
			list.More++
		default:
			list.Links = append(list.Links, cellLink{page, s.link(r)})
		}
		seen = append(seen, page)
	}
	return list
}
