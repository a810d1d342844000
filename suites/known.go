package suites

import (
	"cmp"
	"fmt"
	"path/filepath"
	"slices"

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

// checkKnown finds entries that can match no result: their check or scenario does not exist. Folder is that of --proxies.
func checkKnown(all []*proxies.Proxy, folder string) error {
	for _, p := range all {
		for _, k := range p.Known {
			err := exists(k)
			if err != nil {
				return fmt.Errorf("%s:%d: %w", filepath.Join(cmp.Or(folder, "proxies"), p.Name, "known-failures.yaml"), k.Line, err)
			}
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

// stale are the entries that could have matched a result of this run and matched none. An entry is only asked for when
// all its checks were judged, on all configurations of a tested version that it names. When all versions are tested, one
// that speaks of none of them is stale too.
func (s *session) stale() []reports.Stale {
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
