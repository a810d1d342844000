package suites

import (
	"cmp"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// known turns a failure that known-failures.yaml explains into a known failure, and a pass of what it says
// to fail into an unexpected pass.
func (s *session) known(c Check, st *stand.Stand, name string, f Finding) Finding {
	if st.Target == nil {
		return f
	}
	entry, ok := st.Target.Proxy.Match(c.ID, name, *st.Target)
	if !ok {
		return f
	}
	if f.Verdict != reports.Unsupported { // then the entry speaks of what cannot be seen
		s.matched[entryName(st.Target.Proxy, entry)] = true
	}
	switch f.Verdict {
	case reports.Fail:
		f.Verdict = reports.KnownFailure
	case reports.Pass:
		f.Verdict = reports.UnexpectedPass
	default:
		return f
	}
	f.Known = &reports.Known{
		Why:    entry.Why,
		Source: entry.Source,
		Remedy: entry.Remedy,
		Entry:  entryName(st.Target.Proxy, entry),
	}
	return f
}

// checkKnown finds known failures that can match no result, because their check or scenario does not exist, and causes
// of no check. Folder is that of --proxies.
func checkKnown(all []*proxies.Proxy, folder string) error {
	for _, p := range all {
		for _, k := range p.Known {
			if err := errors.Join(exists(k), provable(k)); err != nil {
				return fmt.Errorf("%s:%d: %w", filepath.Join(cmp.Or(folder, "proxies"), p.Name, "known-failures.yaml"), k.Line, err)
			}
		}
		for _, c := range p.Causes {
			if !slices.Contains(idsOf(Catalogue()), c.Check) {
				return fmt.Errorf("%s:%d: no check is called %q%s: 'finwait list checks' shows what there is",
					filepath.Join(cmp.Or(folder, "proxies"), p.Name, "causes.yaml"), c.Line, c.Check, nearChecks(c.Check))
			}
		}
	}
	return nil
}

// provable says whether what is to prove the remedy is judged: a check of TLS alone is so on a +tls target.
func provable(k proxies.KnownFailure) error {
	if slices.ContainsFunc(judgedBy(k.Check, k.Scenarios...), func(c Check) bool { return !c.TLSOnly }) {
		return nil
	}
	for _, name := range k.Proven {
		if !strings.HasSuffix(name, "+tls") {
			return fmt.Errorf("%s is judged over TLS alone, and %q is to prove the remedy: give %s+tls", k.Check, name, name)
		}
	}
	return nil
}

func exists(k proxies.KnownFailure) error {
	if len(judgedBy(k.Check)) == 0 {
		return fmt.Errorf("no check matches %q: 'finwait list checks' shows what there is", k.Check)
	}
	for _, pattern := range k.Scenarios {
		if len(judgedBy(k.Check, pattern)) == 0 {
			return fmt.Errorf("%s is judged in no scenario that matches %q: 'finwait list checks --json' shows its scenarios", k.Check, pattern)
		}
	}
	return nil
}

// judgedBy are the checks that an entry with these patterns can match a result of.
func judgedBy(check string, scenarios ...string) []Check {
	entry := proxies.KnownFailure{Check: check, Scenarios: scenarios}
	return slices.DeleteFunc(Catalogue(), func(c Check) bool {
		return !slices.ContainsFunc(c.results(), func(name string) bool { return entry.Speaks(c.ID, name) })
	})
}

func entryName(p *proxies.Proxy, k proxies.KnownFailure) string {
	return fmt.Sprintf("proxies/%s/known-failures.yaml:%d", p.Name, k.Line)
}

// stale are the entries that the run contradicts: those whose remedy is not proven, and those that matched nothing.
func (s *session) stale() []reports.Stale { return append(s.unproven(), s.unmatched()...) }

// unproven are the entries of known failures of this run whose remedy does not work: a configuration that is to prove it
// is in the run and does not pass where the failure was seen.
func (s *session) unproven() []reports.Stale {
	var list []reports.Stale
	seen := map[reports.Stale]bool{}
	for _, st := range s.stands {
		for _, c := range s.plan.checks[st.ID] {
			for _, name := range c.results() {
				for _, contradiction := range s.contradictions(st, c, name) {
					if !seen[contradiction] {
						seen[contradiction] = true
						list = append(list, contradiction)
					}
				}
			}
		}
	}
	return list
}

// contradictions are the configurations that do not prove the remedy of one result, if it is a known failure.
func (s *session) contradictions(st *stand.Stand, c Check, name string) []reports.Stale {
	if s.results[key{st.ID, c.ID, name}].Verdict != reports.KnownFailure {
		return nil
	}
	entry, _ := st.Target.Proxy.Match(c.ID, name, *st.Target)
	var list []reports.Stale
	for _, proven := range entry.Proven {
		proof := s.proof(st, proven)
		if proof == nil {
			continue
		}
		switch r := s.results[key{proof.ID, c.ID, name}]; r.Verdict {
		case reports.Fail, reports.KnownFailure, reports.Unsupported:
			why := fmt.Sprintf("%s is to prove the remedy, and is %s", proof.ID, r.Verdict)
			if name != "" {
				why += " in " + name
			}
			list = append(list, reports.Stale{Entry: entryName(st.Target.Proxy, entry), Check: c.ID, Why: why})
		}
	}
	return list
}

// proof is the stand of the configuration that is to prove a remedy for st: of the same version, and spoken to over TLS
// where its name says so or, if it has TLS, where st is. It is nil when it is not in the run.
func (s *session) proof(st *stand.Stand, name string) *stand.Stand {
	name, secured := strings.CutSuffix(name, "+tls")
	for _, other := range s.stands {
		t := other.Target
		if t.Proxy == st.Target.Proxy && t.Version.Name == st.Target.Version.Name && t.Configuration.Name == name &&
			t.TLS == (secured || st.TLS && t.Configuration.TLS) {
			return other
		}
	}
	return nil
}

// unmatched are the entries that could have matched a result of this run and matched none. An entry is only asked for when
// all its checks were judged, on all configurations of a tested version that it names. When all versions are tested, one
// that speaks of none of them is stale too.
func (s *session) unmatched() []reports.Stale {
	if s.interrupted != "" || len(s.options.Targets) > 0 || s.options.Labels != "" || s.runtime.Name() != "docker" {
		return nil
	}
	var list []reports.Stale
	seen := map[*proxies.Proxy]bool{}
	for _, st := range s.stands {
		p := st.Target.Proxy
		if seen[p] || s.anyDown(p) {
			continue
		}
		seen[p] = true
		for _, k := range p.Known {
			if s.judges(k) && s.tests(p, k) && !s.matched[entryName(p, k)] {
				list = append(list, reports.Stale{Entry: entryName(p, k), Check: k.Check})
			}
		}
	}
	return list
}

// judges reports whether all checks that the entry speaks of were judged.
func (s *session) judges(k proxies.KnownFailure) bool {
	for _, c := range judgedBy(k.Check, k.Scenarios...) {
		if !slices.ContainsFunc(s.plan.chosen, func(chosen Check) bool { return chosen.ID == c.ID }) {
			return false
		}
	}
	return true
}

// tests reports whether a version that the entry speaks of is tested, as far as the choice of versions allows.
func (s *session) tests(p *proxies.Proxy, k proxies.KnownFailure) bool {
	if s.options.Versions == proxies.AllVersions {
		return true
	}
	for _, st := range s.stands {
		if st.Target.Proxy == p && k.Covers(*st.Target) {
			return true
		}
	}
	return false
}

// anyDown reports whether a target of the proxy could not be brought up: then its entries cannot be called stale.
func (s *session) anyDown(p *proxies.Proxy) bool {
	for _, st := range s.stands {
		if st.Target.Proxy == p && st.Err != nil {
			return true
		}
	}
	return false
}
