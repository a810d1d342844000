package reports

import (
	"path/filepath"
	"strings"
	"testing"
)

// Each is a card that finwait does not write: one thing in it was changed.
func TestLoadRefusesCardsThatContradictThemselves(t *testing.T) {
	finding := func(c *Card) *CardFinding { return &c.Routes[0].Findings[0] }
	tests := []struct {
		name   string
		change func(*Card)
		want   string
	}{
		{"an unknown decision", func(c *Card) { c.Decision = "MAYBE" }, `has the unknown decision "MAYBE"`},
		{"no decision", func(c *Card) { c.Decision = "" }, `has the unknown decision ""`},
		{"a decision that is none", func(c *Card) { c.Unproven = "no" }, "says why nothing can be decided"},
		{"a decision better than its routes", func(c *Card) { c.Decision = Approve }, "decides APPROVE, and the worst of its routes is BLOCK"},
		{"no route", func(c *Card) { c.Routes, c.Decision = nil, Approve }, "decides without any route"},
		{"fewer than no files", func(c *Card) { c.Valid.Files = -1 }, "counts fewer than no files"},
		{"a route of no target", func(c *Card) { c.Routes[0].Target = "none" }, `has a route on the target "none"`},
		{"a route twice", func(c *Card) { c.Routes[1].Target = chatRoute }, "has two routes on the target"},
		{"a route of unknown decision", func(c *Card) { c.Unproven, c.Decision, c.Routes[0].Decision = "no", "", "MAYBE" }, `has the unknown decision "MAYBE" on `},
		{"a route better than its findings", func(c *Card) { c.Unproven, c.Decision, c.Routes[0].Decision = "no", "", Risk }, "decides RISK on " + chatRoute},
		{"a route in a negative line", func(c *Card) { c.Routes[0].Line = -1 }, "in line -1"},
		{"a route in a line of no file", func(c *Card) { c.Routes[0].File = "" }, `in line 4 of ""`},
		{"a finding of no check", func(c *Card) { finding(c).Check = "none" }, `a finding of the check "none"`},
		{"a finding of no level", func(c *Card) { finding(c).Level = "may" }, `the unknown level "may"`},
		{"a finding that approves", func(c *Card) { finding(c).Decision = Approve }, `makes it "APPROVE"`},
		{"a finding in a negative line", func(c *Card) { finding(c).Line = -2 }, "in line -2"},
		{"a finding in no scenario", func(c *Card) { finding(c).Scenarios = []string{"none"} }, `in the scenario "none"`},
		{"a cure that is not there", func(c *Card) { finding(c).Cure = "cure-9" }, `the cure "cure-9" of cleanup/back-leg-released`},
		{"a cure that does not help", func(c *Card) { finding(c).Cure = "cure-2" }, `the cure "cure-2" of cleanup/back-leg-released`},
		{"a cure twice", func(c *Card) { c.Cures[1].ID = "cure-1" }, `has the cure "cure-1" twice`},
		{"a cure without a name", func(c *Card) { c.Cures[1].ID = "" }, `has the cure "" twice, or without a name`},
		{"a cure in a negative line", func(c *Card) { c.Cures[1].Line = -1 }, "in line -1"},
		{"a cure of no target", func(c *Card) { c.Cures[1].Target = "none" }, `of the target "none"`},
		{"a cure of no check", func(c *Card) { c.Cures[1].Checks = []string{"none"} }, `of the check "none"`},
		{"a cure that helps and does not", func(c *Card) { c.Cures[0].Why = "no" }, "says why it does not"},
		{"an effect on no target", func(c *Card) { c.Cures[0].Changes[0].Target = "none" }, `on the target "none"`},
		{"an effect on no check", func(c *Card) { c.Patched.Changes[0].Check = "none" }, `on the check "none"`},
		{"a patch that nobody tried", func(c *Card) { c.Patched = nil }, "has a patch that was not shown to help"},
		{"a patch that does not help", func(c *Card) { c.Patched.Helps = false }, "has a patch that was not shown to help"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			run := signedOff(t)
			test.change(run.Card)
			path := filepath.Join(t.TempDir(), "run.json")
			if err := Save(path, run); err != nil {
				t.Fatal(err)
			}
			_, err := Load(path)
			if err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), ": the card ") || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, want %s", err, test.want)
			}
		})
	}
}

func TestCardsAreSavedAndLoaded(t *testing.T) {
	runs := cardRuns(t)
	runs["against"] = sideBySide(t)
	for name, run := range runs {
		path := filepath.Join(t.TempDir(), "run.json")
		if err := Save(path, run); err != nil {
			t.Fatal(err)
		}
		loaded, err := Load(path)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for _, f := range Formats() {
			if a, b := written(t, f.Name, run), written(t, f.Name, loaded); a != b {
				t.Errorf("%s: %s of what was loaded differs", name, f.Name)
			}
		}
	}
	run := signedOff(t)
	run.Shards = []Shard{{ID: "x"}}
	for i := range run.Targets {
		run.Targets[i].Shard = "x"
	}
	for i := range run.Control {
		run.Control[i].Shard = "x"
	}
	if err := run.consistent(); err == nil || !strings.Contains(err.Error(), "merged") {
		t.Errorf("a merged card: %v", err)
	}
}
