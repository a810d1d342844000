package suites

import (
	"fmt"

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
	s.matched[entryName(st.Target.Proxy, entry)] = true
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

func entryName(p *proxies.Proxy, k proxies.KnownFailure) string {
	return fmt.Sprintf("proxies/%s/known-failures.yaml:%d", p.Name, k.Line)
}

// stale are the entries that could have matched a result of this run and matched none. An entry is only asked for when
// its check was judged on all configurations of a tested version that it names.
func (s *session) stale() []reports.Stale {
	if s.interrupted != "" || len(s.options.Targets) > 0 || s.options.Labels != "" || s.runtime.Name() != "docker" {
		return nil
	}
	judged := map[string]bool{}
	for _, c := range s.plan.chosen {
		judged[c.ID] = true
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
			if judged[k.Check] && s.tests(p, k) && !s.matched[entryName(p, k)] {
				list = append(list, reports.Stale{Entry: entryName(p, k), Check: k.Check})
			}
		}
	}
	return list
}

// tests reports whether a version that the entry speaks of is tested.
func (s *session) tests(p *proxies.Proxy, k proxies.KnownFailure) bool {
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
