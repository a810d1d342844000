package suites

import (
	"maps"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// head is the head of a message with these headers.
func head(line string, header map[string][]string) *trace.Head {
	return &trace.Head{Line: line, Header: header}
}

// altered is a copy of h that was edited.
func altered(h *trace.Head, edit func(*trace.Head)) *trace.Head {
	c := *h
	c.Header = maps.Clone(h.Header)
	edit(&c)
	return &c
}

// offering is an upgrade with offers that arrived as it was sent, and so did its answer.
func offering() trace.Trace {
	t := orderly(1000, "")
	t.Sent = head("GET /finwait/a%20b?q=a%2Fb&finwait=t1 HTTP/1.1", map[string][]string{
		"Host": {"proxy"}, "Origin": {"http://proxy"}, "Cookie": {"session=a1; theme=dark"},
		"Sec-Websocket-Protocol": {"finwait.v1, finwait.v2"}, "Sec-Websocket-Version": {"13"},
		"Sec-Websocket-Extensions": {"permessage-deflate; client_max_window_bits"},
	})
	t.Asked = altered(t.Sent, func(h *trace.Head) { h.Header["Host"] = []string{"backend"} })
	t.Answer = altered(answer(), func(h *trace.Head) {
		h.Header["Sec-Websocket-Protocol"] = []string{"finwait.v2"}
		h.Header["Sec-Websocket-Extensions"] = []string{"permessage-deflate"}
	})
	t.Replied = t.Answer
	return t
}

func TestRequestPreserved(t *testing.T) {
	got := func(edit func(*trace.Head)) trace.Trace {
		t := offering()
		t.Asked = altered(t.Asked, edit)
		return t
	}
	set := func(name string, values ...string) trace.Trace {
		return got(func(h *trace.Head) { h.Header[name] = values })
	}
	line := func(l string) trace.Trace { return got(func(h *trace.Head) { h.Line = l }) }
	unsent, unasked := offering(), offering()
	unsent.Sent = altered(unsent.Sent, func(h *trace.Head) { delete(h.Header, "Cookie") })
	unsent.Asked = unsent.Sent
	unasked.Asked = nil
	moved := func(l string, edit func(*trace.Head)) trace.Trace {
		t := line(l)
		t.OwnPath = true
		t.Asked = altered(t.Asked, edit)
		return t
	}
	same := func(*trace.Head) {}
	c := requestPreserved
	runJudged(t, []judged{
		{"a path that the route changes", c, of("upgrade-offers", moved("GET /ws?q=a%2Fb&finwait=t1 HTTP/1.1", same)), reports.Pass,
			[]string{`the request arrived as it was sent, with the path "/ws" in place of "/finwait/a%20b"`}},
		{"a path that it keeps", c, of("upgrade-offers", moved("GET /finwait/a%20b?q=a%2Fb&finwait=t1 HTTP/1.1", same)), reports.Pass,
			[]string{"1 of 1: the request arrived as it was sent"}},
		{"a query that it changes", c, of("upgrade-offers", moved("GET /ws?q=a/b&finwait=t1 HTTP/1.1", same)), reports.Fail,
			[]string{`query "q=a/b&finwait=ID" instead of "q=a%2Fb&finwait=ID"`}},
		{"a query that it drops", c, of("upgrade-offers", moved("GET /ws HTTP/1.1", same)), reports.Fail, []string{`query "" instead of`}},
		{"a header that it drops", c, of("upgrade-offers", moved("GET /ws?q=a%2Fb&finwait=t1 HTTP/1.1", func(h *trace.Head) { delete(h.Header, "Cookie") })),
			reports.Fail, []string{"no Cookie"}},
		{"as it was", c, of("upgrade-offers", offering()), reports.Pass, []string{"1 of 1: the request arrived"}},
		{"split, joined and in another case", c, of("upgrade-offers", got(func(h *trace.Head) {
			delete(h.Header, "Sec-Websocket-Protocol")
			h.Header["sec-websocket-protocol"] = []string{"finwait.v1", "finwait.v2"}
			h.Header["Cookie"] = []string{"session=a1", "theme=dark"}
		})), reports.Pass, nil},
		{"path decoded", c, of("upgrade-offers", line("GET /finwait/a b?q=a%2Fb&finwait=t1 HTTP/1.1")), reports.Fail,
			[]string{`the backend got request target "/finwait/a b?q=a%2Fb&finwait=ID" instead of "/finwait/a%20b?q=a%2Fb&finwait=ID"`}},
		{"query dropped", c, of("upgrade-offers", line("GET /finwait/a%20b HTTP/1.1")), reports.Fail, []string{`"/finwait/a%20b" instead of`}},
		{"another version of HTTP", c, of("upgrade-offers", line("GET /finwait/a%20b?q=a%2Fb&finwait=t1 HTTP/1.0")), reports.Pass, nil},
		{"no Origin", c, of("upgrade-offers", set("Origin")), reports.Fail, []string{`no Origin instead of Origin "http://proxy"`}},
		{"another Origin", c, of("upgrade-offers", set("Origin", "null")), reports.Fail, []string{`Origin "null" instead of Origin "http://proxy"`}},
		{"a cookie less", c, of("upgrade-offers", set("Cookie", "theme=dark")), reports.Fail, []string{`Cookie "theme=dark" instead of Cookie "session=a1, theme=dark"`}},
		{"another order of subprotocols", c, of("upgrade-offers", set("Sec-Websocket-Protocol", "finwait.v2, finwait.v1")), reports.Fail, []string{"Sec-WebSocket-Protocol"}},
		{"no extensions", c, of("upgrade-offers", set("Sec-Websocket-Extensions")), reports.Fail, []string{"no Sec-WebSocket-Extensions"}},
		{"another version", c, of("upgrade-offers", set("Sec-Websocket-Version", "8")), reports.Fail, []string{`Sec-WebSocket-Version "8"`}},
		{"two things", c, of("upgrade-offers", got(func(h *trace.Head) { delete(h.Header, "Origin"); h.Line = "GET / HTTP/1.1" })), reports.Fail,
			[]string{"request target", " and no Origin"}},
		{"not sent", c, of("upgrade-offers", unsent), reports.HarnessError, []string{"the client sent no Cookie"}},
		{"not recorded", c, of("upgrade-offers", unasked), reports.HarnessError, []string{"not recorded"}},
		{"refused", c, of("upgrade-offers", refused("HTTP/1.1 403 Forbidden")), reports.Unsupported, []string{"403"}},
	})
}

func TestAnswerPreserved(t *testing.T) {
	got := func(edit func(*trace.Trace)) trace.Trace {
		t := offering()
		t.Answer, t.Asked = altered(t.Answer, func(*trace.Head) {}), altered(t.Asked, func(*trace.Head) {})
		edit(&t)
		return t
	}
	unchosen := got(func(t *trace.Trace) {
		delete(t.Answer.Header, "Sec-Websocket-Protocol")
		t.Replied = t.Answer
	})
	unasked := unchosen
	unasked.Asked = altered(unasked.Asked, func(h *trace.Head) { delete(h.Header, "Sec-Websocket-Protocol") })
	c := answerPreserved
	runJudged(t, []judged{
		{"as it was", c, of("upgrade-offers", offering()), reports.Pass, []string{"the answer arrived"}},
		{"no subprotocol", c, of("upgrade-offers", got(func(t *trace.Trace) { delete(t.Answer.Header, "Sec-Websocket-Protocol") })), reports.Fail,
			[]string{`the client got no Sec-WebSocket-Protocol instead of Sec-WebSocket-Protocol "finwait.v2"`}},
		{"another subprotocol", c, of("upgrade-offers", got(func(t *trace.Trace) { t.Answer.Header["Sec-Websocket-Protocol"] = []string{"finwait.v1"} })), reports.Fail, nil},
		{"an extension more", c, of("upgrade-offers", got(func(t *trace.Trace) {
			t.Answer.Header["Sec-Websocket-Extensions"] = []string{"permessage-deflate, x-more"}
		})), reports.Fail, []string{`"permessage-deflate, x-more" instead of`}},
		{"nothing was offered", c, of("upgrade-offers", unasked), reports.Unsupported, []string{"got no Sec-WebSocket-Protocol to choose from", "request-preserved"}},
		{"nothing was chosen", c, of("upgrade-offers", unchosen), reports.HarnessError, []string{"the backend sent no Sec-WebSocket-Protocol"}},
		{"not recorded", c, of("upgrade-offers", got(func(t *trace.Trace) { t.Replied = nil })), reports.HarnessError, []string{"not recorded"}},
	})
}
