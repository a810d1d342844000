package suites

import (
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

const serverClosesFirstID = "close/server-closes-first"

// RFC 6455 §7.1.1: "the server SHOULD close the connection first", so that the TIME_WAIT state stays on the server.
// The client here waits for the FIN, or over TLS for the close_notify before it, as long as its patience lasts.
var serverClosesFirst = Check{
	ID:          serverClosesFirstID,
	Requirement: "the client gets the FIN without having to close first",
	Otherwise:   "gives the client no FIN before the client ends the connection itself",
	Measured: "The client waits, both Close frames exchanged, as long as its patience lasts. The first end of its leg that it notes " +
		"has to be the server's FIN, over TLS its close_notify.",
	Source:    "RFC 6455 §7.1.1",
	Level:     Should,
	Scenarios: []string{"client-close", "backend-close", "both-close", "backend-close-client-holds"},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "the client gets a FIN, over TLS a close_notify, before it ends the connection itself",
			Hint:     "the proxy does not pass the backend's FIN on: look at its tunnel, half-close and stream timeout options",
		}, finBeforeOwnEnd)
	},
}

// frontEnd is the first end of the front leg, by either side, as the client notes it.
func frontEnd(t *trace.Trace) (trace.Event, bool) {
	return t.Find(func(e trace.Event) bool {
		return e.Side == trace.Client && (e.Kind == trace.FIN || e.Kind == trace.RST ||
			e.Kind == trace.CloseNotify || e.Kind == trace.Closed || e.Kind == trace.GaveUp)
	})
}

// finBeforeOwnEnd looks at which of the two ends of the front leg ended it first.
func finBeforeOwnEnd(t *trace.Trace) proof {
	e, ok := frontEnd(t)
	switch {
	case !ok:
		return prove(unseen, "the client's leg has no end in the trace")
	case e.Dir == trace.In && e.Kind == trace.CloseNotify:
		return prove(holds, "the client got close_notify first")
	case e.Dir == trace.In && e.Kind == trace.FIN:
		return prove(holds, "the client got the FIN first")
	case e.Dir == trace.In && e.Kind == trace.RST:
		return prove(violated, "the client got RST instead of FIN")
	}
	return prove(violated, "the client got no FIN within %s and had to close first", patience(t))
}

// RFC 6455 §7.1.1: the TCP connection is closed so that both ends see its end in order; RFC 9293 §3.6.1: a close with
// data unread is answered by RST, and what the other end had not read yet may be lost.
var finNotReset = Check{
	ID:          "close/fin-not-reset",
	Requirement: "an orderly close ends with FIN, not RST, on both legs",
	Otherwise:   "ends an orderly close with RST",
	Measured: "Both ends note what their kernel tells them at the end of each leg: end of file is FIN, ECONNRESET or EPIPE is RST. " +
		"Over TLS close_notify ends the front leg in order, whatever follows it.",
	Source:    "RFC 6455 §7.1.1, RFC 9293 §3.6.1",
	Level:     Should,
	Scenarios: []string{"client-close", "backend-close", "both-close"},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "both ends get FIN, and neither gets RST",
			Hint:     "the proxy closes with data unread or with a linger time of 0: look at its linger, abort and half-close options",
		}, endedByFIN)
	},
}

// endedByFIN passes over a reset that follows close_notify: the client had everything by then, and its own close_notify
// may meet a socket that is closed already.
func endedByFIN(t *trace.Trace) proof {
	reset, clientReset := t.First(trace.Client, trace.In, trace.RST)
	notified, inOrder := t.First(trace.Client, trace.In, trace.CloseNotify)
	inOrder = inOrder && (!clientReset || notified.At <= reset.At)
	clientReset = clientReset && !inOrder
	_, backendReset := t.First(trace.Backend, trace.In, trace.RST)
	switch {
	case clientReset && backendReset:
		return prove(violated, "both ends got RST")
	case clientReset:
		return prove(violated, "the client got RST")
	case backendReset:
		return prove(violated, "the backend got RST")
	}
	_, clientFIN := t.First(trace.Client, trace.In, trace.FIN)
	if !clientFIN && !inOrder {
		return prove(withheld, "the front leg did not end within %s; see %s", patience(t), serverClosesFirstID)
	}
	if _, ok := t.First(trace.Backend, trace.In, trace.FIN); !ok {
		return prove(withheld, "the back leg did not end within %s; see %s", patience(t), backLegReleasedID)
	}
	if !clientFIN {
		return prove(holds, "the front leg ended with close_notify, the back leg with FIN")
	}
	return prove(holds, "both legs ended with FIN")
}

// RFC 8446 §6.1: "Each party MUST send a "close_notify" alert before closing its write side of the connection".
// Without it the client cannot tell an end from a connection that was cut.
var tlsCloseNotify = Check{
	ID:          "close/tls-close-notify",
	Requirement: "over TLS the front leg ends with close_notify",
	Otherwise:   "ends the client's TLS connection without close_notify",
	Measured:    "The client notes the TLS alerts that it reads above the socket, and the FIN or RST below.",
	Source:      "RFC 8446 §6.1, RFC 6455 §7.1.1",
	Level:       Must,
	Risk:        true,
	Scenarios:   []string{"client-close", "backend-close", "both-close"},
	TLSOnly:     true,
	Judge: func(e Evidence) Finding {
		base := Finding{
			Expected: "the client gets a close_notify alert before the front leg ends",
			Hint:     "the proxy closes the socket under TLS: look at its unclean-shutdown and lingering-close options",
		}
		if !e.TLS {
			return base.as(reports.Unsupported, "the client does not speak TLS to this target")
		}
		return judgeEach(e, base, closeNotified)
	},
}

func closeNotified(t *trace.Trace) proof {
	if _, ok := t.First(trace.Client, trace.In, trace.CloseNotify); ok {
		return prove(holds, "the client got close_notify")
	}
	end, ok := t.Find(func(e trace.Event) bool {
		return e.Side == trace.Client && e.Dir == trace.In && (e.Kind == trace.FIN || e.Kind == trace.RST)
	})
	if !ok {
		return prove(withheld, "the front leg did not end within %s; see %s", patience(t), serverClosesFirstID)
	}
	if end.Kind == trace.RST {
		return prove(violated, "the client got RST and no close_notify")
	}
	return prove(violated, "the client got FIN and no close_notify")
}
