package reports

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

const (
	shareRoutes = 8_000
	sharePatch  = 8_000
	shareNotes  = 3_000
)

// decisionSymbols tell decisions apart without colour; that of none is for what could not be measured.
var decisionSymbols = map[Decision]string{"": "💥", Block: "❌", Risk: "⚠️", Approve: "✅"}

// markdownMarker makes code of what is quoted, and text and nothing else of the rest.
var markdownMarker = marker{code: inCode, text: func(s string) string { return inText(s, shareText) }}

// card is the sign-off; what is measured beyond it comes after it, folded.
func (m *markdown) card() {
	c := m.run.Card
	m.line("## finwait: %s %s\n", decisionSymbols[c.Decision], m.run.Conclusion())
	m.line("**%s.**\n", inText(capitalised(c.says()), shareText))
	about := []string{inCode(c.Path)}
	for _, words := range c.subject()[1:] {
		about = append(about, inText(words, shareText))
	}
	m.line("%s\n", strings.Join(about, " · "))
	if c.Quick {
		m.line("> %s.\n", capitalised(firstAnswer))
	}
	if against := c.comparedWith(); against != "" {
		m.line("Compared with %s.\n", inText(plain(against), shareText))
	}
	m.fit(len(c.Routes), shareRoutes, "more route", func(i int) string { return m.cardRoute(c.Routes[i]) })
	m.cardFindings()
	m.cardCures()
	m.cardNotes()
	m.validFor()
}

func (m *markdown) cardRoute(r CardRoute) string {
	var out strings.Builder
	var upstreams []string
	for _, u := range r.Upstreams {
		upstreams = append(upstreams, inCode(u))
	}
	lead := ""
	if d := m.run.Card.decisionOn(r); d != "" {
		lead = decisionSymbols[d] + " "
	}
	fmt.Fprintf(&out, "### %s%s → %s\n\n", lead, inCode(r.URL), strings.Join(upstreams, ", "))
	if place := linePlace(r.File, r.Line); place != "" {
		fmt.Fprintf(&out, "%s\n\n", inCode(place))
	}
	if len(r.Numbers) == 0 {
		return out.String()
	}
	out.WriteString("| number | measured | budget | |\n|---|---|---|---|\n")
	for _, n := range r.Numbers {
		symbol := map[string]string{"ok": symbols[Pass] + " ok", "NOT MET": symbols[Fail] + " **not met**", "unclear": symbols[Inconclusive] + " unclear"}[n.verdict()]
		out.WriteString(tableRow([]string{inText(n.Name, shareText), inText(n.shown(), shareText), inText(n.Budget, shareText), symbol}))
	}
	out.WriteString("\n")
	return out.String()
}

func (m *markdown) cardFindings() {
	folds := m.run.Card.folded()
	if len(folds) == 0 {
		if m.run.Card.Unproven == "" {
			m.line("No findings: every requirement that was judged is met.\n")
		}
		return
	}
	m.line("### Findings\n")
	m.fit(len(folds), shareFindings, "more finding", func(i int) string { return m.cardFinding(i+1, folds[i]) })
}

func (m *markdown) cardFinding(number int, f foldedFinding) string {
	c := m.run.Card
	var out strings.Builder
	indent := strings.Repeat(" ", len(fmt.Sprint(number))+2)
	field := func(label, text string) {
		if text != "" {
			fmt.Fprintf(&out, "%s- %s: %s\n", indent, label, text)
		}
	}
	fmt.Fprintf(&out, "%d. %s **%s** %s\n", number, decisionSymbols[f.Decision], inText(f.title(), shareText), f.Decision)
	if len(c.Routes) > 1 {
		on := []string{inCode(f.route.URL)}
		for _, other := range f.alsoOn() {
			on = append(on, inCode(other))
		}
		field("on", strings.Join(on, ", also on "))
	}
	field("required", fmt.Sprintf("%s (%s, %s)", inText(full(f.Requirement), shareText), inText(f.Level, shareText), inCode(f.Check)))
	field("measured", inText(f.Actual, shareText))
	field("expected", inText(f.Expected, shareText))
	if place := f.place(); place != "" {
		field("line", strings.TrimSpace(inCode(place)+" "+inCode(f.Text)))
	}
	field("change", inText(f.Change, shareText))
	proof, helps := c.proof(f, markdownMarker)
	if helps {
		field("**proven**", proof)
	} else {
		field("cure", proof)
	}
	if f.Evidence != "" {
		out.WriteString(codeBlock(indent, "sh", f.Evidence))
	}
	return out.String()
}

func (m *markdown) cardCures() {
	c := m.run.Card
	var lines []string
	for _, line := range c.together() {
		lines = append(lines, inText(line, shareText))
	}
	if fix := c.fixCommand(); fix != "" {
		lines = append(lines, inCode(fix)+" writes the patched copy and its diff; "+inCode(c.Path)+" stays as it is.")
	}
	for _, cure := range c.unlinked() {
		lines = append(lines, cure.inVain(markdownMarker, "")+".")
	}
	if len(lines) > 0 {
		m.line("### Cures\n")
		m.fit(len(lines), shareStable, "more", func(i int) string { return "- " + lines[i] + "\n" })
	}
	if c.Patch != "" {
		end := m.fold("The patch")
		m.WriteString(diffBlock(c.Patch, sharePatch))
		m.line("")
		end()
	}
}

// diffBlock fences the lines of a diff, as many as have their place in share.
func diffBlock(diff string, share int) string {
	fence := strings.Repeat("`", max(2, longestRun(diff, '`'))+1)
	var out strings.Builder
	used, cut := 0, false
	for line := range strings.Lines(diff) {
		if used += utf8.RuneCountInString(line); used > share {
			cut = true
			break
		}
		out.WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
	block := fence + "diff\n" + out.String() + fence + "\n"
	if cut {
		block += "\n_The patch is cut: run.json has all of it._\n"
	}
	return block
}

func (m *markdown) cardNotes() {
	c := m.run.Card
	for _, part := range []struct {
		title string
		lines []string
	}{{"Routes that were not validated", c.Passed}, {"What finwait took the input for, and what it provided", c.Notes}} {
		if len(part.lines) == 0 {
			continue
		}
		end := m.fold(fmt.Sprintf("%s: %d", part.title, len(part.lines)))
		m.fit(len(part.lines), shareNotes, "more", func(i int) string { return "- " + inText(part.lines[i], shareText) + "\n" })
		end()
	}
}

func (m *markdown) validFor() {
	v := m.run.Card.Valid
	words := strings.Join(v.words(), " · ")
	if budgets := v.budgetWords(); budgets != "" {
		words += " · budgets " + plain(budgets)
	}
	m.line("<sub>Valid for %s; and for nothing else.</sub>\n", inText(words, 2*shareText))
}
