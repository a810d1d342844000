package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

func TestNothingIsTrustedWithoutAControl(t *testing.T) {
	fine := func(*session) {}
	for _, c := range []struct {
		name string
		edit func(*session)
		says string // empty: it is trusted
	}{
		{"works", fine, ""},
		{"fails", func(s *session) {
			s.controls[0].Peer = &fakePeer{play: func(scenario.Play) trace.Trace {
				stray := event(5.5, trace.Client, trace.In, trace.Bytes)
				stray.Length = 1
				return with(orderly(1000, ""), stray)
			}}
		}, "direct fails close/nothing-after in client-close"},
		{"refuses", func(s *session) {
			s.controls[0].Peer = &fakePeer{play: func(scenario.Play) trace.Trace { return refused("HTTP/1.1 404 Not Found") }}
		}, "404"},
		{"is not up", func(s *session) { s.controls[0].Err = errLost }, "not brought up"},
		{"is not there", func(s *session) { s.controls = nil }, "there is no control"},
		{"is plain, the target speaks TLS", func(s *session) { s.stands[0].TLS = true }, "there is no control"},
	} {
		t.Run(c.name, func(t *testing.T) {
			known := []proxies.KnownFailure{entry(1, "close/nothing-after", "both-close")}
			s := newTestSession(standsOf(atOnce, product("apache", known, "wstunnel")), "close/nothing-after")
			c.edit(s)
			if err := s.patientPass(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.judge()
			want := []reports.Verdict{reports.HarnessError}
			if c.says == "" {
				want = []reports.Verdict{reports.Pass, reports.UnexpectedPass}
			}
			if got := s.verdictsOf(s.stands[0].ID); !slices.Equal(got, want) {
				t.Errorf("verdicts %v, want %v", got, want)
			}
			for k, r := range s.results {
				if k.target == s.stands[0].ID && (!strings.Contains(r.Actual, c.says) || c.says != "" && r.Known != nil) {
					t.Errorf("%v: actual %q, known %v; want %q", k, r.Actual, r.Known, c.says)
				}
			}
		})
	}
}

func TestWhatWasNotMeasuredIsNoPass(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel", "broken"))
	stands[1].Err = errLost
	s := newTestSession(stands, "close/*", "cleanup/*")
	s.interrupted = "interrupted"
	s.judge()
	for k, r := range s.results {
		if r.Verdict != reports.HarnessError {
			t.Errorf("%v: %s (%s)", k, r.Verdict, r.Actual)
		}
		if k.target == stands[1].ID && !strings.Contains(r.Actual, "not brought up: "+errLost.Error()) {
			t.Errorf("%v: %s", k, r.Actual)
		}
	}
	silent := Check{ID: "close/silent", Judge: func(Evidence) Finding { return Finding{} }}
	if r := s.result(silent, s.evidence(silent, stands[0], ""), silent.Judge(Evidence{})); r.Verdict != reports.HarnessError {
		t.Errorf("a judge that says nothing: %q", r.Verdict)
	}
}

// A product may be called what it likes: only direct and direct+tls are the control.
func TestRunTellsControlFromTargets(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("director", nil, "default")), "close/nothing-after")
	if err := s.patientPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.judge()
	if run := s.run(); len(run.Results) == 0 || len(run.Control) != len(run.Results) {
		t.Errorf("%d results, %d of the control", len(run.Results), len(run.Control))
	}
}

func TestWorstTracesShowFailuresFirst(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("apache", nil, "wstunnel")), "close/*")
	id := s.stands[0].ID
	r := s.record(id)
	for _, name := range []string{"a", "b", "c", "d", "e", "f", "g"} {
		r.patient["client-close"] = append(r.patient["client-close"], trace.Trace{ID: name})
	}
	for check, worst := range map[string][]string{
		"close/handshake-completes": {"a", "b", "c"}, "close/nothing-after": {"d", "e"},
		"close/fin-not-reset": {"e", "f"}, "close/server-closes-first": {"e"},
	} {
		k := key{id, check, "client-close"}
		s.worst[k] = worst
		s.results[k] = reports.Result{Verdict: reports.Pass}
	}
	s.results[key{id, "close/fin-not-reset", "client-close"}] = reports.Result{Verdict: reports.Fail}
	s.results[key{id, "close/server-closes-first", "client-close"}] = reports.Result{Verdict: reports.Fail}
	if got, want := s.worstIDs(id, "client-close"), []string{"e", "f", "a", "d", "b"}; !slices.Equal(got, want) {
		t.Errorf("worst %v, want %v", got, want)
	}
	var kept []string
	for _, t := range s.worstTraces(id, "client-close") {
		kept = append(kept, t.ID)
	}
	if want := []string{"a", "d", "e", "f", "c"}; !slices.Equal(kept, want) {
		t.Errorf("kept %v, want %v: four that were named, in the order they were played, and a typical one", kept, want)
	}
}

// What a target accepted elsewhere is known when it refuses: a refusal is then no matter of its configuration.
func TestEvidenceKnowsOtherUpgrades(t *testing.T) {
	http10 := played()
	http10.Answer.Line = "HTTP/1.0 101 Switching Protocols"
	for _, c := range []struct {
		name  string
		other map[string][]trace.Trace
		want  bool
	}{
		{"nothing else was played", nil, false},
		{"all are refused", map[string][]trace.Trace{"client-close": {refused("HTTP/1.1 426 x")}}, false},
		{"one is accepted", map[string][]trace.Trace{"client-close": {refused("HTTP/1.1 426 x"), orderly(1000, "")}}, true},
		{"not played", map[string][]trace.Trace{"client-close": {broken("agent lost")}}, false},
		{"in HTTP/1.0 alone, which is wrong", map[string][]trace.Trace{"http10-upgrade": {http10}}, false},
	} {
		for _, quick := range []bool{false, true} {
			stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
			s := newTestSession(stands, requestPreserved.ID)
			r := s.record(stands[0].ID)
			if quick {
				r.quick = c.other
			} else {
				r.patient = c.other
			}
			if e := s.evidence(requestPreserved, stands[0], "upgrade-offers"); e.Upgrades != c.want {
				t.Errorf("%s, quick %v: upgrades %v", c.name, quick, e.Upgrades)
			}
			s.record("direct").patient = c.other
			if e := s.evidence(requestPreserved, s.controls[0], "upgrade-offers"); e.Upgrades {
				t.Errorf("%s: the control refuses by its own fault", c.name)
			}
		}
	}
}

// Distributions, rankings and comparisons are made from run.json alone, and the page looks for the worst trace by its id.
func TestResultsKeepTheirSamples(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("apache", nil, "wstunnel")), "cleanup/back-leg-released")
	if err := s.patientPass(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.judge()
	for k, r := range s.results {
		timed := r.Verdict == reports.Pass || r.Verdict == reports.Fail
		if timed && (r.N == 0 || len(r.Samples) != r.N || r.Samples[r.N-1] != r.Max || !slices.IsSorted(r.Samples) || r.Worst == "") {
			t.Errorf("%v: n %d, max %v, samples %v, worst %q", k, r.N, r.Max, r.Samples, r.Worst)
		}
	}
}
