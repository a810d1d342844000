package suites

import (
	"fmt"

	"github.com/finwait/finwait/fixtures/trace"
)

// firstText is the message that one end sends directly behind the upgrade.
const firstText = "first"

// caddy #6273, envoy #3057: what came in one packet with the 101 stayed in a buffer of the HTTP parser, and was lost.
var firstMessage = Check{
	ID:          "handshake/first-message",
	Requirement: "a message sent directly behind the 101, by either side, arrives whole",
	Otherwise:   "does not pass the first message on whole",
	Measured: "One end sends a text message with its 101, or as soon as it has read it, with no pause in between; " +
		"it has to be the first message that the other end reads.",
	Source:    "caddy #6273, envoy #3057",
	Level:     Must,
	Scenarios: []string{backendSpeaksFirst, "client-speaks-first"},
	Judge: func(e Evidence) Finding {
		from := trace.Client
		if e.Scenario == backendSpeaksFirst {
			from = trace.Backend
		}
		return judgeEach(e, Finding{
			Expected: fmt.Sprintf("the first message that the %s gets is the %s's %q, whole", opposite(from), from, firstText),
			Hint:     "the proxy loses what it read together with the head of the answer: update it, or have the ends wait before they speak",
		}, func(t *trace.Trace) proof { return firstArrived(t, from) })
	},
}

const backendSpeaksFirst = "backend-speaks-first"

func firstArrived(t *trace.Trace, from trace.Side) proof {
	to := opposite(from)
	_, sent := t.Find(func(e trace.Event) bool {
		return e.Side == from && e.Dir == trace.Out && e.Kind == trace.Frame && e.Text == firstText
	})
	if !sent {
		return prove(unseen, "the %s did not send its first message", from)
	}
	frames := firstFrames(t, to)
	switch {
	case len(frames) == 0:
		return prove(violated, "no frame of it reached the %s within %s", to, patience(t))
	case frames[0].Text == firstText:
		return prove(holds, "it arrived in one frame")
	case inFragments(frames):
		return prove(holds, "it arrived in %d fragments", len(frames))
	}
	return prove(violated, "the first frame that the %s got has opcode %d and %s", to, frames[0].Opcode, counted(frames[0].Length, "byte"))
}

// firstFrames are the frames of the first message that side got: up to the first that is final. Pings and pongs may
// come in between, and belong to none.
func firstFrames(t *trace.Trace, side trace.Side) []trace.Event {
	var frames []trace.Event
	for _, e := range t.Events {
		if e.Side != side || e.Dir != trace.In || e.Kind != trace.Frame || e.Opcode == trace.OpPing || e.Opcode == trace.OpPong {
			continue
		}
		frames = append(frames, e)
		if e.Final {
			break
		}
	}
	return frames
}

// inFragments reports whether frames are the fragments of a text message as long as the first (RFC 6455 §5.4).
func inFragments(frames []trace.Event) bool {
	var length int64
	for i, e := range frames {
		if (i == 0) != (e.Opcode == trace.OpText) || (i > 0 && e.Opcode != trace.OpContinuation) {
			return false
		}
		length += e.Length
	}
	return len(frames) > 1 && frames[len(frames)-1].Final && length == int64(len(firstText))
}
