package suites

import (
	"bytes"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/proxies"
)

func TestExplainCheck(t *testing.T) {
	apache := product("apache", []proxies.KnownFailure{entry(3, "cleanup/*released", "client-holds"), entry(9, "close/latency")}, "wstunnel")
	apache.Title = "Apache"
	apache.Known[0].Proven, apache.Known[0].Versions = []string{"nohalfclose"}, ">=2.4.47"
	apache.Causes = []proxies.Cause{
		{Check: "close/latency", Cause: "another check's", Cure: "c", Source: "s"},
		{Check: "cleanup/back-leg-released", Cause: "it waits", Cure: "directive 1", Source: "its code", Proven: "nohalfclose"},
	}
	e := explainCheck(backLegReleased, []*proxies.Proxy{apache})
	if len(e.Causes) != 1 || e.Causes[0].Cause != "it waits" || e.Causes[0].Proxy != "apache" {
		t.Errorf("causes are %+v", e.Causes)
	}
	if len(e.Known) != 1 || e.Known[0].Entry != "proxies/apache/known-failures.yaml:3" {
		t.Errorf("known failures are %+v", e.Known)
	}
	if len(e.Scenarios) != len(backLegReleased.Scenarios) {
		t.Errorf("%d scenarios, want %d", len(e.Scenarios), len(backLegReleased.Scenarios))
	}
	if !slices.ContainsFunc(e.Faults, func(f explainedFault) bool { return f.Name == "pooled-back-leg" }) {
		t.Errorf("faults are %+v, want pooled-back-leg", e.Faults)
	}
	text := e.text()
	for _, want := range []string{
		"cleanup/back-leg-released, practice\n", "\nbudget    back_release: 5s by default, 30s at most\n", "\n  client-holds: ",
		"\n  Apache\n    it waits\n    cure      directive 1\n    proven    by the configuration apache/nohalfclose\n    source    its code\n",
		"    where     every configuration; in client-holds; versions >=2.4.47\n", "    proven    nohalfclose\n",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("%q is not in\n%s", want, text)
		}
	}
}

func TestExplainEveryCheck(t *testing.T) {
	all, err := proxies.Bundled()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range Catalogue() {
		e := explainCheck(c, all)
		if e.Measured == "" || len(e.Scenarios) != len(c.Scenarios) {
			t.Errorf("%s: measured %q, %d scenarios of %d", c.ID, e.Measured, len(e.Scenarios), len(c.Scenarios))
		}
		for line := range strings.Lines(e.text()) {
			line = strings.TrimSuffix(line, "\n")
			if strings.TrimRight(line, " ") != line || len([]rune(line)) > explainWidth && len(strings.Fields(line)) > 2 {
				t.Errorf("%s: the line %q is too long, or ends in spaces", c.ID, line)
			}
		}
	}
}

// What a fault trips is a check, or nothing explains the fault.
func TestEveryFaultBelongsToACheck(t *testing.T) {
	for _, f := range faultproxy.Faults() {
		if f.Trips != "" && !slices.Contains(idsOf(Catalogue()), f.Trips) {
			t.Errorf("%s trips %q, which is no check", f.Name, f.Trips)
		}
	}
}

func TestExplainedBudgets(t *testing.T) {
	var named []string
	for _, l := range budgetLimits {
		if !slices.Contains(idsOf(Catalogue()), l.check) {
			t.Errorf("%s is a budget of %q, which is no check", l.name, l.check)
		}
		named = append(named, l.name)
	}
	slices.Sort(named)
	keys := budgetKeys()
	slices.Sort(keys)
	if named = slices.Compact(named); !slices.Equal(named, keys) {
		t.Errorf("budgets %v are explained, want all of %v", named, keys)
	}
	for check, want := range map[string]string{
		"close/latency": "30ms", "cleanup/vanished-client": "none", "cleanup/time-wait": "none", "handshake/silent-backend": "5s",
	} {
		if got := explainBudgets(check); len(got) != 1 || got[0].Default != want {
			t.Errorf("the budgets of %s are %+v, want %s", check, got, want)
		}
	}
	if got := explainBudgets("cleanup/descriptors"); len(got) != 3 || got[0].Default != "10" || got[2].Default != "32 MiB" {
		t.Errorf("the budgets of cleanup/descriptors are %+v", got)
	}
}

func TestExplainCommand(t *testing.T) {
	for _, test := range []struct {
		args []string
		says string // in the output, or in the error if it begins with "!"
	}{
		{[]string{"close/latency"}, "close/latency, practice\n"},
		{[]string{"close/lat*"}, "close/latency, practice\n"},
		{[]string{"close/latncy"}, `!no check matches "close/latncy", did you mean close/latency: `},
		{[]string{"latency"}, `!no check matches "latency", did you mean close/latency: `},
		{[]string{"wholly-different"}, `!no check matches "wholly-different": 'finwait list checks'`},
		{[]string{"cleanup/*released"}, `!"cleanup/*released" matches 2 checks: give one of cleanup/back-leg-released, cleanup/front-leg-released`},
		{[]string{"close/{a"}, `!pattern "close/{a" has a brace without its counterpart`},
		{nil, "!say which check"},
		{[]string{"close/latency", "--proxies", "no/such"}, "!load proxies: "},
	} {
		var out bytes.Buffer
		cmd := ExplainCommand()
		cmd.SetArgs(append([]string{}, test.args...))
		cmd.SetOut(&out)
		cmd.SilenceErrors, cmd.SilenceUsage = true, true
		err := cmd.Execute()
		says, fails := strings.CutPrefix(test.says, "!")
		switch {
		case (err != nil) != fails:
			t.Errorf("%v: error %v", test.args, err)
		case fails && (!strings.HasPrefix(err.Error(), says) || strings.Contains(err.Error(), "\n")):
			t.Errorf("%v: error %q, want one line that begins with %q", test.args, err, says)
		case !fails && !strings.HasPrefix(out.String(), says):
			t.Errorf("%v: %s", test.args, out.String())
		}
	}
}

func TestExplainJSON(t *testing.T) {
	var out bytes.Buffer
	cmd := ExplainCommand()
	cmd.SetArgs([]string{"cleanup/descriptors", "--json"})
	cmd.SetOut(&out)
	if err := cmd.Execute(); err != nil {
		t.Fatal(err)
	}
	var e map[string]any
	if err := json.Unmarshal(out.Bytes(), &e); err != nil {
		t.Fatal(err)
	}
	if e["id"] != "cleanup/descriptors" || e["causes"] == nil || e["known_failures"] == nil || e["faults"] == nil {
		t.Errorf("not all is there: %s", out.String())
	}
}

func TestExplainSaysWhatIsWrongInAFolder(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, os.DirFS("../proxies")); err != nil {
		t.Fatal(err)
	}
	wrong := "- {check: close/latncy, cause: c, cure: c, source: s}\n"
	if err := os.WriteFile(folder+"/nginx/causes.yaml", []byte(wrong), 0o600); err != nil {
		t.Fatal(err)
	}
	_, err := explain("close/latency", folder)
	want := folder + `/nginx/causes.yaml:1: no check is called "close/latncy", did you mean close/latency: `
	if err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error %v, want one that begins with %q", err, want)
	}
}
