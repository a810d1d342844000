package suites

import (
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// CVE-2019-17567: httpd forwarded everything behind a request for an upgrade, whatever the backend had answered, so that a
// client could speak to the backend past all rules of the proxy. kemal #767 is the same.
var refusalIsNoTunnel = Check{
	ID:          "handshake/refusal-is-no-tunnel",
	Requirement: "after a refusal no bytes pass through raw, and the next request on the connection is HTTP again",
	Otherwise:   "does not go back to HTTP after a refusal",
	Measured: "The backend refuses the upgrade, says Connection: close and keeps reading; the client sends a WebSocket frame, or a second " +
		"request, on the same connection. Nothing of it may reach the backend behind the refused request.",
	Source:    "CVE-2019-17567, kemal #767",
	Level:     Must,
	Scenarios: []string{"refused-client-sends-raw", refusedAsksAgain},
	Judge: func(e Evidence) Finding {
		base := Finding{
			Expected: "nothing that the client sends behind a refused request reaches the backend behind that request, " +
				"and a second request is answered as HTTP or the connection is ended",
			Hint: "the proxy makes a tunnel of every request for an upgrade: update it, or limit the upgrade to the paths that need it",
		}
		if isControl(e.Target) {
			return base.as(reports.Unsupported, "without a proxy everything that the client sends reaches the backend")
		}
		return judgeOpening(e, base, refusedForGood)
	},
}

const refusedAsksAgain = "refused-client-asks-again"

func refusedForGood(t *trace.Trace) proof {
	switch {
	case t.Leaked != "":
		return prove(violated, "what the client sent behind the refusal reached the backend raw")
	case t.Replied == nil:
		return prove(unseen, "the backend's refusal was not recorded")
	case t.Answer != nil && statusOf(t.Answer) == 101:
		return prove(violated, "the backend refused with %d, the client got 101", statusOf(t.Replied))
	case !watchedToEnd(t, trace.Backend):
		return prove(unseen, "the backend did not read until its leg was over")
	case endedByProxy(t) && t.Next == nil:
		return prove(holds, "the connection was ended")
	case t.Scenario == refusedAsksAgain:
		return askedAgain(t)
	}
	if _, sent := t.First(trace.Client, trace.Out, trace.Frame); !sent {
		return prove(unseen, "the client sent nothing behind the refusal")
	}
	return prove(holds, "nothing reached the backend")
}

// askedAgain looks at what became of the second request.
func askedAgain(t *trace.Trace) proof {
	if t.Next != nil {
		return prove(holds, "the second request was answered with %d", statusOf(t.Next))
	}
	if e, failed := t.First(trace.Client, trace.In, trace.Failed); failed {
		return prove(violated, "the second request was not answered in HTTP (%.60s)", e.Note)
	}
	return prove(violated, "the second request was not answered within %s, nor the connection ended", patience(t))
}

// endedByProxy reports whether the front leg was ended by the proxy, before the client did so.
func endedByProxy(t *trace.Trace) bool {
	e, ok := frontEnd(t)
	return ok && e.Dir == trace.In
}
