package reports

import (
	"fmt"
	"slices"
	"strings"
)

// changeGroup is the same directives on the same proxy with the same effects, in whatever versions and over TLS or not.
type changeGroup struct {
	first    Change
	versions []string
	names    []string // of the targets within their products
	all      []Change
}

func (p *page) changes(run *Run) {
	changes := Changes(run)
	if len(changes) == 0 {
		return
	}
	p.section("WHAT A DIRECTIVE CHANGES", "beside the configuration that it varies; chance and noise are left out")
	var without []changeGroup
	for _, g := range groupChanges(changes) {
		if g.first.None() && g.first.Verdicts+g.first.Durations > 0 {
			without = append(without, g)
			continue
		}
		p.item(2, p.paint(bold, g.first.directive())+" on "+g.where()+": "+g.words(run))
	}
	if len(without) == 0 {
		return
	}
	verdicts, durations := 0, 0
	for _, g := range without {
		for _, c := range g.all {
			verdicts, durations = verdicts+c.Verdicts, durations+c.Durations
		}
	}
	p.item(2, fmt.Sprintf("no measurable effect on any check (%s and %s compared):",
		plural(verdicts, "verdict"), plural(durations, "duration")))
	for _, g := range without {
		p.item(4, p.paint(bold, g.first.directive())+" on "+g.where())
	}
}

// groupChanges folds changes that read the same.
func groupChanges(changes []Change) []changeGroup {
	var groups []changeGroup
	places := map[string]int{}
	for _, c := range changes {
		key := c.key()
		i, ok := places[key]
		if !ok {
			i = len(groups)
			places[key], groups = i, append(groups, changeGroup{first: c})
		}
		g := &groups[i]
		g.all = append(g.all, c)
		if !slices.Contains(g.versions, c.Target.Version) {
			g.versions = append(g.versions, c.Target.Version)
		}
		if !slices.Contains(g.names, c.Target.Name()) {
			g.names = append(g.names, c.Target.Name())
		}
	}
	for i, g := range groups {
		slices.SortFunc(groups[i].versions, compareVersions)
		for _, c := range g.all[1:] { // the sizes of all of them
			for k, e := range c.Effects {
				mine := &groups[i].first.Effects[k]
				mine.Differences = append(slices.Clip(mine.Differences), e.Differences...)
			}
		}
	}
	return groups
}

func (c Change) key() string {
	parts := []string{c.Target.Proxy, c.Target.Config, c.directive(), fmt.Sprint(c.Verdicts+c.Durations == 0)}
	for _, e := range c.Effects {
		parts = append(parts, e.key())
	}
	for _, t := range c.Traits {
		parts = append(parts, t.Words())
	}
	return strings.Join(parts, "\x01")
}

// directive is what the configuration changes, or its name where it does not say.
func (c Change) directive() string {
	if len(c.Target.Changes) == 0 {
		return c.Target.Config
	}
	var lines []string
	for _, line := range c.Target.Changes {
		lines = append(lines, strings.TrimRight(line, "; ")) // nginx ends its directives itself
	}
	return strings.Join(lines, "; ")
}

// where is "apache 2.4.69 and 2.4.71 (nokeepalive and nokeepalive+tls, beside wstunnel)".
func (g changeGroup) where() string {
	return fmt.Sprintf("%s %s (%s, beside %s)", g.first.Target.Proxy, listed(g.versions), listed(g.names), g.first.Base.Config)
}

func (g changeGroup) words(run *Run) string {
	if g.first.None() {
		return "nothing to compare, no check was measured on both"
	}
	var words []string
	for _, e := range g.first.Effects {
		words = append(words, e.Words(run))
	}
	for _, t := range g.first.Traits {
		words = append(words, t.Words())
	}
	return strings.Join(words, "; ")
}
