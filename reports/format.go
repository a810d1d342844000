package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"golang.org/x/term"
)

// Format is one way to show a run. A new one is one file that calls register in its init, and its golden file.
type Format struct {
	Name  string // as --format takes it
	About string // what it is for, in a few words
	File  string // name beside run.json; empty: WriteAll leaves it out
	Write func(w io.Writer, run *Run, style Style) error
}

// Style is how a format for people looks. Formats for machines pass over it.
type Style struct {
	Width  int  // columns; 0: maxWidth. No line is longer, but for paths and commands on narrow terminals
	Colour bool // whether escape sequences for colour are allowed; nothing is said by colour alone
}

// maxWidth is the longest line of a text report, also on a wider terminal.
const maxWidth = 100

var registry []Format

func register(f Format) { registry = append(registry, f) }

// Formats returns all formats, ordered by name.
func Formats() []Format {
	formats := slices.Clone(registry)
	slices.SortFunc(formats, func(a, b Format) int { return cmp.Compare(a.Name, b.Name) })
	return formats
}

func formatNames() []string {
	names := make([]string, 0, len(registry))
	for _, f := range Formats() {
		names = append(names, f.Name)
	}
	return names
}

// FindFormat returns the format of that name; the error lists those there are.
func FindFormat(name string) (Format, error) {
	i := slices.IndexFunc(registry, func(f Format) bool { return f.Name == name })
	if i < 0 {
		return Format{}, fmt.Errorf("unknown format %q, expected one of %s", name, strings.Join(formatNames(), ", "))
	}
	return registry[i], nil
}

// StyleFor returns the style that suits w: colour and its width for a terminal, unless NO_COLOR is set
// (https://no-color.org) or the terminal is dumb; neither for anything else.
func StyleFor(w io.Writer) Style {
	fd, ok := terminal(w)
	if !ok {
		return Style{Width: maxWidth}
	}
	style := Style{Width: maxWidth, Colour: os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb"}
	if width, _, err := term.GetSize(fd); err == nil && width > 0 {
		style.Width = min(width, maxWidth)
	}
	return style
}

// terminal returns the descriptor of w if it is a terminal.
func terminal(w io.Writer) (int, bool) {
	file, ok := w.(*os.File)
	if !ok {
		return 0, false
	}
	fd := int(file.Fd())
	return fd, term.IsTerminal(fd)
}

// WriteAll makes dir, saves run as dir/run.json, and then renders every format that has a file beside it. run.json comes
// first, and a format that fails does not keep the others from being written. It returns the paths written.
func WriteAll(dir string, run *Run) ([]string, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("write reports: %w", err)
	}
	saved := filepath.Join(dir, runFile)
	if err := Save(saved, run); err != nil {
		return nil, err
	}
	run.files = beside(saved)
	paths := []string{saved}
	var failed error
	for _, f := range Formats() {
		if f.File == "" || f.File == runFile {
			continue
		}
		path := filepath.Join(dir, f.File)
		err := writeFile(path, func(w io.Writer) error { return f.Write(w, run, Style{Width: maxWidth}) })
		if err != nil {
			failed = errors.Join(failed, err)
			continue
		}
		paths = append(paths, path)
	}
	return paths, failed
}

// Written says in two lines which files [WriteAll] wrote, the page for the browser in the last one.
func Written(paths []string) string {
	text := "written: " + strings.Join(paths, " ") + "\n"
	if i := slices.IndexFunc(paths, func(path string) bool { return filepath.Ext(path) == ".html" }); i >= 0 {
		text += "look at: " + paths[i] + "\n"
	}
	return text
}
