package reports

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

func (p *page) findings(run *Run) {
	findings := Findings(run)
	if len(findings)+len(run.Stale) == 0 {
		p.section("FINDINGS", "none: every check that was judged is as expected")
		return
	}
	p.section("FINDINGS", "evidence paths are relative to run.json")
	for _, f := range findings {
		p.finding(run, f)
	}
	p.stale(run.Stale)
}

func (p *page) finding(run *Run, f Finding) {
	p.blank()
	switch f.Verdict {
	case HarnessError:
		p.hang(p.paint(magenta, "ERROR")+"  ", 6, plural(len(f.Results()), "result")+" could not be measured")
	case UnexpectedPass:
		p.hang(p.paint(red, "UNEXPECTED PASS")+"  ", 6, p.checkLine(f.Check))
	default:
		p.hang(p.paint(red, "FAIL")+"  ", 6, p.checkLine(f.Check))
	}
	if f.Check.Requirement != "" {
		p.wrap(6, f.Check.Requirement)
	}
	p.field("source", f.Check.Source)
	p.field("expected", f.Expected)
	for _, s := range f.Seen {
		p.sighting(run, f, s)
	}
	p.field("hint", f.Hint)
	p.unexpected(f)
	p.repeat(Repeat(run, f.Results()))
}

func (p *page) checkLine(c CheckInfo) string { return p.paint(bold, c.ID) + "  (" + c.Level + ")" }

func (p *page) sighting(run *Run, f Finding, s Sighting) {
	label, colours := "actual", red
	if f.Verdict == HarnessError {
		label, colours = "reason", magenta
	}
	p.field(label, p.paint(colours, s.Actual))
	p.field("where", Where(run, s.Results))
	p.field("line", strings.Join(run.causes(s.Results), " "))
	p.field("evidence", evidence(s.Results))
}

// evidence names the first result's files, and how many others there are.
func evidence(results []Result) string {
	first := results[0].Evidence
	others := 0
	for _, r := range results[1:] {
		others += len(r.Evidence)
	}
	text := strings.Join(first, " ")
	if others > 0 {
		text += fmt.Sprintf(" and %d more", others)
	}
	return strings.TrimSpace(text)
}

// unexpected says which entry of known-failures.yaml a pass contradicts.
func (p *page) unexpected(f Finding) {
	known := f.Seen[0].Results[0].Known
	if f.Verdict != UnexpectedPass || known == nil {
		return
	}
	p.field("entry", fmt.Sprintf("%s says that it fails: %s. Take the entry out, or narrow it.", known.Entry, full(known.Why)))
}

// repeat prints the command on lines that can be copied together.
func (p *page) repeat(args []string) {
	if len(args) == 0 {
		return
	}
	line := "      repeat    "
	used := len(line)
	for i, arg := range args {
		size := text.StringWidthWithoutEscSequences(arg)
		if i > 0 && used+1+size+2 > p.width {
			p.text.WriteString(line + " \\\n")
			line = strings.Repeat(" ", 18)
			used = len(line)
		} else if i > 0 {
			line, used = line+" ", used+1
		}
		line, used = line+p.paint(bold, arg), used+size
	}
	p.text.WriteString(line + "\n")
}

// stale shows the entries that matched nothing and, by themselves, those whose remedy does not work.
func (p *page) stale(list []Stale) {
	var unmatched, unproven []string
	for _, s := range list {
		if s.Why == "" {
			unmatched = append(unmatched, s.Entry+"  "+s.Check)
		} else {
			unproven = append(unproven, s.Entry+"  "+s.Check+": "+s.Why)
		}
	}
	p.contradicted(unmatched, "that nothing in this run matches: take it out, or correct it")
	p.contradicted(unproven, "whose remedy does not pass in this run: correct proven, or the configuration")
}

func (p *page) contradicted(entries []string, how string) {
	if len(entries) == 0 {
		return
	}
	p.blank()
	p.hang(p.paint(red, "STALE")+"  ", 6, plural(len(entries), "known failure")+" "+how)
	for _, e := range entries {
		p.item(6, e)
	}
}
