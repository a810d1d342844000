package reports

import (
	"cmp"
	"fmt"
	"slices"
)

// minRanked is how many samples a target needs to be ranked.
const minRanked = 10

// Ranking puts the targets in order of what they add to their own control in one metric. Targets behind TLS have their
// own: its end takes longer, and that is no fault of theirs.
type Ranking struct {
	Metric   string
	Check    string
	Scenario string
	TLS      bool
	About    string  // "close_latency when the client closes, added to the control's, over TLS"
	Places   []Place // the best first, those without a rank last
}

// Place is one target's. Milliseconds, added over the control's median.
//
// Targets of one rank are a group: none of them can be told from another. A rank is 1 and the number of targets that are
// really better than the group, than that of its targets which fewest are better than. Groups are in the order of medians,
// so a target may be in the one behind another that it cannot be told from, and is never before one of a shorter median.
type Place struct {
	Rank      int // from 1; 0: not ranked, Why says why
	Target    string
	N         int
	TimedOut  int
	Median    float64
	Low, High float64 // the median lies between them with a probability of 95 %
	Why       string
}

// Rankings ranks every check and scenario in which two targets have enough samples, by check and scenario, plain before
// TLS. The comparisons of one ranking are one family.
func Rankings(run *Run) []Ranking {
	l := limitsOf(relative, run)
	targets := map[string]Target{}
	for _, t := range run.Targets {
		targets[t.ID] = t
	}
	type key struct {
		subject
		tls bool
	}
	results := map[key][]Result{}
	var keys []key
	for _, r := range run.Results {
		k := key{r.judged(), targets[r.Target].TLS}
		if r.Metric == "" {
			continue
		}
		if results[k] == nil {
			keys = append(keys, k)
		}
		results[k] = append(results[k], r)
	}
	slices.SortFunc(keys, func(a, b key) int {
		return cmp.Or(cmp.Compare(a.check, b.check), cmp.Compare(a.scenario, b.scenario), cmp.Compare(sign(a.tls), sign(b.tls)))
	})
	var rankings []Ranking
	for _, k := range keys {
		places, ranked := rank(run, targets, results[k], l)
		if ranked < 2 {
			continue
		}
		r := Ranking{Metric: results[k][0].Metric, Check: k.check, Scenario: k.scenario, TLS: k.tls, Places: places}
		r.About = r.Metric + run.when(scenarioList(k.scenario)) + ", added to the control's"
		if k.tls {
			r.About += ", over TLS"
		}
		rankings = append(rankings, r)
	}
	return rankings
}

func scenarioList(name string) []string {
	if name == "" {
		return nil
	}
	return []string{name}
}

// candidate is a target that is ranked.
type candidate struct {
	place   Place
	set     sampleSet
	better  int          // targets that are really better
	unequal map[int]bool // candidates that it can be told from, by their place in the order of medians
}

// rank gives each result its place, and counts those that have a rank.
func rank(run *Run, targets map[string]Target, results []Result, l limits) ([]Place, int) {
	var ranked []*candidate
	var others []Place
	for _, r := range results {
		p, set := placeOf(run, targets[r.Target], r)
		if p.Why != "" {
			others = append(others, p)
			continue
		}
		ranked = append(ranked, &candidate{place: p, set: set, unequal: map[int]bool{}})
	}
	slices.SortFunc(ranked, func(a, b *candidate) int {
		return cmp.Or(cmp.Compare(a.place.Median, b.place.Median), cmp.Compare(a.place.Target, b.place.Target))
	})
	slices.SortFunc(others, func(a, b Place) int { return cmp.Compare(a.Target, b.Target) })
	tellApart(ranked, l)
	var places []Place
	last := 0
	for _, group := range groupEqual(ranked) {
		fewest := len(ranked)
		for _, i := range group {
			fewest = min(fewest, ranked[i].better)
		}
		last = max(last+1, fewest+1)
		for _, i := range group {
			ranked[i].place.Rank = last
			places = append(places, ranked[i].place)
		}
	}
	return append(places, others...), len(ranked)
}

// placeOf is the place of a result without its rank; Why is set where it gets none.
func placeOf(run *Run, target Target, r Result) (Place, sampleSet) {
	p := Place{Target: r.Target}
	set, ok := run.samplesOn(target, r)
	if !ok {
		p.Why = "not measured"
		if r.Actual != "" {
			p.Why += ": " + inShort(r.Actual)
		}
		return p, set
	}
	p.N, p.TimedOut, p.Median = set.n, set.timedOut, roundMs(set.median)
	switch {
	case set.timedOut > 0:
		p.Why = fmt.Sprintf("%d of %d timed out", set.timedOut, set.n)
	case len(set.values) < minRanked:
		p.Why = fmt.Sprintf("%s, %d are needed", plural(len(set.values), "sample"), minRanked)
	case set.base() == 0:
		p.Why = "no control beside it"
	}
	if p.Why != "" {
		return p, set
	}
	added := set.less(set.base())
	p.Median = roundMs(added.median)
	low, high := medianWithin(added.values, 0.95)
	p.Low, p.High = roundMs(low), roundMs(high)
	return p, set
}

// tellApart compares each two candidates.
func tellApart(ranked []*candidate, l limits) {
	var family []*comparison
	var pairs [][2]int
	for j := range ranked {
		for i := range j {
			family = append(family, &comparison{from: ranked[i].set, to: ranked[j].set, limits: l})
			pairs = append(pairs, [2]int{i, j})
		}
	}
	settle(family)
	for n, c := range family {
		if i, j := pairs[n][0], pairs[n][1]; c.result.Real {
			ranked[i].unequal[j], ranked[j].unequal[i] = true, true
			ranked[j].better++ // the order is that of medians
		}
	}
}

// groupEqual puts each candidate, the best first, into the best group of which it can be told from nobody.
func groupEqual(ranked []*candidate) [][]int {
	var groups [][]int
	for i, c := range ranked {
		at := len(groups) - 1 // never before one with a shorter median
		if at < 0 || slices.ContainsFunc(groups[at], func(j int) bool { return c.unequal[j] }) {
			at, groups = len(groups), append(groups, nil)
		}
		groups[at] = append(groups[at], i)
	}
	return groups
}
