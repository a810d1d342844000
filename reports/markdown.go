package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"
)

func init() {
	register(Format{
		Name:  "markdown",
		About: "for the summary of a CI job and a pull request, under 60 000 characters",
		File:  "report.md",
		Write: writeMarkdown,
	})
}

// GitHub takes 65 536 characters of a comment. Every part has its share of characters, and says what it leaves out.
const (
	shareAll      = 59_000
	shareFindings = 24_000
	shareStable   = 2_500 // of what is stale, and of what is not stable
	shareMatrix   = 10_500
	shareNumbers  = 11_500
	shareTime     = 3_000
	shareText     = 700 // of one text
)

// The rules of this output: what needs somebody's eyes comes first and is open, everything else is folded; what a proxy
// wrote is text and nothing else; a part that would be too long ends with a line that says how much is missing.
func writeMarkdown(w io.Writer, run *Run, _ Style) error {
	run, err := printableRun(run)
	if err != nil {
		return err
	}
	m := markdown{run: run}
	if run.Card != nil {
		m.card()
	} else {
		m.heading()
		m.findings()
	}
	m.stale()
	m.unstable()
	m.matrix()
	m.numbers()
	m.knownFailures()
	m.time()
	_, err = io.WriteString(w, m.String())
	return err
}

// markdown is a report that is being filled.
type markdown struct {
	strings.Builder
	run *Run
}

func (m *markdown) line(format string, args ...any) {
	m.WriteString(fmt.Sprintf(format, args...) + "\n")
}

func (m *markdown) heading() {
	run := m.run
	m.line("## finwait: %s\n", run.Conclusion())
	if run.Interrupted != "" {
		m.line("> **Interrupted:** %s. What follows is not the whole run.\n", inText(full(run.Interrupted), shareText))
	}
	summary := count(run.Results)
	parts := []string{plural(len(run.Targets), "target"), plural(len(run.Results), "result")}
	for _, v := range Verdicts() {
		if summary[v] > 0 || v == Pass || v == Fail {
			parts = append(parts, fmt.Sprintf("%s %d %s", symbols[v], summary[v], v))
		}
	}
	if n := len(run.Stale); n > 0 {
		parts = append(parts, fmt.Sprintf("%s %d stale", symbols[Fail], n))
	}
	if n := len(run.Unstable); n > 0 {
		parts = append(parts, fmt.Sprintf("%s %d not stable", symbols[Fail], n))
	}
	m.line("%s\n", strings.Join(parts, " · "))
	e, o := run.Environment, run.Options
	about := []string{"finwait " + run.Finwait, "run " + run.ID, run.Started.UTC().Format("2006-01-02 15:04 UTC"),
		fmt.Sprintf("%s (%s)", e.Runtime, e.Engine), "kernel " + e.Kernel, plural(o.Samples, "sample"), plural(o.Endings, "ending"),
		"patience " + strings.TrimPrefix(FormatCap(float64(o.Patience)), "> ")}
	if o.Repeat > 1 {
		about = append(about, plural(o.Repeat, "repeat"))
	}
	m.line("<sub>%s</sub>\n", inText(strings.Join(about, " · "), shareText))
}

func (m *markdown) findings() {
	findings := Findings(m.run)
	m.line("### Findings\n")
	if len(findings) == 0 {
		m.line("None: every check that was judged is as expected.\n")
		return
	}
	tell := newTeller(m.run)
	m.fit(len(findings), shareFindings, "more finding", func(i int) string {
		return m.finding(i+1, findings[i], tell.sentence(findings[i].Verdict, findings[i].Results()))
	})
	m.line("<sub>Evidence lies beside run.json.</sub>\n")
}

// maxSeen is how many different things seen one finding tells.
const maxSeen = 3

func (m *markdown) finding(number int, f Finding, s Sentence) string {
	var out strings.Builder
	indent := strings.Repeat(" ", len(fmt.Sprint(number))+2)
	field := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&out, "%s- %s: %s\n", indent, label, text)
		}
	}
	about := ""
	if s.Check != "" {
		about = fmt.Sprintf(" %s, %s", inCode(s.Check), inText(f.Check.Level, shareText))
	}
	fmt.Fprintf(&out, "%d. %s **%s**%s\n", number, symbols[f.Verdict], inText(s.Text, shareText), about)
	field("expected", inText(f.Expected, shareText))
	label := "actual"
	if f.Verdict == HarnessError {
		label = "reason"
	}
	for _, seen := range f.Seen[:min(len(f.Seen), maxSeen)] {
		field(label, inText(seen.Actual, shareText)+" <sub>("+inText(Where(m.run, seen.Results), shareText)+")</sub>")
	}
	if rest := len(f.Seen) - maxSeen; rest > 0 {
		field(label, fmt.Sprintf("and %s", plural(rest, "more thing")))
	}
	field("line", m.places(f.Results()))
	field("hint", inText(f.Hint, shareText))
	field("evidence", inText(evidence(f.Results()), shareText))
	if command := Repeat(m.run, f.Results()); len(command) > 0 {
		out.WriteString(codeBlock(indent, "sh", inLines(command)...))
	}
	return out.String()
}

// maxPlaces is how many lines of configuration files a finding names.
const maxPlaces = 4

func (m *markdown) places(results []Result) string {
	all := m.run.causes(results)
	var named []string
	for _, place := range all[:min(len(all), maxPlaces)] {
		named = append(named, inCode(place))
	}
	if rest := len(all) - maxPlaces; rest > 0 {
		named = append(named, fmt.Sprintf("%d more", rest))
	}
	return listed(named)
}

// inLines breaks a command as a shell takes it, and leaves the end out of one that is beyond all measure.
func inLines(args []string) []string {
	var lines []string
	for i, arg := range args {
		if i == 0 || len(lines[len(lines)-1])+1+len(arg) > maxWidth-2 {
			lines = append(lines, arg)
		} else {
			lines[len(lines)-1] += " " + arg
		}
	}
	const most = 12
	if len(lines) > most {
		return append(lines[:most], "# and so on")
	}
	for i := range lines[:len(lines)-1] {
		lines[i] += ` \`
	}
	return lines
}

func (m *markdown) stale() {
	if len(m.run.Stale) == 0 {
		return
	}
	m.line("### Stale known failures\n")
	m.fit(len(m.run.Stale), shareStable, "more", func(i int) string {
		s := m.run.Stale[i]
		return fmt.Sprintf("- %s %s: %s\n", inCode(s.Entry), inCode(s.Check), inText(cmp.Or(s.Why, "nothing in this run matches it"), shareText))
	})
}

func (m *markdown) unstable() {
	if len(m.run.Unstable) == 0 {
		return
	}
	m.line("### Not stable\n")
	m.fit(len(m.run.Unstable), shareStable, "more", func(i int) string {
		u := m.run.Unstable[i]
		return fmt.Sprintf("- %s %s: %s\n", inCode(u.Check), inText(u.where(), shareText), inText(strings.Join(u.counts(), ", "), shareText))
	})
}

func (u Unstable) where() string {
	if u.Scenario == "" {
		return u.Target
	}
	return u.Target + " in " + u.Scenario
}

// fit writes as many of n items as have their place in share, and says how many have not.
func (m *markdown) fit(n, share int, more string, item func(i int) string) {
	shown, used := 0, 0
	for ; shown < n; shown++ {
		text := item(shown)
		if used += utf8.RuneCountInString(text); used > share {
			break
		}
		m.WriteString(text)
	}
	if rest := n - shown; rest > 0 {
		noun := more
		if rest > 1 && noun != "more" {
			noun += "s"
		}
		m.line("\n_%d %s: this report is cut, `finwait report run.json` shows all._", rest, noun)
	}
	m.line("")
}

// fold begins a part that is closed until somebody opens it; the function that it returns ends it.
func (m *markdown) fold(title string) func() {
	m.line("<details><summary>%s</summary>\n", title)
	return func() { m.line("</details>\n") }
}

func (m *markdown) knownFailures() {
	groups := KnownFailures(m.run)
	if len(groups) == 0 {
		return
	}
	defer m.fold(fmt.Sprintf("Known failures: %s, explained and expected", plural(count(m.run.Results)[KnownFailure], "result")))()
	tell := newTeller(m.run)
	m.fit(len(groups), shareAll-shareTime-utf8.RuneCountInString(m.String()), "more", func(i int) string {
		g := groups[i]
		item := fmt.Sprintf("- %s %s (%s)\n  - why: %s\n", symbols[KnownFailure], inText(tell.sentence(KnownFailure, g.Results).Text, shareText),
			inCode(g.Check), inText(g.Known.Why, shareText))
		if g.Known.Remedy != "" {
			item += fmt.Sprintf("  - remedy: %s\n", inText(g.Known.Remedy, shareText))
		}
		return item
	})
}

func (m *markdown) time() {
	if len(m.run.Stages) == 0 {
		return
	}
	defer m.fold("Where the time went: " + clock(m.run.Finished.Sub(m.run.Started)))()
	parts := make([]string, 0, len(m.run.Stages))
	for _, s := range m.run.Stages {
		parts = append(parts, s.Name+" "+clock(seconds(s.Seconds)))
	}
	m.line("%s\n", inText(strings.Join(parts, " · "), shareText))
	for _, line := range []string{m.run.wallTime(), m.run.Quiet.String(), m.run.SelfTest.Line()} {
		if line != "" {
			m.line("- %s", inText(strings.ReplaceAll(line, hardSpace, " "), shareText))
		}
	}
	m.line("")
}

// areas are those of the checks that were judged, in the order of their names.
func (r *Run) areas() []string {
	var areas []string
	for _, list := range [][]Result{r.Control, r.Results} {
		for _, result := range list {
			if area, _, _ := strings.Cut(result.Check, "/"); !slices.Contains(areas, area) {
				areas = append(areas, area)
			}
		}
	}
	slices.Sort(areas)
	return areas
}
