package reports

import (
	"slices"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
)

func TestLongestGap(t *testing.T) {
	gaveUp := func(side trace.Side) trace.Event { return seen(10002, side, "", trace.GaveUp) }
	bothClosed := []trace.Event{
		closing(clientOut(2, trace.Frame)), closing(backendIn(2.2, trace.Frame)),
		closing(backendOut(2.3, trace.Frame)), closing(clientIn(2.5, trace.Frame)),
	}
	refused := func(events ...trace.Event) trace.Trace {
		tr := traced("backend-refuses")
		tr.Events = slices.Concat(opened()[:4], events)
		return tr
	}
	upTo := func(closed []trace.Event, more ...trace.Event) []trace.Event {
		return append(closed[:len(closed):len(closed)], more...)
	}
	onDirect := func(tr trace.Trace) trace.Trace {
		tr.Back = trace.Leg{Local: tr.Front.Remote, Remote: tr.Front.Local}
		return tr
	}
	for _, c := range []struct {
		name string
		tr   trace.Trace
		want string // empty: no gap
	}{
		{"all is prompt", tracePrompt(), ""},
		{"the client holds", traceHolds(),
			"10.0 s from the FIN reaching the client to the end of the patience, and nobody moved: the proxy owed the backend a FIN; the client kept its socket open, as its script has it"},
		{"the client holds, no proxy", onDirect(traceHolds()),
			"10.0 s from the FIN reaching the client to the end of the patience, and nobody moved: the client kept its socket open, as its script has it"},
		{"the back leg is kept", traced("client-close", upTo(closedHandshake(), clientOut(2.6, trace.Closed), backendIn(30002.3, trace.FIN))...),
			"30.0 s between the client closing its socket and the FIN reaching the backend: the proxy owed the backend a FIN"},
		{"the FIN is kept from the client", traced("client-close", upTo(bothClosed, backendOut(2.6, trace.FIN), clientIn(5002.6, trace.FIN))...),
			"5.00 s between the backend's FIN and the FIN reaching the client: the proxy owed the backend a FIN, and the client the backend's FIN"},
		{"a Close is kept", traced("client-close", closing(clientOut(2, trace.Frame)), closing(backendIn(502, trace.Frame))),
			"500 ms between the client's Close 1000 and the Close 1000 reaching the backend: the proxy owed the backend the client's Close"},
		{"a Close is not answered in time", traced("client-close", closing(clientOut(2, trace.Frame)), closing(backendIn(3, trace.Frame)), closing(backendOut(300, trace.Frame))),
			"297 ms between the Close 1000 reaching the backend and the backend's Close 1000: the backend had not answered the Close"},
		{"the backend is mute", traced("backend-mute", closing(clientOut(2, trace.Frame)), closing(backendIn(3, trace.Frame)), clientOut(1003, trace.FIN),
			backendIn(1003.1, trace.FIN), backendOut(1003.2, trace.Closed), clientIn(1003.3, trace.FIN)),
			"1.00 s between the Close 1000 reaching the backend and the client's FIN: the backend never answered the Close, as its script has it"},
		{"the backend lingers", traced("backend-lingers", upTo(bothClosed, clientOut(1002.5, trace.FIN), backendIn(1002.6, trace.FIN),
			backendOut(1002.7, trace.Closed), clientIn(1002.8, trace.FIN))...),
			"1.00 s between the Close 1000 reaching the client and the client's FIN: the backend did not send its FIN before it got one"},
		{"the backend holds", traced("backend-holds", upTo(bothClosed, clientOut(1002.5, trace.FIN), backendIn(1002.6, trace.FIN), gaveUp(trace.Client))...),
			"9.00 s from the FIN reaching the backend to the end of the patience, and nobody moved: the proxy owed the client a FIN; the backend kept its socket open, as its script has it"},
		{"the client's FIN goes nowhere", traced("client-drops", clientOut(2, trace.FIN), gaveUp(trace.Client), gaveUp(trace.Backend)),
			"10.0 s from the client's FIN to the end of the patience, and nobody moved: the proxy owed the backend the client's FIN"},
		{"the backend drops, the client holds", traced("backend-drops-client-holds", backendOut(2, trace.FIN), clientIn(2.3, trace.FIN), gaveUp(trace.Backend)),
			"10.0 s from the FIN reaching the client to the end of the patience, and nobody moved: the proxy kept the backend's leg; the client kept its socket open, as its script has it"},
		{"a reset is passed on late", traceReset(),
			"22.0 ms between the backend's RST and the RST reaching the client: the proxy owed the client word of the backend's RST"},
		{"the client vanished", traceVanished(),
			"10.0 s from the client vanishing to the end of the patience, and nobody moved: the client had vanished, which only a time limit of the proxy's can find out"},
		{"close_notify without FIN", traced("client-close", upTo(bothClosed, backendOut(2.6, trace.FIN), clientIn(2.7, trace.CloseNotify),
			backendIn(2.8, trace.FIN), backendOut(2.9, trace.Closed), gaveUp(trace.Client))...),
			"10.0 s from the FIN reaching the backend to the end of the patience, and nobody moved: the proxy owed the client the backend's FIN behind its close_notify"},
		{"the backend is silent", refused(gaveUp(trace.Client), gaveUp(trace.Backend)),
			"10.0 s from the request reaching the backend to the end of the patience, and nobody moved: the proxy owed the client an answer of its own; the backend never answered, as its script has it"},
		{"a refusal is kept", refused(answered(backendOut(1, trace.Response), 403), backendOut(1.1, trace.FIN), backendIn(1.2, trace.FIN), answered(clientIn(2001, trace.Response), 403)),
			"2.00 s between the FIN reaching the backend and the answer 403 reaching the client: the proxy owed the client the backend's answer"},
		{"a refused client waits by its script", refused(answered(backendOut(1, trace.Response), 403), backendOut(1.1, trace.FIN), backendIn(1.2, trace.FIN),
			answered(clientIn(1.5, trace.Response), 403), clientOut(501.5, trace.FIN), clientIn(501.6, trace.FIN)), ""},
		{"slow before the ending", traced("client-close", closing(clientOut(900, trace.Frame)), closing(backendIn(900.2, trace.Frame))), ""},
		{"a text that is lost before the ending", traced("client-speaks-first", saying(clientOut(2, trace.Frame), "first"), closing(clientOut(5002, trace.Frame))),
			`5.00 s between the client's text "first" and the client's Close 1000: 5 B of frames from the client had not reached the backend`},
		{"nothing was seen", trace.Trace{}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			g, ok := longestGap(c.tr)
			if g.Sentence != c.want || ok != (c.want != "") {
				t.Errorf("%v %q, want %q", ok, g.Sentence, c.want)
			}
		})
	}
}
