package reports

import (
	"math"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
)

// Stats describes samples of one metric, in milliseconds. Without samples all of it is zero.
type Stats struct {
	N        int
	TimedOut int // of N, those that did not end; each counts with the cap it reached
	P50      float64
	P90      float64
	P99      float64
	Max      float64
}

// Describe counts all samples, the timed-out ones with the cap they reached: dropping them would make the worst
// configuration look like the best. Percentiles are nearest-rank, so each of them is a sample that was measured.
func Describe(samples []trace.Sample) Stats {
	values := make([]time.Duration, 0, len(samples))
	stats := Stats{N: len(samples)}
	for _, s := range samples {
		values = append(values, s.Value)
		if s.TimedOut {
			stats.TimedOut++
		}
	}
	slices.Sort(values)
	stats.P50 = milliseconds(nearestRank(values, 50))
	stats.P90 = milliseconds(nearestRank(values, 90))
	stats.P99 = milliseconds(nearestRank(values, 99))
	stats.Max = milliseconds(nearestRank(values, 100))
	return stats
}

// Ascending are the samples in milliseconds, in ascending order; those that timed out are the last, at the cap.
func Ascending(samples []trace.Sample) []float64 {
	values := make([]float64, len(samples))
	for i, s := range samples {
		values[i] = milliseconds(s.Value)
	}
	slices.Sort(values)
	return values
}

// nearestRank returns the smallest of the sorted values that at least percent of them do not exceed; 0 without values.
func nearestRank(sorted []time.Duration, percent int) time.Duration {
	if len(sorted) == 0 {
		return 0
	}
	rank := (len(sorted)*percent + 99) / 100
	return sorted[max(rank, 1)-1]
}

// milliseconds keeps microseconds and drops what is below: no clock of a network is finer.
func milliseconds(d time.Duration) float64 {
	return math.Round(float64(d)/1e3) / 1e3
}
