package suites

import (
	"fmt"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// traefik #10627: a client that lost its network sends no FIN, and the backend keeps its connection until the proxy
// gives up on the client.
var vanishedClient = Check{
	ID:          "cleanup/vanished-client",
	Requirement: "the time until the proxy gives up on a client that vanished",
	Otherwise:   "keeps the backend's connection for {value}",
	Measured: "The client's kernel drops everything from one moment on, as if its cable had been pulled, and the backend waits. Measured is the " +
		"time from there to the proxy's FIN or RST on the back leg.",
	Source:    "traefik #10627",
	Level:     Observe,
	Scenarios: []string{"client-vanishes"},
	Metric:    trace.GiveUp,
	Budgeted:  func(b Budgets) bool { return b.VanishedClient > 0 },
	Judge:     judgeVanished,
}

func judgeVanished(e Evidence) Finding {
	base := Finding{
		Expected: "the proxy's FIN or RST reaches the backend some time after the client vanished",
		Hint:     "the proxy waits for a client that is gone: look at its idle, tunnel timeout and TCP keepalive options",
	}
	if isControl(e.Target) {
		return base.as(reports.Unsupported, "without a proxy nobody is there to give up on the client")
	}
	if budget := e.Budgets.VanishedClient; budget > 0 {
		base.Expected = fmt.Sprintf("the proxy's FIN or RST reaches the backend at most %s after the client vanished", limit(budget))
		return judgeWithin(e, trace.GiveUp, budget, base)
	}
	p := tellApart(e.Traces)
	if f, ok := p.unjudgeable(e, base); ok {
		return f
	}
	d := durations(p.good, trace.GiveUp)
	base.Samples, base.Worst = d.samples, d.worst()
	if len(d.missing) > 0 {
		return p.settle(base.as(reports.HarnessError, "not measured in %d of %d: the trace has no such moment", len(d.missing), len(p.good)))
	}
	return p.settle(base.as(reports.Pass, "%s", d.gaveUp()))
}

// gaveUp says after how long the proxy gave the client up, the longest time of all.
func (d timed) gaveUp() string {
	var timedOut int
	var longest, patience time.Duration
	for _, s := range d.samples {
		if s.TimedOut {
			timedOut++
			patience = s.Value
		} else {
			longest = max(longest, s.Value)
		}
	}
	switch n := len(d.samples); {
	case timedOut == n:
		return fmt.Sprintf("longer than the patience of %s: the back leg was not over", limit(patience))
	case timedOut > 0:
		return fmt.Sprintf("longer than the patience of %s in %d of %d, else the back leg was over %s after the client vanished",
			limit(patience), timedOut, n, measured(longest))
	}
	return fmt.Sprintf("the back leg was over %s after the client vanished", measured(longest))
}
