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
// The measuring is set up once for all of them; the specs only state the verdicts.
func declare(ctx context.Context, s *session) {
	ginkgo.BeforeSuite(func(spec ginkgo.SpecContext) {
		both, cancel := context.WithCancel(spec)
		defer cancel()
		defer context.AfterFunc(ctx, cancel)()
		ginkgo.DeferCleanup(func() error {
			s.progress.Stage("cleanup", 0)
			return s.tearDown()
		})
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
	names := c.Scenarios
	if len(names) == 0 {
		names = []string{""}
	}
	for _, name := range names {
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
