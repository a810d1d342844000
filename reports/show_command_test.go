package reports

import (
	"strings"
	"testing"
)

func TestShowDrawsBothEndsOnOneClock(t *testing.T) {
	var out strings.Builder
	drawText(&out, traceHolds())
	lines := strings.Split(out.String(), "\n")
	wanted := []string{"0.000  Close 1000 -->", "--> Close 1000", "<-- Close 1000, FIN", "longest wait: "}
	for _, line := range lines {
		if len(wanted) > 0 && strings.Contains(line, wanted[0]) {
			wanted = wanted[1:]
		}
	}
	if len(wanted) > 0 {
		t.Errorf("%q is missing, or not in its place:\n%s", wanted[0], out.String())
	}
}

func TestShowChooses(t *testing.T) {
	run := &Run{
		Control: []Result{{Target: "direct", Check: "close/latency", Scenario: "client-close", Verdict: Pass}},
		Results: []Result{
			{Target: "nginx@1/a", Check: "close/latency", Scenario: "client-close", Verdict: Pass},
			{Target: "nginx@1/a", Check: "cleanup/nothing-left", Verdict: Fail},
			{Target: "nginx@1/b+tls", Check: "close/latency", Scenario: "client-close", Verdict: KnownFailure},
		},
	}
	for _, tc := range []struct {
		asked showing
		want  string
	}{
		{showing{}, "nginx@1/a cleanup/nothing-left, nginx@1/b+tls close/latency"},
		{showing{check: "close/*"}, "direct close/latency, nginx@1/a close/latency, nginx@1/b+tls close/latency"},
		{showing{check: "close/*", target: "nginx@*/a"}, "nginx@1/a close/latency"},
		{showing{target: "nginx*"}, "nginx@1/a cleanup/nothing-left, nginx@1/b+tls close/latency"},
	} {
		chosen, err := tc.asked.choose(run)
		var got []string
		for _, r := range chosen {
			got = append(got, r.Target+" "+r.Check)
		}
		if err != nil || strings.Join(got, ", ") != tc.want {
			t.Errorf("%+v: %v, %v, want %s", tc.asked, got, err, tc.want)
		}
	}
	for asked, want := range map[showing]string{
		{check: "["}:              "--check",
		{check: "handshake/none"}: "no result is like that",
	} {
		if _, err := asked.choose(run); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", asked, err)
		}
	}
}
