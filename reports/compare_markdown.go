package reports

import (
	"fmt"
	"io"
	"strings"
)

// markdown writes the comparison as an issue: a line that can be its title, what is worse, and the rest folded.
func (c *Comparison) markdown(w io.Writer, _ Style) error {
	var b strings.Builder
	title := "nothing worse"
	if c.ExitCode() != ExitExpected {
		title = plain(c.conclusion())
	}
	fmt.Fprintf(&b, "# finwait: %s\n\n", title)
	fmt.Fprintf(&b, "Base %s, head %s. %s; %s.\n", inText(c.Base.words(), 0), inText(c.Head.words(), 0),
		capitalised(plain(c.conclusion())), plain(c.Compared.words()))
	c.markdownBody(&b)
	_, err := io.WriteString(w, b.String())
	return err
}

// markdownBody is what is different, folded but for what is worse.
func (c *Comparison) markdownBody(b *strings.Builder) {
	for _, kind := range Kinds() {
		c.markdownKind(b, kind)
	}
	markdownList(b, "What else is different", c.differences())
	markdownList(b, "What makes this comparison less sure", c.Weak)
	c.markdownTable(b)
}

func (c *Comparison) markdownKind(b *strings.Builder, kind Kind) {
	folds := c.ofKind(kind)
	if len(folds) == 0 {
		return
	}
	title, about := c.kindTitle(kind)
	title = capitalised(strings.ToLower(title))
	if kind == Worse {
		fmt.Fprintf(b, "\n## %s\n\n", title)
	} else {
		fmt.Fprintf(b, "\n<details><summary>%s: %s</summary>\n\n", title, plural(c.number(kind), "change"))
		if about != "" {
			fmt.Fprintf(b, "%s.\n\n", capitalised(about))
		}
	}
	for _, f := range folds[:min(len(folds), maxTable)] {
		fmt.Fprintf(b, "- **%s** · %s\n", inText(f.words(c.head), 0), inText(f.where(c.head), 0))
		if f.actual != "" && kind != Better && f.effect.From != f.effect.To {
			fmt.Fprintf(b, "  - %s: %s\n", c.sides.head, inText(inShort(f.actual), 0))
		}
		if f.why != "" && kind == Worse {
			fmt.Fprintf(b, "  - explained: %s\n", inText(inShort(f.why), 0))
		}
	}
	if n := len(folds) - maxTable; n > 0 {
		fmt.Fprintf(b, "- and %d more\n", n)
	}
	if kind != Worse {
		b.WriteString("\n</details>\n")
	}
}

func markdownList(b *strings.Builder, title string, lines []string) {
	if len(lines) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>%s</summary>\n\n", title)
	for _, line := range lines {
		fmt.Fprintf(b, "- %s\n", inText(line, 0))
	}
	b.WriteString("\n</details>\n")
}

// maxTable is how many lines a list or table has: an issue may have 65,536 characters.
const maxTable = 100

// markdownTable has each change by itself.
func (c *Comparison) markdownTable(b *strings.Builder) {
	if len(c.Changes) == 0 {
		return
	}
	fmt.Fprintf(b, "\n<details><summary>Every change</summary>\n\n")
	b.WriteString("| change | target | check | scenario | verdict | duration |\n|---|---|---|---|---|---|\n")
	for _, x := range c.Changes[:min(len(c.Changes), maxTable)] {
		verdict, duration := string(x.To), ""
		if x.From != x.To {
			verdict = fmt.Sprintf("%s → %s", x.From, x.To)
		}
		if x.Difference != nil {
			duration = differencesText([]Difference{*x.Difference})
		}
		cells := []string{string(x.Kind), x.Target, x.Check, x.Scenario, verdict, duration}
		for i, cell := range cells {
			cells[i] = inText(cell, 0)
		}
		fmt.Fprintf(b, "| %s |\n", strings.Join(cells, " | "))
	}
	if n := len(c.Changes) - maxTable; n > 0 {
		fmt.Fprintf(b, "\nand %d more\n", n)
	}
	b.WriteString("\n</details>\n")
}

// plain has plain spaces only.
func plain(s string) string { return strings.ReplaceAll(s, hardSpace, " ") }

func capitalised(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}
