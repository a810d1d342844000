package reports

import (
	"reflect"
	"testing"
)

func TestExitCode(t *testing.T) {
	verdicts := func(list ...Verdict) []Result {
		results := make([]Result, 0, len(list))
		for _, v := range list {
			results = append(results, Result{Verdict: v})
		}
		return results
	}
	stale := []Stale{{Entry: "apache/known-failures.yaml:3", Check: "close/latency"}}
	tests := []struct {
		name   string
		run    Run
		failed bool
		code   int
	}{
		{"passes", Run{Results: verdicts(Pass, Pass)}, false, 0},
		{"known failures are expected", Run{Results: verdicts(Pass, KnownFailure)}, false, 0},
		{"inconclusive and unsupported beside a pass", Run{Results: verdicts(Pass, Inconclusive, Unsupported)}, false, 0},
		{"observed alone", Run{Results: verdicts(Observed)}, false, 0},
		{"failure", Run{Results: verdicts(Pass, Fail)}, true, 1},
		{"unexpected pass", Run{Results: verdicts(Pass, UnexpectedPass)}, true, 1},
		{"stale entry", Run{Results: verdicts(Pass), Stale: stale}, true, 1},
		{"a failure wins over a harness error", Run{Results: verdicts(HarnessError, Fail)}, true, 1},
		{"a failure wins over an interrupt", Run{Results: verdicts(Fail), Interrupted: "Ctrl-C"}, true, 1},
		{"harness error beside passes", Run{Results: verdicts(Pass, HarnessError)}, false, 3},
		{"interrupted", Run{Results: verdicts(Pass), Interrupted: "Ctrl-C"}, false, 3},
		{"no result", Run{}, false, 3},
		{"nothing but unsupported", Run{Results: verdicts(Unsupported, Unsupported)}, false, 3},
		{"the control failed", Run{Results: verdicts(Pass), Control: verdicts(Fail)}, false, 3},
		{"the control was not measured", Run{Results: verdicts(Pass), Control: verdicts(Pass, HarnessError)}, false, 3},
		{"a control that cannot show all", Run{Results: verdicts(Pass), Control: verdicts(Pass, Unsupported, Inconclusive)}, false, 0},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.run.Failed(); got != test.failed {
				t.Errorf("Failed() = %v, want %v", got, test.failed)
			}
			if got := test.run.ExitCode(); got != test.code {
				t.Errorf("ExitCode() = %d, want %d", got, test.code)
			}
		})
	}
}

func TestSort(t *testing.T) {
	run := Run{
		Checks:  []CheckInfo{{ID: "close/latency"}, {ID: "cleanup/time-wait"}},
		Targets: []Target{{ID: "nginx@1/a"}, {ID: "apache@2/b+tls"}, {ID: "apache@2/b"}},
		Results: []Result{
			{Target: "b", Check: "x/y", Scenario: "s"},
			{Target: "a", Check: "x/z"},
			{Target: "a", Check: "x/y", Scenario: "t"},
			{Target: "a", Check: "x/y", Scenario: "s", Evidence: []string{"traces/b", "logs/a"}},
		},
		Stale:  []Stale{{Entry: "b:1"}, {Entry: "a:2"}},
		Stages: []Stage{{Name: "stands"}, {Name: "images"}},
	}
	run.Sort()
	want := Run{
		Checks:  []CheckInfo{{ID: "cleanup/time-wait"}, {ID: "close/latency"}},
		Targets: []Target{{ID: "apache@2/b"}, {ID: "apache@2/b+tls"}, {ID: "nginx@1/a"}},
		Results: []Result{
			{Target: "a", Check: "x/y", Scenario: "s", Evidence: []string{"traces/b", "logs/a"}},
			{Target: "a", Check: "x/y", Scenario: "t"},
			{Target: "a", Check: "x/z"},
			{Target: "b", Check: "x/y", Scenario: "s"},
		},
		Stale:  []Stale{{Entry: "a:2"}, {Entry: "b:1"}},
		Stages: []Stage{{Name: "stands"}, {Name: "images"}},
	}
	if !reflect.DeepEqual(run, want) {
		t.Errorf("got  %+v\nwant %+v", run, want)
	}
}

func TestSummariseNamesEveryVerdict(t *testing.T) {
	run := Run{Results: []Result{{Verdict: Pass}, {Verdict: Pass}, {Verdict: Fail}}, Control: []Result{{Verdict: Pass}}}
	run.Summarise()
	want := Summary{
		Pass: 2, Fail: 1, KnownFailure: 0, UnexpectedPass: 0, Unsupported: 0, Inconclusive: 0, HarnessError: 0, Observed: 0,
	}
	if !reflect.DeepEqual(run.Summary, want) {
		t.Errorf("got %v, want %v", run.Summary, want)
	}
}
