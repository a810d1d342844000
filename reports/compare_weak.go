package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// weaknesses says what of the runs themselves differs, or was not as it should be, each in one line. The seed only
// shuffles, and a run may have it as it likes.
func weaknesses(base, head *Run, called sides) []string {
	var lines []string
	differ := func(name string, a, b any) {
		if x, y := fmt.Sprint(a), fmt.Sprint(b); x != y {
			lines = append(lines, fmt.Sprintf("%s: %s in %s, %s in %s", name, cmp.Or(x, "none"), called.base, cmp.Or(y, "none"), called.head))
		}
	}
	differ("finwait", base.Finwait, head.Finwait)
	for _, m := range machineFacts() {
		differ(m.name, base.machines(m.of), head.machines(m.of))
	}
	a, b := base.Options, head.Options
	differ("samples", a.Samples, b.Samples)
	differ("endings", a.Endings, b.Endings)
	differ("patience", FormatDuration(float64(a.Patience)), FormatDuration(float64(b.Patience)))
	differ("repeats", max(1, a.Repeat), max(1, b.Repeat))
	if names := differentBudgets(a.Budgets, b.Budgets); names != "" {
		lines = append(lines, "budgets differ, so verdicts were not reached in the same way: "+names)
	}
	for _, side := range []struct {
		name string
		run  *Run
	}{{called.base, base}, {called.head, head}} {
		lines = append(lines, side.run.doubts(side.name)...)
	}
	return lines
}

// fact is something of a machine that numbers depend on.
type fact struct {
	name string
	of   func(Environment) string
}

func machineFacts() []fact {
	return []fact{
		{"runtime", func(e Environment) string { return e.Runtime }},
		{"engine", func(e Environment) string { return e.Engine }},
		{"kernel", func(e Environment) string { return e.Kernel }},
		{"CPUs", func(e Environment) string { return fmt.Sprint(e.CPUs) }},
		{"clock resolution in ns", func(e Environment) string { return fmt.Sprint(e.ClockResolution) }},
	}
}

// machines joins what of says of each machine of the run, each once.
func (r *Run) machines(of func(Environment) string) string {
	if len(r.Shards) == 0 {
		return of(r.Environment)
	}
	var values []string
	for _, s := range r.Shards {
		if v := of(s.Environment); !slices.Contains(values, v) {
			values = append(values, v)
		}
	}
	slices.Sort(values)
	return strings.Join(values, " and ")
}

// doubts are what makes a run by itself one to compare with care.
func (r *Run) doubts(name string) []string {
	var lines []string
	if r.Interrupted != "" {
		lines = append(lines, name+" was interrupted: "+full(inShort(r.Interrupted)))
	}
	if r.Quiet.Kept > 0 {
		lines = append(lines, fmt.Sprintf("%s was measured on a machine that did not get quiet: %d of %s count although they were disturbed",
			name, r.Quiet.Kept, plural(r.Quiet.Rounds, "round")))
	}
	if i := slices.IndexFunc(r.Control, func(c Result) bool { return c.Verdict == Fail }); i >= 0 {
		lines = append(lines, fmt.Sprintf("the control of %s fails %s", name, r.Control[i].Check))
	}
	if !slices.ContainsFunc(r.Results, func(c Result) bool { return len(c.Samples) > 0 }) {
		lines = append(lines, name+" has no samples, an older finwait wrote it: its durations are compared coarsely")
	}
	return lines
}

// controlMs is the least that a median of the control itself moves by.
const controlMs = 0.1

// compareControls compares the control with itself, as it was measured. Where one run has several of the same id, a
// merged run's, no machine is another's counterpart, and nothing is compared.
func compareControls(base, head *Run, l limits) []ControlChange {
	l.least = controlMs
	var changes []ControlChange
	var family []*comparison
	for _, to := range head.Control {
		from, ok := onlyControl(base, to)
		if _, alone := onlyControl(head, to); !ok || !alone {
			continue
		}
		f, okFrom := samplesOf(from)
		t, okTo := samplesOf(to)
		if !okFrom || !okTo || f.few() || t.few() {
			continue
		}
		family = append(family, &comparison{from: f, to: t, limits: l})
		changes = append(changes, ControlChange{Control: to.Target, Check: to.Check, Scenario: to.Scenario, Metric: to.Metric})
	}
	settle(family)
	var moved []ControlChange
	for i, c := range family {
		if c.result.Real {
			changes[i].Difference = c.result
			moved = append(moved, changes[i])
		}
	}
	return moved
}

func onlyControl(r *Run, like Result) (Result, bool) {
	var found []Result
	for _, c := range r.Control {
		if c.Target == like.Target && c.Check == like.Check && c.Scenario == like.Scenario {
			found = append(found, c)
		}
	}
	if len(found) != 1 {
		return Result{}, false
	}
	return found[0], true
}
