package reports

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

// maxEvidence bounds what is read of one file of evidence: the traces of one scenario are about 50 KiB.
const maxEvidence = 16 << 20

// ErrNoEvidence says that the run is without the files that lay beside it.
var ErrNoEvidence = errors.New("the evidence is not beside run.json")

// beside is where the evidence of the run at path lies; nil: it cannot be opened. No link leads out of it.
func beside(path string) fs.FS {
	root, err := os.OpenRoot(filepath.Dir(path))
	if err != nil {
		return nil
	}
	return root.FS()
}

// openEvidence opens a regular file beside run.json: anything else, a pipe for instance, may never be open. A name that
// leads elsewhere is invalid. The error is fs.ErrNotExist also where the run came without its folder.
func (r *Run) openEvidence(name string) (fs.File, error) {
	if r.files == nil {
		return nil, fs.ErrNotExist
	}
	info, err := fs.Stat(r.files, name)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, fmt.Errorf("%s is no regular file", name)
	}
	return r.files.Open(name)
}

// readEvidence reads a file beside run.json. Name is one of a result's evidence.
func (r *Run) readEvidence(name string) ([]byte, error) {
	file, err := r.openEvidence(name)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ErrNoEvidence
	case err != nil:
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	defer file.Close() //nolint:errcheck // only read
	content, err := io.ReadAll(io.LimitReader(file, maxEvidence+1))
	if err != nil {
		return nil, fmt.Errorf("read evidence: %w", err)
	}
	if len(content) > maxEvidence {
		return nil, fmt.Errorf("read evidence: %s is larger than %d MiB", name, maxEvidence>>20)
	}
	return content, nil
}

// traceFile is the evidence that holds the traces of result's scenario; empty: there is none.
func traceFile(result Result) string {
	i := slices.IndexFunc(result.Evidence, func(name string) bool {
		return path.Ext(name) == ".json" && strings.Contains("/"+name, "/traces/")
	})
	if i < 0 {
		return ""
	}
	return result.Evidence[i]
}

// Traces returns the traces that were kept of result's scenario on its target: the worst ones, and a typical one last.
// Without a scenario there are none. The error is [ErrNoEvidence] where run.json came alone.
func (r *Run) Traces(result Result) ([]trace.Trace, error) {
	file := traceFile(result)
	if file == "" {
		return nil, nil
	}
	content, err := r.readEvidence(file)
	if err != nil {
		return nil, err
	}
	var traces []trace.Trace
	if err := json.Unmarshal(content, &traces); err != nil {
		return nil, fmt.Errorf("read evidence: %s: %w", file, err)
	}
	return traces, nil
}

// ControlOf is what the control showed in the check and scenario of result, over TLS where its target is, and whether
// there is such a result. In a merged run it is the control of the same shard.
func (r *Run) ControlOf(target Target, result Result) (Result, bool) {
	id := "direct"
	if target.TLS {
		id = "direct+tls"
	}
	i := slices.IndexFunc(r.Control, func(c Result) bool {
		return c.Target == id && c.Shard == target.Shard && c.Check == result.Check && c.Scenario == result.Scenario
	})
	if i < 0 {
		return Result{}, false
	}
	return r.Control[i], true
}

// Target returns the target of that id, and whether it is in the run.
func (r *Run) Target(id string) (Target, bool) {
	i := slices.IndexFunc(r.Targets, func(t Target) bool { return t.ID == id })
	if i < 0 {
		return Target{}, false
	}
	return r.Targets[i], true
}
