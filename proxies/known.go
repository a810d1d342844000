package proxies

import (
	"fmt"
	"slices"

	"github.com/Masterminds/semver/v3"
)

const knownFile = "known-failures.yaml"

// Match returns the first entry of known-failures.yaml that speaks of check in scenario on target. A pattern of
// configurations without "+tls" speaks of both, plain and TLS. An entry with a version range matches no target whose
// version is not known to be a number.
func (p *Proxy) Match(check, scenario string, target Target) (KnownFailure, bool) {
	for _, k := range p.Known {
		if k.Speaks(check, scenario) && k.Covers(target) {
			return k, true
		}
	}
	return KnownFailure{}, false
}

// Speaks reports whether the entry speaks of check in scenario.
func (k KnownFailure) Speaks(check, scenario string) bool {
	return globMatch(k.Check, check) && (len(k.Scenarios) == 0 || anyMatch(k.Scenarios, scenario))
}

// Covers reports whether the entry speaks of target's version and configuration.
func (k KnownFailure) Covers(target Target) bool {
	return (len(k.Configurations) == 0 || k.matchConfiguration(target)) &&
		(k.Versions == "" || within(k.Versions, target))
}

func (k KnownFailure) matchConfiguration(target Target) bool {
	name := target.Configuration.Name
	return anyMatch(k.Configurations, name) || target.TLS && anyMatch(k.Configurations, name+"+tls")
}

func within(versions string, target Target) bool {
	version := target.Reported
	if version == "" {
		version = target.Version.Name
	}
	constraint, err := semver.NewConstraint(versions)
	if err != nil {
		return false
	}
	v, err := numbers(version)
	return err == nil && constraint.Check(v)
}

func (r reader) readKnownFailures() error {
	source, err := r.optional(knownFile)
	if source == nil || err != nil {
		return err
	}
	var entries []KnownFailure
	d, p, err := decode(source, &entries)
	if err != nil {
		return r.at(knownFile, p, "%w", err)
	}
	for i := range entries {
		at := fmt.Sprintf("[%d]", i)
		entries[i].Line = d.place(at).line
		r.checkKnown(d, at, entries[i])
	}
	if p, err := d.first(); err != nil {
		return r.at(knownFile, p, "%w", err)
	}
	r.proxy.Known = entries
	return nil
}

func (r reader) checkKnown(d *document, at string, k KnownFailure) {
	d.require(at, []required{
		{"check", k.Check, "the id of a check or a pattern of ids"},
		{"why", k.Why, "what the proxy does"},
		{"source", k.Source, "its code, changelog or bug"},
		{"remedy", k.Remedy, "the directive that cures it, or why there is none"},
	})
	if !d.has(at + ".proven") {
		d.fault(at+".proven", "proven is missing; expected the configurations that apply the remedy, or [] where there is none")
	}
	r.checkDirective(d, at+".line", k)
	for i, name := range k.Proven {
		r.checkProven(d, fmt.Sprintf("%s.proven[%d]", at, i), name)
	}
	d.patterns(at+".check", k.Check)
	d.patterns(at+".scenarios", k.Scenarios...)
	d.patterns(at+".configurations", k.Configurations...)
	for i, pattern := range k.Configurations {
		if !r.proxy.hasMatch(pattern) {
			d.fault(fmt.Sprintf("%s.configurations[%d]", at, i),
				"%q matches no configuration; expected names or patterns of those in configs, +tls where they have TLS", pattern)
		}
	}
	if _, err := semver.NewConstraint(k.Versions); k.Versions != "" && err != nil {
		d.fault(at+".versions", "versions %q is no version range; expected one like \">=2.4.47\"", k.Versions)
	}
}

// required is a key of an entry that must have a text.
type required struct{ key, value, expected string }

// require notes which keys of the entry at path have no text.
func (d *document) require(path string, all []required) {
	for _, r := range all {
		if r.value == "" {
			key := path + "." + r.key
			d.fault(key, "%s is %s; expected %s", r.key, d.lack(key), r.expected)
		}
	}
}

// patterns checks those that are there; where one must be there, that is said already.
func (d *document) patterns(key string, patterns ...string) {
	for _, pattern := range patterns {
		if _, err := Glob(pattern); err != nil && pattern != "" {
			d.fault(key, "%s", err)
		}
	}
}

func (p *Proxy) hasMatch(pattern string) bool {
	return slices.ContainsFunc(p.spoken(), func(name string) bool { return globMatch(pattern, name) })
}
