package proxies

import (
	"bytes"
	"slices"
	"strings"
	"testing"
)

// cureSamples make of bundled configurations what no bundled one has, because it is wrong: what the cures of the bundled causes
// are for. Each replaces a text by another one.
var cureSamples = map[string][]struct{ base, old, text string }{
	"apache": {
		{"wstunnel", "    ProxyPass", "    ProxyErrorOverride On\n    ProxyPass"},
		{"wstunnel", "ws://backend:8080/", "ws://backend:8080/ timeout=60"},
		{"wstunnel", "ProxyPass / ws://backend:8080/", "<Location />\n        ProxyPass ws://backend:8080/\n    </Location>"},
		{"upgrade-http", " upgrade=websocket", " retry=0"},
		{"rewrite", "ws://", "http://"},
	},
	"nginx": {
		{"map-upgrade", "        location", "        proxy_intercept_errors on;\n        location"},
		{"map-upgrade", "$connection_upgrade;", `"";`},
		{"short-read-timeout", "  3s;", "  5m;"},
		{"no-upgrade-headers", "        location / {\n            proxy_pass        http://app;\n", "        location / { proxy_pass http://app; }\n        location /x {\n"},
	},
	"haproxy": {
		{"default", "    option httplog\n", "    option httplog\n    option nolinger\n"},
		{"tcp-fin-timeouts", "    timeout client-fin 1s\n    timeout server-fin 1s\n", ""},
		{"default", "timeout server 50s", "timeout server 3s"},
	},
	"caddy": {
		{"default", "{\n\tadmin off\n\tauto_https off\n}\n", ""},
		{"stream-close-delay", "1m", "0s"},
		{"strict-opening", "response_header_timeout 3s", "dial_timeout 5s"},
	},
}

// cureTargets are all bundled configurations of a proxy and its samples, spoken to in every way.
func cureTargets(t *testing.T, p *Proxy) []Target {
	t.Helper()
	configurations := slices.Clone(p.Configurations)
	for _, sample := range cureSamples[p.Name] {
		i := slices.IndexFunc(p.Configurations, func(c *Configuration) bool { return c.Name == sample.base })
		if i < 0 || !bytes.Contains(p.Configurations[i].Source, []byte(sample.old)) {
			t.Fatalf("%s has no configuration %s with %q", p.Name, sample.base, sample.old)
		}
		changed := *p.Configurations[i]
		changed.Name += " with " + sample.text
		changed.Source = bytes.ReplaceAll(changed.Source, []byte(sample.old), []byte(sample.text))
		configurations = append(configurations, &changed)
	}
	var targets []Target
	for _, c := range configurations {
		targets = append(targets, Target{Proxy: p, Reported: "99.0.0", Configuration: c})
		if c.TLS {
			targets = append(targets, Target{Proxy: p, Reported: "99.0.0", Configuration: c, TLS: true})
		}
	}
	return targets
}

// Every cure that finwait applies by itself changes at least one configuration into one that is still well-formed, and is not on
// offer once more there.
func TestBundledCuresApply(t *testing.T) {
	all, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		targets := cureTargets(t, p)
		for i := range p.Causes {
			cause := &p.Causes[i]
			if len(cause.Apply) == 0 {
				continue
			}
			applied := 0
			for _, target := range targets {
				patched, ok := cured(t, target, cause)
				if !ok {
					continue
				}
				applied++
				target.Configuration = patched
				if _, again := remedyOf(target, cause); again {
					t.Errorf("%s:%d, on %s: it is on offer again after it was applied:\n%s", p.Name, cause.Line, target.ID(), patched.Source)
				}
			}
			if applied == 0 {
				t.Errorf("%s:%d, %s: no configuration shows what it writes", p.Name, cause.Line, cause.Check)
			}
		}
	}
}

func remedyOf(target Target, cause *Cause) (Remedy, bool) {
	remedies := target.Remedies(cause.Check)
	i := slices.IndexFunc(remedies, func(r Remedy) bool { return r.Cause == cause })
	if i < 0 {
		return Remedy{}, false
	}
	return remedies[i], true
}

// cured is the target's configuration with the cure of a cause; false: it cannot be applied there.
func cured(t *testing.T, target Target, cause *Cause) (*Configuration, bool) {
	t.Helper()
	r, ok := remedyOf(target, cause)
	if !ok {
		return nil, false
	}
	before := target.Configuration
	source, err := Patched(before.Source, r.Changes)
	if err != nil || bytes.Equal(source, before.Source) {
		t.Errorf("%s:%d, on %s: %v, or nothing changed", target.Proxy.Name, cause.Line, target.ID(), err)
	}
	if r.Directive == "" || strings.Contains(r.Directive, "\n") || r.Line < 1 {
		t.Errorf("%s:%d, on %s: line %d, %q", target.Proxy.Name, cause.Line, target.ID(), r.Line, r.Directive)
	}
	after := *before
	after.Source = source
	target.Configuration = &after
	wellFormed(t, target)
	return &after, true
}

// wellFormed is what can be told without the proxy: every block is closed, the text has none of the marks of an edit, the route is
// still there, and nginx's directives have their ends.
func wellFormed(t *testing.T, target Target) {
	t.Helper()
	l := target.layout()
	depth := 0
	for n, line := range l.lines {
		if l.kinds != nil && l.kinds.Begins == nil {
			for _, opens := range l.kinds.tokens(line) {
				if depth--; opens {
					depth += 2
				}
				if depth < 0 {
					t.Errorf("%s: line %d closes what is not open:\n%s", target.ID(), n+1, target.Configuration.Source)
				}
			}
		}
		text := strings.TrimSpace(line)
		if target.Proxy.Name == "nginx" && text != "" && !strings.ContainsAny(text[len(text)-1:], ";{}") {
			t.Errorf("%s: line %d has no end: %q", target.ID(), n+1, text)
		}
		if groups.MatchString(line) || strings.Contains(line, "{port}") {
			t.Errorf("%s: line %d has a mark of an edit: %q", target.ID(), n+1, text)
		}
	}
	if depth != 0 {
		t.Errorf("%s: %d blocks are not closed:\n%s", target.ID(), depth, target.Configuration.Source)
	}
	if target.RouteLine() == 0 {
		t.Errorf("%s: the route is gone:\n%s", target.ID(), target.Configuration.Source)
	}
}

// The cures of one configuration go together, or say at which line they do not.
func TestBundledCuresGoTogether(t *testing.T) {
	all, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, target := range cureTargets(t, p) {
			var changes []Change
			done := map[string]bool{}
			for _, c := range p.Causes {
				if done[c.Check] || c.Check == "liveness/idle-limit" { // wants the opposite of handshake/silent-backend
					continue
				}
				done[c.Check] = true
				if remedies := target.Remedies(c.Check); len(remedies) > 0 {
					changes = append(changes, remedies[0].Changes...)
				}
			}
			source, err := Patched(target.Configuration.Source, changes)
			if err != nil {
				t.Errorf("%s: %v", target.ID(), err)
				continue
			}
			after := *target.Configuration
			after.Source = source
			target.Configuration = &after
			wellFormed(t, target)
		}
	}
}
