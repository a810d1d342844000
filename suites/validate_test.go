package suites

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

func TestEveryCheckOfLevelShouldIsARisk(t *testing.T) {
	for _, c := range Catalogue() {
		if c.Risk && c.Level == Should {
			t.Errorf("%s says twice that it is a risk", c.ID)
		}
		if want := reports.Block; c.Level == Must && !c.Risk && c.weight() != want {
			t.Errorf("%s: %s, want %s", c.ID, c.weight(), want)
		}
	}
	if serverClosesFirst.weight() != reports.Risk || backLegReleased.weight() != reports.Block {
		t.Error("a should blocks, or a leg that is kept does not")
	}
}

func TestDecide(t *testing.T) {
	risk, block := reports.CardFinding{Decision: reports.Risk}, reports.CardFinding{Decision: reports.Block}
	for _, tc := range []struct {
		findings []reports.CardFinding
		want     reports.Decision
	}{
		{nil, reports.Approve},
		{[]reports.CardFinding{risk}, reports.Risk},
		{[]reports.CardFinding{block, risk}, reports.Block},
	} {
		if got := decide(tc.findings); got != tc.want {
			t.Errorf("%v: %s", tc.findings, got)
		}
	}
}

func TestNameOfRoute(t *testing.T) {
	taken := map[string]bool{}
	for _, tc := range []struct{ url, want string }{
		{"wss://chat.example.org/socket.io/", "chat.example.org-socket.io"},
		{"ws://chat.example.org/socket.io/", "chat.example.org-socket.io-2"},
		{"ws://[::1]:8080/a b?c=d", "1--8080-a-b"},
		{"ws://" + strings.Repeat("long.", 20) + "org/", strings.TrimRight(strings.Repeat("long.", 12), ".")},
		{"::", "route"},
	} {
		if got := nameOfRoute(tc.url, taken); got != tc.want {
			t.Errorf("%s: %s, want %s", tc.url, got, tc.want)
		}
	}
}

// given settles the flags of a validation of a configuration beside which a file with budgets lies.
func given(t *testing.T, beside string, set func(*validation), flags ...string) (*validation, error) {
	t.Helper()
	dir := t.TempDir()
	if beside != "" {
		if err := os.WriteFile(filepath.Join(dir, budgetsBeside), []byte(beside), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	v := &validation{options: DefaultOptions(), path: dir}
	set(v)
	return v, v.check(func(name string) bool { return slices.Contains(flags, name) })
}

func TestBudgetsOfAValidation(t *testing.T) {
	for _, tc := range []struct {
		name     string
		beside   string
		set      func(*validation)
		flags    []string
		release  time.Duration
		patience time.Duration
	}{
		{"none", "", func(*validation) {}, nil, 5 * time.Second, 10 * time.Second},
		{"beside", "back_release: 2s", func(*validation) {}, nil, 2 * time.Second, 10 * time.Second},
		{"a flag over the file", "back_release: 2s", func(v *validation) { v.budgets = []string{"back_release=1s", "front_release = 4s"} }, nil, time.Second, 10 * time.Second},
		{"the patience grows", "back_release: 20s", func(*validation) {}, nil, 20 * time.Second, 25 * time.Second},
		{"quick", "back_release: 20s", func(v *validation) { v.quick = true }, nil, quickAnswer / 2, quickAnswer},
	} {
		v, err := given(t, tc.beside, tc.set, tc.flags...)
		if err != nil {
			t.Errorf("%s: %v", tc.name, err)
			continue
		}
		if o := v.options; o.Budgets.BackRelease != tc.release || o.Patience != tc.patience {
			t.Errorf("%s: %s within %s", tc.name, o.Budgets.BackRelease, o.Patience)
		}
	}
}

func TestBadFlagsOfAValidation(t *testing.T) {
	for _, tc := range []struct {
		beside string
		set    func(*validation)
		flags  []string
		want   string
	}{
		{"", func(v *validation) { v.budgets = []string{"back_release"} }, nil, `--budget "back_release": give NAME=VALUE`},
		{"", func(v *validation) { v.budgets = []string{"back_release=5"} }, nil, "is no time"},
		{"", func(v *validation) { v.budgets = []string{"nothing=5s"} }, nil, "expected one of latency_added"},
		{"back_release: no", func(*validation) {}, nil, budgetsBeside + ":1:15"},
		{"", func(v *validation) { v.budgetsFile = "nowhere.yaml" }, nil, "nowhere.yaml"},
		{"back_release: 20s", func(*validation) {}, []string{"patience"}, "less than the patience"},
		{"", func(v *validation) { v.version, v.image = "1.30", "nginx:1" }, nil, "give one of them"},
		{"", func(v *validation) { v.quick, v.fix = true, "there" }, nil, "--quick tries no cures"},
		{"", func(v *validation) { v.options.Runtime = stand.OfItself }, nil, "give auto, docker or local"},
	} {
		if _, err := given(t, tc.beside, tc.set, tc.flags...); err == nil || !strings.Contains(err.Error(), tc.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("got %v, want %s", err, tc.want)
		}
	}
}

func TestVersionOf(t *testing.T) {
	p := &proxies.Proxy{Name: "nginx", Versions: []proxies.Version{{Name: "1.26"}, {Name: "1.30", Default: true}}}
	for _, tc := range []struct{ version, image, want string }{
		{"", "", "1.30"}, {"1.26", "", "1.26"}, {"", "mine:1", "mine:1"},
	} {
		if got, err := versionOf(p, tc.version, tc.image); err != nil || got.Name != tc.want {
			t.Errorf("%+v: %v, %v", tc, got, err)
		}
	}
	if _, err := versionOf(p, "1.27", ""); err == nil || !strings.Contains(err.Error(), "give one of 1.26, 1.30, or --image") {
		t.Error(err)
	}
}

func TestChosenTrials(t *testing.T) {
	a := &cureTrial{checks: []string{"x", "y"}}
	b := &cureTrial{checks: []string{"y"}}           // mended by a already
	c := &cureTrial{checks: []string{"y"}, route: 1} // of another route
	d := &cureTrial{checks: []string{"z"}, refused: "unknown directive"}
	if got := chosenTrials([]*cureTrial{a, b, c, d}, func(*cureTrial) bool { return true }); !slices.Equal(got, []*cureTrial{a, c}) {
		t.Errorf("%v", got)
	}
	if got := chosenTrials([]*cureTrial{a, b}, func(t *cureTrial) bool { return t != a }); !slices.Equal(got, []*cureTrial{b}) {
		t.Errorf("where the first does not help: %v", got)
	}
}

// judgedTwice makes two sessions that judged one check each, by verdicts of its scenarios.
func judgedTwice(before, after map[string]reports.Verdict) (base, s *session, from, to *stand.Stand) {
	from, to = &stand.Stand{ID: "nginx@1/a"}, &stand.Stand{ID: "nginx@1/a.cure-1"}
	make := func(st *stand.Stand, verdicts map[string]reports.Verdict) *session {
		s := newSession(DefaultOptions(), nil)
		s.plan = &plan{checks: map[string][]Check{st.ID: {backLegReleased, closeLatency}}}
		for scenario, verdict := range verdicts {
			id := backLegReleased.ID
			if scenario == "latency" {
				id, scenario = closeLatency.ID, "client-close"
			}
			s.results[key{st.ID, id, scenario}] = reports.Result{Verdict: verdict}
		}
		return s
	}
	return make(from, before), make(to, after), from, to
}

func TestDifferences(t *testing.T) {
	for _, tc := range []struct {
		name          string
		before, after map[string]reports.Verdict
		mends         bool
		worse         int
	}{
		{"mended", map[string]reports.Verdict{"client-holds": reports.Fail, "client-close": reports.Pass},
			map[string]reports.Verdict{"client-holds": reports.Pass, "client-close": reports.Pass}, true, 0},
		{"mended in part", map[string]reports.Verdict{"client-holds": reports.Fail, "client-close": reports.Fail},
			map[string]reports.Verdict{"client-holds": reports.Pass, "client-close": reports.Fail}, false, 0},
		{"not judged any more", map[string]reports.Verdict{"client-holds": reports.Fail},
			map[string]reports.Verdict{"client-holds": reports.Unsupported}, false, 0},
		{"at a price", map[string]reports.Verdict{"client-holds": reports.Fail, "latency": reports.Pass},
			map[string]reports.Verdict{"client-holds": reports.Pass, "latency": reports.Fail}, true, 1},
		{"passed and cannot be judged", map[string]reports.Verdict{"client-close": reports.Pass},
			map[string]reports.Verdict{"client-close": reports.Unsupported}, false, 1},
		{"within the noise is not worse", map[string]reports.Verdict{"latency": reports.Pass},
			map[string]reports.Verdict{"latency": reports.Inconclusive}, false, 0},
	} {
		base, s, from, to := judgedTwice(tc.before, tc.after)
		d := differences(base, from, s, to)
		if d.mends(backLegReleased.ID) != tc.mends || len(d.worse) != tc.worse {
			t.Errorf("%s: mends %v, worse %v", tc.name, d.mends(backLegReleased.ID), d.worse)
		}
	}
}

func TestQuickLeavesOutTheLifecycle(t *testing.T) {
	for _, id := range withoutLifecycle() {
		if strings.HasPrefix(id, "lifecycle/") {
			t.Error(id)
		}
	}
	if _, err := scenario.Named(reloadScenario); err != nil || len(withoutLifecycle()) < 20 {
		t.Error("the catalogue is not as this test expects it")
	}
}
