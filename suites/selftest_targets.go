package suites

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/proxies"
)

// What the configurations of the fault proxy are called.
const (
	faultless = "none"  // does everything right
	delaying  = "delay" // delays what a request asks for, and does everything right where none asks
	founding  = "pooled-back-leg"
)

// trial is one configuration of the fault proxy and what is expected of it.
type trial struct {
	name   string           // of the configuration
	fault  faultproxy.Fault // what it does wrong. Without Trips it has to be found faultless
	cured  bool             // the fault is there, and nokeepalive cures it
	repeat bool             // one of the repeats of the faultless proxy
	tls    bool             // there is a target that speaks TLS too
}

// trials are the faults whose names match the glob only (empty: all), the faultless proxy as often as repeats says, half
// of it plain and half over TLS, the proxy that delays, and the founding fault with its cure.
//
// The repeats are stands beside each other and not runs one after the other: that costs no further wait, and a faultless
// proxy among all those that misbehave at the same time is where a false alarm would come from.
func trials(only string, repeats int) ([]trial, error) {
	faults := slices.DeleteFunc(faultproxy.Faults(), func(f faultproxy.Fault) bool { return f.Trips == "" })
	chosen, err := proxies.Glob(cmp.Or(only, "*"))
	if err != nil {
		return nil, fmt.Errorf("--fault %q is malformed: %w; give a glob like 'pooled-*'", only, err)
	}
	var list []trial
	for _, f := range faults {
		if chosen.MatchString(f.Name) {
			list = append(list, trial{name: f.Name, fault: f, tls: tlsOnly(f.Trips)})
		}
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("--fault %q matches none: give a glob on %s", only, faultNames(faults))
	}
	if slices.ContainsFunc(list, func(t trial) bool { return t.name == founding }) {
		list = append(list, trial{name: founding + "-nokeepalive", fault: faultproxy.Fault{Name: founding}, cured: true})
	}
	list = append(list, trial{name: delaying, fault: faultproxy.Fault{Name: delaying}})
	for i := range (repeats + 1) / 2 {
		none := faultproxy.Fault{Name: faultless}
		list = append(list, trial{name: fmt.Sprintf("%s-%02d", faultless, i+1), fault: none, repeat: true, tls: 2*i+1 < repeats})
	}
	return list, nil
}

func faultNames(faults []faultproxy.Fault) string {
	names := make([]string, len(faults))
	for i, f := range faults {
		names[i] = f.Name
	}
	return strings.Join(names, ", ")
}

// tlsOnly reports whether the check is judged on +tls targets alone.
func tlsOnly(check string) bool {
	return slices.ContainsFunc(Catalogue(), func(c Check) bool { return c.ID == check && c.TLSOnly })
}

// unproven are the checks that no fault is there for.
func unproven(checks []Check, faults []faultproxy.Fault) []string {
	var ids []string
	for _, c := range checks {
		if !slices.ContainsFunc(faults, func(f faultproxy.Fault) bool { return f.Trips == c.ID }) {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// faultProxy is the product that is tested: finwait's own proxy, in one configuration a trial. Its version is finwait's.
func faultProxy(version string, list []trial) *proxies.Proxy {
	const folder = "/etc/faultproxy/"
	p := &proxies.Proxy{
		Name:     "faultproxy",
		Title:    "finwait's own proxy with a known fault",
		Self:     true,
		Versions: []proxies.Version{{Name: version, Default: true}},
		Config:   folder + "faultproxy.yaml",
		Command:  []string{"{binary}", "faultproxy", "--config", "{config}"},
		Listen:   proxies.Listen{Plain: 80, TLS: 443},
		TLS:      proxies.TLSFiles{Certificate: folder + "server.crt", Key: folder + "server.key"},
		Alarm:    regexp.MustCompile(`\[(alert|crit|emerg)\]`),
		Reload:   &proxies.Reload{Signal: "USR1", Logged: regexp.MustCompile(`reloaded .*; tunnels open`)},
	}
	for _, t := range list {
		p.Configurations = append(p.Configurations, t.configuration(p.TLS))
	}
	return p
}

func (t trial) configuration(files proxies.TLSFiles) *proxies.Configuration {
	var text strings.Builder
	fmt.Fprintf(&text, "listen: \":80\"\nupstream: http://backend:8080\nfault: %s\n", t.fault.Name)
	if t.cured {
		text.WriteString("nokeepalive: true\n")
	}
	if t.tls {
		fmt.Fprintf(&text, "listen_tls: \":443\"\ncertificate: %s\nkey: %s\n", files.Certificate, files.Key)
	}
	return &proxies.Configuration{
		Name:   t.name,
		Title:  t.fault.Summary,
		TLS:    t.tls,
		Path:   "faultproxy/" + t.name + ".yaml",
		Source: []byte(text.String()),
	}
}
