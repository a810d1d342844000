package reports

import (
	"fmt"
	"html/template"
	"math"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

// The timeline of a trace: time runs down, the lanes stand side by side, and each arrow is one moment.
//
//	 t0     client          proxy front     proxy back          backend
//	100 ms    |--- Close 1000 --->|............|--- Close 1000 --->|
//
// Moments are in their order and not to scale; a long wait interrupts the lanes and has its length written. A lane is
// thick while that leg was open. Each kind of arrow has words and a shape of its own; colour only adds to that. Classes,
// and what they look like best:
//
//	.tl         { font: 12px system-ui, sans-serif; color: var(--ink); width: 100%; max-width: 900px }
//	.tl-head    { font-weight: 600 }                          names of the lanes
//	.tl-axis    { color: var(--muted); font-variant-numeric: tabular-nums }   moments, from t0
//	.tl-label   { color: var(--ink) }                         what passed
//	.tl-note    { color: var(--muted) }                       how much later, what the witness saw
//	.tl-client, .tl-backend, .tl-front, .tl-back { color: var(--line); stroke-width: 1 }   the lanes
//	.tl-open    { color: var(--muted); stroke-width: 4 }      while a leg was open
//	.tl-data    { color: var(--muted) }                       request, answer, texts, frames
//	.tl-close   { color: var(--ink); stroke-width: 2 }        Close frame
//	.tl-notify  { color: var(--muted); stroke-dasharray: 6 3 }   TLS close_notify
//	.tl-fin     { color: var(--ok); stroke-width: 2 }         FIN, with a bar where it starts
//	.tl-rst     { color: var(--bad); stroke-width: 2 }        RST, with a cross where it starts
//	.tl-mark    { color: var(--bad); stroke-width: 1.5 }      gave up, vanished, closed, failed: a square on the lane
//	.tl-passed  { color: var(--line); stroke-dasharray: 2 3 } the way through the proxy
//	.tl-gap     { color: var(--muted) }                       a long wait, its two edges and its length
//	.tl-owed    { color: var(--bad); font-weight: 600 }       the longest one, and who owed the next move

// Where things are. One unit is a pixel of a page that is 900 wide.
const (
	timelineWidth = 900
	timeX         = 76 // right edge of the moments
	clientX       = 124
	frontX        = 384
	backX         = 572
	backendX      = 832
	firstRow      = 52
	rowHeight     = 27  // the least between two rows: a label and its arrow
	breakHeight   = 54  // of a long wait
	slant         = 7   // how much lower it comes out of the proxy
	gapLength     = 108 // characters between the outer lanes
)

// timelineView is one timeline being drawn.
type timelineView struct {
	drawing
	t      *trace.Trace
	origin int64
	hasT0  bool
	pace   pace
	rows   []row
	ys     []int // of the rows
	knots  []knot
	bottom int
	breaks []breakMark
	gap    gap
	owed   bool // gap is there
	words  []string
}

// knot is a moment whose height is known.
type knot struct {
	at int64
	y  int
}

// breakMark is a wait that the lanes leave out.
type breakMark struct{ from, to int }

// timelineSVG draws what both ends saw of t. Caption is the drawing's title: what is shown.
func timelineSVG(t trace.Trace, caption string) template.HTML {
	v := timelineView{t: &t}
	v.origin, v.hasT0 = t.T0()
	if !v.hasT0 && len(t.Events) > 0 {
		v.origin = t.Events[0].At
	}
	all := moments(&t)
	v.pace = paceOf(v.origin, all)
	v.rows = rows(all, v.pace)
	v.gap, v.owed = longestGap(t)
	v.place()
	v.lanes()
	for i := range v.rows {
		v.row(i)
	}
	v.witnessed()
	return v.svg("tl", timelineWidth, v.bottom+36, caption, v.desc())
}

// place sets the rows' heights and writes the long waits between them. Shorter waits are a little higher the longer
// they were.
func (v *timelineView) place() {
	y := firstRow
	for i, r := range v.rows {
		if i > 0 {
			before := v.rows[i-1].last()
			wait := r.since - before
			if v.pace.long(before, r.since) {
				v.pause(y, before, r.since)
				y += breakHeight
			} else {
				y += rowHeight + int(min(24, 6*max(0, math.Log10(float64(wait)/float64(together)))))
			}
		}
		v.ys = append(v.ys, y)
		v.knots = append(v.knots, knot{r.since, y}, knot{r.at, y}, knot{r.ends, y})
		if r.passed == nil {
			continue
		}
		if r.arrow() {
			y += slant
		}
		v.knots = append(v.knots, knot{r.passed.since, y}, knot{r.passed.at, y}, knot{r.passed.ends, y})
	}
	v.bottom = y + 12
}

// pause leaves the wait behind the row at y out and writes how long it was, and who let everybody wait the longest.
func (v *timelineView) pause(y int, from, to int64) {
	mark := breakMark{y + 10, y + 32}
	v.breaks = append(v.breaks, mark)
	for _, x := range v.laneXs() {
		v.outline("tl-gap", "M%d %dl3-4 6 8 3-4M%d %dl3-4 6 8 3-4", x-6, mark.from, x-6, mark.to)
	}
	class, text := "tl-gap", FormatDuration(float64(to-from)/1e6)
	if v.busy(from) {
		text += ", and frames kept passing"
	}
	if v.owed && v.gap.From >= from && v.gap.To <= to && (v.gap.To-v.gap.From)*2 > to-from {
		class, text = "tl-owed", clip(text+": "+v.gap.Owed, gapLength)
	}
	v.text(class, anchorMiddle, (clientX+backendX)/2, y+25, text)
}

// busy reports whether a burst went on at that moment.
func (v *timelineView) busy(at int64) bool {
	going := func(m moment) bool { return m.fold && m.since <= at && m.until > at }
	return slices.ContainsFunc(v.rows, func(r row) bool { return going(r.moment) || (r.passed != nil && going(*r.passed)) })
}

// yOf is where a moment is, between the rows too.
func (v *timelineView) yOf(at int64) int {
	before := knot{at: math.MinInt64, y: firstRow}
	for _, k := range v.knots {
		switch {
		case k.at == at:
			return k.y
		case k.at > at && before.at == math.MinInt64:
			return firstRow
		case k.at > at:
			return before.y + int(float64(k.y-before.y)*float64(at-before.at)/float64(k.at-before.at))
		case k.at >= before.at:
			before = k
		}
	}
	return before.y
}

// row draws one row, and puts it in words.
func (v *timelineView) row(i int) {
	r, y := v.rows[i], v.ys[i]
	at := v.moment(r.at)
	v.text("tl-axis", anchorEnd, timeX, y+4, at)
	said := at + ": " + sayMoment(r.moment)
	v.draw(r.moment, y)
	if r.passed != nil {
		later := FormatDuration(float64(r.passed.at-r.at) / 1e6)
		if r.arrow() {
			v.connect(r, y, later)
			y += slant
			said += ", " + sayMoment(*r.passed) + " " + later + " later"
		} else {
			said += ", " + sayMoment(*r.passed)
		}
		v.draw(*r.passed, y)
	}
	v.words = append(v.words, said)
}

// moment is at as the axis shows it.
func (v *timelineView) moment(at int64) string {
	d := at - v.origin
	switch {
	case d == 0 && v.hasT0:
		return "t0"
	case d < 0:
		return "−" + FormatDuration(float64(-d)/1e6)
	}
	return FormatDuration(float64(d) / 1e6)
}

func sayMoment(m moment) string {
	switch {
	case m.side == "":
		return "proxy " + m.what
	case !m.arrow():
		return string(m.side) + " " + m.what
	case m.dir == trace.In:
		return string(m.side) + " gets " + m.what
	}
	return string(m.side) + " sends " + m.what
}

// connect draws the way through the proxy of what was passed on directly.
func (v *timelineView) connect(r row, y int, later string) {
	from, to := frontX, backX
	if r.side == trace.Backend {
		from, to = to, from
	}
	if noProxy(v.t) {
		return
	}
	v.outline("tl-passed", "M%d %dL%d %d", from, y, to, y+slant)
	v.text("tl-note", anchorMiddle, (frontX+backX)/2, y-2, "+"+later)
}

// draw draws what one end sent or got.
func (v *timelineView) draw(m moment, y int) {
	x, px := clientX, frontX
	if m.side == trace.Backend {
		x, px = backendX, backX
	}
	if noProxy(v.t) {
		px = (clientX + backendX) / 2
	}
	if m.side == "" {
		x = px
		if !noProxy(v.t) {
			x = frontX
		}
	}
	if !m.arrow() {
		v.mark(m, x, y)
		return
	}
	from, to := x, px
	if m.dir == trace.In {
		from, to = px, x
	}
	forward := 1
	if to < from {
		forward = -1
	}
	v.stroke(arrowClass(m.shape), "M%d %dH%dm%d-4l%d 4 %d 4z", from, y, to, -8*forward, 8*forward, -8*forward)
	if m.shape&ofFIN != 0 {
		v.outline("tl-fin", "M%d %dv10", from+9*forward, y-5)
	}
	if m.shape&ofRST != 0 {
		v.outline("tl-rst", "M%d %dl8 8m0-8l-8 8", from+9*forward-4, y-4)
	}
	v.text("tl-label", anchorMiddle, (from+to)/2, y-4, clip(m.what, labelLength+2))
}

func arrowClass(s shape) string {
	switch {
	case s&ofRST != 0:
		return "tl-rst"
	case s&ofClose != 0:
		return "tl-close"
	case s&ofFIN != 0:
		return "tl-fin"
	case s&ofNotify != 0:
		return "tl-notify"
	}
	return "tl-data"
}

// mark draws what an end did by itself.
func (v *timelineView) mark(m moment, x, y int) {
	v.outline("tl-mark", "M%d %dh10v10h-10z", x-5, y-5)
	anchor, tx := anchorStart, x+12
	if m.side == trace.Backend {
		anchor, tx = anchorEnd, x-12
	}
	v.text("tl-label", anchor, tx, y+4, clip(m.what, labelLength+2))
}

// desc is the timeline in words.
func (v *timelineView) desc() string {
	from := "Moments from the first event"
	if v.hasT0 {
		from = "Moments from t0"
	}
	if v.owed {
		v.words = append(v.words, "longest gap: "+v.gap.Sentence)
	}
	if v.t.Error != "" {
		v.words = append(v.words, "not played to its end: "+v.t.Error)
	}
	if len(v.rows) == 0 {
		from = "Nothing was seen of this connection"
	}
	return fmt.Sprintf("%s. %s.", from, strings.Join(v.words, ". "))
}
