package suites

import (
	"slices"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// released is a trace whose back leg was over ms after the backend's FIN; negative: never.
func released(ms float64) trace.Trace {
	t := without(orderly(1000, ""), trace.Backend, trace.In, trace.FIN)
	if ms < 0 {
		return with(t, gaveUp(trace.Backend))
	}
	return with(t, event(4+ms, trace.Backend, trace.In, trace.FIN))
}

func TestJudgeWithin(t *testing.T) {
	runJudged(t, []judged{
		{"within", backLegReleased, of("client-close", released(1.5), released(4999)), reports.Pass, []string{"2 of 2 within the budget", "5.00 s"}},
		{"at the budget", backLegReleased, of("client-close", released(5000)), reports.Pass, nil},
		{"over", backLegReleased, of("client-close", released(1.5), released(7000)), reports.Fail, []string{"1 of 2 over the budget", "7.00 s"}},
		{"timed out", backLegReleased, of("client-close", released(1.5), released(-1)), reports.Fail, []string{"1 of 2 not over within the patience of 10 s"}},
		{"timed out and over", backLegReleased, of("client-close", released(7000), released(-1), released(1)), reports.Fail,
			[]string{"1 of 3 not over", "1 more over the budget"}},
		{"no such moment", backLegReleased, of("client-close", released(1), played()), reports.HarnessError, []string{"1 of 2"}},
		{"over, and no such moment", backLegReleased, of("client-close", released(7000), played()), reports.Fail, []string{"1 of 2 have no such moment"}},
	})
}

// A longest sample that is no farther from the budget than the control's noise decides nothing.
func TestJudgeWithinTheNoise(t *testing.T) {
	control := func(ms ...float64) (traces []trace.Trace) {
		for _, ms := range ms {
			traces = append(traces, released(ms))
		}
		return traces
	}
	for _, c := range []struct {
		name    string
		target  string
		longest float64
		control []trace.Trace
		want    reports.Verdict
	}{
		{"well within", "x", 4900, control(1, 4), reports.Pass},
		{"just within", "x", 4998, control(1, 4), reports.Inconclusive},
		{"at the noise", "x", 4997, control(1, 4), reports.Inconclusive},
		{"just over", "x", 5002, control(1, 4), reports.Inconclusive},
		{"well over", "x", 5100, control(1, 4), reports.Fail},
		{"never over", "x", -1, control(1, 9000), reports.Fail},
		{"a control without noise", "x", 5000.1, control(1, 1), reports.Fail},
		{"a control that did not end has none", "x", 4998, control(1, -1), reports.Pass},
		{"a control without the moment", "x", 4998, []trace.Trace{played()}, reports.Pass},
		{"no control", "x", 5002, nil, reports.Fail},
		{"the control itself", "direct", 5002, control(1, 4), reports.Fail},
	} {
		t.Run(c.name, func(t *testing.T) {
			e := of("client-close", released(1), released(c.longest))
			e.Target, e.Control = c.target, c.control
			if f := backLegReleased.Judge(e); f.Verdict != c.want {
				t.Errorf("verdict %s (%s), want %s", f.Verdict, f.Actual, c.want)
			}
		})
	}
}

func TestTimedOutIsOverEveryBudget(t *testing.T) {
	e := of("client-close", released(-1))
	e.Budgets.BackRelease = time.Hour
	if f := backLegReleased.Judge(e); f.Verdict != reports.Fail {
		t.Errorf("verdict %s: %s", f.Verdict, f.Actual)
	}
}

func TestJudgeWithinGivesItsNumbers(t *testing.T) {
	f := backLegReleased.Judge(of("client-close", released(3), released(-1), released(7000), released(1)))
	if want := []string{"t2", "t3", "t1"}; !slices.Equal(f.Worst, want) {
		t.Errorf("worst %v, want %v", f.Worst, want)
	}
	if len(f.Samples) != 4 || !f.Samples[1].TimedOut || f.Samples[1].Value != 10*time.Second {
		t.Errorf("samples %v: a time-out must stay among them at the cap", f.Samples)
	}
	if f.Budget != 5000 {
		t.Errorf("budget %v ms, want 5000", f.Budget)
	}
}

func TestLimit(t *testing.T) {
	for d, want := range map[time.Duration]string{
		30 * time.Millisecond:   "30 ms",
		1500 * time.Microsecond: "1.5 ms",
		5 * time.Second:         "5 s",
		2500 * time.Millisecond: "2.5 s",
	} {
		if got := limit(d); got != want {
			t.Errorf("limit(%d) = %q, want %q", d, got, want)
		}
	}
}
