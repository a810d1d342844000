package proxies

import (
	"slices"
	"strings"
	"testing"
)

// sample returns two proxies: apache in versions 2.4 (default) and 2.2, nginx in 1.30 (default) and 1.22.
func sample() []*Proxy {
	return []*Proxy{
		{
			Name:     "apache",
			Versions: []Version{{Name: "2.4", Default: true}, {Name: "2.2"}},
			Configurations: []*Configuration{
				{Name: "fallback", Needs: ">=2.4.48"}, {Name: "nokeepalive", TLS: true}, {Name: "wstunnel", TLS: true},
			},
		},
		{
			Name:           "nginx",
			Versions:       []Version{{Name: "1.30", Default: true}, {Name: "1.22"}},
			Configurations: []*Configuration{{Name: "map", TLS: true}, {Name: "plain"}},
		},
	}
}

func ids(targets []Target) string {
	all := make([]string, 0, len(targets))
	for _, t := range targets {
		all = append(all, t.ID())
	}
	return strings.Join(all, " ")
}

func TestTargets(t *testing.T) {
	tests := []struct {
		name      string
		selection Selection
		want      string
	}{
		{"all of the default versions", Selection{}, "apache@2.4/fallback apache@2.4/nokeepalive apache@2.4/nokeepalive+tls " +
			"apache@2.4/wstunnel apache@2.4/wstunnel+tls nginx@1.30/map nginx@1.30/map+tls nginx@1.30/plain"},
		{"all versions of one", Selection{Proxies: []string{"nginx"}, Versions: AllVersions},
			"nginx@1.30/map nginx@1.30/map+tls nginx@1.30/plain nginx@1.22/map nginx@1.22/map+tls nginx@1.22/plain"},
		{"the proxies' order, not the words'", Selection{Proxies: []string{"nginx", "apache"}, Targets: []string{"*+tls"}},
			"apache@2.4/nokeepalive+tls apache@2.4/wstunnel+tls nginx@1.30/map+tls"},
		{"a configuration that a version is too old for", Selection{Targets: []string{"apache@*/f*"}, Versions: AllVersions}, "apache@2.4/fallback"},
		{"braces", Selection{Targets: []string{"apache@*/{wstunnel,nokeepalive}*"}},
			"apache@2.4/nokeepalive apache@2.4/nokeepalive+tls apache@2.4/wstunnel apache@2.4/wstunnel+tls"},
		{"no star, no +tls", Selection{Targets: []string{"*/wstunnel"}}, "apache@2.4/wstunnel"},
		{"a star for all of it", Selection{Targets: []string{"nginx*"}}, "nginx@1.30/map nginx@1.30/map+tls nginx@1.30/plain"},
		{"two patterns", Selection{Targets: []string{"nginx@1.30/plain", "apache@2.4/wstunnel"}}, "apache@2.4/wstunnel nginx@1.30/plain"},
		{"a version not known yet", Selection{Targets: []string{"nginx@1.30.6/plain"}}, "nginx@1.30/plain"},
		{"a version by its name", Selection{Targets: []string{"nginx@1.22*/plain"}, Versions: AllVersions}, "nginx@1.22/plain"},
		{"one of which is not known yet", Selection{Targets: []string{"{nginx@1.22,apache@2.4.69}/{plain,wstunnel}"}, Versions: AllVersions},
			"apache@2.4/wstunnel apache@2.2/wstunnel nginx@1.22/plain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Targets(sample(), test.selection)
			if err != nil || ids(got) != test.want {
				t.Errorf("targets are %s (error %v)\nwant %s", ids(got), err, test.want)
			}
		})
	}
}

func TestTargetsErrors(t *testing.T) {
	tests := []struct {
		name      string
		selection Selection
		want      string
	}{
		{"misspelt proxy", Selection{Proxies: []string{"ngnix"}}, `unknown proxy "ngnix", did you mean "nginx"; there are apache, nginx`},
		{"unknown proxy", Selection{Proxies: []string{"squid"}}, `unknown proxy "squid"; there are apache, nginx`},
		{"unknown versions", Selection{Versions: "some"}, `unknown versions "some"; expected default or all`},
		{"nothing of that name", Selection{Targets: []string{"*/wstunnel", "apache@*/tunnel"}},
			`target pattern "apache@*/tunnel" matches no target; finwait list targets shows them`},
		{"not among the proxies chosen", Selection{Proxies: []string{"nginx"}, Targets: []string{"apache@*/wstunnel"}},
			`target pattern "apache@*/wstunnel" matches no target; finwait list targets shows them`},
		{"no default version", Selection{Targets: []string{"nginx@1.22/*"}}, `target pattern "nginx@1.22/*" matches no default version; add --versions all`},
		{"open brace", Selection{Targets: []string{"nginx@*/{map"}}, `target pattern: pattern "nginx@*/{map" has a brace without its counterpart; expected {a,b}`},
		{"closing brace", Selection{Targets: []string{"nginx@*/map}"}}, `target pattern: pattern "nginx@*/map}" has a brace without its counterpart; expected {a,b}`},
		{"empty", Selection{Targets: []string{""}}, `target pattern: the pattern is empty; expected a name, or "*" for all`},
		{"too many braces", Selection{Targets: []string{strings.Repeat("{a,b}", 12)}}, `target pattern: pattern "{a,b}{a,b}{a,b}{a,b}"... stands for more than 1000; expected fewer braces`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Targets(sample(), test.selection); err == nil || err.Error() != test.want {
				t.Errorf("error is %v\nwant %s", err, test.want)
			}
		})
	}
}

func TestMatchTarget(t *testing.T) {
	tests := []struct {
		pattern, reported string
		want              bool
	}{
		{"apache@2.4/wstunnel+tls", "", true},
		{"apache@2.4/wstunnel", "", false},
		{"apache@2.4.69/wstunnel*", "", true}, // cannot be excluded
		{"apache@2.4.69/wstunnel*", "2.4.69", true},
		{"apache@2.4.69/wstunnel*", "2.4.71", false},
		{"apache@2.4/wstunnel*", "2.4.71", true}, // the declared name
		{"apache@2.4.*/*", "2.4.71", true},
		{"apache@2.4.7?/*", "2.4.71", true},
		{"nginx@1.30.6/wstunnel*", "", false},
		{"*", "", true},
		{"*tls", "2.4.71", true},
		{"*@2.4.71/{a,wstunnel{,+tls}}", "2.4.71", true},
		{"apache", "", false},
		{"apache@2.4", "", false},
		{"apache@2x4/wstunnel+tls", "2.4.71", false},
	}
	p := sample()[0]
	for _, test := range tests {
		target := Target{Proxy: p, Version: p.Versions[0], Reported: test.reported, Configuration: p.Configurations[2], TLS: true}
		if got, err := MatchTarget(test.pattern, target); err != nil || got != test.want {
			t.Errorf("%s on %s: %v (error %v), want %v", test.pattern, target.ID(), got, err, test.want)
		}
	}
	if _, err := MatchTarget("{", Target{}); err == nil {
		t.Error("a bad pattern is no error")
	}
}

func TestRefine(t *testing.T) {
	targets, err := Targets(sample(), Selection{Versions: AllVersions})
	if err != nil {
		t.Fatal(err)
	}
	reported := map[string]string{"apache 2.4": "2.4.46", "nginx 1.30": "1.30.6", "nginx 1.22": "1.30.6"} // apache 2.2 did not tell
	for i, target := range targets {
		targets[i].Reported = reported[target.Proxy.Name+" "+target.Version.Name]
	}
	const apache = "apache@2.4.46/nokeepalive apache@2.4.46/nokeepalive+tls apache@2.4.46/wstunnel apache@2.4.46/wstunnel+tls"
	tests := []struct {
		name     string
		patterns []string
		want     string
	}{
		{"all: too old a version and doubles are out", nil, apache +
			" apache@2.2/nokeepalive apache@2.2/nokeepalive+tls apache@2.2/wstunnel apache@2.2/wstunnel+tls" +
			" nginx@1.30.6/map nginx@1.30.6/map+tls nginx@1.30.6/plain"},
		{"an exact version, and those that did not tell", []string{"apache@2.4.46/wstunnel"}, "apache@2.4.46/wstunnel apache@2.2/wstunnel"},
		{"a declared name", []string{"nginx@1.22/plain"}, "nginx@1.30.6/plain"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got, err := Refine(targets, test.patterns)
			if err != nil || ids(got) != test.want {
				t.Errorf("targets are %s (error %v)\nwant %s", ids(got), err, test.want)
			}
		})
	}
	_, err = Refine(targets, []string{"nginx@1.30.7/*"})
	want := `target pattern "nginx@1.30.7/*" matches no target; finwait list targets shows them (versions here: apache 2.4.46, apache 2.2, nginx 1.30.6)`
	if err == nil || err.Error() != want {
		t.Errorf("error is %v\nwant %s", err, want)
	}
}

func TestList(t *testing.T) {
	targets, err := Targets(sample(), Selection{Targets: []string{"nginx@1.30/map*"}})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, l := range List(targets) {
		got = append(got, l.ID)
	}
	if want := []string{"nginx@1.30/map", "nginx@1.30/map+tls"}; !slices.Equal(got, want) {
		t.Errorf("list is %v, want %v", got, want)
	}
}
