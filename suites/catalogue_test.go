package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestEveryCheckIsComplete(t *testing.T) {
	seen := map[string]bool{}
	if n := len(Catalogue()); n != 31 {
		t.Errorf("%d checks, want the 29 of handshake, close and cleanup, and 2", n)
	}
	for _, c := range Catalogue() {
		if seen[c.ID] {
			t.Errorf("%s is there twice", c.ID)
		}
		seen[c.ID] = true
		if area, name, ok := strings.Cut(c.ID, "/"); !ok || area == "" || name == "" {
			t.Errorf("id %q is not area/name", c.ID)
		}
		if c.Requirement == "" || c.Measured == "" || c.Source == "" || c.Judge == nil {
			t.Errorf("%s lacks its requirement, how it is measured, its source or judge", c.ID)
		}
		if c.Measured != "" && !strings.HasSuffix(c.Measured, ".") {
			t.Errorf("%s: how it is measured is no sentence: %q", c.ID, c.Measured)
		}
		if c.Budgeted != nil && c.Level != Observe {
			t.Errorf("%s is judged in any case, its level is %s", c.ID, c.Level)
		}
		if !slices.Contains([]Level{Must, Should, Practice, Observe}, c.Level) {
			t.Errorf("%s has the unknown level %q", c.ID, c.Level)
		}
		if unique := slices.Compact(slices.Sorted(slices.Values(c.Scenarios))); len(unique) != len(c.Scenarios) {
			t.Errorf("%s names a scenario twice: %v", c.ID, c.Scenarios)
		}
	}
}

func TestEveryScenarioOfACheckExists(t *testing.T) {
	for _, c := range Catalogue() {
		for _, name := range c.Scenarios {
			if _, err := scenario.Named(name); err != nil {
				t.Errorf("%s names the scenario %q, which does not exist: %v", c.ID, name, err)
			}
		}
	}
}

// What the checks of close/ demand to have seen is what the scenarios play.
func TestScenariosPlayWhatTheChecksNeed(t *testing.T) {
	for _, c := range []struct {
		check   Check
		missing func(scenario.Scenario) []string
	}{
		{codePreserved, func(s scenario.Scenario) []string { return codesMissing(closesOf(s)) }},
		{reasonPreserved, func(s scenario.Scenario) []string { return reasonsMissing(closesOf(s)) }},
		{emptyPreserved, func(s scenario.Scenario) []string { return emptyMissing(closesOf(s)) }},
	} {
		for _, name := range c.check.Scenarios {
			s, _ := scenario.Named(name)
			if m := c.missing(s); len(m) > 0 {
				t.Errorf("%s does not play what %s needs: %v", name, c.check.ID, m)
			}
		}
	}
}

func TestFind(t *testing.T) {
	for _, c := range []struct {
		pattern string
		want    []string // nil: an error
	}{
		{"cleanup/back-leg-released", []string{"cleanup/back-leg-released"}},
		{"cleanup/*released", []string{"cleanup/back-leg-released", "cleanup/front-leg-released"}},
		{"handshake/*preserved", []string{"handshake/request-preserved", "handshake/answer-preserved"}},
		{"cleanup", []string{
			"cleanup/back-leg-released", "cleanup/front-leg-released", "cleanup/vanished-client", "cleanup/nothing-left", "cleanup/time-wait",
			"cleanup/descriptors", "cleanup/log-is-quiet",
		}},
		{"*/{latency,descriptors}", []string{"close/latency", "cleanup/descriptors"}},
		{"close/no-such", nil},
		{"nosuch", nil},
		{"close/{a", nil},
		{"close/[", nil},
		{"", nil},
	} {
		found, err := Find(c.pattern)
		var ids []string
		for _, f := range found {
			ids = append(ids, f.ID)
		}
		if (err != nil) != (c.want == nil) || !slices.Equal(ids, c.want) {
			t.Errorf("Find(%q) = %v, %v; want %v", c.pattern, ids, err, c.want)
		}
		if err != nil && !strings.Contains(err.Error(), c.pattern) {
			t.Errorf("error %q does not name the pattern %q", err, c.pattern)
		}
	}
	for _, all := range []string{"*", "*/*"} {
		if found, err := Find(all); err != nil || len(found) != len(Catalogue()) {
			t.Errorf("Find(%q) found %d of %d: %v", all, len(found), len(Catalogue()), err)
		}
	}
}

func TestObservedNeverPassesOrFails(t *testing.T) {
	for from, want := range map[reports.Verdict]reports.Verdict{
		reports.Pass:         reports.Observed,
		reports.Fail:         reports.Observed,
		reports.Inconclusive: reports.Observed,
		reports.Unsupported:  reports.Unsupported,
		reports.HarnessError: reports.HarnessError,
	} {
		c := Check{Judge: func(Evidence) Finding { return Finding{Verdict: from, Actual: "seen"} }}
		f := observed(c)(Evidence{})
		if f.Verdict != want || f.Actual != "seen" {
			t.Errorf("%s becomes %s (%q), want %s", from, f.Verdict, f.Actual, want)
		}
		c.Budgeted = func(b Budgets) bool { return b.BackTimeWait > 0 }
		if f := observed(c)(Evidence{}); f.Verdict != want {
			t.Errorf("%s becomes %s without a budget, want %s", from, f.Verdict, want)
		}
		if f := observed(c)(Evidence{Budgets: Budgets{BackTimeWait: 1}}); f.Verdict != from {
			t.Errorf("%s becomes %s although it has a budget", from, f.Verdict)
		}
	}
}

// closesOf are the Close frames that a scenario's initiator sends.
func closesOf(s scenario.Scenario) []trace.Event {
	var sent []trace.Event
	for _, c := range s.Closes {
		sent = append(sent, closing(0, trace.Client, trace.Out, c.Code, c.Reason))
	}
	return sent
}
