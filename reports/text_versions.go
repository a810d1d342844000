package reports

import (
	"fmt"
	"strings"
)

func (p *page) versions(run *Run) {
	steps := VersionChanges(run)
	if len(steps) == 0 {
		return
	}
	p.section("BETWEEN VERSIONS", "each configuration beside itself in the version before")
	for _, s := range steps {
		title := p.paint(bold, fmt.Sprintf("%s %s", s.Proxy, glue(s.From+" → "+s.To)))
		switch {
		case s.Verdicts+s.Durations == 0:
			p.item(2, title+": nothing to compare, no check was measured on both")
			continue
		case len(s.Effects) == 0:
			p.item(2, fmt.Sprintf("%s: no measurable difference in %s (%s and %s compared)", title,
				plural(len(s.Configs), "configuration"), plural(s.Verdicts, "verdict"), plural(s.Durations, "duration")))
			continue
		}
		p.item(2, title+":")
		for _, e := range s.Effects {
			p.item(4, e.Words(run)+" · "+s.in(e))
		}
	}
}

// in says in which configurations an effect is: "in default and fin-timeouts", "in all 9 configurations".
func (s VersionStep) in(e VersionEffect) string {
	switch n := len(e.Configs); {
	case n == len(s.Configs) && n > 1:
		return fmt.Sprintf("in all %d configurations", n)
	case n > maxScenarios:
		return fmt.Sprintf("in %s and %d more of %d configurations", strings.Join(e.Configs[:maxScenarios-1], ", "), n-maxScenarios+1, len(s.Configs))
	}
	return "in " + listed(e.Configs)
}
