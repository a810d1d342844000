package suites

import (
	"fmt"
	"slices"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// judge makes a result of every planned check on every stand: the controls first, since nothing can be trusted when they fail.
func (s *session) judge() {
	for _, c := range s.controls {
		s.judgeStand(c)
	}
	broken := s.brokenControl()
	for _, st := range s.stands {
		s.judgeStand(st)
		if broken != "" {
			s.distrust(st, broken)
		}
	}
}

func (s *session) judgeStand(st *stand.Stand) {
	for _, c := range s.plan.checks[st.ID] {
		for _, name := range c.results() {
			s.results[key{st.ID, c.ID, name}] = s.judgeOne(c, st, name)
		}
	}
}

func (s *session) judgeOne(c Check, st *stand.Stand, name string) reports.Result {
	e := s.evidence(c, st, name)
	unmeasured := func(why string) reports.Result {
		return s.result(c, e, Finding{Verdict: reports.HarnessError, Expected: c.Requirement, Actual: why})
	}
	if st.Err != nil {
		return unmeasured("not brought up: " + st.Err.Error())
	}
	if s.interrupted != "" && len(e.Traces) == 0 && (e.After == nil || len(e.After.After.Processes) == 0) {
		return unmeasured("not measured: " + s.interrupted)
	}
	if sc, err := scenario.Named(name); err == nil && s.plan.unplayable(sc) != "" {
		return s.result(c, e, Finding{
			Verdict: reports.Unsupported, Expected: c.Requirement, Actual: "no client can vanish here: " + s.plan.unplayable(sc),
		})
	}
	f := s.known(c, st, name, c.Judge(e))
	if ended := s.record(st.ID).ended; ended != "" && f.Verdict == reports.HarnessError {
		f.Actual = ended + ": " + f.Actual
	}
	return locate(s.result(c, e, f), st.Target)
}

func (s *session) evidence(c Check, st *stand.Stand, name string) Evidence {
	r := s.record(st.ID)
	e := Evidence{Target: st.ID, TLS: st.TLS, Scenario: name, Upgrades: st.Target != nil && r.upgrades(), Budgets: s.options.Budgets}
	if name == "" {
		e.After = r.after
		return e
	}
	control := &record{}
	for _, c := range s.controls {
		if c.TLS == st.TLS {
			control = s.record(c.ID)
		}
	}
	if c.Quick {
		e.Traces, e.Control = r.quick[name], control.quick[name]
	} else {
		e.Traces, e.Control = r.patient[name], control.patient[name]
	}
	e.Reload, e.Besides = r.reload, map[string][]trace.Trace{}
	for _, other := range c.Besides {
		e.Besides[other] = r.patient[other]
	}
	return e
}

// upgrades reports whether an upgrade was accepted in any scenario that is played with one.
func (r *record) upgrades() bool {
	for _, name := range upgradedScenarios() {
		for _, traces := range [][]trace.Trace{r.patient[name], r.quick[name]} {
			if slices.ContainsFunc(traces, func(t trace.Trace) bool { return t.Answer != nil && refusal(&t) == "" }) {
				return true
			}
		}
	}
	return false
}

// result turns what a judge found in e into its place in run.json.
func (s *session) result(c Check, e Evidence, f Finding) reports.Result {
	if f.Verdict == "" {
		f.Verdict, f.Actual = reports.HarnessError, "not judged: the check gave no verdict"
	}
	r := reports.Result{
		Target:   e.Target,
		Check:    c.ID,
		Scenario: e.Scenario,
		Level:    string(c.Level),
		Verdict:  f.Verdict,
		Metric:   string(c.Metric),
		Budget:   f.Budget,
		Expected: f.Expected,
		Actual:   f.Actual,
		Hint:     f.Hint,
		Known:    f.Known,
		N:        len(e.Traces),
	}
	if len(f.Samples) > 0 {
		stats := reports.Describe(f.Samples)
		r.N, r.TimedOut = stats.N, stats.TimedOut
		r.P50, r.P90, r.P99, r.Max = stats.P50, stats.P90, stats.P99, stats.Max
		r.Samples = reports.Ascending(f.Samples)
	}
	if len(f.Worst) > 0 {
		r.Worst = f.Worst[0]
	}
	if c.Metric != "" && !isControl(e.Target) {
		if stats := reports.Describe(measureAll(e.Control, c.Metric)); stats.N > 0 {
			r.Control, r.ControlTail = &stats.P50, &stats.P99
		}
	}
	s.worst[key{e.Target, c.ID, e.Scenario}] = f.Worst
	return r
}

func measureAll(traces []trace.Trace, m trace.Metric) []trace.Sample {
	var samples []trace.Sample
	for _, t := range traces {
		if sample, ok := t.Measure(m); ok {
			samples = append(samples, sample)
		}
	}
	return samples
}

// brokenControl says which requirement the control itself did not meet; empty: it met all. What an interrupt kept it
// from showing says nothing against it.
func (s *session) brokenControl() string {
	for _, st := range s.stands {
		if st.Err == nil && !slices.ContainsFunc(s.controls, func(c *stand.Stand) bool { return c.TLS == st.TLS }) {
			return "there is no control for " + st.ID
		}
	}
	for _, st := range s.controls {
		if st.Err != nil {
			return st.ID + " was not brought up: " + st.Err.Error()
		}
		for _, c := range s.plan.checks[st.ID] {
			for _, name := range c.Scenarios {
				r := s.results[key{st.ID, c.ID, name}]
				if r.Verdict == reports.Fail || r.Verdict == reports.HarnessError && s.interrupted == "" {
					return fmt.Sprintf("%s fails %s in %s: %s", st.ID, c.ID, name, r.Actual)
				}
			}
		}
		if why := s.unplayed(st.ID); why != "" && s.interrupted == "" {
			return st.ID + " could not be played: " + why
		}
	}
	return ""
}

// distrust takes back every verdict of a stand: without a working control they say nothing about the proxy.
func (s *session) distrust(st *stand.Stand, why string) {
	for k, r := range s.results {
		if k.target == st.ID {
			r.Verdict, r.Known, r.Line = reports.HarnessError, nil, 0
			r.Actual = "the control failed, so nothing measured can be trusted: " + why
			s.results[k] = r
		}
	}
}
