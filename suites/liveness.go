package suites

import (
	"fmt"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
)

// ws #2283, traefik #8668, envoy #20062: a connection that is only quiet is taken for a dead one. Where only one end is
// told, the other one waits for messages that cannot come any more.
var idleLimit = Check{
	ID:          "liveness/idle-limit",
	Requirement: "how long an idle connection lives, how it ends and whether both legs are told",
	Otherwise:   "does not keep the connection in order",
	Measured: "The ends exchange a message and say nothing more for as long as the patience lasts. Measured is the time from that message " +
		"to the first Close, close_notify, FIN or RST that an end gets; where none comes, one more message has to be echoed.",
	Source:    "ws #2283, traefik #8668, envoy #20062",
	Level:     Observe,
	Scenarios: []string{idleScenario},
	Budgeted:  func(b Budgets) bool { return b.IdleAtLeast > 0 },
	Judge:     judgeIdle,
}

const idleScenario = "idle"

func judgeIdle(e Evidence) Finding {
	base := Finding{Expected: "it is measured how long a connection lives on which nobody speaks, and what each end is told"}
	budget := e.Budgets.IdleAtLeast
	if budget > 0 {
		base.Expected = fmt.Sprintf("a connection on which nobody speaks lives %s at least, and both ends are told when it ends", limit(budget))
		base.Hint = "raise the proxy's idle, read or tunnel timeout, or send pings more often than it is long"
	}
	return judgeEach(e, base, func(t *trace.Trace) proof {
		s, ok := silenceOf(t)
		switch {
		case !ok:
			return prove(unseen, "the trace has no echo that the silence begins with")
		case s.kept() && s.echoed:
			return prove(holds, "kept for %s, and then a message passed", measured(s.length()))
		case s.kept():
			return prove(violated, "kept for %s, but then no message passed", measured(s.length()))
		case !s.bothTold():
			return prove(violated, "%s, and the %s was not told within %s", s.cutAfter(), s.untold(), patience(t))
		case s.life() < budget:
			return prove(violated, "%s", s.cutAfter())
		}
		return prove(holds, "%s", s.cutAfter())
	})
}

// cutAfter says when and how a connection ended while nobody spoke.
func (s silence) cutAfter() string {
	return fmt.Sprintf("ended %s after the last message: %s", measured(s.life()), s.how())
}

// idleLife is how long the shortest-lived of idle connections lived; 0: all were kept, or none was played.
func idleLife(idle []trace.Trace) time.Duration {
	var shortest time.Duration
	for _, t := range tellApart(idle).good {
		s, ok := silenceOf(t)
		if ok && !s.kept() && (shortest == 0 || s.life() < shortest) {
			shortest = s.life()
		}
	}
	return shortest
}
