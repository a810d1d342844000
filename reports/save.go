package reports

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// maxRunBytes bounds what Load reads: a run of a hundred targets is about 20 MiB.
const maxRunBytes = 64 << 20

// Save puts run in order, summarises it, and writes it to path, whole or not at all. The folder must exist.
func Save(path string, run *Run) error {
	run.finish()
	return writeFile(path, func(w io.Writer) error { return encode(w, run) })
}

// Load reads a run.json. It refuses, in one line that names the file and says what to do, what is no run of this schema:
// no regular file, truncated, too large, unknown fields, anything after the run's end, or a run that contradicts itself.
func Load(path string) (*Run, error) {
	run, err := load(path)
	if err != nil {
		return nil, fmt.Errorf("read run: %w", err)
	}
	run.files = beside(path)
	return run, nil
}

// load looks before it opens: a pipe that nobody writes to would never be open, and a device never be read to its end.
func load(path string) (*Run, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, fmt.Errorf("%w; `finwait run` writes one", err)
	}
	if err := readable(path, info, maxRunBytes); err != nil {
		return nil, err
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, fmt.Errorf("%w; give a run.json that can be read", err)
	}
	defer file.Close() //nolint:errcheck // only read
	return read(path, file, maxRunBytes)
}

// readable reports what keeps a file from being read as a run, before anything of it is read.
func readable(path string, info fs.FileInfo, limit int64) error {
	switch {
	case info.IsDir():
		return fmt.Errorf("%s is a directory, give the run.json in it", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file: save what comes from it, and give that", path)
	case info.Size() > limit:
		return tooLarge(path, limit)
	}
	return nil
}

func tooLarge(path string, limit int64) error {
	return fmt.Errorf("%s is larger than %d MiB, so no run.json of finwait: give the file that `finwait run` wrote", path, limit>>20)
}

func read(path string, from io.Reader, limit int64) (*Run, error) {
	content, err := io.ReadAll(io.LimitReader(from, limit+1))
	if err != nil {
		return nil, err
	}
	if int64(len(content)) > limit {
		return nil, tooLarge(path, limit)
	}
	run, err := decode(content)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return run, nil
}

// changedByHand is what to do about a file that finwait does not write.
const changedByHand = "; it was changed by hand: take the file that finwait wrote, or measure again"

// decode asks for the schema first: a file of another schema is told from a broken one.
func decode(content []byte) (*Run, error) {
	if len(bytes.TrimSpace(content)) == 0 {
		return nil, errors.New("empty, expected a run.json of finwait; measure again with `finwait run`")
	}
	var head struct {
		Schema *string `json:"schema"`
	}
	if err := json.Unmarshal(content, &head); err != nil {
		return nil, explain(err, content)
	}
	switch {
	case head.Schema == nil:
		return nil, fmt.Errorf("no schema, expected %q: give a run.json of finwait", Schema)
	case *head.Schema != Schema:
		return nil, fmt.Errorf("schema %q, this finwait reads %q: use the finwait that wrote it, or measure again", *head.Schema, Schema)
	}
	var run Run
	decoder := json.NewDecoder(bytes.NewReader(content))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(&run); err != nil {
		return nil, explain(err, content)
	}
	if err := run.consistent(); err != nil {
		return nil, fmt.Errorf("%w%s", err, changedByHand)
	}
	return &run, nil
}

// explain says what is wrong with the JSON, with its line where that is known, and what to do.
func explain(err error, content []byte) error {
	var syntax *json.SyntaxError
	var mismatch *json.UnmarshalTypeError
	switch {
	case errors.As(err, &syntax) && syntax.Offset >= int64(len(bytes.TrimRight(content, " \t\r\n"))):
		return fmt.Errorf("cut off after %d bytes, it was not written or copied to its end; take a whole one, or measure again", len(content))
	case errors.As(err, &syntax):
		return fmt.Errorf("line %d: not JSON: %w; give a run.json of finwait", line(content, syntax.Offset), err)
	case errors.As(err, &mismatch) && mismatch.Field == "":
		return fmt.Errorf("line %d: the JSON is of type %s, expected the object of a run.json", line(content, mismatch.Offset), mismatch.Value)
	case errors.As(err, &mismatch):
		return fmt.Errorf("line %d: %s is a %s, expected %s%s", line(content, mismatch.Offset), mismatch.Field, mismatch.Value, mismatch.Type, changedByHand)
	}
	return fmt.Errorf("%w; a newer finwait wrote it, or it was changed by hand: use that finwait, or measure again", err) // an unknown field: encoding/json names it
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
	r.Card.finish()
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
// written, flushed to the disk, and renamed. What stands there already is only replaced where it is a file: a device
// would be gone for the whole machine.
func writeFile(path string, write func(io.Writer) error) (err error) {
	if err := writableFile(path); err != nil {
		return err
	}
	file, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("write %s: %w; give a folder that can be written", path, err)
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

// writableFile reports what keeps a file from being written, before anything else is changed.
func writableFile(path string) error {
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return fmt.Errorf("write %s: that is there and is no regular file, give the name of a file", path)
	}
	return nil
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
