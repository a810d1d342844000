package reports

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
)

var update = flag.Bool("update", false, "rewrite golden files and the schema")

// sample loads testdata/run.json, made up but realistic: apache and nginx, one of each verdict that matters.
func sample(t *testing.T) *Run {
	t.Helper()
	run, err := Load(filepath.Join("testdata", "run.json"))
	if err != nil {
		t.Fatal(err)
	}
	return run
}

// golden compares got with testdata/name.golden, or rewrites that file with -update.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != string(want) {
		t.Errorf("%s differs; if it is meant to, run `go test ./reports -update`. Got:\n%s", path, got)
	}
}
