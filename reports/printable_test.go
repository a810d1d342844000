package reports

import "testing"

func TestPrintable(t *testing.T) {
	tests := map[string]string{
		"plain µ → text":      "plain µ → text",
		"two\nlines\r\n":      "two\nlines\n",
		"\x1b[31mred\x1b[0m":  "\uFFFD[31mred\uFFFD[0m",
		"a\tb":                "a b",
		"right\u202Eto left":  "right\uFFFDto left",
		"bell\a and null\x00": "bell\uFFFD and null\uFFFD",
	}
	for in, want := range tests {
		if got := printable(in); got != want {
			t.Errorf("printable(%q) = %q, want %q", in, got, want)
		}
	}
}
