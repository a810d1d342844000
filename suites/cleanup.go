package suites

import (
	"fmt"
	"slices"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

const backLegReleasedID = "cleanup/back-leg-released"

// The founding check: the backend has sent its FIN and waits for the proxy's. RFC 9110 §9.3.6 closes both legs of a tunnel
// when one ends, TCP allows a half-close; that the backend waits for a timer of its own is wrong under either.
var backLegReleased = Check{
	ID:          backLegReleasedID,
	Requirement: "after the backend's FIN its leg is over within the budget; scored for every client behaviour",
	Source:      "ws #2257, httpd PR 55890, yarp #1770, golang #75807",
	Level:       Practice,
	Scenarios: []string{
		"client-close", "backend-close", "both-close", "client-holds", "backend-drops-client-holds",
		"client-half-closes", "client-resets",
	},
	Metric: trace.BackRelease,
	Judge:  judgeBackRelease,
}

func judgeBackRelease(e Evidence) Finding {
	base := Finding{
		Expected: fmt.Sprintf("the proxy's FIN or RST reaches the backend at most %s after the backend's FIN", limit(e.Budgets.BackRelease)),
		Hint:     "the proxy waits on the back leg for the client or for a timer: look at its backend keepalive, half-close and tunnel timeout options",
	}
	if isControl(e.Target) && slices.Contains([]string{"client-holds", "backend-drops-client-holds"}, e.Scenario) {
		return base.as(reports.Unsupported, "without a proxy the client holds the only leg open, as the scenario wants it")
	}
	return judgeWithin(e, trace.BackRelease, e.Budgets.BackRelease, base)
}

// nginx #718: a close that the backend never answers. A backend that drops or resets is not here, because what the client
// is then owed is what close/abrupt-backend-told measures.
var frontLegReleased = Check{
	ID:          "cleanup/front-leg-released",
	Requirement: "the front leg is over within the budget when the backend is mute, lingers or holds",
	Source:      "nginx #718",
	Level:       Practice,
	Scenarios:   []string{"backend-mute", "backend-lingers"},
	Metric:      trace.FrontRelease,
	Judge: func(e Evidence) Finding {
		return judgeWithin(e, trace.FrontRelease, e.Budgets.FrontRelease, Finding{
			Expected: fmt.Sprintf("the proxy's FIN or RST reaches the client at most %s after the client's own FIN", limit(e.Budgets.FrontRelease)),
			Hint:     "the proxy waits on the front leg for the backend or for a timer: look at its half-close, stream and tunnel timeout options",
		})
	},
}
