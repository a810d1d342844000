package suites

import (
	"context"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// forking is a witness that sees one process more at each look.
type forking struct {
	fakeWitness
	looks int
}

func (w *forking) Processes(context.Context) (all []sockets.Process, err error) {
	w.looks++
	for pid := range w.looks {
		all = append(all, sockets.Process{PID: pid + 1})
	}
	return all, nil
}

// reloadable is a stand whose proxy says in its log that it was reloaded.
func reloadable(play func(scenario.Play) trace.Trace) *stand.Stand {
	p := product("nginx", nil, "plain")
	p.Reload = &proxies.Reload{Signal: "HUP", Logged: regexp.MustCompile("reconfiguring")}
	st := standsOf(play, p)[0]
	log := "started\n"
	st.Reload = func(context.Context) error {
		log += "reconfiguring\n"
		return nil
	}
	st.Logs = func(context.Context) (string, error) { return log, nil }
	return st
}

// keeping plays connections that are kept, and new ones.
func keeping(p scenario.Play) trace.Trace {
	if p.Scenario.Client == scenario.ClientIdle {
		return woken()
	}
	return orderly(1000, "")
}

func TestLifecyclePass(t *testing.T) {
	var silences []time.Duration
	st := reloadable(func(p scenario.Play) trace.Trace {
		if p.Scenario.Name == "reload" {
			silences = append(silences, p.Silence)
		}
		return keeping(p)
	})
	s := newTestSession([]*stand.Stand{st}, "lifecycle/reload", "cleanup/log-is-quiet")
	s.attempt(t.Context(), "")
	r := s.record(st.ID)
	if r.reload.At != 1e9 || *r.reload != (Reload{At: 1e9}) {
		t.Errorf("the reload was %+v", r.reload)
	}
	if len(r.patient["reload"]) != reloadedPlays || len(r.patient["after-reload"]) != renewedPlays || len(r.patient["idle"]) != 1 {
		t.Errorf("%d, %d and %d traces", len(r.patient["reload"]), len(r.patient["after-reload"]), len(r.patient["idle"]))
	}
	if r.patient["reload"][0].Reloaded != 1e9 || r.patient["after-reload"][0].Reloaded != 1e9 || r.patient["idle"][0].Reloaded != 0 {
		t.Error("the moment is not in the traces that it belongs to")
	}
	if len(s.record("direct").patient["reload"]) > 0 {
		t.Error("the control was played too")
	}
	for _, silence := range silences {
		if silence < reloadWatch+reloadLead || silence > reloadWatch+2*time.Second {
			t.Errorf("nobody speaks for %s", silence)
		}
	}
	for _, name := range reload.Scenarios {
		if got := s.results[key{st.ID, reload.ID, name}]; got.Verdict != reports.Observed {
			t.Errorf("%s: %s: %s", name, got.Verdict, got.Actual)
		}
	}
	if s.countLog(); s.logged[st.ID] != 2 {
		t.Errorf("the next repeat reads the log from line %d, want 2: what the reload wrote is no alarm of it", s.logged[st.ID])
	}
	if why := s.brokenControl(); why != "" {
		t.Error(why)
	}
}

func TestReloadsThatShowNothing(t *testing.T) {
	fails := func(err error) func(*stand.Stand) {
		return func(st *stand.Stand) { st.Reload = func(context.Context) error { return err } }
	}
	silently := fails(nil)
	for _, c := range []struct {
		name    string
		edit    func(*stand.Stand)
		verdict reports.Verdict
		says    string
	}{
		{"it is logged", func(*stand.Stand) {}, reports.Observed, "kept"},
		{"there is no way", func(st *stand.Stand) { st.Reload, st.Unreloadable = nil, "it has none" }, reports.Unsupported, "not reloaded: it has none"},
		{"the proxy refuses", fails(stand.NotReloaded("line 3 is wrong")), reports.Unsupported, "line 3 is wrong"},
		{"the engine fails", fails(errLost), reports.HarnessError, errLost.Error()},
		{"nothing shows it", silently, reports.Unsupported, "neither its log nor a new process"},
		{"the log cannot be read", func(st *stand.Stand) {
			st.Logs = func(context.Context) (string, error) { return "", errLost }
		}, reports.Unsupported, "neither its log nor a new process"},
		{"new processes show it", func(st *stand.Stand) {
			silently(st)
			st.Witness = &forking{}
		}, reports.Observed, "kept"},
		{"a command that succeeded shows it", func(st *stand.Stand) {
			silently(st)
			st.Target.Proxy.Reload = &proxies.Reload{Command: []string{"reload"}}
		}, reports.Observed, "kept"},
		{"it ended the proxy", func(st *stand.Stand) {
			ended := ""
			st.Reload = func(context.Context) error { ended = "status 1"; return nil }
			st.Ended = func(context.Context) string { return ended }
		}, reports.Observed, "the reload ended the proxy: status 1"},
		{"the proxy had ended before", func(st *stand.Stand) {
			st.Ended = func(context.Context) string { return "status 2" }
		}, reports.HarnessError, "status 2"},
	} {
		st := reloadable(keeping)
		c.edit(st)
		s := newTestSession([]*stand.Stand{st}, "lifecycle/reload")
		s.attempt(t.Context(), "")
		got := s.results[key{st.ID, reload.ID, "reload"}]
		if got.Verdict != c.verdict || !strings.Contains(got.Actual, c.says) {
			t.Errorf("%s: %s: %s", c.name, got.Verdict, got.Actual)
		}
	}
}

// The reload comes behind all that is measured, and a lost peer does not take that away.
func TestLifecyclePassIsTheLast(t *testing.T) {
	st := reloadable(keeping)
	lost := false
	st.Reload = func(context.Context) error {
		lost = true
		return nil
	}
	peer := &fakePeer{}
	peer.play = func(p scenario.Play) trace.Trace {
		if lost && !p.Scenario.Lifecycle {
			t.Errorf("%s was played behind the reload", p.Scenario.Name)
		}
		if p.Scenario.Lifecycle {
			peer.fail = errLost
		}
		return keeping(p)
	}
	st.Peer = peer
	s := newTestSession([]*stand.Stand{st}, "lifecycle/reload", "liveness/idle-limit", "close/nothing-after")
	s.attempt(t.Context(), "")
	if !strings.Contains(s.interrupted, errLost.Error()) {
		t.Errorf("interrupted is %q", s.interrupted)
	}
	if got := s.results[key{st.ID, idleLimit.ID, "idle"}]; got.Verdict != reports.Observed {
		t.Errorf("%s: %s", got.Verdict, got.Actual)
	}
}

func TestNothingIsReloadedUnasked(t *testing.T) {
	st := reloadable(keeping)
	st.Reload = func(context.Context) error {
		t.Error("it was reloaded")
		return nil
	}
	s := newTestSession([]*stand.Stand{st}, "close/nothing-after")
	s.attempt(t.Context(), "")
}
