package suites

import (
	"context"
	"errors"
	"fmt"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// mostCures bounds how many changes are tried: each has a proxy of its own.
const mostCures = 12

// trial of a cure: one change of the configuration, on the route that it was found for.
type cureTrial struct {
	card    *reports.CardCure
	remedy  proxies.Remedy
	route   int      // of the subject
	checks  []string // that failed on the route, and that it is to mend
	target  proxies.Target
	refused string // by the vendor's check
}

// tryCures tries every remedy that is on record for a finding on a copy of the configuration, each one alone and those that help
// together, and notes in the card what they do. Base is the session that measured the configuration as it is.
func (v *validation) tryCures(ctx context.Context, card *reports.Card, u *subject, base *session) error {
	trials := u.trials(card)
	if len(trials) == 0 {
		return nil
	}
	rt, _, err := v.choose(ctx, u.bare.Target.Proxy)
	if err != nil {
		return err
	}
	o := v.options
	o.Checks, o.Out = withoutLifecycle(), ""
	targets, err := v.cureTargets(ctx, rt, u, trials)
	if err != nil {
		return bothOf(err, v.end(rt))
	}
	together := u.compatible(chosenTrials(trials, func(*cureTrial) bool { return true }))
	all, err := u.togetherTargets(together)
	if err != nil {
		return bothOf(err, v.end(rt))
	}
	targets = append(targets, all...)
	if len(targets) == 0 { // the vendor refuses them all
		for _, t := range trials {
			t.judge(base, nil, u)
			card.Cures = append(card.Cures, *t.card)
		}
		return v.end(rt)
	}
	s, err := v.play(ctx, rt, targets, o)
	if err != nil {
		return err
	}
	if why := s.undecidedWithout(); why != "" {
		return errors.New(why)
	}
	for _, t := range trials {
		t.judge(base, s, u)
		card.Cures = append(card.Cures, *t.card)
	}
	helping := u.compatible(chosenTrials(trials, func(t *cureTrial) bool { return t.card.Helps }))
	if len(helping) == 0 {
		return nil
	}
	if !slices.Equal(helping, together) {
		if s, err = v.playTogether(ctx, u, helping, o); err != nil {
			return err
		}
	}
	nameCures(card, helping)
	return v.judgeTogether(card, u, helping, base, s)
}

// trials are the changes worth trying, in the order of the findings.
func (u *subject) trials(card *reports.Card) []*cureTrial {
	var trials []*cureTrial
	for i, route := range card.Routes {
		if len(u.targets[i].Configuration.Source) == 0 {
			continue
		}
		for _, f := range route.Findings {
			for _, remedy := range u.targets[i].Remedies(f.Check) {
				if remedy.Cause.Costs != "" {
					continue // a person has to weigh it: see changeFor
				}
				trials = addTrial(trials, i, f.Check, remedy)
			}
		}
	}
	trials = trials[:min(len(trials), mostCures)]
	for n, t := range trials {
		t.card = &reports.CardCure{
			ID: fmt.Sprintf("cure-%d", n+1), Directive: t.remedy.Directive, File: card.Routes[t.route].File, Line: t.remedy.Line,
			Target: card.Routes[t.route].Target, Checks: slices.Clone(t.checks),
		}
	}
	return trials
}

// addTrial adds a remedy, or the check to a trial of the same change.
func addTrial(trials []*cureTrial, route int, check string, remedy proxies.Remedy) []*cureTrial {
	for _, t := range trials {
		if t.route == route && slices.Equal(t.remedy.Changes, remedy.Changes) {
			t.checks = append(t.checks, check)
			return trials
		}
	}
	return append(trials, &cureTrial{route: route, checks: []string{check}, remedy: remedy})
}

// chosenTrials are the first of those wanted for each finding: what a patch is made of.
func chosenTrials(trials []*cureTrial, wanted func(*cureTrial) bool) []*cureTrial {
	type finding struct {
		route int
		check string
	}
	mended := map[finding]bool{}
	var chosen []*cureTrial
	for _, t := range trials {
		if t.refused != "" || !wanted(t) {
			continue
		}
		isNew := false
		for _, check := range t.checks {
			isNew = isNew || !mended[finding{t.route, check}]
			mended[finding{t.route, check}] = true
		}
		if isNew {
			chosen = append(chosen, t)
		}
	}
	return chosen
}

// compatible are those of trials that can be made at once; of two that want the same line the first stays.
func (u *subject) compatible(trials []*cureTrial) []*cureTrial {
	var fit []*cureTrial
	for _, t := range trials {
		if _, err := u.patched(append(slices.Clone(fit), t)); err == nil {
			fit = append(fit, t)
		}
	}
	return fit
}

// cureTargets makes the target of every trial, and leaves out what the vendor refuses.
func (v *validation) cureTargets(ctx context.Context, rt stand.Runtime, u *subject, trials []*cureTrial) ([]proxies.Target, error) {
	stands, err := rt.Prepare(ctx, []proxies.Target{*u.bare.Target})
	if err != nil {
		return nil, err
	}
	var targets []proxies.Target
	for _, t := range trials {
		patched, err := u.patched([]*cureTrial{t})
		if err != nil {
			t.refused = err.Error()
			continue
		}
		t.card.Diff = u.diff(patched, u.shown)
		t.target = u.variant(t.route, patched, t.card.ID)
		if t.refused, err = v.refuses(ctx, rt, stands[0], u, t.target); err != nil {
			return nil, err
		}
		if t.refused == "" {
			targets = append(targets, t.target)
		}
	}
	return targets, nil
}

// refuses is what the vendor's check says against a target; empty: nothing.
func (v *validation) refuses(ctx context.Context, rt stand.Runtime, bare *stand.Stand, u *subject, t proxies.Target) (string, error) {
	bare.Target.Configuration = t.Configuration
	tried, err := rt.Try(ctx, bare, t.Configuration.Site.Check)
	if err != nil || tried.Code == 0 {
		return "", err
	}
	return u.complaint(tried.Said), nil
}

// togetherTargets are all routes with all changes of trials; without trials there are none.
func (u *subject) togetherTargets(trials []*cureTrial) ([]proxies.Target, error) {
	if len(trials) == 0 {
		return nil, nil
	}
	patched, err := u.patched(trials)
	if err != nil {
		return nil, err
	}
	var targets []proxies.Target
	for i := range u.routes {
		targets = append(targets, u.variant(i, patched, "together"))
	}
	return targets, nil
}

func (v *validation) playTogether(ctx context.Context, u *subject, trials []*cureTrial, o Options) (*session, error) {
	targets, err := u.togetherTargets(trials)
	if err != nil {
		return nil, err
	}
	rt, _, err := v.choose(ctx, u.bare.Target.Proxy)
	if err != nil {
		return nil, err
	}
	return v.play(ctx, rt, targets, o)
}

// patched are the files that trials change, by their names in the tree. What two routes of one block both need is written there
// once.
func (u *subject) patched(trials []*cureTrial) (map[string][]byte, error) {
	type put struct {
		file, text string
		block      proxies.Span
	}
	written := map[put]bool{}
	changes := map[string][]proxies.Change{}
	for _, t := range trials {
		name := u.routes[t.route].File
		for _, c := range t.remedy.Changes {
			p := put{name, c.Text, u.targets[t.route].Configuration.Site.Block}
			if c.Drop > 0 || !written[p] {
				changes[name] = append(changes[name], c)
			}
			written[p] = true
		}
	}
	patched := map[string][]byte{}
	for name, list := range changes {
		file, err := u.tree.Read(name)
		if err != nil {
			return nil, err
		}
		if patched[name], err = proxies.Patched(file.Content, list); err != nil {
			return nil, fmt.Errorf("%s: %w", u.tree.Shown(name), err)
		}
	}
	return patched, nil
}

// shown is the user's path of a file of the tree, as a diff names it.
func (u *subject) shown(name string) string { return strings.TrimPrefix(u.tree.Shown(name), "/") }

// diff is the unified diff of what was patched, with the names that named gives to files of the tree.
func (u *subject) diff(patched map[string][]byte, named func(string) string) string {
	var names []string
	for name := range patched {
		names = append(names, name)
	}
	slices.Sort(names)
	var text strings.Builder
	for _, name := range names {
		if file, err := u.tree.Read(name); err == nil { // it was read to be patched
			text.WriteString(proxies.Diff(filepath.ToSlash(named(name)), file.Content, patched[name]))
		}
	}
	return text.String()
}

// variant is the target of a route with some files patched. Its name ends in mark.
func (u *subject) variant(route int, patched map[string][]byte, mark string) proxies.Target {
	t := u.targets[route]
	c := *t.Configuration
	around := *c.Site
	around.Files = slices.Clone(around.Files)
	for name, content := range patched {
		at := u.tree.Path(name)
		i := slices.IndexFunc(around.Files, func(f proxies.SiteFile) bool { return path.Clean(f.Path) == at })
		if i >= 0 {
			around.Files[i] = around.Files[i].With(content)
		}
		if name == u.routes[route].File {
			c.Source = content
		}
	}
	c.Name, c.Site = c.Name+"."+mark, &around
	t.Configuration = &c
	return t
}

// undecidedWithout says why a session of cures shows nothing; empty: it does. What is wrong with one of them is that one's matter.
func (s *session) undecidedWithout() string {
	if s.interrupted != "" {
		return "the measurement ended early: " + s.interrupted
	}
	if why := s.brokenControl(); why != "" {
		return "the control failed: " + why
	}
	return ""
}

// judge notes what the trial does: it helps where all that it is to mend of one finding at least passes, and nothing that passed fails.
func (t *cureTrial) judge(base, s *session, u *subject) {
	if t.refused != "" {
		t.card.Why = "the proxy refuses it: " + t.refused
		return
	}
	st := s.standOf(t.target)
	if st == nil || st.Err != nil {
		t.card.Why = "the proxy does not start with it"
		if st != nil {
			t.card.Why += ": " + u.own(st.Err.Error())
		}
		return
	}
	d := differences(base, base.standOf(u.targets[t.route]), s, st)
	t.card.Changes = d.effects
	var mended []string
	for _, check := range t.checks {
		if d.mends(check) {
			mended = append(mended, check)
		}
	}
	switch {
	case len(d.worse) > 0:
		t.card.Why = "with it fails what passed: " + strings.Join(d.worse, ", ")
	case len(mended) == 0:
		t.card.Why = "with it " + strings.Join(t.checks, ", ") + " still fails"
	default:
		t.card.Helps, t.checks = true, mended
	}
}

// nameCures notes in each finding which cure mends it.
func nameCures(card *reports.Card, helping []*cureTrial) {
	for _, t := range slices.Backward(helping) {
		for i, f := range card.Routes[t.route].Findings {
			if slices.Contains(t.checks, f.Check) {
				card.Routes[t.route].Findings[i].Cure = t.card.ID
			}
		}
	}
}

// judgeTogether notes what the whole patch does.
func (v *validation) judgeTogether(card *reports.Card, u *subject, helping []*cureTrial, base, s *session) error {
	patched, err := u.patched(helping)
	if err != nil {
		return err
	}
	whole := &reports.CardCure{ID: "together", Diff: u.diff(patched, u.shown)}
	var directives []string
	for _, t := range helping {
		directives = append(directives, t.remedy.Directive)
	}
	whole.Directive, whole.File, whole.Line = strings.Join(directives, "; "), helping[0].card.File, helping[0].card.Line
	var worse []string
	for i, t := range u.targets {
		n := slices.IndexFunc(s.stands, func(st *stand.Stand) bool {
			return st.Target.Configuration.Name == t.Configuration.Name+".together"
		})
		if n < 0 || s.stands[n].Err != nil {
			worse = append(worse, t.Configuration.Site.URL+" does not come up")
			continue
		}
		d := differences(base, base.standOf(u.targets[i]), s, s.stands[n])
		whole.Changes = append(whole.Changes, d.effects...)
		worse = append(worse, d.worse...)
	}
	if whole.Helps = len(worse) == 0; !whole.Helps {
		whole.Why = "together they make fail what passed: " + strings.Join(worse, ", ")
	} else {
		card.Patch = whole.Diff
		u.patch = patched
	}
	card.Patched = whole
	return nil
}
