package reports

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// ownMark is the file by which finwait knows a folder whose evidence it may remove again.
const ownMark = ".finwait"

// Foreign reports a folder that has what evidence would replace, and nothing that shows that finwait made it. A folder
// that is not there is fine.
func Foreign(dir string) error {
	there, err := evidenceIn(dir)
	if err != nil || len(there) == 0 {
		return err
	}
	for _, name := range []string{ownMark, runFile} {
		if _, err := os.Lstat(filepath.Join(dir, name)); err == nil {
			return nil
		}
	}
	return fmt.Errorf("--out %s has a folder %s that finwait would replace, and no %s: give another folder", dir, there[0], runFile)
}

// ClearEvidence removes from dir what the last run left there besides its reports, and marks dir as finwait's own. It
// fails where dir is foreign.
func ClearEvidence(dir string) error {
	if err := Foreign(dir); err != nil {
		return err
	}
	old, err := evidenceIn(dir)
	if err != nil {
		return err
	}
	err = os.WriteFile(filepath.Join(dir, ownMark), []byte("finwait replaces what is in this folder\n"), 0o644)
	for _, name := range old {
		err = errors.Join(err, os.RemoveAll(filepath.Join(dir, name)))
	}
	if err != nil {
		return fmt.Errorf("remove the last run's evidence: %w", err)
	}
	return nil
}
