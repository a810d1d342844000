package suites

import (
	"os"
	"path/filepath"
	"slices"
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

// The sample of the README names every budget, in the order in which they are documented, and makes sense.
func TestBudgetsOfTheReadme(t *testing.T) {
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, sample, _ := strings.Cut(string(readme), "```yaml\n")
	sample, _, found := strings.Cut(sample, "```")
	if !found {
		t.Fatal("the README has no YAML")
	}
	path := filepath.Join(t.TempDir(), "budgets.yaml")
	if err := os.WriteFile(path, []byte(sample), 0o600); err != nil {
		t.Fatal(err)
	}
	b, err := LoadBudgets(path, Budgets{MemoryGrowth: -1})
	if err != nil {
		t.Fatal(err)
	}
	if err := b.Validate(2 * time.Minute); err != nil {
		t.Error(err)
	}
	var named []string
	for line := range strings.Lines(sample) {
		key, _, _ := strings.Cut(line, ":")
		named = append(named, key)
	}
	if !slices.Equal(named, budgetKeys()) {
		t.Errorf("the README names %v, want %v", named, budgetKeys())
	}
}
