package suites

import (
	"github.com/finwait/finwait/fixtures/trace"
)

// RFC 6455 §5.1: "a client MUST mask all frames that it sends to the server", "A server MUST NOT mask any frames that it
// sends to the client". A proxy that makes a Close plays both parts. caddy #5199: its Close landed inside a frame that
// the backend had begun, and was read as that frame's payload.
var madeCloseIsLegal = Check{
	ID:          "close/made-close-is-legal",
	Requirement: "a Close that the proxy makes is masked towards the backend, unmasked towards the client, and never lands inside another frame",
	Otherwise:   "makes frames of its own that are not legal",
	Measured: "One end leaves without a Close, or never answers one. Every Close frame that reaches the other end is looked at, and where the " +
		"backend left in the middle of a frame, the bytes of that frame are counted at both ends.",
	Source: "RFC 6455 §5.1, caddy #5199",
	Level:  Must,
	Scenarios: []string{
		"client-resets", "client-drops", "backend-resets", "backend-drops", "backend-drops-client-holds", backendDropsMidFrame,
		"backend-mute", "client-vanishes-backend-closes",
	},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "every Close frame is masked at the backend and unmasked at the client, and none lands inside another frame",
			Hint:     "the proxy writes Close frames into a stream that it does not follow: look for a WebSocket mode, or an option that turns them off",
		}, madeLegally)
	},
}

const (
	backendDropsMidFrame = "backend-drops-mid-frame"
	unfinishedPayload    = "payload of an unfinished frame" // the note of the bytes of a frame that did not end
)

func madeLegally(t *trace.Trace) proof {
	var made int
	for _, e := range t.Events {
		if e.Dir != trace.In || !e.IsClose() {
			continue
		}
		if _, sent := t.CloseFrame(opposite(e.Side), trace.Out); !sent {
			made++
		}
		switch {
		case e.Side == trace.Backend && !e.Masked:
			return prove(violated, "the backend got a Close frame without a mask")
		case e.Side == trace.Client && e.Masked:
			return prove(violated, "the client got a Close frame with a mask")
		}
	}
	if t.Scenario == backendDropsMidFrame {
		if p, ok := torn(t); !ok {
			return p
		}
	}
	for _, side := range []trace.Side{trace.Client, trace.Backend} {
		if !watchedToEnd(t, side) {
			return prove(unseen, "the %s did not read until its leg was over", side)
		}
	}
	if made == 0 {
		return prove(holds, "the proxy made no Close frame")
	}
	return prove(holds, "the proxy made %s, as it has to be", counted(made, "Close frame"))
}

// torn compares the frame that the backend did not finish with what of it reached the client; false: the proof says
// what is wrong.
func torn(t *trace.Trace) (proof, bool) {
	sent, ok := unfinished(t, trace.Backend, trace.Out)
	if !ok {
		return prove(unseen, "the backend did not leave in the middle of a frame"), false
	}
	got, _ := unfinished(t, trace.Client, trace.In)
	switch {
	case messages(t, trace.Client, trace.In) > messages(t, trace.Backend, trace.Out):
		return prove(violated, "the client got a whole frame that the backend had not finished"), false
	case got > sent:
		return prove(violated, "the client got %d bytes of a frame of which the backend had sent %d", got, sent), false
	}
	return proof{}, true
}

// unfinished is how many bytes passed of the payload of a frame that did not end; false: there was none.
func unfinished(t *trace.Trace, side trace.Side, dir trace.Dir) (int64, bool) {
	e, ok := t.Find(func(e trace.Event) bool {
		return e.Side == side && e.Dir == dir && e.Kind == trace.Bytes && e.Note == unfinishedPayload
	})
	return e.Length, ok
}

// messages counts the messages that ended: the frames of data that are final.
func messages(t *trace.Trace, side trace.Side, dir trace.Dir) int {
	var n int
	for _, e := range t.Events {
		if e.Side == side && e.Dir == dir && e.Kind == trace.Frame && e.Final && e.Opcode < trace.OpClose {
			n++
		}
	}
	return n
}
