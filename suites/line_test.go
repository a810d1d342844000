package suites

import (
	"strings"
	"testing"

	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// bundled is a target of a proxy that finwait brings along.
func bundled(t *testing.T, id string) *proxies.Target {
	t.Helper()
	all, err := proxies.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	targets, err := proxies.Targets(all, proxies.Selection{Targets: []string{id}})
	if err != nil || len(targets) != 1 {
		t.Fatalf("%s: %d targets, %v", id, len(targets), err)
	}
	targets[0].Reported = targets[0].Version.Name + ".0"
	return &targets[0]
}

func TestAFindingIsOnTheLineThatCausesIt(t *testing.T) {
	for _, test := range []struct {
		name, target, check, scenario string
		verdict                       reports.Verdict
		line                          string // what the line says; empty: there is none
		hint                          string // what the hint says of the cause; empty: it is the check's own
	}{
		{"a directive that is missing", "nginx@1.30/map-upgrade", "handshake/silent-backend", "backend-silent", reports.KnownFailure, "proxy_pass", ""},
		{"a directive that is there", "nginx@1.30/map-upgrade", "handshake/http10-upgrade-ignored", "http10-upgrade", reports.KnownFailure, "proxy_set_header    Upgrade $http_upgrade;", ""},
		{"an entry that passes", "haproxy@3.2/default", "handshake/silent-backend", "backend-silent", reports.UnexpectedPass, "timeout server 50s", ""},
		{"a failure with a cause on record", "nginx@1.30/short-read-timeout", "handshake/silent-backend", "backend-silent", reports.Fail, "proxy_read_timeout  3s;", "often the cause on nginx: proxy_read_timeout is 60 s by default."},
		{"a failure without one", "nginx@1.30/map-upgrade", "close/fin-not-reset", "client-close", reports.Fail, "proxy_pass", ""},
		{"a cause whose directive is not there", "apache@2.4/wstunnel", "handshake/refusal-forwarded", "backend-refuses", reports.Fail, "ProxyPass / ws://backend:8080/", ""},
		{"what is not clear", "nginx@1.30/map-upgrade", "close/latency", "client-close", reports.Inconclusive, "proxy_pass", ""},
		{"what is in order", "nginx@1.30/map-upgrade", "close/latency", "client-close", reports.Pass, "", ""},
		{"what was not measured", "nginx@1.30/map-upgrade", "close/latency", "client-close", reports.HarnessError, "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := bundled(t, test.target)
			got := locate(reports.Result{Check: test.check, Scenario: test.scenario, Verdict: test.verdict, Hint: "look there"}, target)
			if (got.Line == 0) != (test.line == "") {
				t.Fatalf("line %d, want %q", got.Line, test.line)
			}
			if got.Line > 0 {
				if text := strings.Split(string(target.Configuration.Source), "\n")[got.Line-1]; !strings.Contains(text, test.line) {
					t.Errorf("line %d is %q, want %q", got.Line, text, test.line)
				}
			}
			if test.hint == "" && got.Hint != "look there" || !strings.Contains(got.Hint, test.hint) {
				t.Errorf("hint %q, want %q", got.Hint, test.hint)
			}
		})
	}
	if got := locate(reports.Result{Verdict: reports.Fail}, nil); got.Line != 0 {
		t.Errorf("the control has the line %d", got.Line)
	}
}
