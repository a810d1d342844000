package suites

import (
	"fmt"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// refusing is an upgrade that the backend refused with status, as the client has to see it.
func refusing(status int) trace.Trace {
	t := played(
		event(1, trace.Client, trace.Out, trace.Request),
		event(2, trace.Backend, trace.In, trace.Request),
		event(3, trace.Backend, trace.Out, trace.Response),
		event(4, trace.Client, trace.In, trace.Response),
		event(5, trace.Client, trace.In, trace.FIN),
		event(6, trace.Client, trace.Out, trace.Closed),
		event(7, trace.Backend, trace.In, trace.FIN),
	)
	t.Replied = head(fmt.Sprintf("HTTP/1.1 %d Refused", status), map[string][]string{
		"Content-Type": {"application/json"}, "X-Finwait-Refused": {fmt.Sprint(status)},
	})
	switch status {
	case 401:
		t.Replied.Header["Www-Authenticate"] = []string{`Basic realm="finwait"`}
	case 429, 503:
		t.Replied.Header["Retry-After"] = []string{"7"}
	}
	t.Replied.Body = `{"refused":true}`
	t.Answer = altered(t.Replied, func(*trace.Head) {})
	return t
}

// kept is a request that the proxy answered without asking the backend.
func kept(line string) trace.Trace {
	t := refusing(403)
	t.Asked, t.Replied, t.Back, t.Answer = nil, nil, trace.Leg{}, &trace.Head{Line: line}
	t.Error = "the request never reached the backend"
	return t
}

// cutOff is a connection that was ended without an answer.
func cutOff(kind trace.Kind) trace.Trace {
	t := played(event(1, trace.Client, trace.Out, trace.Request), event(2, trace.Client, trace.In, kind), event(3, trace.Backend, trace.In, trace.FIN))
	t.Answer = nil
	return t
}

func refusals(extra ...trace.Trace) Evidence {
	var all []trace.Trace
	for _, status := range refusalStatuses {
		all = append(all, refusing(status))
	}
	return of("backend-refuses", append(all, extra...)...)
}

func TestRefusalForwarded(t *testing.T) {
	got := func(status int, edit func(*trace.Head)) Evidence {
		t := refusing(status)
		t.Answer = altered(t.Answer, edit)
		return refusals(t)
	}
	set := func(status int, name string, values ...string) Evidence {
		return got(status, func(h *trace.Head) { h.Header[name] = values })
	}
	cut := cutOff(trace.RST)
	cut.Replied = refusing(403).Replied
	silent := refusing(403)
	silent.Replied = nil
	unlike := refusals()
	for i := range unlike.Traces {
		tr := &unlike.Traces[i]
		tr.Replied = altered(tr.Replied, func(h *trace.Head) { h.Body = ""; delete(h.Header, "Retry-After") })
		tr.Answer = tr.Replied
	}
	c := refusalForwarded
	runJudged(t, []judged{
		{"as they were", c, refusals(), reports.Pass, []string{"6 of 6"}},
		{"another reason phrase", c, got(403, func(h *trace.Head) { h.Line = "HTTP/1.1 403 Forbidden" }), reports.Pass, nil},
		{"another status", c, got(426, func(h *trace.Head) { h.Line = "HTTP/1.1 502 Bad Gateway"; h.Body = "" }), reports.Fail,
			[]string{"1 of 7: the client got status 502 instead of 426"}},
		{"another body", c, got(403, func(h *trace.Head) { h.Body = "<html>" }), reports.Fail,
			[]string{"with 403 the client got a body of 6 bytes (\"<html>\") instead of 16 bytes"}},
		{"no body", c, got(403, func(h *trace.Head) { h.Body = "" }), reports.Fail, []string{"a body of 0 bytes"}},
		{"no WWW-Authenticate", c, set(401, "Www-Authenticate"), reports.Fail, []string{"with 401 the client got no WWW-Authenticate"}},
		{"another Retry-After", c, set(503, "Retry-After", "60"), reports.Fail, []string{`Retry-After "60" instead of Retry-After "7"`}},
		{"another header", c, set(404, "X-Finwait-Refused"), reports.Fail, []string{"no X-Finwait-Refused"}},
		{"another Content-Type", c, set(404, "Content-Type", "text/html"), reports.Fail, []string{`Content-Type "text/html"`}},
		{"cut off", c, refusals(cut), reports.Fail, []string{"refused with 403, the client got none of it: the connection was reset without an answer"}},
		{"not all statuses", c, of("backend-refuses", refusing(401), refusing(403)), reports.HarnessError, []string{"404, 426, 429, 503"}},
		{"not all headers, no body", c, unlike, reports.HarnessError, []string{"no backend refused with Retry-After, a body"}},
		{"some kept from the backend", c, refusals(kept("HTTP/1.1 502 Bad Gateway")), reports.Fail, []string{"the backend was not asked: HTTP/1.1 502"}},
		{"all kept from the backend", c, of("backend-refuses", kept("HTTP/1.1 400 Bad Request")), reports.Unsupported, []string{"the backend was not asked"}},
		{"the control keeps them", c, on("direct", of("backend-refuses", kept("HTTP/1.1 400 Bad Request"))), reports.HarnessError, nil},
		{"not recorded", c, refusals(silent), reports.HarnessError, []string{"not recorded"}},
		{"not played", c, refusals(broken("agent lost")), reports.HarnessError, []string{"agent lost"}},
		{"nothing at all", c, of("backend-refuses"), reports.HarnessError, nil},
	})
}

func TestRefusalIsNoTunnel(t *testing.T) {
	open := func(status int) trace.Trace {
		return without(without(refusing(status), trace.Client, trace.In, trace.FIN), trace.Client, trace.Out, trace.Closed)
	}
	raw := with(open(403), event(5, trace.Client, trace.Out, trace.Frame), event(9, trace.Client, trace.Out, trace.FIN), event(9.5, trace.Client, trace.In, trace.FIN))
	again := func(edit func(*trace.Trace)) trace.Trace {
		t := with(open(403), event(9, trace.Client, trace.Out, trace.FIN), event(9.5, trace.Client, trace.In, trace.FIN))
		edit(&t)
		return t
	}
	leaked, upgraded, unread := raw, raw, without(raw, trace.Backend, trace.In, trace.FIN)
	leaked.Leaked = "smuggled"
	upgraded.Answer = answer()
	noHTTP := with(again(func(*trace.Trace) {}), trace.Event{At: 6e6, Side: trace.Client, Dir: trace.In, Kind: trace.Failed, Note: "second answer: malformed"})
	c := refusalIsNoTunnel
	runJudged(t, []judged{
		{"the frame went nowhere", c, of("refused-client-sends-raw", raw), reports.Pass, []string{"nothing reached the backend"}},
		{"the connection was ended", c, of("refused-client-sends-raw", refusing(403)), reports.Pass, []string{"the connection was ended"}},
		{"the frame went through", c, of("refused-client-sends-raw", raw, leaked), reports.Fail, []string{"1 of 2: what the client sent behind the refusal reached"}},
		{"upgraded by the proxy", c, of("refused-client-sends-raw", upgraded), reports.Fail, []string{"refused with 403, the client got 101"}},
		{"nothing was sent", c, of("refused-client-sends-raw", again(func(*trace.Trace) {})), reports.HarnessError, []string{"sent nothing"}},
		{"the backend did not read", c, of("refused-client-sends-raw", unread), reports.HarnessError, []string{"did not read"}},
		{"answered", c, scenarioOf(refusedAsksAgain, again(func(t *trace.Trace) { t.Next = head("HTTP/1.1 200 OK", nil) })), reports.Pass, []string{"answered with 200"}},
		{"ended", c, of(refusedAsksAgain, refusing(403)), reports.Pass, []string{"the connection was ended"}},
		{"answered by the backend, raw", c, of(refusedAsksAgain, again(func(t *trace.Trace) {
			t.Next, t.Leaked = head("HTTP/1.1 200 OK", nil), "GET / HTTP/1.1"
		})), reports.Fail, []string{"reached the backend raw"}},
		{"neither answered nor ended", c, scenarioOf(refusedAsksAgain, again(func(*trace.Trace) {})), reports.Fail, []string{"not answered within 10 s, nor the connection ended"}},
		{"answered in no HTTP", c, scenarioOf(refusedAsksAgain, noHTTP), reports.Fail, []string{"not answered in HTTP (second answer: malformed)"}},
		{"no refusal", c, of(refusedAsksAgain, again(func(t *trace.Trace) { t.Replied = nil })), reports.HarnessError, []string{"not recorded"}},
		{"kept from the backend", c, of(refusedAsksAgain, kept("HTTP/1.1 400 x")), reports.Unsupported, nil},
		{"the control", c, on("direct", of("refused-client-sends-raw", leaked)), reports.Unsupported, []string{"without a proxy"}},
		{"nothing at all", c, of(refusedAsksAgain), reports.HarnessError, nil},
	})
}

// scenarioOf is the evidence of traces that know their scenario.
func scenarioOf(name string, traces ...trace.Trace) Evidence {
	e := of(name, traces...)
	for i := range e.Traces {
		e.Traces[i].Scenario = name
	}
	return e
}

func TestRefusalLeavesNothing(t *testing.T) {
	after := func(edit func(*Aftermath)) Evidence {
		return settled(func(a *Aftermath) { a.Refused = 40; edit(a) })
	}
	of := func(scenario string) Left {
		return Left{Leg: "back", Scenario: scenario, Age: 3e9, Socket: listening}
	}
	c := refusalLeavesNothing
	runJudged(t, []judged{
		{"nothing", c, after(func(*Aftermath) {}), reports.Pass, []string{"nothing left after 40 refused upgrades"}},
		{"of others", c, after(func(a *Aftermath) { a.Left = []Left{of("client-close"), of("")} }), reports.Pass, nil},
		{"of a refusal", c, after(func(a *Aftermath) { a.Left = []Left{of("client-close"), of("backend-refuses")} }), reports.Fail,
			[]string{"1 socket left after 40 refused upgrades", "of backend-refuses"}},
		{"of the others with a refusal", c, after(func(a *Aftermath) { a.Left = []Left{of("refused-client-sends-raw"), of("refused-client-asks-again")} }), reports.Fail,
			[]string{"2 sockets left"}},
		{"nothing was refused", c, after(func(a *Aftermath) { a.Refused = 0 }), reports.HarnessError, []string{"refused no upgrade"}},
		{"nothing reached the backend", c, after(func(a *Aftermath) { a.Refused, a.Unasked = 0, 12 }), reports.Unsupported, []string{"none of 12 requests reached the backend"}},
		{"no socket was seen", c, after(func(a *Aftermath) { a.Before.Sockets = nil }), reports.HarnessError, nil},
		{"the proxy is dead", c, after(func(a *Aftermath) { a.After = Snapshot{} }), reports.Fail, []string{"does not listen"}},
		{"lost", c, after(func(a *Aftermath) { a.Lost = "agent lost" }), reports.HarnessError, []string{"agent lost"}},
		{"blind", c, after(func(a *Aftermath) { a.Blind = "no witness" }), reports.Unsupported, nil},
		{"nobody looked", c, Evidence{}, reports.HarnessError, nil},
	})
}
