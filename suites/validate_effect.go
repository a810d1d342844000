package suites

import (
	"strings"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// difference is what changed between two measurements of a route.
type difference struct {
	effects []reports.CureEffect
	worse   []string
	left    map[string]bool // checks that still fail somewhere
	better  map[string]bool // checks that fail somewhere in the first one
}

// mends reports whether a check that failed fails no more.
func (d difference) mends(check string) bool { return d.better[check] && !d.left[check] }

// differences compares what two sessions found of the checks that both judged.
func differences(base *session, before *stand.Stand, s *session, after *stand.Stand) difference {
	d := difference{left: map[string]bool{}, better: map[string]bool{}}
	for _, c := range s.plan.checks[after.ID] {
		for _, name := range c.results() {
			from, to := base.results[key{before.ID, c.ID, name}], s.results[key{after.ID, c.ID, name}]
			switch {
			case from.Verdict == reports.Fail:
				d.better[c.ID] = true
				d.left[c.ID] = d.left[c.ID] || to.Verdict != reports.Pass
				d.effects = append(d.effects, reports.CureEffect{
					Target: before.ID, Check: c.ID, Scenario: name, Before: shortly(from), After: shortly(to), Better: to.Verdict == reports.Pass,
				})
			case from.Verdict == reports.Pass && to.Verdict != reports.Pass && to.Verdict != reports.Inconclusive:
				d.worse = append(d.worse, strings.TrimSpace(c.ID+" "+name))
			}
		}
	}
	return d
}

// shortly is what a result measured, or else its verdict.
func shortly(r reports.Result) string {
	if text := longest(r); text != "" {
		return text
	}
	return string(r.Verdict)
}
