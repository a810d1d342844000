package suites

import (
	"fmt"
	"path"
	"slices"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
)

// plan says which checks are judged on which stands, and so what has to be played.
type plan struct {
	checks map[string][]Check // by stand id, in the catalogue's order
	chosen []Check            // judged on at least one stand
	// controls are the stands that play everything although they are not judged by what is left afterwards.
	controls map[string]bool
	// cannotVanish says why no client can vanish in this run, so that such scenarios are not played; empty: they can.
	cannotVanish string
}

// newPlan applies the check patterns and the label filter.
func newPlan(o Options, stands []*stand.Stand) (*plan, error) {
	chosen := Catalogue()
	if len(o.Checks) > 0 {
		chosen = nil
		for _, pattern := range o.Checks {
			found, err := Find(pattern)
			if err != nil {
				return nil, err
			}
			chosen = append(chosen, found...)
		}
		chosen = unique(chosen)
	}
	filter, err := labelFilter(o.Labels)
	if err != nil {
		return nil, err
	}
	p := &plan{checks: map[string][]Check{}, controls: map[string]bool{}}
	used := map[string]bool{}
	for _, s := range stands {
		for _, c := range chosen {
			if applies(c, s) && filter(labels(c, s)) {
				p.checks[s.ID] = append(p.checks[s.ID], c)
				used[c.ID] = true
			}
		}
	}
	if len(used) == 0 {
		return nil, fmt.Errorf("no check is left: widen --check, --target or --label-filter (finwait list checks shows what there is)")
	}
	p.chosen = slices.DeleteFunc(chosen, func(c Check) bool { return !used[c.ID] })
	return p, nil
}

// addControl has the control judged by every check that is judged at all and looks at traces, and has it play what the
// stands play: that it can be played says that what is left afterwards was left by the proxy.
func (p *plan) addControl(s *stand.Stand) {
	for _, c := range p.chosen {
		switch {
		case len(c.Scenarios) == 0:
			p.controls[s.ID] = true
		case applies(c, s):
			p.checks[s.ID] = append(p.checks[s.ID], c)
		}
	}
}

// plays reports whether anything is played on a stand.
func (p *plan) plays(id string) bool { return len(p.checks[id]) > 0 || p.controls[id] }

func applies(c Check, s *stand.Stand) bool { return !c.TLSOnly || s.TLS }

// labels are what --label-filter sees of a spec: the check's area and name, its level, the proxy, the configuration, and tls.
// Ginkgo allows no slash in them.
func labels(c Check, s *stand.Stand) []string {
	l := []string{path.Dir(c.ID), path.Base(c.ID), string(c.Level)}
	if s.Target != nil {
		l = append(l, s.Target.Proxy.Name, s.Target.Configuration.Name)
	}
	if s.TLS {
		l = append(l, "tls")
	}
	return l
}

func unique(checks []Check) []Check {
	seen := map[string]bool{}
	return slices.DeleteFunc(checks, func(c Check) bool {
		was := seen[c.ID]
		seen[c.ID] = true
		return was
	})
}

// scenarios are those that the checks of the stand look at in one of the passes.
// The patient pass plays all scenarios as soon as the state of the proxy afterwards is judged, but those of the lifecycle
// pass, which this is not about.
func (p *plan) scenarios(id string, quick bool) []scenario.Scenario {
	wanted := map[string]bool{}
	everything := p.controls[id] && !quick
	for _, c := range p.checks[id] {
		everything = everything || (len(c.Scenarios) == 0 && !quick)
		if c.Quick == quick {
			for _, name := range slices.Concat(c.Scenarios, c.Besides) {
				wanted[name] = true
			}
		}
	}
	var list []scenario.Scenario
	for _, s := range scenario.Catalogue() {
		if (everything || wanted[s.Name]) && !s.Lifecycle && p.unplayable(s) == "" {
			list = append(list, s)
		}
	}
	return list
}

// unplayable says why a scenario cannot be played in this run; empty: it can.
func (p *plan) unplayable(s scenario.Scenario) string {
	if s.Client != scenario.ClientVanishes {
		return ""
	}
	return p.cannotVanish
}

// judgesAftermath reports whether any check of the stand looks at the proxy afterwards.
func (p *plan) judgesAftermath(id string) bool {
	return slices.ContainsFunc(p.checks[id], func(c Check) bool { return len(c.Scenarios) == 0 })
}
