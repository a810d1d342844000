package suites

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestNewSockets(t *testing.T) {
	old := sockets.Socket{Local: "10.0.0.2:80", Remote: "10.0.0.1:1", State: "ESTABLISHED", Cookie: 1}
	change := func(edit func(*sockets.Socket)) sockets.Socket {
		s := old
		edit(&s)
		return s
	}
	for _, c := range []struct {
		name string
		now  sockets.Socket
		is   bool
	}{
		{"the same", old, false},
		{"the same in another state", change(func(s *sockets.Socket) { s.State = "CLOSE-WAIT" }), false},
		{"another one", change(func(s *sockets.Socket) { s.Remote, s.Cookie = "10.0.0.1:2", 2 }), true},
		{"another one with the same addresses", change(func(s *sockets.Socket) { s.Cookie = 2 }), true},
		{"another one that is over", change(func(s *sockets.Socket) { s.Cookie, s.State = 2, sockets.TimeWait }), false},
		{"one that listens", change(func(s *sockets.Socket) { s.Cookie, s.State = 2, sockets.Listen }), false},
	} {
		before, now := Snapshot{Sockets: []sockets.Socket{listening, old}}, Snapshot{Sockets: []sockets.Socket{listening, c.now}}
		if got := newSockets(before, now); (len(got) == 1) != c.is {
			t.Errorf("%s: new are %v", c.name, got)
		}
	}
}

func TestDuring(t *testing.T) {
	tr := played(event(10_000, trace.Client, trace.Out, trace.Request), event(12_000, trace.Client, trace.In, trace.FIN))
	coarse := float64(watchInterval.Milliseconds())
	for _, c := range []struct {
		first float64 // milliseconds
		is    bool
	}{
		{10_000 - 2*coarse, false}, // of the connection before
		{9_999, true},              // the look that saw it began just before the connection did
		{11_000, true},
		{12_000 + coarse/2, true}, // the first look after a short trace
		{12_000 + 2*coarse, false},
	} {
		if got := during(&tr, []trace.Span{{First: int64(c.first * 1e6)}}); (len(got) == 1) != c.is {
			t.Errorf("first seen at %.0f ms: %v, want %v", c.first, got, c.is)
		}
	}
	if got := during(&trace.Trace{}, []trace.Span{{}}); got != nil {
		t.Errorf("a trace without events has %v", got)
	}
}

func TestAttribute(t *testing.T) {
	front := trace.Span{Local: "10.0.0.2:80", Remote: "10.0.0.1:1", First: 1e6}
	back := trace.Span{Local: "10.0.0.2:2", Remote: "10.0.0.1:8080", First: 2e6}
	other := trace.Span{Local: "10.0.0.2:80", Remote: "10.0.0.1:9", First: 1e6}
	r := &record{after: &Aftermath{}, patient: map[string][]trace.Trace{
		"client-close": {orderly(1000, ""), broken("open the front leg: connection refused")},
	}}
	attribute(r, []trace.Span{front, back, other})
	if got := r.patient["client-close"][0].Proxy; !slices.Equal(got, []trace.Span{front, back}) {
		t.Errorf("the proxy's sockets of the connection are %v", got)
	}
	if r.after.Endings != 1 {
		t.Errorf("%d endings, want 1: a play that never reached the proxy is none", r.after.Endings)
	}
}

func TestLeftIsOfTheLastConnectionWithItsAddresses(t *testing.T) {
	first, second := played(event(1, trace.Client, trace.Out, trace.Request)), played(event(5000, trace.Client, trace.Out, trace.Request))
	stays := sockets.Socket{Local: "10.0.0.2:2", Remote: "10.0.0.1:8080", State: "CLOSE-WAIT"}
	unknown := sockets.Socket{Local: "10.0.0.2:5", Remote: "10.0.0.9:53", State: "ESTABLISHED"}
	r := &record{after: &Aftermath{After: Snapshot{Sockets: []sockets.Socket{stays, unknown}}}, patient: map[string][]trace.Trace{
		"client-close": {first}, "client-holds": {second}, "both-close": {first},
	}}
	got := left(r, []trace.Span{{Local: stays.Local, Remote: stays.Remote, First: 1e9, Last: 4e9}})
	want := []Left{{Socket: stays, Leg: "back", Scenario: "client-holds", Age: 3e9}, {Socket: unknown, Leg: "other"}}
	if !slices.Equal(got, want) {
		t.Errorf("left %+v, want %+v", got, want)
	}
}

func TestEndingsAreWitnessed(t *testing.T) {
	listens := []sockets.Socket{listening}
	for _, c := range []struct {
		name    string
		play    func(scenario.Play) trace.Trace
		witness fakeWitness
		want    reports.Verdict
		says    string
	}{
		{"all is well", atOnce, fakeWitness{looks: [][]sockets.Socket{listens}}, reports.Pass, fmt.Sprintf("nothing left after %d endings", variants())},
		{"nothing could be dialled", func(scenario.Play) trace.Trace { return broken("connection refused") },
			fakeWitness{looks: [][]sockets.Socket{listens}}, reports.HarnessError, "no connection ended"},
		{"the witness is lost", atOnce, fakeWitness{looks: [][]sockets.Socket{listens}, lost: errLost}, reports.HarnessError, errLost.Error()},
		{"no packets can be had", atOnce, fakeWitness{looks: [][]sockets.Socket{listens}, nothing: errLost}, reports.Pass, ""},
		{"the proxy is gone", atOnce, fakeWitness{looks: [][]sockets.Socket{listens, nil}}, reports.Fail, "does not listen any more"},
	} {
		t.Run(c.name, func(t *testing.T) {
			stands := standsOf(c.play, product("apache", nil, "wstunnel"))
			stands[0].Witness = &c.witness
			s := newTestSession(stands, "cleanup/nothing-left")
			if err := s.patientPass(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.judge()
			r := s.results[key{stands[0].ID, "cleanup/nothing-left", ""}]
			if r.Verdict != c.want || !strings.Contains(r.Actual, c.says) {
				t.Errorf("%s: %s; want %s: %s", r.Verdict, r.Actual, c.want, c.says)
			}
		})
	}
}

// Under docker every proxy can have a witness: that there is none is our fault. Elsewhere it is how things are.
func TestNoWitness(t *testing.T) {
	for runtime, want := range map[string]reports.Verdict{"docker": reports.HarnessError, "local": reports.Unsupported} {
		stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
		stands[0].Blind = "needs Linux"
		s := newTestSession(stands, "cleanup/nothing-left", "cleanup/descriptors")
		s.runtime = fakeRuntime{name: runtime}
		if err := s.patientPass(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.judge()
		if got := s.verdictsOf(stands[0].ID); !slices.Equal(got, []reports.Verdict{want}) {
			t.Errorf("%s: %v, want %s", runtime, got, want)
		}
	}
}

func TestAttributeCountsRefusals(t *testing.T) {
	r := &record{after: &Aftermath{}, patient: map[string][]trace.Trace{
		"backend-refuses":          {refusing(401), refusing(403), kept("HTTP/1.1 502 Bad Gateway"), broken("agent lost")},
		"refused-client-sends-raw": {refusing(403)},
		"client-close":             {orderly(1000, ""), refusing(403)},
	}}
	attribute(r, nil)
	if a := r.after; a.Refused != 3 || a.Unasked != 1 || a.Endings != 6 {
		t.Errorf("%d refused, %d never asked for, %d endings; want 3, 1 and 6", a.Refused, a.Unasked, a.Endings)
	}
}

// The client, the proxy and the backend may all be in one network namespace: the two ends of a leg are not taken for each other,
// and a unix socket, which has no addresses, for nothing at all.
func TestAttributeInOneNamespace(t *testing.T) {
	one := orderly(1000, "")
	one.Front = trace.Leg{Local: "127.0.0.1:40000", Remote: "127.0.0.1:80"}
	one.Back = trace.Leg{Local: "127.0.0.1:3000", Remote: "127.0.0.1:40000"} // the same port: to another one it is free
	at := one.Events[0].At
	spans := []trace.Span{
		{Local: "127.0.0.1:80", Remote: "127.0.0.1:40000", First: at}, {Local: "127.0.0.1:40000", Remote: "127.0.0.1:80", First: at},
		{Local: "127.0.0.1:40000", Remote: "127.0.0.1:3000", First: at}, {Local: "127.0.0.1:3000", Remote: "127.0.0.1:40000", First: at},
	}
	r := &record{after: &Aftermath{}, patient: map[string][]trace.Trace{"client-close": {one}}}
	attribute(r, spans)
	if got := r.patient["client-close"][0].Proxy; len(got) != 2 || got[0].Local != "127.0.0.1:80" || got[1].Remote != "127.0.0.1:3000" || r.after.UnixBacks {
		t.Errorf("%+v, %+v", got, r.after)
	}
	r.after.After.Sockets = []sockets.Socket{
		{Local: "127.0.0.1:40000", Remote: "127.0.0.1:3000", State: "CLOSE-WAIT"}, {Local: "127.0.0.1:40000", Remote: "127.0.0.1:80", State: "CLOSE-WAIT"},
	}
	if got := left(r, spans); len(got) != 2 || got[0].Leg != "back" || got[1].Leg != "other" {
		t.Errorf("%+v", got)
	}
	one.Back = trace.Leg{Local: "unix:/run/app.sock", Remote: "unix:"}
	r = &record{after: &Aftermath{}, patient: map[string][]trace.Trace{"client-close": {one}}}
	attribute(r, spans)
	if got := r.patient["client-close"][0].Proxy; len(got) != 1 || !r.after.UnixBacks {
		t.Errorf("%+v, %+v", got, r.after)
	}
}

// Whatever the order in which the kernel lists them, what is left is told in the same words.
func TestLeftIsSorted(t *testing.T) {
	a := sockets.Socket{Local: "10.0.0.2:2", Remote: "10.0.0.1:8080", State: "CLOSE-WAIT"}
	b := sockets.Socket{Local: "10.0.0.2:80", Remote: "10.0.0.1:1", State: "CLOSE-WAIT"}
	c := sockets.Socket{Local: "10.0.0.2:9", Remote: "10.0.0.9:53", State: "ESTABLISHED"}
	want := []string{"back", "front", "other"}
	for _, order := range [][]sockets.Socket{{a, b, c}, {c, b, a}, {b, c, a}} {
		r := &record{after: &Aftermath{After: Snapshot{Sockets: order}}, patient: map[string][]trace.Trace{"client-close": {orderly(1000, "")}}}
		var legs []string
		for _, l := range left(r, nil) {
			legs = append(legs, l.Leg)
		}
		if !slices.Equal(legs, want) {
			t.Errorf("%v is listed as %v, want %v", order, legs, want)
		}
	}
}

// A proxy that keeps a socket is looked at again and again, but not for ever; one that lets go is believed at once.
func TestSettleIsBounded(t *testing.T) {
	stays := sockets.Socket{Local: "10.0.0.2:2", Remote: "10.0.0.1:8080", State: "CLOSE-WAIT"}
	none, one := []sockets.Socket{listening}, []sockets.Socket{listening, stays}
	for _, c := range []struct {
		name  string
		looks [][]sockets.Socket
		left  int
		took  time.Duration // at least, and less than an interval more
	}{
		{"nothing", [][]sockets.Socket{none}, 0, 0},
		{"soon", [][]sockets.Socket{one, one, none}, 0, 2 * settleInterval},
		{"never", [][]sockets.Socket{one}, 1, settleTime},
	} {
		synctest.Test(t, func(t *testing.T) {
			began := time.Now()
			now, err := settle(t.Context(), &stand.Stand{Witness: &fakeWitness{looks: c.looks}}, Snapshot{Sockets: none})
			took := time.Since(began)
			if err != nil || len(newSockets(Snapshot{Sockets: none}, now)) != c.left || took < c.took || took > c.took+settleInterval {
				t.Errorf("%s: %v after %v, %v", c.name, now.Sockets, took, err)
			}
		})
	}
}

func TestTimeWaitsAreWitnessed(t *testing.T) {
	tr := orderly(1000, "")
	back := sockets.Socket{Local: tr.Back.Remote, Remote: tr.Back.Local, State: sockets.TimeWait}
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	stands[0].Witness = &fakeWitness{looks: [][]sockets.Socket{{listening, back}}}
	s := newTestSession(stands, "cleanup/time-wait")
	if err := s.patientPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	w := s.record(stands[0].ID).after.TimeWaits
	if w.Lost != "" || w.Closes == 0 || w.BackProxy != w.Closes || w.FrontNowhere != w.Closes || w.Ports != 1000 {
		t.Errorf("%+v: want all of them at the proxy's side of the back leg, and 1000 ports", w)
	}
}
