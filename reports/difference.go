package reports

import (
	"math"
	"slices"
)

// Difference is how what was measured of one metric differs between two targets, or between two runs. Milliseconds
// throughout.
type Difference struct {
	From  Measured `json:"from"`
	To    Measured `json:"to"`
	Added bool     `json:"added"` // the medians are added over each one's own control

	Shift float64 `json:"shift_ms"`      // To's median less From's
	Low   float64 `json:"shift_low_ms"`  // the true shift lies between Low and High with a probability of 95 %;
	High  float64 `json:"shift_high_ms"` // of less than 6 samples it is the widest that they allow
	P     float64 `json:"p"`             // of the rule's test, two-sided, before it is corrected; 1: not tested
	// Effect is Cliff's delta: how much more often a sample of To is longer than one of From than shorter, -1 to 1.
	Effect float64 `json:"effect"`
	Floor  float64 `json:"floor_ms"` // what the shift of medians or single plays has to exceed

	Real bool `json:"real"`         // more than chance and noise
	By   Rule `json:"by,omitempty"` // the rule that says so
}

// Longer reports whether To takes longer than From, not how real that is.
func (d Difference) Longer() bool {
	late := d.To.TimedOut*d.From.N - d.From.TimedOut*d.To.N
	if d.By == ByTimeOuts && late != 0 { // they are what is real, whatever the medians did
		return late > 0
	}
	if d.Shift == 0 { // the medians of both timed out, or of none
		return d.Effect > 0 || late > 0
	}
	return d.Shift > 0
}

// Measured is one side of a difference.
type Measured struct {
	N        int     `json:"n"`
	TimedOut int     `json:"timed_out"` // within the shorter patience of both sides; each counts at the cap
	Median   float64 `json:"median_ms"`
}

// Rule is what makes a difference real. One of them is enough.
type Rule string

const (
	// ByTimeOuts is that one side timed out and the other did not. All against none always counts, also of single plays;
	// a share counts where both have 6 samples and Fisher's exact test calls it more than chance. What ended must have
	// ended well before the cap: a timer as long as the patience times out now and then.
	ByTimeOuts Rule = "time-outs"
	// ByMedians is that both sides have 6 samples, Mann-Whitney calls them different, the effect is large, and the shift
	// of the medians exceeds the floor.
	ByMedians Rule = "medians"
	// ByTimer is that a side has less than 6 samples, and the medians lie so far apart that a timer must be between them:
	// one is at least twice the other, no sample of one side lies within the other's, and the shift exceeds the floor.
	ByTimer Rule = "timer"
)

// The tests of one report are one family: their probabilities are corrected for their number (Holm).
const (
	minSamples  = 6     // of each side, for statistics of medians
	largeEffect = 0.474 // Cliff's delta from which an effect is called large (Romano et al. 2006)
	timerRatio  = 2     // times the other that a median of single plays is
	timerNoise  = 2     // times what the control itself took in single plays, that they have to lie apart
	wellBefore  = 0.1   // part of the cap that what ended has to leave where the other side timed out
)

// limits is what a shift has to exceed to be real.
type limits struct {
	least    float64 // milliseconds, of medians
	relative float64 // part of the shorter median
	single   float64 // milliseconds, of single plays
}

// comparison is a difference in the making.
type comparison struct {
	from, to         sampleSet
	fromBase, toBase float64 // the control's share; 0: it is not taken off
	limits           limits
	result           Difference
}

// settle compares all of one family.
func settle(family []*comparison) {
	var ps []float64
	var verdicts []func(significant bool)
	for _, c := range family {
		c.measure()
		if c.few() {
			c.judgeFew()
			continue
		}
		ps, verdicts = append(ps, c.testMedians()), append(verdicts, c.judgeMedians)
		if c.from.timedOut+c.to.timedOut > 0 {
			p := c.testTimeOuts()
			ps, verdicts = append(ps, p), append(verdicts, func(significant bool) { c.judgeTimeOuts(significant, p) })
		}
	}
	for i, significant := range holm(ps) {
		verdicts[i](significant)
	}
}

func (c *comparison) few() bool { return c.from.few() || c.to.few() }

// measure fills in what is no matter of judgement. Sets that are large enough are compared with their control's median
// taken off, so that neither the machine nor its speed counts as the proxy's; smaller ones as they are.
func (c *comparison) measure() {
	ceiling := min(c.from.ceiling(), c.to.ceiling())
	c.from, c.to = c.from.upTo(ceiling), c.to.upTo(ceiling)
	d := &c.result
	d.Floor = roundMs(c.floor())
	if from, to := c.from.base(), c.to.base(); from > 0 && to > 0 && !c.few() {
		c.fromBase, c.toBase, d.Added = from, to, true
	}
	c.from, c.to = c.from.less(c.fromBase), c.to.less(c.toBase)
	d.From, d.To, d.P = c.from.measured(), c.to.measured(), 1
	d.Shift = roundMs(d.To.Median - d.From.Median)
	d.Low, d.High = d.Shift, d.Shift
	if len(c.from.values) == 0 || len(c.to.values) == 0 {
		return
	}
	d.Effect = math.Round(1e3*cliffsDelta(c.from.values, c.to.values)) / 1e3
	confidence := math.Sqrt(0.95) // both intervals hold at once with 95 %, and then their ends bound the shift
	fromLow, fromHigh := medianWithin(c.from.values, confidence)
	toLow, toHigh := medianWithin(c.to.values, confidence)
	d.Low, d.High = roundMs(toLow-fromHigh), roundMs(toHigh-fromLow)
}

func (s sampleSet) measured() Measured {
	return Measured{N: s.n, TimedOut: s.timedOut, Median: roundMs(s.median)}
}

// floor is what the shift has to exceed: for medians the largest of the least, of the part of the shorter median, and of
// the control's own spread. Where one machine is slower than the other, the proxy's share may be longer by as much.
func (c *comparison) floor() float64 {
	floor := c.limits.relative * min(c.from.median, c.to.median)
	if c.few() {
		for _, s := range []sampleSet{c.from, c.to} {
			if s.control != nil && s.control.timedOut == 0 {
				floor = max(floor, timerNoise*s.control.median)
			}
		}
		return max(floor, c.limits.single)
	}
	floor = max(floor, c.limits.least, c.from.spread(), c.to.spread())
	if from, to := c.from.base(), c.to.base(); from > 0 && to > 0 && c.from.ended() && c.to.ended() {
		slower := max(from, to)/min(from, to) - 1
		floor += slower * math.Abs(min(c.from.median-from, c.to.median-to))
	}
	return floor
}

func (c *comparison) judgeFew() {
	switch d := &c.result; {
	case c.allAgainstNone():
		d.Real, d.By = true, ByTimeOuts
	case c.from.ended() && c.to.ended() && math.Abs(d.Shift) > d.Floor && c.farApart():
		d.Real, d.By = true, ByTimer
	}
}

// farApart reports whether one median is some times the other and no sample of one side lies within the other's.
func (c *comparison) farApart() bool {
	low, high := c.from, c.to
	if low.median > high.median {
		low, high = high, low
	}
	apart := len(low.values) == 0 || len(high.values) == 0 || slices.Max(low.values) < high.values[0]
	return apart && high.median >= timerRatio*low.median
}

// allAgainstNone reports whether everything timed out on one side, and nothing on the other.
func (c *comparison) allAgainstNone() bool {
	late, early := c.from, c.to
	if late.timedOut == 0 {
		late, early = early, late
	}
	return late.timedOut > 0 && late.timedOut == late.n && early.timedOut == 0 && wellUnder(early.longest, late.ceiling())
}

// wellUnder reports whether ms is far enough from the ceiling that no timer as long as the patience explains both.
func wellUnder(ms, ceiling float64) bool { return ceiling-ms >= wellBefore*ceiling }

// testMedians is the probability of Mann-Whitney, and 1 where the difference is too small to be real anyway: that spares
// the test, and a larger probability makes no other one of the family real.
func (c *comparison) testMedians() float64 {
	d := &c.result
	if math.Abs(d.Effect) < largeEffect || math.Abs(d.Shift) <= d.Floor {
		return 1
	}
	d.P = mannWhitney(c.from.values, c.to.values)
	return d.P
}

func (c *comparison) judgeMedians(significant bool) {
	if significant {
		c.result.Real, c.result.By = true, ByMedians
	}
}

func (c *comparison) testTimeOuts() float64 {
	better := c.from
	if c.to.timedOut < better.timedOut {
		better = c.to
	}
	if !wellUnder(better.typicalEnded(), min(c.from.ceiling(), c.to.ceiling())) {
		return 1
	}
	return fisher(c.from.timedOut, c.from.n, c.to.timedOut, c.to.n)
}

func (c *comparison) judgeTimeOuts(significant bool, p float64) {
	if significant || c.allAgainstNone() {
		c.result.Real, c.result.By, c.result.P = true, ByTimeOuts, p
	}
}

// roundMs keeps microseconds.
func roundMs(ms float64) float64 { return math.Round(ms*1e3) / 1e3 }
