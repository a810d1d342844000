package suites

import (
	"fmt"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

const backLegReleasedID = "cleanup/back-leg-released"

// The founding check: the backend has sent its FIN and waits for the proxy's. RFC 9110 §9.3.6 closes both legs of a tunnel
// when one ends, TCP allows a half-close; that the backend waits for a timer of its own is wrong under either.
var backLegReleased = Check{
	ID:          backLegReleasedID,
	Requirement: "after the backend's FIN its leg is over within the budget; scored for every client behaviour",
	Otherwise:   "keeps the backend's connection for {value}",
	Measured: "The time from the backend's FIN to the proxy's FIN or RST on that leg, as the backend notes them; where the backend " +
		"had sent none by then, from the moment the client left, else from the first Close frame. Each client behaviour is judged by itself.",
	Source: "ws #2257, httpd PR 55890, yarp #1770, golang #75807",
	Level:  Practice,
	Scenarios: []string{
		"client-close", "backend-close", "both-close", "client-holds", "backend-close-client-holds", "backend-drops", "backend-drops-client-holds",
		"client-half-closes", "client-half-closes-backend-talks", "client-drops", "client-resets", "client-vanishes-backend-closes",
		"backend-burst-then-close",
	},
	Metric: trace.BackRelease,
	Judge:  judgeBackRelease,
}

func judgeBackRelease(e Evidence) Finding {
	base := Finding{
		Expected: fmt.Sprintf("the proxy's FIN or RST reaches the backend at most %s after the backend's FIN", limit(e.Budgets.BackRelease)),
		Hint:     "the proxy waits on the back leg for the client or for a timer: look at its backend keepalive, half-close and tunnel timeout options",
	}
	if isControl(e.Target) && clientStays(e.Scenario) {
		return base.as(reports.Unsupported, "without a proxy the client holds the only leg open, as the scenario wants it")
	}
	return judgeWithin(e, trace.BackRelease, e.Budgets.BackRelease, base)
}

// clientStays reports whether the client keeps its socket to the end of a scenario.
func clientStays(name string) bool {
	s, err := scenario.Named(name)
	return err == nil && (s.Client == scenario.ClientHolds || s.Client == scenario.ClientVanishes)
}

// nginx #718: a close that the backend never answers. A backend that drops or resets is not here, because what the client
// is then owed is what close/abrupt-backend-told measures.
var frontLegReleased = Check{
	ID:          "cleanup/front-leg-released",
	Requirement: "the front leg is over within the budget when the backend is mute, lingers or holds",
	Otherwise:   "keeps the client's connection for {value}",
	Measured: "The client sends Close, and FIN when its close timer ends. Measured is the time from its FIN to the proxy's FIN or RST " +
		"on that leg, as the client notes them; where it had sent none by then, from the moment the backend left, else from the first Close frame.",
	Source:    "nginx #718",
	Level:     Practice,
	Risk:      true,
	Scenarios: []string{"backend-mute", "backend-lingers", backendHolds},
	Metric:    trace.FrontRelease,
	Judge:     judgeFrontRelease,
}

const backendHolds = "backend-holds"

func judgeFrontRelease(e Evidence) Finding {
	base := Finding{
		Expected: fmt.Sprintf("the proxy's FIN or RST reaches the client at most %s after the client's own FIN", limit(e.Budgets.FrontRelease)),
		Hint:     "the proxy waits on the front leg for the backend or for a timer: look at its half-close, stream and tunnel timeout options",
	}
	if isControl(e.Target) && e.Scenario == backendHolds {
		return base.as(reports.Unsupported, "without a proxy the backend holds the only leg open, as the scenario wants it")
	}
	return judgeWithin(e, trace.FrontRelease, e.Budgets.FrontRelease, base)
}
