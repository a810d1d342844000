package reports

import (
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"testing"
	"unicode/utf8"

	junit "github.com/onsi/ginkgo/v2/reporters"
)

// parsed reads the report back, every character of it.
func parsed(t *testing.T, text string) junit.JUnitTestSuites {
	t.Helper()
	if !utf8.ValidString(text) {
		t.Error("not UTF-8")
	}
	decoder := xml.NewDecoder(strings.NewReader(text))
	for {
		_, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	var suites junit.JUnitTestSuites
	if err := xml.Unmarshal([]byte(text), &suites); err != nil {
		t.Fatal(err)
	}
	return suites
}

func TestJUnitGolden(t *testing.T) {
	run := worded(t)
	run.Results = run.Results[:0:0]
	for _, r := range worded(t).Results { // one of the passes is enough
		if r.Verdict != Pass || r.Check == "close/fin-not-reset" {
			run.Results = append(run.Results, r)
		}
	}
	run.Control = run.Control[:2]
	run.Unstable = repeated(t).Unstable
	run.Options.Repeat = 10
	golden(t, "junit.xml", []byte(written(t, "junit", run)))
}

// The counts that a CI system goes by agree with the cases, and the run is red where its exit code is not 0.
func TestJUnitCounts(t *testing.T) {
	for name, run := range variants(t) {
		t.Run(name, func(t *testing.T) {
			suites := parsed(t, written(t, "junit", run))
			summary := count(run.Results)
			failures := summary[Fail] + summary[UnexpectedPass] + len(run.Stale) + len(run.Unstable)
			errors := summary[HarnessError] + count(run.Control)[Fail]
			if run.Interrupted != "" {
				errors++
			}
			if suites.Failures != failures || suites.Errors != errors {
				t.Errorf("%d failures and %d errors, want %d and %d", suites.Failures, suites.Errors, failures, errors)
			}
			if want := 1 + len(run.Results) + len(run.Control) + len(run.Stale) + len(run.Unstable); suites.Tests != want {
				t.Errorf("%d tests, want %d", suites.Tests, want)
			}
			if red := suites.Failures+suites.Errors > 0; red != (run.ExitCode() != ExitExpected) {
				t.Errorf("red: %v, exit code %d", red, run.ExitCode())
			}
			checkSuites(t, suites)
		})
	}
}

func checkSuites(t *testing.T, suites junit.JUnitTestSuites) {
	t.Helper()
	names := map[string]bool{}
	tests, skipped := 0, 0
	for _, s := range suites.TestSuites {
		cases := map[string]bool{}
		for _, c := range s.TestCases {
			if cases[c.Name] || c.Name == "" || c.Classname == "" || c.Status == "" {
				t.Errorf("%s: case %q of %q is %q, or is there twice", s.Name, c.Name, c.Classname, c.Status)
			}
			cases[c.Name] = true
			told := 0
			for _, is := range []bool{c.Failure != nil, c.Error != nil, c.Skipped != nil} {
				if is {
					told++
				}
			}
			if passed := c.Status == string(Pass) || c.Status == string(Observed); passed != (told == 0) || told > 1 {
				t.Errorf("%s: %s is %s, and has %d outcomes", s.Name, c.Name, c.Status, told)
			}
		}
		if names[s.Name] || s.Tests != len(s.TestCases) {
			t.Errorf("suite %q is there twice, or has not %d cases", s.Name, s.Tests)
		}
		names[s.Name] = true
		tests, skipped = tests+s.Tests, skipped+s.Skipped
	}
	if tests != suites.Tests || skipped != suites.Disabled {
		t.Errorf("%d tests and %d skipped, want %d and %d", tests, skipped, suites.Tests, suites.Disabled)
	}
}

func TestJUnitOutcomes(t *testing.T) {
	run := worded(t)
	run.Interrupted = "Ctrl-C"
	run.Control[0].Verdict, run.Control[0].Actual = Fail, "slow"
	want := map[string]string{ // by classname and name
		"finwait.run the run is whole": "error interrupted",
		"finwait.known-failures known failure proxies/apache/known-failures.yaml:21 · close/code-preserved": "failure stale",
		"control.direct cleanup/back-leg-released · backend-drops-client-holds":                             "error control",
		"apache.apache@2_4_69/wstunnel+tls cleanup/nothing-left":                                            "failure fail",
		"apache.apache@2_4_69/wstunnel cleanup/back-leg-released · client-holds":                            "skipped",
		"nginx.nginx@1_30_6/short-read-timeout cleanup/front-leg-released · backend-mute":                   "failure unexpected-pass",
		"nginx.nginx@1_30_6/short-read-timeout close/latency · backend-close":                               "skipped",
		"nginx.nginx@1_30_6/map-upgrade cleanup/descriptors":                                                "skipped",
		"nginx.nginx@1_30_6/map-upgrade cleanup/vanished-client · client-vanishes":                          "",
		"nginx.nginx@1_30_6/map-upgrade close/fin-not-reset · client-close":                                 "",
	}
	for _, s := range parsed(t, written(t, "junit", run)).TestSuites {
		for _, c := range s.TestCases {
			got := ""
			switch {
			case c.Failure != nil:
				got = "failure " + c.Failure.Type
			case c.Error != nil:
				got = "error " + c.Error.Type
			case c.Skipped != nil:
				got = "skipped"
			}
			id := c.Classname + " " + c.Name
			if outcome, ok := want[id]; ok && outcome != got {
				t.Errorf("%s is %q, want %q", id, got, outcome)
			}
			delete(want, id)
		}
	}
	for id := range want {
		t.Errorf("there is no case %s", id)
	}
}

func TestJUnitOfHostileTexts(t *testing.T) {
	text := written(t, "junit", hostile(t))
	suites := parsed(t, text)
	if len(suites.TestSuites) != 1+2+5 {
		t.Errorf("%d suites", len(suites.TestSuites))
	}
	for _, bad := range []string{"\x1b", "\x00", "\ufffe", "<script>", "]]>"} {
		if strings.Contains(text, bad) {
			t.Errorf("%q is in the report", bad)
		}
	}
}

func TestJUnitOfAnEmptyRun(t *testing.T) {
	if suites := parsed(t, written(t, "junit", &Run{})); suites.Tests != 1 || suites.Errors != 1 {
		t.Errorf("got %+v", suites)
	}
}
