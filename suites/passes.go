package suites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
)

const (
	// patientSpacing is the time between two starts in the patient pass. It keeps two cores from being what is measured.
	patientSpacing = 1600 * time.Microsecond
	// patientParallel bounds how many plays that do not wait go on at once, where the machine cannot keep patientSpacing.
	patientParallel = 24
	// warmSpacing is the time between two starts in the warm-up, where nothing is measured.
	warmSpacing = 800 * time.Microsecond
	// warmTimer is how long the connections of the warm-up stay: until those of all stands have begun.
	warmTimer = 300 * time.Millisecond
	// warmSite is the same for a user's own configuration, whose pools of processes are not tuned for this: Apache looks once a
	// second whether it has enough.
	warmSite = 2500 * time.Millisecond
	// warmExtra is how many connections more than wait a proxy may have at the same time: a share of patientParallel.
	warmExtra = 8
	// hush is how long the plays that wait have, after the last of them has begun and its close timer has ended, to
	// come to rest before latency is measured beside them.
	hush = 200 * time.Millisecond
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
		Address:    st.Address,
		Header:     st.Header,
		OwnPath:    st.Target != nil && st.Target.Configuration.Site != nil,
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

// warmUp are as many connections to each proxy as the passes will have it keep at the same time: those that wait and
// some more. The backend is mute, so that they last until their close timer ends.
func (s *session) warmUp(stands []*stand.Stand) ([]play, error) {
	mute, err := scenario.Named("backend-mute")
	if err != nil {
		return nil, err
	}
	var plays []play
	for _, st := range stands {
		waiting := 0
		for _, sc := range s.plan.scenarios(st.ID, false) {
			if sc.Waits() && sc.Opening == scenario.Upgraded {
				waiting++
			}
		}
		for range waiting + warmExtra {
			p := s.newPlay(st, mute, 0, s.options.Patience)
			p.play.CloseTimer = warmTimer
			if st.Target.Configuration.Site != nil {
				p.play.CloseTimer = min(warmSite, s.options.Patience/2)
			}
			plays = append(plays, p)
		}
	}
	return plays, nil
}

// keptPlay is a play and what became of it.
type keptPlay struct {
	play
	trace trace.Trace
}

// patientPass measures everything once. What waits begins first; while it does, which costs nothing, the quick pass has the
// machine for itself, and then all other scenarios are played on all stands. So the wall time is little more than the
// longest wait. Around all of it the witnesses look at what the proxies keep.
//
//	warm-up | waits begin |       the longest wait      | settling
//	                      | quick pass | patient pass, the rest |
//
// What lifecyclePass does to the proxies comes behind it.
func (s *session) patientPass(ctx context.Context) error {
	if err := s.beforeEndings(ctx); err != nil {
		return err
	}
	waiting, others := s.patientPlays()
	if len(waiting)+len(others) == 0 {
		return s.quickPass(ctx)
	}
	waits := s.beginWaits(ctx, waiting)
	err := s.quickPass(ctx)
	if err == nil {
		err = s.playOthers(ctx, others)
	}
	if err := errors.Join(err, s.endWaits(waits, err)); err != nil {
		return err
	}
	return s.afterEndings(ctx)
}

// waits are plays that go on by themselves.
type waits struct {
	cancel context.CancelFunc
	ended  chan struct{}
	kept   []keptPlay // and err: to be read when ended is closed
	err    error
}

// begin begins plays, one every spacing, and does not wait for them.
func (s *session) begin(ctx context.Context, plays []play, spacing time.Duration) *waits {
	ctx, cancel := context.WithCancel(ctx)
	w := &waits{cancel: cancel, ended: make(chan struct{})}
	if len(plays) == 0 {
		close(w.ended)
		return w
	}
	go func() {
		defer close(w.ended)
		w.err = s.playAll(ctx, plays, cmp.Or(s.options.parallel, patientParallel), spacing, func(p play, t trace.Trace) {
			w.kept = append(w.kept, keptPlay{p, t})
		})
	}()
	return w
}

// settle waits for d, or until all have ended or ctx has.
func (w *waits) settle(ctx context.Context, d time.Duration) {
	select {
	case <-w.ended:
	case <-ctx.Done():
	case <-time.After(d):
	}
}

// end waits until all have ended, and has them end at once where err, the error of what went on beside them, is set.
func (w *waits) end(err error) error {
	defer w.cancel()
	if err != nil {
		w.cancel()
	}
	<-w.ended
	return w.err
}

// beginWaits begins the plays that wait and returns when they are at rest: all have begun, and those whose close timer
// ends have gone on. On an orderly proxy some of them are over by then.
func (s *session) beginWaits(ctx context.Context, plays []play) *waits {
	if len(plays) > 0 {
		s.progress.Stage("waits begin", 0)
	}
	w := s.begin(ctx, plays, patientSpacing)
	w.settle(ctx, time.Duration(len(plays))*patientSpacing+closeTimer+hush)
	return w
}

// endWaits waits for the plays that began and keeps them. When the rest of the pass ended with an error, they end at once.
func (s *session) endWaits(w *waits, err error) error {
	if err == nil {
		s.progress.Stage("last waits", 0)
	}
	err = w.end(err)
	for _, k := range w.kept {
		s.keepPatient(k.play, k.trace)
	}
	return err
}

// playOthers plays what does not wait.
func (s *session) playOthers(ctx context.Context, plays []play) error {
	s.progress.Stage("patient pass", len(plays))
	return s.playAll(ctx, plays, cmp.Or(s.options.parallel, patientParallel), patientSpacing, func(p play, t trace.Trace) {
		s.keepPatient(p, t)
		s.progress.Step(1)
	})
}

func (s *session) keepPatient(p play, t trace.Trace) {
	r := s.record(p.stand.ID)
	r.patient[p.play.Scenario.Name] = append(r.patient[p.play.Scenario.Name], t)
	if n := len(t.Events); n > 0 {
		s.longest = max(s.longest, time.Duration(t.Events[n-1].At-t.Events[0].At))
	}
}

// patientPlays are so many plays a stand that with the quick pass it has at least options.Endings: every variant of every scenario once, and the scenarios
// that neither have variants nor wait nor send a burst again and again, in random order over all stands.
func (s *session) patientPlays() (waiting, others []play) {
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
	return waiting, others
}

func (s *session) endings(st *stand.Stand, scenarios []scenario.Scenario) []play {
	var plays []play
	var repeated []scenario.Scenario
	quick := len(s.plan.scenarios(st.ID, true)) * s.options.Samples
	for _, sc := range scenarios {
		for variant := range sc.Variants() {
			plays = append(plays, s.newPlay(st, sc, variant, s.options.Patience))
		}
		if sc.Variants() == 1 && sc.Burst == 0 && !sc.Waits() {
			repeated = append(repeated, sc)
		}
	}
	for i := 0; len(repeated) > 0 && quick+len(plays) < s.options.Endings; i++ {
		plays = append(plays, s.newPlay(st, repeated[i%len(repeated)], 0, s.options.Patience))
	}
	return plays
}
