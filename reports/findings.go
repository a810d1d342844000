package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Finding is one check that is not as expected, for the same reason and expectation, wherever that was seen.
type Finding struct {
	Verdict  Verdict
	Check    CheckInfo // empty for harness errors: one cause spoils many checks
	Expected string
	Hint     string
	Seen     []Sighting
}

// Sighting is what was seen in the same words on some targets and scenarios.
type Sighting struct {
	Actual  string
	Results []Result
}

// Findings returns what needs somebody's eyes, the worst first: failures, unexpected passes and harness errors, those of
// the control before all, since nothing else counts when it fails.
func Findings(run *Run) []Finding {
	findings := findingsIn(run, run.Control)
	return append(findings, findingsIn(run, run.Results)...)
}

func findingsIn(run *Run, results []Result) []Finding {
	var findings []Finding
	for _, verdict := range []Verdict{Fail, UnexpectedPass, HarnessError} {
		var some []Result
		for _, r := range results {
			if r.Verdict == verdict {
				some = append(some, r)
			}
		}
		for _, same := range groupBy(some, findingKey) {
			findings = append(findings, newFinding(run, same))
		}
	}
	return findings
}

// findingKey tells which results are one finding. A harness error is told by its cause alone.
func findingKey(r Result) string {
	if r.Verdict == HarnessError {
		return r.Actual
	}
	return strings.Join([]string{r.Check, r.Expected, r.Hint}, "\x00")
}

func newFinding(run *Run, same []Result) Finding {
	f := Finding{Verdict: same[0].Verdict}
	if f.Verdict != HarnessError {
		f.Check, f.Expected, f.Hint = run.check(same[0]), same[0].Expected, same[0].Hint
	}
	for _, seen := range groupBy(same, func(r Result) string { return r.Actual }) {
		f.Seen = append(f.Seen, Sighting{Actual: seen[0].Actual, Results: seen})
	}
	return f
}

// Results are all results of the finding.
func (f Finding) Results() []Result {
	var results []Result
	for _, s := range f.Seen {
		results = append(results, s.Results...)
	}
	return results
}

// check describes the check of a result.
func (r *Run) check(result Result) CheckInfo {
	i := slices.IndexFunc(r.Checks, func(c CheckInfo) bool { return c.ID == result.Check })
	if i < 0 {
		return CheckInfo{ID: result.Check, Level: result.Level}
	}
	return r.Checks[i]
}

// KnownGroup is a known failure and all results that it explains.
type KnownGroup struct {
	Check   string
	Known   Known
	Results []Result
}

// KnownFailures returns the known failures of run, by check.
func KnownFailures(run *Run) []KnownGroup {
	var known []Result
	for _, r := range run.Results {
		if r.Verdict == KnownFailure && r.Known != nil {
			known = append(known, r)
		}
	}
	var groups []KnownGroup
	for _, same := range groupBy(known, func(r Result) string { return r.Check + "\x00" + r.Known.Why + "\x00" + r.Known.Remedy }) {
		groups = append(groups, KnownGroup{Check: same[0].Check, Known: *same[0].Known, Results: same})
	}
	slices.SortStableFunc(groups, func(a, b KnownGroup) int { return cmp.Compare(a.Check, b.Check) })
	return groups
}

// groupBy puts results of the same key together, in the order in which the keys come first.
func groupBy(results []Result, key func(Result) string) [][]Result {
	var groups [][]Result
	place := map[string]int{}
	for _, r := range results {
		k := key(r)
		if _, ok := place[k]; !ok {
			place[k] = len(groups)
			groups = append(groups, nil)
		}
		groups[place[k]] = append(groups[place[k]], r)
	}
	return groups
}

// maxScenarios is how many scenarios are named before they are only counted.
const maxScenarios = 6

// Where says on which targets, in which scenarios, in few words:
// "apache@2.4.71/wstunnel, /rewrite in client-holds; nginx@1.30.6/map-upgrade in client-close, client-holds".
func Where(run *Run, results []Result) string {
	scenarios := map[string][]string{} // by target
	var ids []string
	for _, r := range results {
		id := run.controlName(r.Target, r.Shard) // only a control has a shard
		if _, ok := scenarios[id]; !ok {
			ids, scenarios[id] = append(ids, id), []string{}
		}
		if r.Scenario != "" && !slices.Contains(scenarios[id], r.Scenario) {
			scenarios[id] = append(scenarios[id], r.Scenario)
		}
	}
	targets := map[string][]string{} // by their scenarios
	var order []string
	for _, id := range ids {
		in := nameScenarios(scenarios[id])
		if targets[in] == nil {
			order = append(order, in)
		}
		targets[in] = append(targets[in], id)
	}
	parts := make([]string, 0, len(order))
	for _, in := range order {
		parts = append(parts, nameTargets(run, targets[in])+in)
	}
	return strings.Join(parts, "; ")
}

func nameScenarios(names []string) string {
	switch {
	case len(names) == 0:
		return ""
	case len(names) > maxScenarios:
		return fmt.Sprintf(" in %d scenarios", len(names))
	}
	return " in " + strings.Join(names, ", ")
}

// nameTargets names targets, their product only where it changes, and all of them as "all 17 targets".
func nameTargets(run *Run, ids []string) string {
	if len(ids) > 3 && len(ids) == len(run.Targets) {
		return fmt.Sprintf("all %d targets", len(ids))
	}
	return strings.Join(shortNames(ids), ", ")
}

// shortNames names targets, the product only where it changes.
func shortNames(ids []string) []string {
	names := make([]string, 0, len(ids))
	last := ""
	for _, id := range ids {
		product, name, ok := strings.Cut(id, "/")
		if ok && product == last {
			names = append(names, "/"+name)
			continue
		}
		names, last = append(names, id), product
	}
	return names
}
