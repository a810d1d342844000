package proxies

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

func TestBundled(t *testing.T) {
	proxies, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	want := map[string]string{
		"apache":  "classic-tunnel classic-tunnel-nokeepalive disablereuse nohalfclose nokeepalive rewrite strict-opening upgrade-http wstunnel",
		"caddy":   "client-keepalive default stream-close-delay stream-timeout strict-opening",
		"goproxy": "default no-half-close strict-opening",
		"haproxy": "client-keepalive default fin-timeouts server-timeout tcp-fin-timeouts tunnel-timeout",
		"nginx":   "client-keepalive keepalive-upstream map-upgrade no-upgrade-headers short-read-timeout upgrade-http11",
	}
	for _, p := range proxies {
		var names []string
		for _, c := range p.Configurations {
			names = append(names, c.Name)
			if !bytes.Contains(c.Source, []byte("backend:8080")) {
				t.Errorf("%s does not have the upstream backend:8080", c.Path)
			}
			if c.Varies == "" && len(names) > 0 && c.Name != base[p.Name] {
				t.Errorf("%s varies nothing, want %s", c.Path, base[p.Name])
			}
		}
		for _, name := range strings.Fields(want[p.Name]) {
			if !slices.Contains(names, name) {
				t.Errorf("%s has %v, want %s too", p.Name, names, name)
			}
		}
		if p.Local == nil {
			t.Errorf("%s does not say how it runs without a container", p.Name)
		}
		if p.Self == (p.Dockerfile != nil) {
			t.Errorf("%s: self is %v and the Dockerfile has %d bytes", p.Name, p.Self, len(p.Dockerfile))
		}
		if p.Self != (p.Reload == nil) || p.Reload != nil && p.Reload.Logged == nil {
			t.Errorf("%s: reload is %+v, want one that its log tells of", p.Name, p.Reload)
		}
		delete(want, p.Name)
	}
	if len(want) > 0 {
		t.Errorf("missing proxies: %v", want)
	}
}

// base is the configuration that the others of a proxy vary.
var base = map[string]string{"apache": "wstunnel", "caddy": "default", "goproxy": "default", "haproxy": "default", "nginx": "map-upgrade"}

func TestBundledTLSTargets(t *testing.T) {
	proxies, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(proxies, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	secured := map[string][]string{}
	for _, target := range targets {
		if target.TLS {
			secured[target.Proxy.Name] = append(secured[target.Proxy.Name], target.Configuration.Name)
		}
	}
	want := map[string][]string{
		"apache": {"nokeepalive", "wstunnel"}, "caddy": {"default"}, "goproxy": {"default"}, "haproxy": {"default"}, "nginx": {"map-upgrade"},
	}
	for name, configurations := range want {
		for _, c := range configurations {
			if !slices.Contains(secured[name], c) {
				t.Errorf("%s has TLS in %v, want %s too", name, secured[name], c)
			}
		}
	}
}

// Every configuration must lose its upstream and its ports to the rewrites, or it would not run on loopback.
func TestBundledRewrites(t *testing.T) {
	proxies, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proxies {
		for _, c := range p.Configurations {
			source := c.Source
			for _, rewrite := range p.Local.Rewrites {
				source = rewrite.Match.ReplaceAll(source, []byte(rewrite.With))
			}
			for placeholder, want := range map[string]bool{
				"{backend}": true, "{plain}": true, "{tls}": c.TLS, "{certificate}": c.TLS && p.TLS.Combined == "", "{combined}": c.TLS && p.TLS.Combined != "",
			} {
				if got := bytes.Contains(source, []byte(placeholder)); got != want {
					t.Errorf("%s rewritten: %s is there: %v, want %v", c.Path, placeholder, got, want)
				}
			}
			if bytes.Contains(source, []byte("backend:8080")) || bytes.Contains(source, []byte("127.0.0.1:80\n")) {
				t.Errorf("%s rewritten still has an address of the container", c.Path)
			}
		}
	}
}

// What is understood of a proxy is worth something when its cure is shown to work.
func TestBundledCauses(t *testing.T) {
	proxies, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range proxies {
		proven := 0
		for _, c := range p.Causes {
			if c.Proven != "" {
				proven++
			}
		}
		if proven == 0 {
			t.Errorf("%s has %d causes, none with a cure that a configuration applies", p.Name, len(p.Causes))
		}
	}
}
