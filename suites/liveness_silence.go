package suites

import (
	"fmt"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
)

// silence is what a proxy did with a connection on which nobody spoke.
type silence struct {
	began   int64 // when the last message before it came back to the client
	ended   int64 // when the client spoke again; 0: it did not, because it was told that the connection is over
	last    int64 // the last moment of the trace
	client  told  // what the client was told meanwhile
	backend told
	echoed  bool // what the client said behind it came back
}

// told is what reached an end of how its connection ended.
type told struct {
	at   int64  // the first of it; 0: nothing came
	how  string // all of it: "Close 1001, FIN"
	over bool   // FIN or RST was the last of it: what comes behind that is the end's own doing
}

// silenceOf reads the trace of a client that is idle; false: the silence did not begin.
func silenceOf(t *trace.Trace) (silence, bool) {
	var s silence
	for _, e := range t.Events {
		s.last = max(s.last, e.At)
		text := e.Side == trace.Client && e.Kind == trace.Frame && e.Opcode == trace.OpText
		switch {
		case text && e.Dir == trace.In && s.began == 0:
			s.began = e.At
		case text && e.Dir == trace.Out && s.began != 0 && s.ended == 0:
			s.ended = e.At
		case text && e.Dir == trace.In && s.ended != 0:
			s.echoed = true
		case s.ended == 0:
			s.tell(e)
		}
	}
	return s, s.began != 0
}

// tell notes what an end gets to know with e.
func (s *silence) tell(e trace.Event) {
	what := endSign(e)
	if e.Dir != trace.In || what == "" {
		return
	}
	end := &s.client
	if e.Side == trace.Backend {
		end = &s.backend
	}
	switch {
	case end.over:
		return
	case end.at == 0:
		end.at, end.how = e.At, what
	default:
		end.how += ", " + what
	}
	end.over = e.Kind == trace.FIN || e.Kind == trace.RST
}

// endSign names what tells an end that its connection is over; empty: e does not.
func endSign(e trace.Event) string {
	switch {
	case e.IsClose() && e.Code == 0:
		return "Close without a code"
	case e.IsClose():
		return fmt.Sprintf("Close %d", e.Code)
	case e.Kind == trace.CloseNotify:
		return "close_notify"
	case e.Kind == trace.FIN, e.Kind == trace.RST:
		return strings.ToUpper(string(e.Kind))
	}
	return ""
}

// kept reports whether neither end was told anything.
func (s silence) kept() bool { return s.client.at == 0 && s.backend.at == 0 }

func (s silence) bothTold() bool { return s.client.at != 0 && s.backend.at != 0 }

// untold is the end that was told nothing.
func (s silence) untold() trace.Side {
	if s.client.at == 0 {
		return trace.Client
	}
	return trace.Backend
}

// cut is when the first end was told.
func (s silence) cut() int64 {
	if !s.bothTold() {
		return max(s.client.at, s.backend.at)
	}
	return min(s.client.at, s.backend.at)
}

// life is how long the connection lived behind its last message.
func (s silence) life() time.Duration { return time.Duration(s.cut() - s.began) }

// length is how long the silence of a connection that was kept was.
func (s silence) length() time.Duration { return time.Duration(s.ended - s.began) }

// how says what the ends were told: "both legs by FIN", "the front leg by Close 1001, FIN, the back leg by RST".
func (s silence) how() string {
	switch {
	case s.client.how == s.backend.how:
		return "both legs by " + s.client.how
	case s.backend.at == 0:
		return "the front leg by " + s.client.how
	case s.client.at == 0:
		return "the back leg by " + s.backend.how
	}
	return "the front leg by " + s.client.how + "; the back leg by " + s.backend.how
}
