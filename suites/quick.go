package suites

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

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
	// quickRetakes is how often the targets that a check of the quick pass does not pass are sampled once more.
	// All samples count.
	quickRetakes = 2
	// retakeRounds is how many samples they get each time: the p99 of less than 100 is the longest of them,
	// and with 100 one that the machine spoilt does not decide any more.
	retakeRounds = 100
)

// quickPass measures latency: one play at a time, in rounds over all stands and scenarios in random order,
// so that a drift of the machine hits all alike. The first round warms up and is not counted, nor are those in which
// the machine was disturbed.
func (s *session) quickPass(ctx context.Context) error {
	all := func(*stand.Stand) bool { return true }
	if len(s.quickRound(all)) == 0 {
		return nil
	}
	rng := rand.New(rand.NewPCG(uint64(s.options.Seed), 1)) //nolint:gosec // reproducible order, no secret
	defer s.sayQuiet()
	s.progress.Stage("quick pass", s.options.Samples)
	warmUp, err := s.playRound(ctx, rng, all)
	if err != nil {
		return err
	}
	s.discard(warmUp)
	if err := s.quickRounds(ctx, rng, s.options.Samples, all); err != nil {
		return err
	}
	for range quickRetakes {
		unclear := s.notPassed()
		if len(unclear) == 0 {
			return nil
		}
		s.progress.Stage("quick pass again", retakeRounds)
		s.progress.Say("over the budget or too near to it, and so sampled again: %s", strings.Join(unclear, ", "))
		again := func(st *stand.Stand) bool { return st.Target == nil || slices.Contains(unclear, st.ID) }
		if err := s.quickRounds(ctx, rng, retakeRounds, again); err != nil {
			return err
		}
	}
	return nil
}

// quickRounds plays so many rounds on the chosen stands that rounds of them count.
func (s *session) quickRounds(ctx context.Context, rng *rand.Rand, rounds int, chosen func(*stand.Stand) bool) error {
	for done := 0; done < rounds; {
		began := time.Now()
		round, err := s.playRound(ctx, rng, chosen)
		if err != nil || len(round) == 0 {
			return err
		}
		if why := s.disturbed(round); why != "" && s.quiet.mayRepeat(why, s.options.Samples) {
			s.discard(round)
			rest(ctx, quietPause)
			s.quiet.spent += time.Since(began)
			continue
		}
		for _, k := range round {
			s.keepQuick(k.play, k.trace)
		}
		s.quiet.Rounds++
		done++
		s.progress.Step(1)
	}
	return nil
}

// playRound plays one round. Without an error it is whole.
func (s *session) playRound(ctx context.Context, rng *rand.Rand, chosen func(*stand.Stand) bool) ([]keptPlay, error) {
	plays := s.quickRound(chosen)
	rng.Shuffle(len(plays), func(i, j int) { plays[i], plays[j] = plays[j], plays[i] })
	var round []keptPlay
	err := s.playAll(ctx, plays, 1, 0, func(p play, t trace.Trace) { round = append(round, keptPlay{p, t}) })
	return round, err
}

func (s *session) quickRound(chosen func(*stand.Stand) bool) []play {
	var plays []play
	for _, st := range s.up() {
		if !chosen(st) {
			continue
		}
		for _, sc := range s.plan.scenarios(st.ID, true) {
			if !s.record(st.ID).stopped[sc.Name] {
				plays = append(plays, s.newPlay(st, sc, 0, min(cmp.Or(s.options.quick, quickPatience), s.options.Patience)))
			}
		}
	}
	return plays
}

// notPassed are the stands that would not pass a check of the quick pass, by a tail that may be the machine's: with more
// samples it shows. What times out again and again needs none.
func (s *session) notPassed() []string {
	var unclear []string
	for _, st := range s.up() {
		for _, c := range s.plan.checks[st.ID] {
			for _, name := range c.Scenarios {
				if !c.Quick || s.record(st.ID).stopped[name] {
					continue
				}
				f := c.Judge(s.evidence(c, st, name))
				tail := reports.Describe(f.Samples).P50 <= f.Budget // a median over the budget is clear
				if f.Verdict == reports.Inconclusive || (f.Verdict == reports.Fail && tail) {
					unclear = append(unclear, st.ID)
				}
			}
		}
	}
	return slices.Compact(unclear)
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

// discard keeps the traces of a round that does not count: its connections may be what is left in a proxy.
func (s *session) discard(round []keptPlay) {
	for _, k := range round {
		r := s.record(k.stand.ID)
		name := k.play.play.Scenario.Name
		r.discarded[name] = append(r.discarded[name], k.trace)
	}
}
