package reports

import (
	"slices"
	"strings"
	"testing"
)

// wordy is a run of targets "p@1/base", "p@1/a" ... and q@1/z, without results.
func wordy(names ...string) *Run {
	run := &Run{
		Checks: []CheckInfo{
			{ID: "x/timed", Otherwise: "keeps the backend's connection for {value}", Level: "practice"},
			{ID: "x/seen", Otherwise: "does not pass it on", Level: "must"},
			{ID: "x/placed", Otherwise: "does not answer in {scenario}", Level: "must"},
			{ID: "x/old", Level: "must"},
		},
		Scenarios: []ScenarioInfo{
			{Name: "holds", When: "when the client holds"}, {Name: "drops", When: "when it drops"},
			{Name: "resets", When: "when it resets"}, {Name: "vanishes", When: "when it vanishes"},
		},
	}
	for _, name := range names {
		product, config, _ := strings.Cut(name, "/")
		proxy, version, _ := strings.Cut(product, "@")
		target := Target{ID: name, Proxy: proxy, Version: version, Config: config}
		if config != "base" {
			target.Varies = "base"
		}
		run.Targets = append(run.Targets, target)
	}
	return run
}

// late are results of x/timed over the budget of 5 s, in each scenario, of so many milliseconds; 10000 timed out.
func late(target string, ms float64, scenarios ...string) []Result {
	var results []Result
	for _, s := range scenarios {
		r := Result{Target: target, Check: "x/timed", Scenario: s, Verdict: Fail, N: 3, Max: ms, Budget: 5000, Actual: "3 of 3 over the budget"}
		if ms >= 10000 {
			r.TimedOut = 3
		}
		results = append(results, r)
	}
	return results
}

// as gives results another check, verdict and what was seen.
func as(check string, verdict Verdict, actual string, results []Result) []Result {
	changed := slices.Clone(results)
	for i := range changed {
		changed[i].Check, changed[i].Verdict, changed[i].Actual = check, verdict, actual
	}
	return changed
}

func TestSentences(t *testing.T) {
	known := &Known{Why: "w", Entry: "proxies/p/known-failures.yaml:7"}
	explained := late("p@1/a", 10000, "holds")
	explained[0].Verdict, explained[0].Known = KnownFailure, known
	passing := as("x/timed", UnexpectedPass, "fine", late("p@1/a", 2, "holds"))
	passing[0].Known = known
	tests := []struct {
		name    string
		results [][]Result
		want    string
	}{
		{"timed out", [][]Result{late("p@1/a", 10000, "holds")}, "p@1/a keeps the backend's connection for 10.0 s+ when the client holds"},
		{"the base comes first, the product once", [][]Result{late("p@1/a", 10000, "holds"), late("p@1/base", 10000, "holds"), late("q@1/z", 10000, "holds")},
			"p@1/base keeps the backend's connection for 10.0 s+ when the client holds; so do /a and q@1/z"},
		{"another value", [][]Result{late("p@1/a", 6100, "holds"), late("p@1/b", 5200, "holds")},
			"p@1/a keeps the backend's connection for up to 6.10 s when the client holds; so does /b"},
		{"scenarios in the order of the run", [][]Result{late("p@1/a", 10000, "drops", "holds")},
			"p@1/a keeps the backend's connection for 10.0 s+ when the client holds, and when it drops"},
		{"many scenarios", [][]Result{late("p@1/a", 10000, "holds", "drops", "resets", "vanishes")},
			"p@1/a keeps the backend's connection for 10.0 s+ when the client holds, when it drops, and in 2 more scenarios"},
		{"other scenarios", [][]Result{late("p@1/a", 10000, "holds"), late("p@1/b", 10000, "drops")},
			"p@1/a keeps the backend's connection for 10.0 s+ when the client holds; p@1/b keeps the backend's connection for 10.0 s+ when it drops"},
		{"a scenario that the run does not describe", [][]Result{late("p@1/a", 10000, "other")}, "p@1/a keeps the backend's connection for 10.0 s+ in other"},
		{"what it does not do", [][]Result{as("x/seen", Fail, "seen", late("p@1/a", 1, "holds")), as("x/seen", Fail, "seen", late("p@1/b", 1, "holds"))},
			"p@1/a does not pass it on when the client holds; neither does /b"},
		{"where the scenario is no cause", [][]Result{as("x/placed", Fail, "seen", late("p@1/a", 1, "holds", "drops"))}, "p@1/a does not answer in holds and drops"},
		{"without a scenario", [][]Result{as("x/seen", Fail, "seen", late("p@1/a", 1, ""))}, "p@1/a does not pass it on"},
		{"in time, and failed for another reason", [][]Result{as("x/timed", Fail, "1 of 3: status 500", late("p@1/a", 2, "holds"))},
			"p@1/a fails x/timed in holds: 1 of 3: status 500"},
		{"refused upgrades", [][]Result{as("x/seen", Fail, NotUpgraded+" each time: 502.", late("p@1/a", 1, "holds"))},
			"p@1/a fails x/seen in holds: " + NotUpgraded + " each time: 502"},
		{"an old run", [][]Result{as("x/old", Fail, "two\nlines", late("p@1/a", 1, "holds", "drops"))}, "p@1/a fails x/old in holds and drops: two lines"},
		{"an old run without a scenario", [][]Result{as("x/old", Fail, "seen", late("p@1/a", 1, ""))}, "p@1/a fails x/old: seen"},
		{"an unexpected pass", [][]Result{passing}, "p@1/a passes x/timed in holds, and proxies/p/known-failures.yaml:7 says that it fails"},
		{"a known failure", [][]Result{explained}, "p@1/a keeps the backend's connection for 10.0 s+ when the client holds"},
		{"not measured", [][]Result{as("x/old", HarnessError, "not brought up", late("p@1/a", 0, "holds", "drops")), as("x/seen", HarnessError, "not brought up", late("p@1/b", 0, "holds"))},
			"p@1/a could not be measured: not brought up; neither could /b"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run := wordy("p@1/a", "p@1/b", "p@1/base", "q@1/z")
			run.Results = slices.Concat(test.results...)
			got := Sentences(run)
			if len(got) != 1 || got[0].Text != test.want {
				t.Fatalf("got  %+v\nwant %s", got, test.want)
			}
			if got[0].Verdict != run.Results[0].Verdict || len(got[0].Results) != len(run.Results) {
				t.Errorf("got %s of %d results", got[0].Verdict, len(got[0].Results))
			}
			if (got[0].Check == "") != (got[0].Verdict == HarnessError) {
				t.Errorf("check %q of a %s", got[0].Check, got[0].Verdict)
			}
		})
	}
}

func TestSentencesOfManyTargets(t *testing.T) {
	names := []string{"p@1/base", "p@1/a", "p@1/b", "p@1/c", "p@1/d", "p@1/e", "p@1/f"}
	run := wordy(append(names, "p@1/not")...)
	for _, name := range names {
		run.Results = append(run.Results, late(name, 10000, "holds")...)
	}
	want := "p@1/base keeps the backend's connection for 10.0 s+ when the client holds; so do /a, /b, /c and 3 more"
	if got := Sentences(run)[0].Text; got != want {
		t.Errorf("got %s", got)
	}
	run.Targets = run.Targets[:len(names)]
	if got := Sentences(run)[0].Text; !strings.HasSuffix(got, "; so do the 6 other targets") {
		t.Errorf("got %s", got)
	}
	for i := range run.Results {
		run.Results[i].Check, run.Results[i].Actual = "x/old", "seen "+strings.Repeat("x ", i)
	}
	if got := Sentences(run)[0].Text; strings.Count(got, ";") != maxClauses || !strings.HasSuffix(got, "; 3 more targets in other ways") {
		t.Errorf("got %s", got)
	}
}

// The worst comes first: what the control fails, then failures, and known failures last.
func TestSentencesAreInOrder(t *testing.T) {
	run := sample(t)
	run.Control = append(run.Control, Result{Target: "direct", Check: "close/latency", Verdict: Fail, Actual: "slow"})
	var verdicts []Verdict
	for _, s := range Sentences(run) {
		verdicts = append(verdicts, s.Verdict)
	}
	want := []Verdict{Fail, Fail, Fail, UnexpectedPass, KnownFailure, KnownFailure}
	if !slices.Equal(verdicts, want) {
		t.Errorf("got %v, want %v", verdicts, want)
	}
	if first := Sentences(run)[0].Text; !strings.HasPrefix(first, "direct fails close/latency: slow") {
		t.Errorf("got %s", first)
	}
	if got := Sentences(&Run{}); len(got) != 0 {
		t.Errorf("got %v", got)
	}
}

func TestALongActualIsCut(t *testing.T) {
	if got := inShort(strings.Repeat("ä", 400)); len(got) > maxQuoted+len(" …") || strings.ContainsRune(got, '\uFFFD') {
		t.Errorf("got %d bytes: %s", len(got), got)
	}
	if got := inShort("short."); got != "short" {
		t.Errorf("got %s", got)
	}
}
