package proxies

import (
	"slices"
	"testing"
)

func TestParseHeader(t *testing.T) {
	tests := []struct {
		name, source string
		want         Configuration
	}{
		{"a sentence", "# The plain way.\nport 80\n", Configuration{Title: "The plain way."}},
		{"only a header", "# The plain way.", Configuration{Title: "The plain way."}},
		{"the first paragraph over two lines", "# The plain\n#  way.\n#\n# More on it.\n", Configuration{Title: "The plain way."}},
		{"slashes", "// The plain way.\n// finwait: tls yes\n", Configuration{Title: "The plain way.", TLS: true}},
		{"semicolons", ";; The plain way.\n;finwait: varies base\n", Configuration{Title: "The plain way.", Varies: "base"}},
		{"line ends of DOS", "# The plain way.\r\n# finwait: tls yes\r\nport 80\r\n", Configuration{Title: "The plain way.", TLS: true}},
		{"a key ends the paragraph", "# The plain way.\n# finwait: tls yes\n# More.\n", Configuration{Title: "The plain way.", TLS: true}},
		{"keys first", "# finwait: tls yes\n# The plain way.\n", Configuration{Title: "The plain way.", TLS: true}},
		{"prose that looks like keys", "# The plain way.\n# varies: a lot\n# note: tls yes\n", Configuration{
			Title: "The plain way. varies: a lot note: tls yes"}},
		{"comments further down", "# The plain way.\n\n# finwait: tls yes\n", Configuration{Title: "The plain way."}},
		{"all keys", "# Fast.\n# finwait: varies base\n# finwait: changes speed  2;\n# finwait: changes turbo\n# finwait: needs >=2.4.47\nspeed  2; turbo\n",
			Configuration{Title: "Fast.", Varies: "base", Changes: []string{"speed  2;", "turbo"}, Needs: ">=2.4.47"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			h, _, err := parseHeader([]byte(test.source))
			if err != nil {
				t.Fatal(err)
			}
			got, want := *h.configuration, test.want
			if got.Title != want.Title || got.Varies != want.Varies || got.Needs != want.Needs || got.TLS != want.TLS ||
				!slices.Equal(got.Changes, want.Changes) {
				t.Errorf("header is %+v, want %+v", got, want)
			}
		})
	}
}

func TestParseHeaderErrors(t *testing.T) {
	tests := []struct {
		name, source string
		at           place
		want         string
	}{
		{"empty", "", place{1, 1}, "no title; expected a comment block that begins with a sentence on what this file is"},
		{"keys alone", "# finwait: tls yes\n", place{1, 1}, "no title; expected a comment block that begins with a sentence on what this file is"},
		{"misspelt key", "# A.\n#  finwait: varys base\n", place{2, 4}, `unknown key "varys"; expected varies, changes, needs or tls`},
		{"colon behind the key", "# A.\n# finwait: varies: base\n", place{2, 3}, `unknown key "varies:"; expected varies, changes, needs or tls`},
		{"no value", "# A.\n# finwait: varies\n", place{2, 3}, "varies is empty; expected the name of a configuration"},
		{"varies twice", "# A.\n# finwait: varies a\n# finwait: varies b\n", place{3, 3}, "varies is given twice; expected it once"},
		{"tls no", "# A.\n# finwait: tls no\n", place{2, 3}, `tls is "no"; expected yes, or no such line`},
		{"bad range", "# A.\n# finwait: needs new\n", place{2, 3}, `needs "new" is no version range; expected one like ">=2.4.47"`},
		{"changes what it is not said of", "# A.\n# finwait: changes b\nb\n", place{2, 3}, `changes without varies; expected a line "finwait: varies NAME" too`},
		{"changes in the header alone", "# A b.\n# finwait: varies a\n# finwait: changes b\nc\n", place{3, 3},
			`changes "b" does not occur below; expected text of this file, letter by letter`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, at, err := parseHeader([]byte(test.source))
			if err == nil || err.Error() != test.want || at != test.at {
				t.Errorf("error is %v: %v\nwant %v: %s", at, err, test.at, test.want)
			}
		})
	}
}
