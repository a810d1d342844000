package suites

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// What is called disturbed was measured on a machine with two processors, in rounds of ten plays, 250 rounds each: with
// nothing else on it, and with 1, 2 and 4 programs that did nothing but compute. Linux favours a process that slept, so
// that the medians stayed where they were even with 4, and only tails of some milliseconds tell of them.
const (
	// driftLimit is how many times its running median a control's close latency may be. With nothing else on the machine
	// it was above 5 times in none to 3 of 250 rounds (the median is 0.1 ms, the longest were 2 to 9 ms), with the
	// programs in 1 to 3 of 250. At 2 times it would be in 1 to 12 of 250, however busy the machine was.
	driftLimit = 5
	// driftSamples is how many samples a median needs before anything is compared with it.
	driftSamples = 5
	// pressureLimit is for which share of the plays something that could run may have waited for a processor. Two ends
	// and a proxy compete for two processors by themselves: the median of the shares was 0.1 with nothing else on the
	// machine and 0.2 to 0.3 with the programs, the highest 0.73 and 0.88. What stays above 0.75 is another load.
	pressureLimit = 0.75
	// quietPause is the pause before a disturbed round is played again. What wakes up now and then, a timer or a garbage
	// collector, is asleep again by then.
	quietPause = 20 * time.Millisecond
	// quietTime bounds how long rounds of one repeat are played again, so that a busy machine does not make a run endless.
	quietTime = 2 * time.Second
)

// quiet is how quiet the machine was in the quick pass, in the making.
type quiet struct {
	reports.Quiet
	said   []string      // why, for each disturbed round
	thrown int           // rounds of this repeat that were thrown away
	spent  time.Duration // on them
}

// mayRepeat notes that a round was disturbed and reports whether it is thrown away and played again: at most as many
// as samples are, and within quietTime. What is not counts as it is.
func (q *quiet) mayRepeat(why string, samples int) bool {
	q.said = append(q.said, why)
	if q.thrown >= samples || q.spent >= quietTime {
		q.Kept++
		return false
	}
	q.Disturbed++
	q.thrown++
	return true
}

// again allows the next repeat as many rounds as the first had.
func (q *quiet) again() { q.thrown, q.spent = 0, 0 }

// report is how it stands in run.json.
func (q *quiet) report() reports.Quiet {
	r := q.Quiet
	r.Reasons, _ = frequent(q.said)
	return r
}

// disturbed says what disturbed the machine in a round; empty: nothing did.
func (s *session) disturbed(round []keptPlay) string {
	var reasons []string
	if slices.ContainsFunc(round, s.drifted) {
		reasons = append(reasons, "the control drifted")
	}
	if pressure(round) > pressureLimit {
		reasons = append(reasons, "CPU pressure")
	}
	return strings.Join(reasons, " and ")
}

// drifted reports whether a play of the control took far longer than its plays took so far.
func (s *session) drifted(k keptPlay) bool {
	if k.stand.Target != nil {
		return false
	}
	sample, ok := k.trace.Measure(trace.CloseLatency)
	before := measureAll(s.record(k.stand.ID).quick[k.play.play.Scenario.Name], trace.CloseLatency)
	usual := reports.Describe(before)
	return ok && usual.N >= driftSamples && milliseconds(sample.Value) > driftLimit*usual.P50
}

// pressure is for which share of the plays something waited for a processor; 0 also where the kernel does not tell.
func pressure(round []keptPlay) float64 {
	var waited, took int64
	for _, k := range round {
		if n := len(k.trace.Events); n > 0 {
			waited += k.trace.Pressure
			took += k.trace.Events[n-1].At - k.trace.Events[0].At
		}
	}
	return float64(waited) / float64(max(took, 1))
}

// sayQuiet tells the person at the terminal.
func (s *session) sayQuiet() {
	if text := s.quiet.report().String(); s.quiet.Disturbed+s.quiet.Kept > 0 {
		s.progress.Say("%s", text)
	}
}

// rest waits for d, or until ctx ends.
func rest(ctx context.Context, d time.Duration) {
	select {
	case <-ctx.Done():
	case <-time.After(d):
	}
}
