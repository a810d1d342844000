package reports

import (
	"bytes"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const oldOnes = "old."

// sideBySide is the blocked configuration beside an older one of the same routes, which kept nobody and lost the reload.
func sideBySide(t *testing.T) *Run {
	t.Helper()
	run := signedOff(t)
	for _, target := range slices.Clone(run.Targets) {
		target.ID = strings.Replace(target.ID, "/", "/"+oldOnes, 1)
		target.Config = oldOnes + target.Config
		target.ConfigPath, target.ConfigSHA256 = "live/chat.conf", "11bb"
		target.ConfigText = strings.ReplaceAll(siteText, "<VirtualHost *:443>\n", "<VirtualHost *:443>\n    SetEnv proxy-nohalfclose 1\n")
		run.Targets = append(run.Targets, target)
	}
	for _, r := range slices.Clone(run.Results) {
		r.Target = strings.Replace(r.Target, "/", "/"+oldOnes, 1)
		if r.Check == "cleanup/back-leg-released" {
			r.Verdict, r.TimedOut, r.P50, r.P90, r.P99, r.Max, r.Samples, r.Actual = Pass, 0, 0.3, 0.3, 0.3, 0.3, []float64{0.3}, "over in time"
		}
		run.Results = append(run.Results, r)
	}
	valid := run.Card.Valid
	valid.Config, valid.Version = strings.Repeat("11bb", 16), "2.4.62"
	run.Card.AgainstPath, run.Card.Against = "live/apache2", &valid
	run.finish()
	return run
}

func split(t *testing.T, run *Run) (before, after *Run) {
	t.Helper()
	before, after, err := SplitRun(run, func(t Target) bool { return strings.HasPrefix(t.Config, oldOnes) },
		func(id string) string { return strings.Replace(id, "/"+oldOnes, "/", 1) })
	if err != nil {
		t.Fatal(err)
	}
	return before, after
}

func TestSplitRun(t *testing.T) {
	run := sideBySide(t)
	run.Unstable = []Unstable{
		{Target: chatRoute, Check: "close/latency", Verdicts: map[Verdict]int{Pass: 1}},
		{Target: strings.Replace(chatRoute, "/", "/"+oldOnes, 1), Check: "close/latency", Verdicts: map[Verdict]int{Pass: 1}},
	}
	before, after := split(t, run)
	for name, part := range map[string]*Run{"old": before, "new": after} {
		if len(part.Targets) != 2 || len(part.Results)*2 != len(run.Results) || len(part.Control) != len(run.Control) || len(part.Unstable) != 1 {
			t.Errorf("%s: %d targets, %d results, %d of the control", name, len(part.Targets), len(part.Results), len(part.Control))
		}
		if err := part.consistent(); err != nil {
			t.Errorf("%s: %v", name, err)
		}
		if part.Targets[0].ID != chatRoute || part.Targets[0].Config != "chat.example.org-socket" || part.Targets[0].Name() != "chat.example.org-socket+tls" {
			t.Errorf("%s: %+v", name, part.Targets[0])
		}
	}
	if before.Card != nil || after.Card == nil || before.Targets[0].ConfigPath != "live/chat.conf" || after.Targets[0].ConfigPath != siteFile {
		t.Error("the old is the new one, or the card is not the new one's")
	}
	if len(run.Targets) != 4 || run.Targets[0].ID == run.Targets[1].ID {
		t.Error("the run was changed")
	}
}

func TestSplitRunRefuses(t *testing.T) {
	all, none := func(Target) bool { return true }, func(Target) bool { return false }
	same := func(id string) string { return id }
	for want, split := range map[string]struct {
		isOld  func(Target) bool
		rename func(string) string
	}{
		"no target of the old state": {none, same}, "no target of the new state": {all, same},
		"two targets of one state are called one": {func(t Target) bool { return strings.HasPrefix(t.Config, oldOnes) }, func(string) string { return "one" }},
	} {
		if _, _, err := SplitRun(sideBySide(t), split.isOld, split.rename); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %s", err, want)
		}
	}
}

func TestWriteAgainst(t *testing.T) {
	for _, width := range []int{100, 60} {
		before, after := split(t, sideBySide(t))
		var text bytes.Buffer
		code, err := WriteAgainst(&text, before, after, Style{Width: width})
		if err != nil || code != ExitFailed {
			t.Fatalf("code %d, %v", code, err)
		}
		golden(t, fmt.Sprintf("text-against-%d", width), text.Bytes())
	}
	before, after := split(t, sideBySide(t))
	var text bytes.Buffer
	if err := WriteAgainstMarkdown(&text, before, after); err != nil {
		t.Fatal(err)
	}
	golden(t, "against.md", text.Bytes())
}

func TestWriteAgainstOfTheSame(t *testing.T) {
	run := sideBySide(t)
	for i, r := range run.Results {
		if j := slices.IndexFunc(run.Results, func(o Result) bool {
			return o.Target == strings.Replace(r.Target, "/"+oldOnes, "/", 1) && o.Check == r.Check && o.Scenario == r.Scenario
		}); strings.Contains(r.Target, "/"+oldOnes) {
			id := r.Target
			run.Results[i] = run.Results[j]
			run.Results[i].Target = id
		}
	}
	before, after := split(t, run)
	var text bytes.Buffer
	if code, err := WriteAgainst(&text, before, after, Style{}); err != nil || code != ExitExpected || !strings.HasPrefix(text.String(), "NOTHING WORSE  no change\n") {
		t.Errorf("code %d, %v:\n%s", code, err, text.String())
	}
	after.Card.Decision, after.Card.Unproven = "", "the control failed"
	text.Reset()
	if code, err := WriteAgainst(&text, before, after, Style{}); err != nil || code != ExitUnmeasurable || !strings.HasPrefix(text.String(), "COULD NOT COMPARE") {
		t.Errorf("code %d, %v:\n%s", code, err, text.String())
	}
}

// What a proxy wrote steers no terminal.
func TestWriteAgainstIsPrintable(t *testing.T) {
	run := sideBySide(t)
	for i := range run.Results {
		run.Results[i].Actual += "\x1b[2J\n::error::"
	}
	before, after := split(t, run)
	var text bytes.Buffer
	if _, err := WriteAgainst(&text, before, after, Style{}); err != nil || strings.Contains(text.String(), "\x1b") || strings.Contains(text.String(), "\n::") {
		t.Errorf("%v: %q", err, text.String())
	}
}

// Two sign-offs are compared as all runs are, and merge takes none.
func TestCommandsOnCards(t *testing.T) {
	dir := t.TempDir()
	paths := map[string]string{}
	for name, run := range cardRuns(t) {
		paths[name] = filepath.Join(dir, name+".json")
		if err := Save(paths[name], run); err != nil {
			t.Fatal(err)
		}
	}
	var out bytes.Buffer
	if err := compareFiles(&out, paths["card"], paths["card-approve"], "text", "", relative); err != nil {
		t.Error(err)
	}
	if !strings.Contains(out.String(), "signed off as APPROVE, in base as BLOCK") || !strings.Contains(out.String(), "BETTER") {
		t.Errorf("got %s", out.String())
	}
	run, err := Load(paths["card"])
	if err != nil {
		t.Fatal(err)
	}
	if _, err := Merge([]string{"a.json"}, []*Run{run}); err == nil || !strings.Contains(err.Error(), "a.json is the sign-off of deploy/apache2") || strings.Contains(err.Error(), "\n") {
		t.Errorf("merge: %v", err)
	}
	for _, f := range Formats() {
		out.Reset()
		if err := show(t.Context(), &out, paths["card"], f.Name, ""); err != nil || !strings.Contains(out.String(), "BLOCK") {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
}
