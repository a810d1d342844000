package suites

import (
	"fmt"
	"slices"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/reports"
)

// http-proxy-3 #26, traefik #4864: a proxy that has begun to make a tunnel when the refusal comes forgets one of the legs.
var refusalLeavesNothing = Check{
	ID:          "handshake/refusal-leaves-nothing",
	Requirement: "N refused upgrades leave no socket on either leg",
	Otherwise:   "does not return to the sockets that it had before the refused upgrades",
	Measured: "The proxy's sockets after all endings are compared with those from before, as for cleanup/nothing-left; " +
		"those are counted that belong to a connection whose upgrade the backend refused.",
	Source: "http-proxy-3 #26, traefik #4864",
	Level:  Must,
	Judge:  judgeRefusalsLeft,
}

func judgeRefusalsLeft(e Evidence) Finding {
	f := Finding{
		Expected: "no socket of a refused upgrade, but for those in TIME-WAIT",
		Hint:     "the proxy does not close a leg whose upgrade was refused: look at its keepalive and idle timeout options",
	}
	a := e.After
	if f, ok := unwitnessed(a, f); ok {
		return f
	}
	f.Expected = fmt.Sprintf("after %s no socket of them, but for those in TIME-WAIT", counted(a.Refused, "refused upgrade"))
	mine := slices.DeleteFunc(slices.Clone(a.Left), func(l Left) bool { return !refuses(l.Scenario) })
	switch {
	case len(mine) > 0:
		return f.as(reports.Fail, "%s", listLeft(mine, a, counted(a.Refused, "refused upgrade")))
	case a.Refused == 0 && a.Unasked > 0:
		return f.as(reports.Unsupported, "none of %s reached the backend that was to refuse it; see %s",
			counted(a.Unasked, "request"), upgradeAcceptedID)
	case a.Refused == 0:
		return f.as(reports.HarnessError, "not measured: the backend refused no upgrade")
	}
	if f, ok := unseenSockets(a, f); ok {
		return f
	}
	if a.UnixBacks {
		return unseenBacks(f)
	}
	return f.as(reports.Pass, "nothing left after %s", counted(a.Refused, "refused upgrade"))
}

// refuses reports whether the backend refuses the upgrade in a scenario.
func refuses(name string) bool {
	s, err := scenario.Named(name)
	return err == nil && slices.Contains([]scenario.Opening{scenario.Refused, scenario.RefusedRaw, scenario.RefusedNext}, s.Opening)
}
