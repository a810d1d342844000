package reports

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

// latencies are n samples about median, as latency is: most close to it, and a tail.
func latencies(rng *rand.Rand, n int, median float64) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = roundMs(median * math.Exp(0.25*rng.NormFloat64()))
	}
	slices.Sort(values)
	return values
}

// setOf is a set of values, of which late more timed out after 10 s.
func setOf(late int, values ...float64) sampleSet {
	for range late {
		values = append(values, 10000)
	}
	return sampleSet{values: values, n: len(values), timedOut: late, median: middleOf(values), longest: values[len(values)-1]}
}

// on puts a control beside a set.
func (s sampleSet) on(values []float64) sampleSet {
	control := setOf(0, values...)
	s.control = &control
	return s
}

var usual = limits{least: medianMs, relative: relative, single: singleMs}

// between compares two sets by themselves.
func between(from, to sampleSet) Difference {
	c := &comparison{from: from, to: to, limits: usual}
	settle([]*comparison{c})
	return c.result
}

func TestDifference(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	at := func(n int, median float64) []float64 { return latencies(rng, n, median) }
	two := func(early, late int) []float64 { // plays that end at once or with a timer
		values := append(at(early, 1), at(late, 9)...)
		slices.Sort(values)
		return values
	}
	for _, test := range []struct {
		name     string
		from, to sampleSet
		want     Rule
	}{
		{"alike", setOf(0, at(40, 1)...), setOf(0, at(40, 1)...), ""},
		{"a clear shift", setOf(0, at(40, 1)...), setOf(0, at(40, 4)...), ByMedians},
		{"clear of chance, and less than the floor", setOf(0, at(40, 0.5)...), setOf(0, at(40, 0.9)...), ""},
		{"above a millisecond, and a small part", setOf(0, at(200, 10)...), setOf(0, at(200, 11.5)...), ""},
		{"six samples", setOf(0, at(6, 1)...), setOf(0, at(6, 9)...), ByMedians},
		{"all values equal", setOf(0, 5, 5, 5, 5, 5, 5), setOf(0, 5, 5, 5, 5, 5, 5), ""},
		{"clear of chance, and a small effect", setOf(0, two(130, 70)...), setOf(0, two(80, 120)...), ""},

		{"one play each, a timer", setOf(0, 5), setOf(0, 1005), ByTimer},
		{"one play each, a stall", setOf(0, 5), setOf(0, 600), ""},
		{"one play each, not twice as long", setOf(0, 4000), setOf(0, 5500), ""},
		{"one play within the others", setOf(0, 5, 6, 3000), setOf(0, 1005), ""},
		{"few against many, a timer", setOf(0, at(40, 1)...), setOf(0, 3000), ByTimer},

		{"one of one timed out", setOf(0, 5), setOf(1), ByTimeOuts},
		{"three of three timed out", setOf(3), setOf(0, 5, 6, 7), ByTimeOuts},
		{"one of three timed out", setOf(0, 5, 6, 7), setOf(1, 5, 6), ""},
		{"both timed out", setOf(1), setOf(1), ""},
		{"a timer as long as the patience", setOf(1), setOf(0, 9600), ""},
		{"a timer of half the patience", setOf(1), setOf(0, 5050), ByTimeOuts},
		{"a third of many timed out", setOf(0, at(40, 1)...), setOf(14, at(26, 1)...), ByTimeOuts},
		{"one of many timed out", setOf(0, at(40, 1)...), setOf(1, at(39, 1)...), ""},
		{"all of six against none", setOf(6), setOf(0, at(6, 1)...), ByTimeOuts},
	} {
		t.Run(test.name, func(t *testing.T) {
			d, back := between(test.from, test.to), between(test.to, test.from)
			if d.By != test.want || d.Real != (test.want != "") {
				t.Errorf("got %q (%+v), want %q", d.By, d, test.want)
			}
			if back.By != d.By || back.Shift != -d.Shift || back.Effect != -d.Effect {
				t.Errorf("the other way it is %+v, not the opposite of %+v", back, d)
			}
			if d.Low > d.Shift || d.High < d.Shift {
				t.Errorf("the shift is outside of its interval: %+v", d)
			}
		})
	}
}

// A run with a patience of 5 s says nothing about what takes 8 s, other than that it takes longer.
func TestDifferenceWithAnotherPatience(t *testing.T) {
	impatient := sampleSet{values: []float64{5000}, n: 1, timedOut: 1, median: 5000, longest: 5000}
	if d := between(setOf(0, 8000), impatient); d.Real || d.From.TimedOut != 1 || d.From.Median != 5000 {
		t.Errorf("8 s against a time-out at 5 s: %+v", d)
	}
	if d := between(setOf(1), impatient); d.Real {
		t.Errorf("two time-outs differ: %+v", d)
	}
	if d := between(setOf(0, 30), impatient); d.By != ByTimeOuts {
		t.Errorf("30 ms against a time-out at 5 s: %+v", d)
	}
}

// A machine on which everything takes three times as long is not the proxy's fault, and the proxy's own share is.
func TestDifferenceIsAddedToTheControl(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	quick, slow := latencies(rng, 40, 1), latencies(rng, 40, 3)
	if d := between(setOf(0, latencies(rng, 40, 2)...).on(quick), setOf(0, latencies(rng, 40, 6)...).on(slow)); d.Real || !d.Added {
		t.Errorf("a slower machine: %+v", d)
	}
	if d := between(setOf(0, latencies(rng, 40, 2)...).on(quick), setOf(0, latencies(rng, 40, 12)...).on(slow)); d.By != ByMedians {
		t.Errorf("a slower machine and a slower proxy: %+v", d)
	}
	// The same latency on a machine that is quicker by as much means that the proxy got slower.
	if d := between(setOf(0, latencies(rng, 100, 41)...).on(latencies(rng, 100, 30)), setOf(0, latencies(rng, 100, 41)...).on(latencies(rng, 100, 1))); d.Shift < 20 {
		t.Errorf("on a quicker machine: %+v", d)
	}
}

// What the control itself shows in single plays is their floor: a scenario that takes long by itself varies by more.
func TestSinglePlaysAboveTheControl(t *testing.T) {
	busy := []float64{900}
	if d := between(setOf(0, 100).on(busy), setOf(0, 1500).on(busy)); d.Real {
		t.Errorf("less than twice the control: %+v", d)
	}
	if d := between(setOf(0, 100).on(busy), setOf(0, 2500).on(busy)); d.By != ByTimer {
		t.Errorf("more than twice the control: %+v", d)
	}
}

// With more comparisons each has to be clearer.
func TestDifferencesOfOneFamily(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	from, to := setOf(0, 1, 2, 3, 4, 5, 6), setOf(0, 5.5, 7, 8, 9, 10, 11)
	if d := between(from, to); d.By != ByMedians {
		t.Fatalf("alone: %+v", d)
	}
	family := []*comparison{{from: from, to: to, limits: usual}}
	for range 50 {
		family = append(family, &comparison{from: setOf(0, latencies(rng, 6, 1)...), to: setOf(0, latencies(rng, 6, 1)...), limits: usual})
	}
	settle(family)
	if family[0].result.Real {
		t.Errorf("one of 51: %+v", family[0].result)
	}
}

// Runs of an older finwait have no samples; numbers that no run has must not become NaN either, JSON has none.
func TestDifferenceOfAnything(t *testing.T) {
	rng := rand.New(rand.NewPCG(9, 10))
	some := func() sampleSet {
		n := rng.IntN(9)
		values := latencies(rng, n, 3)
		late := 0
		if n > 0 {
			late = rng.IntN(n + 1)
		}
		for i := n - late; i < n; i++ {
			values[i] = 10000
		}
		s := sampleSet{n: n, timedOut: late}
		if n > 0 {
			s.median, s.longest = middleOf(values), values[n-1]
		}
		if rng.IntN(3) > 0 {
			s.values = values
		}
		if rng.IntN(2) > 0 {
			s = s.on([]float64{0, 0, 0, 0, 0, 0, 0})
		}
		return s
	}
	for range 3000 {
		d := between(some(), some())
		if _, err := json.Marshal(d); err != nil {
			t.Fatalf("%+v: %v", d, err)
		}
	}
}

func TestSamplesOfWhatWasNotMeasured(t *testing.T) {
	for name, r := range map[string]Result{
		"no metric":      {Check: "c", N: 20, P50: 1, Max: 2},
		"no sample":      {Metric: "close_latency"},
		"plays alone":    {Metric: "close_latency", N: 3},
		"harness-error":  {Metric: "close_latency", N: 3, P50: 1, Max: 2, Samples: []float64{1, 1, 2}, Verdict: HarnessError},
		"not supported":  {Metric: "close_latency", N: 3, P50: 1, Max: 2, Verdict: Unsupported},
		"unmeasured one": {Metric: "close_latency", N: 1},
	} {
		if s, ok := samplesOf(r); ok {
			t.Errorf("%s: %+v", name, s)
		}
	}
	if s, ok := samplesOf(Result{Metric: "close_latency", N: 3, P50: 1, Max: 2, Verdict: Fail}); !ok || !s.few() || s.median != 1 {
		t.Errorf("an older run: %+v", s)
	}
}
