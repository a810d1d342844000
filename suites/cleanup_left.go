package suites

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/reports"
)

// mostListed is how many sockets or log lines one Actual lists.
const mostListed = 6

// haproxy #541, #1053, tengine #1177: sockets in CLOSE-WAIT gather until the proxy has no descriptor left.
var nothingLeft = Check{
	ID:          "cleanup/nothing-left",
	Requirement: "after N mixed endings the proxy's sockets are those from before; every other one is listed with its leg, state, age and owner",
	Otherwise:   "does not return to the sockets that it had before the endings",
	Measured: "The proxy's socket table is read after a warm-up and again when all endings are over, until it is as before or 5 s have passed. " +
		"What is there only afterwards is told apart by leg and by the scenario that made it.",
	Source: "haproxy #541, #1053, tengine #1177",
	Level:  Must,
	Judge:  judgeLeft,
}

func judgeLeft(e Evidence) Finding {
	f := Finding{
		Expected: "no socket that was not there before, but for those in TIME-WAIT",
		Hint:     "CLOSE-WAIT: the proxy does not close after a FIN; FIN-WAIT-2: it waits for one; look at its half-close and tunnel timeout options",
	}
	a := e.After
	if f, ok := unwitnessed(a, f); ok {
		return f
	}
	f.Expected = fmt.Sprintf("after %s no socket that was not there before, but for those in TIME-WAIT", counted(a.Endings, "ending"))
	if len(a.Left) > 0 {
		return f.as(reports.Fail, "%s", listLeft(a.Left, a, counted(a.Endings, "ending")))
	}
	if f, ok := unseenSockets(a, f); ok {
		return f
	}
	if a.UnixBacks {
		return unseenBacks(f)
	}
	return f.as(reports.Pass, "nothing left after %s", counted(a.Endings, "ending"))
}

// unseenBacks is the finding when nothing is left of the front legs, and nobody sees the others.
func unseenBacks(f Finding) Finding {
	return f.as(reports.Unsupported, "no front leg is left, but the back legs are unix sockets, which the witness does not see; see %s", descriptors.ID)
}

// unseenSockets makes the finding when that nothing is left says nothing: the witness sees no sockets, or the proxy is gone.
func unseenSockets(a *Aftermath, f Finding) (Finding, bool) {
	switch {
	case len(a.Before.Sockets) == 0:
		return f.as(reports.HarnessError, "the witness saw no socket of the proxy, not even the one it listens on"), true
	case listens(a.Before) && !listens(a.After):
		return f.as(reports.Fail, "the proxy does not listen any more after %s", counted(a.Endings, "ending")), true
	}
	return Finding{}, false
}

// unwitnessed makes the finding when nobody looked at the proxy, or nothing happened while somebody did.
func unwitnessed(a *Aftermath, f Finding) (Finding, bool) {
	switch {
	case a == nil:
		return f.as(reports.HarnessError, "not measured: nobody looked at the proxy after the endings"), true
	case a.Blind != "":
		return f.as(reports.Unsupported, "the proxy cannot be witnessed: %s", a.Blind), true
	case a.Lost != "":
		return f.as(reports.HarnessError, "the witness failed: %s", a.Lost), true
	case a.Endings == 0:
		return f.as(reports.HarnessError, "not measured: no connection ended while the proxy was watched"), true
	}
	return Finding{}, false
}

func listens(s Snapshot) bool {
	return slices.ContainsFunc(s.Sockets, func(s sockets.Socket) bool { return s.State == sockets.Listen })
}

// listLeft counts the sockets that are left after something by leg and state, then lists the oldest.
func listLeft(left []Left, a *Aftermath, after string) string {
	said := make([]string, 0, len(left))
	for _, l := range left {
		said = append(said, l.Leg+" "+l.Socket.State)
	}
	kinds, counts := frequent(said)
	for i, k := range kinds {
		kinds[i] = fmt.Sprintf("%d %s", counts[k], k)
	}
	oldest := slices.Clone(left)
	slices.SortStableFunc(oldest, func(x, y Left) int { return cmp.Compare(y.Age, x.Age) })
	var lines []string
	for _, l := range oldest {
		lines = append(lines, leftText(l, a.After.Processes))
	}
	return fmt.Sprintf("%s left after %s (%s): %s",
		counted(len(left), "socket"), after, strings.Join(kinds, ", "), list(lines))
}

// leftText says all that is known of a socket that stayed.
func leftText(l Left, processes []sockets.Process) string {
	text := fmt.Sprintf("%s %s %s to %s", l.Leg, l.Socket.State, l.Socket.Local, l.Socket.Remote)
	if l.Age > 0 {
		text += ", " + measured(time.Duration(l.Age)) + " old"
	}
	if l.Scenario != "" {
		text += ", of " + l.Scenario
	}
	if l.Socket.PID == 0 {
		return text + ", no known owner"
	}
	for _, p := range processes {
		if p.PID == l.Socket.PID {
			return text + ", held by " + named(p)
		}
	}
	return text + fmt.Sprintf(", held by process %d", l.Socket.PID)
}

func named(p sockets.Process) string { return fmt.Sprintf("process %d (%s)", p.PID, p.Command) }

// list joins lines, at most mostListed of them, and says how many more there are.
func list(lines []string) string {
	text := strings.Join(lines[:min(len(lines), mostListed)], "; ")
	if rest := len(lines) - mostListed; rest > 0 {
		text += fmt.Sprintf("; and %d more", rest)
	}
	return text
}
