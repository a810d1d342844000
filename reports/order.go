package reports

import (
	"cmp"
	"slices"
)

// Verdicts are all verdicts, the worst first.
func Verdicts() []Verdict {
	return []Verdict{Fail, UnexpectedPass, HarnessError, KnownFailure, Inconclusive, Unsupported, Observed, Pass}
}

// Sort puts everything in its one order, however it was measured: checks by id, targets by id, results by target, check
// and scenario, stale entries by file and line, unstable verdicts by check, scenario and target. Stages keep theirs, it is that of time, and evidence
// too: the best comes first.
func (r *Run) Sort() {
	slices.SortFunc(r.Checks, func(a, b CheckInfo) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortFunc(r.Targets, func(a, b Target) int { return cmp.Compare(a.ID, b.ID) })
	slices.SortStableFunc(r.Results, compareResults)
	slices.SortStableFunc(r.Control, compareResults)
	slices.SortFunc(r.Stale, func(a, b Stale) int {
		return cmp.Or(cmp.Compare(a.Entry, b.Entry), cmp.Compare(a.Check, b.Check))
	})
	slices.SortFunc(r.Unstable, func(a, b Unstable) int {
		return cmp.Or(cmp.Compare(a.Check, b.Check), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Target, b.Target))
	})
}

func compareResults(a, b Result) int {
	return cmp.Or(cmp.Compare(a.Target, b.Target), cmp.Compare(a.Check, b.Check), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Shard, b.Shard))
}

// Summarise counts the results into Summary, every verdict named, the control left out.
func (r *Run) Summarise() { r.Summary = count(r.Results) }

func count(results []Result) Summary {
	summary := Summary{}
	for _, v := range Verdicts() {
		summary[v] = 0
	}
	for _, result := range results {
		summary[result.Verdict]++
	}
	return summary
}

// Failed reports whether something is not as expected: a failure, an unexpected pass, a stale known failure, or a verdict
// that was not the same in every repeat.
func (r *Run) Failed() bool {
	summary := count(r.Results)
	return summary[Fail] > 0 || summary[UnexpectedPass] > 0 || len(r.Stale) > 0 || len(r.Unstable) > 0
}

// Exit codes of a run. 2 is bad input and never comes from a Run.
const (
	ExitExpected     = 0 // all as expected
	ExitFailed       = 1 // a check failed, passed unexpectedly or was not stable, or a known failure is stale
	ExitUnmeasurable = 3 // interrupted, a harness-error, or no result that says anything
)

// ExitCode is the exit code that the run stands for. A failure wins over everything, since it is a fact however
// much else is missing; short of that, anything that could not be measured is 3, since a gap is never a pass, and so is a
// control that failed. A run with a sign-off card stands for what that decides.
func (r *Run) ExitCode() int {
	if r.Card != nil {
		return r.Card.exitCode()
	}
	summary, control := count(r.Results), count(r.Control)
	switch {
	case r.Failed():
		return ExitFailed
	case control[HarnessError] > 0, control[Fail] > 0:
		return ExitUnmeasurable
	case r.Interrupted != "", summary[HarnessError] > 0, len(r.Results) == summary[Unsupported]:
		return ExitUnmeasurable
	}
	return ExitExpected
}
