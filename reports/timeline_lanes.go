package reports

import (
	"slices"

	"github.com/finwait/finwait/fixtures/trace"
)

// laneXs is where the lanes are: without a proxy there are two.
func (v *timelineView) laneXs() []int {
	if noProxy(v.t) {
		return []int{clientX, backendX}
	}
	return []int{clientX, frontX, backX, backendX}
}

// lanes draws the four lanes, their names, and for how long each leg was open.
func (v *timelineView) lanes() {
	names := []struct {
		x           int
		class, name string
	}{
		{clientX, "tl-client", "client"}, {frontX, "tl-front", "proxy front"},
		{backX, "tl-back", "proxy back"}, {backendX, "tl-backend", "backend"},
	}
	for _, lane := range names {
		if slices.Contains(v.laneXs(), lane.x) {
			v.text("tl-head", anchorMiddle, lane.x, 16, lane.name)
			v.lane(lane.class, lane.x, 24, v.bottom)
		}
	}
	v.text("tl-head", anchorEnd, timeX, 16, "time")
	for _, end := range []struct {
		side  trace.Side
		x, px int
		leg   trace.Leg
	}{{trace.Client, clientX, frontX, v.t.Front}, {trace.Backend, backendX, backX, v.t.Back}} {
		from, to, ok := v.open(end.side)
		if !ok {
			continue
		}
		v.lane("tl-open", end.x, from, to)
		if noProxy(v.t) {
			continue
		}
		if span, seen := v.span(end.leg); seen && !span.Gone {
			to = v.bottom
		} else if seen && span.Last > span.First {
			to = max(to, v.yOf(span.Last))
		}
		v.lane("tl-open", end.px, from, to)
	}
}

// open is where the leg of side was open: from Connected until it was over, or to the end of the drawing.
func (v *timelineView) open(side trace.Side) (from, to int, ok bool) {
	began, ok := v.t.Find(func(e trace.Event) bool { return e.Side == side && e.Kind == trace.Connected })
	if !ok {
		return 0, 0, false
	}
	to = v.bottom
	if over, ended := v.t.Over(side); ended {
		to = v.yOf(over)
	}
	return v.yOf(began.At), to, true
}

// lane draws a vertical line without its breaks.
func (v *timelineView) lane(class string, x, from, to int) {
	for _, b := range v.breaks {
		if b.to <= from || b.from >= to {
			continue
		}
		if b.from > from {
			v.outline(class, "M%d %dV%d", x, from, b.from)
		}
		from = b.to
	}
	if to > from {
		v.outline(class, "M%d %dV%d", x, from, to)
	}
}

// span is the last socket that the witness saw in the proxy for a leg.
func (v *timelineView) span(leg trace.Leg) (trace.Span, bool) {
	var found trace.Span
	seen := false
	for _, s := range v.t.Proxy {
		if s.Local == leg.Remote && s.Remote == leg.Local && (!seen || s.Last >= found.Last) {
			found, seen = s, true
		}
	}
	return found, seen
}

// witnessed writes below the proxy's lanes what became of its sockets.
func (v *timelineView) witnessed() {
	for _, end := range []struct {
		name string
		side trace.Side
		x    int
		leg  trace.Leg
	}{{"front", trace.Client, frontX, v.t.Front}, {"back", trace.Backend, backX, v.t.Back}} {
		span, seen := v.span(end.leg)
		if !seen {
			continue
		}
		fate, state := v.fate(end.side, span)
		v.text("tl-note", anchorMiddle, end.x, v.bottom+14, fate)
		v.text("tl-note", anchorMiddle, end.x, v.bottom+28, state)
		v.words = append(v.words, "the proxy's "+end.name+" socket: "+fate+" "+state)
	}
}

// fate is what became of a socket of the proxy, in two parts. Where the end gave up or vanished the socket was there until
// then, whatever the clean-up did to it after.
func (v *timelineView) fate(side trace.Side, span trace.Span) (fate, state string) {
	over, ended := v.t.Over(side)
	_, vanished := v.t.First(side, trace.Out, trace.Vanished)
	state = "in " + span.State
	switch {
	case !span.Gone:
		return "still there", state
	case gaveUp(v.t, side) || (vanished && !ended):
		return "there to the end", state
	case span.Last > span.First && (!ended || span.Last > over):
		return "last seen at " + v.moment(span.Last), state
	case span.State == "TIME-WAIT":
		return "gone, left", "a TIME-WAIT"
	}
	return "gone", ""
}
