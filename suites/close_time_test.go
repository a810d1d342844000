package suites

import (
	"slices"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// closedIn is a trace whose close latency is ms; negative: it did not end.
func closedIn(ms float64) trace.Trace {
	t := orderly(1000, "")
	if ms < 0 {
		return with(without(t, trace.Backend, trace.In, trace.FIN), gaveUp(trace.Backend))
	}
	return edited(t, trace.Backend, trace.In, trace.FIN, func(e *trace.Event) { e.At = int64((1 + ms) * 1e6) })
}

// latency is evidence of n samples each, most of them of p50 and one in twenty of p99.
func latency(target, control []trace.Trace) Evidence {
	e := of("client-close", target...)
	e.Control = control
	return e
}

func tailed(p50, p99 float64) []trace.Trace {
	return slices.Concat(times(95, closedIn(p50)), times(5, closedIn(p99)))
}

func TestLatency(t *testing.T) {
	wide := latency(tailed(20, 2500), tailed(20, 22))
	wide.Budgets.LatencyAdded = 1e9
	for i := range wide.Traces {
		wide.Traces[i].Patience = 500e6 // the quick pass waits less than the budget allows
	}
	c := closeLatency
	runJudged(t, []judged{
		{"within", c, latency(tailed(21, 23), tailed(20, 22)), reports.Pass, []string{"1.00 ms added: p99 of 100 samples is 23.0 ms, the control's 22.0 ms", "noise of 2.00 ms"}},
		{"faster than the control", c, latency(tailed(20, 21), tailed(20, 22)), reports.Pass, []string{"-1.00 ms added"}},
		{"over", c, latency(tailed(21, 100), tailed(20, 22)), reports.Fail, []string{"78.0 ms added"}},
		{"just over, within the noise", c, latency(tailed(21, 53), tailed(20, 22)), reports.Inconclusive, []string{"31.0 ms added"}},
		{"just under, within the noise", c, latency(tailed(21, 51), tailed(20, 22)), reports.Inconclusive, nil},
		{"far under, but the control is as noisy as the budget", c, latency(tailed(20, 80), tailed(20, 80)), reports.Inconclusive, nil},
		{"one of ten over", c, latency(slices.Concat(times(9, closedIn(20)), times(1, closedIn(100))), tailed(20, 22)), reports.Inconclusive,
			[]string{"1 of 10 over the budget: more samples would tell"}},
		{"two of ten over", c, latency(slices.Concat(times(8, closedIn(20)), times(2, closedIn(100))), tailed(20, 22)), reports.Fail,
			[]string{"2 of 10 over the budget"}},
		{"four of a hundred over", c, latency(slices.Concat(times(96, closedIn(20)), times(4, closedIn(100))), tailed(20, 22)), reports.Inconclusive,
			[]string{"4 of 100 over the budget: more samples would tell"}},
		{"one of a hundred over", c, latency(slices.Concat(times(99, closedIn(20)), times(1, closedIn(100))), tailed(20, 22)), reports.Pass, nil},
		{"over the budget, not over the limit", c, latency(slices.Concat(times(36, closedIn(20)), times(2, closedIn(51)), times(2, closedIn(56))), tailed(20, 22)), reports.Inconclusive,
			[]string{"2 of 40 over the budget"}},
		{"never over", c, latency(times(3, closedIn(-1)), tailed(20, 22)), reports.Fail, []string{"3 of 3 not over within 10.0 s"}},
		{"the tail never over", c, latency(slices.Concat(times(98, closedIn(20)), times(2, closedIn(-1))), tailed(20, 22)), reports.Fail, []string{"2 of 100"}},
		{"one in a hundred never over", c, latency(slices.Concat(times(99, closedIn(20)), times(1, closedIn(-1))), tailed(20, 22)), reports.Pass,
			[]string{"1 of 100 did not end at all"}},
		{"never over, cap below the budget", c, wide, reports.Fail, nil},
		{"no control", c, latency(tailed(20, 22), nil), reports.HarnessError, []string{"the control was not measured in client-close"}},
		{"control could not be played", c, latency(tailed(20, 22), []trace.Trace{broken("agent lost")}), reports.HarnessError, nil},
		{"control never over", c, latency(tailed(20, 22), times(3, closedIn(-1))), reports.HarnessError, []string{"the control itself"}},
		{"no Close was sent", c, latency([]trace.Trace{closedIn(20), played()}, tailed(20, 22)), reports.HarnessError, []string{"1 of 2"}},
		{"some refused", c, latency([]trace.Trace{closedIn(20), refused("HTTP/1.1 503 x")}, tailed(20, 22)), reports.Fail, []string{"503"}},
	})
	if !c.Quick {
		t.Error("latency must be judged on the quick pass")
	}
	f := c.Judge(latency(tailed(21, 23), tailed(20, 22)))
	if len(f.Samples) != 100 || f.Budget != 30 || !slices.Equal(f.Worst, []string{"t96", "t97", "t98"}) {
		t.Errorf("%d samples, budget %v, worst %v", len(f.Samples), f.Budget, f.Worst)
	}
}

func TestChance(t *testing.T) {
	for n, want := range map[int]int{1: 1, 2: 2, 10: 2, 15: 2, 16: 3, 40: 3, 44: 3, 45: 4, 83: 4, 84: 5, 100: 5, 129: 5, 130: 6, 180: 6, 181: 7, 234: 7, 235: 8} {
		if got := chance(n); got != want {
			t.Errorf("%d of %d are more than chance gives, want %d", got, n, want)
		}
	}
}

func TestAbruptTold(t *testing.T) {
	left := func(side trace.Side, kind trace.Kind, told ...trace.Event) trace.Trace {
		return played(append(told, event(1, side, trace.Out, kind))...)
	}
	finIn := event(3, trace.Client, trace.In, trace.FIN)
	runJudged(t, []judged{
		{"by FIN", abruptClientTold, of("client-resets", left(trace.Client, trace.RST, event(3, trace.Backend, trace.In, trace.FIN))), reports.Pass, []string{"2.00 ms"}},
		{"by RST", abruptClientTold, of("client-resets", left(trace.Client, trace.RST, event(3, trace.Backend, trace.In, trace.RST))), reports.Pass, nil},
		{"by Close", abruptClientTold, of("client-resets", left(trace.Client, trace.RST, closing(3, trace.Backend, trace.In, 1001, ""))), reports.Pass, nil},
		{"too late", abruptClientTold, of("client-resets", left(trace.Client, trace.RST, event(6000, trace.Backend, trace.In, trace.FIN))), reports.Fail, []string{"6.00 s"}},
		{"never", abruptClientTold, of("client-resets", left(trace.Client, trace.RST, gaveUp(trace.Backend))), reports.Fail, []string{"not over within the patience"}},
		{"by FIN", abruptBackendTold, of("backend-resets", left(trace.Backend, trace.RST, finIn)), reports.Pass, nil},
		{"dropped, by FIN", abruptBackendTold, of("backend-drops-client-holds", left(trace.Backend, trace.FIN, finIn)), reports.Pass, nil},
		{"never", abruptBackendTold, of("backend-resets", left(trace.Backend, trace.RST, gaveUp(trace.Client))), reports.Fail, nil},
		{"too late", abruptBackendTold, of("backend-resets", left(trace.Backend, trace.RST, event(6000, trace.Client, trace.In, trace.RST))), reports.Fail, nil},
		{"an orderly close is not abrupt", abruptBackendTold, of("backend-resets", orderly(1000, "")), reports.HarnessError, nil},
	})
}
