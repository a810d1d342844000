package suites

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// siteOfNginx is an nginx as people write it, whose route /socket leads to another path of upstream.
func siteOfNginx(upstream, path string, backend proxies.SiteBackend) *proxies.Site {
	return &proxies.Site{
		Config: "/etc/nginx/nginx.conf",
		Files: []proxies.SiteFile{{Path: "/etc/nginx/nginx.conf", Content: []byte("events {}\nerror_log /dev/stderr notice;\nhttp {\n    server {\n        listen 80;\n" +
			"        location /socket {\n            proxy_pass " + upstream + path + ";\n            proxy_http_version 1.1;\n" +
			"            proxy_set_header Upgrade $http_upgrade;\n            proxy_set_header Connection upgrade;\n            proxy_read_timeout 1s;\n        }\n    }\n}\n")}},
		Folders:  []string{"/run/app"},
		Command:  []string{"{binary}", "-c", "{config}", "-g", "daemon off;"},
		Hosts:    []proxies.SiteHost{{Name: "app", Address: "127.0.10.1"}},
		Backends: []proxies.SiteBackend{backend},
		Fronts:   []string{"127.0.0.1:80"}, Address: "127.0.0.1:80", URL: "ws://chat.example.org/socket?room=1",
	}
}

// The whole catalogue around configurations with sites, in containers.
func TestSitesInContainers(t *testing.T) {
	bundled, err := proxies.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	var nginx proxies.Proxy
	for _, p := range bundled {
		if p.Name == "nginx" {
			nginx = *p
		}
	}
	nginx.Known, nginx.Configurations = nil, []*proxies.Configuration{
		{Name: "named", Path: "named.conf", Site: siteOfNginx("http://app", "", proxies.SiteBackend{Address: "127.0.10.1:80"})},
		{Name: "moved", Path: "moved.conf", Site: siteOfNginx("http://app:3000", "/elsewhere", proxies.SiteBackend{Address: "127.0.10.1:3000"})},
		{Name: "unix", Path: "unix.conf", Site: siteOfNginx("http://unix:/run/app/app.sock", "", proxies.SiteBackend{Address: "unix:/run/app/app.sock"})},
	}
	o := DefaultOptions()
	o.Runtime, o.proxies, o.Finwait, o.Out = stand.OfDocker, []*proxies.Proxy{&nginx}, "test", os.Getenv("SITES_OUT")
	o.Patience, o.Samples, o.Endings, o.Budgets = 3*time.Second, 10, 60, DefaultBudgets().Within(3*time.Second)
	s, err := prepare(t.Context(), o, reports.NewProgress(os.Stderr))
	defer func() {
		if err := s.tearDown(); err != nil {
			t.Error(err)
		}
	}()
	if err != nil {
		t.Skip("needs a container engine and an image of nginx: ", err)
	}
	began := time.Now()
	if err := s.measure(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Logf("measured in %s", time.Since(began))
	run := s.run()
	verdicts := map[string]reports.Verdict{}
	for _, r := range append(run.Results, run.Control...) {
		name := r.Target[strings.Index(r.Target, "/")+1:] + " " + r.Check + " " + r.Scenario
		verdicts[name] = r.Verdict
		switch r.Verdict {
		case reports.HarnessError, reports.Fail, reports.Unsupported, reports.Inconclusive:
			t.Logf("%-14s %s: %s", r.Verdict, name, r.Actual)
		}
		if r.Verdict == reports.HarnessError {
			t.Errorf("%s: %s", name, r.Actual)
		}
	}
	for name, want := range map[string]reports.Verdict{
		"named cleanup/nothing-left ":                      reports.Pass,
		"moved cleanup/nothing-left ":                      reports.Pass,
		"unix cleanup/nothing-left ":                       reports.Unsupported,
		"unix cleanup/descriptors ":                        reports.Pass,
		"named handshake/request-preserved upgrade-offers": reports.Pass,
		"moved handshake/request-preserved upgrade-offers": reports.Pass,
		"unix handshake/request-preserved upgrade-offers":  reports.Pass,
		"named cleanup/back-leg-released client-close":     reports.Pass,
		"unix cleanup/back-leg-released client-close":      reports.Pass,
		"named close/code-preserved client-close-codes":    reports.Pass,
		"unix handshake/refusal-leaves-nothing ":           reports.Unsupported,
		"named handshake/refusal-leaves-nothing ":          reports.Pass,
	} {
		if got := verdicts[name]; got != want {
			t.Errorf("%s: %q, want %s", name, got, want)
		}
	}
}
