package reports

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/invopop/jsonschema"
	validator "github.com/santhosh-tekuri/jsonschema/v6"
)

// generateSchema makes the schema from the types of run.go, with their comments as descriptions.
func generateSchema(t *testing.T) []byte {
	t.Helper()
	reflector := jsonschema.Reflector{
		Mapper: func(typ reflect.Type) *jsonschema.Schema {
			if typ == reflect.TypeFor[Verdict]() {
				return &jsonschema.Schema{Type: "string", Enum: verdictNames()}
			}
			if typ == reflect.TypeFor[Decision]() {
				return &jsonschema.Schema{Type: "string", Enum: []any{"", string(Approve), string(Risk), string(Block)}}
			}
			return nil
		},
	}
	if err := reflector.AddGoComments("github.com/finwait/finwait/reports", "./"); err != nil {
		t.Fatal(err)
	}
	for name, comment := range reflector.CommentMap {
		reflector.CommentMap[name] = strings.Join(strings.Fields(comment), " ")
	}
	schema := reflector.Reflect(&Run{})
	schema.ID = jsonschema.ID("https://github.com/finwait/finwait/reports/run.schema.json")
	schema.Title = Schema
	field, _ := schema.Definitions["Run"].Properties.Get("schema")
	field.Const = Schema
	content, err := json.MarshalIndent(schema, "", "  ")
	if err != nil {
		t.Fatal(err)
	}
	return append(content, '\n')
}

func verdictNames() []any {
	var names []any
	for _, v := range Verdicts() {
		names = append(names, string(v))
	}
	return names
}

func TestSchemaIsUpToDate(t *testing.T) {
	want := generateSchema(t)
	if *update {
		if err := os.WriteFile("run.schema.json", want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	if !bytes.Equal(runSchema, want) {
		t.Error("run.schema.json is not that of the Go types: run `go generate ./reports`")
	}
}

func compileSchema(t *testing.T) *validator.Schema {
	t.Helper()
	content, err := validator.UnmarshalJSON(bytes.NewReader(runSchema))
	if err != nil {
		t.Fatal(err)
	}
	compiler := validator.NewCompiler()
	if err := compiler.AddResource("run.schema.json", content); err != nil {
		t.Fatal(err)
	}
	schema, err := compiler.Compile("run.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

func TestRunsValidate(t *testing.T) {
	schema := compileSchema(t)
	for name, run := range map[string]*Run{
		"empty": {}, "sample": sample(t), "card": signedOff(t), "approved": approved(t), "undecided": undecided(t), "an empty card": {Card: &Card{Unproven: "nothing was measured"}},
	} {
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "run.json")
			if err := Save(path, run); err != nil {
				t.Fatal(err)
			}
			content, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			value, err := validator.UnmarshalJSON(bytes.NewReader(content))
			if err != nil {
				t.Fatal(err)
			}
			if err := schema.Validate(value); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestSchemaRefuses(t *testing.T) {
	schema := compileSchema(t)
	for name, change := range map[string]func(map[string]any){
		"another schema":      func(run map[string]any) { run["schema"] = "finwait.run/v2" },
		"an unknown field":    func(run map[string]any) { run["extra"] = 1 },
		"a missing field":     func(run map[string]any) { delete(run, "results") },
		"no list":             func(run map[string]any) { run["results"] = nil },
		"an unknown verdict":  func(run map[string]any) { run["results"].([]any)[0].(map[string]any)["verdict"] = "skipped" },
		"an unknown decision": func(run map[string]any) { run["card"].(map[string]any)["decision"] = "MAYBE" },
		"a card of no route":  func(run map[string]any) { run["card"].(map[string]any)["routes"] = nil },
	} {
		t.Run(name, func(t *testing.T) {
			var text bytes.Buffer
			if err := encode(&text, signedOff(t)); err != nil {
				t.Fatal(err)
			}
			value, err := validator.UnmarshalJSON(&text)
			if err != nil {
				t.Fatal(err)
			}
			change(value.(map[string]any))
			if schema.Validate(value) == nil {
				t.Error("the schema accepts it")
			}
		})
	}
}
