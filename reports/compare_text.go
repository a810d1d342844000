package reports

import (
	"bytes"
	"fmt"
	"io"
	"strings"
)

// maxFolds is how many lines of a kind are shown, what is worse apart: that is shown whole.
const maxFolds = 30

var kindColours = map[Kind]textColours{Worse: red, Better: green, Lost: magenta}

// text writes the comparison for people at a terminal: what is worse comes first, and the conclusion last.
func (c *Comparison) text(w io.Writer, style Style) error {
	p := newPage(style)
	p.wrap(0, strings.Join([]string{p.paint(bold, "finwait compare"), "base " + c.Base.words(), "head " + c.Head.words()}, " · "))
	p.compared(c)
	return p.flush(w)
}

// compared is what is different, and the conclusion.
func (p *page) compared(c *Comparison) {
	for _, kind := range Kinds() {
		p.kind(c, kind)
	}
	p.list("WHAT ELSE IS DIFFERENT", "", c.differences())
	p.list("WEAK", "what makes this comparison less sure", c.Weak)
	p.blank()
	heading, colours := c.heading()
	p.hang(p.paint(colours, heading)+"  ", 2, c.conclusion()+"; "+c.Compared.words())
}

// flush writes the page.
func (p *page) flush(w io.Writer) error {
	_, err := w.Write(bytes.TrimLeft(p.text.Bytes(), "\n"))
	return err
}

// heading is what came of the comparison, in capitals, and its colours.
func (c *Comparison) heading() (string, textColours) {
	switch {
	case c.Worse:
		return "WORSE", red
	case c.ExitCode() == ExitUnmeasurable:
		return "COULD NOT COMPARE", magenta
	case c.number(Lost) > 0:
		return "NOTHING KNOWN TO BE WORSE", yellow
	}
	return "NOTHING WORSE", green
}

// words are "fc7c4d70 (2026-11-22 19:26 UTC, 37 targets)".
func (r RunName) words() string {
	return r.ID + " " + glue(fmt.Sprintf("(%s, %s)", r.Started.UTC().Format("2006-01-02 15:04 UTC"), plural(r.Targets, "target")))
}

func (c Compared) words() string {
	return fmt.Sprintf("%s, %s and %s compared", glue(plural(c.Targets, "target")), glue(plural(c.Verdicts, "verdict")), glue(plural(c.Durations, "duration")))
}

func (p *page) kind(c *Comparison, kind Kind) {
	folds := c.ofKind(kind)
	if len(folds) == 0 {
		return
	}
	title, about := c.kindTitle(kind)
	if about == "" {
		about = plural(c.number(kind), "change")
	}
	p.section(title, about)
	shown := len(folds)
	if kind != Worse {
		shown = min(shown, maxFolds)
	}
	for _, f := range folds[:shown] {
		p.item(2, p.paint(kindColours[kind], f.words(c.head))+" · "+f.where(c.head))
		if f.actual != "" && kind != Better && f.effect.From != f.effect.To {
			p.item(4, c.sides.head+": "+inShort(f.actual))
		}
		if f.why != "" && kind == Worse {
			p.item(4, "explained: "+inShort(f.why))
		}
	}
	if n := len(folds) - shown; n > 0 {
		p.item(2, fmt.Sprintf("and %d more", n))
	}
}

func (p *page) list(title, about string, lines []string) {
	if len(lines) == 0 {
		return
	}
	p.section(title, about)
	for _, line := range lines {
		p.item(2, line)
	}
}
