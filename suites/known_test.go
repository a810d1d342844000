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

func TestRemedyOfATLSCheckIsProvenOverTLS(t *testing.T) {
	for proven, fine := range map[string]bool{"nohalfclose+tls": true, "nohalfclose": false} {
		k := entry(3, "close/tls-close-notify", "client-close")
		k.Proven = []string{proven}
		err := checkKnown([]*proxies.Proxy{product("apache", []proxies.KnownFailure{k}, "wstunnel")}, "")
		if (err == nil) != fine || err != nil && !strings.Contains(err.Error(), "known-failures.yaml:3: close/tls-close-notify is judged over TLS alone") {
			t.Errorf("proven by %s: %v", proven, err)
		}
	}
}

func TestUnprovenRemedies(t *testing.T) {
	const failing, cured = "apache@2.4/wstunnel", "apache@2.4/nohalfclose"
	for _, c := range []struct {
		name    string
		seen    reports.Verdict // where the failure is known
		there   reports.Verdict // where it is to be cured; empty: that is not in the run
		proven  string
		unquiet bool // the run contradicts the entry
	}{
		{"passes", reports.KnownFailure, reports.Pass, "nohalfclose", false},
		{"fails", reports.KnownFailure, reports.Fail, "nohalfclose", true},
		{"is known to fail", reports.KnownFailure, reports.KnownFailure, "nohalfclose", true},
		{"is unsupported", reports.KnownFailure, reports.Unsupported, "nohalfclose", true},
		{"could not be measured", reports.KnownFailure, reports.HarnessError, "nohalfclose", false},
		{"is not in the run", reports.KnownFailure, "", "nohalfclose", false},
		{"is not named", reports.KnownFailure, reports.Fail, "", false},
		{"fails over TLS alone", reports.KnownFailure, reports.Fail, "nohalfclose+tls", false},
		{"fails, where the failure is not known", reports.Pass, reports.Fail, "nohalfclose", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			k := entry(3, "cleanup/back-leg-released", "client-holds")
			k.Configurations = []string{"wstunnel"}
			if c.proven != "" {
				k.Proven = []string{c.proven}
			}
			s := newTestSession(standsOf(atOnce, product("apache", []proxies.KnownFailure{k}, "wstunnel", "nohalfclose")), k.Check)
			s.results[key{failing, k.Check, "client-holds"}] = reports.Result{Verdict: c.seen}
			if c.there != "" {
				s.results[key{cured, k.Check, "client-holds"}] = reports.Result{Verdict: c.there}
			}
			var want []reports.Stale
			if c.unquiet {
				want = []reports.Stale{{
					Entry: "proxies/apache/known-failures.yaml:3", Check: k.Check,
					Why: cured + " is to prove the remedy, and is " + string(c.there) + " in client-holds",
				}}
			}
			if got := s.unproven(); !slices.Equal(got, want) {
				t.Errorf("unproven %v, want %v", got, want)
			}
		})
	}
}

// The proof speaks TLS where the failure does, if it can.
func TestProof(t *testing.T) {
	p := product("apache", nil, "wstunnel", "nohalfclose", "rewrite")
	var stands []*stand.Stand
	for i, c := range p.Configurations {
		for _, tls := range []bool{false, true} {
			c.TLS = i < 2
			if tls && !c.TLS {
				continue
			}
			target := proxies.Target{Proxy: p, Version: p.Versions[0], Configuration: c, TLS: tls}
			stands = append(stands, &stand.Stand{Target: &target, ID: target.ID(), TLS: tls})
		}
	}
	s := &session{stands: stands}
	plain, secured := stands[0], stands[1]
	for _, c := range []struct {
		st         *stand.Stand
		name, want string
	}{
		{plain, "nohalfclose", "apache@2.4/nohalfclose"},
		{secured, "nohalfclose", "apache@2.4/nohalfclose+tls"},
		{plain, "nohalfclose+tls", "apache@2.4/nohalfclose+tls"},
		{secured, "rewrite", "apache@2.4/rewrite"},
		{plain, "rewrite+tls", ""},
	} {
		got := ""
		if proof := s.proof(c.st, c.name); proof != nil {
			got = proof.ID
		}
		if got != c.want {
			t.Errorf("%s is proven for %s by %q, want %q", c.name, c.st.ID, got, c.want)
		}
	}
}
