package suites

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// The accuracy is how exactly a delay that is known is measured. The fault proxy delays one moment of a connection by
// what its request says, exact to microseconds; finwait measures the metric that this moment ends. The error is
//
//	| measured - delay - the median of what is measured without a delay |
//
// and so holds what the proxy, the kernel and the scheduler vary by, besides finwait's own part.

// What is aimed at on a quiet machine.
const (
	aimMedian = 100 * time.Microsecond
	aimP99    = time.Millisecond
)

// probeWatch is how often the sockets are looked at for proxy_release, which cannot be more exact than that. A run looks
// every watchInterval.
const probeWatch = 5 * time.Millisecond

const (
	// probeAttempts is how often samples that a disturbed machine spoilt are taken again.
	probeAttempts = 3
	// probeMore is how many more samples are taken of what is not within its aim.
	probeMore = 100
	// probeUnclear is how many metrics and delays are sampled again at most. Where there are more it is no outlier.
	probeUnclear = 12
	// probeCalm is how far the control's p99 may lie from its median on a machine that is called quiet. The aim fails only
	// there: a busy machine must not be taken for an inexact clock.
	probeCalm = aimP99 / 4
	// quietShare is how many probes there are for each play of the control.
	quietShare = 4
	// probeBusy is how long a play keeps the processors busy from its start on, and probeEnd from the delayed moment on.
	// No play starts while another ends, nor the other way round.
	probeBusy, probeEnd = 5 * time.Millisecond, 3 * time.Millisecond
	// probeAlone is the longest delay whose plays are played one after the other, without a pause: a processor that slept
	// is late. Longer ones go on beside each other.
	probeAlone = 20 * time.Millisecond
)

// knownDelay is a delay, and how many samples are taken of it.
type knownDelay struct {
	delay   time.Duration
	samples int
}

// delays are those of a selftest: more samples of the short ones, which cost less.
var delays = []knownDelay{
	{0, 40},
	{time.Millisecond, 40},
	{5 * time.Millisecond, 40},
	{20 * time.Millisecond, 30},
	{100 * time.Millisecond, 20},
	{500 * time.Millisecond, 20},
}

// probe is a metric and the scenario that shows it.
type probe struct {
	metric   trace.Metric
	scenario string
	base     time.Duration // what it takes without a delay, where the proxy itself waits
}

// quietness is played beside every probe, without a proxy: how much it varies is how quiet the machine is.
var quietness = probe{metric: trace.CloseLatency, scenario: "client-close"}

// probed are the metrics in the groups that are played together.
var probed = [][]probe{
	{
		{trace.CloseHandshake, "client-close", 0},
		{trace.FrontRelease, "client-close", 0},
		{trace.BackRelease, "client-close", 0},
		{trace.CloseLatency, "client-close", 0},
		{trace.AbruptTold, "backend-resets", 0},
	},
	{{trace.GatewayError, "backend-silent", 50 * time.Millisecond}},
	{{trace.GiveUp, "client-vanishes", 200 * time.Millisecond}},
	{{trace.ProxyRelease, "client-close", 0}},
}

// sampling is one sample in the making.
type sampling struct {
	probe probe
	delay time.Duration
}

// prober takes the samples on one stand of the proxy that delays.
type prober struct {
	session   *session
	stand     *stand.Stand
	control   *stand.Stand
	groups    [][]probe // of probed, what can be shown here
	delays    []knownDelay
	rng       *rand.Rand
	measured  map[sampling][]time.Duration
	quiet     []time.Duration // the control's close latencies
	disturbed int             // samples that were thrown away
	kept      int             // samples that were disturbed in the last attempt too, and count all the same
}

// measureAccuracy measures the delays, one of which has to be 0, of all metrics. Disturbed says why it is not shown; empty: it is.
func (s *session) measureAccuracy(ctx context.Context, delays []knownDelay) (list []reports.Accuracy, disturbed string, err error) {
	i := slices.IndexFunc(s.stands, func(st *stand.Stand) bool { return st.Target.Configuration.Name == delaying && !st.TLS })
	if i < 0 || s.stands[i].Err != nil {
		return nil, "", stand.Unmeasurable{Doing: "measure the accuracy", Err: errors.New("the proxy that delays is not up")}
	}
	p := &prober{
		session: s, stand: s.stands[i], control: s.controls[0], groups: s.showable(s.stands[i]), delays: delays,
		measured: map[sampling][]time.Duration{},
		rng:      rand.New(rand.NewPCG(uint64(s.options.Seed), 3)), //nolint:gosec // reproducible order, no secret
	}
	s.progress.Stage("accuracy", p.total())
	for _, group := range p.groups {
		if err := p.sampleAll(ctx, group); err != nil {
			return nil, "", stand.Unmeasurable{Doing: "measure the accuracy", Err: err}
		}
	}
	if err := p.sampleAgain(ctx); err != nil {
		return nil, "", stand.Unmeasurable{Doing: "measure the accuracy", Err: err}
	}
	list = p.accuracies()
	return list, p.disturbance(list), nil
}

// showable are the groups of probed without what cannot be measured here: that would stand as inexact.
func (s *session) showable(st *stand.Stand) [][]probe {
	return slices.DeleteFunc(slices.Clone(probed), func(group []probe) bool {
		switch group[0].metric {
		case trace.GiveUp:
			return s.plan.cannotVanish != ""
		case trace.ProxyRelease:
			return st.Witness == nil
		}
		return false
	})
}

// total is how many samples are taken.
func (p *prober) total() int {
	n := 0
	for _, group := range p.groups {
		for _, d := range p.delays {
			n += len(group) * d.samples
		}
	}
	return n
}

// sampleAll takes the samples of metrics that are played together, one delay after the other in random order.
func (p *prober) sampleAll(ctx context.Context, group []probe) error {
	order := slices.Clone(p.delays)
	p.rng.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
	for _, d := range order {
		var wanted []sampling
		for _, probe := range group {
			wanted = append(wanted, slices.Repeat([]sampling{{probe, d.delay}}, d.samples)...)
		}
		if err := p.sample(ctx, wanted); err != nil {
			return err
		}
	}
	return nil
}

// sampleAgain takes more samples of what is not within its aim: the p99 of less than 100 is the longest of them, and
// with probeMore in addition one that the machine spoilt does not decide any more. All count.
func (p *prober) sampleAgain(ctx context.Context) error {
	var unclear []sampling
	for _, group := range p.groups {
		for _, x := range group {
			for _, d := range p.delays {
				if !p.accuracy(x, d).OK {
					unclear = append(unclear, sampling{x, d.delay})
				}
			}
		}
	}
	if len(unclear) == 0 || len(unclear) > probeUnclear {
		return nil
	}
	p.session.progress.Stage("accuracy again", len(unclear)*probeMore)
	for _, w := range unclear {
		if err := p.sample(ctx, slices.Repeat([]sampling{w}, probeMore)); err != nil {
			return err
		}
	}
	return nil
}

// sample takes the samples, all with the same delay, in random order.
func (p *prober) sample(ctx context.Context, wanted []sampling) error {
	p.rng.Shuffle(len(wanted), func(i, j int) { wanted[i], wanted[j] = wanted[j], wanted[i] })
	for attempt := 1; len(wanted) > 0; attempt++ {
		again, err := p.take(ctx, wanted, attempt == probeAttempts)
		if err != nil {
			return err
		}
		wanted = again
	}
	return nil
}

// take plays once for each of the samples, and returns those that are to be taken again. With last there are none.
func (p *prober) take(ctx context.Context, wanted []sampling, last bool) (again []sampling, err error) {
	meant := map[string]sampling{}
	var plays []scenario.Play
	for i, w := range wanted {
		play, err := p.newPlay(p.stand, w.probe, fmt.Sprintf("?delay=%s:%s", w.probe.metric, w.delay))
		if err != nil {
			return nil, err
		}
		plays, meant[play.ID] = append(plays, play), w
		if i%quietShare == 0 {
			if play, err = p.newPlay(p.control, quietness, ""); err != nil {
				return nil, err
			}
			plays = append(plays, play)
		}
	}
	first := wanted[0]
	traces, err := p.play(ctx, plays, first.probe.base+first.delay, first.probe.metric == trace.ProxyRelease)
	for _, t := range traces {
		w, probes := meant[t.ID]
		if !probes {
			p.quiet = append(p.quiet, samplesOf(quietness.metric, t)...)
			continue
		}
		samples, pressed := samplesOf(w.probe.metric, t), pressure([]keptPlay{{trace: t}}) > pressureLimit
		if !last && (pressed || len(samples) == 0) {
			again = append(again, w)
			p.disturbed++
			continue
		}
		if pressed {
			p.kept++
		}
		p.measured[w] = append(p.measured[w], samples...)
		p.session.progress.Step(1)
	}
	return again, err
}

func (p *prober) newPlay(st *stand.Stand, x probe, query string) (scenario.Play, error) {
	sc, err := scenario.Named(x.scenario)
	if err != nil {
		return scenario.Play{}, err
	}
	play := p.session.newPlay(st, sc, 0, p.session.options.Patience).play
	play.URL += query
	return play, nil
}

// samplesOf is what the trace shows of the metric: one duration, or none.
func samplesOf(m trace.Metric, t trace.Trace) []time.Duration {
	if sample, ok := t.Measure(m); ok && !sample.TimedOut {
		return []time.Duration{sample.Value}
	}
	return nil
}

// play plays what is delayed by d. With watch the proxy's sockets are looked at meanwhile.
func (p *prober) play(ctx context.Context, plays []scenario.Play, d time.Duration, watch bool) ([]trace.Trace, error) {
	if watch {
		if err := p.stand.Witness.Watch(ctx, probeWatch); err != nil {
			return nil, err
		}
	}
	var traces []trace.Trace
	parallel, spacing := 0, spacing(d)
	if d <= probeAlone {
		parallel, spacing = 1, 0
	}
	err := p.stand.Peer.Play(ctx, plays, parallel, spacing, func(t trace.Trace) { traces = append(traces, t) })
	if !watch {
		return traces, err
	}
	spans, unwatched := p.stand.Witness.Watched(ctx)
	for i := range traces {
		traces[i].Proxy = ofTrace(&traces[i], spans)
	}
	return traces, errors.Join(err, unwatched)
}

// ofTrace are the sockets that the proxy had for a trace.
func ofTrace(t *trace.Trace, spans []trace.Span) []trace.Span {
	own := func(s trace.Span) bool {
		return (s.Local == t.Front.Remote && s.Remote == t.Front.Local) || (s.Local == t.Back.Remote && s.Remote == t.Back.Local)
	}
	return during(t, slices.DeleteFunc(slices.Clone(spans), func(s trace.Span) bool { return !own(s) }))
}

// spacing is the shortest time between two starts, in whole milliseconds, with which no play that is delayed by d ends
// while another starts.
func spacing(d time.Duration) time.Duration {
	s := probeBusy + probeEnd
	for d%s < probeBusy || d%s > s-probeEnd {
		if d < probeBusy && s >= d+probeBusy+probeEnd {
			break // it ends before the next one starts
		}
		s += time.Millisecond
	}
	return s
}

// accuracies are the errors of all samples, by metric and delay in their order.
func (p *prober) accuracies() []reports.Accuracy {
	var list []reports.Accuracy
	for _, group := range p.groups {
		for _, probe := range group {
			for _, d := range p.delays {
				list = append(list, p.accuracy(probe, d))
			}
		}
	}
	return list
}

func (p *prober) accuracy(x probe, d knownDelay) reports.Accuracy {
	return accuracyOf(x.metric, d.delay, middle(p.measured[sampling{x, 0}]), p.measured[sampling{x, d.delay}])
}

// accuracyOf describes the errors of samples of a metric with a known delay; base is the median without one.
func accuracyOf(m trace.Metric, delay, base time.Duration, samples []time.Duration) reports.Accuracy {
	median, p99, allowed := aimMedian, aimP99, fmt.Sprintf("median under %s, p99 under %s", limit(aimMedian), limit(aimP99))
	if m == trace.ProxyRelease {
		median, p99 = probeWatch, probeWatch+aimP99
		allowed = fmt.Sprintf("within the %s between two looks at the sockets and %s (a run looks every %s)",
			limit(probeWatch), limit(aimP99), limit(watchInterval))
	}
	stats := deviation(samples, delay+base)
	return reports.Accuracy{
		Metric: string(m), Delay: milliseconds(delay), N: stats.N, Median: stats.P50, P99: stats.P99, Max: stats.Max,
		Allowed: allowed,
		OK:      stats.N > 0 && stats.P50 < milliseconds(median) && stats.P99 < milliseconds(p99),
	}
}

// deviation describes by how much samples differ from what they should be.
func deviation(samples []time.Duration, should time.Duration) reports.Stats {
	list := make([]trace.Sample, len(samples))
	for i, s := range samples {
		list[i].Value = (s - should).Abs()
	}
	return reports.Describe(list)
}

// disturbance says why an accuracy that is not within its aim is the machine's doing; empty: it is not.
func (p *prober) disturbance(list []reports.Accuracy) string {
	if !slices.ContainsFunc(list, func(a reports.Accuracy) bool { return !a.OK }) {
		return ""
	}
	return p.unrest()
}

// unrest says in what the machine was not quiet; empty: it was.
func (p *prober) unrest() string {
	control, samples := deviation(p.quiet, middle(p.quiet)), 0
	for _, taken := range p.measured {
		samples += len(taken)
	}
	switch spoilt := p.disturbed + p.kept; {
	case control.P99 > milliseconds(probeCalm), control.P50 > milliseconds(aimMedian):
		return fmt.Sprintf("the machine was not quiet: without a proxy the same close varied by %s in the median and %s in the p99",
			reports.FormatDuration(control.P50), reports.FormatDuration(control.P99))
	case spoilt > 0:
		return fmt.Sprintf("the machine was not quiet: %s taken again or kept under CPU pressure, of %d", counted(spoilt, "sample"), samples)
	}
	return ""
}

// middle is the median; 0 of nothing.
func middle(values []time.Duration) time.Duration {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/2]
}
