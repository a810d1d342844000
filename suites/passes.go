package suites

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

const (
	// quickPatience caps the waits of the quick pass: it measures milliseconds, and a close that takes longer
	// than this is measured by the patient pass.
	quickPatience = 2 * time.Second
	// quickStrikes is how many time-outs in a row end the sampling of a scenario on a target.
	quickStrikes = 3
	// quickRetakes is how often the targets over their budget are sampled once more. All samples count.
	quickRetakes = 2
	// patientSpacing is the time between two starts in the patient pass. It keeps two cores from being what is measured.
	patientSpacing = 1600 * time.Microsecond
	// patientParallel bounds how many plays that do not wait go on at once, where the machine cannot keep patientSpacing.
	patientParallel = 24
	// warmSpacing is the time between two starts in the warm-up, where nothing is measured.
	warmSpacing = 800 * time.Microsecond
	// closeTimer is how long a prompt client waits for what it is owed by a mute or lingering backend.
	closeTimer = time.Second
)

// play is one play on its stand.
type play struct {
	stand *stand.Stand
	play  scenario.Play
}

// newPlay makes the play of one scenario on one stand. Variant counts through the scenario's Close frames.
func (s *session) newPlay(st *stand.Stand, sc scenario.Scenario, variant int, patience time.Duration) play {
	s.played++
	p := scenario.Play{
		ID:         fmt.Sprintf("%s-%d", s.id, s.played),
		Target:     st.ID,
		Scenario:   sc,
		URL:        st.URL,
		CA:         st.CA,
		Patience:   patience,
		CloseTimer: min(closeTimer, patience/4),
	}
	if len(sc.Closes) > 0 {
		p.Close = sc.Closes[variant%len(sc.Closes)]
	}
	if len(sc.Refusals) > 0 {
		p.Refusal = sc.Refusals[variant%len(sc.Refusals)]
	}
	return play{stand: st, play: p}
}

// quickPass measures latency: one play at a time, in rounds over all stands and scenarios in random order,
// so that a drift of the machine hits all alike. The first round warms up and is not counted.
func (s *session) quickPass(ctx context.Context) error {
	rng := rand.New(rand.NewPCG(uint64(s.options.Seed), 1)) //nolint:gosec // reproducible order, no secret
	s.progress.Stage("quick pass", s.options.Samples+1)
	if err := s.quickRounds(ctx, rng, s.options.Samples+1, 1, func(*stand.Stand) bool { return true }); err != nil {
		return err
	}
	for range quickRetakes {
		over := s.overBudget()
		if len(over) == 0 {
			return nil
		}
		s.progress.Stage("quick pass again", s.options.Samples)
		s.progress.Say("over the budget, and so sampled again: %s", strings.Join(over, ", "))
		again := func(st *stand.Stand) bool { return st.Target == nil || slices.Contains(over, st.ID) }
		if err := s.quickRounds(ctx, rng, s.options.Samples, 0, again); err != nil {
			return err
		}
	}
	return nil
}

// quickRounds plays rounds on the chosen stands and keeps the samples of all but the first warmUp rounds.
func (s *session) quickRounds(ctx context.Context, rng *rand.Rand, rounds, warmUp int, chosen func(*stand.Stand) bool) error {
	for round := range rounds {
		plays := s.quickRound(chosen)
		if len(plays) == 0 {
			return nil
		}
		rng.Shuffle(len(plays), func(i, j int) { plays[i], plays[j] = plays[j], plays[i] })
		err := s.playAll(ctx, plays, 1, 0, func(p play, t trace.Trace) {
			if round >= warmUp {
				s.keepQuick(p, t)
			}
		})
		if err != nil {
			return err
		}
		s.progress.Step(1)
	}
	return nil
}

func (s *session) quickRound(chosen func(*stand.Stand) bool) []play {
	var plays []play
	for _, st := range s.up() {
		if !chosen(st) {
			continue
		}
		for _, sc := range s.plan.scenarios(st.ID, true) {
			if !s.record(st.ID).stopped[sc.Name] {
				plays = append(plays, s.newPlay(st, sc, 0, min(quickPatience, s.options.Patience)))
			}
		}
	}
	return plays
}

// overBudget are the stands that would fail a check of the quick pass by a tail that may be the machine's: with more
// samples it shows. What times out again and again needs none.
func (s *session) overBudget() []string {
	var over []string
	for _, st := range s.up() {
		for _, c := range s.plan.checks[st.ID] {
			for _, name := range c.Scenarios {
				if c.Quick && !s.record(st.ID).stopped[name] && c.Judge(s.evidence(c, st, name)).Verdict == reports.Fail {
					over = append(over, st.ID)
				}
			}
		}
	}
	return slices.Compact(over)
}

// keepQuick keeps a sample, and gives the scenario up on this stand when it did not end quickStrikes times in a row.
func (s *session) keepQuick(p play, t trace.Trace) {
	r := s.record(p.stand.ID)
	name := p.play.Scenario.Name
	r.quick[name] = append(r.quick[name], t)
	last := r.quick[name][max(0, len(r.quick[name])-quickStrikes):]
	for _, t := range last {
		if sample, ok := t.Measure(trace.CloseLatency); ok && !sample.TimedOut {
			return
		}
	}
	if len(last) == quickStrikes {
		r.stopped[name] = true
	}
}

// patientPass plays everything that waits: all scenarios on all stands at the same time, so that the wall time is the
// longest wait and not the sum of all. Around it the witnesses look at what the proxies keep.
func (s *session) patientPass(ctx context.Context) error {
	if err := s.beforeEndings(ctx); err != nil {
		return err
	}
	plays := s.patientPlays()
	if len(plays) == 0 {
		return nil
	}
	s.progress.Stage("patient pass", len(plays))
	if slices.ContainsFunc(plays, func(p play) bool { return p.play.Scenario.Waits() }) {
		s.progress.Lasts(s.options.Patience) // clients that hold may have to wait that long
	}
	err := s.playAll(ctx, plays, patientParallel, patientSpacing, func(p play, t trace.Trace) {
		r := s.record(p.stand.ID)
		r.patient[p.play.Scenario.Name] = append(r.patient[p.play.Scenario.Name], t)
		s.progress.Step(1)
	})
	if err != nil {
		return err
	}
	return s.afterEndings(ctx)
}

// patientPlays are at least options.Endings plays a stand: every variant of every scenario once, and the scenarios
// without variants again and again, in random order over all stands. Those that wait come first: while they do,
// the others are played.
func (s *session) patientPlays() []play {
	var waiting, others []play
	for _, st := range s.up() {
		for _, p := range s.endings(st, s.plan.scenarios(st.ID, false)) {
			if p.play.Scenario.Waits() {
				waiting = append(waiting, p)
			} else {
				others = append(others, p)
			}
		}
	}
	rng := rand.New(rand.NewPCG(uint64(s.options.Seed), 2)) //nolint:gosec // reproducible order, no secret
	for _, plays := range [][]play{waiting, others} {
		rng.Shuffle(len(plays), func(i, j int) { plays[i], plays[j] = plays[j], plays[i] })
	}
	return append(waiting, others...)
}

func (s *session) endings(st *stand.Stand, scenarios []scenario.Scenario) []play {
	var plays []play
	var repeated []scenario.Scenario
	for _, sc := range scenarios {
		for variant := range sc.Variants() {
			plays = append(plays, s.newPlay(st, sc, variant, s.options.Patience))
		}
		if sc.Variants() == 1 {
			repeated = append(repeated, sc)
		}
	}
	for i := 0; len(repeated) > 0 && len(plays) < s.options.Endings; i++ {
		plays = append(plays, s.newPlay(st, repeated[i%len(repeated)], 0, s.options.Patience))
	}
	return plays
}

// playAll has the plays played by the peer of their stands, and hands every trace to keep.
func (s *session) playAll(ctx context.Context, plays []play, parallel int, spacing time.Duration, keep func(play, trace.Trace)) error {
	byID := make(map[string]play, len(plays))
	byPeer := map[agent.API][]scenario.Play{}
	for _, p := range plays {
		byID[p.play.ID] = p
		byPeer[p.stand.Peer] = append(byPeer[p.stand.Peer], p.play)
	}
	for peer, list := range byPeer { // one, but for runtimes that cannot share it
		err := peer.Play(ctx, list, parallel, spacing, func(t trace.Trace) { keep(byID[t.ID], t) })
		if err != nil {
			return fmt.Errorf("the peer is lost: %w", err)
		}
	}
	return nil
}
