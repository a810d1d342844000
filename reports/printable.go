package reports

import (
	"encoding/json"
	"fmt"
	"reflect"
	"strconv"
	"strings"
)

// printable replaces what could steer a terminal or hide text: much of what is shown was written by a proxy.
// Line breaks stay.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || strconv.IsPrint(r):
			return r
		case r == '\t':
			return ' '
		case r == '\r':
			return -1
		}
		return '\uFFFD'
	}, s)
}

// printableRun returns a copy of run, all of whose texts are printable and, but for configurations, on one line.
func printableRun(run *Run) (*Run, error) {
	content, err := json.Marshal(run)
	if err != nil {
		return nil, fmt.Errorf("copy run: %w", err)
	}
	var clean Run
	if err := json.Unmarshal(content, &clean); err != nil {
		return nil, fmt.Errorf("copy run: %w", err)
	}
	cleanTexts(reflect.ValueOf(&clean))
	for i, t := range run.Targets { // lines of a file stay lines
		clean.Targets[i].ConfigText = printable(t.ConfigText)
	}
	if run.Card != nil {
		clean.Card.keepDiffs(run.Card)
	}
	return &clean, nil
}

func cleanTexts(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			cleanTexts(v.Elem())
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				cleanTexts(v.Field(i))
			}
		}
	case reflect.Slice:
		for i := range v.Len() {
			cleanTexts(v.Index(i))
		}
	case reflect.String:
		v.SetString(strings.ReplaceAll(printable(v.String()), "\n", " ")) // a line of its own may be a command to a CI system
	}
}
