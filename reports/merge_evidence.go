package reports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
)

// EvidenceFolders are what a run, merged or not, leaves beside run.json, as patterns of names.
func EvidenceFolders() []string {
	return []string{"traces", "pcap", "logs", "repeat-[0-9][0-9]*", "control"}
}

// controlFolder is where the evidence of a shard's control lies in the merged run: every shard has a control of the same name.
func controlFolder(shard string) string { return path.Join("control", shard) }

func under(folder string, names []string) []string {
	moved := make([]string, len(names))
	for i, name := range names {
		moved[i] = path.Join(folder, name)
	}
	return moved
}

// copyEvidence copies what the results of shard name from beside its run.json into dir, the control's into its own
// folder, and returns the paths, as the merged run has them, of what is not there.
func copyEvidence(ctx context.Context, dir string, shard *Run) (missing map[string]bool, err error) {
	missing, copied := map[string]bool{}, map[string]bool{}
	one := func(from, to string) error {
		if copied[to] || missing[to] {
			return nil
		}
		if err := ctx.Err(); err != nil {
			return coded{ExitUnmeasurable, "interrupted, nothing was merged"}
		}
		err := copyEvidenceFile(filepath.Join(dir, filepath.FromSlash(to)), shard, from)
		switch {
		case errors.Is(err, fs.ErrNotExist):
			missing[to] = true
			return nil
		case err != nil:
			return fmt.Errorf("copy evidence %s of shard %s: %w", from, shard.ID, err)
		}
		copied[to] = true
		return nil
	}
	for _, r := range shard.Results {
		for _, name := range r.Evidence {
			if err := one(name, name); err != nil {
				return nil, err
			}
		}
	}
	for _, r := range shard.Control {
		for _, name := range r.Evidence {
			if err := one(name, path.Join(controlFolder(shard.ID), name)); err != nil {
				return nil, err
			}
		}
	}
	return missing, nil
}

// copyEvidenceFile copies a file of a shard's evidence to where none is yet.
func copyEvidenceFile(to string, shard *Run, name string) error {
	source, err := shard.openEvidence(name)
	if err != nil {
		return err
	}
	defer source.Close() //nolint:errcheck // only read
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return unwritten(err)
	}
	file, err := os.OpenFile(to, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if err != nil {
		return unwritten(err)
	}
	_, err = io.Copy(file, source)
	return errors.Join(err, file.Close())
}

// unwritten hides that err may be about a folder that does not exist: it is not the source.
func unwritten(err error) error { return errors.New(err.Error()) }

// without takes the paths that are missing out of the evidence of the results.
func without(results []Result, missing map[string]bool) {
	for i := range results {
		results[i].Evidence = slices.DeleteFunc(results[i].Evidence, func(name string) bool { return missing[name] })
	}
}

// replaceEvidence puts the evidence folders of fresh, a folder in dir, in the place of those of dir.
func replaceEvidence(dir, fresh string) error {
	if err := ClearEvidence(dir); err != nil {
		return err
	}
	found, err := evidenceIn(fresh)
	if err != nil {
		return err
	}
	for _, name := range found {
		if err := os.Rename(filepath.Join(fresh, name), filepath.Join(dir, name)); err != nil {
			return fmt.Errorf("write evidence: %w", err)
		}
	}
	return nil
}

// inEvidence reports whether name, a path beside run.json, lies in a folder of evidence.
func inEvidence(name string) bool {
	first, _, below := strings.Cut(name, "/")
	return below && slices.ContainsFunc(EvidenceFolders(), func(pattern string) bool {
		match, err := path.Match(pattern, first)
		return err == nil && match
	})
}

// evidenceIn names the evidence folders that dir has.
func evidenceIn(dir string) ([]string, error) {
	var names []string
	for _, pattern := range EvidenceFolders() {
		found, err := fs.Glob(os.DirFS(dir), pattern)
		if err != nil {
			return nil, fmt.Errorf("look for %s in %s: %w", pattern, dir, err)
		}
		names = append(names, found...)
	}
	return names, nil
}

// isEvidence reports whether file lies where the evidence of a run in dir does, or is that run itself.
func isEvidence(dir, file string) bool {
	dir, errDir := filepath.Abs(dir)
	file, errFile := filepath.Abs(file)
	rel, err := filepath.Rel(dir, file)
	if errDir != nil || errFile != nil || err != nil || !filepath.IsLocal(rel) {
		return false
	}
	first, _, below := strings.Cut(filepath.ToSlash(rel), "/")
	return !below || slices.ContainsFunc(EvidenceFolders(), func(pattern string) bool {
		matched, _ := path.Match(pattern, first)
		return matched
	})
}
