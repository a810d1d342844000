package suites

import (
	"slices"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
)

// pressed is a trace during share of which something waited for a processor.
func pressed(share float64) trace.Trace {
	t := closedIn(20)
	t.Pressure = int64(share * float64(t.Events[len(t.Events)-1].At-t.Events[0].At))
	return t
}

func TestDisturbed(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	drifting := closedIn(101)
	drifting.Pressure = drifting.Patience
	for _, c := range []struct {
		name    string
		before  int // samples of the control, 20 ms each
		control trace.Trace
		target  trace.Trace
		want    string
	}{
		{"quiet", 10, closedIn(20), closedIn(20), ""},
		{"the control at the limit", 10, closedIn(100), closedIn(20), ""},
		{"the control drifted", 10, closedIn(101), closedIn(20), "the control drifted"},
		{"the control was not over", 10, closedIn(-1), closedIn(20), "the control drifted"},
		{"too few to say", 4, closedIn(900), closedIn(20), ""},
		{"only the target is slow: that is what is measured", 10, closedIn(20), closedIn(500), ""},
		{"not played", 10, broken("agent lost"), broken("agent lost"), ""},
		{"pressure at the limit", 0, pressed(0.75), pressed(0.75), ""},
		{"pressure", 0, pressed(0.7), pressed(0.9), "CPU pressure"},
		{"pressure in one play", 0, pressed(0), pressed(1), ""},
		{"both", 10, drifting, pressed(1), "the control drifted and CPU pressure"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTestSession(stands, "close/latency")
			s.record("direct").quick["client-close"] = times(c.before, closedIn(20))
			client := scenario.Play{Scenario: scenario.Scenario{Name: "client-close"}}
			round := []keptPlay{{play{s.controls[0], client}, c.control}, {play{stands[0], client}, c.target}}
			if got := s.disturbed(round); got != c.want {
				t.Errorf("disturbed %q, want %q", got, c.want)
			}
		})
	}
}

// A disturbed round is played again for all targets and leaves no sample, however often that is, within bounds.
func TestDisturbedRoundsAreRepeated(t *testing.T) {
	for _, c := range []struct {
		name            string
		loud            func(round int) bool // whether the machine is disturbed, by rounds from 0, the one that warms up
		spent           time.Duration
		rounds          int // played in all
		disturbed, kept int
	}{
		{"never", func(int) bool { return false }, 0, 6, 0, 0},
		{"once", func(round int) bool { return round == 3 }, 0, 7, 1, 0},
		{"the warm-up counts for nothing", func(round int) bool { return round == 0 }, 0, 6, 0, 0},
		{"always", func(int) bool { return true }, 0, 11, 5, 5},
		{"no time is left", func(round int) bool { return round == 3 }, quietTime, 6, 0, 1},
	} {
		t.Run(c.name, func(t *testing.T) {
			plays := 0
			player := func(scenario.Play) trace.Trace {
				round := plays / 2 // a control and a target
				plays++
				if c.loud(round) {
					return pressed(1)
				}
				return pressed(0)
			}
			stands := standsOf(player, product("apache", nil, "wstunnel"))
			s := newTestSession(stands, "close/latency")
			s.controls[0].Peer = stands[0].Peer
			s.quiet.spent = c.spent
			if err := s.quickPass(t.Context()); err != nil {
				t.Fatal(err)
			}
			q := s.quiet.report()
			if plays/2 != c.rounds || q.Rounds != s.options.Samples || q.Disturbed != c.disturbed || q.Kept != c.kept {
				t.Errorf("%d rounds were played, %+v; want %d, of which %d disturbed and repeated, %d kept", plays/2, q, c.rounds, c.disturbed, c.kept)
			}
			if c.disturbed+c.kept > 0 && !slices.Equal(q.Reasons, []string{"CPU pressure"}) {
				t.Errorf("reasons %q", q.Reasons)
			}
			for _, st := range s.up() {
				r := s.record(st.ID)
				pressure := slices.ContainsFunc(r.quick["client-close"], func(t trace.Trace) bool { return t.Pressure > 0 })
				if len(r.quick["client-close"]) != s.options.Samples || pressure != (c.kept > 0) {
					t.Errorf("%s: %d samples, with disturbed ones %v", st.ID, len(r.quick["client-close"]), pressure)
				}
				if want := c.rounds - s.options.Samples; len(r.discarded["client-close"]) != want {
					t.Errorf("%s: %d discarded, want %d", st.ID, len(r.discarded["client-close"]), want)
				}
			}
		})
	}
}

// Each repeat of a run has rounds of its own to throw away.
func TestEachRepeatMayThrowRoundsAway(t *testing.T) {
	var q quiet
	for range 2 {
		if !q.mayRepeat("CPU pressure", 1) || q.mayRepeat("CPU pressure", 1) {
			t.Error("want one round thrown away, and no second one")
		}
		q.again()
	}
	if q.Disturbed != 2 || q.Kept != 2 {
		t.Errorf("%+v, want 2 disturbed and 2 kept", q.Quiet)
	}
}
