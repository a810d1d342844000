package reports

import (
	"math"
	"strings"
	"testing"
)

// rising are n samples from a tenth of a millisecond up.
func rising(n int) []float64 {
	samples := make([]float64, n)
	for i := range samples {
		samples[i] = 0.1 + 0.003*float64(i*i)/float64(n)
	}
	return samples
}

func TestDistribution(t *testing.T) {
	timedOut := append(rising(37), 10000, 10000, 10000)
	for _, c := range []struct {
		name     string
		samples  []float64
		timedOut int
		control  []float64
		budget   float64
		says     []string
		dots     int
	}{
		{"many", rising(1000), 0, rising(40), 50, []string{"samples: 1000, median 847 µs", "control, dashed: 40, median", "budget 50.0 ms", ">100 ms<"}, 0},
		{"some timed out", timedOut, 3, rising(40), 5000, []string{"3 of 40 timed out at 10.0 s", ">10 s<", ">100 µs<"}, 0},
		{"more than half timed out", []float64{1, 2, 10000, 10000, 10000, 10000}, 4, nil, 0, []string{"median &gt; 10 s, from 1.00 ms to 2.00 ms", "4 of 6 timed out"}, 0},
		{"all timed out", []float64{10000, 10000, 10000}, 3, rising(3), 5000, []string{"3 of 3 timed out at 10.0 s"}, 0},
		{"few", []float64{0.4, 2.2, 10000}, 1, nil, 0, []string{"1 of 3 timed out"}, 2},
		{"one, as long as the clock is exact", []float64{0}, 0, nil, 0.5, []string{"samples: 1, 0 µs", ">1 µs<"}, 1},
		{"impossible", []float64{1e-300, 1, 1, 1, 1e300}, 9, []float64{math.MaxFloat64}, 1e200, []string{"5 of 5 timed out"}, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			svg := string(distributionSVG(c.samples, c.timedOut, c.control, c.budget))
			if c.name != "impossible" {
				checkTexts(t, svg)
			}
			for _, want := range c.says {
				if !strings.Contains(svg, want) {
					t.Errorf("does not say %q:\n%s", want, svg)
				}
			}
			if strings.Contains(svg, "NaN") || strings.Contains(svg, "Inf") {
				t.Errorf("not a number: %s", svg)
			}
			if got := strings.Count(svg, "a4 4 0 1 0 8"); got != c.dots {
				t.Errorf("%d dots, want %d", got, c.dots)
			}
			if len(svg) > 4<<10 {
				t.Errorf("%d bytes", len(svg))
			}
		})
	}
	if got := distributionSVG(nil, 0, rising(3), 1); got != "" {
		t.Errorf("without samples: %s", got)
	}
	golden(t, "distribution.svg", []byte(distributionSVG(timedOut, 3, rising(8), 5000)))
}
