package reports

import (
	"fmt"
	"strings"
	"testing"
)

// worded is the sample with what newer runs have: words of checks and scenarios, configurations, and lines in them.
func worded(t *testing.T) *Run {
	t.Helper()
	run := sample(t)
	for i := range run.Checks {
		switch c := &run.Checks[i]; c.ID {
		case "cleanup/back-leg-released":
			c.Otherwise, c.Metric = "keeps the backend's connection for {value}", "back_release"
		case "cleanup/front-leg-released":
			c.Otherwise, c.Metric = "keeps the client's connection for {value}", "front_release"
		case "cleanup/nothing-left":
			c.Otherwise = "does not return to the sockets that it had before the endings"
		}
	}
	run.Scenarios = []ScenarioInfo{
		{Name: "client-close", Summary: "The client sends Close.", When: "when the client closes"},
		{Name: "client-holds", Summary: "The client keeps its socket.", When: "when the client holds"},
		{Name: "backend-mute", Summary: "The backend never answers.", When: "when the backend never answers the Close"},
	}
	for i := range run.Targets {
		run.Targets[i].ConfigText = "# a comment\nListen 80\nProxyPass / ws://backend:8080/\n"
		run.Targets[i].Route = 3
	}
	for i, r := range run.Results {
		if r.Verdict.bad() || r.Verdict == KnownFailure || r.Verdict == Inconclusive {
			run.Results[i].Line = 3
		}
	}
	return run
}

// hostile has texts as a proxy could write them that wants to be more than text.
func hostile(t *testing.T) *Run {
	t.Helper()
	run := worded(t)
	evil := "</details><script>alert(1)</script> | `x` ``` @octocat #12 GH-7 !9 [a](javascript:1) **b** $x$ \x1b[31m\x00\ufffe\u202e ]]> "
	for i := range run.Results {
		r := &run.Results[i]
		if r.Verdict != Pass {
			r.Actual, r.Expected, r.Hint = evil+r.Actual, evil, evil
			r.Evidence = append(r.Evidence, evil)
		}
		if r.Known != nil {
			r.Known.Why, r.Known.Remedy, r.Known.Entry, r.Known.Source = evil, evil, evil, evil
		}
	}
	for i := range run.Stages {
		run.Stages[i].Name += evil
	}
	run.ID, run.Finwait, run.Interrupted, run.Environment.Engine = evil, evil, evil, evil
	run.Stale[0].Entry, run.Stale[0].Why = evil, evil
	run.Unstable = []Unstable{{Target: evil, Check: evil, Scenario: evil, Verdicts: map[Verdict]int{Pass: 1, Fail: 2}}}
	run.Options.Repeat = 3
	return run
}

// huge has 105 targets and 11 000 results, of which every one that verdict gives a verdict for is judged so, each in
// words of its own.
func huge(t *testing.T, verdict func(i int) Verdict) *Run {
	t.Helper()
	run := worded(t)
	run.Targets, run.Results, run.Checks = nil, nil, nil
	for c := range 35 {
		run.Checks = append(run.Checks, CheckInfo{ID: fmt.Sprintf("cleanup/check-%d", c), Level: "must", Requirement: "r", Source: "s"})
	}
	for n := range 105 {
		target := Target{ID: fmt.Sprintf("apache@2.4.%d/a-configuration-with-a-name-%d", n/10, n), Proxy: "apache", Version: fmt.Sprintf("2.4.%d", n/10),
			Config: fmt.Sprintf("a-configuration-with-a-name-%d", n), ConfigPath: fmt.Sprintf("apache/configs/c%d.conf", n), Route: 7}
		run.Targets = append(run.Targets, target)
		for i := range 105 {
			v := verdict(i)
			r := Result{Target: target.ID, Check: run.Checks[i%35].ID, Scenario: fmt.Sprintf("scenario-%d", i/35), Level: "must", Verdict: v, N: 1}
			if v != Pass {
				r.Expected, r.Line = "expected", 7
				r.Actual = fmt.Sprintf("in words of its own, %d and %d: %s", n, i, strings.Repeat("|@x #1 ", 40))
				r.Hint = strings.Repeat("a hint ", 60)
				r.Evidence = []string{"traces/" + target.ID + "/" + r.Scenario + ".json"}
			}
			if v == KnownFailure {
				r.Known = &Known{Why: fmt.Sprintf("why %d %d %s", n, i, strings.Repeat("because ", 80)), Remedy: "none", Entry: "e:1", Source: "s"}
			}
			run.Results = append(run.Results, r)
		}
	}
	for i := range 500 {
		run.Stale = append(run.Stale, Stale{Entry: fmt.Sprintf("proxies/apache/known-failures.yaml:%d", i), Check: "a/b"})
		run.Unstable = append(run.Unstable, Unstable{Target: run.Targets[i%105].ID, Check: "a/b", Scenario: "s", Verdicts: map[Verdict]int{Pass: 1, Fail: 1}})
	}
	run.Sort()
	return run
}
