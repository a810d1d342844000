package suites

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// slowest is how many of the longest samples a finding names.
const slowest = 3

// timed are the durations of a metric over some traces.
type timed struct {
	samples []trace.Sample // in the order of ids
	ids     []string
	missing []string // ids of traces that have no such duration
}

func durations(traces []*trace.Trace, m trace.Metric) timed {
	var d timed
	for _, t := range traces {
		s, ok := t.Measure(m)
		if !ok {
			d.missing = append(d.missing, t.ID)
			continue
		}
		d.samples = append(d.samples, s)
		d.ids = append(d.ids, t.ID)
	}
	return d
}

// worst are the ids of the longest samples, the longest first.
func (d timed) worst() []string {
	order := make([]int, len(d.samples))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return compareSamples(d.samples[b], d.samples[a]) })
	var ids []string
	for _, i := range order[:min(len(order), slowest)] {
		ids = append(ids, d.ids[i])
	}
	return ids
}

// compareSamples orders by length; one that did not end is longer than any that did.
func compareSamples(a, b trace.Sample) int {
	switch {
	case a.TimedOut != b.TimedOut && a.TimedOut:
		return 1
	case a.TimedOut != b.TimedOut:
		return -1
	}
	return cmp.Compare(a.Value, b.Value)
}

// judgeWithin demands that every duration of the metric ended within the budget. One that did not end at all is over
// every budget. The longest one decides: when it is no farther from the budget than the control's noise, it could be on
// the other side of it next time, and the verdict is inconclusive. base brings Expected and Hint.
//
//	budget 5 s, noise 3 ms:  longest 4.9 s      pass
//	                         longest 4.998 s    inconclusive
//	                         longest 5.002 s    inconclusive
//	                         longest 5.1 s      fail
//	                         one not over       fail
func judgeWithin(e Evidence, m trace.Metric, budget time.Duration, base Finding) Finding {
	base.Budget = milliseconds(budget)
	p := tellApart(e.Traces)
	if f, ok := p.unjudgeable(e, base); ok {
		return f
	}
	d := durations(p.good, m)
	base.Samples, base.Worst = d.samples, d.worst()
	return p.settle(d.within(budget, noiseOf(e, m), base))
}

// noiseOf is how far the control's own p99 of the metric lies above its median, in the same scenario and pass. It is 0
// where the control has no such moment or did not end, as when its client holds the only leg, and for the control itself.
func noiseOf(e Evidence, m trace.Metric) time.Duration {
	if isControl(e.Target) {
		return 0
	}
	control := reports.Describe(durations(tellApart(e.Control).good, m).samples)
	if control.TimedOut > 0 {
		return 0
	}
	return time.Duration((control.P99 - control.P50) * float64(time.Millisecond))
}

func (d timed) within(budget, noise time.Duration, f Finding) Finding {
	var timedOut, over int
	var longest trace.Sample
	for _, s := range d.samples {
		if s.TimedOut {
			timedOut++
		} else if s.Value > budget {
			over++
		}
		if compareSamples(s, longest) > 0 {
			longest = s
		}
	}
	n := len(d.samples)
	var lacking string
	if len(d.missing) > 0 {
		lacking = fmt.Sprintf("; %d of %d have no such moment", len(d.missing), n+len(d.missing))
	}
	switch {
	case timedOut > 0 && over > 0:
		return f.as(reports.Fail, "%d of %d not over within the patience of %s, %d more over the budget%s",
			timedOut, n, limit(longest.Value), over, lacking)
	case timedOut > 0:
		return f.as(reports.Fail, "%d of %d not over within the patience of %s%s", timedOut, n, limit(longest.Value), lacking)
	case n > 0 && (longest.Value-budget).Abs() <= noise && noise > 0:
		return f.as(reports.Inconclusive, "the longest of %d took %s, no farther from the budget than the control's noise of %s%s",
			n, measured(longest.Value), measured(noise), lacking)
	case over > 0:
		return f.as(reports.Fail, "%d of %d over the budget, the longest took %s%s", over, n, measured(longest.Value), lacking)
	case len(d.missing) > 0:
		f.Worst = d.missing[:min(len(d.missing), mostWorst)]
		return f.as(reports.HarnessError, "not measured in %d of %d: the trace has no such moment", len(d.missing), n+len(d.missing))
	}
	return f.as(reports.Pass, "%d of %d within the budget, the longest took %s", n, n, measured(longest.Value))
}

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }

// measured writes a duration that was measured.
func measured(d time.Duration) string { return reports.FormatDuration(milliseconds(d)) }

// limit writes a duration that was chosen: "30 ms", "1.5 s".
func limit(d time.Duration) string {
	if d < time.Second {
		return strconv.FormatFloat(milliseconds(d), 'f', -1, 64) + " ms"
	}
	return strconv.FormatFloat(d.Seconds(), 'f', -1, 64) + " s"
}
