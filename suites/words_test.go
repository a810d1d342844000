package suites

import (
	"regexp"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/reports"
)

// thirdPerson is how what a target does begins: the sentence that folds several says "so do" or "neither do".
var thirdPerson = regexp.MustCompile(`^(?:does not|[a-z]+s) .*[^ .,;]$`)

var clauseOfScenario = regexp.MustCompile(`^when [a-z].*[^ .,;]$`)

func TestEveryCheckSaysWhatFailsIt(t *testing.T) {
	said := map[string]string{}
	for _, c := range Catalogue() {
		if !thirdPerson.MatchString(c.Otherwise) {
			t.Errorf("%s: %q does not read on behind a target's id", c.ID, c.Otherwise)
		}
		if timed := strings.Contains(c.Otherwise, "{value}"); timed && c.Metric == "" {
			t.Errorf("%s: %q has a value, and nothing is measured", c.ID, c.Otherwise)
		}
		rest := strings.NewReplacer("{value}", "", "{scenario}", "").Replace(c.Otherwise)
		if strings.ContainsAny(rest, "{}") {
			t.Errorf("%s: %q has a placeholder that nobody fills in", c.ID, c.Otherwise)
		}
		if other := said[c.Otherwise]; other != "" && c.ID != vanishedClient.ID && other != vanishedClient.ID {
			t.Errorf("%s says the same as %s: %q", c.ID, other, c.Otherwise)
		}
		said[c.Otherwise] = c.ID
	}
	for _, s := range scenario.Catalogue() {
		if !clauseOfScenario.MatchString(s.When) {
			t.Errorf("%s: %q is no clause", s.Name, s.When)
		}
	}
}

// A check that fails only since upgrades were refused must not be said to fail for what it is there for.
func TestARefusalIsNoLateRelease(t *testing.T) {
	c := backLegReleased
	e := on("p@1/a", of("client-close", orderly(1000, ""), refused("HTTP/1.1 502 Bad Gateway")))
	f := c.Judge(e)
	if f.Verdict != reports.Fail || !strings.HasPrefix(f.Actual, reports.NotUpgraded) {
		t.Fatalf("%s: %s", f.Verdict, f.Actual)
	}
	run := &reports.Run{
		Checks:  []reports.CheckInfo{{ID: c.ID, Otherwise: c.Otherwise}},
		Results: []reports.Result{{Target: e.Target, Check: c.ID, Scenario: e.Scenario, Verdict: f.Verdict, Actual: f.Actual, N: 1}},
	}
	text := reports.Sentences(run)[0].Text
	if !strings.HasPrefix(text, "p@1/a fails cleanup/back-leg-released in client-close: "+reports.NotUpgraded) {
		t.Errorf("got %q", text)
	}
}
