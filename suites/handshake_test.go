package suites

import (
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// answered is a trace whose answer was edited.
func answered(edit func(*trace.Head)) trace.Trace {
	t := orderly(1000, "")
	edit(t.Answer)
	return t
}

func TestUpgradeAccepted(t *testing.T) {
	set := func(name string, values ...string) trace.Trace {
		return answered(func(h *trace.Head) { h.Header[name] = values })
	}
	hungUp := func(kind trace.Kind) trace.Trace {
		return trace.Trace{Error: "unexpected EOF", Events: []trace.Event{
			event(0, trace.Client, trace.Out, trace.Request), event(1, trace.Client, trace.In, kind)}}
	}
	status := trace.Trace{Error: "bad handshake", Events: []trace.Event{{Side: trace.Client, Dir: trace.In, Kind: trace.Response, Status: 502}}}
	later := orderly(1000, "")
	later.Error = "the backend was lost"
	noKey, noAsked, noAnswer := orderly(1000, ""), orderly(1000, ""), orderly(1000, "")
	noKey.Key, noAsked.Asked, noAnswer.Answer = "", nil, nil
	lost := orderly(1000, "")
	lost.Asked, lost.Error = nil, "the backend was lost"
	c := upgradeAccepted
	runJudged(t, []judged{
		{"accepted", c, of("client-close", orderly(1000, "")), reports.Pass, []string{"1 of 1: HTTP/1.1 101 Switching Protocols"}},
		{"tokens in lists and any case", c, of("client-close", answered(func(h *trace.Head) {
			h.Header = map[string][]string{"upgrade": {"WebSocket"}, "connection": {"keep-alive, upgrade"}, "Sec-WebSocket-Accept": {" s3pPLMBiTxaQ9kYGzzhZRbK+xOo= "}}
		})), reports.Pass, nil},
		{"the script failed later", c, of("client-close", later), reports.Pass, nil},
		{"another status", c, of("client-close", refused("HTTP/1.1 200 OK"), orderly(1000, "")), reports.Fail, []string{"1 of 2: HTTP/1.1 200 OK"}},
		{"all another status", c, of("client-close", refused("HTTP/1.1 426 Upgrade Required")), reports.Fail, []string{"1 of 1: HTTP/1.1 426"}},
		{"status without a head", c, of("client-close", status), reports.Fail, []string{"status 502"}},
		{"no Upgrade", c, of("client-close", set("Upgrade")), reports.Fail, []string{"without Upgrade"}},
		{"another Upgrade", c, of("client-close", set("Upgrade", "h2c")), reports.Fail, []string{"without Upgrade"}},
		{"no Connection", c, of("client-close", set("Connection", "close")), reports.Fail, []string{"without Connection"}},
		{"no Accept", c, of("client-close", set("Sec-Websocket-Accept")), reports.Fail, []string{"without Sec-WebSocket-Accept"}},
		{"wrong Accept", c, of("client-close", set("Sec-Websocket-Accept", "AAAA")), reports.Fail, []string{"does not belong"}},
		{"two Accepts", c, of("client-close", set("Sec-Websocket-Accept", "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=", "AAAA")), reports.Fail, []string{"2 Sec-WebSocket-Accept"}},
		{"no status line", c, of("client-close", refused("")), reports.Fail, nil},
		{"closed without an answer", c, of("client-close", hungUp(trace.FIN)), reports.Fail, []string{"closed without an answer"}},
		{"reset without an answer", c, of("client-close", hungUp(trace.RST)), reports.Fail, []string{"reset without an answer"}},
		{"no answer in time", c, of("client-close", broken("no answer within 10 s")), reports.HarnessError, []string{"no answer within 10 s"}},
		{"refused once, ours once", c, of("client-close", refused("HTTP/1.1 502 x"), broken("agent lost")), reports.Fail, []string{"502", "agent lost"}},
		{"accepted once, ours once", c, of("client-close", orderly(1000, ""), broken("agent lost")), reports.HarnessError, []string{"agent lost"}},
		{"no key recorded", c, of("client-close", noKey), reports.HarnessError, []string{"Sec-WebSocket-Key"}},
		{"no request recorded", c, of("client-close", noAsked), reports.HarnessError, []string{"no record of the request"}},
		{"no answer recorded", c, of("client-close", noAnswer), reports.HarnessError, []string{"answer"}},
		{"backend lost", c, of("client-close", lost), reports.HarnessError, []string{"the backend was lost"}},
		{"no traces", c, of("client-close"), reports.HarnessError, []string{"not measured"}},
	})
}
