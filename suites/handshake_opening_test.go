package suites

import (
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// text is a text frame, the last or only one of its message.
func text(ms float64, side trace.Side, dir trace.Dir, payload string) trace.Event {
	e := event(ms, side, dir, trace.Frame)
	e.Opcode, e.Final, e.Length, e.Text = trace.OpText, true, int64(len(payload)), payload
	return e
}

// fragment is one frame of a message of more.
func fragment(ms float64, opcode int, final bool, length int64) trace.Event {
	e := event(ms, trace.Client, trace.In, trace.Frame)
	e.Opcode, e.Final, e.Length = opcode, final, length
	return e
}

func TestFirstMessage(t *testing.T) {
	spoken := func(in ...trace.Event) trace.Trace {
		return played(append(in, text(1, trace.Backend, trace.Out, firstText))...)
	}
	ping := fragment(1.5, trace.OpPing, true, 0)
	arrived := text(2, trace.Client, trace.In, firstText)
	c := firstMessage
	runJudged(t, []judged{
		{"whole", c, of("backend-speaks-first", spoken(arrived)), reports.Pass, []string{"in one frame"}},
		{"behind a ping", c, of("backend-speaks-first", spoken(ping, arrived)), reports.Pass, nil},
		{"in fragments", c, of("backend-speaks-first", spoken(fragment(2, trace.OpText, false, 2), ping, fragment(3, trace.OpContinuation, true, 3))),
			reports.Pass, []string{"in 2 fragments"}},
		{"in fragments, cut", c, of("backend-speaks-first", spoken(fragment(2, trace.OpText, false, 2), fragment(3, trace.OpContinuation, true, 2))), reports.Fail, nil},
		{"in fragments, without an end", c, of("backend-speaks-first", spoken(fragment(2, trace.OpText, false, 5))), reports.Fail, nil},
		{"lost", c, of("backend-speaks-first", spoken()), reports.Fail, []string{"no frame of it reached the client within 10 s"}},
		{"another one of its length", c, of("backend-speaks-first", spoken(text(2, trace.Client, trace.In, "xirst"))), reports.Fail, []string{"opcode 1 and 5 bytes"}},
		{"a Close first", c, of("backend-speaks-first", spoken(closing(1.5, trace.Client, trace.In, 1000, ""), arrived)), reports.Fail, []string{"opcode 8"}},
		{"not sent", c, of("backend-speaks-first", played(arrived)), reports.HarnessError, []string{"the backend did not send"}},
		{"the client's", c, of("client-speaks-first", played(text(1, trace.Client, trace.Out, firstText), text(2, trace.Backend, trace.In, firstText))), reports.Pass, nil},
		{"the client's, lost", c, of("client-speaks-first", played(text(1, trace.Client, trace.Out, firstText))), reports.Fail, []string{"reached the backend"}},
		{"the client's is not the backend's", c, of("client-speaks-first", spoken(arrived)), reports.HarnessError, []string{"the client did not send"}},
		{"refused", c, of("client-speaks-first", refused("HTTP/1.1 403 x")), reports.Unsupported, nil},
	})
}

// unanswered is a play with a silent backend that the proxy answered after so many milliseconds with status.
func unanswered(ms float64, status int, more ...trace.Event) trace.Trace {
	e := event(ms, trace.Client, trace.In, trace.Response)
	e.Status = status
	t := played(append(more, event(0, trace.Client, trace.Out, trace.Request), e)...)
	t.Answer = head("HTTP/1.1 504 Gateway Timeout", nil)
	return t
}

func TestSilentBackend(t *testing.T) {
	over := event(2100, trace.Backend, trace.In, trace.FIN)
	mute := played(event(0, trace.Client, trace.Out, trace.Request), gaveUp(trace.Client), gaveUp(trace.Backend))
	mute.Answer = nil
	c := silentBackend
	runJudged(t, []judged{
		{"504", c, of("backend-silent", unanswered(2000, 504, over)), reports.Pass, []string{"status 504, and the back leg was over"}},
		{"502 and reset", c, of("backend-silent", unanswered(2000, 502, event(2100, trace.Backend, trace.In, trace.RST))), reports.Pass, nil},
		{"too late", c, of("backend-silent", unanswered(6000, 504, over)), reports.Fail, []string{"not within the budget"}},
		{"no gateway error", c, of("backend-silent", unanswered(2000, 200, over)), reports.Fail, []string{"status 200, which is no gateway error"}},
		{"an error of another kind", c, of("backend-silent", unanswered(2000, 500, over)), reports.Fail, []string{"status 500"}},
		{"the back leg stays", c, of("backend-silent", unanswered(2000, 503, gaveUp(trace.Backend))), reports.Fail, []string{"the back leg was not over when the play ended"}},
		{"kept from the backend, as others were not", c, upgrading(of("backend-silent", kept("HTTP/1.1 502 x"))), reports.Fail, []string{"HTTP/1.1 502 x"}},
		{"closed without an answer", c, of("backend-silent", cutOff(trace.FIN)), reports.Fail, []string{"the connection was closed without an answer"}},
		{"no answer", c, of("backend-silent", mute), reports.Fail, []string{"no answer came within the patience of 10 s"}},
		{"kept from the backend", c, of("backend-silent", kept("HTTP/1.1 502 x")), reports.Unsupported, nil},
		{"not played", c, of("backend-silent", broken("agent lost")), reports.HarnessError, nil},
		{"the control", c, on("direct", of("backend-silent", mute)), reports.Unsupported, []string{"without a proxy"}},
	})
	f := c.Judge(of("backend-silent", unanswered(2000, 504, over), mute))
	if len(f.Samples) != 2 || !f.Samples[1].TimedOut || f.Samples[0].Value.Milliseconds() != 2000 || f.Budget != 5000 {
		t.Errorf("samples %v, budget %v: want 2 s and one that timed out, and 5000 ms", f.Samples, f.Budget)
	}
}

// repliedWith is a trace whose backend answered with a line.
func repliedWith(t trace.Trace, line string) trace.Trace {
	t.Replied = &trace.Head{Line: line}
	return t
}

func TestHTTP10UpgradeIgnored(t *testing.T) {
	got := func(line string) trace.Trace {
		t := refusing(403)
		t.Answer = head(line, nil)
		return t
	}
	byProxy := kept("HTTP/1.1 505 HTTP Version Not Supported")
	byProxy.Error = ""
	left := played(event(1, trace.Client, trace.Out, trace.Request), event(10_000, trace.Client, trace.Out, trace.FIN), event(10_001, trace.Client, trace.In, trace.FIN))
	left.Answer = nil
	c := http10Ignored
	runJudged(t, []judged{
		{"ignored", c, of("http10-upgrade", got("HTTP/1.1 200 OK")), reports.Pass, []string{"HTTP/1.1 200 OK"}},
		{"refused by the proxy", c, of("http10-upgrade", byProxy), reports.Pass, []string{"505"}},
		{"upgraded", c, of("http10-upgrade", got("HTTP/1.1 200 OK"), got("HTTP/1.1 101 Switching Protocols")), reports.Fail, []string{"1 of 2: the upgrade was accepted"}},
		{"closed without an answer", c, of("http10-upgrade", cutOff(trace.FIN)), reports.Unsupported, []string{"closed without an answer"}},
		{"upgraded behind the client's back", c, of("http10-upgrade", repliedWith(cutOff(trace.FIN), "HTTP/1.1 101 Switching Protocols")), reports.Fail,
			[]string{"the backend was asked to upgrade and did, and for the client the connection was closed"}},
		{"never told until the client left", c, of("http10-upgrade", repliedWith(left, "HTTP/1.1 101 Switching Protocols")), reports.Fail,
			[]string{"and for the client no answer came"}},
		{"upgraded, and another answer", c, of("http10-upgrade", repliedWith(got("HTTP/1.1 200 OK"), "HTTP/1.1 101 Switching Protocols")), reports.Fail,
			[]string{"the client got HTTP/1.1 200 OK"}},
		{"no HTTP", c, of("http10-upgrade", got("ICY")), reports.Unsupported, []string{"no HTTP"}},
		{"not played", c, of("http10-upgrade", broken("agent lost")), reports.HarnessError, nil},
		{"the control", c, on("direct", of("http10-upgrade", got("HTTP/1.0 200 OK"))), reports.Pass, nil},
	})
}
