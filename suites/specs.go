package suites

import (
	"context"
	"fmt"
	"strings"

	"github.com/onsi/ginkgo/v2"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// declare builds the Ginkgo tree: one container a target, one spec a check and scenario.
// The measuring is done once for all of them; the specs only state the verdicts. The caller tears down: Ginkgo walks
// away from a cleanup that is interrupted.
func declare(ctx context.Context, s *session) {
	ginkgo.BeforeSuite(func(spec ginkgo.SpecContext) {
		both, cancel := context.WithCancel(spec)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		s.err = s.measure(both)
		if s.err != nil {
			ginkgo.Fail(s.err.Error())
		}
	})
	for _, st := range s.stands {
		ginkgo.Describe(st.ID, func() {
			for _, c := range s.plan.checks[st.ID] {
				declareCheck(s, c, st)
			}
		})
	}
}

func declareCheck(s *session, c Check, st *stand.Stand) {
	for _, name := range c.results() {
		ginkgo.It(strings.TrimSpace(c.ID+" "+name), ginkgo.Label(labels(c, st)...), func() {
			state(s.results[key{st.ID, c.ID, name}])
		})
	}
}

// state tells Ginkgo a verdict. What could not be judged is skipped, never passed.
func state(r reports.Result) {
	text := fmt.Sprintf("%s: %s\nexpected: %s\nactual:   %s", r.Verdict, r.Check, r.Expected, r.Actual)
	ginkgo.AddReportEntry(string(r.Verdict), r.Actual, ginkgo.ReportEntryVisibilityNever)
	switch r.Verdict {
	case reports.Pass, reports.KnownFailure, reports.Observed:
	case reports.Unsupported, reports.Inconclusive:
		ginkgo.Skip(text)
	default:
		if r.Hint != "" {
			text += "\nhint:     " + r.Hint
		}
		for _, path := range r.Evidence {
			text += "\nevidence: " + path
		}
		ginkgo.Fail(text)
	}
}
