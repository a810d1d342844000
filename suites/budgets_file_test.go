package suites

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLoadBudgets(t *testing.T) {
	changed := DefaultBudgets()
	changed.BackRelease, changed.MemoryGrowth, changed.ProcessGrowth = 8*time.Second, 1024, 0
	for _, c := range []struct {
		name, text string
		want       Budgets
		err        string // what the error has to say; empty: none
	}{
		{"some replaced", "back_release: 8s\nmemory_growth: 1024\nprocess_growth: 0\n", changed, ""},
		{"unknown key", "back_release: 8s\nback_relase: 8s\n", Budgets{}, `budgets.yaml:2:1: unknown field "back_relase"`},
		{"no unit", "latency_added: 30ms\nback_release: 8\n", Budgets{}, `budgets.yaml:2:15: "8" is no time`},
		{"no time", "back_release: soon\n", Budgets{}, `budgets.yaml:1:15: "soon" is no time`},
		{"no number", "descriptor_growth: many\n", Budgets{}, "budgets.yaml:1:"},
		{"no YAML", "back_release: [\n", Budgets{}, "budgets.yaml:"},
		{"empty", "", Budgets{}, "the file is empty"},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "budgets.yaml")
			if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
				t.Fatal(err)
			}
			got, err := LoadBudgets(path, DefaultBudgets())
			if c.err == "" && (err != nil || got != c.want) {
				t.Errorf("got %+v, %v; want %+v", got, err, c.want)
			}
			if c.err != "" && (err == nil || !strings.Contains(err.Error(), c.err) || strings.Contains(err.Error(), "\n")) {
				t.Errorf("error %q; want one line with %q", err, c.err)
			}
		})
	}
	if _, err := LoadBudgets("no/such/file", DefaultBudgets()); err == nil || !strings.Contains(err.Error(), "no/such/file") {
		t.Errorf("error %v; want one that names the file", err)
	}
}
