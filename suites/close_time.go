package suites

import (
	"fmt"
	"math"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// ws #2257: close() took 30 s behind a proxy and no time at all without it. Measured in the quick pass, with the control
// in the same rounds, so that the machine's own share can be taken off.
var closeLatency = Check{
	ID:          "close/latency",
	Requirement: "close latency added over the control, p99, stays within the budget",
	Otherwise:   "takes {value} until both legs are over",
	Measured: "One connection at a time is closed, in rounds over all targets and the control. Measured is the time from the first Close frame " +
		"handed to the kernel until both ends saw their leg over; the p99 of the target is compared with the control's.",
	Source:    "ws #2257",
	Level:     Practice,
	Scenarios: []string{"client-close"},
	Metric:    trace.CloseLatency,
	Quick:     true,
	Judge:     judgeLatency,
}

// judgeLatency compares p99 with p99. The noise is how far the control's own p99 lies above its median. The p99 of less
// than 100 samples is their longest, so one that the machine spoilt would decide alone; that is why a failure also needs
// more samples over the limit, which is the budget on top of the control's p99, than chance gives (see chance):
//
//	p99 within the budget by more than the noise                       pass
//	p99 over it by more than the noise, and 2 of 10, 3 of 40 or 5 of
//	100 samples over the limit                                         fail
//	p99 not farther from the budget than the noise                     inconclusive
//	p99 over it, and 1 of 10, 2 of 40 or 4 of 100 over the limit       inconclusive: more samples would tell
//	so many samples did not end that the p99 itself is not known       fail
//
// What does not pass is sampled again, see quickRetakes, before it stays so.
func judgeLatency(e Evidence) Finding {
	budget := milliseconds(e.Budgets.LatencyAdded)
	f := Finding{
		Expected: fmt.Sprintf("p99 of the time from the first Close frame to both legs over at most %s above the control's",
			limit(e.Budgets.LatencyAdded)),
		Hint:   "the proxy holds a leg until a timer ends: look at its backend keepalive, linger, half-close and tunnel timeout options",
		Budget: budget,
	}
	p := tellApart(e.Traces)
	if f, ok := p.unjudgeable(e, f); ok {
		return f
	}
	d := durations(p.good, trace.CloseLatency)
	f.Samples, f.Worst = d.samples, d.worst()
	if len(d.missing) > 0 {
		f.Worst = d.missing[:min(len(d.missing), mostWorst)]
		return p.settle(f.as(reports.HarnessError, "not measured in %d of %d: no Close frame was sent, or nothing reached the backend",
			len(d.missing), len(p.good)))
	}
	control := durations(tellApart(e.Control).good, trace.CloseLatency)
	if len(control.samples) == 0 {
		return f.as(reports.HarnessError, "the control was not measured in %s", e.Scenario)
	}
	return p.settle(compareLatency(f, d, control))
}

func compareLatency(f Finding, target, control timed) Finding {
	t, c := reports.Describe(target.samples), reports.Describe(control.samples)
	if atCap(c, control) {
		return f.as(reports.HarnessError, "the control itself did not end: %d of %d samples timed out", c.TimedOut, c.N)
	}
	if atCap(t, target) {
		return f.as(reports.Fail, "%d of %d not over within %s; the control's p99 is %s",
			t.TimedOut, t.N, reports.FormatDuration(t.P99), reports.FormatDuration(c.P99))
	}
	added, noise := t.P99-c.P99, c.P99-c.P50
	f.Actual = fmt.Sprintf("%s added: p99 of %d samples is %s, the control's %s with a noise of %s",
		reports.FormatDuration(added), t.N, reports.FormatDuration(t.P99), reports.FormatDuration(c.P99), reports.FormatDuration(noise))
	over := target.above(f.Budget + c.P99)
	switch {
	case math.Abs(added-f.Budget) <= noise:
		f = f.as(reports.Inconclusive, "%s", f.Actual)
	case added < f.Budget:
		f = f.as(reports.Pass, "%s", f.Actual)
	case over >= chance(t.N):
		f = f.as(reports.Fail, "%s; %d of %d over the budget", f.Actual, over, t.N)
	default:
		f = f.as(reports.Inconclusive, "%s; %d of %d over the budget: more samples would tell", f.Actual, over, t.N)
	}
	if t.TimedOut > 0 {
		f.Actual += fmt.Sprintf("; %d of %d did not end at all", t.TimedOut, t.N)
	}
	return f
}

// above counts the samples that took longer than so many milliseconds.
func (d timed) above(limit float64) int {
	n := 0
	for _, s := range d.samples {
		if milliseconds(s.Value) > limit {
			n++
		}
	}
	return n
}

// chance is the smallest number of n samples above a limit that a target whose true p99 is that limit shows in at most
// 1 % of all runs: each sample is above it with a probability of 1 %, so their number is binomial. It is 1 of 1, 2 of 2
// to 15, 3 of 16 to 44, 4 of 45 to 83, 5 of 84 to 129, 6 of 130 to 180, 7 of 181 to 234.
func chance(n int) int {
	const above, allowed = 0.01, 0.01 + 1e-9 // the sum is not exact
	rest := 1.0                              // the probability of k or more
	exactly := math.Pow(1-above, float64(n)) // of k
	for k := 0; k <= n; k++ {
		if rest <= allowed {
			return k
		}
		rest -= exactly
		exactly *= float64(n-k) / float64(k+1) * above / (1 - above)
	}
	return n + 1
}

// atCap reports whether so many samples did not end that the p99 itself is not known: it is at least the cap.
func atCap(s reports.Stats, d timed) bool {
	for _, sample := range d.samples {
		if sample.TimedOut && s.P99 >= milliseconds(sample.Value) {
			return true
		}
	}
	return false
}

// A heartbeat would find out in a minute or two; an end that is told at once can let go of what belongs to the connection.
var abruptClientTold = Check{
	ID:          "close/abrupt-client-told",
	Requirement: "when the client is reset or drops, the backend learns it within the budget",
	Otherwise:   "does not tell the backend for {value}",
	Measured:    "The time from the client's RST or FIN, sent without a Close, to the first Close, FIN or RST that the backend gets.",
	Source:      "yarp #239",
	Level:       Practice,
	Scenarios:   []string{"client-resets", "client-drops"},
	Metric:      trace.AbruptTold,
	Judge: func(e Evidence) Finding {
		return judgeWithin(e, trace.AbruptTold, e.Budgets.AbruptTold, Finding{
			Expected: fmt.Sprintf("the backend gets a Close frame, FIN or RST at most %s after the client left without a Close",
				limit(e.Budgets.AbruptTold)),
			Hint: "the proxy keeps the back leg when the client is gone: look at its half-close, client-abort and tunnel timeout options",
		})
	},
}

var abruptBackendTold = Check{
	ID:          "close/abrupt-backend-told",
	Requirement: "when the backend is reset or drops, the client learns it within the budget",
	Otherwise:   "does not tell the client for {value}",
	Measured:    "The time from the backend's RST or FIN, sent without a Close, to the first Close, close_notify, FIN or RST that the client gets.",
	Source:      "yarp #239",
	Level:       Practice,
	Scenarios:   []string{"backend-resets", "backend-drops", "backend-drops-client-holds", "backend-drops-mid-frame"},
	Metric:      trace.AbruptTold,
	Judge: func(e Evidence) Finding {
		return judgeWithin(e, trace.AbruptTold, e.Budgets.AbruptTold, Finding{
			Expected: fmt.Sprintf("the client gets a Close frame, FIN or RST at most %s after the backend left without a Close",
				limit(e.Budgets.AbruptTold)),
			Hint: "the proxy keeps the front leg when the backend is gone: look at its half-close, stream and tunnel timeout options",
		})
	},
}
