package suites

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/finwait/finwait/fixtures/stand"
)

// patchEnding is what the name of the diff has behind that of the folder of --fix.
const patchEnding = ".patch"

// fixable finds out before anything is measured that --fix can be written: nothing there is overwritten.
func (v *validation) fixable() error {
	if v.fix == "" {
		return nil
	}
	entries, err := os.ReadDir(v.fix)
	switch {
	case errors.Is(err, fs.ErrNotExist):
	case err != nil:
		return fmt.Errorf("--fix %s: %w", v.fix, err)
	case len(entries) > 0:
		return fmt.Errorf("--fix %s is not empty: give a folder that is not there yet", v.fix)
	}
	if _, err := os.Lstat(filepath.Clean(v.fix) + patchEnding); err == nil {
		return fmt.Errorf("--fix: %s%s is there already: move it away, or give another folder", filepath.Clean(v.fix), patchEnding)
	}
	return nil
}

// writeFix writes the copy of the configuration with the cures that are proven, and the diff beside it.
func (v *validation) writeFix(u *subject) error {
	if v.fix == "" {
		return nil
	}
	if len(u.patch) == 0 {
		v.progress.Say("--fix: no cure is proven to help, so there is nothing to write")
		return nil
	}
	written := map[string]bool{}
	for _, f := range u.tree.Files() {
		if f.Made || f.Link != "" {
			continue
		}
		content := f.Content
		if patched, ok := u.patch[f.Name]; ok {
			content = patched
		}
		if err := u.writeCopy(v.fix, f.Name, content, written); err != nil {
			return stand.Unmeasurable{Doing: "write --fix", Err: err}
		}
	}
	name := filepath.Clean(v.fix) + patchEnding
	if err := writeFile(name, []byte(u.diff(u.patch, u.relative))); err != nil {
		return stand.Unmeasurable{Doing: "write --fix", Err: err}
	}
	v.progress.Say("--fix: the patched copy is in %s; 'patch -p1 <%s' does the same in %s", v.fix, name, u.base())
	return nil
}

// writeCopy writes a file of the tree below folder. What the user has as a link is one there too. A file that is reached by
// several names is written once; the patched name wins.
func (u *subject) writeCopy(folder, name string, content []byte, written map[string]bool) error {
	real := u.relative(name)
	_, patched := u.patch[name]
	if patched || !written[real] {
		if err := writeFile(filepath.Join(folder, real), content); err != nil {
			return err
		}
		written[real] = true
	}
	link := filepath.Join(folder, filepath.FromSlash(name))
	if real == filepath.FromSlash(name) || !u.linked(name) {
		return nil
	}
	to, err := filepath.Rel(filepath.Dir(link), filepath.Join(folder, real))
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(link), 0o755); err != nil {
		return err
	}
	return os.Symlink(to, link)
}

// linked reports whether a name of the tree is a link in the user's folder.
func (u *subject) linked(name string) bool {
	info, err := os.Lstat(filepath.Join(u.base(), filepath.FromSlash(name)))
	return err == nil && info.Mode()&fs.ModeSymlink != 0
}

// base is the folder of the user's configuration.
func (u *subject) base() string {
	if info, err := os.Stat(u.tree.Given); err == nil && info.IsDir() {
		return u.tree.Given
	}
	return filepath.Dir(u.tree.Given)
}

// relative is where a file of the tree really is, below base; links are followed.
func (u *subject) relative(name string) string {
	if rel, err := filepath.Rel(u.base(), u.tree.Shown(name)); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return filepath.FromSlash(name)
}
