package suites

import (
	"strings"
	"testing"
)

// The shards of one run share its name and stay apart.
func TestRunsAreNamed(t *testing.T) {
	s := &session{id: "1a2b3c4d"}
	if got := s.named(); got != "1a2b3c4d" {
		t.Errorf("without a name: %q", got)
	}
	s.options.ID = "nightly-7"
	if got := s.named(); got != "nightly-7-1a2b3c4d" {
		t.Errorf("with a name: %q", got)
	}
	if got := s.options.report().ID; got != "nightly-7" {
		t.Errorf("in the options: %q", got)
	}
}

func TestNamesOfRuns(t *testing.T) {
	for name, valid := range map[string]bool{
		"": true, "nightly": true, "2026-11-22_a.b": true, strings.Repeat("a", 40): true,
		strings.Repeat("a", 41): false, "../x": false, ".x": false, "-x": false, "a/b": false, "a b": false, "ä": false, "a\n": false,
	} {
		o := DefaultOptions()
		o.ID = name
		if err := o.Validate(); (err == nil) != valid {
			t.Errorf("%q: %v", name, err)
		}
	}
}
