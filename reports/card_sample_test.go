package reports

import (
	"testing"
	"time"
)

const (
	chatRoute = "apache@2.4.66/chat.example.org-socket+tls"
	liveRoute = "apache@2.4.66/live.example.org-ws+tls"
	siteText  = `<VirtualHost *:443>
    ServerName chat.example.org
    SSLEngine on
    ProxyPass /socket ws://app:3000/socket
</VirtualHost>
<VirtualHost *:443>
    ServerName live.example.org
    SSLEngine on
    ProxyPass /ws ws://live-1:3000/ws
</VirtualHost>
`
	siteFile  = "deploy/apache2/sites-enabled/chat.conf"
	sitePatch = `--- sites-enabled/chat.conf
+++ sites-enabled/chat.conf
@@ -1,7 +1,9 @@
 <VirtualHost *:443>
+    SetEnv proxy-nohalfclose 1
     ServerName chat.example.org
     SSLEngine on
     ProxyPass /socket ws://app:3000/socket
 </VirtualHost>
 <VirtualHost *:443>
+    SetEnv proxy-nohalfclose 1
     ServerName live.example.org
`
)

// signedOff is a configuration of two routes that is blocked: three findings, one of them on both routes and cured, one
// whose cure does not help, and one that nothing is known about.
func signedOff(t *testing.T) *Run {
	t.Helper()
	s := newSynthetic(7)
	s.ID, s.Finwait = "4d1e7a02", "0.4.0"
	s.Checks[1].Otherwise = "ends an orderly close with RST"
	s.Checks = append(s.Checks, CheckInfo{ID: "lifecycle/reload", Requirement: "a reload keeps connections open", Source: "an operator's need", Level: "practice"})
	s.Scenarios = append(s.Scenarios, ScenarioInfo{Name: "reload", Summary: "The proxy is reloaded.", When: "when the proxy is reloaded"})
	for _, id := range []string{chatRoute, liveRoute} {
		s.proxy(id, "", 0.7, 0)
	}
	for i := range s.Targets {
		target := &s.Targets[i]
		target.Image, target.ImageDigest = "registry.example.org/edge/httpd:2.4.66", "sha256:8f3a1c5be7704b18a6d1a0c1c5d0f3a5a9b2c4d6e8f00112233445566778899aa"
		target.ConfigPath, target.ConfigText, target.ConfigSHA256 = siteFile, siteText, "22aa"
		target.Route = 4
		if target.ID == liveRoute {
			target.Route = 9
		}
	}
	reset := s.at(t, chatRoute, "close/fin-not-reset", "client-close")
	reset.Verdict, reset.Actual, reset.Expected = Fail, "RST on the back leg in 2 of 20", "FIN on both legs"
	s.Results = append(s.Results, Result{Target: liveRoute, Check: "lifecycle/reload", Scenario: "reload", Level: "practice",
		Verdict: Fail, N: 1, Expected: "open after 2 s", Actual: "closed 40 ms after the reload"})
	for i, r := range s.Results {
		if r.Check == "cleanup/back-leg-released" {
			s.Results[i].Line = 4
			s.Results[i].Expected = "at most 5 s after the backend's FIN"
		}
	}
	run := &s.Run
	run.Options.Budgets = map[string]any{"back_release_ns": 5e9, "latency_added_ns": 3e7, "reload_keeps_ns": 2e9, "vanished_client_ns": 0, "memory_growth_bytes": 8388608}
	run.Card = signedOffCard(run)
	run.finish()
	return run
}

func signedOffCard(run *Run) *Card {
	held := CardFinding{
		Check: "cleanup/back-leg-released", Level: "practice", Decision: Block, Scenarios: []string{"client-holds", "backend-drops-client-holds"},
		Requirement: "the back leg is over within the budget", Sentence: "keeps the backend's connection for 10.0 s+ when the client holds",
		Expected: "at most 5 s after the backend's FIN", Actual: "not over after 10 s in 3 of 3",
		File: siteFile, Line: 4, Text: "ProxyPass /socket ws://app:3000/socket", Change: "have Apache end both legs as soon as one of them ends", Cure: "cure-1",
		Evidence: "finwait show reports/out/validate/run.json --target '" + chatRoute + "' --check cleanup/back-leg-released",
	}
	alsoHeld := held
	alsoHeld.Line, alsoHeld.Text = 9, "ProxyPass /ws ws://live-1:3000/ws"
	reset := CardFinding{
		Check: "close/fin-not-reset", Level: "should", Decision: Risk, Scenarios: []string{"client-close"}, Requirement: "an orderly close ends with FIN",
		Sentence: "ends an orderly close with RST when the client closes", Expected: "FIN on both legs", Actual: "RST on the back leg in 2 of 20",
		File: siteFile, Line: 4, Text: held.Text, Change: "keep no connection to the backend for later",
		Evidence: "finwait show reports/out/validate/run.json --target '" + chatRoute + "' --check close/fin-not-reset",
	}
	reload := CardFinding{
		Check: "lifecycle/reload", Level: "practice", Decision: Risk, Scenarios: []string{"reload"}, Requirement: "a reload keeps connections open",
		Sentence: "ends connections 40 ms after a reload", Expected: "open after 2 s", Actual: "closed 40 ms after the reload",
		Evidence: "finwait show reports/out/validate/run.json --target '" + liveRoute + "' --check lifecycle/reload",
	}
	effect := func(target, scenario string) CureEffect {
		return CureEffect{Target: target, Check: held.Check, Scenario: scenario, Before: "10.0 s+", After: "310 µs", Better: true}
	}
	var effects []CureEffect
	for _, target := range []string{chatRoute, liveRoute} {
		effects = append(effects, effect(target, "backend-drops-client-holds"), effect(target, "client-holds"))
	}
	numbers := func(reload Number) []Number {
		return []Number{
			{Name: "close p50, added", Value: "702 µs", Within: true},
			{Name: "close p99, added", Value: "1.21 ms", Budget: "30 ms", Within: true},
			{Name: "back leg released, prompt client", Value: "0.4 ms", Budget: "5 s", Within: true},
			{Name: "back leg released, client holds", Value: "10.0 s+", Budget: "5 s"},
			{Name: "sockets left", Budget: "0"},
			{Name: "idle limit", Value: "none within 10 s", Within: true},
			reload,
		}
	}
	return &Card{
		Decision: Block, Path: "deploy/apache2",
		Valid: Validity{
			Config: "5f0c6f9a7be3d2c14a8890e1f2a3b4c5d6e7f8090a1b2c3d4e5f60718293a4b5", Files: 7, Proxy: "apache", Version: "2.4.66",
			Image: run.Targets[0].Image, Digest: run.Targets[0].ImageDigest, Runtime: "docker", Budgets: run.Options.Budgets, Finwait: run.Finwait,
			BudgetsSet: []string{"reload_keeps"},
		},
		Routes: []CardRoute{
			{Target: chatRoute, Decision: Block, URL: "wss://chat.example.org/socket", Upstreams: []string{"app:3000"}, File: siteFile, Line: 4,
				Numbers: numbers(Number{Name: "reload", Value: "connections outlive it", Budget: "kept 2 s", Within: true}), Findings: []CardFinding{held, reset}},
			{Target: liveRoute, Decision: Block, URL: "wss://live.example.org/ws", Upstreams: []string{"live-1:3000", "live-2:3000"}, File: siteFile, Line: 9,
				Numbers: numbers(Number{Name: "reload", Value: "ends connections after 40 ms", Budget: "kept 2 s"}), Findings: []CardFinding{alsoHeld, reload}},
		},
		Passed: []string{"https://chat.example.org/ serves files, and leads to no backend."},
		Notes:  []string{"The certificate at /etc/ssl/certs/chat.pem was not there: finwait's test CA made one for chat.example.org.", "mod_proxy_wstunnel is loaded by mods-enabled/proxy_wstunnel.load."},
		Cures: []CardCure{
			{ID: "cure-1", Directive: "SetEnv proxy-nohalfclose 1", File: siteFile, Line: 2, Helps: true, Checks: []string{held.Check}, Changes: effects, Diff: sitePatch},
			{ID: "cure-2", Directive: "SetEnv proxy-nokeepalive 1", File: siteFile, Line: 2, Target: chatRoute, Checks: []string{reset.Check},
				Why:     "with it close/fin-not-reset still fails",
				Changes: []CureEffect{{Target: chatRoute, Check: reset.Check, Scenario: "client-close", Before: "fail", After: "fail"}}},
		},
		Patch:   sitePatch,
		Patched: &CardCure{ID: "together", Directive: "SetEnv proxy-nohalfclose 1", File: siteFile, Line: 2, Helps: true, Changes: effects, Diff: sitePatch},
	}
}

// approved is the same configuration with its patch: nothing to say against it.
func approved(t *testing.T) *Run {
	t.Helper()
	run := signedOff(t)
	run.ID = "77c0b1d9"
	run.Started, run.Finished = run.Started.Add(time.Hour), run.Finished.Add(time.Hour)
	for i := range run.Results {
		r := &run.Results[i]
		if r.Verdict == Fail {
			r.Verdict, r.TimedOut, r.P50, r.P90, r.P99, r.Max, r.Samples = Pass, 0, 0.3, 0.3, 0.3, 0.3, nil
			if r.N > 0 {
				r.Samples = []float64{0.3}
			}
		}
	}
	c := run.Card
	c.Decision, c.Cures, c.Patch, c.Patched, c.Notes = Approve, nil, "", nil, nil
	for i := range c.Routes {
		route := &c.Routes[i]
		route.Decision, route.Findings = Approve, nil
		for j := range route.Numbers {
			n := &route.Numbers[j]
			n.Within = true
			switch n.Name {
			case "back leg released, client holds":
				n.Value = "310 µs"
			case "sockets left":
				n.Value = "0"
			case "reload":
				n.Value = "connections outlive it"
			}
		}
	}
	run.finish()
	return run
}

// aRisk is the blocked one without what blocks it, as a first answer.
func aRisk(t *testing.T) *Run {
	t.Helper()
	run := approved(t)
	blocked := signedOff(t)
	c := run.Card
	c.Decision, c.Quick = Risk, true
	c.Routes[0].Decision, c.Routes[0].Findings = Risk, blocked.Card.Routes[0].Findings[1:]
	for i, r := range blocked.Results {
		if r.Target == chatRoute && r.Check == "close/fin-not-reset" {
			run.Results[i] = r
		}
	}
	run.finish()
	return run
}

// undecided is one whose control failed.
func undecided(t *testing.T) *Run {
	t.Helper()
	run := signedOff(t)
	run.Control[0].Verdict, run.Control[0].Actual = Fail, "RST on the back leg in 3 of 20"
	run.Card.Decision, run.Card.Unproven = "", "the control, without any proxy, failed: RST on the back leg in 3 of 20"
	return run
}

// cardRuns are runs with a card, by the names of their golden files.
func cardRuns(t *testing.T) map[string]*Run {
	t.Helper()
	return map[string]*Run{"card": signedOff(t), "card-approve": approved(t), "card-risk": aRisk(t), "card-unproven": undecided(t)}
}
