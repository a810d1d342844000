package reports

import (
	_ "embed"
	"fmt"
	"io"
)

//go:generate go test -run ^TestSchemaIsUpToDate$ . -update

// runSchema is the JSON Schema (draft 2020-12) of run.json. It is generated from the Go types and their comments by
// `go generate ./reports`.
//
//go:embed run.schema.json
var runSchema []byte

// showSchema writes the schema to stdout, or whole to the file output.
func showSchema(stdout io.Writer, output string) error {
	write := func(w io.Writer) error {
		_, err := w.Write(runSchema)
		return err
	}
	if output == "" {
		return unlessUnread(write(stdout))
	}
	return writeFile(output, write)
}

func noRun(args []string) error {
	if len(args) > 0 {
		return fmt.Errorf("expected no run with --schema, got %q: finwait report --schema", args[0])
	}
	return nil
}
