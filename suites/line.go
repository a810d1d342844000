package suites

import (
	"slices"

	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// located are the verdicts that somebody looks for the cause of.
var located = []reports.Verdict{reports.Fail, reports.KnownFailure, reports.UnexpectedPass, reports.Inconclusive}

// locate adds to a result the line of the configuration that causes it: that of the entry of known-failures.yaml that it
// matched, else of the first cause on record whose directive the configuration has, else the route. Such a cause is in
// the hint as well, with its cure: that the directive is there makes it likely.
func locate(r reports.Result, target *proxies.Target) reports.Result {
	if target == nil || !slices.Contains(located, r.Verdict) {
		return r
	}
	if entry, known := target.Proxy.Match(r.Check, r.Scenario, *target); known {
		r.Line = entry.LineOf(*target)
		return r
	}
	cause, line := target.CauseOf(r.Check)
	r.Line = line
	if cause != nil && r.Hint != "" {
		r.Hint += "; often the cause on " + target.Proxy.Title + ": " + cause.Cause + " Cure: " + cause.Cure
	}
	return r
}
