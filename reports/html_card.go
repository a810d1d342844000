package reports

import (
	"html/template"
	"strings"
)

// cardView is the sign-off card, the first screen of a run that has one.
type cardView struct {
	*Card
	Conclusion string
	Class      string // whose colour the decision has
	Says       string
	About      []string
	First      string // that it is a first answer; empty: it is not
	Compared   string
	Routes     []cardRouteView
	Findings   []cardFindingView
	Cures      []template.HTML
	Fix        string
	Valid      []string
	Budgets    string
}

// cardRouteView is a route with its numbers.
type cardRouteView struct {
	CardRoute
	Said    Decision // empty: nothing is decided
	Class   string
	Place   string
	Href    template.URL
	Numbers []cardNumber
}

// cardNumber is a number with what its budget makes of it.
type cardNumber struct {
	Number
	Shown   string
	Verdict string
	Class   string
}

// cardFindingView is a finding on its routes.
type cardFindingView struct {
	CardFinding
	Class string
	Title string
	On    []string // the first is where Place is; empty: there is one route only
	Place string
	Proof template.HTML
	Helps bool
	Href  template.URL
}

// decisionClasses are those of the colours that decisions have.
var decisionClasses = map[Decision]string{"": "harness-error", Block: "fail", Risk: "risk", Approve: "pass"}

// numberClasses are those of the verdicts on numbers.
var numberClasses = map[string]string{"ok": "ok", "NOT MET": "fail", "unclear": "inconclusive"}

// htmlMarker escapes everything that it shows.
var htmlMarker = marker{
	code: func(s string) string { return "<code>" + template.HTMLEscapeString(s) + "</code>" },
	text: template.HTMLEscapeString,
}

// asHTML is what was made with htmlMarker.
func asHTML(s string) template.HTML { return template.HTML(s) } //nolint:gosec // the marker escapes it

func (s *site) card() *cardView {
	c := s.run.Card
	if c == nil {
		return nil
	}
	v := &cardView{Card: c, Conclusion: s.run.Conclusion(), Class: decisionClasses[c.Decision], Says: capitalised(c.says()),
		About: c.subject(), Compared: c.comparedWith(), Fix: c.fixCommand(), Valid: c.Valid.words(), Budgets: plain(c.Valid.budgetWords())}
	if c.Quick {
		v.First = capitalised(firstAnswer)
	}
	for _, r := range c.Routes {
		v.Routes = append(v.Routes, c.routeView(r))
	}
	for _, f := range c.folded() {
		v.Findings = append(v.Findings, c.findingView(f))
	}
	for _, line := range c.together() {
		v.Cures = append(v.Cures, asHTML(htmlMarker.text(line)))
	}
	for _, cure := range c.unlinked() {
		v.Cures = append(v.Cures, asHTML(cure.inVain(htmlMarker, "")+"."))
	}
	return v
}

func (c *Card) routeView(r CardRoute) cardRouteView {
	v := cardRouteView{CardRoute: r, Said: c.decisionOn(r), Place: linePlace(r.File, r.Line), Href: hashLink(r.Target, "", "")}
	v.Class = decisionClasses[v.Said]
	for _, n := range r.Numbers {
		v.Numbers = append(v.Numbers, cardNumber{n, n.shown(), n.verdict(), numberClasses[n.verdict()]})
	}
	return v
}

func (c *Card) findingView(f foldedFinding) cardFindingView {
	v := cardFindingView{CardFinding: f.CardFinding, Class: decisionClasses[f.Decision], Title: f.title(), Place: f.place()}
	v.Requirement, v.Expected = full(f.Requirement), full(f.Expected)
	if len(c.Routes) > 1 {
		v.On = append([]string{f.route.URL}, f.alsoOn()...)
	}
	proof, helps := c.proof(f, htmlMarker)
	v.Proof, v.Helps = asHTML(proof), helps
	scenario := ""
	if len(f.Scenarios) > 0 {
		scenario = f.Scenarios[0]
	}
	v.Href = hashLink(f.route.Target, f.Check, scenario)
	return v
}

// diffLine is a line of a diff, and whether it comes or goes.
type diffLine struct{ Class, Text string }

// Lines are the lines of the patch.
func (v *cardView) Lines() []diffLine {
	var lines []diffLine
	for line := range strings.Lines(v.Patch) {
		class := ""
		switch {
		case strings.HasPrefix(line, "+++"), strings.HasPrefix(line, "---"), strings.HasPrefix(line, "@@"):
			class = "head"
		case strings.HasPrefix(line, "+"):
			class = "in"
		case strings.HasPrefix(line, "-"):
			class = "out"
		}
		lines = append(lines, diffLine{class, strings.TrimSuffix(line, "\n")})
	}
	return lines
}
