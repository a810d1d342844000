package proxies

import (
	"strings"
	"testing"
)

func TestPatched(t *testing.T) {
	for _, test := range []struct {
		name, source string
		changes      []Change
		want         string
	}{
		{"nothing", "a\nb", nil, "a\nb"},
		{"several, from the end", "a\nb\nc\n", []Change{{Line: 3, Drop: 1, Text: "C\n"}, {Line: 1, Text: "0\n"}}, "0\na\nb\nC\n"},
		{"equal ones once", "a\n", []Change{{Line: 1, Text: "0\n"}, {Line: 1, Text: "0\n"}}, "0\na\n"},
		{"two at one place", "a\n", []Change{{Line: 1, Text: "1\n"}, {Line: 1, Text: "2\n"}, {Line: 1, Drop: 1, Text: "A\n"}}, "1\n2\nA\n"},
		{"several lines", "a\nb\nc\n", []Change{{Line: 1, Drop: 2, Text: "x\ny\nz\n"}, {Line: 3, Text: "w\n"}}, "x\ny\nz\nw\nc\n"},
		{"a line goes", "a\nb\nc\n", []Change{{Line: 2, Drop: 1}}, "a\nc\n"},
		{"no newline at the end", "a\nb", []Change{{Line: 2, Drop: 1, Text: "B\n"}}, "a\nB"},
		{"behind an end without newline", "a", []Change{{Line: 2, Text: "b\n"}}, "a\nb"},
		{"the end goes", "a\nb", []Change{{Line: 2, Drop: 1}}, "a"},
		{"CRLF", "a\r\nb", []Change{{Line: 2, Text: "x\r\n"}, {Line: 3, Text: "y\r\n"}}, "a\r\nx\r\nb\r\ny"},
		{"a block for two", "a x # it\nb\n", []Change{{Line: 1, Inside: true, Text: "\t1\n"}, {Line: 1, Inside: true, Text: "\t2\n"}}, "a x { # it\n\t1\n\t2\n}\nb\n"},
		{"a block for a line that changes", "  a x\n", []Change{{Line: 1, Inside: true, Text: "    1\n"}, {Line: 1, Drop: 1, Text: "  a y\n"}}, "  a y {\n    1\n  }\n"},
		{"one line at two places", "pass http://a/ t=9 end\n", []Change{{Line: 1, Drop: 1, Text: "pass http://a/ t=3 end\n"}, {Line: 1, Drop: 1, Text: "pass http://a/ t=9 end up\n"}},
			"pass http://a/ t=3 end up\n"},
		{"one line, two additions to one place", "{ p; }\n", []Change{{Line: 1, Drop: 1, Text: "{ a; p; }\n"}, {Line: 1, Drop: 1, Text: "{ b; p; }\n"}}, "{ a; b; p; }\n"},
		{"an empty file", "", []Change{{Line: 1, Text: "a\n"}}, "a\n"},
	} {
		if got, err := Patched([]byte(test.source), test.changes); err != nil || string(got) != test.want {
			t.Errorf("%s: %q, %v, want %q", test.name, got, err, test.want)
		}
	}
}

func TestPatchedRefuses(t *testing.T) {
	for _, test := range []struct {
		name    string
		changes []Change
		want    string
	}{
		{"overlapping lines", []Change{{Line: 1, Drop: 2, Text: "x\n"}, {Line: 2, Drop: 1, Text: "y\n"}}, "line 2"},
		{"one put into lines that go", []Change{{Line: 1, Drop: 2, Text: "x\n"}, {Line: 2, Text: "y\n"}}, "line 2"},
		{"one place of a line", []Change{{Line: 3, Drop: 1, Text: "cx\n"}, {Line: 3, Drop: 1, Text: "y\n"}}, "line 3"},
		{"a line that goes and stays", []Change{{Line: 3, Drop: 1}, {Line: 3, Drop: 1, Text: "y\n"}}, "line 3"},
		{"a block for no line", []Change{{Line: 3, Drop: 1}, {Line: 3, Inside: true, Text: "y\n"}}, "line 3"},
		{"behind the file", []Change{{Line: 5, Text: "x\n"}}, "no line 5"},
		{"beyond the file", []Change{{Line: 3, Drop: 2, Text: "x\n"}}, "no line 4"},
		{"before the file", []Change{{Line: 0, Text: "x\n"}}, "no line 0"},
	} {
		got, err := Patched([]byte("a\nb\ncd\n"), test.changes)
		if err == nil || !strings.Contains(err.Error(), test.want) || got != nil {
			t.Errorf("%s: %q, %v, want an error of %q", test.name, got, err, test.want)
		}
	}
}
