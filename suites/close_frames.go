package suites

import (
	"fmt"
	"slices"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
)

// RFC 6455 §5.5.1: "If an endpoint receives a Close frame and did not previously send a Close frame, the endpoint MUST
// send a Close frame in response." §7.1.2: the closing handshake is complete when both were sent and received.
var handshakeCompletes = Check{
	ID:          "close/handshake-completes",
	Requirement: "the initiator reads the peer's Close frame, whoever starts",
	Otherwise:   "does not let the ends exchange their Close frames",
	Measured: "Every Close frame that an end handed to its kernel has to be read by the other end within the patience, " +
		"and so has the answer; one that was read before the other end had sent any is the proxy's own. close_handshake is the time from the first one sent to the answer read.",
	Source: "RFC 6455 §5.5.1, §7.1.2",
	Level:  Must,
	// Those in which no end sends FIN before it has read the other's Close: there a proxy that closes both legs at
	// once may cut the answer off, and be right.
	Scenarios: []string{
		"client-close", "backend-close", "both-close", "client-holds", "backend-close-client-holds", "backend-lingers", "backend-holds",
	},
	Metric: trace.CloseHandshake,
	Judge: func(e Evidence) Finding {
		f := judgeEach(e, Finding{
			Expected: "every end that sent a Close frame reads the other end's Close frame within the patience",
			Hint:     "the proxy ends the tunnel before the frames are through: look at its tunnel and half-close options",
		}, closesExchanged)
		f.Samples = durations(tellApart(e.Traces).good, trace.CloseHandshake).samples
		return f
	},
}

// closesExchanged holds for both ends: the one that answers read a Close before it sent its own.
func closesExchanged(t *trace.Trace) proof {
	if t.Initiator() == "" {
		return uninitiated(t, violated)
	}
	for _, side := range []trace.Side{trace.Client, trace.Backend} {
		if _, sent := t.CloseFrame(side, trace.Out); !sent {
			continue
		}
		peer := opposite(side)
		got, read := t.CloseFrame(side, trace.In)
		_, arrived := t.CloseFrame(peer, trace.In)
		answer, answered := t.CloseFrame(peer, trace.Out)
		switch {
		case read && !answered:
			return prove(violated, "the %s read a Close frame that the %s did not send", side, peer)
		case read && got.At < answer.At: // one process plays both ends, so that there is one clock
			return prove(violated, "the %s read a Close frame before the %s sent one", side, peer)
		case read:
		case answered:
			return prove(violated, "the %s's Close frame did not reach the %s within %s", peer, side, patience(t))
		case !arrived:
			return prove(violated, "the %s's Close frame did not reach the %s within %s", side, peer, patience(t))
		default:
			return prove(unseen, "the %s read the Close frame and did not answer", peer)
		}
	}
	return prove(holds, "the Close frames were exchanged")
}

// uninitiated says why no end began the closing handshake: it was the proxy, which is of kind made, or our own record
// has nothing of it.
func uninitiated(t *trace.Trace, made proofKind) proof {
	if e, ok := t.Find(func(e trace.Event) bool { return e.Dir == trace.In && e.IsClose() }); ok {
		return prove(made, "the %s got a Close frame that the proxy made before any end had sent one", e.Side)
	}
	return prove(unseen, "no end sent a Close frame")
}

// RFC 6455 §7.4.1: 1005, 1006 and 1015 are reserved and "MUST NOT be set as a status code in a Close control frame by an
// endpoint". A proxy that turns a Close without a code into 1005, or a lost backend into 1006, does.
var noReservedCode = Check{
	ID:          "close/no-reserved-code",
	Requirement: "1005, 1006 and 1015 never stand on the wire, also when the proxy makes the Close itself",
	Otherwise:   "sends a Close frame with a reserved code",
	Measured: "The code of every Close frame that reaches either end is looked at, in every scenario whose upgrade is accepted, " +
		"whoever made the frame.",
	Source:    "RFC 6455 §7.4.1, traefik #3236",
	Level:     Must,
	Scenarios: upgradedScenarios(),
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "no Close frame that reaches an end has code 1005, 1006 or 1015",
			Hint:     "the proxy makes Close frames of its own instead of passing bytes through: look for a WebSocket mode or filter",
		}, unreserved)
	},
}

// upgradedScenarios are those with a WebSocket connection at all.
func upgradedScenarios() []string {
	var names []string
	for _, s := range scenario.Catalogue() {
		if s.Lifecycle { // not every proxy can be reloaded
			continue
		}
		switch s.Opening {
		case scenario.Upgraded, scenario.Offers, scenario.BackendSpeaks, scenario.ClientSpeaks:
			names = append(names, s.Name)
		}
	}
	return names
}

func unreserved(t *trace.Trace) proof {
	var arrived int
	for _, e := range t.Events {
		if e.Dir != trace.In || !e.IsClose() {
			continue
		}
		arrived++
		if slices.Contains([]int{1005, 1006, 1015}, e.Code) {
			return prove(violated, "the %s got a Close frame with code %d", e.Side, e.Code)
		}
	}
	if by := t.Initiator(); arrived == 0 && by != "" && !vanished(t, opposite(by)) {
		return prove(withheld, "no Close frame arrived at either end")
	}
	for _, side := range []trace.Side{trace.Client, trace.Backend} {
		if !watchedToEnd(t, side) {
			return prove(unseen, "the %s did not read until its leg was over", side)
		}
	}
	return prove(holds, "%s arrived, none with a reserved code", counted(arrived, "Close frame"))
}

// vanished reports whether side took notice of nothing any more.
func vanished(t *trace.Trace, side trace.Side) bool {
	_, ok := t.First(side, trace.Out, trace.Vanished)
	return ok
}

// watchedToEnd reports whether an end would have seen all that came: it read until its leg was over or the patience
// ended, or it ended the leg itself. One that vanished sees nothing that could be missed.
func watchedToEnd(t *trace.Trace, side trace.Side) bool {
	if vanished(t, side) {
		return true
	}
	_, ok := t.Find(func(e trace.Event) bool {
		if e.Side != side {
			return false
		}
		ended := e.Kind == trace.FIN || e.Kind == trace.RST || e.Kind == trace.CloseNotify
		return e.Kind == trace.GaveUp || e.Kind == trace.Closed || (ended && e.Dir == trace.In) || (e.Kind == trace.RST && e.Dir == trace.Out)
	})
	return ok
}

// RFC 6455 §5.5.1: "The application MUST NOT send any more data frames after sending a Close frame." What a proxy adds
// (an HTML error page, say) is read by the client as frames.
var nothingAfter = Check{
	ID:          "close/nothing-after",
	Requirement: "no byte follows the Close frame on the front leg",
	Otherwise:   "sends the client more behind the Close frame",
	Measured: "The client goes on reading behind the first Close frame until its leg is over or its patience ends: " +
		"every frame and every byte that it reads there counts.",
	Source: "RFC 6455 §5.5.1, httpd PR 56299",
	Level:  Must,
	Risk:   true,
	Scenarios: []string{
		"client-close", "backend-close", "both-close", "client-holds", "backend-lingers", "backend-burst-then-close",
	},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "after the Close frame the client gets FIN and not one byte more",
			Hint:     "the proxy treats the end of the tunnel as a failed request: look at its error pages and tunnel module",
		}, silentAfterClose)
	},
}

func silentAfterClose(t *trace.Trace) proof {
	i := slices.IndexFunc(t.Events, func(e trace.Event) bool {
		return e.Side == trace.Client && e.Dir == trace.In && e.IsClose()
	})
	if i < 0 {
		return prove(withheld, "no Close frame reached the client, so that nothing could follow it")
	}
	for _, e := range t.Events[i+1:] {
		if e.Side != trace.Client || e.Dir != trace.In {
			continue
		}
		switch {
		case e.Kind == trace.Frame:
			return prove(violated, "a frame (opcode %d, %s) came after the Close frame", e.Opcode, counted(e.Length, "byte"))
		case e.Kind == trace.Bytes && e.Length > 0:
			return prove(violated, "%s came after the Close frame%s", counted(e.Length, "byte"), noted(e))
		}
	}
	if !readOn(t, i) {
		return prove(unseen, "the client did not read on after the Close frame")
	}
	return prove(holds, "nothing came after the Close frame")
}

// readOn reports whether the client read on behind event i until the leg was over or its patience ended.
func readOn(t *trace.Trace, i int) bool {
	return slices.ContainsFunc(t.Events[i+1:], func(e trace.Event) bool {
		if e.Side != trace.Client {
			return false
		}
		return e.Kind == trace.GaveUp || (e.Dir == trace.In && (e.Kind == trace.FIN || e.Kind == trace.RST || e.Kind == trace.CloseNotify))
	})
}

func noted(e trace.Event) string {
	if e.Note == "" {
		return ""
	}
	return fmt.Sprintf(" (%.60q)", e.Note)
}
