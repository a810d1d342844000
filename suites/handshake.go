package suites

import (
	"crypto/sha1" //nolint:gosec // RFC 6455 §4.2.2 demands it; it protects nothing
	"encoding/base64"
	"fmt"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

const upgradeAcceptedID = "handshake/upgrade-accepted"

// RFC 6455 §4.2.2: "If the server chooses to accept the incoming connection, it MUST reply with a valid HTTP response",
// with status 101, Upgrade, Connection and Sec-WebSocket-Accept. RFC 9110 §7.8: Upgrade is hop-by-hop, so that a proxy
// that does not pass it on breaks the upgrade. backend-resets is here too because a proxy may bench a backend whose
// connections are reset, and refuse the next client.
var upgradeAccepted = Check{
	ID:          upgradeAcceptedID,
	Requirement: "101 with the right Sec-WebSocket-Accept, Upgrade and Connection reaches the client",
	Otherwise:   "does not answer upgrades with a right 101 in {scenario}",
	Measured:    "The head of the answer as the client read it is looked at, with the key that the client sent.",
	Source:      "RFC 6455 §4.2.2, RFC 9110 §7.8",
	Level:       Must,
	Scenarios:   []string{"client-close", "backend-resets"},
	Judge:       judgeUpgrade,
}

// judgeUpgrade also takes traces whose script failed after the upgrade: the answer is all that counts here.
func judgeUpgrade(e Evidence) Finding {
	base := Finding{
		Expected: "status 101 with Upgrade: websocket, Connection: Upgrade and the Sec-WebSocket-Accept that belongs to the client's key",
		Hint:     "look at the directives that pass Upgrade and Connection on to the backend, and at the HTTP version spoken to it",
	}
	var p toldApart
	for i := range e.Traces {
		t := &e.Traces[i]
		if t.Error != "" && refusal(t) == "" && (t.Answer == nil || t.Asked == nil) {
			p.broken, p.unready = append(p.broken, t.Error), append(p.unready, t.ID)
			continue
		}
		p.good = append(p.good, t)
	}
	if f, ok := p.unjudgeable(e, base); ok {
		return f
	}
	return p.settle(weigh(e, base, p.good, upgraded))
}

func upgraded(t *trace.Trace) proof {
	if r := refusal(t); r != "" {
		return prove(violated, "%s", r)
	}
	switch {
	case t.Answer == nil:
		return prove(unseen, "the answer to the upgrade was not recorded")
	case t.Key == "":
		return prove(unseen, "the client's Sec-WebSocket-Key was not recorded")
	case t.Asked == nil:
		return prove(unseen, "101 reached the client, but the backend has no record of the request")
	}
	return prove(holds, "%s", t.Answer.Line)
}

// refusal says how the target refused the upgrade of a trace; empty: it did not, or nothing shows that it did.
func refusal(t *trace.Trace) string {
	if t.Answer != nil {
		return wrongAnswer(t.Answer, t.Key)
	}
	if e, ok := t.First(trace.Client, trace.In, trace.Response); ok {
		if e.Status != 101 {
			return fmt.Sprintf("status %d", e.Status)
		}
		return ""
	}
	return hungUp(t)
}

// hungUp says how the connection of a request was ended without an answer; empty: it was not, or the client had left by
// then and nobody was owed one any more.
func hungUp(t *trace.Trace) string {
	_, asked := t.First(trace.Client, trace.Out, trace.Request)
	_, answered := t.First(trace.Client, trace.In, trace.Response)
	if !asked || answered || t.Answer != nil {
		return ""
	}
	end, ok := frontEnd(t)
	switch {
	case !ok || end.Dir != trace.In:
		return ""
	case end.Kind == trace.RST:
		return "the connection was reset without an answer"
	}
	return "the connection was closed without an answer"
}

// answerText says in a few words what the client got for its request.
func answerText(t *trace.Trace) string {
	if t.Answer != nil {
		return fmt.Sprintf("%.80s", t.Answer.Line)
	}
	if how := hungUp(t); how != "" {
		return how
	}
	return "no answer came"
}

// wrongAnswer says what keeps an answer from accepting the upgrade; empty: it accepts. Without a key the
// Sec-WebSocket-Accept is not looked at.
func wrongAnswer(h *trace.Head, key string) string {
	switch fields := strings.Fields(h.Line); {
	case len(fields) < 2:
		return fmt.Sprintf("an answer without a status (%.40q)", h.Line)
	case fields[1] != "101":
		return fmt.Sprintf("%.80s", h.Line)
	}
	if !hasToken(h, "Upgrade", "websocket") {
		return "101 without Upgrade: websocket"
	}
	if !hasToken(h, "Connection", "upgrade") {
		return "101 without Connection: Upgrade"
	}
	if key == "" {
		return ""
	}
	switch accept := values(h, "Sec-WebSocket-Accept"); {
	case len(accept) == 0:
		return "101 without Sec-WebSocket-Accept"
	case len(accept) > 1:
		return fmt.Sprintf("101 with %d Sec-WebSocket-Accept headers", len(accept))
	case strings.TrimSpace(accept[0]) != acceptFor(key):
		return "101 with a Sec-WebSocket-Accept that does not belong to the client's key"
	}
	return ""
}

// values are those of all headers of a name, in whatever case they were written.
func values(h *trace.Head, name string) []string {
	var list []string
	for n, v := range h.Header {
		if strings.EqualFold(n, name) {
			list = append(list, v...)
		}
	}
	return list
}

// hasToken reports whether a header's comma-separated list has a token, in any case.
func hasToken(h *trace.Head, name, token string) bool {
	for _, value := range values(h, name) {
		for t := range strings.SplitSeq(value, ",") {
			if strings.EqualFold(strings.TrimSpace(t), token) {
				return true
			}
		}
	}
	return false
}

// acceptFor is the Sec-WebSocket-Accept that belongs to a key (RFC 6455 §4.2.2, item 5.4).
func acceptFor(key string) string {
	sum := sha1.Sum([]byte(key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11")) //nolint:gosec // see the import
	return base64.StdEncoding.EncodeToString(sum[:])
}
