package suites

import (
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// silent is a connection on which nobody speaks from 10 ms on, and what happens after that.
func silent(events ...trace.Event) trace.Trace {
	return played(append([]trace.Event{
		text(5, trace.Client, trace.Out, "hello"), text(6, trace.Backend, trace.In, "hello"),
		text(7, trace.Backend, trace.Out, "hello"), text(10, trace.Client, trace.In, "hello"),
	}, events...)...)
}

// woken is one that is kept until 10 s, with a message that comes back.
func woken(events ...trace.Event) trace.Trace {
	return silent(append([]trace.Event{
		text(10_010, trace.Client, trace.Out, "still there"), text(10_011, trace.Backend, trace.In, "still there"),
		text(10_012, trace.Backend, trace.Out, "still there"), text(10_013, trace.Client, trace.In, "still there"),
		closing(10_014, trace.Client, trace.Out, 1000, ""), closing(10_015, trace.Backend, trace.In, 1000, ""),
		event(10_016, trace.Backend, trace.In, trace.FIN), event(10_016, trace.Client, trace.In, trace.FIN),
	}, events...)...)
}

// cutAt is one that the proxy ends on both legs by FIN.
func cutAt(ms float64) trace.Trace {
	return silent(event(ms, trace.Client, trace.In, trace.FIN), event(ms+1, trace.Client, trace.Out, trace.Closed),
		event(ms+2, trace.Backend, trace.In, trace.FIN), event(ms+3, trace.Backend, trace.Out, trace.Closed))
}

// inCatalogue is a check as the catalogue has it, with its level.
func inCatalogue(t *testing.T, c Check) Check {
	t.Helper()
	for _, l := range Catalogue() {
		if l.ID == c.ID {
			return l
		}
	}
	t.Fatalf("%s is not in the catalogue", c.ID)
	return c
}

func TestIdleLimit(t *testing.T) {
	least := func(d time.Duration, e Evidence) Evidence {
		e.Budgets.IdleAtLeast = d
		return e
	}
	dead := silent(text(10_010, trace.Client, trace.Out, "still there"), gaveUp(trace.Client), gaveUp(trace.Backend))
	oneLeg := silent(event(3010, trace.Client, trace.In, trace.FIN), event(3011, trace.Client, trace.Out, trace.Closed), gaveUp(trace.Backend))
	otherLeg := silent(event(3010, trace.Backend, trace.In, trace.RST), text(10_010, trace.Client, trace.Out, "still there"), gaveUp(trace.Client))
	byClose := silent(closing(3010, trace.Client, trace.In, 1001, ""), event(3011, trace.Client, trace.In, trace.CloseNotify),
		event(3012, trace.Client, trace.In, trace.FIN), event(3013, trace.Client, trace.In, trace.RST),
		closing(3014, trace.Backend, trace.In, 0, ""), event(3015, trace.Backend, trace.In, trace.FIN))
	c := inCatalogue(t, idleLimit)
	runJudged(t, []judged{
		{"kept", c, of("idle", woken()), reports.Observed, []string{"kept for 10.0 s, and then a message passed"}},
		{"kept, as it has to be", c, least(10*time.Second, of("idle", woken())), reports.Pass, nil},
		{"dead", c, of("idle", dead), reports.Observed, []string{"but then no message passed"}},
		{"dead, and not to be", c, least(time.Second, of("idle", dead)), reports.Fail, []string{"but then no message passed"}},
		{"cut", c, of("idle", cutAt(3010)), reports.Observed, []string{"ended 3.00 s after the last message: both legs by FIN"}},
		{"cut late enough", c, least(2*time.Second, of("idle", cutAt(3010))), reports.Pass, nil},
		{"cut too early", c, least(4*time.Second, of("idle", cutAt(3010))), reports.Fail, []string{"ended 3.00 s"}},
		{"told in words of its own", c, of("idle", byClose), reports.Observed,
			[]string{"the front leg by Close 1001, close_notify, FIN; the back leg by Close without a code, FIN"}},
		{"one leg", c, of("idle", oneLeg), reports.Observed, []string{"the front leg by FIN, and the backend was not told within 10 s"}},
		{"one leg, late enough", c, least(time.Second, of("idle", oneLeg)), reports.Fail, []string{"the backend was not told"}},
		{"the other leg", c, least(time.Second, of("idle", otherLeg)), reports.Fail, []string{"the back leg by RST, and the client was not told"}},
		{"no echo", c, of("idle", played()), reports.HarnessError, []string{"no echo"}},
		{"refused", c, of("idle", refused("HTTP/1.1 426 x")), reports.Unsupported, nil},
		{"the control", c, on("direct", least(time.Second, of("idle", woken()))), reports.Pass, nil},
	})
	if life := idleLife([]trace.Trace{woken(), cutAt(5010), cutAt(3010), refused("HTTP/1.1 426 x")}); life != 3*time.Second {
		t.Errorf("the shortest life is %s", life)
	}
}
