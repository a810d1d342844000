package reports

import "slices"

// How far durations of one target may lie apart for no reason of the proxy. Each was looked at in equal runs of the
// bundled targets on two processors: of 37 targets, most of which behave alike, the medians spread over up to 0.53 ms.
const (
	medianMs   = 1    // of medians: the rounds are interleaved, but every target has processes of its own
	unquietMs  = 3    // of medians, where more than a quarter of the rounds count although they were disturbed
	relative   = 0.25 // part of the shorter median
	singleMs   = 750  // of single plays: all are played at the same time, and one of 417 once waited 0.33 s; timers are longer
	singleTail = 90   // percentile of the control's own single plays that, twice, is their floor where it is more
)

// limitsOf are the limits for comparing what runs measured.
func limitsOf(relative float64, runs ...*Run) limits {
	l := limits{least: medianMs, relative: relative, single: singleMs}
	for _, run := range runs {
		if 4*run.Quiet.Kept > run.Quiet.Rounds {
			l.least = unquietMs
		}
		var single []float64
		for _, r := range run.Control {
			if s, ok := samplesOf(r); ok && s.few() && s.timedOut == 0 {
				single = append(single, s.median)
			}
		}
		if n := len(single); n > 0 {
			slices.Sort(single)
			l.single = max(l.single, timerNoise*single[(n*singleTail+99)/100-1])
		}
	}
	return l
}

// pairing is two targets to be compared: of one run, or one target of two runs.
type pairing struct {
	fromRun, toRun *Run
	from, to       Target
}

// resultPair is one check in one scenario on both targets of a pairing.
type resultPair struct {
	from, to   Result
	difference *Difference // nil: there is no duration of both
}

// subject is what of a target a result speaks of.
type subject struct{ check, scenario string }

func (r Result) judged() subject { return subject{r.Check, r.Scenario} }

// comparePairs compares the targets of each pairing, all as one family, so that with more comparisons each has to be
// clearer. The results of a pairing are in the order of the target that it goes to.
func comparePairs(pairs []pairing, l limits) [][]resultPair {
	byTarget := map[*Run]map[string][]Result{}
	of := func(run *Run, id string) []Result {
		if byTarget[run] == nil {
			byTarget[run] = map[string][]Result{}
			for _, r := range run.Results {
				byTarget[run][r.Target] = append(byTarget[run][r.Target], r)
			}
		}
		return byTarget[run][id]
	}
	compared := make([][]resultPair, len(pairs))
	var family []*comparison
	for i, p := range pairs {
		from := map[subject]Result{}
		for _, r := range of(p.fromRun, p.from.ID) {
			from[r.judged()] = r
		}
		for _, to := range of(p.toRun, p.to.ID) {
			f, ok := from[to.judged()]
			if !ok {
				continue
			}
			pair := resultPair{from: f, to: to}
			if c := p.durations(f, to, l); c != nil {
				family, pair.difference = append(family, c), &c.result
			}
			compared[i] = append(compared[i], pair)
		}
	}
	settle(family)
	return compared
}

// durations is the comparison of what was measured; nil where it was not on both.
func (p pairing) durations(from, to Result, l limits) *comparison {
	f, okFrom := p.fromRun.samplesOn(p.from, from)
	t, okTo := p.toRun.samplesOn(p.to, to)
	if !okFrom || !okTo || from.Metric != to.Metric {
		return nil
	}
	return &comparison{from: f, to: t, limits: l}
}

// tell reports whether both verdicts say how the proxy behaves.
func (p resultPair) tell() bool { return p.from.Verdict.tells() && p.to.Verdict.tells() }

// tells reports whether v says how a proxy behaves.
func (v Verdict) tells() bool {
	return v == Pass || v == Fail || v == KnownFailure || v == UnexpectedPass
}

// turned reports whether the verdict changed and says something on both sides.
func (p resultPair) turned() bool { return p.tell() && p.from.Verdict != p.to.Verdict }

// moved reports whether the duration really differs.
func (p resultPair) moved() bool { return p.difference != nil && p.difference.Real }
