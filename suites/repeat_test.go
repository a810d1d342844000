package suites

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// countingRuntime brings the control up and counts how often it is asked to.
type countingRuntime struct {
	fakeRuntime
	control *stand.Stand
	ups     int
}

func (r *countingRuntime) Up(context.Context, []*stand.Stand) ([]*stand.Stand, error) {
	r.ups++
	return []*stand.Stand{r.control}, nil
}

// Hello tells the time of the peer: a second after the connections began.
func (p *fakePeer) Hello(context.Context) (agent.Hello, error) { return agent.Hello{Now: 1e9}, nil }

// flaky is a peer whose play in repeat k, from 1, ends with a stray byte where strays says so.
func flaky(now *int, strays func(k int) bool) func(scenario.Play) trace.Trace {
	return func(scenario.Play) trace.Trace {
		if !strays(*now) {
			return orderly(1000, "")
		}
		stray := event(5.5, trace.Client, trace.In, trace.Bytes)
		stray.Length = 1
		return with(orderly(1000, ""), stray)
	}
}

// repeated is a session that is measured n times, and the number of the repeat it is in, from 1.
func repeated(t *testing.T, n int, strays func(k int) bool) (*session, *countingRuntime, *int) {
	t.Helper()
	now := 1
	stands := standsOf(flaky(&now, strays), product("apache", nil, "wstunnel"))
	s := newTestSession(stands, "close/nothing-after")
	control := s.controls[0]
	control.Peer = &fakePeer{play: func(scenario.Play) trace.Trace { return orderly(1000, "") }}
	s.plan.checks[control.ID] = nil                  // Up brings it again
	stands[0].Ended = func(context.Context) string { // asked when a repeat was played
		now++
		return ""
	}
	s.options.Repeat, s.options.Out = n, t.TempDir()
	r := &countingRuntime{fakeRuntime: fakeRuntime{name: stand.OfDocker}, control: control}
	s.runtime = r
	return s, r, &now
}

func TestRepeat(t *testing.T) {
	for _, c := range []struct {
		name     string
		n        int
		strays   func(k int) bool
		want     reports.Verdict
		unstable map[reports.Verdict]int // nil: it is stable
	}{
		{"once", 1, func(int) bool { return false }, reports.Pass, nil},
		{"stable", 3, func(int) bool { return false }, reports.Pass, nil},
		{"stably wrong", 3, func(int) bool { return true }, reports.Fail, nil},
		{"one of four", 4, func(k int) bool { return k == 2 }, reports.Fail, map[reports.Verdict]int{reports.Pass: 3, reports.Fail: 1}},
		{"only the first", 3, func(k int) bool { return k == 1 }, reports.Fail, map[reports.Verdict]int{reports.Pass: 2, reports.Fail: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, runtime, _ := repeated(t, c.n, c.strays)
			if err := s.measure(t.Context()); err != nil {
				t.Fatal(err)
			}
			k := key{s.stands[0].ID, "close/nothing-after", "client-close"}
			if got := s.results[k]; got.Verdict != c.want {
				t.Errorf("verdict %s (%s), want %s", got.Verdict, got.Actual, c.want)
			}
			if runtime.ups != 1 {
				t.Errorf("the stands were brought up %d times", runtime.ups)
			}
			i := slices.IndexFunc(s.unstable, func(u reports.Unstable) bool { return key{u.Target, u.Check, u.Scenario} == k })
			switch {
			case c.unstable == nil && len(s.unstable) > 0:
				t.Errorf("unstable: %v", s.unstable)
			case c.unstable != nil && (i < 0 || s.unstable[i].Verdicts[reports.Pass] != c.unstable[reports.Pass] || s.unstable[i].Verdicts[reports.Fail] != 1):
				t.Errorf("unstable %v, want %v", s.unstable, c.unstable)
			}
			if run := s.run(); c.unstable != nil && (run.ExitCode() != reports.ExitFailed || len(run.Unstable) == 0) {
				t.Errorf("exit code %d, unstable %v", run.ExitCode(), run.Unstable)
			}
		})
	}
}

// The evidence is that of the repeat whose result counts, and what an earlier run left is gone.
func TestRepeatKeepsItsEvidenceApart(t *testing.T) {
	s, _, _ := repeated(t, 3, func(k int) bool { return k == 2 })
	if err := reports.ClearEvidence(s.options.Out); err != nil { // the folder is finwait's own
		t.Fatal(err)
	}
	for _, old := range []string{"traces", "repeat-09"} {
		if err := os.MkdirAll(filepath.Join(s.options.Out, old), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := s.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	r := s.results[key{s.stands[0].ID, "close/nothing-after", "client-close"}]
	if len(r.Evidence) != 1 || !strings.HasPrefix(r.Evidence[0], "repeat-02/traces/") {
		t.Fatalf("evidence %v, want a trace of the second repeat", r.Evidence)
	}
	if _, err := os.Stat(filepath.Join(s.options.Out, r.Evidence[0])); err != nil {
		t.Error(err)
	}
	left, err := filepath.Glob(filepath.Join(s.options.Out, "repeat-*"))
	if err != nil || len(left) != 3 {
		t.Errorf("%v in the folder, %v; want three repeats", left, err)
	}
}

// A run that is killed in its last repeat has left what the others came to.
func TestFinishedRepeatsAreKept(t *testing.T) {
	s, _, _ := repeated(t, 3, func(k int) bool { return k == 2 })
	if err := s.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	run, err := reports.Load(filepath.Join(s.options.Out, "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	if len(run.Unstable) == 0 || run.Interrupted != "2 of 3 repeats finished so far" {
		t.Errorf("unstable %v, interrupted %q: want what the first two repeats came to", run.Unstable, run.Interrupted)
	}
}

// What was finished before an interrupt counts; what was not does not, unless there is nothing else.
func TestInterruptedRepeat(t *testing.T) {
	for _, c := range []struct {
		in   int // the repeat that is interrupted
		pass bool
	}{{1, false}, {3, true}} {
		ctx, cancel := context.WithCancel(t.Context())
		defer cancel()
		s, _, now := repeated(t, 5, func(int) bool { return false })
		s.stands[0].Peer = &fakePeer{play: func(scenario.Play) trace.Trace {
			if *now < c.in {
				return orderly(1000, "")
			}
			cancel()
			return trace.Trace{Error: "interrupted"}
		}}
		if err := s.measure(ctx); err != nil {
			t.Fatal(err)
		}
		got := s.verdictsOf(s.stands[0].ID)
		if s.interrupted == "" || *now != c.in+1 || slices.Equal(got, []reports.Verdict{reports.Pass}) != c.pass {
			t.Errorf("interrupted in repeat %d: %q, %d were played, verdicts %v", c.in, s.interrupted, *now-1, got)
		}
		if want := fmt.Sprintf("interrupted in repeat %d of 5, %d finished", c.in, c.in-1); s.interrupted != want {
			t.Errorf("%q, want %q", s.interrupted, want)
		}
		if len(s.unstable) > 0 {
			t.Errorf("unstable: %v", s.unstable)
		}
	}
}

func TestRepeatIsRefused(t *testing.T) {
	o := DefaultOptions()
	o.Repeat = 0
	if err := o.Validate(); err == nil || !strings.Contains(err.Error(), "--repeat 0") {
		t.Errorf("error %v", err)
	}
}

func TestStagesOfRepeatsAreAddedUp(t *testing.T) {
	got := stages([]reports.Stage{{Name: "stands", Seconds: 9}, {Name: "quick pass", Seconds: 3}, {Name: "judging", Seconds: 1}, {Name: "quick pass", Seconds: 4}})
	want := []reports.Stage{{Name: "stands", Seconds: 9}, {Name: "quick pass", Seconds: 7}, {Name: "judging", Seconds: 1}}
	if !slices.Equal(got, want) {
		t.Errorf("stages %v, want %v", got, want)
	}
}

// The log goes on through all repeats: an alarm is one of the repeat in which it was written.
func TestRepeatsReadTheirOwnPartOfTheLog(t *testing.T) {
	s, _, _ := repeated(t, 4, func(int) bool { return false })
	st := s.stands[0]
	s.plan.checks[st.ID] = []Check{logIsQuiet}
	st.Witness = &fakeWitness{looks: [][]sockets.Socket{{listening}}, nothing: errLost}
	log := []string{"started\n", "open socket #3 left in connection 5\n", "orderly\n", ""} // what each repeat adds
	read := 0
	st.Logs = func(context.Context) (string, error) {
		return strings.Join(log[:read+1], ""), nil
	}
	st.Ended = func(context.Context) string { // asked when a repeat was played and its log read
		read = min(read+1, len(log)-1)
		return ""
	}
	if err := s.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	var got []reports.Verdict
	for _, results := range s.finished {
		got = append(got, results[key{st.ID, logIsQuiet.ID, ""}].Verdict)
	}
	if want := []reports.Verdict{reports.Pass, reports.Fail, reports.Pass, reports.Pass}; !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
