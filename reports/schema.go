package reports

import (
	"bytes"
	_ "embed"
)

//go:generate go test -run ^TestSchemaIsUpToDate$ . -update

//go:embed run.schema.json
var runSchema []byte

// JSONSchema returns the JSON Schema (draft 2020-12) of run.json. It is generated from the Go types and their
// comments by `go generate ./reports`.
func JSONSchema() []byte { return bytes.Clone(runSchema) }
