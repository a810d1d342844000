package suites

import (
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// part is the payload of a frame that did not end.
func part(ms float64, side trace.Side, dir trace.Dir, length int64) trace.Event {
	e := event(ms, side, dir, trace.Bytes)
	e.Length, e.Note = length, unfinishedPayload
	return e
}

func TestMadeCloseIsLegal(t *testing.T) {
	masked := func(e trace.Event) trace.Event { e.Masked = true; return e }
	reset := played(
		event(1, trace.Backend, trace.Out, trace.RST),
		event(3, trace.Client, trace.In, trace.FIN), event(4, trace.Client, trace.Out, trace.Closed))
	toClient := closing(2, trace.Client, trace.In, 1011, "")
	gone := played(event(1, trace.Client, trace.Out, trace.RST), event(3, trace.Backend, trace.In, trace.FIN))
	toBackend := closing(2, trace.Backend, trace.In, 1001, "")
	vanishes := played(event(1, trace.Client, trace.Out, trace.Vanished), gaveUp(trace.Backend))
	c := madeCloseIsLegal
	runJudged(t, []judged{
		{"none made", c, of("backend-resets", reset), reports.Pass, []string{"the proxy made no Close frame"}},
		{"unmasked to the client", c, of("backend-resets", with(reset, toClient)), reports.Pass, []string{"the proxy made 1 Close frame, as it has to be"}},
		{"masked to the client", c, of("backend-resets", reset, with(reset, masked(toClient))), reports.Fail, []string{"1 of 2: the client got a Close frame with a mask"}},
		{"masked to the backend", c, of("client-resets", with(gone, masked(toBackend))), reports.Pass, []string{"made 1 Close frame"}},
		{"unmasked to the backend", c, of("client-resets", with(gone, toBackend)), reports.Fail, []string{"the backend got a Close frame without a mask"}},
		{"the client vanished", c, of("client-vanishes-backend-closes", vanishes), reports.Pass, nil},
		{"not read to the end", c, of("backend-resets", without(without(reset, trace.Client, trace.In, trace.FIN), trace.Client, trace.Out, trace.Closed)), reports.HarnessError,
			[]string{"the client did not read"}},
		{"refused", c, of("backend-resets", refused("HTTP/1.1 403 x")), reports.Unsupported, nil},
	})
}

func TestMadeCloseInsideAFrame(t *testing.T) {
	drops := played(
		text(0.1, trace.Backend, trace.Out, "hello"), text(0.2, trace.Client, trace.In, "hello"),
		part(1, trace.Backend, trace.Out, 500), event(1.1, trace.Backend, trace.Out, trace.FIN), event(5, trace.Backend, trace.In, trace.FIN),
		event(4, trace.Client, trace.In, trace.FIN))
	whole := fragment(3, trace.OpBinary, true, 1000)
	partly := fragment(3, trace.OpBinary, false, 500)
	end := func(edit trace.Event, more ...trace.Event) Evidence {
		return scenarioOf(backendDropsMidFrame, with(drops, append(more, edit)...))
	}
	c := madeCloseIsLegal
	runJudged(t, []judged{
		{"all that there was", c, end(part(3, trace.Client, trace.In, 500)), reports.Pass, []string{"made no Close frame"}},
		{"less", c, end(part(3, trace.Client, trace.In, 100)), reports.Pass, nil},
		{"nothing, and a Close", c, end(closing(3, trace.Client, trace.In, 1011, "")), reports.Pass, []string{"made 1 Close frame"}},
		{"a fragment, and a Close behind it", c, end(partly, closing(3.5, trace.Client, trace.In, 1011, "")), reports.Pass, nil},
		{"a Close inside", c, end(part(3, trace.Client, trace.In, 504)), reports.Fail, []string{"504 bytes of a frame of which the backend had sent 500"}},
		{"filled up", c, end(whole), reports.Fail, []string{"a whole frame that the backend had not finished"}},
		{"the backend finished its frame", c, scenarioOf(backendDropsMidFrame, without(drops, trace.Backend, trace.Out, trace.Bytes)), reports.HarnessError,
			[]string{"did not leave in the middle"}},
	})
}

// The note of a frame that did not end is the decoder's.
func TestUnfinishedPayloadIsNoted(t *testing.T) {
	d := trace.NewDecoder(trace.Client, trace.In)
	d.Feed(1, []byte("HTTP/1.1 101 x\r\n\r\n\x82\x05abc"))
	d.Finish(0)
	tr := trace.Trace{Events: d.Events}
	if n, ok := unfinished(&tr, trace.Client, trace.In); !ok || n != 3 {
		t.Errorf("%d bytes of an unfinished frame, %v: want 3 in %+v", n, ok, d.Events)
	}
}
