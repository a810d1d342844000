package reports

import (
	"fmt"
	"math"
	"strconv"
)

// FormatDuration writes milliseconds in the unit that suits them, to three figures: "870 µs", "1.23 ms", "12.3 s".
func FormatDuration(ms float64) string {
	switch size := math.Abs(ms); {
	case size < 0.0005:
		return "0 µs"
	case size < 0.9995:
		return fmt.Sprintf("%.0f µs", ms*1e3)
	case size < 999.5:
		return figures(ms) + " ms"
	}
	return figures(ms/1e3) + " s"
}

// FormatCap writes the cap that a timed-out sample reached: "> 10 s".
func FormatCap(ms float64) string {
	if ms >= 1000 {
		return "> " + strconv.FormatFloat(math.Round(ms/10)/100, 'f', -1, 64) + " s"
	}
	return "> " + FormatDuration(ms)
}

// figures writes three figures of a number from 1 up, and all figures of the whole part.
func figures(v float64) string {
	switch size := math.Abs(v); {
	case size < 9.995:
		return fmt.Sprintf("%.2f", v)
	case size < 99.95:
		return fmt.Sprintf("%.1f", v)
	}
	return fmt.Sprintf("%.0f", v)
}

// plural writes n with its noun.
func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}
