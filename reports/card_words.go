package reports

import (
	"fmt"
	"slices"
	"strings"
)

// foldedFinding is a finding and the other routes that have the same.
type foldedFinding struct {
	CardFinding
	route CardRoute
	also  []routedFinding
}

// routedFinding is a finding on its route.
type routedFinding struct {
	CardFinding
	route CardRoute
}

// folded are the findings of all routes, the worst first, each that several routes have once.
func (c *Card) folded() []foldedFinding {
	var folds []foldedFinding
	places := map[string]int{}
	for _, route := range c.Routes {
		for _, f := range route.Findings {
			key := strings.Join([]string{f.Check, string(f.Decision), f.Sentence, f.Change, c.cureKey(route, f)}, "\x00")
			if i, ok := places[key]; ok {
				folds[i].also = append(folds[i].also, routedFinding{f, route})
				continue
			}
			places[key] = len(folds)
			folds = append(folds, foldedFinding{CardFinding: f, route: route})
		}
	}
	slices.SortStableFunc(folds, func(a, b foldedFinding) int { return b.Decision.rank() - a.Decision.rank() })
	return folds
}

// all are the finding on all of its routes.
func (f foldedFinding) all() []routedFinding {
	return append([]routedFinding{{f.CardFinding, f.route}}, f.also...)
}

// alsoOn names the other routes, with their line where that is another: "wss://b.example.org/ws (site.conf:24)".
func (f foldedFinding) alsoOn() []string {
	var names []string
	for _, other := range f.also {
		name := other.route.URL
		if place := other.place(); place != f.place() && place != "" {
			name += " (" + place + ")"
		}
		names = append(names, name)
	}
	return names
}

// place is the line of a finding: "site.conf:14"; empty: it is not known.
func (f CardFinding) place() string {
	if f.Line == 0 {
		return ""
	}
	return linePlace(f.File, f.Line)
}

// linePlace names a line of a file, or the file where the line is not known.
func linePlace(file string, line int) string {
	if line == 0 {
		return file
	}
	return fmt.Sprintf("%s:%d", file, line)
}

// title is the sentence of a finding by itself.
func (f CardFinding) title() string {
	return capitalised("it " + full(f.Sentence))
}

// required is the requirement with where it comes from.
func (f CardFinding) required() string {
	return fmt.Sprintf("%s (%s, %s)", full(f.Requirement), f.Level, f.Check)
}

// cureOf is the cure of a finding that is proven to help.
func (c *Card) cureOf(f CardFinding) (CardCure, bool) {
	i := slices.IndexFunc(c.Cures, func(cure CardCure) bool { return f.Cure != "" && cure.ID == f.Cure })
	if i < 0 {
		return CardCure{}, false
	}
	return c.Cures[i], true
}

// triedFor are the cures that were tried for a finding and do not help.
func (c *Card) triedFor(route CardRoute, f CardFinding) []CardCure {
	var tried []CardCure
	for _, cure := range c.Cures {
		if !cure.Helps && cure.isFor(route.Target, f.Check) {
			tried = append(tried, cure)
		}
	}
	return tried
}

// isFor reports whether a cure was tried for a check on a target. Where it does not say so itself, it is one that changes
// what is measured of it, or that speaks of it.
func (cure CardCure) isFor(target, check string) bool {
	if len(cure.Checks) > 0 {
		return slices.Contains(cure.Checks, check) && (cure.Target == "" || cure.Target == target)
	}
	return slices.ContainsFunc(cure.effects(target, check), func(e CureEffect) bool { return e.Better || strings.Contains(cure.Why, check) })
}

// effects are those that a cure has on a check on a target.
func (cure CardCure) effects(target, check string) []CureEffect {
	var effects []CureEffect
	for _, e := range cure.Changes {
		if e.Target == target && e.Check == check {
			effects = append(effects, e)
		}
	}
	return effects
}

// unlinked are the cures that do not help and belong to no finding that is told.
func (c *Card) unlinked() []CardCure {
	var list []CardCure
	for _, cure := range c.Cures {
		told := slices.ContainsFunc(c.Routes, func(r CardRoute) bool {
			return slices.ContainsFunc(r.Findings, func(f CardFinding) bool { return f.Cure == "" && cure.isFor(r.Target, f.Check) })
		})
		if !cure.Helps && !told {
			list = append(list, cure)
		}
	}
	return list
}

// cureKey tells findings apart by what cures them.
func (c *Card) cureKey(route CardRoute, f CardFinding) string {
	if cure, ok := c.cureOf(f); ok {
		return "with " + cure.Directive
	}
	var tried []string
	for _, cure := range c.triedFor(route, f) {
		tried = append(tried, cure.Directive, cure.Why)
	}
	return strings.Join(tried, "\x00")
}

// marker is how a format shows what is quoted, and what else a proxy may have had a part in.
type marker struct{ code, text func(string) string }

// terminalMarker is that of people at a terminal.
var terminalMarker = marker{code: backticks, text: func(s string) string { return s }}

func backticks(s string) string {
	if s == "" {
		return ""
	}
	return "`" + s + "`"
}

// inLine is the directive with its place: "`SetEnv proxy-nohalfclose 1` in line 14". The file is named where it is not
// the known one.
func (cure CardCure) inLine(m marker, known string) string {
	text := m.code(cure.Directive)
	if cure.Line > 0 {
		text += fmt.Sprintf(" in line %d", cure.Line)
		if cure.File != known {
			text += " of " + m.code(cure.File)
		}
	}
	return text
}

// inVain says that a cure does not help, and why.
func (cure CardCure) inVain(m marker, known string) string {
	text := cure.inLine(m, known) + " does not help"
	if cure.Why != "" {
		text += ": " + m.text(inShort(cure.Why))
	}
	return text
}

// proof says what is proven about the change, and whether it helps: "with `SetEnv proxy-nohalfclose 1` in line 14:
// 10.0 s+ becomes 0.3 ms".
func (c *Card) proof(f foldedFinding, m marker) (text string, helps bool) {
	if cure, ok := c.cureOf(f.CardFinding); ok {
		text = "with " + cure.inLine(m, f.File)
		if effect := cure.becomes(f, m); effect != "" {
			return text + ": " + effect, true
		}
		return text + " it passes", true
	}
	var tried []string
	for _, cure := range c.triedFor(f.route, f.CardFinding) {
		tried = append(tried, cure.inVain(m, f.File))
	}
	switch {
	case len(tried) > 0:
		return strings.Join(tried, "; "), false
	case f.Change == "":
		return "no change is known that helps", false
	case c.Quick:
		return "not tried: a first answer tries no cures", false
	}
	return "not tried: there is no patch of it that finwait could apply", false
}

// becomes is before and after of the scenario that the finding names first, and in how many others it is so too.
func (cure CardCure) becomes(f foldedFinding, m marker) string {
	effects := cure.effects(f.route.Target, f.Check)
	if len(effects) == 0 {
		return ""
	}
	first := effects[0]
	for _, name := range slices.Backward(f.Scenarios) {
		if i := slices.IndexFunc(effects, func(e CureEffect) bool { return e.Scenario == name }); i >= 0 {
			first = effects[i]
		}
	}
	text := m.text(first.Before) + " becomes " + m.text(first.After)
	if n := len(effects) - 1; n > 0 {
		text += ", and so in " + plural(n, "more scenario")
	}
	return text
}

// together says what the whole patch does, in sentences; none: nothing helps.
func (c *Card) together() []string {
	if c.Patched == nil {
		return nil
	}
	if !c.Patched.Helps {
		return []string{"One by one the changes help, and the patch of all of them does not: " + full(c.Patched.Why) + "."}
	}
	mended, left := 0, []CardFinding(nil)
	var names []string
	for _, f := range c.folded() {
		if c.mended(f) {
			mended++
			continue
		}
		left = append(left, f.CardFinding)
		if !slices.Contains(names, f.Check) {
			names = append(names, f.Check)
		}
	}
	with := "With this change"
	if n := c.helping(); n > 1 {
		with = fmt.Sprintf("With all %d changes together", n)
	}
	text := fmt.Sprintf("%s: %d of %s mended, and nothing is worse", with, mended, plural(mended+len(left), "finding"))
	if len(left) == 0 {
		return []string{text + "; that would be an APPROVE."}
	}
	return []string{text + fmt.Sprintf("; that would be a %s, for %s.", worstDecision(left), listed(names))}
}

// mended reports whether the whole patch makes a finding pass on all of its routes.
func (c *Card) mended(f foldedFinding) bool {
	for _, one := range f.all() {
		effects := c.Patched.effects(one.route.Target, one.Check)
		if len(effects) == 0 || slices.ContainsFunc(effects, func(e CureEffect) bool { return !e.Better }) {
			return false
		}
	}
	return true
}

// helping counts the cures that findings name.
func (c *Card) helping() int {
	var ids []string
	for _, r := range c.Routes {
		for _, f := range r.Findings {
			if f.Cure != "" && !slices.Contains(ids, f.Cure) {
				ids = append(ids, f.Cure)
			}
		}
	}
	return len(ids)
}

// fixCommand writes the patched copy; empty: there is no patch.
func (c *Card) fixCommand() string {
	if c.Patch == "" {
		return ""
	}
	return "finwait validate " + shellWord(c.Path) + " --fix DIR"
}

// shellWord is s as it is typed in a shell, quoted only where that is needed.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("@%+=:,./_-", r)
	}
	if s != "" && !strings.ContainsFunc(s, func(r rune) bool { return !plain(r) }) {
		return s
	}
	return quote(s)
}
