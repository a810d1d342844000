package suites

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// synthetic is a run of the trials in which every target has these results, with its check's fault caught.
func synthetic(list []trial, results ...reports.Result) *reports.Run {
	run := &reports.Run{Finwait: "v1"}
	for _, x := range list {
		targets := []string{"faultproxy@v1/" + x.name}
		if x.tls {
			targets = append(targets, targets[0]+"+tls")
		}
		for _, id := range targets {
			run.Targets = append(run.Targets, reports.Target{ID: id, Config: x.name})
			for _, r := range results {
				r.Target = id
				if r.Check == x.fault.Trips {
					r.Verdict, r.Actual = reports.Fail, "it is red"
				}
				run.Results = append(run.Results, r)
			}
		}
	}
	return run
}

// change changes the results of a check on a configuration, plain and over TLS.
func change(run *reports.Run, configuration, check string, v reports.Verdict, actual string) {
	for i, r := range run.Results {
		if r.Check == check && strings.HasPrefix(strings.TrimSuffix(r.Target, "+tls"), "faultproxy@v1/"+configuration) {
			run.Results[i].Verdict, run.Results[i].Actual = v, actual
		}
	}
}

func TestJudgeTrials(t *testing.T) {
	list := []trial{
		{name: "late", fault: faultproxy.Fault{Name: "late", Trips: "close/latency"}},
		{name: "leaky", fault: faultproxy.Fault{Name: "leaky", Trips: "cleanup/nothing-left"}},
		{name: "none-01", repeat: true, tls: true},
		{name: "cured", cured: true},
	}
	for name, test := range map[string]struct {
		change   func(*reports.Run)
		caught   int
		unshown  bool
		alarms   int
		unjudged int
		code     int
	}{
		"all right":              {func(*reports.Run) {}, 2, false, 0, 0, 0},
		"a fault is not caught":  {func(r *reports.Run) { change(r, "leaky", "cleanup/nothing-left", reports.Pass, "fine") }, 1, false, 0, 0, 1},
		"a fault is only missed": {func(r *reports.Run) { change(r, "leaky", "cleanup/nothing-left", reports.Inconclusive, "near") }, 1, false, 0, 0, 1},
		"a proxy did not come up": {func(r *reports.Run) {
			change(r, "late", "close/latency", reports.HarnessError, "not brought up")
		}, 1, false, 0, 0, 1},
		"a false alarm":           {func(r *reports.Run) { change(r, "none-01", "close/latency", reports.Fail, "red") }, 2, false, 2, 0, 1},
		"an alarm of the cured":   {func(r *reports.Run) { change(r, "cured", "close/latency", reports.Fail, "red") }, 2, false, 1, 0, 1},
		"not measured faultless":  {func(r *reports.Run) { change(r, "cured", "close/latency", reports.HarnessError, "gone") }, 2, false, 1, 0, 1},
		"an unexpected pass":      {func(r *reports.Run) { change(r, "cured", "close/latency", reports.UnexpectedPass, "fine") }, 2, false, 1, 0, 1},
		"unclear without a fault": {func(r *reports.Run) { change(r, "none-01", "close/latency", reports.Inconclusive, "near") }, 2, false, 0, 1, 0},
		"unsupported without a fault": {func(r *reports.Run) {
			change(r, "none-01", "close/latency", reports.Unsupported, "cannot")
		}, 2, false, 0, 1, 0},
		"unsupported only with the fault": {func(r *reports.Run) {
			change(r, "late", "close/latency", reports.Unsupported, "refused")
		}, 1, false, 0, 0, 1},
		"unsupported everywhere": {func(r *reports.Run) {
			change(r, "", "cleanup/nothing-left", reports.Unsupported, "blind")
		}, 1, true, 0, 1, 3},
	} {
		t.Run(name, func(t *testing.T) {
			run := synthetic(list,
				reports.Result{Check: "close/latency", Scenario: "client-close", Verdict: reports.Pass},
				reports.Result{Check: "cleanup/nothing-left", Verdict: reports.Pass},
				reports.Result{Check: "cleanup/time-wait", Verdict: reports.Observed})
			test.change(run)
			got := judgeTrials(run, list)
			got.Conclude()
			if got.Caught != test.caught || len(got.FalseAlarms) != test.alarms || len(got.Unjudged) != test.unjudged || got.Repeats != 2 {
				t.Errorf("caught %d, alarms %q, unjudged %q, %d repeats", got.Caught, got.FalseAlarms, got.Unjudged, got.Repeats)
			}
			if unshown := got.Faults[1].Unshown != ""; unshown != test.unshown {
				t.Errorf("leaky cannot be shown here: %q", got.Faults[1].Unshown)
			}
			if code := got.ExitCode(false); code != test.code {
				t.Errorf("exit code %d, want %d", code, test.code)
			}
		})
	}
}

func TestCaughtNamesTheOtherChecks(t *testing.T) {
	x := trial{name: "f", fault: faultproxy.Fault{Name: "f", Trips: "close/latency"}}
	f := caught(x, []reports.Result{
		{Check: "close/latency", Scenario: "backend-close", Verdict: reports.Pass, Actual: "quick"},
		{Check: "close/latency", Scenario: "client-close", Verdict: reports.Fail, Actual: "slow"},
		{Check: "close/fin-not-reset", Scenario: "a", Verdict: reports.Fail},
		{Check: "close/fin-not-reset", Scenario: "b", Verdict: reports.Fail},
		{Check: "close/empty-preserved", Verdict: reports.Unsupported},
	}, nil)
	if !f.Caught || f.Actual != "client-close: fail: slow" || !slices.Equal(f.Also, []string{"close/fin-not-reset"}) {
		t.Errorf("%+v", f)
	}
}

func TestTrials(t *testing.T) {
	list, err := trials("", 5)
	if err != nil {
		t.Fatal(err)
	}
	p := faultProxy("v1", list)
	targets, err := proxies.Targets([]*proxies.Proxy{p}, proxies.Selection{})
	if err != nil {
		t.Fatal(err)
	}
	plain, over := 0, 0
	for _, target := range targets {
		if _, err := faultproxy.Parse(target.Configuration.Path, target.Configuration.Source); err != nil {
			t.Error(err)
		}
		switch {
		case !strings.HasPrefix(target.Configuration.Name, faultless+"-"):
		case target.TLS:
			over++
		default:
			plain++
		}
	}
	if plain != 3 || over != 2 {
		t.Errorf("%d plain and %d over TLS, want 3 and 2", plain, over)
	}
	for _, x := range list {
		if x.tls != (x.fault.Trips == "close/tls-close-notify") && x.fault.Trips != "" {
			t.Errorf("%s speaks TLS: %v", x.name, x.tls)
		}
	}
}

func TestTrialsOfSomeFaults(t *testing.T) {
	list, err := trials("pooled-*", 1)
	var names []string
	for _, x := range list {
		names = append(names, x.name)
	}
	if want := []string{"pooled-back-leg", "pooled-back-leg-nokeepalive", "delay", "none-01"}; err != nil || !slices.Equal(names, want) {
		t.Errorf("got %v, %v, want %v", names, err, want)
	}
	if _, err := trials("nonsense", 1); err == nil || !strings.Contains(err.Error(), "pooled-back-leg") {
		t.Errorf("got %v, want the names there are", err)
	}
}

func TestEveryCheckIsProven(t *testing.T) {
	if ids := unproven(Catalogue(), faultproxy.Faults()); len(ids) > 0 {
		t.Errorf("no fault proves that these checks can go red: %v", ids)
	}
	if ids := unproven([]Check{{ID: "a/b"}, {ID: "a/c"}}, []faultproxy.Fault{{Trips: "a/c"}}); !slices.Equal(ids, []string{"a/b"}) {
		t.Errorf("unproven are %v, want a/b", ids)
	}
	for _, f := range faultproxy.Faults() {
		if f.Trips != "" && !slices.ContainsFunc(Catalogue(), func(c Check) bool { return c.ID == f.Trips }) {
			t.Errorf("fault %s is there for %s, which is no check", f.Name, f.Trips)
		}
	}
}

func TestSelfTestFlags(t *testing.T) {
	for _, test := range []struct{ args, want string }{
		{"--repeats=0", "--repeats 0: give 1 to 100"},
		{"--repeats=101", "--repeats 101: give 1 to 100"},
		{"--fault={a", `--fault "{a" is malformed`},
		{"--fault=nothing", `--fault "nothing" matches none`},
		{"--out=", "--out is empty"},
		{"--runtime=podman", `--runtime "podman": give one of`},
	} {
		cmd := SelfTestCommand("v1")
		cmd.SetArgs([]string{test.args, "--out=" + t.TempDir()})
		if test.args == "--out=" {
			cmd.SetArgs([]string{test.args})
		}
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.Execute()
		var coded interface{ ExitCode() int }
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || errors.As(err, &coded) {
			t.Errorf("%s: got %v, want one line with %q and exit code 2", test.args, err, test.want)
		}
	}
}

func TestSelfTestStore(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir()) // where the cache folder is elsewhere
	if got := lastSelfTest("v1"); got != nil {
		t.Fatalf("got %+v before any selftest", got)
	}
	if err := keepSelfTest("v1", &reports.SelfTest{Finwait: "v1", Passed: true}); err != nil {
		t.Fatal(err)
	}
	if got := lastSelfTest("v1"); got == nil || !got.Passed {
		t.Errorf("got %+v, want the one that was kept", got)
	}
	if got := lastSelfTest("v2"); got != nil {
		t.Error("the selftest of another version was taken")
	}
	path, err := selfTestPath()
	if err != nil {
		t.Fatal(err)
	}
	build, err := buildOf("v1")
	if err != nil {
		t.Fatal(err)
	}
	if loadSelfTest(path, build+"0") != nil {
		t.Error("the selftest of another executable was taken")
	}
	if err := os.WriteFile(path, []byte("{"), 0o600); err != nil {
		t.Fatal(err)
	}
	if loadSelfTest(path, build) != nil {
		t.Error("a broken file was taken")
	}
}

func TestFinishKeepsWholeSelfTestsOnly(t *testing.T) {
	t.Setenv("XDG_CACHE_HOME", t.TempDir())
	t.Setenv("HOME", t.TempDir())
	shown := &reports.SelfTest{Finwait: "v1", FalseAlarms: []string{"x"}}
	x := selfTest{options: selfTestOptions("v1"), only: "pooled-*"}
	x.options.Out = t.TempDir()
	var out bytes.Buffer
	var coded verdictError
	if err := x.finish(&reports.Run{SelfTest: shown}, &out); !errors.As(err, &coded) || coded.code != 1 {
		t.Errorf("got %v, want exit code 1", err)
	}
	if lastSelfTest("v1") != nil {
		t.Error("a selftest of some faults was kept as the selftest of this build")
	}
	if _, err := os.Stat(filepath.Join(x.options.Out, selfTestFile)); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "false alarm x") {
		t.Errorf("printed:\n%s", out.String())
	}
	x.only = ""
	if err := x.finish(&reports.Run{SelfTest: shown}, io.Discard); !errors.As(err, &coded) {
		t.Error(err)
	}
	if lastSelfTest("v1") == nil {
		t.Error("a whole selftest was not kept: that it failed is what later reports have to say")
	}
}

// TestSelfTestEmbedded runs two faults and the faultless proxy as `finwait selftest` does.
func TestSelfTestEmbedded(t *testing.T) {
	x := selfTest{options: selfTestOptions("test"), only: "{pooled-back-leg,code-rewritten}", repeats: 2}
	x.delays = []knownDelay{{0, 3}, {5 * time.Millisecond, 3}}
	x.options.Runtime, x.options.Out, x.options.Samples, x.options.Endings = stand.OfItself, t.TempDir(), 5, 8
	list, err := trials(x.only, x.repeats)
	if err != nil {
		t.Fatal(err)
	}
	_, shown, err := x.measure(t.Context(), list, reports.NewProgress(io.Discard))
	if err != nil {
		t.Fatal(err)
	}
	if shown.Caught != 2 || len(shown.FalseAlarms) > 0 || shown.Repeats != 2 {
		t.Errorf("caught %d, false alarms %v in %d repeats: %+v", shown.Caught, shown.FalseAlarms, shown.Repeats, shown.Faults)
	}
	for _, a := range shown.Accuracy { // how exact is no matter of a test: the machine decides
		if a.N == 0 {
			t.Errorf("%s was not measured with a delay of %v ms", a.Metric, a.Delay)
		}
	}
}

// What cannot be measured here is no inaccuracy.
func TestShowable(t *testing.T) {
	seeing, blind := &stand.Stand{Witness: &fakeWitness{}}, &stand.Stand{}
	for _, test := range []struct {
		name         string
		cannotVanish string
		stand        *stand.Stand
		missing      []trace.Metric
	}{
		{"everything", "", seeing, nil},
		{"no right to vanish", "not permitted", seeing, []trace.Metric{trace.GiveUp}},
		{"no witness", "", blind, []trace.Metric{trace.ProxyRelease}},
	} {
		s := &session{plan: &plan{cannotVanish: test.cannotVanish}}
		shown := map[trace.Metric]bool{}
		for _, group := range s.showable(test.stand) {
			for _, x := range group {
				shown[x.metric] = true
			}
		}
		for _, group := range probed {
			for _, x := range group {
				if shown[x.metric] == slices.Contains(test.missing, x.metric) {
					t.Errorf("%s: %s is measured: %v", test.name, x.metric, shown[x.metric])
				}
			}
		}
	}
}

func TestSpacing(t *testing.T) {
	for _, probes := range probed {
		for _, d := range delays {
			end := probes[0].base + d.delay
			s := spacing(end)
			if s > 40*time.Millisecond {
				t.Errorf("%s apart for plays that end after %s", s, end)
			}
			for start := range 10 {
				apart := end - time.Duration(start)*s
				if start > 0 && apart > -probeEnd && apart < probeBusy {
					t.Errorf("%s apart, one ends at %s, %s behind the start of another", s, end, apart)
				}
			}
		}
	}
}

func TestAccuracyOf(t *testing.T) {
	ms := time.Millisecond
	for name, test := range map[string]struct {
		metric  trace.Metric
		samples []time.Duration
		ok      bool
		median  float64
	}{
		"exact":           {trace.BackRelease, []time.Duration{21 * ms, 21*ms + 50*time.Microsecond, 21*ms - 20*time.Microsecond}, true, 0.02},
		"an outlier":      {trace.BackRelease, []time.Duration{21 * ms, 21 * ms, 23 * ms}, false, 0},
		"always late":     {trace.BackRelease, []time.Duration{21*ms + 200*time.Microsecond}, false, 0.2},
		"no sample":       {trace.BackRelease, nil, false, 0},
		"as the watch is": {trace.ProxyRelease, []time.Duration{18 * ms}, true, 3},
		"beyond it":       {trace.ProxyRelease, []time.Duration{30 * ms}, false, 9},
	} {
		a := accuracyOf(test.metric, 20*ms, ms, test.samples)
		if a.OK != test.ok || a.Median != test.median || a.N != len(test.samples) {
			t.Errorf("%s: %+v", name, a)
		}
	}
}

func TestDisturbance(t *testing.T) {
	bad, good := []reports.Accuracy{{OK: true}, {}}, []reports.Accuracy{{OK: true}}
	taken := map[sampling][]time.Duration{{delay: 1}: make([]time.Duration, 200)}
	calm, busy := slices.Repeat([]time.Duration{time.Millisecond}, 20), []time.Duration{1e6, 1e6, 1e6, 9e6}
	for name, test := range map[string]struct {
		prober prober
		list   []reports.Accuracy
		want   bool
	}{
		"exact on a busy machine":    {prober{quiet: busy, kept: 1}, good, false},
		"inexact on a quiet machine": {prober{quiet: calm}, bad, false},
		"the control varies":         {prober{quiet: busy}, bad, true},
		"samples under pressure":     {prober{quiet: calm, kept: 1, disturbed: 2}, bad, true},
	} {
		test.prober.measured = taken
		if got := test.prober.disturbance(test.list); (got != "") != test.want {
			t.Errorf("%s: %q", name, got)
		}
	}
}
