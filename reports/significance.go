package reports

import (
	"cmp"
	"math"
	"slices"

	"golang.org/x/perf/benchmath"
)

// alpha is how often a family of comparisons of what is the same may find any difference.
const alpha = 0.05

// mannWhitney is the two-sided probability that values of one distribution lie as far apart as a and b do, whatever that
// distribution is. It is 1 where nothing can be said: one is empty, or all values are equal. Both are ascending.
func mannWhitney(a, b []float64) float64 {
	thresholds := benchmath.DefaultThresholds
	p := benchmath.AssumeNothing.Compare(
		&benchmath.Sample{Values: a, Thresholds: &thresholds},
		&benchmath.Sample{Values: b, Thresholds: &thresholds}).P
	if math.IsNaN(p) {
		return 1
	}
	return min(p, 1)
}

// medianWithin is the interval that holds the median of what the ascending values are samples of, with the probability
// confidence; of too few values, their whole range.
func medianWithin(values []float64, confidence float64) (low, high float64) {
	if len(values) == 0 {
		return 0, 0
	}
	thresholds := benchmath.DefaultThresholds
	summary := benchmath.AssumeNothing.Summary(&benchmath.Sample{Values: values, Thresholds: &thresholds}, confidence)
	return max(summary.Lo, values[0]), min(summary.Hi, values[len(values)-1])
}

// cliffsDelta is how much more often a value of b is above one of a than below it, of all pairs: 1 where every b is above
// every a, 0 where they are alike, -1 where every b is below every a. Both are ascending.
func cliffsDelta(a, b []float64) float64 {
	if len(a) == 0 || len(b) == 0 {
		return 0
	}
	pairs, below, upTo := 0, 0, 0 // of a: those below this b, and those up to it
	for _, value := range b {
		for below < len(a) && a[below] < value {
			below++
		}
		for upTo < len(a) && a[upTo] <= value {
			upTo++
		}
		pairs += below - (len(a) - upTo)
	}
	return float64(pairs) / float64(len(a)*len(b))
}

// fisher is the two-sided probability (Fisher's exact test) that hitA of a and hitB of b differ as much as they do, when
// both are hit with the same probability.
func fisher(hitA, a, hitB, b int) float64 {
	hits := hitA + hitB
	probability := func(k int) float64 { // that k of all hits are in a
		return math.Exp(logChoose(a, k) + logChoose(b, hits-k) - logChoose(a+b, hits))
	}
	seen, p := probability(hitA), 0.0
	for k := max(0, hits-b); k <= min(hits, a); k++ {
		if other := probability(k); other <= seen*(1+1e-9) { // logarithms are not exact
			p += other
		}
	}
	return min(p, 1)
}

// logChoose is the logarithm of n over k.
func logChoose(n, k int) float64 {
	lgamma := func(x int) float64 {
		v, _ := math.Lgamma(float64(x + 1))
		return v
	}
	return lgamma(n) - lgamma(k) - lgamma(n-k)
}

// holm reports which of the probabilities of one family are too small for chance, so that any of them is called so by
// mistake in at most alpha of all families (Holm 1979).
func holm(ps []float64) []bool {
	order := make([]int, len(ps))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(i, j int) int { return cmp.Compare(ps[i], ps[j]) })
	significant := make([]bool, len(ps))
	for rank, i := range order {
		if ps[i] > alpha/float64(len(ps)-rank) {
			break
		}
		significant[i] = true
	}
	return significant
}
