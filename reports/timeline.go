package reports

import (
	"slices"
	"strconv"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

const (
	millisecond = int64(1e6) // nanoseconds
	together    = int64(1e5) // moments of one end and direction that are closer than this share an arrow
	foldFrom    = 4          // so many frames or portions in a row are folded into one
	labelLength = 36         // characters that fit on an arrow
)

// shape says how a moment is drawn. An arrow may have several: a Close and the FIN behind it.
type shape uint8

const (
	ofData shape = 1 << iota // request, answer, text: an arrow
	ofClose
	ofFIN
	ofRST
	ofNotify
	ofMark // no arrow: something that one end did by itself
)

// moment is one event of an end, or several that belong together.
type moment struct {
	at    int64
	side  trace.Side // empty: the proxy
	dir   trace.Dir
	kind  trace.Kind // of the last event in it
	what  string     // in a few words
	shape shape
	fold  bool  // stands for many events
	since int64 // the first of what was joined
	ends  int64 // the last of what was joined
	until int64 // of what was folded: the last of it
}

// arrow reports whether something passed between this end and the proxy.
func (m moment) arrow() bool { return m.shape != ofMark }

// moments are the events of t as they are drawn: bursts folded, and what came at once together.
func moments(t *trace.Trace) []moment {
	var all []moment
	for _, side := range []trace.Side{trace.Client, trace.Backend} {
		var own []trace.Event
		for _, e := range t.Events {
			if e.Side == side {
				own = append(own, e)
			}
		}
		for len(own) > 0 {
			n := foldable(own)
			if n < foldFrom {
				if !cleanedUp(t, own[0]) || !gaveUp(t, side) {
					all = append(all, momentOf(t, own[0]))
				}
				own = own[1:]
				continue
			}
			all = append(all, folded(own[:n])...)
			own = own[n:]
		}
	}
	if t.Reloaded != 0 {
		all = append(all, moment{at: t.Reloaded, since: t.Reloaded, ends: t.Reloaded, what: "told to reload", shape: ofMark})
	}
	slices.SortStableFunc(all, func(a, b moment) int {
		switch {
		case a.at < b.at:
			return -1
		case a.at > b.at:
			return 1
		}
		return 0
	})
	return grouped(all)
}

// foldable is how many of the first events of an end are data of one direction and kind in a row.
func foldable(events []trace.Event) int {
	n := 0
	for _, e := range events {
		data := e.Kind == trace.Bytes || (e.Kind == trace.Frame && e.Opcode < trace.OpClose)
		if !data || e.Kind != events[0].Kind || e.Dir != events[0].Dir {
			break
		}
		n++
	}
	return n
}

// folded are the first and, where it is a while later, the last moment of a burst.
func folded(events []trace.Event) []moment {
	first, last := events[0], events[len(events)-1]
	var bytes int64
	for _, e := range events {
		bytes += e.Length
	}
	noun := "frames"
	if first.Kind == trace.Bytes {
		noun = "portions that are no frames"
	}
	m := moment{at: first.At, side: first.Side, dir: first.Dir, kind: first.Kind, shape: ofData, fold: true, since: first.At, ends: first.At, until: last.At}
	m.what = strconv.Itoa(len(events)) + " " + noun + ", " + formatBytes(bytes)
	if last.At-first.At < millisecond {
		return []moment{m}
	}
	end := m
	end.at, end.since, end.ends, end.what = last.At, last.At, last.At, "the last of them"
	m.what += ", from here"
	return []moment{m, end}
}

// grouped joins what an end did, or got, in one go.
func grouped(all []moment) []moment {
	var list []moment
	for _, m := range all {
		if n := len(list); n > 0 && joins(list[n-1], m) {
			before := &list[n-1]
			if before.kind == trace.Connected {
				before.at = m.at // what it was made for counts
			}
			before.what, before.shape, before.kind, before.ends = before.what+", "+m.what, before.shape|m.shape, m.kind, m.ends
			continue
		}
		list = append(list, m)
	}
	return list
}

func joins(before, m moment) bool {
	if before.side != m.side || before.dir != m.dir || before.fold || m.fold || before.arrow() != m.arrow() {
		return false
	}
	near := m.at-before.at < together || (before.kind == trace.Connected && m.at-before.at < 100*together)
	return near && len(before.what)+len(m.what)+2 <= labelLength
}

func momentOf(t *trace.Trace, e trace.Event) moment {
	m := moment{at: e.At, since: e.At, ends: e.At, side: e.Side, dir: e.Dir, kind: e.Kind, shape: ofData}
	switch e.Kind {
	case trace.Connected:
		m.what = "connect"
	case trace.Request:
		m.what = "request"
		if strings.HasPrefix(e.Note, "on a further connection") {
			m.what = "request on a further connection"
		}
	case trace.Response:
		m.what = "answer " + strconv.Itoa(e.Status)
	case trace.Frame:
		m.what = frameWords(e)
		if e.IsClose() {
			m.shape = ofClose
		}
	case trace.Bytes:
		m.what = bytesWords(e)
	case trace.CloseNotify:
		m.what, m.shape = "close_notify", ofNotify
	case trace.FIN:
		m.what, m.shape = "FIN", ofFIN
	case trace.RST:
		m.what, m.shape = "RST", ofRST
	default:
		m.what, m.shape = markWords(t, e), ofMark
	}
	return m
}

func markWords(t *trace.Trace, e trace.Event) string {
	switch e.Kind {
	case trace.Closed:
		if cleanedUp(t, e) {
			return "closed, to clean up"
		}
		return "closed its socket"
	case trace.GaveUp:
		return "gave up"
	case trace.Vanished:
		return "vanished"
	}
	return string(e.Kind) + ": " + e.Note
}

func frameWords(e trace.Event) string {
	switch e.Opcode {
	case trace.OpClose:
		return closeWords(e)
	case trace.OpPing:
		return "ping"
	case trace.OpPong:
		return "pong"
	case trace.OpText:
		if e.Text != "" {
			return "text " + quoted(e.Text)
		}
		return "text, " + formatBytes(e.Length)
	case trace.OpBinary:
		return "binary, " + formatBytes(e.Length)
	case trace.OpContinuation:
		return "continuation, " + formatBytes(e.Length)
	}
	return "opcode " + strconv.Itoa(e.Opcode) + ", " + formatBytes(e.Length)
}

// bytesWords tells what bytes that are no frame are, by what the decoder noted of them.
func bytesWords(e trace.Event) string {
	size := formatBytes(e.Length)
	switch {
	case strings.HasPrefix(e.Note, "behind the refusal"):
		return size + " of a body"
	case strings.Contains(e.Note, "unfinished frame"):
		return size + " of a frame that breaks off"
	case strings.HasPrefix(e.Note, "after the Close"):
		return size + " after the Close"
	}
	return size + " that are no frame"
}

func closeWords(e trace.Event) string {
	switch {
	case e.Code == 0:
		return "Close without code"
	case e.Reason != "":
		return "Close " + strconv.Itoa(e.Code) + " " + quoted(e.Reason)
	}
	return "Close " + strconv.Itoa(e.Code)
}

// quoted is a text of a frame, shortened.
func quoted(text string) string { return `"` + clip(text, 16) + `"` }

// cleanedUp reports whether the socket that e closed was closed because the play was over: an end had given up, and
// nothing but that came after.
func cleanedUp(t *trace.Trace, e trace.Event) bool {
	if e.Kind != trace.Closed {
		return false
	}
	for i := len(t.Events) - 1; i >= 0; i-- {
		switch other := t.Events[i]; {
		case other.Kind == trace.GaveUp:
			return other.At <= e.At
		case other.Kind != trace.Closed:
			return false
		}
	}
	return false
}

// gaveUp reports whether the patience of side ended before its leg was over. That its socket was closed then needs no word.
func gaveUp(t *trace.Trace, side trace.Side) bool {
	_, ok := t.First(side, "", trace.GaveUp)
	return ok
}

// noProxy reports whether both ends were on one connection, as on the control.
func noProxy(t *trace.Trace) bool {
	return t.Front.Local != "" && t.Front.Local == t.Back.Remote && t.Front.Remote == t.Back.Local
}

// row is one line of the timeline: a moment, and what the proxy made of it at the other end directly after it.
type row struct {
	moment
	passed *moment // nil: something else came first
}

// last is when the row ends.
func (r row) last() int64 {
	if r.passed != nil {
		return r.passed.ends
	}
	return r.ends
}

// rows pairs what one end sent with the same that came in at the other next.
func rows(all []moment, p pace) []row {
	var list []row
	for i := 0; i < len(all); i++ {
		r := row{moment: all[i]}
		if i+1 < len(all) && pairs(all[i], all[i+1]) && !p.long(all[i].at, all[i+1].at) {
			r.passed = &all[i+1]
			i++
		}
		list = append(list, r)
	}
	return list
}

func pairs(m, next moment) bool {
	if m.side == next.side || m.side == "" || next.side == "" || m.arrow() != next.arrow() {
		return false
	}
	if !m.arrow() {
		return next.at-m.at < millisecond
	}
	return m.dir == trace.Out && next.dir == trace.In && m.what == next.what
}

// pace says which waits of a timeline are long.
type pace struct {
	begins int64 // t0, or the first moment
	whole  int64 // from there to the last
}

func paceOf(begins int64, all []moment) pace {
	if len(all) == 0 {
		return pace{}
	}
	return pace{begins: begins, whole: all[len(all)-1].at - begins}
}

// long reports whether a wait is drawn as a break, with its length: whatever a person would notice, and from t0 on what is
// a fifth of the whole.
func (p pace) long(from, to int64) bool {
	wait := to - from
	return wait >= 400*millisecond || (from >= p.begins && wait >= millisecond && wait*5 >= p.whole)
}
