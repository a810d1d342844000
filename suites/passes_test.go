package suites

import (
	"errors"
	"slices"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
)

func TestEndings(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel", "nokeepalive"))
	for _, c := range []struct {
		checks  string
		endings int
		want    int // a stand
	}{
		{"cleanup/nothing-left", 200, 200},
		{"cleanup/nothing-left", 0, variants()}, // every Close frame that a scenario sends is played once
		{"close/abrupt-client-told", 20, 20},
		{"close/code-preserved", 50, variants("client-close-codes", "backend-close-codes")}, // nothing in it is worth a repetition
	} {
		s := newTestSession(stands, c.checks)
		s.options.Endings = c.endings
		counts, closes, seen := map[string]int{}, map[string]bool{}, map[string]bool{}
		waited := true
		for _, p := range s.patientPlays() {
			counts[p.stand.ID]++
			closes[p.stand.ID+p.play.Scenario.Name+p.play.Close.Name] = true
			if seen[p.play.ID] {
				t.Fatalf("two plays have the id %s", p.play.ID)
			}
			seen[p.play.ID] = true
			if p.play.Scenario.Waits() && !waited {
				t.Fatalf("%s, which waits, comes after one that does not", p.play.Scenario.Name)
			}
			waited = p.play.Scenario.Waits()
		}
		for _, st := range stands {
			if counts[st.ID] != c.want {
				t.Errorf("%s with %d endings: %d plays on %s, want %d", c.checks, c.endings, counts[st.ID], st.ID, c.want)
			}
		}
		if c.checks == "cleanup/nothing-left" && len(closes) != len(stands)*variants() {
			t.Errorf("%d endings play %d variants, want %d", c.endings, len(closes), len(stands)*variants())
		}
	}
}

// variants counts the Close frames of scenarios, or of all; one without any counts as one.
func variants(names ...string) int {
	n := 0
	for _, s := range scenario.Catalogue() {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			n += max(1, len(s.Closes))
		}
	}
	return n
}

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

// What was played before the peer was lost is kept.
func TestLostPeer(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	stands[0].Peer = &fakePeer{play: atOnce, fail: errLost}
	s := newTestSession(stands, "close/nothing-after")
	if err := s.patientPass(t.Context()); !errors.Is(err, errLost) {
		t.Errorf("error %v, want %v", err, errLost)
	}
	if len(s.record(stands[0].ID).patient["client-close"]) == 0 {
		t.Error("no trace was kept")
	}
}
