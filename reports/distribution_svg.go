package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
)

// The distribution of samples: which share of them ended within which time, time on a log scale. Samples that timed out
// never end: the curve stays below 100 %, and an open arrow says so. Classes that the timeline has not, and what they
// look like best:
//
//	.ds         { font: 12px system-ui, sans-serif; color: var(--ink); width: 100%; max-width: 640px }
//	.ds-grid    { color: var(--line) }
//	.ds-line    { color: var(--accent); stroke-width: 2 }      the samples
//	.ds-dot     { color: var(--accent) }                       the samples, where there are few
//	.ds-control { color: var(--muted); stroke-width: 1.5; stroke-dasharray: 5 3 }
//	.ds-budget  { color: var(--bad); stroke-width: 1.5; stroke-dasharray: 1 3 }
//	.ds-out     { color: var(--bad); stroke-width: 2 }         what timed out

const (
	distWidth  = 640
	distHeight = 236
	distLeft   = 48
	distRight  = 604
	distTop    = 58
	distBottom = 206
	fewSamples = 5  // below it each is a dot
	curveSteps = 60 // at most: more cannot be told apart
)

// shortest is the least that the axis shows, in milliseconds: no clock of a network is finer.
const shortest = 0.001

// distributionView is one distribution being drawn. Milliseconds throughout.
type distributionView struct {
	drawing
	from, to float64 // decades of the axis, as powers of ten
}

// distributionSVG draws samples beside those of the control, all in ascending milliseconds. The last timedOut of samples
// reached the cap. A budget above 0 is drawn. Without samples there is nothing to draw.
func distributionSVG(samples []float64, timedOut int, control []float64, budget float64) template.HTML {
	if len(samples) == 0 {
		return ""
	}
	timedOut = min(max(timedOut, 0), len(samples))
	v := distributionView{}
	v.span(slices.Concat(samples, control, []float64{max(budget, samples[0])}))
	v.axes()
	legend := []string{describe("samples", samples, timedOut), ""}
	if len(control) > 0 {
		v.outline("ds-control", "%s", v.curve(control, len(control)))
		legend[1] = describe("control, dashed", control, 0)
	}
	if budget > 0 {
		legend = append(legend, v.budget(budget))
	}
	if len(samples) < fewSamples {
		v.dots(samples, timedOut)
	} else {
		v.outline("ds-line", "%s", v.curve(samples, len(samples)-timedOut))
	}
	if timedOut > 0 {
		legend = append(legend, v.never(samples, timedOut))
	}
	v.text("tl-label", anchorStart, distLeft, 16, legend[0])
	if legend[1] != "" {
		v.text("tl-note", anchorStart, distLeft, 34, legend[1])
	}
	said := slices.DeleteFunc(legend, func(s string) bool { return s == "" })
	return v.svg("ds", distWidth, distHeight, "Distribution of the samples", strings.Join(said, ". ")+".")
}

func describe(what string, samples []float64, timedOut int) string {
	said := fmt.Sprintf("%s: %d", what, len(samples))
	ended := samples[:len(samples)-timedOut]
	if len(ended) == 0 {
		return said
	}
	median := FormatDuration(rankOf(samples, 50))
	if (len(samples)+1)/2 > len(ended) {
		median = FormatCap(samples[len(samples)-1])
	}
	if len(samples) == 1 {
		return said + ", " + median
	}
	return fmt.Sprintf("%s, median %s, from %s to %s", said, median, FormatDuration(ended[0]), FormatDuration(ended[len(ended)-1]))
}

// rankOf is the nearest rank, as in [Describe].
func rankOf(sorted []float64, percent int) float64 {
	return sorted[max((len(sorted)*percent+99)/100, 1)-1]
}

// longest is the most that the axis shows, as a power of ten: eleven days.
const longest = 9

// span chooses whole decades for all values, at least two.
func (v *distributionView) span(values []float64) {
	v.from = min(longest-2, math.Floor(math.Log10(max(shortest, slices.Min(values)))))
	v.to = min(longest, max(v.from+2, math.Ceil(math.Log10(max(shortest, slices.Max(values))))))
}

func (v *distributionView) x(ms float64) float64 {
	share := (math.Log10(max(shortest, ms)) - v.from) / (v.to - v.from)
	return distLeft + min(max(share, 0), 1)*(distRight-distLeft)
}

func (v *distributionView) y(share float64) float64 {
	return distBottom - share*(distBottom-distTop)
}

func (v *distributionView) axes() {
	for decade := v.from; decade <= v.to; decade++ {
		x := int(math.Round(v.x(math.Pow(10, decade))))
		v.outline("ds-grid", "M%d %dV%d", x, distTop, distBottom)
		v.text("tl-axis", anchorMiddle, x, distBottom+18, tickWords(decade))
	}
	for _, percent := range []int{0, 50, 100} {
		y := int(math.Round(v.y(float64(percent) / 100)))
		v.outline("ds-grid", "M%d %dH%d", distLeft, y, distRight)
		v.text("tl-axis", anchorEnd, distLeft-6, y+4, strconv.Itoa(percent)+" %")
	}
}

// tickWords is a power of ten of milliseconds in the unit that suits it.
func tickWords(decade float64) string {
	unit := " ms"
	switch {
	case decade < 0:
		decade, unit = decade+3, " µs"
	case decade >= 3:
		decade, unit = decade-3, " s"
	}
	return strconv.FormatFloat(math.Pow(10, decade), 'f', -1, 64) + unit
}

// curve is the share of all samples that ended, over time: those up to ended did.
func (v *distributionView) curve(samples []float64, ended int) string {
	var b strings.Builder
	fmt.Fprintf(&b, "M%d %d", distLeft, distBottom)
	steps := min(ended, curveSteps)
	for step := 1; step <= steps; step++ {
		i := ended * step / steps // the last one is always there
		fmt.Fprintf(&b, "H%sV%s", tenth(v.x(samples[i-1])), tenth(v.y(float64(i)/float64(len(samples)))))
	}
	end := float64(distRight)
	if ended < len(samples) {
		end = v.x(samples[len(samples)-1])
	}
	fmt.Fprintf(&b, "H%s", tenth(end))
	return b.String()
}

// dots draws few samples each for itself; those that timed out are never's.
func (v *distributionView) dots(samples []float64, timedOut int) {
	for i, ms := range samples[:len(samples)-timedOut] {
		y := v.y(float64(i+1) / float64(len(samples)))
		v.stroke("ds-dot", "M%s %sa4 4 0 1 0 8 0a4 4 0 1 0-8 0z", tenth(v.x(ms)-4), tenth(y))
	}
}

// never draws that the samples which timed out go on, and says how many did.
func (v *distributionView) never(samples []float64, timedOut int) string {
	capped := samples[len(samples)-1]
	said := fmt.Sprintf("%d of %d timed out at %s", timedOut, len(samples), FormatDuration(capped))
	x, y := v.x(capped), v.y(1-float64(timedOut)/float64(len(samples)))
	v.outline("ds-out", "M%s %sV%d", tenth(x), tenth(y), distTop)
	v.outline("ds-out", "M%s %sm0-5l9 5-9 5z", tenth(x), tenth(y))
	v.text("ds-out", anchorEnd, distRight, 16, said)
	return said
}

// budget draws the limit.
func (v *distributionView) budget(ms float64) string {
	said := "budget " + FormatDuration(ms)
	x := int(math.Round(v.x(ms)))
	v.outline("ds-budget", "M%d %dV%d", x, distTop-8, distBottom)
	anchor, at := anchorEnd, x+2
	if x < (distLeft+distRight)/2 {
		anchor, at = anchorStart, x-2
	}
	v.text("tl-note", anchor, at, distTop-11, said)
	return said
}
