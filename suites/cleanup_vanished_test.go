package suites

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestVanishedClient(t *testing.T) {
	left := func(ms float64) trace.Trace {
		over := event(ms, trace.Backend, trace.In, trace.FIN)
		if ms < 0 {
			over = gaveUp(trace.Backend)
		}
		return played(event(0, trace.Client, trace.Out, trace.Vanished), over)
	}
	budget := func(d time.Duration, e Evidence) Evidence {
		e.Budgets.VanishedClient = d
		return e
	}
	var c Check
	for _, listed := range Catalogue() { // with its level
		if listed.ID == vanishedClient.ID {
			c = listed
		}
	}
	runJudged(t, []judged{
		{"given up", c, of("client-vanishes", left(1500)), reports.Observed, []string{"the back leg was over 1.50 s after the client vanished"}},
		{"never", c, of("client-vanishes", left(-1)), reports.Observed, []string{"longer than the patience of 10 s"}},
		{"sometimes", c, of("client-vanishes", left(1500), left(-1)), reports.Observed, []string{"longer than the patience of 10 s in 1 of 2", "1.50 s"}},
		{"within a budget", c, budget(2*time.Second, of("client-vanishes", left(1500))), reports.Pass, []string{"1 of 1 within the budget"}},
		{"over a budget", c, budget(time.Second, of("client-vanishes", left(1500))), reports.Fail, []string{"over the budget"}},
		{"never, with a budget", c, budget(time.Second, of("client-vanishes", left(-1))), reports.Fail, []string{"not over within the patience"}},
		{"it did not vanish", c, of("client-vanishes", played()), reports.HarnessError, []string{"no such moment"}},
		{"refused", c, of("client-vanishes", refused("HTTP/1.1 403 x")), reports.Unsupported, nil},
		{"the control", c, on("direct", of("client-vanishes", left(-1))), reports.Unsupported, []string{"without a proxy"}},
		{"the control, with a budget", c, on("direct", budget(time.Second, of("client-vanishes", left(-1)))), reports.Unsupported, nil},
	})
	if f := c.Judge(of("client-vanishes", left(1500), left(-1))); len(f.Samples) != 2 {
		t.Errorf("samples %v, want both", f.Samples)
	}
}

func TestTimeWait(t *testing.T) {
	waits := func(w TimeWaits, edit ...func(*Evidence)) Evidence {
		e := settled(func(a *Aftermath) { a.TimeWaits = w })
		for _, edit := range edit {
			edit(&e)
		}
		return e
	}
	budget := func(n int) func(*Evidence) { return func(e *Evidence) { e.Budgets.BackTimeWait = n } }
	backend := TimeWaits{Closes: 500, FrontProxy: 500, BackBackend: 499, BackNowhere: 1, Ports: 28232}
	proxy := TimeWaits{Closes: 500, FrontClient: 100, FrontProxy: 400, BackProxy: 250, BackBackend: 250, Ports: 28232}
	unknown := proxy
	unknown.Ports = 0
	c := timeWait
	runJudged(t, []judged{
		{"at the backend", c, waits(backend), reports.Pass,
			[]string{"per 1000 closes: front leg 1000 at the proxy, back leg 998 at the backend, 2 nowhere seen"}},
		{"at the proxy", c, waits(proxy), reports.Pass, []string{"front leg 200 at the client, 800 at the proxy, back leg 500 at the proxy, 500 at the backend",
			"would use up its 28232 ephemeral ports at 941 closes a second"}},
		{"over unix sockets", c, waits(TimeWaits{Closes: 500, FrontProxy: 500, Ports: 28232}, budget(1)), reports.Pass,
			[]string{"front leg 1000 at the proxy, back leg none, being a unix socket"}},
		{"within a budget", c, waits(proxy, budget(500)), reports.Pass, nil},
		{"over a budget", c, waits(proxy, budget(499)), reports.Fail, []string{"back leg 500 at the proxy"}},
		{"not counted", c, waits(TimeWaits{Lost: "agent lost"}), reports.HarnessError, []string{"agent lost"}},
		{"no upgrade was accepted", c, waits(TimeWaits{}), reports.Unsupported, []string{"no connection was closed in order"}},
		{"blind", c, settled(func(a *Aftermath) { a.Blind = "no witness" }), reports.Unsupported, nil},
		{"nobody looked", c, Evidence{}, reports.HarnessError, nil},
		{"the control", c, on("direct", Evidence{}), reports.Unsupported, []string{"without a proxy"}},
	})
	for _, w := range []TimeWaits{backend, unknown} {
		if f := c.Judge(waits(w)); containsPorts(f.Actual) {
			t.Errorf("%q speaks of ports", f.Actual)
		}
	}
}

func TestCountTimeWaits(t *testing.T) {
	const now = 100 * int64(time.Second)
	connection := func(n int, ended time.Duration) trace.Trace {
		t := orderly(1000, "")
		t.Front = trace.Leg{Local: address(1, n), Remote: address(2, 80)}
		t.Back = trace.Leg{Local: address(1, 8080), Remote: address(2, n)}
		t.Events[len(t.Events)-1].At = int64(ended)
		return t
	}
	wait := func(l trace.Leg) sockets.Socket {
		return sockets.Socket{Local: l.Local, Remote: l.Remote, State: sockets.TimeWait}
	}
	a, b, c, old := connection(1001, 99*time.Second), connection(1002, 50*time.Second), connection(1003, 99*time.Second), connection(1004, 44*time.Second)
	holds := wait(a.Back)
	holds.State = "FIN-WAIT-2"
	all := []sockets.Socket{
		wait(reversed(a.Front)), holds, // a: at the proxy, and not in TIME-WAIT
		wait(b.Front), wait(reversed(b.Back)), wait(b.Back), // b: at the client, and at both ends
		wait(c.Back), wait(old.Front), // c: at the backend, and nowhere
	}
	unix := a
	unix.Back = trace.Leg{Local: "unix:/run/app.sock", Remote: "unix:"}
	for _, k := range []struct {
		name    string
		patient map[string][]trace.Trace
		want    TimeWaits
	}{
		{"all kinds", map[string][]trace.Trace{
			"client-close": {a, old}, "backend-close-codes": {b}, "both-close": {c},
			"client-resets": {a}, "client-holds": {b}, "backend-refuses": {refusing(403)},
		}, TimeWaits{Closes: 3, FrontClient: 1, FrontProxy: 1, FrontNowhere: 1, BackProxy: 1, BackBackend: 2, BackNowhere: 1}},
		{"over a unix socket", map[string][]trace.Trace{"client-close": {unix}}, TimeWaits{Closes: 1, FrontProxy: 1}},
		{"too old", map[string][]trace.Trace{"client-close": {old}}, TimeWaits{Lost: "1 orderly close ended more than 55 s before the look"}},
		{"not played", map[string][]trace.Trace{"client-close": {broken("agent lost")}}, TimeWaits{Lost: "agent lost"}},
		{"refused", map[string][]trace.Trace{"client-close": {refused("HTTP/1.1 403 x")}}, TimeWaits{}},
		{"nothing orderly", map[string][]trace.Trace{"client-resets": {a}}, TimeWaits{}},
	} {
		if got := countTimeWaits(&record{patient: k.patient}, now, timeWaits(all), nil); got != k.want {
			t.Errorf("%s: %+v, want %+v", k.name, got, k.want)
		}
	}
}

// address is a port on the n-th machine of the network.
func address(n, port int) string { return fmt.Sprintf("10.0.0.%d:%d", n, port) }

func containsPorts(s string) bool { return strings.Contains(s, "port") }
