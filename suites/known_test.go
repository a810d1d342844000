package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

func entry(line int, check string, scenarios ...string) proxies.KnownFailure {
	return proxies.KnownFailure{Check: check, Scenarios: scenarios, Why: "w", Source: "s", Remedy: "r", Line: line}
}

func TestKnown(t *testing.T) {
	for _, c := range []struct {
		found, want reports.Verdict
		matched     bool
	}{
		{reports.Fail, reports.KnownFailure, true},
		{reports.Pass, reports.UnexpectedPass, true},
		{reports.Inconclusive, reports.Inconclusive, true},
		{reports.HarnessError, reports.HarnessError, true},
		{reports.Unsupported, reports.Unsupported, false},
	} {
		p := product("apache", []proxies.KnownFailure{entry(7, "close/nothing-after", "client-close")}, "wstunnel")
		s := newTestSession(standsOf(atOnce, p), "close/nothing-after")
		got := s.known(nothingAfter, s.stands[0], "client-close", Finding{Verdict: c.found})
		if got.Verdict != c.want || s.matched["proxies/apache/known-failures.yaml:7"] != c.matched {
			t.Errorf("%s becomes %s, matched %v; want %s, %v", c.found, got.Verdict, s.matched, c.want, c.matched)
		}
		if explained := got.Known != nil; explained != (got.Verdict != c.found) {
			t.Errorf("%s becomes %s with the explanation %v", c.found, got.Verdict, got.Known)
		}
		if other := s.known(nothingAfter, s.stands[0], "backend-close", Finding{Verdict: c.found}); other.Verdict != c.found {
			t.Errorf("in a scenario that no entry speaks of %s becomes %s", c.found, other.Verdict)
		}
	}
}

func TestStale(t *testing.T) {
	covers := func(k proxies.KnownFailure, configuration, versions string) proxies.KnownFailure {
		k.Versions = versions
		if configuration != "" {
			k.Configurations = []string{configuration}
		}
		return k
	}
	fails := entry(1, "cleanup/back-leg-released", "client-holds")
	unmet := entry(2, "close/nothing-after")
	pattern := entry(3, "close/*", "client-holds")
	held := func(p scenario.Play) trace.Trace {
		if p.Scenario.Name == "client-holds" {
			return released(-1)
		}
		return orderly(1000, "")
	}
	for _, c := range []struct {
		name  string
		known []proxies.KnownFailure
		edit  func(*session)
		want  []int // lines
	}{
		{"all match", []proxies.KnownFailure{fails}, func(*session) {}, nil},
		{"hidden by the one before", []proxies.KnownFailure{fails, covers(entry(2, fails.Check), "nokeepalive", "")}, func(*session) {}, nil},
		{"hidden as a whole", []proxies.KnownFailure{fails, entry(2, fails.Check, "client-holds")}, func(*session) {}, []int{2}},
		{"check not judged", []proxies.KnownFailure{fails, entry(2, "close/latency")}, func(*session) {}, nil},
		{"not all checks of the pattern judged", []proxies.KnownFailure{fails, pattern}, func(*session) {}, nil},
		{"another version", []proxies.KnownFailure{fails, covers(unmet, "", ">=9")}, func(*session) {}, nil},
		{"a version that does not exist", []proxies.KnownFailure{fails, covers(entry(2, fails.Check), "", ">=9")},
			func(s *session) { s.options.Versions = proxies.AllVersions }, []int{2}},
		{"some targets only", []proxies.KnownFailure{fails, entry(2, fails.Check, "client-holds")},
			func(s *session) { s.options.Targets = []string{"*"} }, nil},
		{"interrupted", []proxies.KnownFailure{fails, entry(2, fails.Check, "client-holds")},
			func(s *session) { s.interrupted = "interrupted" }, nil},
		{"another runtime", []proxies.KnownFailure{fails, entry(2, fails.Check, "client-holds")},
			func(s *session) { s.runtime = fakeRuntime{name: stand.OfItself} }, nil},
		{"a target that is down", []proxies.KnownFailure{fails, entry(2, fails.Check, "client-holds")},
			func(s *session) { s.stands[1].Err = errLost }, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := newTestSession(standsOf(held, product("apache", c.known, "wstunnel", "nokeepalive")), fails.Check)
			c.edit(s)
			if err := s.patientPass(t.Context()); err != nil {
				t.Fatal(err)
			}
			s.judge()
			var want []reports.Stale
			for _, line := range c.want {
				want = append(want, reports.Stale{Entry: entryName(s.stands[0].Target.Proxy, proxies.KnownFailure{Line: line}), Check: c.known[line-1].Check})
			}
			if got := s.stale(); !slices.Equal(got, want) {
				t.Errorf("stale %v, want %v", got, want)
			}
		})
	}
}

func TestEntriesThatCanMatchNothing(t *testing.T) {
	for _, c := range []struct {
		known proxies.KnownFailure
		says  string // empty: it is fine
	}{
		{entry(3, "close/nothing-after", "client-close", "backend-*"), ""},
		{entry(3, "close/*"), ""},
		{entry(3, "cleanup/nothing-left"), ""},
		{entry(3, "close/nothing-aftr"), `no check matches "close/nothing-aftr"`},
		{entry(3, "close"), `no check matches "close"`},
		{entry(3, "close/nothing-after", "client-close", "client-hold"), `no scenario that matches "client-hold"`},
		{entry(3, "close/latency", "client-resets"), `close/latency is judged in no scenario that matches "client-resets"`},
		{entry(3, "cleanup/nothing-left", "client-close"), `no scenario that matches "client-close"`},
	} {
		err := checkKnown([]*proxies.Proxy{product("apache", []proxies.KnownFailure{c.known}, "wstunnel")}, "")
		switch {
		case (err == nil) != (c.says == ""):
			t.Errorf("%s %v: %v", c.known.Check, c.known.Scenarios, err)
		case err != nil && (!strings.Contains(err.Error(), c.says) || !strings.HasPrefix(err.Error(), "proxies/apache/known-failures.yaml:3: ")):
			t.Errorf("%q does not say where, and %q", err, c.says)
		}
	}
	bundled, err := proxies.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	if err := checkKnown(bundled, ""); err != nil {
		t.Error(err)
	}
}
