package reports

import (
	"strings"
	"testing"
)

func TestWallTime(t *testing.T) {
	stages := []Stage{{"images", 1.1}, {"stands", 9.8}, {"warm-up", 1.2}, {"quick pass", 4}, {"patient pass", 8.6}, {"judging", 3}, {"cleanup", 5}}
	for _, c := range []struct {
		name string
		run  Run
		want string
	}{
		{"once", Run{Longest: 11, Stages: stages},
			"measured in 13.8 s; the longest single wait was 11.0 s (1.3 times); stands came up in 9.8 s"},
		{"repeated", Run{Longest: 6.9, Stages: stages, Options: Options{Repeat: 4}},
			"measured in 3.5 s a repeat; the longest single wait was 6.9 s (0.5 times); stands came up in 9.8 s"},
		{"interrupted", Run{Longest: 11, Stages: stages, Interrupted: "interrupted"}, ""},
		{"nothing was played", Run{Stages: stages}, ""},
	} {
		if got := strings.ReplaceAll(c.run.wallTime(), hardSpace, " "); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

func TestQuiet(t *testing.T) {
	for want, q := range map[string]Quiet{
		"":                                    {},
		"quick pass: 1 round, none disturbed": {Rounds: 1},
		"quick pass: 100 rounds, 3 disturbed and repeated (CPU pressure)": {Rounds: 100, Disturbed: 3, Reasons: []string{"CPU pressure"}},
		"quick pass: 40 rounds, 2 disturbed and kept, since the machine did not get quiet (the control drifted; CPU pressure)": {
			Rounds: 40, Kept: 2, Reasons: []string{"the control drifted", "CPU pressure"}},
	} {
		if got := q.String(); got != want {
			t.Errorf("%+v: %q, want %q", q, got, want)
		}
	}
}

func TestUnstableFailsTheRun(t *testing.T) {
	run := Run{Results: []Result{{Verdict: Pass}}}
	if run.ExitCode() != ExitExpected {
		t.Fatal("a pass is not as expected")
	}
	run.Unstable = []Unstable{{Verdicts: map[Verdict]int{Pass: 1, Inconclusive: 1}}}
	if got := run.ExitCode(); got != ExitFailed {
		t.Errorf("exit code %d, want %d", got, ExitFailed)
	}
}
