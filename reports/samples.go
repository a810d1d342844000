package reports

import (
	"math"
	"slices"
)

// sampleSet is what was measured of one metric on one target, in milliseconds.
type sampleSet struct {
	values   []float64 // ascending, those that timed out last; empty: the run did not keep them
	n        int
	timedOut int
	median   float64 // nearest rank
	longest  float64
	control  *sampleSet // of the same metric and scenario; nil: there is none
}

// samplesOf is what result measured, and false where it did not, or where that cannot be trusted.
func samplesOf(r Result) (sampleSet, bool) {
	if r.Metric == "" || r.N == 0 || r.Verdict == HarnessError || r.Verdict == Unsupported {
		return sampleSet{}, false
	}
	if n := len(r.Samples); n > 0 {
		return sampleSet{values: r.Samples, n: n, timedOut: min(r.TimedOut, n), median: middleOf(r.Samples), longest: r.Samples[n-1]}, true
	}
	// N alone counts plays, also those in which there was nothing to measure.
	return sampleSet{n: r.N, timedOut: r.TimedOut, median: r.P50, longest: r.Max}, r.Max > 0
}

// samplesOn is the same with the control beside it.
func (r *Run) samplesOn(target Target, result Result) (sampleSet, bool) {
	s, ok := samplesOf(result)
	if !ok {
		return s, false
	}
	if c, found := r.ControlOf(target, result); found {
		if control, ok := samplesOf(c); ok {
			s.control = &control
		}
	}
	return s, true
}

// middleOf is the median of ascending values by nearest rank, as [Describe] has it.
func middleOf(values []float64) float64 { return values[(len(values)+1)/2-1] }

// few reports whether s says too little for statistics.
func (s sampleSet) few() bool { return len(s.values) < minSamples }

// base is the control's median; 0 where that is not known. That of single plays varies too much to be taken off.
func (s sampleSet) base() float64 {
	if s.few() || s.control == nil || s.control.few() || !s.control.ended() {
		return 0
	}
	return s.control.median
}

// spread is how far the slowest tenth of the control's samples lies above their median: what the machine does by itself.
func (s sampleSet) spread() float64 {
	if s.base() == 0 {
		return 0
	}
	v := s.control.values
	return v[(len(v)*90+99)/100-1] - s.control.median
}

// ceiling is the shortest time after which a sample of s was given up; infinite where none was.
func (s sampleSet) ceiling() float64 {
	switch {
	case s.timedOut == 0:
		return math.Inf(1)
	case len(s.values) == 0:
		return s.longest
	}
	return s.values[len(s.values)-s.timedOut]
}

// upTo counts what took ceiling or longer as timed out, so that sets that were given up at different times can be compared.
func (s sampleSet) upTo(ceiling float64) sampleSet {
	if math.IsInf(ceiling, 1) {
		return s
	}
	if len(s.values) > 0 {
		first, _ := slices.BinarySearch(s.values, ceiling)
		s.values = slices.Clone(s.values)
		for i := first; i < len(s.values); i++ {
			s.values[i] = ceiling
		}
		s.timedOut = len(s.values) - first
	} else if s.median >= ceiling {
		s.timedOut = max(s.timedOut, (s.n+1)/2)
	}
	s.median, s.longest = min(s.median, ceiling), min(s.longest, ceiling)
	return s
}

// less is s without base, the control's share. What timed out stays at its ceiling: the control has no share in that.
func (s sampleSet) less(base float64) sampleSet {
	if base == 0 {
		return s
	}
	if s.ended() {
		s.median -= base
	}
	s.values = slices.Clone(s.values)
	for i := range len(s.values) - s.timedOut {
		s.values[i] -= base
	}
	if s.timedOut == 0 {
		s.longest -= base
	}
	return s
}

// ended reports whether the median is of a sample that ended.
func (s sampleSet) ended() bool { return s.timedOut == 0 || s.median < s.ceiling() }

// typicalEnded is the median of the samples that ended; infinite where none did.
func (s sampleSet) typicalEnded() float64 {
	switch {
	case s.timedOut >= s.n:
		return math.Inf(1)
	case len(s.values) == 0:
		return s.median
	}
	return middleOf(s.values[:len(s.values)-s.timedOut])
}
