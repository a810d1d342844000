package suites

import (
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

func TestHandshakeCompletes(t *testing.T) {
	fine := orderly(1000, "")
	swallowed := without(without(fine, trace.Client, trace.In, trace.Frame), trace.Client, trace.In, trace.FIN)
	unheard := played(closing(1, trace.Client, trace.Out, 1000, ""), gaveUp(trace.Client), gaveUp(trace.Backend))
	made := played(closing(1, trace.Client, trace.Out, 1000, ""), closing(2, trace.Client, trace.In, 1000, ""))
	early := played(closing(1, trace.Client, trace.In, 1001, ""), closing(2, trace.Client, trace.Out, 1001, ""))
	mute := without(without(fine, trace.Backend, trace.Out, trace.Frame), trace.Client, trace.In, trace.Frame)
	both := played(
		closing(1, trace.Client, trace.Out, 1000, ""), closing(1.1, trace.Backend, trace.Out, 1000, ""),
		closing(2, trace.Backend, trace.In, 1000, ""), closing(2.1, trace.Client, trace.In, 1000, ""))
	hasty := edited(fine, trace.Client, trace.In, trace.Frame, func(e *trace.Event) { e.At = 1.5e6 })
	hastyBoth := edited(both, trace.Client, trace.Out, trace.Frame, func(e *trace.Event) { e.At = 2.05e6 })
	c := handshakeCompletes
	runJudged(t, []judged{
		{"completes", c, of("client-close", fine, fine), reports.Pass, []string{"2 of 2"}},
		{"both at once", c, of("both-close", both), reports.Pass, nil},
		{"answer swallowed", c, of("client-close", fine, swallowed), reports.Fail, []string{"1 of 2: the backend's Close frame did not reach the client within 10 s"}},
		{"first Close swallowed", c, of("client-close", unheard), reports.Fail, []string{"the client's Close frame did not reach the backend"}},
		{"both at once, one swallowed", c, of("both-close", without(both, trace.Backend, trace.In, trace.Frame)), reports.Fail,
			[]string{"the client's Close frame did not reach the backend"}},
		{"answered by the proxy", c, of("client-close", made), reports.Fail, []string{"that the backend did not send"}},
		{"answered by the proxy before the backend", c, of("client-close", hasty), reports.Fail, []string{"the client read a Close frame before the backend sent one"}},
		{"both at once, one answered by the proxy", c, of("both-close", hastyBoth), reports.Fail, []string{"the backend read a Close frame before the client sent one"}},
		{"begun by the proxy", c, of("client-close", early), reports.Fail, []string{"the proxy made"}},
		{"our own backend is mute", c, of("client-close", mute), reports.HarnessError, []string{"did not answer"}},
		{"nobody sent one", c, of("client-close", played()), reports.HarnessError, []string{"no end sent"}},
	})
	if f := c.Judge(of("client-close", fine, swallowed)); len(f.Samples) != 2 || !slices.Equal(f.Worst, []string{"t2"}) {
		t.Errorf("samples %v, worst %v: want both durations and t2", f.Samples, f.Worst)
	}
}

func TestNoReservedCode(t *testing.T) {
	reserved := func(side trace.Side, code int) trace.Trace {
		return edited(orderly(1000, ""), side, trace.In, trace.Frame, func(e *trace.Event) { e.Code = code })
	}
	reset := played(event(1, trace.Backend, trace.Out, trace.RST), event(2, trace.Client, trace.In, trace.FIN))
	c := noReservedCode
	runJudged(t, []judged{
		{"none", c, of("client-close", orderly(1000, "")), reports.Pass, []string{"2 Close frames arrived, none"}},
		{"empty", c, of("client-close-empty", orderly(0, "")), reports.Pass, nil},
		{"1005 to the backend", c, of("client-close-empty", reserved(trace.Backend, 1005)), reports.Fail, []string{"the backend got a Close frame with code 1005"}},
		{"1006 to the client", c, of("client-close", reserved(trace.Client, 1006)), reports.Fail, []string{"the client got a Close frame with code 1006"}},
		{"1015", c, of("client-close", reserved(trace.Client, 1015)), reports.Fail, []string{"1015"}},
		{"made by the proxy", c, of("backend-resets", with(reset, closing(1.5, trace.Client, trace.In, 1006, ""))), reports.Fail, []string{"1006"}},
		{"no Close at all, read to the end", c, of("backend-resets", reset), reports.Pass, []string{"0 Close frames"}},
		{"no Close at all, not read to the end", c, of("backend-resets", without(reset, trace.Client, trace.In, trace.FIN)), reports.HarnessError,
			[]string{"the client did not read"}},
		{"nobody was there to read the Close", c, of("client-vanishes-backend-closes", played(event(0, trace.Client, trace.Out, trace.Vanished),
			closing(1, trace.Backend, trace.Out, 1000, ""), gaveUp(trace.Backend))), reports.Pass, []string{"0 Close frames"}},
		{"the Close was swallowed", c, of("client-close", played(closing(1, trace.Client, trace.Out, 1000, ""), gaveUp(trace.Client), gaveUp(trace.Backend))),
			reports.Unsupported, []string{"no Close frame arrived"}},
	})
}

func TestNothingAfter(t *testing.T) {
	fine := orderly(1000, "")
	stray := event(5.5, trace.Client, trace.In, trace.Bytes)
	stray.Length, stray.Note = 300, "HTTP/1.1 500"
	ping := event(5.5, trace.Client, trace.In, trace.Frame)
	ping.Opcode = 9
	before, elsewhere, sent := stray, stray, stray
	before.At, elsewhere.Side, sent.Dir = 1, trace.Backend, trace.Out
	unread := without(fine, trace.Client, trace.In, trace.FIN)
	c := nothingAfter
	runJudged(t, []judged{
		{"nothing", c, of("client-close", fine), reports.Pass, []string{"nothing came after"}},
		{"the leg stayed open", c, of("client-close", with(unread, gaveUp(trace.Client))), reports.Pass, nil},
		{"bytes before the Close", c, of("client-close", with(fine, before)), reports.Pass, nil},
		{"bytes to the backend", c, of("client-close", with(fine, elsewhere)), reports.Pass, nil},
		{"bytes from the client", c, of("client-close", with(fine, sent)), reports.Pass, nil},
		{"an error page", c, of("client-close", with(fine, stray)), reports.Fail, []string{"300 bytes came after", "HTTP/1.1 500"}},
		{"an empty frame", c, of("client-close", with(fine, ping)), reports.Fail, []string{"opcode 9"}},
		{"a second Close", c, of("client-close", with(fine, closing(5.5, trace.Client, trace.In, 1000, ""))), reports.Fail, []string{"opcode 8"}},
		{"the client stopped reading", c, of("client-close", unread), reports.HarnessError, []string{"did not read on"}},
		{"no Close came", c, of("client-close", fine, without(fine, trace.Client, trace.In, trace.Frame)), reports.Unsupported, []string{"1 of 2: no Close frame"}},
	})
}

func codes(list ...int) []trace.Trace {
	var traces []trace.Trace
	for _, code := range list {
		traces = append(traces, orderly(code, ""))
	}
	return traces
}

func TestCodePreserved(t *testing.T) {
	turned := func(side trace.Side, code int) trace.Trace {
		return edited(orderly(1012, ""), side, trace.In, trace.Frame, func(e *trace.Event) { e.Code = code })
	}
	all := func(extra ...trace.Trace) Evidence {
		return of("client-close-codes", append(codes(closeCodes...), extra...)...)
	}
	lost := without(orderly(1012, ""), trace.Backend, trace.In, trace.Frame)
	c := codePreserved
	runJudged(t, []judged{
		{"all", c, all(), reports.Pass, []string{"16 of 16"}},
		{"the answer was lost", c, all(without(orderly(1002, ""), trace.Client, trace.In, trace.Frame)), reports.Fail,
			[]string{"1 of 17: the client got no Close frame, the backend sent one with code 1002"}},
		{"our own backend is mute", c, all(without(orderly(1002, ""), trace.Backend, trace.Out, trace.Frame)), reports.HarnessError, []string{"the backend did not answer"}},
		{"turned on the way out", c, all(turned(trace.Backend, 1000)), reports.Fail, []string{"1 of 17: the backend got code 1000 instead of code 1012"}},
		{"turned on the way back", c, all(turned(trace.Client, 0)), reports.Fail, []string{"the client got no code instead of code 1012"}},
		{"lost", c, all(lost), reports.Fail, []string{"the backend got no Close frame, the client sent one with code 1012"}},
		{"not all played", c, of("client-close-codes", codes(closeCodes[1:]...)...), reports.HarnessError, []string{"no end sent 1000"}},
		{"begun by the proxy", c, all(played(closing(1, trace.Client, trace.In, 1001, ""))), reports.Unsupported, []string{"the proxy made"}},
		{"nobody sent one", c, all(played()), reports.HarnessError, []string{"no end sent a Close frame"}},
	})
}

func TestReasonPreserved(t *testing.T) {
	long := strings.Repeat("x", 123)
	all := func(extra ...trace.Trace) Evidence {
		return of("client-close-reasons", append([]trace.Trace{orderly(1000, ""), orderly(1000, "x"), orderly(1000, long), orderly(1000, "zażółć")}, extra...)...)
	}
	turned := func(reason string) trace.Trace {
		return edited(orderly(1000, long), trace.Backend, trace.In, trace.Frame, func(e *trace.Event) { e.Reason = reason })
	}
	c := reasonPreserved
	runJudged(t, []judged{
		{"all", c, all(), reports.Pass, []string{"4 of 4"}},
		{"cut", c, all(turned(long[:100])), reports.Fail, []string{"a reason of 100 bytes", "instead of 123 bytes"}},
		{"dropped", c, all(turned("")), reports.Fail, []string{"a reason of 0 bytes"}},
		{"changed, same length", c, all(turned(strings.Repeat("y", 123))), reports.Fail, []string{"yyy"}},
		{"lost", c, all(without(orderly(1000, "x"), trace.Backend, trace.In, trace.Frame)), reports.Fail, []string{"code 1000 and a reason of 1 byte"}},
		{"not all played", c, of("client-close-reasons", orderly(1000, "x"), orderly(0, "")), reports.HarnessError, []string{"0 bytes, 123 bytes, multi-byte text"}},
	})
}

func TestEmptyPreserved(t *testing.T) {
	turned := func(code int, length int64) trace.Trace {
		return edited(orderly(0, ""), trace.Backend, trace.In, trace.Frame, func(e *trace.Event) { e.Code, e.Length = code, length })
	}
	c := emptyPreserved
	runJudged(t, []judged{
		{"empty", c, of("client-close-empty", orderly(0, "")), reports.Pass, nil},
		{"turned into 1000", c, of("client-close-empty", turned(1000, 2)), reports.Fail, []string{"code 1000 instead of none"}},
		{"turned into two zero bytes", c, of("client-close-empty", turned(0, 2)), reports.Fail, []string{"payload of 2 bytes"}},
		{"not empty in the first place", c, of("client-close-empty", orderly(1000, "")), reports.HarnessError, []string{"without payload"}},
	})
}

func TestServerClosesFirst(t *testing.T) {
	fine := orderly(1000, "")
	late := edited(fine, trace.Client, trace.In, trace.FIN, func(e *trace.Event) { e.At = 8e6 })
	never := with(without(fine, trace.Client, trace.In, trace.FIN), gaveUp(trace.Client))
	never = edited(never, trace.Client, trace.Out, trace.FIN, func(e *trace.Event) { e.At = 10_020e6 })
	reset := edited(fine, trace.Client, trace.In, trace.FIN, func(e *trace.Event) { e.Kind = trace.RST })
	c := serverClosesFirst
	runJudged(t, []judged{
		{"first", c, of("client-close", fine), reports.Pass, nil},
		{"only after the client's own", c, of("client-close", late), reports.Fail, []string{"had to close first"}},
		{"never", c, of("client-close", never), reports.Fail, []string{"no FIN within 10 s"}},
		{"reset", c, of("client-close", reset), reports.Fail, []string{"RST instead of FIN"}},
		{"no end in the trace", c, of("client-close", played()), reports.HarnessError, nil},
	})
}

func TestFINNotReset(t *testing.T) {
	fine := orderly(1000, "")
	rst := func(side trace.Side) trace.Event { return event(8.5, side, trace.In, trace.RST) }
	c := finNotReset
	runJudged(t, []judged{
		{"FIN", c, of("client-close", fine), reports.Pass, []string{"both legs ended with FIN"}},
		{"close_notify alone", c, overTLS(of("client-close", with(without(fine, trace.Client, trace.In, trace.FIN), event(5.5, trace.Client, trace.In, trace.CloseNotify)))),
			reports.Pass, []string{"the front leg ended with close_notify, the back leg with FIN"}},
		{"the control withholds its end", c, on("direct", of("client-close", without(fine, trace.Client, trace.In, trace.FIN))), reports.HarnessError, []string{"front leg"}},
		{"client reset", c, of("client-close", with(fine, rst(trace.Client))), reports.Fail, []string{"the client got RST"}},
		{"backend reset", c, of("client-close", fine, with(without(fine, trace.Backend, trace.In, trace.FIN), rst(trace.Backend))), reports.Fail, []string{"1 of 2: the backend got RST"}},
		{"both reset", c, of("client-close", with(fine, rst(trace.Backend), rst(trace.Client))), reports.Fail, []string{"both ends"}},
		{"back leg never over", c, of("client-close", released(-1)), reports.Unsupported, []string{"back leg", "cleanup/back-leg-released"}},
		{"front leg never over", c, of("client-close", without(fine, trace.Client, trace.In, trace.FIN)), reports.Unsupported, []string{"front leg"}},
	})
}

func TestTLSCloseNotify(t *testing.T) {
	fine := orderly(1000, "")
	notified := with(fine, event(5.5, trace.Client, trace.In, trace.CloseNotify))
	own := with(fine, event(5.5, trace.Client, trace.Out, trace.CloseNotify))
	reset := edited(fine, trace.Client, trace.In, trace.FIN, func(e *trace.Event) { e.Kind = trace.RST })
	open := with(without(fine, trace.Client, trace.In, trace.FIN), gaveUp(trace.Client))
	c := tlsCloseNotify
	runJudged(t, []judged{
		{"notified", c, overTLS(of("client-close", notified)), reports.Pass, nil},
		{"FIN alone", c, overTLS(of("client-close", notified, fine)), reports.Fail, []string{"1 of 2: the client got FIN and no close_notify"}},
		{"only the client's own", c, overTLS(of("client-close", own)), reports.Fail, nil},
		{"RST", c, overTLS(of("client-close", reset)), reports.Fail, []string{"RST and no close_notify"}},
		{"never over", c, overTLS(of("client-close", open)), reports.Unsupported, []string{"did not end within 10 s"}},
		{"no TLS", c, of("client-close", notified), reports.Unsupported, []string{"does not speak TLS"}},
	})
	if !c.TLSOnly {
		t.Error("the check must only be judged on +tls targets")
	}
}
