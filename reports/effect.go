package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Effect is one thing that is different: of one check, in all scenarios in which it is different in the same way.
type Effect struct {
	Check       string       `json:"check"`
	Scenarios   []string     `json:"scenarios,omitempty"`
	From        Verdict      `json:"from"` // equal to To: the verdict is the same
	To          Verdict      `json:"to"`
	Metric      string       `json:"metric,omitempty"`      // of the differences
	Differences []Difference `json:"differences,omitempty"` // real ones, by scenario
}

// way is how two results differ: results of one check that differ in the same way are one effect.
type way struct {
	check    string
	from, to Verdict
	by       Rule
	longer   bool
}

// effects folds what differs.
func effects(pairs []resultPair) []Effect {
	var found []Effect
	for _, p := range pairs {
		if p.turned() || p.moved() {
			found = fold(found, p)
		}
	}
	return found
}

// fold puts what differs to the effect that it is of.
func fold(found []Effect, p resultPair) []Effect {
	w := way{check: p.to.Check, from: p.from.Verdict, to: p.to.Verdict}
	if p.moved() {
		w.by, w.longer = p.difference.By, p.difference.Longer()
	}
	i := slices.IndexFunc(found, func(e Effect) bool { return e.way() == w })
	if i < 0 {
		i, found = len(found), append(found, Effect{Check: w.check, From: w.from, To: w.to})
	}
	e := &found[i]
	if p.to.Scenario != "" {
		e.Scenarios = append(e.Scenarios, p.to.Scenario)
	}
	if p.moved() {
		e.Metric, e.Differences = p.to.Metric, append(e.Differences, *p.difference)
	}
	return found
}

func (e Effect) way() way {
	w := way{check: e.Check, from: e.From, to: e.To}
	if len(e.Differences) > 0 {
		w.by, w.longer = e.Differences[0].By, e.Differences[0].Longer()
	}
	return w
}

// key tells effects apart that are not the same thing in the same scenarios; how large they are does not matter.
func (e Effect) key() string { return fmt.Sprintf("%v %q", e.way(), e.Scenarios) }

// Words say it: "cleanup/back-leg-released when the client holds: known-failure → pass, > 10 s → 310 µs (3 of 3 timed
// out against none)". Run has the scenarios' clauses.
func (e Effect) Words(run *Run) string {
	var parts []string
	if e.From != e.To {
		parts = append(parts, glue(fmt.Sprintf("%s → %s", e.From, e.To)))
	}
	if len(e.Differences) > 0 {
		parts = append(parts, differencesText(e.Differences))
	}
	return e.Check + run.whenShort(e.Scenarios) + ": " + strings.Join(parts, ", ")
}

// whenShort has the clauses of two scenarios at most, and counts the others.
func (r *Run) whenShort(scenarios []string) string {
	if n := len(scenarios); n > 2 {
		return fmt.Sprintf("%s, and in %s more", r.when(scenarios[:1]), plural(n-1, "scenario"))
	}
	return r.when(scenarios)
}

// differencesText says how large differences of one kind are, those of several scenarios by their bounds.
func differencesText(ds []Difference) string {
	from, to := ds[0].From, ds[0].To
	widest := ds[0]
	differ := false
	for _, d := range ds[1:] {
		differ = true
		from, to = joinMeasured(from, d.From), joinMeasured(to, d.To)
		if d.Shift*float64(sign(widest.Longer())) > widest.Shift*float64(sign(widest.Longer())) {
			widest = d
		}
	}
	if ds[0].By == ByMedians {
		text := glue(fmt.Sprintf("%s → %s", FormatDuration(widest.From.Median), FormatDuration(widest.To.Median)))
		if widest.Added {
			text += " added to the control's"
		}
		if differ {
			text = "up to " + text
		}
		return text + fmt.Sprintf(" (%s, 95 %%: %s to %s; effect %.2f)", glue(signed(widest.Shift)),
			glue(signed(widest.Low)), glue(signed(widest.High)), widest.Effect)
	}
	text := glue(from.text(differ) + " → " + to.text(differ))
	if ds[0].By == ByTimeOuts && from.N+to.N > 2 { // of one play each, the numbers say it
		text += fmt.Sprintf(" (%s timed out against %s)", lateOf(from, to), lateOf(to, from))
	}
	return text
}

func sign(positive bool) int {
	if positive {
		return 1
	}
	return -1
}

// joinMeasured counts both together, with the longer median.
func joinMeasured(a, b Measured) Measured {
	return Measured{N: a.N + b.N, TimedOut: a.TimedOut + b.TimedOut, Median: max(a.Median, b.Median)}
}

// text is the median: "> 10 s" where all timed out, and "up to" where it is of several scenarios.
func (m Measured) text(several bool) string {
	switch {
	case m.TimedOut == m.N:
		return FormatCap(m.Median)
	case several:
		return "up to " + FormatDuration(m.Median)
	}
	return FormatDuration(m.Median)
}

// lateOf is how many of m timed out, the side with more as "3 of 3" and one without as "none".
func lateOf(m, other Measured) string {
	if m.TimedOut == 0 && other.TimedOut > 0 {
		return "none"
	}
	return fmt.Sprintf("%d of %d", m.TimedOut, m.N)
}

// signed writes a shift with its sign.
func signed(ms float64) string {
	if ms > 0 {
		return "+" + FormatDuration(ms)
	}
	return FormatDuration(ms)
}

// TraitChange is a behaviour that differs.
type TraitChange struct {
	Name string `json:"name"`
	From string `json:"from"`
	To   string `json:"to"`
}

// Words say it: "half-close: passed on → ended".
func (t TraitChange) Words() string { return t.Name + ": " + glue(t.From+" → "+t.To) }

// traitChanges are the traits that were seen on both and that differ.
func traitChanges(from, to Target) []TraitChange {
	var changes []TraitChange
	before := from.seen()
	for _, b := range to.seen() {
		i := slices.IndexFunc(before, func(a Trait) bool { return a.Name == b.Name })
		if i >= 0 && !unsteady(before[i].Value) && !unsteady(b.Value) && !alike(before[i].Value, b.Value) {
			changes = append(changes, TraitChange{b.Name, before[i].Value, b.Value})
		}
	}
	return changes
}

// unsteady reports whether a value is of plays that did not all end alike, or of which none showed what there is to see:
// the next run may show another.
func unsteady(value string) bool {
	return strings.Contains(value, "mixed") || strings.HasPrefix(value, "dead")
}

// number is one that was measured; others, the code of a Close for instance, are not.
var number = regexp.MustCompile(`\d+\.\d+`)

// alike reports whether two values say the same, but for numbers of which none is twice the other: those are measured.
func alike(a, b string) bool {
	if number.ReplaceAllString(a, "0") != number.ReplaceAllString(b, "0") {
		return false
	}
	inA, inB := number.FindAllString(a, -1), number.FindAllString(b, -1)
	for i := range inA {
		x, errX := strconv.ParseFloat(inA[i], 64)
		y, errY := strconv.ParseFloat(inB[i], 64)
		if errX != nil || errY != nil || max(x, y) >= 2*min(x, y) && x != y {
			return false
		}
	}
	return true
}
