package proxies

import "testing"

func TestMatch(t *testing.T) {
	plain := Target{Version: Version{Name: "2.4"}, Reported: "2.4.69", Configuration: &Configuration{Name: "wstunnel", TLS: true}}
	tls := plain
	tls.TLS = true
	packaged := plain
	packaged.Reported = "v2.4.69-1~deb13u2"
	unasked := plain
	unasked.Reported = ""
	unnumbered := Target{Version: Version{Name: "built-in"}, Configuration: &Configuration{Name: "default"}}

	tests := []struct {
		name   string
		entry  KnownFailure
		target Target
		want   bool
	}{
		{"everything", KnownFailure{Check: "*"}, plain, true},
		{"the check", KnownFailure{Check: "cleanup/back-leg-released"}, plain, true},
		{"another check", KnownFailure{Check: "cleanup/front-leg-released"}, plain, false},
		{"a pattern of checks", KnownFailure{Check: "{close,cleanup}/back-*"}, plain, true},
		{"no part of an id", KnownFailure{Check: "cleanup"}, plain, false},
		{"the scenario", KnownFailure{Check: "*", Scenarios: []string{"both-close", "client-h*"}}, plain, true},
		{"another scenario", KnownFailure{Check: "*", Scenarios: []string{"client"}}, plain, false},
		{"the configuration, plain", KnownFailure{Check: "*", Configurations: []string{"wstunnel"}}, plain, true},
		{"the configuration, TLS", KnownFailure{Check: "*", Configurations: []string{"wstunnel"}}, tls, true},
		{"TLS alone, plain", KnownFailure{Check: "*", Configurations: []string{"wstunnel+tls"}}, plain, false},
		{"TLS alone, TLS", KnownFailure{Check: "*", Configurations: []string{"ws*+tls"}}, tls, true},
		{"another configuration", KnownFailure{Check: "*", Configurations: []string{"nokeepalive", "rewrite"}}, tls, false},
		{"in the range", KnownFailure{Check: "*", Versions: ">=2.4.47"}, plain, true},
		{"below the range", KnownFailure{Check: "*", Versions: ">=2.4.70"}, plain, false},
		{"in a range with an end", KnownFailure{Check: "*", Versions: ">=2.4.47, <2.4.70"}, plain, true},
		{"a packager's version", KnownFailure{Check: "*", Versions: ">=2.4.69"}, packaged, true},
		{"the declared name", KnownFailure{Check: "*", Versions: "2.4"}, unasked, true},
		{"a version without numbers", KnownFailure{Check: "*", Versions: ">=1"}, unnumbered, false},
		{"a version without numbers, no range", KnownFailure{Check: "*"}, unnumbered, true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			p := &Proxy{Known: []KnownFailure{test.entry}}
			if _, got := p.Match("cleanup/back-leg-released", "client-holds", test.target); got != test.want {
				t.Errorf("match is %v, want %v", got, test.want)
			}
		})
	}
}

func TestMatchTakesTheFirst(t *testing.T) {
	p := &Proxy{Known: []KnownFailure{{Check: "close/latency", Line: 1}, {Check: "close/*", Line: 2}, {Check: "*", Line: 3}}}
	if k, ok := p.Match("close/code-preserved", "", Target{}); !ok || k.Line != 2 {
		t.Errorf("match is line %d (%v), want 2", k.Line, ok)
	}
}
