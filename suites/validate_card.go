package suites

import (
	"cmp"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// card is the sign-off card of what was measured. Cures come later.
func (v *validation) card(s *session, u *subject) *reports.Card {
	c := &reports.Card{
		Path: u.tree.Given, Quick: v.quick, Strict: v.strict, Valid: v.validity(s, u), Passed: u.passed, Notes: slices.Clone(u.notes),
	}
	if v.comparing() {
		c.AgainstPath = cmp.Or(v.against, v.path)
	}
	run := s.run()
	c.Unproven = s.undecided(run)
	for i, t := range u.targets {
		st := s.standOf(t)
		if st == nil {
			continue
		}
		route := reports.CardRoute{
			Target: st.ID, URL: t.Configuration.Site.URL, Upstreams: t.Configuration.Site.Upstream,
			File: t.Configuration.Path, Line: t.RouteLine(),
			Numbers: s.numbers(st), Findings: s.cardFindings(run, st),
		}
		if u.routes[i].File == "" {
			route.Line = 0
		}
		route.Decision = decide(route.Findings)
		c.Routes = append(c.Routes, route)
		c.Decision = worseOf(c.Decision, route.Decision)
		c.Notes = append(c.Notes, s.openQuestions(st)...)
	}
	if c.Unproven != "" {
		c.Decision = ""
	}
	return c
}

func (v *validation) validity(s *session, u *subject) reports.Validity {
	hash, files := u.tree.Hash()
	valid := reports.Validity{
		Config: hash, Files: files, Proxy: u.bare.Target.Proxy.Name, Version: u.bare.Target.Reported,
		Image: u.bare.Image, Digest: u.bare.Digest, Runtime: s.runtime.Name(), Budgets: s.options.Budgets, Finwait: s.options.Finwait,
		BudgetsSet: s.options.Budgets.changed(),
	}
	return valid
}

// undecided says why a run decides nothing; empty: it does.
func (s *session) undecided(run *reports.Run) string {
	if s.interrupted != "" {
		return "the measurement ended early: " + s.interrupted
	}
	if why := s.brokenControl(); why != "" {
		return "the control, without any proxy, failed: " + why
	}
	var lost []string
	for _, r := range run.Results {
		if r.Verdict == reports.HarnessError && !slices.Contains(lost, r.Actual) {
			lost = append(lost, r.Actual)
		}
	}
	if len(lost) > 0 {
		return fmt.Sprintf("%s could not be measured: %s", counted(len(lost), "thing"), lost[0])
	}
	return ""
}

// decisions in their order.
var decisions = []reports.Decision{"", reports.Approve, reports.Risk, reports.Block}

func worseOf(a, b reports.Decision) reports.Decision {
	if slices.Index(decisions, b) > slices.Index(decisions, a) {
		return b
	}
	return a
}

func decide(findings []reports.CardFinding) reports.Decision {
	d := reports.Approve
	for _, f := range findings {
		d = worseOf(d, f.Decision)
	}
	return d
}

// weight is what failing the check makes of a route.
func (c Check) weight() reports.Decision {
	if c.Risk || c.Level == Should {
		return reports.Risk
	}
	return reports.Block
}

// cardFindings are the checks that the route fails, the worst first.
func (s *session) cardFindings(run *reports.Run, st *stand.Stand) []reports.CardFinding {
	var findings []reports.CardFinding
	for _, c := range s.plan.checks[st.ID] {
		failed := s.failed(st, c)
		if len(failed) == 0 {
			continue
		}
		first := failed[0]
		f := reports.CardFinding{
			Check: c.ID, Level: string(c.Level), Decision: c.weight(), Requirement: c.Requirement,
			Sentence: sentenceOf(run, st, failed), Expected: first.Expected, Actual: first.Actual,
			Change: first.Hint, Evidence: s.shows(st, c),
		}
		for _, r := range failed {
			if r.Scenario != "" {
				f.Scenarios = append(f.Scenarios, r.Scenario)
			}
		}
		f.Change = cmp.Or(changeFor(st, c), f.Change)
		if len(st.Target.Configuration.Source) > 0 {
			f.File, f.Line = st.Target.Configuration.Path, first.Line
			f.Text = lineOfText(st.Target.Configuration.Source, f.Line)
		}
		findings = append(findings, f)
	}
	slices.SortStableFunc(findings, func(a, b reports.CardFinding) int {
		return slices.Index(decisions, b.Decision) - slices.Index(decisions, a.Decision)
	})
	return findings
}

// changeFor is the change that cures a check on a stand, as far as one is on record, with what it costs; empty: none is.
func changeFor(st *stand.Stand, c Check) string {
	cause, _ := st.Target.CauseOf(c.ID)
	if remedies := st.Target.Remedies(c.ID); cause == nil && len(remedies) > 0 {
		cause = remedies[0].Cause
	}
	switch {
	case cause == nil:
		return ""
	case cause.Costs != "":
		return cause.Cure + ". It costs: " + cause.Costs
	}
	return cause.Cure
}

// failed are the results of a check that a stand fails.
func (s *session) failed(st *stand.Stand, c Check) []reports.Result {
	var failed []reports.Result
	for _, name := range c.results() {
		if r := s.results[key{st.ID, c.ID, name}]; r.Verdict == reports.Fail {
			failed = append(failed, r)
		}
	}
	return failed
}

// openQuestions says what of a stand was neither shown to hold nor not to.
func (s *session) openQuestions(st *stand.Stand) []string {
	why := map[string][]string{}
	for _, c := range s.plan.checks[st.ID] {
		for _, name := range c.results() {
			r := s.results[key{st.ID, c.ID, name}]
			if r.Verdict == reports.Inconclusive || r.Verdict == reports.Unsupported {
				text := fmt.Sprintf("%s: %s", r.Verdict, r.Actual)
				if !slices.Contains(why[text], c.ID) {
					why[text] = append(why[text], c.ID)
				}
			}
		}
	}
	var notes []string
	for _, text := range slices.Sorted(maps.Keys(why)) {
		notes = append(notes, fmt.Sprintf("Not decided on %s: %s (%s).", st.URL, strings.Join(why[text], ", "), text))
	}
	return notes
}

// sentenceOf says what the proxy does, to be read after "it".
func sentenceOf(run *reports.Run, st *stand.Stand, failed []reports.Result) string {
	alone := *run
	alone.Results, alone.Control = failed, nil
	var texts []string
	for _, sentence := range reports.Sentences(&alone) {
		texts = append(texts, strings.TrimPrefix(sentence.Text, st.ID+" "))
	}
	return strings.Join(texts, "; ")
}

// shows is the command that shows the evidence of a check.
func (s *session) shows(st *stand.Stand, c Check) string {
	return fmt.Sprintf("finwait show %s --target '%s' --check %s", filepath.Join(s.options.Out, "run.json"), st.ID, c.ID)
}

// lineOfText is a line of a file, from 1, without what is around it; empty: there is none.
func lineOfText(source []byte, line int) string {
	lines := strings.Split(string(source), "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}

// numbers are the ones that matter to somebody who deploys.
func (s *session) numbers(st *stand.Stand) []reports.Number {
	b := s.options.Budgets
	list := s.addedLatency(st)
	for _, n := range []struct{ name, scenario string }{
		{"back leg released, prompt client", "client-close"},
		{"back leg released, client holds", "client-holds"},
	} {
		r := s.results[key{st.ID, backLegReleased.ID, n.scenario}]
		list = append(list, reports.Number{Name: n.name, Value: longest(r), Budget: limit(b.BackRelease), Within: r.Verdict == reports.Pass, Unclear: unclear(r), Detail: r.Actual})
	}
	r := s.results[key{st.ID, nothingLeft.ID, ""}]
	list = append(list, reports.Number{Name: "sockets left", Value: socketsLeft(r), Budget: "0", Within: r.Verdict == reports.Pass, Unclear: unclear(r), Detail: r.Actual})
	for _, t := range s.behaviour(st) {
		n := reports.Number{Name: t.Name, Value: t.Value, Detail: t.Detail, Within: true}
		switch {
		case t.Name == "idle limit" && b.IdleAtLeast > 0:
			n.Budget = "at least " + limit(b.IdleAtLeast)
			n.Within = s.results[key{st.ID, idleLimit.ID, idleScenario}].Verdict == reports.Pass
		case t.Name == "reload" && b.ReloadKeeps > 0:
			n.Budget = "kept " + limit(b.ReloadKeeps)
			n.Within = len(s.failed(st, reload)) == 0
		case t.Name != "idle limit" && t.Name != "reload":
			continue
		}
		list = append(list, n)
	}
	return list
}

// unclear reports whether a result neither shows that a budget holds nor that it does not.
func unclear(r reports.Result) bool {
	return r.Verdict == reports.Inconclusive || r.Verdict == reports.Unsupported
}

// addedLatency is how much longer a close takes than without the proxy.
func (s *session) addedLatency(st *stand.Stand) []reports.Number {
	r := s.results[key{st.ID, closeLatency.ID, closeLatency.Scenarios[0]}]
	middle := reports.Number{Name: "close p50, added", Within: true}
	tail := reports.Number{Name: "close p99, added", Budget: limit(s.options.Budgets.LatencyAdded), Within: r.Verdict == reports.Pass, Unclear: unclear(r), Detail: r.Actual}
	if r.N > 0 && r.Control != nil {
		middle.Value, tail.Value = above(r, r.P50, *r.Control), above(r, r.P99, *r.ControlTail)
	}
	return []reports.Number{middle, tail}
}

// above is how far a time of r lies above the control's.
func above(r reports.Result, ms, control float64) string {
	if r.TimedOut > 0 && ms >= r.Max {
		return reports.FormatCap(ms)
	}
	return reports.FormatDuration(max(0, ms-control))
}

// longest is the longest of the samples of r; empty: there are none.
func longest(r reports.Result) string {
	switch {
	case r.N == 0 || len(r.Samples) == 0:
		return ""
	case r.TimedOut > 0:
		return reports.FormatCap(r.Max)
	}
	return reports.FormatDuration(r.Max)
}

// socketsLeft is how many sockets a proxy kept, as its check says it; empty: nobody could count them.
func socketsLeft(r reports.Result) string {
	switch r.Verdict {
	case reports.Pass:
		return "0"
	case reports.Fail:
		count, _, _ := strings.Cut(r.Actual, " ")
		return cmp.Or(count, "some")
	}
	return ""
}
