package reports

import (
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
)

// ended makes samples that ended after so many milliseconds.
func ended(values ...int) []trace.Sample {
	samples := make([]trace.Sample, 0, len(values))
	for _, v := range values {
		samples = append(samples, trace.Sample{Value: time.Duration(v) * time.Millisecond})
	}
	return samples
}

// timedOut makes n samples that reached a cap of 10 s.
func timedOut(n int) []trace.Sample {
	samples := make([]trace.Sample, 0, n)
	for range n {
		samples = append(samples, trace.Sample{Value: 10 * time.Second, TimedOut: true})
	}
	return samples
}

func oneTo(n int) []int {
	values := make([]int, 0, n)
	for i := n; i > 0; i-- { // descending: Describe has to sort
		values = append(values, i)
	}
	return values
}

func TestDescribe(t *testing.T) {
	tests := []struct {
		name    string
		samples []trace.Sample
		want    Stats
	}{
		{"empty", nil, Stats{}},
		{"one sample is every percentile", ended(7), Stats{N: 1, P50: 7, P90: 7, P99: 7, Max: 7}},
		{"the lower of two is the median", ended(9, 1), Stats{N: 2, P50: 1, P90: 9, P99: 9, Max: 9}},
		{"three", ended(3, 1, 2), Stats{N: 3, P50: 2, P90: 3, P99: 3, Max: 3}},
		{"ten", ended(oneTo(10)...), Stats{N: 10, P50: 5, P90: 9, P99: 10, Max: 10}},
		{"a hundred", ended(oneTo(100)...), Stats{N: 100, P50: 50, P90: 90, P99: 99, Max: 100}},
		{"a hundred and one", ended(oneTo(101)...), Stats{N: 101, P50: 51, P90: 91, P99: 100, Max: 101}},
		{"all timed out", timedOut(3), Stats{N: 3, TimedOut: 3, P50: 10000, P90: 10000, P99: 10000, Max: 10000}},
		{
			"two of a hundred timed out reach p99", append(ended(oneTo(98)...), timedOut(2)...),
			Stats{N: 100, TimedOut: 2, P50: 50, P90: 90, P99: 10000, Max: 10000},
		},
		{
			"one of a hundred timed out reaches the maximum alone", append(timedOut(1), ended(oneTo(99)...)...),
			Stats{N: 100, TimedOut: 1, P50: 50, P90: 90, P99: 99, Max: 10000},
		},
		{
			"most timed out reach the median", append(ended(1, 2), timedOut(3)...),
			Stats{N: 5, TimedOut: 3, P50: 10000, P90: 10000, P99: 10000, Max: 10000},
		},
		{"microseconds are kept", []trace.Sample{{Value: 30_400 * time.Nanosecond}}, Stats{N: 1, P50: 0.03, P90: 0.03, P99: 0.03, Max: 0.03}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Describe(test.samples); got != test.want {
				t.Errorf("got  %+v\nwant %+v", got, test.want)
			}
		})
	}
}

func TestDescribeLeavesTheSamplesInOrder(t *testing.T) {
	samples := ended(3, 1, 2)
	Describe(samples)
	if samples[0].Value != 3*time.Millisecond || samples[2].Value != 2*time.Millisecond {
		t.Errorf("samples were reordered: %v", samples)
	}
}
