package suites

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestBackLegReleased(t *testing.T) {
	c := backLegReleased
	resets := func(told ...trace.Event) trace.Trace {
		return played(append(told, event(1, trace.Client, trace.Out, trace.RST))...)
	}
	runJudged(t, []judged{
		{"at once", c, of("client-close", released(1)), reports.Pass, nil},
		{"kept until the client closes", c, of("client-holds", released(-1)), reports.Fail, []string{"not over within the patience"}},
		{"client resets, passed on", c, of("client-resets", resets(event(2, trace.Backend, trace.In, trace.RST))), reports.Pass, nil},
		{"client resets, not passed on", c, of("client-resets", resets(gaveUp(trace.Backend))), reports.Fail, nil},
		{"the control cannot release what the client holds", c, on("direct", of("client-holds", released(-1))), reports.Unsupported, nil},
		{"the same over TLS", c, on("direct+tls", of("backend-drops-client-holds", released(-1))), reports.Unsupported, nil},
		{"nor what a client keeps that vanished", c, on("direct", of("client-vanishes-backend-closes", released(-1))), reports.Unsupported, nil},
		{"the control in another scenario", c, on("direct", of("client-close", released(-1))), reports.Fail, nil},
	})
}

func TestFrontLegReleased(t *testing.T) {
	mute := func(over ...trace.Event) trace.Trace {
		return played(append(over, closing(1, trace.Client, trace.Out, 1000, ""), event(2000, trace.Client, trace.Out, trace.FIN))...)
	}
	c := frontLegReleased
	runJudged(t, []judged{
		{"after the client's FIN", c, of("backend-mute", mute(event(2003, trace.Client, trace.In, trace.FIN))), reports.Pass, []string{"3.00 ms"}},
		{"before the client's FIN", c, of("backend-mute", mute(event(900, trace.Client, trace.In, trace.FIN))), reports.Pass, nil},
		{"too late", c, of("backend-mute", mute(event(8000, trace.Client, trace.In, trace.FIN))), reports.Fail, []string{"6.00 s"}},
		{"never", c, of("backend-lingers", mute(gaveUp(trace.Client))), reports.Fail, []string{"not over"}},
		{"never, as the backend holds", c, of("backend-holds", mute(gaveUp(trace.Client))), reports.Fail, []string{"not over"}},
		{"the control cannot release what the backend holds", c, on("direct", of("backend-holds", mute(gaveUp(trace.Client)))), reports.Unsupported, nil},
		{"the control in another scenario", c, on("direct", of("backend-lingers", mute(gaveUp(trace.Client)))), reports.Fail, nil},
	})
}

var listening = sockets.Socket{Local: "10.0.0.2:80", State: sockets.Listen}

// settled is the aftermath of 200 endings on a proxy that kept nothing, edited.
func settled(edit func(*Aftermath)) Evidence {
	look := Snapshot{
		Sockets:   []sockets.Socket{listening},
		Processes: []sockets.Process{{PID: 1, Command: "httpd", State: "S", Descriptors: 20, Resident: 30 << 20}},
	}
	a := &Aftermath{Endings: 200, Before: look, After: look, LogLines: 3}
	a.After.Processes = slices.Clone(look.Processes)
	a.Before.Processes = slices.Clone(look.Processes)
	edit(a)
	return Evidence{Target: "apache@2.4/test", After: a, Budgets: DefaultBudgets()}
}

func TestNothingLeft(t *testing.T) {
	one := Left{Leg: "back", Scenario: "client-holds", Age: 12e9,
		Socket: sockets.Socket{Local: "10.0.0.2:4", Remote: "10.0.0.1:8080", State: "CLOSE-WAIT", PID: 1}}
	orphan := Left{Leg: "front", Socket: sockets.Socket{Local: "10.0.0.2:80", Remote: "10.0.0.1:9", State: "FIN-WAIT-2"}}
	stranger := one
	stranger.Socket.PID = 77
	c := nothingLeft
	runJudged(t, []judged{
		{"unix sockets behind", c, settled(func(a *Aftermath) { a.UnixBacks = true }), reports.Unsupported, []string{"no front leg is left", "unix sockets", descriptors.ID}},
		{"unix sockets behind, and a front leg left", c, settled(func(a *Aftermath) {
			a.UnixBacks, a.Left = true, []Left{{Socket: listening, Leg: "front"}}
		}), reports.Fail, nil},
		{"nothing", c, settled(func(*Aftermath) {}), reports.Pass, []string{"nothing left after 200 endings"}},
		{"one", c, settled(func(a *Aftermath) { a.Left = []Left{one} }), reports.Fail,
			[]string{"1 socket left", "1 back CLOSE-WAIT", "10.0.0.2:4 to 10.0.0.1:8080", "12.0 s old", "of client-holds", "process 1 (httpd)"}},
		{"without an owner", c, settled(func(a *Aftermath) { a.Left = []Left{orphan} }), reports.Fail, []string{"no known owner"}},
		{"of an unknown process", c, settled(func(a *Aftermath) { a.Left = []Left{stranger} }), reports.Fail, []string{"process 77"}},
		{"many", c, settled(func(a *Aftermath) { a.Left = slices.Concat(slices.Repeat([]Left{orphan}, 10), []Left{one}) }), reports.Fail,
			[]string{"11 sockets left", "10 front FIN-WAIT-2, 1 back CLOSE-WAIT", "and 5 more", "12.0 s old"}},
		{"the proxy is dead", c, settled(func(a *Aftermath) { a.After = Snapshot{} }), reports.Fail, []string{"does not listen any more"}},
		{"no socket was seen", c, settled(func(a *Aftermath) { a.Before.Sockets, a.After.Sockets = nil, nil }), reports.HarnessError, nil},
		{"no endings", c, settled(func(a *Aftermath) { a.Endings = 0 }), reports.HarnessError, []string{"no connection ended"}},
		{"lost", c, settled(func(a *Aftermath) { a.Lost = "connection refused" }), reports.HarnessError, []string{"connection refused"}},
		{"blind", c, settled(func(a *Aftermath) { a.Blind = "the runtime has no witness" }), reports.Unsupported, []string{"the runtime has no witness"}},
		{"nobody looked", c, Evidence{}, reports.HarnessError, nil},
	})
}

func TestDescriptors(t *testing.T) {
	process := func(edit func(*sockets.Process)) Evidence {
		return settled(func(a *Aftermath) { edit(&a.After.Processes[0]) })
	}
	more := func(n int, p sockets.Process) Evidence {
		return settled(func(a *Aftermath) {
			a.After.Processes = append(a.After.Processes, slices.Repeat([]sockets.Process{p}, n)...)
		})
	}
	c := descriptors
	runJudged(t, []judged{
		{"the same", c, settled(func(*Aftermath) {}), reports.Pass, []string{"descriptors 20 to 20, processes 1 to 1, resident memory 30.0 MiB to 30.0 MiB"}},
		{"at the budgets", c, settled(func(a *Aftermath) {
			a.After.Processes[0].Descriptors, a.After.Processes[0].Resident = 28, 50<<20
			a.After.Processes = append(a.After.Processes, sockets.Process{Descriptors: 2, Resident: 12 << 20})
		}), reports.Pass, nil},
		{"descriptors", c, process(func(p *sockets.Process) { p.Descriptors = 31 }), reports.Fail, []string{"descriptors 20 to 31 (over the budget), processes 1 to 1,"}},
		{"processes", c, more(2, sockets.Process{Descriptors: 1}), reports.Fail, []string{"processes 1 to 3 (over the budget)"}},
		{"memory", c, process(func(p *sockets.Process) { p.Resident = 63 << 20 }), reports.Fail, []string{"63.0 MiB (over the budget)"}},
		{"processes that nobody waited for", c, more(5, sockets.Process{State: "Z", Descriptors: -1}), reports.Fail, []string{"processes 1 to 6"}},
		{"less than before", c, process(func(p *sockets.Process) { p.Descriptors, p.Resident = 1, 1 }), reports.Pass, nil},
		{"unreadable", c, process(func(p *sockets.Process) { p.Descriptors = -1 }), reports.HarnessError, []string{"process 1 (httpd)"}},
		{"unreadable before", c, settled(func(a *Aftermath) { a.Before.Processes[0].Descriptors = -1 }), reports.HarnessError, nil},
		{"the proxy is dead", c, settled(func(a *Aftermath) { a.After.Processes = nil }), reports.Fail, []string{"no process"}},
		{"never seen", c, settled(func(a *Aftermath) { a.Before.Processes = nil }), reports.HarnessError, nil},
		{"in our own process", c, settled(func(a *Aftermath) { a.SharedProcess = true }), reports.Unsupported, []string{"shares its process"}},
		{"blind", c, settled(func(a *Aftermath) { a.Blind = "no witness" }), reports.Unsupported, []string{"no witness"}},
		{"no endings", c, settled(func(a *Aftermath) { a.Endings = 0 }), reports.HarnessError, nil},
	})
}

func TestLogIsQuiet(t *testing.T) {
	var many []string
	for i := range 9 {
		many = append(many, fmt.Sprintf("[alert] line %d %s", i, strings.Repeat("x", 300)))
	}
	c := logIsQuiet
	runJudged(t, []judged{
		{"quiet", c, settled(func(*Aftermath) {}), reports.Pass, []string{"3 lines of log over 200 endings"}},
		{"an alert", c, settled(func(a *Aftermath) { a.Alarms = []string{"[alert] open socket #3 left in connection 5"} }), reports.Fail, []string{"1 line: [alert] open socket"}},
		{"many", c, settled(func(a *Aftermath) { a.Alarms = many }), reports.Fail, []string{"9 lines", "line 5", "and 3 more"}},
		{"an alert of a proxy without a witness", c, settled(func(a *Aftermath) { a.Alarms, a.Blind, a.Endings = many, "no witness", 0 }), reports.Fail, nil},
		{"no log", c, settled(func(a *Aftermath) { a.NoLog = "this runtime keeps none" }), reports.Unsupported, []string{"this runtime keeps none"}},
		{"blind, so that nobody read it", c, settled(func(a *Aftermath) { a.Blind = "no witness" }), reports.Unsupported, nil},
		{"empty", c, settled(func(a *Aftermath) { a.LogLines = 0 }), reports.Unsupported, []string{"the log is empty"}},
		{"nothing new, as in a repeat", c, settled(func(a *Aftermath) { a.LogFrom, a.LogLines = 3, 0 }), reports.Pass, []string{"0 lines of log over 200 endings"}},
		{"no endings", c, settled(func(a *Aftermath) { a.Endings = 0 }), reports.HarnessError, nil},
		{"nobody looked", c, Evidence{}, reports.HarnessError, nil},
	})
	if f := c.Judge(settled(func(a *Aftermath) { a.Alarms = many })); len(f.Actual) > 1200 {
		t.Errorf("actual is %d characters long: lines must be shortened", len(f.Actual))
	}
}
