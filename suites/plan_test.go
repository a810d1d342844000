package suites

import (
	"slices"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestPlan(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	tls := *stands[0]
	tls.ID, tls.TLS = tls.ID+"+tls", true
	stands = append(stands, &tls)
	for _, c := range []struct {
		name           string
		checks         []string
		labels         string
		plain, overTLS []string // check ids
	}{
		{"tls only where there is tls", []string{"close/tls-close-notify", "close/nothing-after"}, "",
			[]string{"close/nothing-after"}, []string{"close/tls-close-notify", "close/nothing-after"}},
		{"named twice, judged once", []string{"close/latency", "close/lat*"}, "", []string{"close/latency"}, []string{"close/latency"}},
		{"by label", []string{"close/*"}, "latency && tls", nil, []string{"close/latency"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := DefaultOptions()
			o.Checks, o.Labels = c.checks, c.labels
			p, err := newPlan(o, stands)
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range [][]string{c.plain, c.overTLS} {
				if got := ids(p.checks[stands[i].ID]); !slices.Equal(got, want) {
					t.Errorf("%s: judged by %v, want %v", stands[i].ID, got, want)
				}
			}
		})
	}
	o := DefaultOptions()
	o.Checks = []string{"close/tls-close-notify"}
	if p, err := newPlan(o, stands[:1]); err == nil {
		t.Errorf("a plan that judges nothing: %v", p.checks)
	}
}

func ids(checks []Check) []string {
	var all []string
	for _, c := range checks {
		all = append(all, c.ID)
	}
	return all
}

func TestPlanPlaysWhatIsJudged(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	names := func(all []scenario.Scenario) []string {
		var names []string
		for _, s := range all {
			names = append(names, s.Name)
		}
		return names
	}
	for _, c := range []struct {
		check          string
		quick, patient int
	}{
		{"close/latency", 1, 0},
		{"close/abrupt-client-told", 0, 2},
		{"cleanup/nothing-left", 0, len(patiently())}, // what is left is looked for after all kinds of endings
	} {
		p := newTestSession(stands, c.check).plan
		quick, patient := p.scenarios(stands[0].ID, true), p.scenarios(stands[0].ID, false)
		if len(quick) != c.quick || len(patient) != c.patient {
			t.Errorf("%s plays %v and %v, want %d and %d", c.check, names(quick), names(patient), c.quick, c.patient)
		}
	}
}

func TestControlIsJudgedByWhatIsJudged(t *testing.T) {
	s := newTestSession(standsOf(atOnce, product("apache", nil, "wstunnel")), "close/nothing-after", "cleanup/nothing-left")
	if got, want := ids(s.plan.checks["direct"]), []string{"close/nothing-after"}; !slices.Equal(got, want) {
		t.Errorf("the control is judged by %v, want %v: it has no proxy that could keep anything", got, want)
	}
	if s.plan.judgesAftermath("direct") {
		t.Error("the control is witnessed")
	}
	if all := len(patiently()); len(s.plan.scenarios("direct", false)) != all || len(s.plan.scenarios("direct", true)) != 0 {
		t.Errorf("the control plays %d scenarios, want the %d that the stands play", len(s.plan.scenarios("direct", false)), all)
	}
	overTLS := &stand.Stand{ID: "direct+tls", TLS: true}
	s.plan.addControl(overTLS)
	if len(s.plan.checks[overTLS.ID]) != 1 {
		t.Errorf("the control over TLS is judged by %v", ids(s.plan.checks[overTLS.ID]))
	}
}

// A run of nothing but what is left afterwards has a control too: that it plays the same scenarios shows that they can be played.
func TestControlPlaysWhenOnlyTheAftermathIsJudged(t *testing.T) {
	for _, c := range []struct {
		name string
		play func(scenario.Play) trace.Trace
		want []reports.Verdict
	}{
		{"it can", atOnce, []reports.Verdict{reports.Pass}},
		{"it cannot", func(scenario.Play) trace.Trace { return broken("agent lost") }, []reports.Verdict{reports.HarnessError}},
	} {
		stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
		stands[0].Witness = &fakeWitness{looks: [][]sockets.Socket{{listening}}}
		s := newTestSession(stands, "cleanup/nothing-left")
		s.controls[0].Peer = &fakePeer{play: c.play}
		if err := s.patientPass(t.Context()); err != nil {
			t.Fatal(err)
		}
		s.judge()
		if n := len(s.record("direct").patient); n != len(patiently()) {
			t.Errorf("%s: the control played %d scenarios, want all %d", c.name, n, len(patiently()))
		}
		if got := s.verdictsOf(stands[0].ID); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
