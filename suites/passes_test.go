package suites

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

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
		{"cleanup/nothing-left", 400, 400},
		{"cleanup/nothing-left", 0, variants()}, // every variant is played once
		{"close/abrupt-client-told", 20, 20},
		{"close/code-preserved", 50, variants("client-close-codes", "backend-close-codes")}, // nothing in it is worth a repetition
	} {
		s := newTestSession(stands, c.checks)
		s.options.Endings = c.endings
		counts, closes, seen, slow := map[string]int{}, map[string]bool{}, map[string]bool{}, map[string]int{}
		waiting, others := s.patientPlays()
		for i, p := range slices.Concat(waiting, others) {
			counts[p.stand.ID]++
			if p.stand.Target == nil {
				continue // the control plays along
			}
			closes[fmt.Sprint(p.stand.ID, p.play.Scenario.Name, p.play.Close.Name, p.play.Refusal)] = true
			if seen[p.play.ID] {
				t.Fatalf("two plays have the id %s", p.play.ID)
			}
			seen[p.play.ID] = true
			if p.play.Scenario.Waits() != (i < len(waiting)) {
				t.Fatalf("%s: waits %v, but is place %d of %d that do", p.play.Scenario.Name, p.play.Scenario.Waits(), i, len(waiting))
			}
			if p.play.Scenario.Waits() || p.play.Scenario.Burst > 0 {
				slow[fmt.Sprint(p.stand.ID, " ", p.play.Scenario.Name, p.play.Close.Name, p.play.Refusal)]++
			}
		}
		for name, n := range slow {
			if n != 1 {
				t.Errorf("%s with %d endings: %d plays of %s, which takes long: want one", c.checks, c.endings, n, name)
			}
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

// patiently are the scenarios of the patient pass.
func patiently() []scenario.Scenario {
	return slices.DeleteFunc(scenario.Catalogue(), func(s scenario.Scenario) bool { return s.Lifecycle })
}

// variants counts the variants of scenarios, or of all.
func variants(names ...string) int {
	n := 0
	for _, s := range patiently() {
		if len(names) == 0 || slices.Contains(names, s.Name) {
			n += s.Variants()
		}
	}
	return n
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

// begun tells when the plays that wait have begun, and lets them end when finish is closed.
func begun(finish chan struct{}, events *[]string, mu *sync.Mutex) func(scenario.Play) trace.Trace {
	return func(p scenario.Play) trace.Trace {
		if p.Scenario.Waits() {
			<-finish
		}
		mu.Lock()
		defer mu.Unlock()
		kind := "other"
		switch {
		case p.Scenario.Waits():
			kind = "waiting"
		case p.Patience == quickPatience:
			kind = "quick"
		}
		if n := len(*events); n == 0 || (*events)[n-1] != kind {
			*events = append(*events, kind)
		}
		if kind == "other" {
			select {
			case <-finish:
			default:
				close(finish)
			}
		}
		return orderly(1000, "")
	}
}

// Latency is sampled and all others are played while what waits still waits.
func TestPatientPassUsesTheWait(t *testing.T) {
	finish, events, mu := make(chan struct{}), []string{}, sync.Mutex{}
	stands := standsOf(begun(finish, &events, &mu), product("apache", nil, "wstunnel"))
	s := newTestSession(stands, "close/latency", "close/handshake-completes", "cleanup/front-leg-released")
	s.controls[0].Peer = stands[0].Peer
	if err := s.patientPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(events) < 3 || events[0] != "quick" || events[1] != "other" || !slices.Contains(events, "waiting") {
		t.Errorf("the plays ended in this order: %v; want quick, other, and waiting after that", events)
	}
	if n := len(s.record(stands[0].ID).patient["backend-mute"]); n != 1 {
		t.Errorf("%d traces of a play that waited were kept, want 1", n)
	}
}

// When the rest of the pass goes wrong, what waits is not waited for.
func TestWaitsEndWithAnError(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("apache", nil, "wstunnel")), "close/nothing-after")
	ctx, cancel := context.WithCancel(t.Context())
	w := &waits{cancel: cancel, ended: make(chan struct{})}
	go func() {
		<-ctx.Done()
		w.kept = []keptPlay{{play{stand: s.stands[0]}, orderly(1000, "")}}
		close(w.ended)
	}()
	if err := s.endWaits(w, errLost); err != nil {
		t.Error(err)
	}
	if len(s.record(s.stands[0].ID).patient) != 1 {
		t.Error("what it had come to was not kept")
	}
}

func TestLongestWait(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("apache", nil, "wstunnel")), "close/nothing-after")
	p := play{stand: s.stands[0]}
	s.keepPatient(p, with(orderly(1000, ""), event(11000, trace.Client, trace.In, trace.FIN)))
	s.keepPatient(p, orderly(1000, ""))
	s.keepPatient(p, trace.Trace{})
	first := orderly(1000, "").Events[0].At
	if want := 11*time.Second - time.Duration(first); s.longest != want {
		t.Errorf("longest %s, want %s", s.longest, want)
	}
}
