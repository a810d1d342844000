package proxies

import (
	"fmt"
	"slices"
	"strings"
)

// What Selection.Versions may be.
const (
	DefaultVersions = "default" // those that proxy.yaml marks so
	AllVersions     = "all"
)

// Selection is the choice of a person. The zero value chooses all targets of the default versions.
type Selection struct {
	Proxies  []string // names; empty: all
	Targets  []string // patterns of ids as MatchTarget takes them; empty: all
	Versions string   // DefaultVersions or AllVersions; empty: DefaultVersions
}

// Targets returns the chosen targets in their order: by proxy as given, by version and configuration as loaded, plain
// before +tls. Configurations that a version is too old for are left out. Versions that are not known yet may let in
// targets that a pattern does not mean: Refine sorts them out once the images were asked.
func Targets(proxies []*Proxy, selection Selection) ([]Target, error) {
	if err := checkVersions(selection.Versions); err != nil {
		return nil, err
	}
	proxies, err := pick(proxies, selection.Proxies)
	if err != nil {
		return nil, err
	}
	every := all(proxies)
	chosen := every
	if selection.Versions != AllVersions {
		chosen = keep(every, func(t Target) bool { return t.Version.Default })
	}
	for _, pattern := range selection.Targets {
		if err := checkPattern(pattern, chosen, every); err != nil {
			return nil, err
		}
	}
	return likely(chosen, selection.Targets), nil
}

// Refine returns those of targets that patterns mean now that their versions are known, in their order. A target
// whose version is still not known stays. Of two with the same id, because two images turned out to be of the same
// version, the first stays. No patterns mean all; a pattern that matches nothing is an error.
func Refine(targets []Target, patterns []string) ([]Target, error) {
	understood := keep(targets, Target.Understood)
	for _, pattern := range patterns {
		if err := checkPattern(pattern, understood, nil); err != nil {
			return nil, fmt.Errorf("%w (versions here: %s)", err, strings.Join(versionsOf(targets), ", "))
		}
	}
	taken := map[string]bool{}
	return keep(matching(understood, patterns), func(t Target) bool {
		twice := taken[t.ID()]
		taken[t.ID()] = true
		return !twice
	}), nil
}

// MatchTarget says whether pattern means target. A pattern is an id in which "*" stands for any text, '/' and '+'
// included, "?" for one character and "{a,b}" for a or b. Its version may be the declared name ("2.4") or what the
// binary printed ("2.4.69"); as long as that is not known, no version is excluded.
func MatchTarget(pattern string, target Target) (bool, error) {
	alternatives, err := expand(pattern)
	if err != nil {
		return false, fmt.Errorf("target pattern: %w", err)
	}
	for _, alternative := range alternatives {
		if matchSure(alternative, target) || target.Reported == "" && matchMaybe(alternative, target) {
			return true, nil
		}
	}
	return false, nil
}

// matchSure matches the id under the names that the version is known by.
func matchSure(pattern string, target Target) bool {
	declared := target
	declared.Reported = ""
	return globMatch(pattern, target.ID()) || globMatch(pattern, declared.ID())
}

// matchMaybe matches what is beside the version.
func matchMaybe(pattern string, target Target) bool {
	product, rest, hasVersion := strings.Cut(pattern, "@")
	_, configuration, hasConfiguration := strings.Cut(rest, "/")
	if !hasVersion || !hasConfiguration {
		return false
	}
	name := target.Configuration.Name
	if target.TLS {
		name += "+tls"
	}
	return globMatch(product, target.Proxy.Name) && globMatch(configuration, name)
}

func checkVersions(versions string) error {
	switch versions {
	case "", DefaultVersions, AllVersions:
		return nil
	}
	return fmt.Errorf("unknown versions %q; expected %s or %s", versions, DefaultVersions, AllVersions)
}

// pick returns the proxies of these names in the order that they are loaded in.
func pick(proxies []*Proxy, chosen []string) ([]*Proxy, error) {
	if len(chosen) == 0 {
		return proxies, nil
	}
	var there []string
	for _, p := range proxies {
		there = append(there, p.Name)
	}
	for _, name := range chosen {
		if !slices.Contains(there, name) {
			return nil, fmt.Errorf("unknown proxy %q%s; there are %s", name, hint(name, there), strings.Join(there, ", "))
		}
	}
	return slices.DeleteFunc(slices.Clone(proxies), func(p *Proxy) bool { return !slices.Contains(chosen, p.Name) }), nil
}

// all returns every target.
func all(proxies []*Proxy) []Target {
	var targets []Target
	for _, p := range proxies {
		for _, v := range p.Versions {
			for _, c := range p.Configurations {
				targets = append(targets, Target{Proxy: p, Version: v, Configuration: c})
				if c.TLS {
					targets = append(targets, Target{Proxy: p, Version: v, Configuration: c, TLS: true})
				}
			}
		}
	}
	return keep(targets, Target.Understood)
}

// checkPattern makes sure that pattern is good and matches one of chosen. Every has those too that --versions all adds:
// if only one of them is meant for sure, it says so.
func checkPattern(pattern string, chosen, every []Target) error {
	alternatives, err := expand(pattern)
	if err != nil {
		return fmt.Errorf("target pattern: %w", err)
	}
	surely := func(t Target) bool {
		return slices.ContainsFunc(alternatives, func(a string) bool { return matchSure(a, t) })
	}
	if !slices.ContainsFunc(chosen, surely) && slices.ContainsFunc(every, surely) {
		return fmt.Errorf("target pattern %q matches no default version; add --versions all", pattern)
	}
	if len(matching(chosen, []string{pattern})) == 0 {
		return fmt.Errorf("target pattern %q matches no target; finwait list targets shows them", pattern)
	}
	return nil
}

// matching returns the targets that one of patterns means, which were checked before; no patterns mean all.
func matching(targets []Target, patterns []string) []Target {
	if len(patterns) == 0 {
		return targets
	}
	return keep(targets, func(t Target) bool {
		return slices.ContainsFunc(patterns, func(pattern string) bool {
			match, err := MatchTarget(pattern, t)
			return err == nil && match
		})
	})
}

// likely is matching, but an alternative that means some targets for sure does not bring in those of unknown version:
// "nginx@1.22/*" is no reason to build the images of all versions.
func likely(targets []Target, patterns []string) []Target {
	if len(patterns) == 0 {
		return targets
	}
	wanted := map[string]bool{}
	for _, pattern := range patterns {
		alternatives, _ := expand(pattern) // was checked before
		for _, alternative := range alternatives {
			meant := keep(targets, func(t Target) bool { return matchSure(alternative, t) })
			if len(meant) == 0 {
				meant = matching(targets, []string{alternative})
			}
			for _, t := range meant {
				wanted[t.ID()] = true
			}
		}
	}
	return keep(targets, func(t Target) bool { return wanted[t.ID()] })
}

func keep(targets []Target, wanted func(Target) bool) []Target {
	var kept []Target
	for _, t := range targets {
		if wanted(t) {
			kept = append(kept, t)
		}
	}
	return kept
}

func versionsOf(targets []Target) []string {
	var versions []string
	for _, t := range targets {
		version := t.Reported
		if version == "" {
			version = t.Version.Name
		}
		if id := t.Proxy.Name + " " + version; !slices.Contains(versions, id) {
			versions = append(versions, id)
		}
	}
	return versions
}
