package suites

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// What is called disturbed is a matter of cost: a round that is thrown away costs a tenth of a second, one that is kept by
// mistake a sample in a tail, which the rules of closeLatency and the samples taken again allow for. So the limits only
// have to be above what is usual. They were looked at in two ways, on a virtual machine with two processors:
//
//	programs beside it    longest control, in    share of the pressure:    rounds thrown away,
//	that only compute     running medians        median and highest        of 250
//	none                  7.8                    0 and 0.64                2, for a control that drifted
//	2                     16                     0.29 and 0.95             13, 10 of them for pressure
//	4                     4.8                    0 and 0.78                4, for pressure
//
// in rounds of ten plays, each line measured once, and in ten runs over 37 targets with little else to do, 400 rounds of
// 39 plays each: 4 rounds were thrown away, no two in one run, all for a control that drifted, and every verdict came out
// the same ten times. So a round that is not called disturbed need not have had the machine for itself: Linux favours a
// process that slept, whatever else computes.
const (
	// driftLimit is how many times its running median a control's close latency may be. That median is about 0.1 ms, so
	// that a single wait for a processor is above it.
	driftLimit = 5
	// driftSamples is how many samples a median needs before anything is compared with it.
	driftSamples = 5
	// pressureLimit is for which share of the plays something that could run may have waited for a processor. Two ends
	// and a proxy compete for two processors by themselves. The share may be above 1: what the kernel tells also counts
	// the time before the first and after the last event of a play.
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
