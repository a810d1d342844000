package suites

import (
	"fmt"
	"math"
	"strings"

	"github.com/finwait/finwait/reports"
)

// timeWaitSeconds is how long Linux keeps a TIME-WAIT, whatever its settings (TCP_TIMEWAIT_LEN).
const timeWaitSeconds = 60

// RFC 6455 §7.1.1 has the server close first, so that the TIME-WAIT stays with it. On the back leg each one at the proxy
// keeps an ephemeral port from being used for a minute (operations #335): they run out long before the sockets do.
var timeWait = Check{
	ID:          "cleanup/time-wait",
	Requirement: "which side keeps the TIME-WAIT of each leg, per 1000 closes, and how near that is to the ephemeral ports",
	Otherwise:   "keeps more TIME-WAITs of back legs than its budget allows",
	Measured: "Right after the last ending the socket tables of the proxy and of the peer are read, and the legs of all connections that were " +
		"closed in order within the last 55 s are looked up in them.",
	Source:   "RFC 6455 §7.1.1, operations #335",
	Level:    Observe,
	Budgeted: func(b Budgets) bool { return b.BackTimeWait > 0 },
	Judge:    judgeTimeWait,
}

func judgeTimeWait(e Evidence) Finding {
	f := Finding{
		Expected: "it is counted who keeps the TIME-WAIT of each leg",
		Hint:     "the proxy closes its back legs first: look at its half-close and backend keepalive options",
	}
	if isControl(e.Target) {
		return f.as(reports.Unsupported, "without a proxy there is one leg, and no side of it is the proxy's")
	}
	a := e.After
	if f, ok := unwitnessed(a, f); ok {
		return f
	}
	w := a.TimeWaits
	switch {
	case w.Lost != "":
		return f.as(reports.HarnessError, "not measured: %s", w.Lost)
	case w.Closes == 0:
		return f.as(reports.Unsupported, "no connection was closed in order; see %s", upgradeAcceptedID)
	}
	if e.Budgets.BackTimeWait > 0 {
		f.Expected = fmt.Sprintf("at most %d of 1000 closes leave a TIME-WAIT on the proxy's side of the back leg", e.Budgets.BackTimeWait)
		if w.thousand(w.BackProxy) > e.Budgets.BackTimeWait {
			return f.as(reports.Fail, "%s", w)
		}
	}
	return f.as(reports.Pass, "%s", w)
}

// thousand is n of all closes as it would be of 1000.
func (w TimeWaits) thousand(n int) int { return int(math.Round(1000 * float64(n) / float64(w.Closes))) }

// String says who keeps the TIME-WAITs, and where the proxy keeps those of back legs how far its ports reach.
func (w TimeWaits) String() string {
	text := "per 1000 closes: " +
		w.leg("front", counts{"at the client", w.FrontClient}, counts{"at the proxy", w.FrontProxy}, counts{"nowhere seen", w.FrontNowhere}) + ", " +
		w.leg("back", counts{"at the proxy", w.BackProxy}, counts{"at the backend", w.BackBackend}, counts{"nowhere seen", w.BackNowhere})
	if w.BackProxy == 0 || w.Ports == 0 {
		return text
	}
	rate := float64(w.Ports) / timeWaitSeconds * float64(w.Closes) / float64(w.BackProxy)
	return text + fmt.Sprintf("; back legs in TIME-WAIT at the proxy would use up its %d ephemeral ports at %d closes a second", w.Ports, int(rate))
}

// counts is how many sockets are in one place.
type counts struct {
	place string
	n     int
}

func (w TimeWaits) leg(name string, places ...counts) string {
	var parts []string
	for _, p := range places {
		if p.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", w.thousand(p.n), p.place))
		}
	}
	if len(parts) == 0 { // each close of a TCP connection is counted somewhere
		return name + " leg none, being a unix socket"
	}
	return name + " leg " + strings.Join(parts, ", ")
}
