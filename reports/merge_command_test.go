package reports

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
)

// savedShards saves two shards with their evidence below dir and returns the paths of their run.json.
func savedShards(t *testing.T, dir string) []string {
	t.Helper()
	var paths []string
	for _, run := range twoShards(t) {
		folder := filepath.Join(dir, run.Options.Proxies[0])
		for _, r := range slices.Concat(run.Results, run.Control) {
			for _, name := range r.Evidence {
				place(t, filepath.Join(folder, name), run.ID+" "+name)
			}
		}
		path := filepath.Join(folder, runFile)
		place(t, path, "")
		if err := Save(path, run); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	return paths
}

func place(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

// mergeArgs runs `finwait merge` with args.
func mergeArgs(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	var out, errs bytes.Buffer
	command := MergeCommand()
	command.SilenceErrors = true
	command.SetOut(&out)
	command.SetErr(&errs)
	command.SetArgs(args)
	err = command.ExecuteContext(t.Context())
	return out.String(), errs.String(), err
}

func TestMergeCommand(t *testing.T) {
	dir := t.TempDir()
	shards, out := savedShards(t, dir), filepath.Join(dir, "merged")
	place(t, filepath.Join(out, "traces", "old", "client-close.json"), "of an earlier run")
	if _, _, err := mergeArgs(t, append(shards, "--out", out)...); err == nil || !strings.Contains(err.Error(), "give another folder") {
		t.Errorf("somebody else's traces: %v", err)
	}
	place(t, filepath.Join(out, ownMark), "")
	text, said, err := mergeArgs(t, append(shards, "--out", out)...)
	var code interface{ ExitCode() int }
	if !errors.As(err, &code) || code.ExitCode() != ExitFailed || err.Error() != "" || said != "" {
		t.Fatalf("error %v, said %q", err, said)
	}
	if !strings.Contains(text, "merged from 2 shards: apache, nginx") || !strings.Contains(text, "written: "+filepath.Join(out, runFile)) {
		t.Errorf("printed:\n%s", text)
	}
	merged, err := Load(filepath.Join(out, runFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(merged.Results, merged.Control) {
		target, _ := merged.Target(r.Target)
		shard := r.Shard + target.Shard
		for _, name := range r.Evidence {
			content, err := os.ReadFile(filepath.Join(out, name))
			if want := shard + " " + strings.TrimPrefix(name, "control/"+shard+"/"); err != nil || string(content) != want {
				t.Errorf("%s: %v, %q, expected %q", name, err, content, want)
			}
		}
	}
	if _, err := os.Stat(filepath.Join(out, "traces", "old")); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("the evidence of an earlier run is still there: %v", err)
	}
	for _, name := range list(t, out) {
		if strings.HasPrefix(name, ".") && name != ownMark {
			t.Errorf("left: %s", name)
		}
	}
	for _, f := range Formats() {
		if _, err := os.Stat(filepath.Join(out, f.File)); err != nil {
			t.Error(err)
		}
	}
}

// The shards may lie below the folder that they are merged into.
func TestMergeAboveTheShards(t *testing.T) {
	dir := t.TempDir()
	shards := savedShards(t, filepath.Join(dir, "shards"))
	for range 2 { // over its own
		if _, _, err := mergeArgs(t, append(shards, "--out", dir)...); err.Error() != "" {
			t.Fatal(err)
		}
	}
}

func TestMergeOfRunsThatCameAlone(t *testing.T) {
	dir := t.TempDir()
	shards, out := savedShards(t, dir), filepath.Join(dir, "merged")
	if err := os.RemoveAll(filepath.Join(dir, "nginx", "traces")); err != nil {
		t.Fatal(err)
	}
	_, said, err := mergeArgs(t, append(shards, "--out", out)...)
	if err.Error() != "" || !strings.Contains(said, "of shard nginx are not beside its run.json") {
		t.Fatalf("error %v, said %q", err, said)
	}
	merged, err := Load(filepath.Join(out, runFile))
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range slices.Concat(merged.Results, merged.Control) {
		for _, name := range r.Evidence {
			if _, err := os.Stat(filepath.Join(out, name)); err != nil {
				t.Error(err)
			}
		}
	}
}

func TestMergeCommandRefuses(t *testing.T) {
	dir := t.TempDir()
	shards := savedShards(t, dir)
	place(t, filepath.Join(dir, "file"), "")
	place(t, filepath.Join(dir, "half.json"), `{"schema":"finwait.run/v1","id":`)
	out := filepath.Join(dir, "merged")
	tests := []struct {
		name string
		args []string
		want string
	}{
		{"nothing", []string{"--out", out}, "no shard: finwait merge"},
		{"no folder", shards, "--out is missing"},
		{"no such shard", []string{shards[0], filepath.Join(dir, "none.json"), "--out", out}, "none.json: no such file"},
		{"half a shard", []string{shards[0], filepath.Join(dir, "half.json"), "--out", out}, "half.json: cut off"},
		{"a shard twice", []string{shards[0], shards[0], "--out", out}, "are the same run apache-run"},
		{"into a file", append(slices.Clone(shards), "--out", filepath.Join(dir, "file")), "cannot be written"},
		{"over a shard", append(slices.Clone(shards), "--out", filepath.Dir(shards[0])), "would be overwritten by --out"},
		{"over a shard's folder", append(slices.Clone(shards), "--out", filepath.Join(dir, "nginx", "..", "nginx")), "would be overwritten by --out"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			text, _, err := mergeArgs(t, test.args...)
			if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") || text != "" {
				t.Errorf("error %v, want one line with %q; printed %q", err, test.want, text)
			}
			if _, err := os.Stat(out); !errors.Is(err, os.ErrNotExist) {
				t.Errorf("something was written: %v", list(t, out))
			}
		})
	}
}

// What is there stays as it was when a shard's evidence cannot be copied.
func TestMergeIsWholeOrNotAtAll(t *testing.T) {
	dir := t.TempDir()
	shards, out := savedShards(t, dir), filepath.Join(dir, "merged")
	place(t, filepath.Join(out, "traces", "old.json"), "old")
	place(t, filepath.Join(out, ownMark), "")
	run, err := Load(shards[1])
	if err != nil {
		t.Fatal(err)
	}
	pipe := filepath.Join(dir, "nginx", run.Results[slices.IndexFunc(run.Results, func(r Result) bool { return len(r.Evidence) > 0 })].Evidence[0])
	if err := errors.Join(os.Remove(pipe), syscall.Mkfifo(pipe, 0o600)); err != nil {
		t.Fatal(err)
	}
	if _, _, err := mergeArgs(t, append(shards, "--out", out)...); err == nil || !strings.Contains(err.Error(), "no regular file") {
		t.Errorf("got %v", err)
	}
	if got := list(t, out); !slices.Equal(got, []string{ownMark, "traces"}) {
		t.Errorf("in the folder: %v", got)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var code interface{ ExitCode() int }
	if err := merge(ctx, &bytes.Buffer{}, &bytes.Buffer{}, shards, out); !errors.As(err, &code) || code.ExitCode() != ExitUnmeasurable {
		t.Errorf("interrupted: %v", err)
	}
	if content, err := os.ReadFile(filepath.Join(out, "traces", "old.json")); err != nil || string(content) != "old" {
		t.Errorf("%q, %v", content, err)
	}
}
