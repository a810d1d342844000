package reports

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"syscall"
	"testing"
)

func TestSaveAndLoad(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	run := sample(t)
	if err := Save(path, run); err != nil {
		t.Fatal(err)
	}
	loaded, err := Load(path)
	if err != nil {
		t.Fatal(err)
	}
	loaded.files = run.files // they lie in different folders
	if !reflect.DeepEqual(loaded, run) {
		t.Errorf("what was loaded is not what was saved")
	}
	if err := Save(path, loaded); err != nil { // over the first
		t.Fatal(err)
	}
	if names := list(t, filepath.Dir(path)); !reflect.DeepEqual(names, []string{"run.json"}) {
		t.Errorf("files left: %v", names)
	}
}

// The saved file is the same however the results came in.
func TestSaveIsDeterministic(t *testing.T) {
	texts := make([]string, 0, 2)
	for range 2 {
		run := sample(t)
		if len(texts) == 1 {
			for i, j := 0, len(run.Results)-1; i < j; i, j = i+1, j-1 {
				run.Results[i], run.Results[j] = run.Results[j], run.Results[i]
			}
			run.Targets[0], run.Targets[1] = run.Targets[1], run.Targets[0]
		}
		path := filepath.Join(t.TempDir(), "run.json")
		if err := Save(path, run); err != nil {
			t.Fatal(err)
		}
		content, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		texts = append(texts, string(content))
	}
	if texts[0] != texts[1] {
		t.Error("the order in the file depends on the order of the results")
	}
}

func TestSaveWritesNoNullLists(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	if err := Save(path, &Run{Results: []Result{{Verdict: Pass}}}); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"checks", "targets", "control", "stages", "evidence"} {
		if !strings.Contains(string(content), `"`+name+`": []`) {
			t.Errorf("%s is not an empty list:\n%s", name, content)
		}
	}
}

func TestWriteFileKeepsTheOldOneOnError(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "run.json")
	if err := os.WriteFile(path, []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	broken := errors.New("disk is full")
	err := writeFile(path, func(w io.Writer) error {
		_, _ = io.WriteString(w, "half of the ne")
		return broken
	})
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), path) {
		t.Errorf("error %v does not name the cause and the file", err)
	}
	if content, _ := os.ReadFile(path); string(content) != "old" {
		t.Errorf("the old file is gone: %q", content)
	}
	if names := list(t, dir); len(names) != 1 {
		t.Errorf("files left: %v", names)
	}
}

func TestSaveIntoNoFolder(t *testing.T) {
	err := Save(filepath.Join(t.TempDir(), "none", "run.json"), &Run{})
	if !errors.Is(err, os.ErrNotExist) {
		t.Errorf("got %v", err)
	}
}

func TestLoadRefuses(t *testing.T) {
	whole, err := os.ReadFile(filepath.Join("testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	change := func(from, to string) []byte {
		if !bytes.Contains(whole, []byte(from)) {
			t.Fatalf("testdata/run.json has no %s", from)
		}
		return bytes.Replace(whole, []byte(from), []byte(to), 1)
	}
	tests := []struct {
		name    string
		content []byte
		want    string
	}{
		{"empty", nil, "empty"},
		{"blank", []byte(" \n"), "empty"},
		{"truncated", whole[:len(whole)/2], "cut off after"},
		{"truncated at the last brace", bytes.TrimRight(whole, "}\n"), "cut off after"},
		{"not JSON", []byte("<html>\n</html>"), "line 1: not JSON"},
		{"not JSON further down", change(`"seed": 1,`, `"seed": one,`), "not JSON"},
		{"two runs", append(bytes.Clone(whole), whole...), "not JSON"},
		{"a list", []byte("[]"), "expected"},
		{"null", []byte("null"), "no schema"},
		{"no schema", []byte(`{"results": []}`), "no schema"},
		{"another schema", change("finwait.run/v1", "finwait.run/v2"), `schema "finwait.run/v2", this finwait reads "finwait.run/v1"`},
		{"unknown field", change(`"seed": 1,`, `"seed": 1, "sead": 2,`), `unknown field "sead"`},
		{"wrong type", change(`"seed": 1,`, `"seed": "one",`), "options.seed is a string, expected int64"},
		{"unknown verdict", change(`"verdict": "pass"`, `"verdict": "skipped"`), `unknown verdict "skipped"`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.json")
			if err := os.WriteFile(path, test.content, 0o600); err != nil {
				t.Fatal(err)
			}
			wantLine(t, path, test.want)
		})
	}
}

func TestLoadWhatIsNoFile(t *testing.T) {
	dir := t.TempDir()
	pipe := filepath.Join(dir, "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	wantLine(t, filepath.Join(dir, "none.json"), "no such file")
	wantLine(t, filepath.Join(sampleFile, "run.json"), "not a directory")
	wantLine(t, dir, "is a directory, give the run.json in it")
	wantLine(t, pipe, "is no regular file") // and does not wait for somebody to write
	wantLine(t, "/dev/zero", "is no regular file")
}

// A file that is too large is not read at all: this one has a hole in place of content.
func TestLoadOfAHugeFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	if err := errors.Join(os.WriteFile(path, nil, 0o600), os.Truncate(path, 100<<20)); err != nil {
		t.Fatal(err)
	}
	wantLine(t, path, "is larger than 64 MiB, so no run.json of finwait")
	allocated := testing.AllocsPerRun(1, func() { _, _ = Load(path) })
	if allocated > 100 {
		t.Errorf("%.0f allocations to refuse it", allocated)
	}
}

// A file may grow while it is read, and some tell no size at all.
func TestReadRefusesWhatIsTooLarge(t *testing.T) {
	_, err := read("big.json", strings.NewReader(strings.Repeat(" ", 2<<20)), 1<<20)
	if err == nil || !strings.HasPrefix(err.Error(), "big.json is larger than 1 MiB, so no run.json of finwait") {
		t.Errorf("got %v", err)
	}
}

// A run of the first finwait has none of what came later.
func TestLoadOfAnOldRun(t *testing.T) {
	path := filepath.Join(t.TempDir(), "run.json")
	content := `{"schema": "finwait.run/v1", "id": "1", "started": "2026-01-02T03:04:05Z", "finished": "2026-01-02T03:05:05Z", "finwait": "0.0.1",
		"environment": {"kernel": "", "engine": "", "cpus": 2, "runtime": "docker", "clock_resolution_ns": 1},
		"options": {"versions": "default", "samples": 1, "endings": 1, "patience_ms": 1, "seed": 1, "budgets": {}},
		"checks": [{"id": "close/latency", "requirement": "", "source": "", "level": "practice"}],
		"targets": [{"id": "nginx@1/a", "proxy": "nginx", "version": "1", "config": "a", "tls": false, "image": "", "image_digest": "", "config_path": "", "config_sha256": ""}],
		"results": [{"target": "nginx@1/a", "check": "close/latency", "scenario": "client-close", "level": "practice", "verdict": "pass", "n": 1, "timed_out": 0,
			"p50_ms": 1, "p90_ms": 1, "p99_ms": 1, "max_ms": 1, "budget_ms": 0, "expected": "", "actual": "", "evidence": []}],
		"control": [], "stages": [], "summary": {}}`
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	run, err := Load(path)
	if err != nil || len(run.Results) != 1 {
		t.Fatalf("%v, %v", run, err)
	}
	if err := show(t.Context(), &bytes.Buffer{}, path, "text", ""); err != nil {
		t.Error(err)
	}
}

func TestNothingIsWrittenOverADevice(t *testing.T) {
	pipe := filepath.Join(t.TempDir(), "pipe")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{pipe, filepath.Dir(pipe)} {
		err := writeFile(path, func(io.Writer) error { t.Error("written"); return nil })
		if err == nil || !strings.Contains(err.Error(), path+": that is there and is no regular file") {
			t.Errorf("got %v", err)
		}
	}
}

// wantLine expects Load to fail in one line that names the file and has want.
func wantLine(t *testing.T, path, want string) {
	t.Helper()
	run, err := Load(path)
	if err == nil || run != nil {
		t.Fatalf("got a run, and the error %v", err)
	}
	text := err.Error()
	if !strings.Contains(text, want) || !strings.Contains(text, path) || strings.Contains(text, "\n") {
		t.Errorf("error %q, want one line with %q and the path", text, want)
	}
}

func list(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}
