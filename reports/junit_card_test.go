package reports

import (
	"strings"
	"testing"

	junit "github.com/onsi/ginkgo/v2/reporters"
)

func TestJUnitOfCardsGolden(t *testing.T) {
	for name, run := range cardRuns(t) {
		t.Run(name, func(t *testing.T) { golden(t, name+".junit.xml", []byte(written(t, "junit", run))) })
	}
}

// A CI system is red where the exit code is 1 or 3, and says what was decided.
func TestJUnitOfCards(t *testing.T) {
	runs := cardRuns(t)
	runs["strict"] = aRisk(t)
	runs["strict"].Card.Strict = true
	for name, run := range runs {
		suites := parsed(t, written(t, "junit", run))
		if red := suites.Failures+suites.Errors > 0; red != (run.ExitCode() != ExitExpected) {
			t.Errorf("%s: red: %v, exit code %d", name, red, run.ExitCode())
		}
		if want := 1 + len(run.Results) + len(run.Control); suites.Tests != want {
			t.Errorf("%s: %d tests, want %d", name, suites.Tests, want)
		}
		for _, s := range suites.TestSuites {
			want := ""
			switch {
			case s.Package == "finwait":
				want = string(run.Card.Decision)
			case s.Package != "control" && run.Card.Unproven == "":
				want = string(run.routeOf(s.Name).Decision)
			}
			if got := propertyOf(s, "decision"); got != want {
				t.Errorf("%s: suite %s has the decision %q, want %q", name, s.Name, got, want)
			}
		}
	}
}

// What is deployed now is measured too, and its failures are nobody's to mend before the deploy.
func TestJUnitOfTheOldState(t *testing.T) {
	run := sideBySide(t)
	for _, s := range parsed(t, written(t, "junit", run)).TestSuites {
		if strings.Contains(s.Name, "/old.") && s.Failures > 0 {
			t.Errorf("%s: %d failures", s.Name, s.Failures)
		}
	}
}

func propertyOf(s junit.JUnitTestSuite, name string) string {
	for _, p := range s.Properties.Properties {
		if p.Name == name {
			return p.Value
		}
	}
	return ""
}
