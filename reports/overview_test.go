package reports

import (
	"reflect"
	"strings"
	"testing"
)

func TestOverviewOrder(t *testing.T) {
	var ids []string
	for _, row := range NewOverview(sample(t)).Rows {
		ids = append(ids, row.Target.ID)
	}
	want := []string{
		"direct", "direct+tls",
		"apache@2.4.69/wstunnel", "apache@2.4.69/wstunnel+tls", "apache@2.4.69/nokeepalive",
		"nginx@1.30.6/map-upgrade", "nginx@1.30.6/short-read-timeout",
	}
	if !reflect.DeepEqual(ids, want) {
		t.Errorf("got  %v\nwant %v", ids, want)
	}
}

func TestReadingOrderWithVariationsInACircle(t *testing.T) {
	targets := []Target{{ID: "p@1/a", Proxy: "p", Version: "1", Config: "a", Varies: "b"}, {ID: "p@1/b", Proxy: "p", Version: "1", Config: "b", Varies: "a"}}
	if got := inReadingOrder(targets); len(got) != 2 {
		t.Errorf("got %v", got)
	}
}

func TestOverviewCells(t *testing.T) {
	control := 0.4
	tests := []struct {
		name   string
		read   func(Result) Cell
		result Result
		text   string
	}{
		{"added to the control", tail, Result{Verdict: Pass, N: 100, P99: 1.6, Max: 2, ControlTail: &control}, "1.20 ms"},
		{"less than the control", tail, Result{Verdict: Pass, N: 100, P99: 0.3, Max: 2, ControlTail: &control}, "-100 µs"},
		{"the control as it is", median, Result{Verdict: Pass, N: 100, P50: 0.3, Max: 2}, "300 µs"},
		{"the percentile timed out", tail, Result{Verdict: Fail, N: 100, TimedOut: 2, P99: 2000, Max: 2000, ControlTail: &control}, "> 2 s"},
		{"above the percentile some timed out", tail, Result{Verdict: Pass, N: 200, TimedOut: 1, P99: 1.6, Max: 2000, ControlTail: &control}, "1.20 ms"},
		{"released", released, Result{Verdict: Pass, N: 3, P50: 0.03, Max: 1, Control: &control}, "30 µs"},
		{"never released", released, Result{Verdict: Fail, N: 3, TimedOut: 3, P50: 10000, Max: 10000}, "> 10 s"},
		{"a third never released", released, Result{Verdict: Fail, N: 3, TimedOut: 1, P50: 0.3, Max: 10000}, "33% >10 s"},
		{"one of a thousand never released", released, Result{Verdict: Fail, N: 1000, TimedOut: 1, P50: 0.3, Max: 10000}, "1% >10 s"},
		{"no sample", released, Result{Verdict: Fail}, "-"},
		{"none left", left, Result{Verdict: Pass}, "0"},
		{"some left", left, Result{Verdict: Fail, Actual: "27 sockets left: ..."}, "27"},
		{"left, but not how many", left, Result{Verdict: Fail, Actual: "sockets left"}, "?"},
		{"a number that is none", left, Result{Verdict: Fail, Actual: strings.Repeat("9", 40)}, "?"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := test.read(test.result).Text; got != test.text {
				t.Errorf("got %q, want %q", got, test.text)
			}
		})
	}
}

func TestOverviewShowsNoNumberThatCannotBeTrusted(t *testing.T) {
	run := sample(t)
	for i := range run.Results {
		run.Results[i].Verdict = HarnessError
	}
	for _, row := range NewOverview(run).Rows {
		for i, cell := range row.Cells {
			if !row.Control && cell != noCell {
				t.Errorf("%s, column %d: %+v", row.Target.ID, i, cell)
			}
		}
	}
}
