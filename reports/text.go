package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
)

func init() {
	register(Format{
		Name:  "text",
		About: "for people at a terminal, at most 100 columns",
		File:  "report.txt",
		Write: writeText,
	})
}

// The rules of this output: the worst comes first and stands at the left edge in capitals; a number has its unit; what
// to do next is a command that can be copied; colour repeats what a word or a mark says.
func writeText(w io.Writer, run *Run, style Style) error {
	run, err := printableRun(run) // what a proxy wrote must not steer the terminal
	if err != nil {
		return err
	}
	p := newPage(style)
	if run.Card != nil {
		p.card(run)
		return p.flush(w)
	}
	p.header(run)
	p.overview(run)
	p.findings(run)
	p.unstable(run)
	p.knownFailures(run)
	p.rankings(run)
	p.behaviours(run)
	p.changes(run)
	p.versions(run)
	p.stages(run)
	p.summary(run)
	return p.flush(w)
}

func (p *page) header(run *Run) {
	e, o := run.Environment, run.Options
	words := []string{
		p.paint(bold, "finwait "+run.Finwait),
		plural(len(run.Targets), "target"),
		plural(len(run.Checks), "check"),
		glue(fmt.Sprintf("%s (%s)", e.Runtime, e.Engine)),
		glue(plural(o.Samples, "sample")),
		glue(plural(o.Endings, "ending")),
		glue("patience " + strings.TrimPrefix(FormatCap(float64(o.Patience)), "> ")),
	}
	if o.Repeat > 1 {
		words = append(words, glue(plural(o.Repeat, "repeat")))
	}
	p.wrap(0, strings.Join(words, " · "))
	p.wrap(0, p.paint(faint, fmt.Sprintf("%s · run %s · kernel %s · seed %d",
		run.Started.UTC().Format("2006-01-02 15:04:05 UTC"), run.ID, e.Kernel, o.Seed)))
	if text := run.merged(); text != "" {
		p.wrap(0, p.paint(faint, text))
	}
	p.interrupted(run)
}

func (p *page) interrupted(run *Run) {
	if run.Interrupted != "" {
		p.blank()
		p.wrap(0, p.paint(red, "!!! INTERRUPTED: "+full(run.Interrupted)+". What follows is not the whole run. !!!"))
	}
}

func (p *page) knownFailures(run *Run) {
	known := count(run.Results)[KnownFailure]
	if known == 0 {
		return
	}
	p.section("KNOWN FAILURES", plural(known, "result")+", explained and expected; why is in the other reports and in known-failures.yaml")
	for _, s := range Sentences(run) {
		if s.Verdict != KnownFailure {
			continue
		}
		text := p.paint(yellow, s.Check) + " · " + s.Text
		if k := s.Results[0].Known; k != nil && k.Remedy != "" {
			text += " · remedy: " + k.Remedy
		}
		p.item(2, text)
	}
}

func (p *page) stages(run *Run) {
	if len(run.Stages) == 0 {
		return
	}
	parts := make([]string, 0, len(run.Stages))
	for _, s := range run.Stages {
		parts = append(parts, glue(s.Name+" "+clock(seconds(s.Seconds))))
	}
	p.section("WHERE THE TIME WENT", "")
	if len(run.Shards) > 0 {
		p.wrap(2, "from the start of the first shard to the end of the last "+clock(run.Finished.Sub(run.Started))+
			"; all shards together: "+strings.Join(parts, " · "))
		for _, line := range append(run.shardTimes(), run.SelfTest.Line()) {
			p.item(2, line)
		}
		return
	}
	p.wrap(2, clock(run.Finished.Sub(run.Started))+": "+strings.Join(parts, " · "))
	for _, line := range []string{run.wallTime(), run.Quiet.String(), run.SelfTest.Line()} {
		p.item(2, line)
	}
}

func seconds(s float64) time.Duration { return time.Duration(s * float64(time.Second)) }

// maxBlamed is how many lines of them the end of the report names.
const maxBlamed = 10

// summary is the last thing on the screen: who is to blame, what came of it, and every verdict by its full name.
func (p *page) summary(run *Run) {
	p.interrupted(run)
	p.blame(run)
	summary := count(run.Results)
	parts := []string{glue(plural(len(run.Targets), "target")), glue(plural(len(run.Results), "result"))}
	for _, v := range Verdicts() {
		if summary[v] > 0 || v == Pass || v == Fail {
			parts = append(parts, p.paintVerdict(v, summary[v], glue(fmt.Sprintf("%d %s", summary[v], v))))
		}
	}
	if len(run.Stale) > 0 {
		parts = append(parts, p.paint(red, glue(fmt.Sprintf("%d stale", len(run.Stale)))))
	}
	if len(run.Unstable) > 0 {
		parts = append(parts, p.paint(red, glue(fmt.Sprintf("%d not stable", len(run.Unstable)))))
	}
	p.blank()
	p.hang(p.conclusion(run)+"  ", 2, strings.Join(parts, ", "))
}

// blame names the targets that are not as expected, each with its checks.
func (p *page) blame(run *Run) {
	words := map[string][]string{} // targets, by what is said of them
	var order []string
	for _, row := range NewOverview(run).Rows {
		if !row.bad() {
			continue
		}
		said := strings.Join(p.verdicts(row.badCounts()), ", ") + " · " + run.badChecks(row)
		if words[said] == nil {
			order = append(order, said)
		}
		words[said] = append(words[said], cmp.Or(row.name, row.Target.ID))
	}
	if len(order) == 0 {
		return
	}
	p.section("NOT AS EXPECTED", "")
	for _, said := range order[:min(len(order), maxBlamed)] {
		p.item(2, p.paint(bold, nameTargets(run, words[said]))+": "+said)
	}
	if n := len(order) - maxBlamed; n > 0 {
		p.item(2, fmt.Sprintf("and %d more", n))
	}
}

// badChecks names the checks that make a row bad, or counts them where they are many.
func (r *Run) badChecks(row Row) string {
	var ids []string
	for _, result := range slices.Concat(r.Control, r.Results) {
		own := result.Target == row.Target.ID && (!row.Control || result.Shard == row.Target.Shard)
		if own && result.Verdict.bad() && !slices.Contains(ids, result.Check) {
			ids = append(ids, result.Check)
		}
	}
	if len(ids) > maxChecks {
		return plural(len(ids), "check")
	}
	return strings.Join(ids, ", ")
}

func (p *page) conclusion(run *Run) string {
	colours := green
	switch code := run.ExitCode(); {
	case run.Card != nil:
		colours = decisionColours[run.Card.Decision]
	case code == ExitFailed, run.Interrupted != "":
		colours = red
	case code == ExitUnmeasurable:
		colours = magenta
	}
	return p.paint(colours, run.Conclusion())
}
