package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
)

// maxRunBytes bounds what Load reads: a run of a hundred targets is about 20 MiB.
const maxRunBytes = 256 << 20

// Save puts run in order, summarises it, and writes it to path, whole or not at all. The folder must exist.
func Save(path string, run *Run) error {
	run.finish()
	return writeFile(path, func(w io.Writer) error { return encode(w, run) })
}

// Load reads a run.json. It refuses, in one line that names the file, what is no run of this schema: truncated, too
// large, unknown fields or verdicts, or anything after the run's end.
func Load(path string) (*Run, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read run: %w; `finwait run` writes one", err)
	}
	defer file.Close() //nolint:errcheck // only read
	return read(path, file, maxRunBytes)
}

func read(path string, from io.Reader, limit int64) (*Run, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	if int64(len(content)) > limit {
		return nil, fmt.Errorf("read run: %s is larger than %d MiB, so no run.json of finwait", path, limit>>20)
	}
	run, err := decode(content)
	if err != nil {
		return nil, fmt.Errorf("read run: %s: %w", path, err)
	}
	return run, nil
}

// decode asks for the schema first: a file of another schema is told from a broken one.
func decode(content []byte) (*Run, error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, errors.New("empty, expected a run.json of finwait")
	}
	var head struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, explain(err, content)
	}
	switch {
	case head.Schema == nil:
		return nil, fmt.Errorf("no schema, expected %q", Schema)
	case *head.Schema != Schema:
		return nil, fmt.Errorf("schema %q, this finwait reads %q", *head.Schema, Schema)
	}
	var run Run
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&run); err != nil {
		return nil, explain(err, content)
	}
	return &run, run.checkVerdicts()
}

func (r *Run) checkVerdicts() error {
	for _, result := range slices.Concat(r.Results, r.Control) {
		if !slices.Contains(Verdicts(), result.Verdict) {
			return fmt.Errorf("unknown verdict %q of %s on %s", result.Verdict, result.Check, result.Target)
		}
	}
	return nil
}

// explain says what is wrong with the JSON, with its line where that is known.
func explain(err error, content []byte) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(bytes.TrimRight(content, " \t\r\n"))):
		return fmt.Errorf("cut off after %d bytes, the run that wrote it did not finish", len(content))
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: not JSON: %w", line(content, syntax.Offset), err)
	case errors.As(err, &mismatch) && mismatch.Field == "":
		return fmt.Errorf("line %d: the JSON is of type %s, expected the object of a run.json", line(content, mismatch.Offset), mismatch.Value)
	case errors.As(err, &mismatch):
		return fmt.Errorf("line %d: %s is a %s, expected %s", line(content, mismatch.Offset), mismatch.Field, mismatch.Value, mismatch.Type)
	}
	return err // an unknown field: encoding/json names it
}

func line(content []byte, offset int64) int {
	return 1 + bytes.Count(content[:min(offset, int64(len(content)))], []byte("\n"))
}

// finish makes the run ready to be written: ordered, summarised, and lists that are empty are not null.
func (r *Run) finish() {
	r.Sort()
	r.Summarise()
	r.Schema = Schema
	r.Checks = orEmpty(r.Checks)
	r.Targets = orEmpty(r.Targets)
	r.Results = orEmpty(r.Results)
	r.Control = orEmpty(r.Control)
	r.Stages = orEmpty(r.Stages)
	for _, list := range [][]Result{r.Results, r.Control} {
		for i := range list {
			list[i].Evidence = orEmpty(list[i].Evidence)
		}
	}
}

func orEmpty[T any](list []T) []T {
	if list == nil {
		return []T{}
	}
	return list
}

func encode(w io.Writer, run *Run) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(run)
}

// writeFile gives path the content that write makes, whole or not at all: a temporary file beside it is
// written, flushed to the disk, and renamed.
func writeFile(path string, write func(io.Writer) error) (err error) {
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("write %s: %w", path, errors.Join(err, os.Remove(file.Name())))
		}
	}()
	if err := fill(file, write); err != nil {
		return err
	}
	return os.Rename(file.Name(), path)
}

// fill writes, flushes and closes file; it is closed also after an error.
func fill(file *os.File, write func(io.Writer) error) error {
	err := write(file)
	if err == nil {
		err = file.Chmod(0o644) // CreateTemp makes it private
	}
	if err == nil {
		err = file.Sync()
	}
	return errors.Join(err, file.Close())
}
