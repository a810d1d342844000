package reports

import (
	"fmt"
	"html/template"
	"strings"
)

// rankingView is a ranking as a table.
type rankingView struct {
	Ranking
	Groups [][]placeView // those of one rank, those without one last
	Ranked int
}

// placeView is a target's place with the cell that it leads to.
type placeView struct {
	Place
	Href template.URL
}

// changeView is what some directives change, in words.
type changeView struct {
	Title string
	Where string
	Words []string
	Href  template.URL // to the target
}

// changeList are all changes, those without an effect by themselves.
type changeList struct {
	With     []changeView
	Without  []changeView
	Compared string // what those without were compared in
}

// versionView is what is different between two versions, in words.
type versionView struct {
	Title string
	None  string // why nothing is different; empty: something is
	Words []string
}

// behaviourView is a target's behaviour with its page.
type behaviourView struct {
	BehaviourRow
	Href template.URL
}

func (s *site) rankings() []rankingView {
	var views []rankingView
	for _, r := range Rankings(s.run) {
		v := rankingView{Ranking: r}
		for i, p := range r.Places {
			if p.Rank > 0 {
				v.Ranked++
			}
			if i == 0 || p.Rank != r.Places[i-1].Rank {
				v.Groups = append(v.Groups, nil)
			}
			last := len(v.Groups) - 1
			v.Groups[last] = append(v.Groups[last], placeView{p, hashLink(p.Target, r.Check, r.Scenario)})
		}
		views = append(views, v)
	}
	return views
}

// Mid is the median, of a place without a rank as far as it is known.
func (p placeView) Mid() string {
	switch {
	case p.N == 0:
		return ""
	case p.TimedOut > 0 && p.Rank == 0:
		return "timed out"
	}
	return FormatDuration(p.Median)
}

// Within is what the median lies between.
func (p placeView) Within() string {
	if p.Rank == 0 {
		return ""
	}
	return FormatDuration(p.Low) + " to " + FormatDuration(p.High)
}

func (s *site) changes() changeList {
	var list changeList
	verdicts, durations := 0, 0
	for _, g := range groupChanges(Changes(s.run)) {
		v := changeView{Title: g.first.directive(), Where: g.where(), Href: hashLink(g.first.Target.ID, "", "")}
		if g.first.None() && g.first.Verdicts+g.first.Durations > 0 {
			list.Without = append(list.Without, v)
			for _, c := range g.all {
				verdicts, durations = verdicts+c.Verdicts, durations+c.Durations
			}
			continue
		}
		for _, e := range g.first.Effects {
			v.Words = append(v.Words, e.Words(s.run))
		}
		for _, t := range g.first.Traits {
			v.Words = append(v.Words, t.Words())
		}
		if g.first.None() {
			v.Words = []string{"nothing to compare, no check was measured on both"}
		}
		list.With = append(list.With, v)
	}
	list.Compared = fmt.Sprintf("%s and %s compared", plural(verdicts, "verdict"), plural(durations, "duration"))
	return list
}

func (s *site) versions() []versionView {
	var views []versionView
	for _, step := range VersionChanges(s.run) {
		v := versionView{Title: strings.Join([]string{step.Proxy, step.From, "→", step.To}, " ")}
		switch {
		case step.Verdicts+step.Durations == 0:
			v.None = "nothing to compare, no check was measured on both"
		case len(step.Effects) == 0:
			v.None = fmt.Sprintf("no measurable difference in %s (%s and %s compared)",
				plural(len(step.Configs), "configuration"), plural(step.Verdicts, "verdict"), plural(step.Durations, "duration"))
		}
		for _, e := range step.Effects {
			v.Words = append(v.Words, e.Words(s.run)+" · "+step.in(e))
		}
		views = append(views, v)
	}
	return views
}

func (s *site) behaviours() (traits []string, views []behaviourView) {
	b := NewBehaviours(s.run)
	for _, row := range b.Rows {
		views = append(views, behaviourView{row, hashLink(row.Target.ID, "", "")})
	}
	return b.Traits, views
}
