package reports

import (
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each is a run.json that finwait does not write: one thing in it was changed.
func TestLoadRefusesWhatContradictsItself(t *testing.T) {
	const target = "apache@2.4.69/wstunnel"
	latency := func(run *Run) *Result {
		i := slices.IndexFunc(run.Results, func(r Result) bool {
			return r.Target == target && r.Check == "close/latency" && r.Scenario == "client-close"
		})
		return &run.Results[i]
	}
	of := func(run *Run) *Target {
		return &run.Targets[slices.IndexFunc(run.Targets, func(t Target) bool { return t.ID == target })]
	}
	where := "close/latency on " + target + " in client-close "
	evidence := func(name string) func(*Run) { return func(r *Run) { latency(r).Evidence = []string{name} } }
	minus := -1.0
	tests := []struct {
		name   string
		change func(*Run)
		want   string
	}{
		{"a result of no target", func(r *Run) { latency(r).Target = "apache@2.4.69/none" }, `is of the target "apache@2.4.69/none", which the run does not have`},
		{"a result of no check", func(r *Run) { latency(r).Check = "close/none" }, "the run does not have that check"},
		{"a result of no scenario", func(r *Run) { r.Scenarios = []ScenarioInfo{{Name: "client-holds"}} }, "the run does not have that scenario"},
		{"a result twice", func(r *Run) { r.Results = append(r.Results, *latency(r)) }, where + "has two results"},
		{"a result of a shard", func(r *Run) { latency(r).Shard = "x" }, where + "names a shard"},
		{"a control twice", func(r *Run) { r.Control = append(r.Control, r.Control[0]) }, "has two results"},
		{"a control that is none", func(r *Run) { r.Control[0].Target = target }, `the control is called "apache@2.4.69/wstunnel", expected direct or direct+tls`},
		{"a control of no check", func(r *Run) { r.Control[0].Check = "close/none" }, ": the run does not have that check"},
		{"a control of no shard", func(r *Run) { r.Control[0].Shard = "x" }, `is of the shard "x", and the run has none`},
		{"a target of no shard", func(r *Run) { of(r).Shard = "x" }, `target apache@2.4.69/wstunnel is of the shard "x", and the run has none`},
		{"a target without its shard", func(r *Run) { r.Shards = []Shard{{ID: "x"}} }, `is of the shard "", which the run does not have`},
		{"a shard twice", func(r *Run) { r.Shards = []Shard{{ID: "x"}, {ID: "x"}} }, `are called "x"`},
		{"a shard of negative time", func(r *Run) { r.Shards = []Shard{{ID: "x", Started: r.Finished, Finished: r.Started}} }, "shard x finished before it started"},
		{"a target twice", func(r *Run) { r.Targets = append(r.Targets, r.Targets[0]) }, "stands there twice"},
		{"a check twice", func(r *Run) { r.Checks = append(r.Checks, r.Checks[0]) }, "stands there twice"},
		{"a scenario twice", func(r *Run) { r.Scenarios = []ScenarioInfo{{Name: "x"}, {Name: "x"}} }, `scenario "x" stands there twice`},
		{"more timed out than there are", func(r *Run) { latency(r).N, latency(r).TimedOut = 3, 4 }, where + "has 4 timed out of 3"},
		{"fewer than none timed out", func(r *Run) { latency(r).TimedOut = -1 }, where + "has -1 timed out of"},
		{"fewer than no samples", func(r *Run) { latency(r).N = -1 }, where + "has n -1"},
		{"more samples than n", func(r *Run) { latency(r).N, latency(r).Samples = 1, []float64{1, 2} }, where + "has 2 samples and n 1"},
		{"samples in no order", func(r *Run) { latency(r).Samples = []float64{2, 1} }, where + "has samples that are not ascending"},
		{"a sample that is no duration", func(r *Run) { latency(r).Samples = []float64{-1, 1} }, where + "has a sample that is no duration"},
		{"a negative median", func(r *Run) { latency(r).P50 = -1 }, where + "has a time that is no duration"},
		{"a negative budget", func(r *Run) { latency(r).Budget = -1 }, where + "has a time that is no duration"},
		{"a negative control", func(r *Run) { latency(r).Control = &minus }, where + "has a time of the control that is no duration"},
		{"a median above the longest", func(r *Run) { latency(r).P50 = latency(r).Max + 1 }, where + "has percentiles that are not ascending"},
		{"an unknown verdict", func(r *Run) { latency(r).Verdict = "skipped" }, where + `has the unknown verdict "skipped"`},
		{"an unknown level", func(r *Run) { latency(r).Level = "may" }, where + `has the unknown level "may"`},
		{"a check of unknown level", func(r *Run) { r.Checks[0].Level = "" }, `has the unknown level ""`},
		{"evidence above", evidence("../traces/x.json"), `has evidence at "../traces/x.json", which is not beside run.json`},
		{"evidence above, later", evidence("traces/../../x.json"), "which is not beside run.json"},
		{"evidence at the root", evidence("/etc/passwd"), "which is not beside run.json"},
		{"evidence that is the folder", evidence("."), "which is not beside run.json"},
		{"evidence of another system", evidence(`..\x`), "which is not beside run.json"},
		{"evidence without a name", evidence(""), "which is not beside run.json"},
		{"a line beyond the file", func(r *Run) { of(r).ConfigText, latency(r).Line = "a\nb\n", 3 }, where + "points to line 3"},
		{"a line before the file", func(r *Run) { latency(r).Line = -1 }, where + "points to line -1"},
		{"a route beyond the file", func(r *Run) { of(r).ConfigText, of(r).Route = "a\nb", 3 }, "has its route in line 3"},
		{"the end before the start", func(r *Run) { r.Started, r.Finished = r.Finished, r.Started }, "it finished before it started"},
		{"a negative option", func(r *Run) { r.Options.Samples = -1 }, "an option is negative"},
		{"a negative stage", func(r *Run) { r.Stages[0].Seconds = -1 }, "lasted -1 s"},
		{"a negative wait", func(r *Run) { r.Longest = -1 }, "longest_wait_s lasted -1 s"},
		{"no stability of no target", func(r *Run) { r.Unstable = []Unstable{{Target: "x", Check: "close/latency"}} }, `on the target "x", which the run does not have`},
		{"no stability of no check", func(r *Run) { r.Unstable = []Unstable{{Target: target, Check: "x"}} }, "x is not stable, and the run does not have that check"},
		{"no stability of no verdict", func(r *Run) {
			r.Unstable = []Unstable{{Target: target, Check: "close/latency", Verdicts: map[Verdict]int{"skipped": 1}}}
		}, `was "skipped" in 1 repeats`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run := sample(t)
			test.change(run)
			path := filepath.Join(t.TempDir(), "run.json")
			if err := Save(path, run); err != nil {
				t.Fatal(err)
			}
			wantLine(t, path, test.want)
			if _, err := Load(path); !strings.HasSuffix(err.Error(), "take the file that finwait wrote, or measure again") {
				t.Errorf("%v does not say what to do", err)
			}
		})
	}
}

// The last line counts with and without its end.
func TestLinesOfAConfiguration(t *testing.T) {
	for _, test := range []struct {
		text string
		line int
		want bool
	}{
		{"a\nb", 0, true}, {"a\nb", 1, true}, {"a\nb", 2, true}, {"a\nb", 3, false},
		{"a\nb\n", 2, true}, {"a\nb\n", 3, false}, {"a\n\n", 2, true}, {"", 9, true}, {"", -1, false},
	} {
		if got := (Target{ConfigText: test.text}).hasLine(test.line); got != test.want {
			t.Errorf("line %d of %q: %v", test.line, test.text, got)
		}
	}
}

func TestNoNumberIsNoDuration(t *testing.T) {
	for _, x := range []float64{math.NaN(), math.Inf(1), math.Inf(-1), -0.001} {
		if !noDuration(x) {
			t.Errorf("%g is a duration", x)
		}
	}
	run := sample(t)
	run.Results[0].N, run.Results[0].Samples = 1, []float64{math.NaN()}
	if err := run.consistent(); err == nil || !strings.Contains(fmt.Sprint(err), "a sample that is no duration") {
		t.Errorf("got %v", err)
	}
}
