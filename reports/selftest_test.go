package reports

import (
	"bytes"
	"strings"
	"testing"
)

// shown is a selftest that has everything that can be in one.
func shown() *SelfTest {
	aim := "median under 0.1 ms, p99 under 1 ms"
	t := &SelfTest{
		Finwait: "v1", Runtime: "docker (Docker Engine 20.10.24, 2 CPUs)", Repeats: 20, FalseAlarms: []string{},
		Faults: []CaughtFault{
			{Name: "close-swallowed", Summary: "The client's Close never reaches the backend.", Trips: "close/handshake-completes", Caught: true,
				Also: []string{"cleanup/back-leg-released", "close/code-preserved", "close/latency", "close/reason-preserved"}},
			{Name: "descriptor-leaked", Summary: "A file is opened for each tunnel.", Trips: "cleanup/descriptors", Also: []string{},
				Actual: "unsupported: it shares its process", Unshown: "cleanup/descriptors is unsupported: it shares its process"},
			{Name: "pooled-back-leg", Summary: "The backend's socket goes back into a pool.", Trips: "cleanup/back-leg-released", Also: []string{},
				Actual: "client-close: pass: 2 of 2: \x1b[31mover"},
		},
		Accuracy: []Accuracy{
			{Metric: "close_handshake", Delay: 0, N: 40, Median: 0.012, P99: 0.2, Max: 0.31, Allowed: aim, OK: true},
			{Metric: "close_handshake", Delay: 500, N: 20, Median: 0.2, P99: 1.4, Max: 1.4, Allowed: aim},
			{Metric: "proxy_release", Delay: 0, N: 40, Median: 2.5, P99: 4.9, Max: 5.1, Allowed: "within 5 ms", OK: true},
		},
		Unproven: []string{"close/latency"},
		Unjudged: []string{"inconclusive close/latency client-close: too near to its budget (on 2 faultless targets)"},
	}
	t.FalseAlarms = append(t.FalseAlarms, "faultproxy@v1/none-03+tls close/fin-not-reset client-close: fail: RST")
	t.Conclude()
	return t
}

// proven is shown without all that is not right.
func proven() *SelfTest {
	t := shown()
	t.Faults, t.FalseAlarms, t.Unproven, t.Unjudged = t.Faults[:1], []string{}, nil, nil
	t.Accuracy[1].OK, t.Accuracy[1].Median = true, 0.03
	t.Conclude()
	return t
}

func TestWriteSelfTest(t *testing.T) {
	for name, s := range map[string]*SelfTest{"selftest": shown(), "selftest-passed": proven()} {
		var out bytes.Buffer
		if err := WriteSelfTest(&out, s, Style{Width: maxWidth}); err != nil {
			t.Fatal(err)
		}
		golden(t, name+".txt", out.Bytes())
	}
}

func TestWriteSelfTestFitsANarrowTerminal(t *testing.T) {
	var out bytes.Buffer
	if err := WriteSelfTest(&out, shown(), Style{Width: 72}); err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(out.String()) {
		if n := len([]rune(strings.TrimSuffix(line, "\n"))); n > 72+20 { // ids are kept whole
			t.Errorf("%d columns: %s", n, line)
		}
	}
}

func TestSelfTestExitCode(t *testing.T) {
	for name, test := range map[string]struct {
		change       func(*SelfTest)
		code, strict int
		passed       bool
	}{
		"all shown":    {func(*SelfTest) {}, 0, 0, true},
		"not caught":   {func(s *SelfTest) { s.Faults[0].Caught = false }, 1, 1, false},
		"false alarm":  {func(s *SelfTest) { s.FalseAlarms = []string{"x"} }, 1, 1, false},
		"unproven":     {func(s *SelfTest) { s.Unproven = []string{"close/latency"} }, 1, 1, false},
		"inexact":      {func(s *SelfTest) { s.Accuracy[0].OK = false }, 1, 1, false},
		"inconclusive": {func(s *SelfTest) { s.Unjudged = []string{"x"} }, 0, 0, true},
		"disturbed": {func(s *SelfTest) {
			s.Accuracy[0].OK, s.Disturbed = false, "the machine was not quiet"
		}, 0, 1, false},
		"not shown here": {func(s *SelfTest) { s.Faults[0].Caught, s.Faults[0].Unshown = false, "it shares its process" }, 3, 3, false},
		"not shown here, and a false alarm": {func(s *SelfTest) {
			s.Faults[0].Caught, s.Faults[0].Unshown, s.FalseAlarms = false, "it shares its process", []string{"x"}
		}, 1, 1, false},
	} {
		s := proven()
		test.change(s)
		s.Conclude()
		if s.ExitCode(false) != test.code || s.ExitCode(true) != test.strict || s.Passed != test.passed {
			t.Errorf("%s: exit code %d, strict %d, passed %v; want %d, %d, %v",
				name, s.ExitCode(false), s.ExitCode(true), s.Passed, test.code, test.strict, test.passed)
		}
	}
}

func TestSelfTestLine(t *testing.T) {
	disturbed := proven()
	disturbed.Disturbed = "the machine was not quiet"
	disturbed.Conclude()
	for want, s := range map[string]*SelfTest{
		"selftest: not run with this build; make selftest takes about two minutes":                                                                                        nil,
		"this build's selftest: 1 of 1 fault caught, 0 false alarms in 20 repeats, accuracy 0.03 ms median and 1.4 ms p99 at worst":                                       proven(),
		"this build's selftest did NOT pass: 1 of 3 faults caught, 1 false alarm in 20 repeats, accuracy 0.20 ms median and 1.4 ms p99 at worst":                          shown(),
		"this build's selftest: 1 of 1 fault caught, 0 false alarms in 20 repeats, accuracy not shown, the machine was not quiet: 0.03 ms median and 1.4 ms p99 at worst": disturbed,
	} {
		if got := s.Line(); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
