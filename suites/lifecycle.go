package suites

import (
	"fmt"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

const (
	reloadScenario      = "reload"
	afterReloadScenario = "after-reload"
)

// reloadWatch is how long connections are looked at behind a reload, where the patience is not shorter.
const reloadWatch = 3 * time.Second

// caddy #5471, #7222, haproxy #228, ingress-nginx #2647: an unrelated change of the configuration ends every WebSocket, and
// all clients come back at once; or a worker keeps what nobody can reach any more.
var reload = Check{
	ID:          "lifecycle/reload",
	Requirement: "what a reload with the same configuration does to open connections: kept, or closed with which code, or cut; both legs agree",
	Otherwise:   "does not go on serving connections as before",
	Measured: "Behind everything else the proxies are reloaded in their vendors' own ways, all at the same time, while " +
		counted(reloadedPlays, "connection") + " to each are open on which nobody speaks. They are watched for " + limit(reloadWatch) + " or the patience, " +
		"whichever is shorter, counted from just before the proxy was told; those that are kept have a message echoed then. Meanwhile new " +
		"connections are opened and closed. A line of the log, a new process or a command that succeeded has to show the reload.",
	Source:    "caddy #5471, #7222, haproxy #228, ingress-nginx #2647",
	Level:     Observe,
	Scenarios: []string{reloadScenario, afterReloadScenario},
	Besides:   []string{idleScenario},
	Budgeted:  func(b Budgets) bool { return b.ReloadKeeps > 0 },
	Judge:     judgeReload,
}

// Reload is what became of the reload of a proxy.
type Reload struct {
	At         int64  // when it was about to be told, on the clock of the traces; 0: it was not
	Impossible string // why it cannot be reloaded, or was not; empty: it was
	Lost       string // what went wrong with telling it; empty: nothing
	Ended      string // how the proxy ended in it; empty: it still runs
}

func judgeReload(e Evidence) Finding {
	if isControl(e.Target) {
		return Finding{Expected: "a proxy is reloaded"}.as(reports.Unsupported, "without a proxy there is nothing to reload")
	}
	base, look := reloadBase(e)
	switch r := e.Reload; {
	case r == nil:
		return base.as(reports.HarnessError, "not measured: the proxy was not reloaded")
	case r.Impossible != "":
		return base.as(reports.Unsupported, "not reloaded: %s", r.Impossible)
	case r.Lost != "":
		return base.as(reports.HarnessError, "not reloaded: %s", r.Lost)
	case r.Ended != "":
		return base.as(reports.Fail, "the reload ended the proxy: %s", r.Ended)
	}
	if e.Scenario == afterReloadScenario {
		return judgeNew(e, base)
	}
	f := judgeEach(e, base, look)
	if soonest, ok := soonestCut(e); ok {
		f.Actual += fmt.Sprintf("; the first of them %s after the proxy was told to", measured(soonest))
	}
	return f
}

// reloadBase is what is expected of a reload, and what one trace of a connection that was open proves of it.
func reloadBase(e Evidence) (Finding, func(*trace.Trace) proof) {
	budget := e.Budgets.ReloadKeeps
	base := Finding{Expected: "it is measured what becomes of a connection that is open while the proxy is reloaded"}
	if e.Scenario == afterReloadScenario {
		base.Expected = "it is measured whether connections can be opened from the reload on"
	}
	if budget > 0 {
		base.Expected = fmt.Sprintf("a connection that is open while the proxy is reloaded lives %s at least, and no end of it is told alone", limit(budget))
		base.Hint = "reload as little as possible, and let the proxy drain: look for options on how long old workers and streams may live"
		if e.Scenario == afterReloadScenario {
			base.Expected = "connections can be opened from the reload on"
		}
	}
	idle := idleLife(e.Besides[idleScenario])
	return base, func(t *trace.Trace) proof {
		s, ok := silenceOf(t)
		if !ok || t.Reloaded == 0 {
			return prove(unseen, "the trace has no echo that the silence begins with, or no reload")
		}
		after := time.Duration(s.cut() - t.Reloaded)
		switch {
		case !s.openAt(t.Reloaded):
			return prove(withheld, "it was not open when the proxy was reloaded")
		case s.kept() && !s.echoed:
			return prove(violated, "kept, but no message passed any more")
		case s.kept() && time.Duration(s.ended-t.Reloaded) < budget:
			return prove(withheld, "kept, but watched for less than the budget")
		case s.kept():
			return prove(holds, "kept, and later a message passed")
		case s.ofIdleLimit(idle) && after < budget:
			return prove(withheld, "its idle limit of %s ended it sooner than the budget", measured(idle))
		case s.ofIdleLimit(idle):
			return prove(holds, "kept until its idle limit of %s ended it", measured(idle))
		case !s.bothTold():
			return prove(violated, "cut %s, and the %s was not told", s.how(), s.untold())
		case after < budget:
			return prove(violated, "cut: %s", s.how())
		}
		return prove(holds, "cut: %s", s.how())
	}
}

// openAt reports whether nobody spoke at a moment, and no end had been told that the connection is over.
func (s silence) openAt(moment int64) bool {
	return s.began <= moment && (s.kept() || moment <= s.cut()) && (s.ended == 0 || moment <= s.ended)
}

// idleNear is how far from the idle limit that was seen another connection may be that it ends.
const idleNear = 100 * time.Millisecond

// ofIdleLimit reports whether the connection ended when the proxy's idle limit (0: none was seen) would have ended it anyway, both legs of it.
func (s silence) ofIdleLimit(idle time.Duration) bool {
	slack := max(idleNear, idle/10) // proxies end what is idle rather late than early: nginx was seen to vary by a tenth
	return idle > 0 && !s.kept() && s.bothTold() && s.life() >= idle-slack && s.life() <= idle+2*slack
}

// soonestCut is how long after the reload the first of the connections ended that the reload ended; false: none did.
func soonestCut(e Evidence) (time.Duration, bool) {
	idle, soonest, found := idleLife(e.Besides[idleScenario]), time.Duration(0), false
	for _, t := range tellApart(e.Traces).good {
		s, ok := silenceOf(t)
		after := time.Duration(s.cut() - t.Reloaded)
		if !ok || s.kept() || !s.openAt(t.Reloaded) || s.ofIdleLimit(idle) {
			continue
		}
		if !found || after < soonest {
			soonest, found = after, true
		}
	}
	return soonest, found
}

// judgeNew judges the connections that were opened from the reload on. That one could not be opened or was not played to its
// end is here the proxy's doing. What never upgrades shows nothing.
func judgeNew(e Evidence, base Finding) Finding {
	p := tellApart(e.Traces)
	if len(p.refused) == p.total() { // also where there is none
		if f, ok := p.unjudgeable(e, base); ok {
			return f
		}
	}
	all := make([]*trace.Trace, len(e.Traces))
	for i := range e.Traces {
		all[i] = &e.Traces[i]
	}
	return weigh(e, base, all, func(t *trace.Trace) proof {
		switch refusal := refusal(t); {
		case t.Reloaded == 0:
			return prove(unseen, "the trace has no reload")
		case strings.HasPrefix(t.Error, "interrupted"):
			return prove(unseen, "%s", t.Error)
		case refusal != "":
			return prove(violated, "the upgrade was refused: %s", refusal)
		case t.Error != "":
			return prove(violated, "not opened: %s", t.Error)
		}
		return prove(holds, "opened after the reload")
	})
}
