package proxies

import (
	"fmt"
	"slices"
	"strings"
)

const causesFile = "causes.yaml"

// Cause is an entry of causes.yaml: what makes a check fail on this proxy, and what cures it. `finwait explain` shows it.
type Cause struct {
	Check  string `yaml:"check"`  // id
	Cause  string `yaml:"cause"`  // what the proxy does, in a sentence
	Cure   string `yaml:"cure"`   // the directives, or why there are none
	Source string `yaml:"source"` // its documentation, code or bug
	// Directive is a regular expression for the line of a configuration that is the cause; empty: none is, one is missing.
	Directive string `yaml:"line"`
	Proven    string `yaml:"proven"` // the configuration that applies the cure; empty: none does
	// Apply makes the cure of a user's own configuration: edits that `finwait validate` tries on a copy, all of them at once.
	// Empty: it takes a person.
	Apply    []Edit `yaml:"apply"`
	Versions string `yaml:"versions"` // semver range of the versions that understand what Apply writes; empty: all
	Costs    string `yaml:"costs"`    // what the cure takes in return, in a sentence; empty: nothing
	Line     int    `yaml:"-"`        // in the file
}

func (r reader) readCauses() error {
	source, err := r.optional(causesFile)
	if source == nil || err != nil {
		return err
	}
	var entries []Cause
	d, p, err := decode(source, &entries)
	if err != nil {
		return r.at(causesFile, p, "%w", err)
	}
	for i := range entries {
		at := fmt.Sprintf("[%d]", i)
		entries[i].Line = d.place(at).line
		r.checkCause(d, at, entries[i])
	}
	if p, err := d.first(); err != nil {
		return r.at(causesFile, p, "%w", err)
	}
	r.proxy.Causes = entries
	return nil
}

func (r reader) checkCause(d *document, at string, c Cause) {
	d.require(at, []required{
		{"check", c.Check, "the id of a check"},
		{"cause", c.Cause, "what the proxy does"},
		{"cure", c.Cure, "the directives that cure it, or why there are none"},
		{"source", c.Source, "its documentation, code or bug"},
	})
	d.directive(at+".line", c.Directive)
	d.checkApply(at, c)
	if c.Proven != "" {
		r.checkProven(d, at+".proven", c.Proven)
	}
}

// checkProven says what is wrong with the name of a configuration that is to prove something.
func (r reader) checkProven(d *document, key, name string) {
	if there := r.proxy.spoken(); !slices.Contains(there, name) {
		d.fault(key, "proven %q is no configuration%s; expected one of %s", name, hint(name, there), strings.Join(there, ", "))
	}
}

// spoken are the configurations as a target's id names them: with "+tls" too where they have TLS.
func (p *Proxy) spoken() []string {
	var all []string
	for _, c := range p.Configurations {
		all = append(all, c.Name)
		if c.TLS {
			all = append(all, c.Name+"+tls")
		}
	}
	return all
}
