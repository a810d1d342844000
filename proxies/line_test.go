package proxies

import (
	"regexp"
	"strings"
	"testing"
)

const twice = `# finwait: changes send here
listen 80
timeout 9

send here
   # send nowhere

listen 443 {  send there }
`

func TestLines(t *testing.T) {
	p := &Proxy{
		Listen: Listen{Plain: 80, TLS: 443},
		Route:  regexp.MustCompile(`(?m)(?:^|[\s{])\s*send\s`),
		Causes: []Cause{
			{Check: "x/y", Cause: "not there", Directive: "^linger"},
			{Check: "x/y", Cause: "missing"},
			{Check: "x/y", Cause: "there", Directive: `^\s*timeout\s`},
			{Check: "x/z", Cause: "of another check", Directive: `^listen`},
		},
	}
	c := &Configuration{Source: []byte(twice)}
	plain, tls := Target{Proxy: p, Configuration: c}, Target{Proxy: p, Configuration: c, TLS: true}
	if got := plain.RouteLine(); got != 5 {
		t.Errorf("the route is line %d, want 5", got)
	}
	if got := tls.RouteLine(); got != 8 {
		t.Errorf("the route over TLS is line %d, want 8", got)
	}
	for _, test := range []struct {
		name      string
		target    Target
		directive string
		want      int
	}{
		{"a directive", plain, `^timeout`, 3},
		{"one that stands once", tls, `^timeout`, 3},
		{"the listener over TLS", tls, `^listen`, 8},
		{"white space before it", plain, `^\s*send`, 5},
		{"the end of a line", plain, `9$`, 3},
		{"none", plain, "", 5},
		{"one that is not there", tls, `^linger`, 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := (KnownFailure{Directive: test.directive}).LineOf(test.target); got != test.want {
				t.Errorf("line %d, want %d", got, test.want)
			}
		})
	}
	if cause, line := plain.CauseOf("x/y"); cause == nil || cause.Cause != "there" || line != 3 {
		t.Errorf("%+v in line %d, want that of line 3", cause, line)
	}
	if cause, line := plain.CauseOf("x/none"); cause != nil || line != 5 {
		t.Errorf("%+v in line %d, want none and the route", cause, line)
	}
	p.Route = nil
	if got := (KnownFailure{}).LineOf(plain); got != 0 {
		t.Errorf("without a pattern it is line %d", got)
	}
}

// A finding is shown on a line, so every configuration needs one: to the backend, which is what its route names.
func TestBundledRoutes(t *testing.T) {
	all, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := Targets(all, Selection{})
	if err != nil {
		t.Fatal(err)
	}
	for _, target := range targets {
		line := target.RouteLine()
		if line == 0 {
			t.Errorf("%s has no line that matches the route of %s", target.ID(), target.Proxy.Name)
			continue
		}
		text := strings.Split(string(target.Configuration.Source), "\n")[line-1]
		if !strings.Contains(text, "backend:8080") && !strings.Contains(text, "proxy_pass          http://app;") && !strings.Contains(text, "proxy_pass        http://app;") {
			t.Errorf("%s: the route is line %d, %q", target.ID(), line, text)
		}
	}
	for _, name := range []string{"apache", "caddy"} { // say everything twice
		for _, target := range targets {
			if target.Proxy.Name != name || !target.TLS {
				continue
			}
			plain := target
			plain.TLS = false
			if plain.RouteLine() >= target.RouteLine() {
				t.Errorf("%s: the route is line %d, without TLS %d", target.ID(), target.RouteLine(), plain.RouteLine())
			}
		}
	}
}

// Users' files are written in many ways: what a bundled pattern has to find in them, and what not.
func TestBundledRoutesFindUsersLines(t *testing.T) {
	all, err := Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		proxy, text string
		want        int
	}{
		{"apache", "#ProxyPass / ws://a/\nProxyPass /static !\n  proxypass \"/ws\" \"ws://10.0.0.1:8001/ws\"\n", 3},
		{"apache", "<Location /ws>\n  ProxyPass wss://backend/ws\n</Location>\n", 2},
		{"apache", "RewriteRule ^/old /new [R,L]\nRewriteRule /(.*) ws://127.0.0.1:8001/$1 [P,L]\n", 2},
		{"apache", "ProxyPass / balancer://app/\n", 1},
		{"apache", "ProxyPassReverse / http://backend/\n", 0},
		{"nginx", "location /ws { proxy_pass http://127.0.0.1:8001; }\n", 1},
		{"nginx", "#proxy_pass http://a;\n\tproxy_pass_header X;\n\tproxy_pass $up;\n", 3},
		{"caddy", "example.com {\n\treverse_proxy @ws localhost:8001 {\n", 2},
		{"haproxy", "backend a\n  option httpchk\n  server  s1  10.0.0.1:80 check\n", 3},
		{"haproxy", "defaults\n  timeout server 5s\n", 0},
	} {
		for _, p := range all {
			if p.Name != test.proxy {
				continue
			}
			target := Target{Proxy: p, Configuration: &Configuration{Source: []byte(test.text)}}
			if got := target.RouteLine(); got != test.want {
				t.Errorf("%s: line %d of %q, want %d", p.Name, got, test.text, test.want)
			}
		}
	}
}
