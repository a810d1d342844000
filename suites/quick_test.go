package suites

import (
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
)

func TestQuickStrikes(t *testing.T) {
	never, soon := closedIn(-1), closedIn(3)
	for _, c := range []struct {
		name   string
		traces []trace.Trace
		stops  bool
	}{
		{"too few", []trace.Trace{never, never}, false},
		{"in a row", []trace.Trace{soon, never, never, never}, true},
		{"not in a row", []trace.Trace{never, never, soon, never, never, soon}, false},
		{"refused", []trace.Trace{refused("HTTP/1.1 426 x"), refused("HTTP/1.1 426 x"), refused("HTTP/1.1 426 x")}, true},
	} {
		stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
		s := newTestSession(stands, "close/latency")
		client, err := scenario.Named("client-close")
		if err != nil {
			t.Fatal(err)
		}
		for _, tr := range c.traces {
			s.keepQuick(play{stand: stands[0], play: scenario.Play{Scenario: client}}, tr)
		}
		r := s.record(stands[0].ID)
		if r.stopped["client-close"] != c.stops || len(r.quick["client-close"]) != len(c.traces) {
			t.Errorf("%s: stopped %v with %d samples kept", c.name, r.stopped, len(r.quick["client-close"]))
		}
	}
}

func TestQuickPassCountsAllButTheFirstRound(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	s := newTestSession(stands, "close/latency")
	if err := s.quickPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{"direct", stands[0].ID} {
		if n := len(s.record(id).quick["client-close"]); n != s.options.Samples {
			t.Errorf("%s: %d samples, want %d", id, n, s.options.Samples)
		}
	}
}

// A target that one sample leaves open gets so many more that it does not decide any more.
func TestQuickPassSamplesAgain(t *testing.T) {
	plays := 0
	stands := standsOf(func(scenario.Play) trace.Trace {
		plays++
		if plays == 3 { // the first round does not count
			return closedIn(500)
		}
		return closedIn(1)
	}, product("apache", nil, "wstunnel"))
	s := newTestSession(stands, "close/latency")
	s.controls[0].Peer = &fakePeer{play: func(scenario.Play) trace.Trace { return closedIn(0.5) }}
	if err := s.quickPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if n, want := len(s.record(stands[0].ID).quick["client-close"]), s.options.Samples+retakeRounds; n != want {
		t.Errorf("%d samples, want %d", n, want)
	}
	s.judge()
	if got := s.verdictsOf(stands[0].ID); len(got) != 1 || got[0] != "pass" {
		t.Errorf("verdicts %v", got)
	}
}
