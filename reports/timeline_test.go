package reports

import (
	"encoding/xml"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
)

// The pieces that synthetic traces are made of. Times are milliseconds since the client began to connect.

func seen(ms float64, side trace.Side, dir trace.Dir, kind trace.Kind) trace.Event {
	return trace.Event{At: 1e12 + int64(ms*1e6), Side: side, Dir: dir, Kind: kind}
}

func clientOut(ms float64, kind trace.Kind) trace.Event {
	return seen(ms, trace.Client, trace.Out, kind)
}
func clientIn(ms float64, kind trace.Kind) trace.Event {
	return seen(ms, trace.Client, trace.In, kind)
}
func backendOut(ms float64, kind trace.Kind) trace.Event {
	return seen(ms, trace.Backend, trace.Out, kind)
}
func backendIn(ms float64, kind trace.Kind) trace.Event {
	return seen(ms, trace.Backend, trace.In, kind)
}

// closing makes a Close frame of e, which is a frame.
func closing(e trace.Event) trace.Event {
	e.Opcode, e.Final, e.Code, e.Length = trace.OpClose, true, 1000, 2
	return e
}

// saying makes a text of e, which is a frame.
func saying(e trace.Event, said string) trace.Event {
	e.Opcode, e.Final, e.Text, e.Length = trace.OpText, true, said, int64(len(said))
	return e
}

func answered(e trace.Event, status int) trace.Event { e.Status = status; return e }

func binary(e trace.Event) trace.Event {
	e.Opcode, e.Final, e.Length = trace.OpBinary, true, 32<<10
	return e
}

// opened is the beginning of every trace: connected, upgraded, and "hello" echoed within 2 ms.
func opened() []trace.Event {
	return []trace.Event{
		clientOut(0, trace.Connected), clientOut(0.05, trace.Request),
		backendIn(0.3, trace.Connected), backendIn(0.35, trace.Request),
		answered(backendOut(0.5, trace.Response), 101), answered(clientIn(0.8, trace.Response), 101),
		saying(clientOut(1, trace.Frame), "hello"), saying(backendIn(1.1, trace.Frame), "hello"),
		saying(backendOut(1.2, trace.Frame), "hello"), saying(clientIn(1.4, trace.Frame), "hello"),
	}
}

// traced is a trace through a proxy that begins as opened does.
func traced(scenario string, ending ...trace.Event) trace.Trace {
	t := trace.Trace{
		ID: "id-1", Target: "apache@2.4.71/wstunnel", Scenario: scenario, Patience: (10 * time.Second).Nanoseconds(),
		Front:  trace.Leg{Local: "10.0.0.1:40000", Remote: "10.0.0.2:80"},
		Back:   trace.Leg{Local: "10.0.0.1:8080", Remote: "10.0.0.2:50000"},
		Events: append(opened(), ending...),
	}
	t.Sort()
	return t
}

// closedHandshake is client-close up to the client having the backend's FIN.
func closedHandshake() []trace.Event {
	return []trace.Event{
		closing(clientOut(2, trace.Frame)), closing(backendIn(2.2, trace.Frame)),
		closing(backendOut(2.25, trace.Frame)), backendOut(2.3, trace.FIN),
		closing(clientIn(2.5, trace.Frame)), clientIn(2.55, trace.FIN),
	}
}

func tracePrompt() trace.Trace {
	return traced("client-close", append(closedHandshake(), clientOut(2.7, trace.Closed),
		backendIn(3.1, trace.FIN), backendOut(3.12, trace.Closed))...)
}

func traceHolds() trace.Trace {
	t := traced("client-holds", append(closedHandshake(), seen(10002, trace.Backend, "", trace.GaveUp),
		clientOut(10002.1, trace.Closed), backendOut(10002.2, trace.Closed))...)
	t.Proxy = []trace.Span{
		{Local: t.Front.Remote, Remote: t.Front.Local, First: 1e12 + 5e8, Last: 1e12 + 9.5e9, State: "FIN-WAIT-2", Gone: true},
		{Local: t.Back.Remote, Remote: t.Back.Local, First: 1e12 + 5e8, Last: 1e12 + 14.5e9, State: "CLOSE-WAIT"},
	}
	return t
}

func traceBurst() trace.Trace {
	var ending []trace.Event
	for i := range 64 {
		ending = append(ending, binary(clientOut(2+0.1*float64(i), trace.Frame)), binary(backendIn(3+8*float64(i), trace.Frame)))
	}
	return traced("client-burst-then-close", append(ending,
		closing(clientOut(8.5, trace.Frame)), clientOut(8.52, trace.FIN),
		closing(backendIn(510, trace.Frame)), backendIn(510.01, trace.FIN),
		closing(backendOut(510.1, trace.Frame)), backendOut(510.12, trace.FIN), backendOut(510.2, trace.Closed),
		closing(clientIn(511, trace.Frame)), clientIn(511.02, trace.FIN), clientOut(511.1, trace.Closed))...)
}

func traceTLS() trace.Trace {
	t := traced("client-close", closing(clientOut(2, trace.Frame)), closing(backendIn(2.2, trace.Frame)),
		closing(backendOut(2.25, trace.Frame)), backendOut(2.3, trace.FIN), closing(clientIn(2.5, trace.Frame)),
		clientIn(2.52, trace.CloseNotify), clientIn(3.9, trace.FIN), clientOut(4, trace.CloseNotify),
		clientOut(4.1, trace.Closed), backendIn(4.2, trace.FIN), backendOut(4.3, trace.Closed))
	t.TLS = true
	return t
}

func traceReset() trace.Trace {
	return traced("backend-resets", backendOut(2, trace.RST), clientIn(24, trace.RST), clientOut(24.1, trace.Closed))
}

func traceVanished() trace.Trace {
	return traced("client-vanishes", clientOut(2, trace.Vanished), seen(10002, trace.Backend, "", trace.GaveUp),
		clientOut(10002.1, trace.Closed), backendOut(10002.2, trace.Closed))
}

func traceDirect() trace.Trace {
	t := tracePrompt()
	t.Target, t.Back = "direct", trace.Leg{Local: t.Front.Remote, Remote: t.Front.Local}
	return t
}

// traceHostile is what a proxy could write to break the page.
func traceHostile() trace.Trace {
	reason := closing(clientIn(2.5, trace.Frame))
	reason.Reason = "</svg><script>alert(1)</script>\x1b[2J\xff"
	failed := backendIn(2.6, trace.Failed)
	failed.Note = `HTTP head "<img src=x onerror=alert(1)>` + "\x00" + strings.Repeat("x", 300) + `": malformed`
	t := traced("client-close", closing(clientOut(2, trace.Frame)), reason, failed)
	t.Proxy = []trace.Span{{Local: t.Front.Remote, Remote: t.Front.Local, First: 1e12, Last: 2e12, State: "<b>"}}
	t.Error = "<i>"
	return t
}

func traceReloaded() trace.Trace {
	t := traced("reload-idle", clientIn(3000, trace.FIN), clientOut(3000.1, trace.Closed), backendIn(3000.2, trace.FIN),
		backendOut(3000.3, trace.Closed))
	t.Reloaded = 1e12 + 5e8
	return t
}

func timelineTraces() map[string]trace.Trace {
	return map[string]trace.Trace{
		"prompt": tracePrompt(), "holds": traceHolds(), "burst": traceBurst(), "tls": traceTLS(), "reset": traceReset(),
		"vanished": traceVanished(), "direct": traceDirect(), "hostile": traceHostile(), "reloaded": traceReloaded(), "empty": {},
	}
}

func TestTimelineGolden(t *testing.T) {
	for _, name := range []string{"holds", "tls", "burst"} {
		golden(t, "timeline-"+name+".svg", []byte(timelineSVG(timelineTraces()[name], name)))
	}
}

// box is about where a text stands.
type box struct {
	text                     string
	left, right, top, bottom float64
}

// boxes parses an SVG as XML and returns its texts.
func boxes(t *testing.T, svg string) (list []box, width, height float64) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	anchor := ""
	var open *box
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			return list, width, height
		}
		if err != nil {
			t.Fatalf("no XML: %v\n%s", err, svg)
		}
		switch e := token.(type) {
		case xml.StartElement:
			attr := map[string]string{}
			for _, a := range e.Attr {
				attr[a.Name.Local] = a.Value
			}
			number := func(name string) float64 { v, _ := strconv.ParseFloat(attr[name], 64); return v }
			switch e.Name.Local {
			case "svg":
				size := strings.Fields(attr["viewBox"])
				width, _ = strconv.ParseFloat(size[2], 64)
				height, _ = strconv.ParseFloat(size[3], 64)
			case "g":
				anchor = attr["text-anchor"]
			case "text":
				open = &box{left: number("x"), bottom: number("y") + 2, top: number("y") - 9}
			case "title", "desc", "path":
			default:
				t.Errorf("element %s", e.Name.Local)
			}
		case xml.CharData:
			if open == nil {
				continue
			}
			open.text += string(e)
		case xml.EndElement:
			if e.Name.Local != "text" {
				continue
			}
			long := 6.2 * float64(len([]rune(open.text))) // the mean width of a character at 12 pixels
			switch anchor {
			case "middle":
				open.left -= long / 2
			case "end":
				open.left -= long
			}
			open.right = open.left + long
			list, open = append(list, *open), nil
		}
	}
}

func checkTexts(t *testing.T, svg string) {
	t.Helper()
	list, width, height := boxes(t, svg)
	for i, a := range list {
		if a.left < 0 || a.right > width || a.top < 0 || a.bottom > height {
			t.Errorf("%q is cut: %+v of %v x %v", a.text, a, width, height)
		}
		for _, b := range list[:i] {
			if a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom {
				t.Errorf("%q is printed over %q", a.text, b.text)
			}
		}
	}
}

func TestTimelineIsReadable(t *testing.T) {
	for name, tr := range timelineTraces() {
		t.Run(name, func(t *testing.T) {
			svg := string(timelineSVG(tr, "caption of "+name))
			checkTexts(t, svg)
			if len(svg) > 6<<10 {
				t.Errorf("%d bytes: a page has two thousand of them", len(svg))
			}
			if !strings.Contains(svg, `role="img"`) || !strings.Contains(svg, "<title>caption of "+name+"</title><desc>") {
				t.Errorf("no title: %s", svg)
			}
		})
	}
}

func TestTimelineSays(t *testing.T) {
	for name, want := range map[string][]string{
		"prompt":   {"t0: client sends Close 1000, backend gets Close 1000 200 µs later", "250 µs: backend sends Close 1000, FIN", "−1.95 ms: client sends connect, request"},
		"holds":    {"10.0 s: backend gave up, client closed, to clean up", "the proxy&#39;s back socket: still there in CLOSE-WAIT", ">10.0 s: the proxy owed the backend a FIN"},
		"burst":    {"64 frames, 2 MiB, from here", "client sends Close 1000, FIN", "and frames kept passing"},
		"tls":      {"close_notify"},
		"reset":    {"t0: backend sends RST", "client gets RST"},
		"vanished": {"client vanished"},
		"direct":   {"client gets Close 1000"},
		"reloaded": {"proxy told to reload"},
		"hostile":  {"not played to its end: &lt;i&gt;"},
		"empty":    {"Nothing was seen of this connection"},
	} {
		svg := string(timelineSVG(timelineTraces()[name], ""))
		for _, s := range want {
			if !strings.Contains(svg, s) {
				t.Errorf("%s does not say %q:\n%s", name, s, svg)
			}
		}
	}
	svg := string(timelineSVG(traceDirect(), ""))
	if strings.Contains(svg, "proxy front") {
		t.Error("the control has a lane for a proxy")
	}
}

func TestMomentsAreGrouped(t *testing.T) {
	words := func(tr trace.Trace) (list []string) {
		for _, m := range moments(&tr) {
			list = append(list, m.what)
		}
		return list
	}
	for _, c := range []struct {
		name   string
		ending []trace.Event
		want   []string
	}{
		{"at once", []trace.Event{closing(clientOut(2, trace.Frame)), clientOut(2.09, trace.FIN)}, []string{"Close 1000, FIN"}},
		{"a while later", []trace.Event{closing(clientOut(2, trace.Frame)), clientOut(2.2, trace.FIN)}, []string{"Close 1000", "FIN"}},
		{"something between", []trace.Event{closing(clientOut(2, trace.Frame)), closing(clientIn(2.01, trace.Frame)), clientOut(2.02, trace.FIN)},
			[]string{"Close 1000", "Close 1000", "FIN"}},
		{"a burst at once", slices.Repeat([]trace.Event{binary(clientOut(2, trace.Frame))}, 5), []string{"5 frames, 160 KiB"}},
		{"a few texts", []trace.Event{saying(clientOut(2, trace.Frame), "a"), saying(clientOut(3, trace.Frame), "b")}, []string{`text "a"`, `text "b"`}},
	} {
		tr := trace.Trace{Events: c.ending}
		if got := words(tr); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}
