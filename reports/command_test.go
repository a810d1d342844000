package reports

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// report runs `finwait report` with args.
func report(t *testing.T, args ...string) (string, error) {
	t.Helper()
	var out bytes.Buffer
	command := Command()
	command.SilenceErrors = true
	command.SetOut(&out)
	command.SetErr(&out)
	command.SetArgs(args)
	err := command.Execute()
	return out.String(), err
}

var sampleFile = filepath.Join("testdata", "run.json")

func TestReport(t *testing.T) {
	text, err := report(t, sampleFile)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "text", []byte(text))
	text, err = report(t, sampleFile, "--format", "json")
	if err != nil || !strings.HasPrefix(text, "{\n  \"schema\": \"finwait.run/v1\"") {
		t.Errorf("%.60q, %v", text, err)
	}
}

// unread is a pipe whose reader has gone.
type unread struct{}

// fullDisk takes nothing more.
type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, syscall.ENOSPC }

func (unread) Write([]byte) (int, error) { return 0, &os.PathError{Op: "write", Err: syscall.EPIPE} }

func TestReportThatNobodyReadsToItsEnd(t *testing.T) {
	for _, format := range []string{"text", "json"} {
		if err := show(t.Context(), unread{}, sampleFile, format, ""); err != nil {
			t.Errorf("%s: %v", format, err)
		}
	}
	if err := show(t.Context(), fullDisk{}, sampleFile, "text", ""); err == nil {
		t.Error("a full disk is no error")
	}
}

func TestReportIntoAFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.txt")
	out, err := report(t, sampleFile, "-o", path)
	if err != nil || out != "" {
		t.Fatalf("%q, %v", out, err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	golden(t, "text", content)
}

func TestReportRefuses(t *testing.T) {
	own := filepath.Join(t.TempDir(), "run.json")
	if err := Save(own, sample(t)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"no file", nil, "expected one run.json, got 0 arguments"},
		{"two files", []string{"a", "b"}, "expected one run.json, got 2 arguments"},
		{"unknown format", []string{sampleFile, "--format", "yaml"}, `unknown format "yaml", expected one of `},
		{"a run with the schema", []string{sampleFile, "--schema"}, `expected no run with --schema, got "testdata/run.json"`},
		{"a format with the schema", []string{"--schema", "--format", "json"}, "[format schema]"},
		{"unknown flag", []string{sampleFile, "--colour"}, "unknown flag: --colour"},
		{"no such run", []string{"none.json"}, "no such file"},
		{"over itself", []string{own, "-o", own}, "that is the run itself"},
		{"into no folder", []string{own, "-o", filepath.Join(own, "x")}, "write "},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			out, err := report(t, test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error %v, want one line with %q", err, test.want)
			}
			if out != "" {
				t.Errorf("output beside the error: %q", out)
			}
		})
	}
}

func TestReportSchema(t *testing.T) {
	text, err := report(t, "--schema")
	if err != nil || text != string(runSchema) {
		t.Errorf("%.60q, %v", text, err)
	}
	path := filepath.Join(t.TempDir(), "run.schema.json")
	if out, err := report(t, "--schema", "-o", path); err != nil || out != "" {
		t.Fatalf("%q, %v", out, err)
	}
	if content, err := os.ReadFile(path); err != nil || !bytes.Equal(content, runSchema) {
		t.Errorf("%d bytes in the file, %v", len(content), err)
	}
	if err := showSchema(fullDisk{}, ""); err == nil {
		t.Error("a full disk is no error")
	}
	if err := showSchema(unread{}, ""); err != nil {
		t.Error(err)
	}
}

func TestReportHelp(t *testing.T) {
	help, err := report(t, "--help")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Examples:", "finwait report reports/out/run.json", "--format", "--schema", "  text ", "  json ", "  markdown ", "  junit ", "  sarif "} {
		if !strings.Contains(help, want) {
			t.Errorf("help has no %q:\n%s", want, help)
		}
	}
}
