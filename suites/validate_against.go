package suites

import (
	"bytes"
	"errors"
	"io"
	"path/filepath"

	"strings"
	"syscall"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// finishAgainst prints what differs between the new state, the first subject, and the old one, which were measured together. Its
// error has the exit code of the comparison: 1 where something is worse.
func (v *validation) finishAgainst(run *reports.Run, s *session, subjects []*subject, out io.Writer) error {
	before := v.validity(s, subjects[1])
	run.Card.Against = &before
	old := map[string]bool{}
	for _, t := range subjects[1].targets {
		old[t.ID()] = true
	}
	was, is, err := reports.SplitRun(run, func(t reports.Target) bool { return old[t.ID] || strings.HasPrefix(t.Config, oldMark) },
		func(id string) string { return strings.Replace(id, "/"+oldMark, "/", 1) })
	if err != nil {
		return stand.Unmeasurable{Doing: "compare", Err: err}
	}
	run.Stages = stages(v.progress.Done())
	_, unwritten := reports.WriteAll(v.options.Out, run)
	unwritten = errors.Join(unwritten, v.writeAgainst(was, is))
	code, err := reports.WriteAgainst(out, was, is, reports.StyleFor(out))
	switch {
	case run.Card.Unproven != "":
		return stand.Unmeasurable{Err: errors.New(run.Card.Unproven)}
	case unwritten != nil:
		return stand.Unmeasurable{Err: unwritten}
	case err != nil && !errors.Is(err, syscall.EPIPE):
		return stand.Unmeasurable{Doing: "print the comparison", Err: err}
	case code != 0:
		return verdictError{code}
	}
	return nil
}

// againstFile is the comparison for a pull request, beside run.json.
const againstFile = "against.md"

func (v *validation) writeAgainst(was, is *reports.Run) error {
	var text bytes.Buffer
	if err := reports.WriteAgainstMarkdown(&text, was, is); err != nil {
		return err
	}
	return writeFile(filepath.Join(v.options.Out, againstFile), text.Bytes())
}
