package suites

import (
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// reloadedAt are traces of connections that were open while the proxy was reloaded.
func reloadedAt(ms float64, traces ...trace.Trace) []trace.Trace {
	for i := range traces {
		traces[i].Reloaded = int64(ms * 1e6)
	}
	return traces
}

func reloadEvidence(scenario string, traces []trace.Trace, edit ...func(*Evidence)) Evidence {
	e := of(scenario, traces...)
	e.Reload, e.Upgrades = &Reload{At: 1}, true
	for _, edit := range edit {
		edit(&e)
	}
	return e
}

func TestReload(t *testing.T) {
	keeps := func(d time.Duration) func(*Evidence) { return func(e *Evidence) { e.Budgets.ReloadKeeps = d } }
	became := func(r *Reload) func(*Evidence) { return func(e *Evidence) { e.Reload = r } }
	idle := func(traces ...trace.Trace) func(*Evidence) {
		return func(e *Evidence) { e.Besides = map[string][]trace.Trace{"idle": traces} }
	}
	open := func(traces []trace.Trace, edit ...func(*Evidence)) Evidence {
		return reloadEvidence("reload", traces, edit...)
	}
	dead := silent(text(4000, trace.Client, trace.Out, "still there"), gaveUp(trace.Client), gaveUp(trace.Backend))
	oneLeg := silent(event(1020, trace.Client, trace.In, trace.FIN), gaveUp(trace.Backend))
	going := silent(closing(1012, trace.Client, trace.In, 1001, ""), event(1013, trace.Client, trace.In, trace.FIN),
		closing(1014, trace.Backend, trace.In, 1001, ""), event(1015, trace.Backend, trace.In, trace.FIN))
	c := inCatalogue(t, reload)
	runJudged(t, []judged{
		{"kept", c, open(reloadedAt(1000, woken(), woken())), reports.Observed, []string{"2 of 2: kept, and later a message passed"}},
		{"kept, as it has to be", c, open(reloadedAt(1000, woken()), keeps(3*time.Second)), reports.Pass, nil},
		{"kept, not watched for so long", c, open(reloadedAt(9000, woken()), keeps(3*time.Second)), reports.Unsupported, []string{"less than the budget"}},
		{"dead", c, open(reloadedAt(1000, dead), keeps(time.Second)), reports.Fail, []string{"no message passed any more"}},
		{"closed", c, open(reloadedAt(1000, going)), reports.Observed,
			[]string{"cut: both legs by Close 1001, FIN; the first of them 12.0 ms after the proxy was told to"}},
		{"closed too soon", c, open(reloadedAt(1000, going, woken()), keeps(time.Second)), reports.Fail, []string{"1 of 2: cut: both legs by Close 1001, FIN"}},
		{"closed late enough", c, open(reloadedAt(1000, cutAt(3000)), keeps(time.Second)), reports.Pass, []string{"both legs by FIN", "2.00 s after"}},
		{"one leg", c, open(reloadedAt(1000, oneLeg)), reports.Observed, []string{"cut the front leg by FIN, and the backend was not told"}},
		{"one leg, late enough", c, open(reloadedAt(10, oneLeg), keeps(time.Second)), reports.Fail, []string{"the backend was not told"}},
		{"the idle limit", c, open(reloadedAt(1000, cutAt(3100)), idle(cutAt(3010)), keeps(2*time.Second)), reports.Pass,
			[]string{"kept until its idle limit of 3.00 s ended it"}},
		{"the idle limit, too soon to tell", c, open(reloadedAt(2900, cutAt(3100)), idle(cutAt(3010)), keeps(time.Second)), reports.Unsupported,
			[]string{"sooner than the budget"}},
		{"long before the idle limit", c, open(reloadedAt(1000, cutAt(1020)), idle(cutAt(3010)), keeps(time.Second)), reports.Fail, []string{"cut: both legs by FIN"}},
		{"over before the reload", c, open(reloadedAt(2000, cutAt(1020))), reports.Unsupported, []string{"it was not open"}},
		{"opened after the reload", c, open(reloadedAt(5, woken())), reports.Unsupported, []string{"it was not open"}},
		{"spoken on before the reload", c, open(reloadedAt(10_011, woken())), reports.Unsupported, []string{"it was not open"}},
		{"nothing of the reload", c, open(reloadedAt(0, woken())), reports.HarnessError, []string{"no reload"}},
		{"refused", c, open(reloadedAt(1000, refused("HTTP/1.1 426 x")), func(e *Evidence) { e.Upgrades = false }), reports.Unsupported, nil},
		{"impossible", c, open(nil, became(&Reload{Impossible: "it has none"})), reports.Unsupported, []string{"not reloaded: it has none"}},
		{"not told", c, open(nil, became(&Reload{Lost: "engine lost"})), reports.HarnessError, []string{"not reloaded: engine lost"}},
		{"the end of it", c, open(reloadedAt(1000, going), became(&Reload{At: 1, Ended: "status 1"}), keeps(time.Second)), reports.Fail, []string{"status 1"}},
		{"not so far", c, open(nil, became(nil)), reports.HarnessError, []string{"was not reloaded"}},
		{"the control", c, on("direct", open(nil, became(nil))), reports.Unsupported, []string{"without a proxy"}},
	})
}

func TestConnectionsAfterAReload(t *testing.T) {
	after := func(traces []trace.Trace, edit ...func(*Evidence)) Evidence {
		return reloadEvidence("after-reload", traces, append(edit, func(e *Evidence) { e.Budgets.ReloadKeeps = time.Second })...)
	}
	fine, cannot := orderly(1000, ""), broken("open the front leg: connection refused")
	c := inCatalogue(t, reload)
	runJudged(t, []judged{
		{"all", c, after(reloadedAt(0.5, fine, fine)), reports.Pass, []string{"2 of 2: opened after the reload"}},
		{"none", c, after(reloadedAt(0.5, cannot)), reports.Fail, []string{"not opened: open the front leg: connection refused"}},
		{"not all", c, after(reloadedAt(0.5, fine, refused("HTTP/1.1 503 x"))), reports.Fail, []string{"1 of 2: the upgrade was refused: HTTP/1.1 503 x"}},
		{"refused, as never before", c, after(reloadedAt(0.5, refused("HTTP/1.1 503 x"))), reports.Fail, []string{"503"}},
		{"refused, as ever", c, after(reloadedAt(0.5, refused("HTTP/1.1 426 x")), func(e *Evidence) { e.Upgrades = false }), reports.Unsupported, []string{"426"}},
		{"interrupted", c, after(reloadedAt(0.5, broken("interrupted: context canceled"))), reports.HarnessError, []string{"interrupted"}},
		{"without a reload", c, after(reloadedAt(0, fine)), reports.HarnessError, []string{"no reload"}},
		{"nothing", c, after(nil), reports.HarnessError, []string{"not measured"}},
	})
}
