package suites

import (
	"context"
	"fmt"
	"slices"

	"github.com/finwait/finwait/reports"
)

// attempt is what one repeat of a run came to.
type attempt map[key]reports.Result

// repeat measures everything for the k-th time, from 1, on the same stands. One that is interrupted counts only where
// no other was finished.
func (s *session) repeat(ctx context.Context, k int) {
	folder := ""
	if s.options.Repeat > 1 {
		s.progress.Say("repeat %d of %d", k, s.options.Repeat)
		folder = fmt.Sprintf("repeat-%02d", k)
	}
	s.records, s.results, s.worst = map[string]*record{}, map[key]reports.Result{}, map[key][]string{}
	s.quiet.again()
	s.attempt(ctx, folder)
	s.countLog()
	switch {
	case s.interrupted == "":
		s.finished = append(s.finished, s.results)
	case s.options.Repeat > 1:
		s.interrupted = fmt.Sprintf("%s in repeat %d of %d, %d finished", s.interrupted, k, s.options.Repeat, len(s.finished))
	}
}

// keep writes what the repeats so far came to, because the next one may be killed.
func (s *session) keep() {
	s.merge()
	run := s.report(s.progress.Stages())
	run.Interrupted = fmt.Sprintf("%d of %d repeats finished so far", len(s.finished), s.options.Repeat)
	if _, err := reports.WriteAll(s.options.Out, run); err != nil {
		s.progress.Say("the finished repeats are not kept: %v", err)
	}
}

// countLog notes how far the logs were read, so that an alarm of this repeat is none of the next.
func (s *session) countLog() {
	logged := map[string]int{}
	for id, r := range s.records {
		if r.after != nil {
			logged[id] = max(r.after.LogFrom+r.after.LogLines, r.logEnd)
		}
	}
	s.logged = logged
}

// merge makes the results of the run: of each key the gravest of all finished repeats, the first of them where several
// are, and which keys were not judged the same in all of them.
func (s *session) merge() {
	if len(s.finished) == 0 {
		return
	}
	s.results, s.unstable = map[key]reports.Result{}, nil
	seen := map[key]map[reports.Verdict]int{}
	for _, results := range s.finished {
		for k, r := range results {
			if seen[k] == nil {
				seen[k] = map[reports.Verdict]int{}
			}
			seen[k][r.Verdict]++
			if known, ok := s.results[k]; !ok || gravity(r) < gravity(known) {
				s.results[k] = r
			}
		}
	}
	for k, verdicts := range seen {
		if len(verdicts) > 1 {
			s.unstable = append(s.unstable, reports.Unstable{Target: k.target, Check: k.check, Scenario: k.scenario, Verdicts: verdicts})
		}
	}
}

// gravity is the place of a result's verdict in their one order, the worst first: a failure is a fact however often the
// same could not be measured, and what is known or unclear outweighs a pass.
func gravity(r reports.Result) int { return slices.Index(reports.Verdicts(), r.Verdict) }

// stages are the parts of the run with the time that all repeats of each took, in the order in which they came first.
func stages(all []reports.Stage) []reports.Stage {
	var sums []reports.Stage
	for _, stage := range all {
		i := slices.IndexFunc(sums, func(s reports.Stage) bool { return s.Name == stage.Name })
		if i < 0 {
			sums = append(sums, stage)
			continue
		}
		sums[i].Seconds += stage.Seconds
	}
	return sums
}
