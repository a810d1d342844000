package suites

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// trait is the one called name.
func trait(t *testing.T, all []reports.Trait, name string) reports.Trait {
	t.Helper()
	for _, tr := range all {
		if tr.Name == name {
			return tr
		}
	}
	t.Fatalf("there is no trait %q in %v", name, all)
	return reports.Trait{}
}

// runTraits compares a trait of what was recorded with the value and with words of the detail.
func runTraits(t *testing.T, name string, cases []traitCase) {
	t.Helper()
	for _, c := range cases {
		t.Run(name+"/"+c.name, func(t *testing.T) {
			st := standsOf(atOnce, product("apache", nil, "wstunnel"))[0]
			s := newTestSession([]*stand.Stand{st}, "close/latency")
			s.records[st.ID] = c.record
			got := trait(t, s.behaviour(st), name)
			if got.Value != c.value || !strings.Contains(got.Detail, c.says) || got.Detail == "" {
				t.Errorf("%q: %q, want %q and %q", got.Value, got.Detail, c.value, c.says)
			}
			if n := utf8.RuneCountInString(got.Value); n > 34 {
				t.Errorf("%q has %d characters", got.Value, n)
			}
		})
	}
}

type traitCase struct {
	name   string
	record *record
	value  string
	says   string
}

func patient(traces map[string][]trace.Trace) *record { return &record{patient: traces} }

// talked is a connection whose client sends Close and FIN, and whose backend sends three texts behind that. The FIN reaches
// the backend at fin and the end of the front leg the client at end, where they are above 0; the client gets so many texts.
func talked(fin, end float64, got int) trace.Trace {
	t := played(
		closing(1, trace.Client, trace.Out, 1000, ""), event(1, trace.Client, trace.Out, trace.FIN), closing(2, trace.Backend, trace.In, 1000, ""),
		text(3, trace.Backend, trace.Out, "late 1"), text(3, trace.Backend, trace.Out, "late 2"), text(3, trace.Backend, trace.Out, "late 3"),
		event(5, trace.Backend, trace.Out, trace.FIN))
	for range got {
		t = with(t, text(6, trace.Client, trace.In, "late 1"))
	}
	if fin > 0 {
		t = with(t, event(fin, trace.Backend, trace.In, trace.FIN))
	}
	if end > 0 {
		t = with(t, event(end, trace.Client, trace.In, trace.FIN))
	}
	return t
}

func TestHalfCloseTrait(t *testing.T) {
	talks := func(tr trace.Trace, others ...trace.Trace) *record {
		return patient(map[string][]trace.Trace{"client-half-closes-backend-talks": {tr}, "client-drops": others})
	}
	dropped := played(event(1, trace.Client, trace.Out, trace.FIN), event(2, trace.Backend, trace.In, trace.FIN), event(3, trace.Backend, trace.Out, trace.Closed))
	runTraits(t, "half-close", []traitCase{
		{"passed on", talks(talked(2.5, 8, 3)), "passed on, data flows", "in 1 of 1 connections; of 3 texts that the backend sent behind it, 3 reached the client"},
		{"passed on, as another scenario shows", talks(talked(9, 10, 3), dropped), "passed on, data flows", "in 1 of 2 connections"},
		{"ends both", talks(talked(2.5, 3, 0)), "ends both legs", "3 texts that the backend sent behind it, 0 reached"},
		{"held back", talks(talked(9, 10, 3)), "held back, data flows", "0 of 1"},
		{"held back and lost", talks(talked(0, 3, 1)), "held back, data lost", "1 reached"},
		{"refused", talks(refused("HTTP/1.1 426 x")), "", "the upgrade was not accepted: HTTP/1.1 426 x"},
		{"broken", talks(broken("agent lost")), "", "agent lost"},
		{"not played", patient(nil), "", "not played"},
	})
}

func TestClosesFirstTrait(t *testing.T) {
	both := func(tr ...trace.Trace) *record { return patient(map[string][]trace.Trace{"client-close": tr}) }
	proxy := orderly(1000, "")
	client := edited(proxy, trace.Client, trace.Out, trace.FIN, func(e *trace.Event) { e.At = 4.5e6 })
	back := edited(proxy, trace.Backend, trace.In, trace.FIN, func(e *trace.Event) { e.At = 3.5e6 })
	notified := with(client, event(4.4, trace.Client, trace.In, trace.CloseNotify))
	never := with(without(without(proxy, trace.Client, trace.In, trace.FIN), trace.Client, trace.Out, trace.FIN), gaveUp(trace.Client))
	never = edited(never, trace.Client, trace.Out, trace.Closed, func(e *trace.Event) { e.At = 11e9 })
	runTraits(t, "closes first", []traitCase{
		{"proxy and backend", both(proxy), "front proxy, back backend", "client-close: front leg proxy 1 of 1; back leg backend 1 of 1; backend-close: it was not played"},
		{"client", both(client), "front client, back backend", "front leg client 1 of 1"},
		{"over TLS", both(notified), "front proxy, back backend", ""},
		{"the proxy on both", both(back), "front proxy, back proxy", ""},
		{"nobody", both(never), "front nobody, back backend", "front leg nobody 1 of 1"},
		{"seldom", both(append(times(11, proxy), client)...), "front proxy, back backend", "proxy 11 of 12, client 1 of 12"},
		{"not seldom", both(append(times(8, proxy), client)...), "front mixed, back backend", "proxy 8 of 9, client 1 of 9"},
		{"refused", both(refused("HTTP/1.1 426 x")), "", "426"},
	})
	r := both(proxy)
	r.quick = map[string][]trace.Trace{"client-close": {proxy}, "backend-close": {proxy}}
	runTraits(t, "closes first", []traitCase{{"of both passes", r, "front proxy, back backend", "client-close: front leg proxy 2 of 2; back leg backend 2 of 2; backend-close: front leg proxy 1 of 1"}})
}

func TestTimeWaitTrait(t *testing.T) {
	after := func(a Aftermath) *record { return &record{after: &a} }
	runTraits(t, "time-wait", []traitCase{
		{"proxy and backend", after(Aftermath{TimeWaits: TimeWaits{Closes: 50, FrontProxy: 50, BackBackend: 49, BackNowhere: 1}}),
			"front proxy, back backend", "per 1000 closes"},
		{"both", after(Aftermath{TimeWaits: TimeWaits{Closes: 50, FrontClient: 20, FrontProxy: 30, BackNowhere: 50}}), "front mixed, back nowhere", "400 at the client"},
		{"unix socket", after(Aftermath{TimeWaits: TimeWaits{Closes: 50, FrontProxy: 50}}), "front proxy, back none", "back leg none, being a unix socket"},
		{"not counted", after(Aftermath{TimeWaits: TimeWaits{Lost: "agent lost"}}), "", "agent lost"},
		{"nobody saw", after(Aftermath{Blind: "not Linux"}), "", "not Linux"},
		{"none", after(Aftermath{}), "", "no connection was closed in order"},
		{"not looked", &record{}, "", "nobody looked"},
	})
}

func TestIdleTrait(t *testing.T) {
	idle := func(tr ...trace.Trace) *record { return patient(map[string][]trace.Trace{"idle": tr}) }
	runTraits(t, "idle limit", []traitCase{
		{"kept", idle(woken()), "over 10 s", "a message passed"},
		{"dead", idle(silent(text(10_010, trace.Client, trace.Out, "x"), gaveUp(trace.Client), gaveUp(trace.Backend))), "dead after 10 s", "no message passed"},
		{"cut", idle(cutAt(3010)), "cut after 3.0 s by FIN", "both legs by FIN"},
		{"one leg", idle(silent(event(3010, trace.Client, trace.In, trace.FIN), gaveUp(trace.Backend))), "one leg cut after 3.0 s", "the backend was not told"},
		{"in two ways", idle(silent(closing(3010, trace.Client, trace.In, 1001, ""), event(3011, trace.Client, trace.In, trace.FIN),
			event(3010, trace.Backend, trace.In, trace.CloseNotify), event(3011, trace.Backend, trace.In, trace.RST))), "cut after 3.0 s by Close 1001/RST", ""},
		{"refused", idle(refused("HTTP/1.1 426 x")), "", "426"},
		{"not played", idle(), "", "no trace"},
		{"no silence", idle(played()), "", "no echo"},
	})
}

func TestReloadTrait(t *testing.T) {
	of := func(r *Reload, traces ...trace.Trace) *record {
		return &record{reload: r, patient: map[string][]trace.Trace{
			"reload": reloadedAt(1000, traces...), "after-reload": reloadedAt(0.5, orderly(1000, "")), "idle": {cutAt(5010)},
		}}
	}
	going := silent(closing(1012, trace.Client, trace.In, 1001, ""), event(1013, trace.Client, trace.In, trace.FIN),
		closing(1014, trace.Backend, trace.In, 1001, ""), event(1015, trace.Backend, trace.In, trace.RST))
	oneLeg := silent(event(1020, trace.Backend, trace.In, trace.FIN), text(4000, trace.Client, trace.Out, "x"), gaveUp(trace.Client))
	done := &Reload{At: 1}
	runTraits(t, "reload", []traitCase{
		{"kept", of(done, woken(), cutAt(5010)), "kept 3 s", "later a message passed; 1 of 2: kept until its idle limit of 5.00 s ended it"},
		{"new ones too", of(done, woken()), "kept 3 s", "new connections: 1 of 1: opened"},
		{"closed", of(done, going), "cut: Close 1001", "Close 1001, RST"},
		{"cut", of(done, cutAt(1020)), "cut: FIN", "both legs by FIN"},
		{"one leg", of(done, oneLeg), "one leg cut", "the client was not told"},
		{"dead", of(done, silent(text(4000, trace.Client, trace.Out, "x"), gaveUp(trace.Client))), "dead", "no message"},
		{"not the same for all", of(done, woken(), going), "mixed", "1 of 2: cut"},
		{"no reload", of(&Reload{Impossible: "it has none"}), "not tried", "it has none"},
		{"nothing shows it", of(&Reload{At: 1, Impossible: "its log says nothing"}, woken()), "not shown", "its log says nothing"},
		{"went wrong", of(&Reload{Lost: "engine lost"}), "", "engine lost"},
		{"the end", of(&Reload{At: 1, Ended: "status 1"}, going), "ends the proxy", "status 1"},
		{"refused", of(done, refused("HTTP/1.1 426 x")), "", "426"},
		{"not open", of(done, cutAt(20)), "", "it was not open"},
		{"not so far", of(nil), "", "was not reloaded"},
	})
}

func TestBehaviourOfWhatIsNotThere(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel", "down"))
	stands[1].Err = errLost
	s := newTestSession(stands, "close/latency")
	for i, says := range []string{"not measured", "not brought up"} {
		all := s.behaviour(stands[i])
		if len(all) != 5 {
			t.Errorf("%d traits", len(all))
		}
		for _, tr := range all {
			if tr.Value != "" || !strings.Contains(tr.Detail, says) {
				t.Errorf("%+v, want nothing but %q", tr, says)
			}
		}
	}
}
