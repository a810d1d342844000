package reports

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestFormats(t *testing.T) {
	var names []string
	for _, f := range Formats() {
		names = append(names, f.Name)
		if f.About == "" || f.Write == nil {
			t.Errorf("format %s says nothing of itself, or cannot write", f.Name)
		}
	}
	if !slices.IsSorted(names) || !slices.Contains(names, "text") || !slices.Contains(names, "json") {
		t.Errorf("formats %v", names)
	}
	if _, err := FindFormat("yaml"); err == nil || !strings.Contains(err.Error(), strings.Join(names, ", ")) {
		t.Errorf("error %v does not list the formats", err)
	}
}

func TestWriteAll(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "reports", "out")
	paths, err := WriteAll(dir, sample(t))
	if err != nil {
		t.Fatal(err)
	}
	if paths[0] != filepath.Join(dir, "run.json") {
		t.Errorf("the first of %v is not run.json", paths)
	}
	for _, path := range paths {
		info, err := os.Stat(path)
		if err != nil || info.Size() == 0 {
			t.Errorf("%s: %v, %v", path, info, err)
		}
	}
	if len(list(t, dir)) != len(paths) {
		t.Errorf("%v written, %v there", paths, list(t, dir))
	}
}

// A format that fails takes neither the run nor the other formats with it.
func TestWriteAllWithABrokenFormat(t *testing.T) {
	before := registry
	t.Cleanup(func() { registry = before })
	broken := errors.New("no such template")
	registry = append(slices.Clone(before), Format{Name: "broken", File: "broken.txt", Write: func(w io.Writer, _ *Run, _ Style) error {
		_, _ = io.WriteString(w, "half")
		return broken
	}})
	dir := t.TempDir()
	_, err := WriteAll(dir, sample(t))
	if !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	var want []string
	for _, f := range before {
		if f.File != "" {
			want = append(want, f.File)
		}
	}
	slices.Sort(want)
	if !reflect.DeepEqual(list(t, dir), want) {
		t.Errorf("got %v, want %v", list(t, dir), want)
	}
}

func TestStyleForAFile(t *testing.T) {
	file, err := os.Create(filepath.Join(t.TempDir(), "report.txt"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close() //nolint:errcheck // nothing was written
	for _, w := range []io.Writer{file, &bytes.Buffer{}} {
		if got := StyleFor(w); got != (Style{Width: maxWidth}) {
			t.Errorf("got %+v", got)
		}
	}
}
