package reports

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// saved writes a run and returns its path.
func saved(t *testing.T, s *synthetic) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "run.json")
	if err := Save(path, &s.Run); err != nil {
		t.Fatal(err)
	}
	return path
}

// runCompare returns what the command prints and its exit code; -1 is an error that carries none.
func runCompare(args ...string) (string, int, error) {
	command := CompareCommand()
	var out bytes.Buffer
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(args)
	command.SilenceErrors = true
	err := command.Execute()
	var withCode interface{ ExitCode() int }
	switch {
	case err == nil:
		return out.String(), 0, nil
	case errors.As(err, &withCode):
		return out.String(), withCode.ExitCode(), err
	}
	return out.String(), -1, err
}

func TestCompareCommandExitCodes(t *testing.T) {
	base, head := saved(t, baseOfChanged(t)), saved(t, changed(t))
	if out, code, err := runCompare(base, base); code != 0 || !strings.Contains(out, "NOTHING WORSE  no change") {
		t.Errorf("a run with itself: %d, %v\n%s", code, err, out)
	}
	out, code, err := runCompare(base, head)
	if code != ExitFailed || err.Error() != "" || !strings.Contains(out, "WORSE  8 changes") {
		t.Errorf("worse: %d, %v\n%s", code, err, out)
	}
	lost := matrix(t)
	for i := range lost.Results {
		lost.Results[i].Verdict = HarnessError
	}
	if out, code, _ := runCompare(base, saved(t, lost)); code != ExitUnmeasurable || !strings.Contains(out, "COULD NOT COMPARE") {
		t.Errorf("nothing measured: %d\n%s", code, out)
	}
}

func TestCompareCommandBadInput(t *testing.T) {
	base := saved(t, matrix(t))
	other := newSynthetic(81)
	other.proxy("q@1/a", "", 0.6, 3)
	cut := filepath.Join(t.TempDir(), "cut.json")
	if err := os.WriteFile(cut, []byte(`{"schema":"finwait.run/v1","id":`), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		args []string
		want string
	}{
		{"one run", []string{base}, "expected two run.json, got 1"},
		{"no file", []string{base, "nowhere.json"}, "nowhere.json"},
		{"cut off", []string{cut, base}, "cut off"},
		{"no target shared", []string{base, saved(t, other)}, "share no target"},
		{"format", []string{base, base, "--format", "html"}, `unknown format "html", expected text, markdown or json`},
		{"threshold", []string{base, base, "--threshold", "-1"}, "--threshold -1: give 0 or more"},
		{"threshold that is none", []string{base, base, "--threshold", "NaN"}, "give 0 or more"},
		{"onto a run", []string{base, base, "-o", base}, "that is one of the runs"},
		{"into no folder", []string{base, base, "-o", filepath.Join(t.TempDir(), "none", "out.txt")}, "give a folder that can be written"},
	} {
		t.Run(test.name, func(t *testing.T) {
			out, code, err := runCompare(test.args...)
			if code != -1 || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || out != "" {
				t.Errorf("got %d, %v, printed %q", code, err, out)
			}
		})
	}
}

// The file is written whole also when something is worse, and stays as it was where there is nothing to write.
func TestCompareCommandOutput(t *testing.T) {
	base, head := saved(t, baseOfChanged(t)), saved(t, changed(t))
	path := filepath.Join(t.TempDir(), "issue.md")
	if out, code, err := runCompare(base, head, "--format", "markdown", "-o", path); code != ExitFailed || out != "" {
		t.Errorf("%d, %v, printed %q", code, err, out)
	}
	before, err := os.ReadFile(path)
	if err != nil || !strings.HasPrefix(string(before), "# finwait: 8 changes for the worse") {
		t.Fatalf("%v: %s", err, before)
	}
	if _, code, _ := runCompare(base, "nowhere.json", "-o", path); code != -1 {
		t.Errorf("exit code %d", code)
	}
	if after, err := os.ReadFile(path); err != nil || !bytes.Equal(after, before) {
		t.Errorf("the file was changed: %v", err)
	}
}
