package reports

import (
	"slices"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

var decisionColours = map[Decision]text.Colors{"": magenta, Block: red, Risk: yellow, Approve: green}

func (p *page) paintDecision(d Decision, s string) string { return p.paint(decisionColours[d], s) }

// card is the whole report of a run that signs a configuration off: the decision, each route with its numbers, what does
// not hold and what to do about it, and what the card is valid for.
func (p *page) card(run *Run) {
	c := run.Card
	p.hang(p.conclusion(run)+"  ", 2, c.says())
	p.wrap(2, p.paint(bold, glued(c.subject())))
	if c.Quick {
		p.wrap(2, p.paint(yellow, firstAnswer))
	}
	if against := c.comparedWith(); against != "" {
		p.wrap(2, p.paint(faint, "compared with "+against))
	}
	p.interrupted(run)
	for _, r := range c.Routes {
		p.cardRoute(c, r)
	}
	p.cardFindings(c)
	p.cardCures(c)
	p.list("PASSED OVER", "routes that were not validated", c.Passed)
	p.list("NOTES", "what finwait took the input for, and what it provided", c.Notes)
	p.validFor(c)
}

// glued joins words, each of which stays on one line unless it is long: "nginx.conf · nginx 1.30.6".
func glued(words []string) string {
	const long = 30
	joined := slices.Clone(words)
	for i, w := range joined {
		if width(w) < long {
			joined[i] = glue(w)
		}
	}
	return strings.Join(joined, " · ")
}

func (p *page) cardRoute(c *Card, r CardRoute) {
	p.blank()
	lead := ""
	if d := c.decisionOn(r); d != "" {
		lead = p.paintDecision(d, string(d)) + "  "
	}
	about := p.paint(bold, r.URL) + " → " + strings.Join(r.Upstreams, ", ")
	if place := linePlace(r.File, r.Line); place != "" {
		about += " · " + place
	}
	p.hang(lead, 2, about)
	p.numbers(r.Numbers)
}

// numbers is the table of those that matter, beside their budgets.
func (p *page) numbers(numbers []Number) {
	if len(numbers) == 0 {
		return
	}
	const least, telling, mark = 9, 16, len("NOT MET") // columns of a name, of a value that is in words, of the mark
	name, value, budget := 0, len("measured"), len("budget")
	for _, n := range numbers {
		name, value, budget = max(name, width(n.Name)), max(value, width(n.shown())), max(budget, width(n.Budget))
	}
	room := p.width - len("  ") - mark - 3*len("  ")
	budget = min(budget, room-2*least)
	value = min(value, max(room-budget-name, min(telling, room-budget-least)))
	name = min(name, room-budget-value)
	t := table.NewWriter()
	t.SetStyle(tableStyle())
	t.Style().Options.SeparateHeader, t.Style().Box.PaddingRight = false, "  "
	t.AppendHeader(table.Row{"", p.paint(faint, "measured"), p.paint(faint, "budget"), ""})
	for _, n := range numbers {
		t.AppendRow(table.Row{broken(n.Name, name), broken(n.shown(), value), broken(n.Budget, budget), p.numberMark(n)})
	}
	for line := range strings.Lines(t.Render()) {
		p.text.WriteString("  " + strings.TrimRight(line, " \n") + "\n")
	}
}

func width(s string) int { return text.StringWidthWithoutEscSequences(s) }

// broken breaks a text between its words, and a word that is longer than the column as well.
func broken(s string, columns int) string {
	return strings.Join(wrapWords(words(s), columns, columns), "\n")
}

// shown is the value, or that there is none.
func (n Number) shown() string {
	if n.Value == "" {
		return "not measured"
	}
	return n.Value
}

// verdict is what the budget makes of a number: "ok", "NOT MET" or "unclear"; empty: it has none, or no value.
func (n Number) verdict() string {
	switch {
	case n.Value == "":
		return ""
	case n.Unclear:
		return "unclear"
	case !n.Within:
		return "NOT MET"
	case n.Budget == "":
		return ""
	}
	return "ok"
}

func (p *page) numberMark(n Number) string {
	word := n.verdict()
	return p.paint(map[string]text.Colors{"ok": green, "NOT MET": red, "unclear": yellow}[word], word)
}

func (p *page) cardFindings(c *Card) {
	folds := c.folded()
	if len(folds) == 0 {
		if c.Unproven == "" {
			p.section("FINDINGS", "none: every requirement that was judged is met")
		}
		return
	}
	about := ""
	if c.Unproven != "" {
		about = "what was seen, although nothing is decided"
	}
	p.section("FINDINGS", about)
	for i, f := range folds {
		if i > 0 {
			p.blank()
		}
		p.cardFinding(c, f)
	}
}

func (p *page) cardFinding(c *Card, f foldedFinding) {
	word := string(f.Decision)
	p.hang(p.paintDecision(f.Decision, word)+strings.Repeat(" ", len("BLOCK ")-len(word)+1), 7, p.paint(bold, f.title()))
	if len(c.Routes) > 1 {
		p.cardField("on", strings.Join(append([]string{f.route.URL}, f.alsoOn()...), ", also on "))
	}
	p.cardField("required", f.required())
	p.cardField("measured", inShort(f.Actual))
	p.cardField("expected", full(f.Expected))
	if place := f.place(); place != "" {
		p.cardField("line", place+" "+backticks(f.Text))
	}
	p.cardField("change", f.Change)
	proof, helps := c.proof(f, terminalMarker)
	if helps {
		p.cardField("proven", p.paint(green, proof))
	} else {
		p.cardField("cure", proof)
	}
	p.cardField("evidence", f.Evidence)
}

// cardField writes a label and what it is below a finding.
func (p *page) cardField(label, s string) {
	if s = strings.TrimSpace(s); s != "" {
		p.hang("       "+p.paint(faint, label)+strings.Repeat(" ", max(1, 10-len(label))), 17, s)
	}
}

func (p *page) cardCures(c *Card) {
	var lines []string
	for _, cure := range c.unlinked() {
		lines = append(lines, cure.inVain(terminalMarker, ""))
	}
	lines = append(c.together(), lines...)
	if fix := c.fixCommand(); fix != "" {
		lines = append(lines, p.paint(bold, fix)+" writes the patched copy and its diff; "+c.Path+" stays as it is")
	}
	p.list("CURES", "tried on a copy", lines)
}

func (p *page) validFor(c *Card) {
	p.section("VALID FOR", "this and nothing else; anything that changes asks for another card")
	p.wrap(2, glued(c.Valid.words()))
	if budgets := c.Valid.budgetWords(); budgets != "" {
		p.item(2, "budgets "+budgets)
	}
}
