package proxies

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
)

// document is a YAML file whose values know their places. A path in it looks like "versions[0].name".
type document struct {
	places map[string]place
	faults []fault
}

// fault is something wrong at a place.
type fault struct {
	place place
	text  string
}

// decode reads source into the struct or slice that into points at. Every key must be a field of it, every value of
// the field's type. The error is a fault's text, with its place.
func decode(source []byte, into any) (*document, place, error) {
	file, err := parser.ParseBytes(source, 0)
	if err != nil {
		p, err := syntax(err)
		return nil, p, err
	}
	if len(file.Docs) != 1 || file.Docs[0].Body == nil {
		return nil, place{1, 1}, errors.New("the file is empty or more than one document; expected one YAML document")
	}
	d := &document{places: map[string]place{}}
	d.compare(file.Docs[0].Body, reflect.TypeOf(into).Elem(), "")
	if p, err := d.first(); err != nil {
		return nil, p, err
	}
	if err := yaml.NodeToValue(file.Docs[0].Body, into); err != nil {
		p, err := syntax(err)
		return nil, p, err
	}
	return d, place{}, nil
}

// syntax takes the library's error, several lines with a drawing of the source, apart.
func syntax(err error) (place, error) {
	var y yaml.Error
	if errors.As(err, &y) && y.GetToken() != nil {
		p := y.GetToken().Position
		return place{p.Line, p.Column}, fmt.Errorf("%s; expected YAML", y.GetMessage())
	}
	return place{1, 1}, fmt.Errorf("%w; expected YAML", err)
}

// compare notes the places of node and everything below it, and where their types are not those of t.
func (d *document) compare(node ast.Node, t reflect.Type, path string) {
	if t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	d.places[path] = placeOf(node)
	if !fits(node, t) {
		d.fault(path, "%s is %s; expected %s", named(path), kindOf(node), wanted(t))
		return
	}
	switch n := node.(type) {
	case *ast.MappingNode:
		for _, value := range n.Values {
			d.compareKey(value, t, path)
		}
	case *ast.SequenceNode:
		for i, value := range n.Values {
			d.compare(value, t.Elem(), fmt.Sprintf("%s[%d]", path, i))
		}
	}
}

func (d *document) compareKey(entry *ast.MappingValueNode, t reflect.Type, path string) {
	key := entry.Key.GetToken().Value
	for i := range t.NumField() {
		if k := keyOf(t.Field(i)); k == key && k != "" {
			d.compare(entry.Value, t.Field(i).Type, strings.TrimPrefix(path+"."+key, "."))
			return
		}
	}
	p := entry.Key.GetToken().Position
	d.faults = append(d.faults, fault{place{p.Line, p.Column},
		fmt.Sprintf("unknown key %q; expected one of %s", key, strings.Join(keys(t), ", "))})
}

// fault notes something wrong with the value at path or, if there is none, with what it is missing from.
func (d *document) fault(path, format string, args ...any) {
	d.faults = append(d.faults, fault{d.place(path), fmt.Sprintf(format, args...)})
}

// has says whether the file has a value at path.
func (d *document) has(path string) bool {
	_, ok := d.places[path]
	return ok
}

func (d *document) place(path string) place {
	for {
		if p, ok := d.places[path]; ok {
			return p
		}
		path = path[:max(strings.LastIndexAny(path, ".["), 0)]
	}
}

// first returns the fault that comes first in the file.
func (d *document) first() (place, error) {
	if len(d.faults) == 0 {
		return place{}, nil
	}
	f := slices.MinFunc(d.faults, func(a, b fault) int {
		if a.place.line != b.place.line {
			return a.place.line - b.place.line
		}
		return a.place.column - b.place.column
	})
	return f.place, errors.New(f.text)
}

// placeOf is where a value begins. The token of a block mapping is its first colon, that of its first key is meant.
func placeOf(node ast.Node) place {
	token := node.GetToken()
	if m, ok := node.(*ast.MappingNode); ok && !m.IsFlowStyle && len(m.Values) > 0 {
		token = m.Values[0].Key.GetToken()
	}
	return place{token.Position.Line, token.Position.Column}
}

func fits(node ast.Node, t reflect.Type) bool {
	switch node.(type) {
	case *ast.MappingNode:
		return t.Kind() == reflect.Struct
	case *ast.SequenceNode:
		return t.Kind() == reflect.Slice
	case *ast.StringNode, *ast.LiteralNode:
		return t.Kind() == reflect.String
	case *ast.IntegerNode:
		return t.Kind() == reflect.Int
	case *ast.BoolNode:
		return t.Kind() == reflect.Bool
	}
	return false
}

func kindOf(node ast.Node) string {
	switch n := node.(type) {
	case *ast.MappingNode:
		return "a mapping"
	case *ast.SequenceNode:
		return "a list"
	case *ast.StringNode, *ast.LiteralNode:
		return "text"
	case *ast.IntegerNode, *ast.FloatNode:
		return "the number " + n.GetToken().Value
	case *ast.BoolNode:
		return n.GetToken().Value
	case *ast.NullNode:
		return "empty"
	}
	return "a YAML " + strings.ToLower(node.Type().String())
}

func wanted(t reflect.Type) string {
	switch t.Kind() {
	case reflect.Struct:
		return "a mapping with the keys " + strings.Join(keys(t), ", ")
	case reflect.Slice:
		return "a list"
	case reflect.Int:
		return "a whole number"
	case reflect.Bool:
		return "true or false"
	default:
		return "text (a number as text stands in quotes)"
	}
}

func named(path string) string {
	if path == "" {
		return "the file"
	}
	return path
}

func keys(t reflect.Type) []string {
	var all []string
	for i := range t.NumField() {
		if key := keyOf(t.Field(i)); key != "" {
			all = append(all, key)
		}
	}
	return all
}

// keyOf is the key of a field, or nothing for one that is not in the file.
func keyOf(field reflect.StructField) string {
	return strings.TrimPrefix(field.Tag.Get("yaml"), "-")
}
