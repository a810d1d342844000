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
	Source:      "ws #2257",
	Level:       Practice,
	Scenarios:   []string{"client-close"},
	Metric:      trace.CloseLatency,
	Quick:       true,
	Judge:       judgeLatency,
}

// judgeLatency compares p99 with p99. The noise is how far the control's own p99 lies above its median: a result that is
// no farther from the budget than that could fall on either side of it next time, and is inconclusive.
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
	verdict := reports.Pass
	switch {
	case math.Abs(added-f.Budget) <= noise:
		verdict = reports.Inconclusive
	case added > f.Budget:
		verdict = reports.Fail
	}
	f = f.as(verdict, "%s added: p99 of %d samples is %s, the control's %s with a noise of %s",
		reports.FormatDuration(added), t.N, reports.FormatDuration(t.P99), reports.FormatDuration(c.P99), reports.FormatDuration(noise))
	if t.TimedOut > 0 {
		f.Actual += fmt.Sprintf("; %d of %d did not end at all", t.TimedOut, t.N)
	}
	return f
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
	Source:      "yarp #239",
	Level:       Practice,
	Scenarios:   []string{"client-resets"},
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
	Source:      "yarp #239",
	Level:       Practice,
	Scenarios:   []string{"backend-resets", "backend-drops-client-holds"},
	Metric:      trace.AbruptTold,
	Judge: func(e Evidence) Finding {
		return judgeWithin(e, trace.AbruptTold, e.Budgets.AbruptTold, Finding{
			Expected: fmt.Sprintf("the client gets a Close frame, FIN or RST at most %s after the backend left without a Close",
				limit(e.Budgets.AbruptTold)),
			Hint: "the proxy keeps the front leg when the backend is gone: look at its half-close, stream and tunnel timeout options",
		})
	},
}
