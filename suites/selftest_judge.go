package suites

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/reports"
)

// judgeTrials makes the selftest's findings of a run: which faults the checks meant for them caught, and what was red
// where nothing is wrong.
func judgeTrials(run *reports.Run, list []trial) *reports.SelfTest {
	t := &reports.SelfTest{
		Finwait: run.Finwait, When: run.Finished, Runtime: run.Environment.Runtime + " (" + run.Environment.Engine + ")",
		Faults: []reports.CaughtFault{}, FalseAlarms: []string{}, Accuracy: []reports.Accuracy{},
	}
	var right []reports.Result // of all that has to be found faultless
	for _, x := range list {
		targets, results := x.resultsIn(run)
		if x.fault.Trips == "" {
			right = append(right, results...)
		}
		if x.repeat {
			t.Repeats += targets
		}
	}
	t.FalseAlarms, t.Unjudged = alarms(right)
	for _, x := range list {
		if x.fault.Trips != "" {
			_, results := x.resultsIn(run)
			t.Faults = append(t.Faults, caught(x, results, right))
		}
	}
	return t
}

// resultsIn returns how many targets of the trial the run has, and their results.
func (t trial) resultsIn(run *reports.Run) (targets int, results []reports.Result) {
	for _, target := range run.Targets {
		if target.Config != t.name {
			continue
		}
		targets++
		for _, r := range run.Results {
			if r.Target == target.ID {
				results = append(results, r)
			}
		}
	}
	return targets, results
}

// alarms tells what is red on a faultless proxy from what is not judged there. Inconclusive is neither: the check says
// that it cannot tell, which misleads nobody. What is observed cannot be red.
func alarms(results []reports.Result) (red, unjudged []string) {
	red = []string{}
	var kinds []string
	for _, r := range results {
		switch r.Verdict {
		case reports.Pass, reports.Observed:
		case reports.Unsupported, reports.Inconclusive:
			kinds = append(kinds, strings.TrimSpace(fmt.Sprintf("%s %s %s: %s", r.Verdict, r.Check, r.Scenario, reason(r))))
		default:
			red = append(red, fmt.Sprintf("%s: %s", strings.Join(strings.Fields(r.Target+" "+r.Check+" "+r.Scenario), " "), said(r)))
		}
	}
	order, counts := frequent(kinds)
	for _, k := range order {
		unjudged = append(unjudged, fmt.Sprintf("%s (on %s)", k, counted(counts[k], "faultless target")))
	}
	return red, unjudged
}

// reason is what an unsupported result says: of an inconclusive one the numbers differ each time.
func reason(r reports.Result) string {
	if r.Verdict == reports.Inconclusive {
		return "too near to its budget"
	}
	return r.Actual
}

func said(r reports.Result) string { return fmt.Sprintf("%s: %s", r.Verdict, r.Actual) }

// caught judges one fault. Right are the results of what is faultless: a check that is unsupported there everywhere
// cannot be shown by this runtime.
func caught(x trial, results, right []reports.Result) reports.CaughtFault {
	f := reports.CaughtFault{Name: x.name, Summary: x.fault.Summary, Trips: x.fault.Trips, Also: []string{}}
	var meant []reports.Result
	for _, r := range results {
		switch {
		case r.Check == x.fault.Trips:
			meant = append(meant, r)
		case r.Verdict == reports.Fail && !slices.Contains(f.Also, r.Check):
			f.Also = append(f.Also, r.Check)
		}
	}
	if len(meant) == 0 {
		f.Actual = "it was not judged"
		return f
	}
	// The scenario that shows it comes first, then what is not in order, then the passes.
	slices.SortStableFunc(meant, func(a, b reports.Result) int { return cmp.Compare(rank(a.Verdict), rank(b.Verdict)) })
	first := meant[0]
	f.Caught = first.Verdict == reports.Fail
	f.Actual = strings.TrimSpace(first.Scenario + ": " + said(first))
	if !f.Caught && unsupportedEverywhere(x.fault.Trips, slices.Concat(meant, right)) {
		f.Unshown = fmt.Sprintf("%s is unsupported: %s", f.Trips, first.Actual)
	}
	return f
}

func rank(v reports.Verdict) int { return slices.Index(reports.Verdicts(), v) }

func unsupportedEverywhere(check string, results []reports.Result) bool {
	return !slices.ContainsFunc(results, func(r reports.Result) bool {
		return r.Check == check && r.Verdict != reports.Unsupported
	})
}
