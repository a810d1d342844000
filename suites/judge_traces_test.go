package suites

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// The pieces that synthetic traces are made of. Times are milliseconds since the connection began.

const testKey = "dGhlIHNhbXBsZSBub25jZQ==" // the example of RFC 6455 §1.3

func event(ms float64, side trace.Side, dir trace.Dir, kind trace.Kind) trace.Event {
	return trace.Event{At: int64(ms * 1e6), Side: side, Dir: dir, Kind: kind}
}

func closing(ms float64, side trace.Side, dir trace.Dir, code int, reason string) trace.Event {
	e := event(ms, side, dir, trace.Frame)
	e.Opcode, e.Final, e.Code, e.Reason = trace.OpClose, true, code, reason
	if code != 0 {
		e.Length = int64(2 + len(reason))
	}
	return e
}

func answer() *trace.Head {
	return &trace.Head{Line: "HTTP/1.1 101 Switching Protocols", Header: map[string][]string{
		"Upgrade":              {"websocket"},
		"Connection":           {"Upgrade"},
		"Sec-Websocket-Accept": {"s3pPLMBiTxaQ9kYGzzhZRbK+xOo="},
	}}
}

// played is a trace whose upgrade was accepted and whose script was played to its end.
func played(events ...trace.Event) trace.Trace {
	t := trace.Trace{
		Patience: (10 * time.Second).Nanoseconds(),
		Front:    trace.Leg{Local: "10.0.0.1:1", Remote: "10.0.0.2:80"},
		Back:     trace.Leg{Local: "10.0.0.1:8080", Remote: "10.0.0.2:2"},
		Answer:   answer(),
		Asked:    &trace.Head{Line: "GET / HTTP/1.1"},
		Key:      testKey,
		Events:   events,
	}
	t.Sort()
	return t
}

// orderly is client-close as it should be, with the payload of both Close frames.
func orderly(code int, reason string) trace.Trace {
	return played(
		closing(1, trace.Client, trace.Out, code, reason),
		closing(2, trace.Backend, trace.In, code, reason),
		closing(3, trace.Backend, trace.Out, code, reason),
		event(4, trace.Backend, trace.Out, trace.FIN),
		closing(5, trace.Client, trace.In, code, reason),
		event(6, trace.Client, trace.In, trace.FIN),
		event(7, trace.Client, trace.Out, trace.FIN),
		event(8, trace.Backend, trace.In, trace.FIN),
		event(9, trace.Client, trace.Out, trace.Closed),
		event(9, trace.Backend, trace.Out, trace.Closed),
	)
}

// with adds events to a trace.
func with(t trace.Trace, events ...trace.Event) trace.Trace {
	t.Events = append(slices.Clone(t.Events), events...)
	t.Sort()
	return t
}

// without removes the events of a side, direction and kind from a trace.
func without(t trace.Trace, side trace.Side, dir trace.Dir, kind trace.Kind) trace.Trace {
	t.Events = slices.DeleteFunc(slices.Clone(t.Events), func(e trace.Event) bool {
		return e.Side == side && e.Dir == dir && e.Kind == kind
	})
	return t
}

// edited changes the events of a trace that are of a side, direction and kind.
func edited(t trace.Trace, side trace.Side, dir trace.Dir, kind trace.Kind, edit func(*trace.Event)) trace.Trace {
	t.Events = slices.Clone(t.Events)
	for i := range t.Events {
		if e := &t.Events[i]; e.Side == side && e.Dir == dir && e.Kind == kind {
			edit(e)
		}
	}
	t.Sort()
	return t
}

// gaveUp is a leg that was not over when the patience ended.
func gaveUp(side trace.Side) trace.Event { return event(10_010, side, "", trace.GaveUp) }

// refused is a trace whose upgrade was answered with another status.
func refused(line string) trace.Trace {
	return trace.Trace{Answer: &trace.Head{Line: line}, Key: testKey, Error: "bad handshake"}
}

// broken is a trace that the harness could not play.
func broken(why string) trace.Trace { return trace.Trace{Error: why} }

// of is the evidence of a scenario on a target behind a proxy; the traces get ids t1, t2, ...
func of(scenario string, traces ...trace.Trace) Evidence {
	for i := range traces {
		traces[i].ID = fmt.Sprintf("t%d", i+1)
	}
	return Evidence{Target: "apache@2.4/test", Scenario: scenario, Traces: traces, Budgets: DefaultBudgets()}
}

func on(target string, e Evidence) Evidence {
	e.Target = target
	return e
}

func overTLS(e Evidence) Evidence {
	e.TLS = true
	return e
}

// upgrading is evidence of a target that accepted other upgrades.
func upgrading(e Evidence) Evidence {
	e.Upgrades = true
	return e
}

func times(n int, t trace.Trace) []trace.Trace { return slices.Repeat([]trace.Trace{t}, n) }

// judged is one case: what a check says of evidence. Actual has to contain all of says.
type judged struct {
	name     string
	check    Check
	evidence Evidence
	verdict  reports.Verdict
	says     []string
}

func runJudged(t *testing.T, cases []judged) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.check.ID+"/"+c.name, func(t *testing.T) {
			f := c.check.Judge(c.evidence)
			if f.Verdict != c.verdict {
				t.Errorf("verdict %s, want %s: %s", f.Verdict, c.verdict, f.Actual)
			}
			for _, s := range c.says {
				if !strings.Contains(f.Actual, s) {
					t.Errorf("actual %q does not say %q", f.Actual, s)
				}
			}
			if f.Expected == "" || f.Actual == "" {
				t.Errorf("expected %q, actual %q: both must say something", f.Expected, f.Actual)
			}
			if (f.Verdict == reports.Fail) != (f.Hint != "") && f.Verdict != reports.Inconclusive && len(c.evidence.Traces) == 1 {
				t.Errorf("verdict %s with hint %q", f.Verdict, f.Hint)
			}
		})
	}
}

func TestTracesThatCouldNotBePlayed(t *testing.T) {
	fine := orderly(1000, "")
	bad := without(fine, trace.Client, trace.In, trace.FIN)
	runJudged(t, []judged{
		{"no traces", serverClosesFirst, of("client-close"), reports.HarnessError, []string{"not measured", "client-close"}},
		{"all refused", serverClosesFirst, of("client-close", refused("HTTP/1.1 200 OK"), refused("HTTP/1.1 200 OK")), reports.Unsupported,
			[]string{"the upgrade was not accepted: HTTP/1.1 200 OK; see handshake/upgrade-accepted"}},
		{"all refused, but not in other scenarios", requestPreserved, upgrading(of("upgrade-offers", refused("HTTP/1.1 400 Bad Request"))), reports.Fail,
			[]string{"the upgrade was not accepted, as others of this target were: HTTP/1.1 400 Bad Request"}},
		{"ours, on a target that upgrades", requestPreserved, upgrading(of("upgrade-offers", broken("agent lost"))), reports.HarnessError, []string{"agent lost"}},
		{"all ours", serverClosesFirst, of("client-close", broken("dial: refused")), reports.HarnessError, []string{"1 of 1: dial: refused"}},
		{"refused and ours", serverClosesFirst, of("client-close", refused("HTTP/1.1 503 x"), broken("agent lost")), reports.HarnessError,
			[]string{"1 of 2: the upgrade was refused: HTTP/1.1 503 x", "1 of 2: agent lost"}},
		{"some refused", serverClosesFirst, of("client-close", fine, refused("HTTP/1.1 503 x")), reports.Fail,
			[]string{"1 of 1: the client got the FIN first", "1 of 2: the upgrade was refused: HTTP/1.1 503 x"}},
		{"some ours", serverClosesFirst, of("client-close", fine, broken("agent lost")), reports.HarnessError, []string{"1 of 2: agent lost"}},
		{"some refused, some ours", serverClosesFirst, of("client-close", fine, refused("HTTP/1.1 503 x"), broken("agent lost")), reports.Fail, nil},
		{"a violation outweighs ours", serverClosesFirst, of("client-close", bad, broken("agent lost")), reports.Fail, []string{"1 of 1: the client got no FIN"}},
		{"a metric, all refused", backLegReleased, of("client-close", refused("HTTP/1.1 200 OK")), reports.Unsupported, []string{"not accepted"}},
		{"a metric, some ours", backLegReleased, of("client-close", fine, broken("agent lost")), reports.HarnessError, []string{"1 of 2: agent lost"}},
		{"a metric, some refused", backLegReleased, of("client-close", fine, refused("HTTP/1.1 503 x")), reports.Fail, []string{"503"}},
		{"latency, all ours", closeLatency, of("client-close", broken("agent lost")), reports.HarnessError, []string{"agent lost"}},
		{"latency, no traces", closeLatency, of("client-close"), reports.HarnessError, []string{"not measured"}},
	})
}

// Every check with scenarios keeps the common rules: nothing to look at is never a pass.
func TestNoCheckPassesOnNothing(t *testing.T) {
	for _, c := range Catalogue() {
		for _, e := range []Evidence{
			{Budgets: DefaultBudgets(), TLS: true},
			{Budgets: DefaultBudgets(), TLS: true, After: &Aftermath{}},
			overTLS(of("client-close", played())),
			overTLS(of("client-close", broken("agent lost"))),
			overTLS(of("client-close", refused("HTTP/1.1 200 OK"))),
		} {
			if f := c.Judge(e); f.Verdict == reports.Pass || f.Verdict == "" {
				// That the upgrade was accepted can be seen in a trace without events.
				if c.ID == upgradeAcceptedID && len(e.Traces) == 1 && e.Traces[0].Error == "" {
					continue
				}
				t.Errorf("%s: verdict %q on %d traces: %s", c.ID, f.Verdict, len(e.Traces), f.Actual)
			}
		}
	}
}

func TestWorstShowsEachKindFirst(t *testing.T) {
	fin := without(orderly(1000, ""), trace.Client, trace.In, trace.FIN)
	rst := with(fin, event(5.5, trace.Client, trace.In, trace.RST))
	f := serverClosesFirst.Judge(of("client-close", fin, fin, orderly(1000, ""), rst, fin))
	if want := []string{"t1", "t4", "t2", "t5"}; !slices.Equal(f.Worst, want) {
		t.Errorf("worst %v, want %v", f.Worst, want)
	}
	if !strings.HasPrefix(f.Actual, "3 of 5: the client got no FIN within 10 s") || !strings.Contains(f.Actual, "1 of 5: the client got RST") {
		t.Errorf("actual %q", f.Actual)
	}
}
