package reports

import (
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"
)

// synthetic is a run in the making, whose numbers come from a seed.
type synthetic struct {
	Run
	rng *rand.Rand
}

// newSynthetic has a control and its checks, and no target.
func newSynthetic(seed uint64) *synthetic {
	s := &synthetic{rng: rand.New(rand.NewPCG(seed, seed))}
	s.Schema, s.ID, s.Finwait = Schema, "base", "0.1.0"
	s.Started = time.Date(2026, 11, 22, 19, 26, 0, 0, time.UTC)
	s.Finished = s.Started.Add(time.Minute)
	s.Environment = Environment{Kernel: "6.1.0", Engine: "Docker Engine 20.10", CPUs: 2, Runtime: "docker", ClockResolution: 1}
	s.Options = Options{Versions: "all", Samples: 40, Endings: 120, Patience: 10000, Seed: 1, Budgets: map[string]any{"latency_added_ns": 3e7}}
	s.Checks = []CheckInfo{
		{ID: "cleanup/back-leg-released", Requirement: "the back leg is over within the budget", Level: "practice", Metric: "back_release"},
		{ID: "close/fin-not-reset", Requirement: "an orderly close ends with FIN", Level: "should"},
		{ID: "close/latency", Requirement: "close latency stays within the budget", Level: "practice", Metric: "close_latency"},
	}
	s.Scenarios = []ScenarioInfo{
		{Name: "backend-drops-client-holds", Summary: "The backend sends FIN.", When: "when the backend drops and the client holds"},
		{Name: "client-close", Summary: "The client closes.", When: "when the client closes"},
		{Name: "client-holds", Summary: "The client holds.", When: "when the client holds"},
	}
	for _, id := range controlIDs {
		s.Control = append(s.Control, s.latency(id, 0.3))
	}
	return s
}

// proxy adds a target with the latency that it adds, whose back leg is over after ms with a client that holds; 0: never.
func (s *synthetic) proxy(id, varies string, added, ms float64) {
	product, name, _ := strings.Cut(id, "/")
	proxy, version, _ := strings.Cut(product, "@")
	config, tls := strings.CutSuffix(name, "+tls")
	t := Target{ID: id, Proxy: proxy, Version: version, Config: config, TLS: tls, Varies: varies, Image: proxy + ":" + version, ConfigSHA256: config}
	if varies != "" {
		t.Changes = []string{"set " + config + " on"}
	}
	s.Targets = append(s.Targets, t)
	s.Results = append(s.Results, s.latency(id, 0.3+added), Result{
		Target: id, Check: "close/fin-not-reset", Scenario: "client-close", Level: "should", Verdict: Pass, N: 1,
	})
	for _, scenario := range []string{"backend-drops-client-holds", "client-holds"} {
		s.Results = append(s.Results, held(id, scenario, ms))
	}
	s.Sort()
}

func (s *synthetic) latency(id string, median float64) Result {
	values := latencies(s.rng, 40, median)
	return Result{
		Target: id, Check: "close/latency", Scenario: "client-close", Level: "practice", Verdict: Pass, Metric: "close_latency",
		N: 40, P50: values[19], P90: values[35], P99: values[39], Max: values[39], Samples: values, Budget: 30,
	}
}

func held(id, scenario string, ms float64) Result {
	r := Result{
		Target: id, Check: "cleanup/back-leg-released", Scenario: scenario, Level: "practice", Metric: "back_release",
		N: 1, P50: ms, P90: ms, P99: ms, Max: ms, Samples: []float64{ms}, Budget: 5000, Verdict: Pass, Actual: "over in time",
	}
	if ms == 0 {
		r.TimedOut, r.P50, r.P90, r.P99, r.Max, r.Samples = 1, 10000, 10000, 10000, 10000, []float64{10000}
		r.Verdict, r.Actual = Fail, "not over within 10 s"
	}
	return r
}

// at is the result of a target, to be changed.
func (s *synthetic) at(t *testing.T, target, check, scenario string) *Result {
	t.Helper()
	i := slices.IndexFunc(s.Results, func(r Result) bool { return r.Target == target && r.Check == check && r.Scenario == scenario })
	if i < 0 {
		t.Fatalf("no %s on %s in %s", check, target, scenario)
	}
	return &s.Results[i]
}

// matrix has two versions of two proxies, with everything that the sections of comparisons have to say: nginx lets go in
// the newer version, half-close is passed on by one configuration, one timed out, and one was refused.
func matrix(t *testing.T) *synthetic {
	t.Helper()
	s := newSynthetic(11)
	for _, version := range []string{"2.4.62", "2.4.71"} {
		s.proxy("apache@"+version+"/wstunnel", "", 0.6, 0)
		s.proxy("apache@"+version+"/wstunnel+tls", "", 0.7, 0)
		s.proxy("apache@"+version+"/nokeepalive", "wstunnel", 0.6, 0)
		s.proxy("apache@"+version+"/nokeepalive+tls", "wstunnel", 0.7, 0)
		s.proxy("apache@"+version+"/nohalfclose", "wstunnel", 4, 5)
	}
	for _, version := range []string{"1.9.15", "1.30.6"} {
		ms := 3.0
		if version == "1.9.15" {
			ms = 0
		}
		s.proxy("nginx@"+version+"/map", "", 0.5, ms)
		s.proxy("nginx@"+version+"/map+tls", "", 0.6, ms)
		s.proxy("nginx@"+version+"/refused", "map", 0.5, ms)
		r := s.at(t, "nginx@"+version+"/refused", "close/latency", "client-close")
		*r = Result{Target: r.Target, Check: r.Check, Scenario: r.Scenario, Level: r.Level, Verdict: Unsupported, Metric: r.Metric, N: 3,
			Actual: "the upgrade was not accepted: HTTP/1.1 426 Upgrade Required"}
	}
	late := s.at(t, "nginx@1.30.6/map", "close/latency", "client-close")
	for i := 38; i < 40; i++ {
		late.Samples[i] = 10000
	}
	late.TimedOut, late.P99, late.Max, late.Verdict, late.Actual = 2, 10000, 10000, Fail, "2 of 40 not over"
	for i := range s.Targets {
		target := &s.Targets[i]
		half, first := "passed on", "the side that closes, whichever that is"
		if target.Config == "nohalfclose" {
			half = "ends both legs"
		}
		target.Behaviour = []Trait{
			{"half-close", half, "The client's FIN reached the backend."},
			{"closes first", first, "It had no FIN of its own before."},
			{"idle limit", "none within 10 s", "Both legs were open at the end."},
		}
		if target.Proxy == "nginx" {
			target.Behaviour = append(target.Behaviour[:2:2], Trait{"reload", "connections outlive it", "All were open."})
		}
	}
	return s
}
