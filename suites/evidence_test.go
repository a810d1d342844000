package suites

import (
	"slices"
	"testing"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// lasting is an orderly end that took that many milliseconds from the Close to the end of both legs.
func lasting(id string, ms float64) trace.Trace {
	t := played(
		closing(1, trace.Client, trace.Out, 1000, ""),
		event(1.1, trace.Client, trace.In, trace.FIN),
		event(1+ms, trace.Backend, trace.In, trace.FIN),
	)
	t.ID = id
	return t
}

func TestTypical(t *testing.T) {
	// without a Close there is no close latency, and the trace's length counts
	drops := func(id string, ms float64) trace.Trace {
		d := played(event(1, trace.Backend, trace.Out, trace.FIN), event(1+ms, trace.Client, trace.In, trace.FIN))
		d.ID = id
		return d
	}
	failed := func(id string) trace.Trace { b := broken("refused"); b.ID = id; return b }
	never := without(lasting("never", 1), trace.Backend, trace.In, trace.FIN)
	for _, c := range []struct {
		name   string
		traces []trace.Trace
		want   string
	}{
		{"none", nil, ""},
		{"one", []trace.Trace{lasting("a", 1)}, "a"},
		{"the median", []trace.Trace{lasting("slow", 9), lasting("quick", 1), lasting("median", 3)}, "median"},
		{"of an even number the quicker one", []trace.Trace{lasting("slow", 9), lasting("quick", 1)}, "quick"},
		{"equal ones", []trace.Trace{lasting("first", 2), lasting("second", 2)}, "first"},
		{"a time-out is the slowest", []trace.Trace{never, lasting("a", 1), lasting("b", 2)}, "b"},
		{"by their length", []trace.Trace{drops("slow", 9), drops("quick", 1), drops("median", 3)}, "median"},
		{"unfinished ones do not count", []trace.Trace{failed("x"), failed("y"), lasting("a", 1)}, "a"},
		{"but where there is nothing else", []trace.Trace{failed("x"), failed("y")}, "x"},
	} {
		got, ok := typical(c.traces)
		if got.ID != c.want || ok != (c.want != "") {
			t.Errorf("%s: %q, %v; want %q", c.name, got.ID, ok, c.want)
		}
	}
}

// The worst ones come first, and the typical one, which no judge named, last.
func TestTypicalIsTheLastOfTheEvidence(t *testing.T) {
	stands := standsOf(atOnce, product("apache", nil, "wstunnel"))
	s := newTestSession(stands, "close/latency", "close/fin-not-reset")
	id := stands[0].ID
	s.record(id).patient["client-close"] = []trace.Trace{lasting("a", 2), lasting("worst", 9)}
	s.record(id).quick["client-close"] = []trace.Trace{lasting("b", 8), lasting("median", 3)}
	k := key{id, s.plan.checks[id][0].ID, "client-close"}
	s.worst[k] = []string{"worst"}
	s.results[k] = reports.Result{Verdict: reports.Fail}
	var ids []string
	for _, tr := range s.worstTraces(id, "client-close") {
		ids = append(ids, tr.ID)
	}
	if want := []string{"worst", "median"}; !slices.Equal(ids, want) {
		t.Errorf("kept %v, want %v", ids, want)
	}
	if _, ok := s.record(id).quick["client-close"]; !ok || len(s.record(id).patient["client-close"]) != 2 {
		t.Error("the records were changed")
	}
}
