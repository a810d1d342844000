package proxies

import (
	"regexp"
	"slices"
	"testing"
)

func TestLoadBlocks(t *testing.T) {
	const at = "proxies/squid/proxy.yaml:"
	for _, test := range []struct{ name, blocks, want string }{
		{"neither way", "{}", at + `7:9: blocks needs one of two ways; expected opens and closes, or begins`},
		{"both ways", "{opens: a, closes: b, begins: c}", at + `7:9: blocks needs one of two ways; expected opens and closes, or begins`},
		{"half a way", "{opens: a}", at + `7:9: blocks needs one of two ways; expected opens and closes, or begins`},
		{"inherits alone", "{opens: a, closes: b, inherits: c}", at + `7:41: blocks.inherits without sections; expected begins too`},
		{"bad regexp", "{begins: '('}", at + `7:18: blocks.begins: missing closing ): ` + "`(`" + `; expected a regular expression of Go's syntax`},
		{"unknown key", "{start: a}", at + `7:10: unknown key "start"; expected one of opens, closes, begins, inherits`},
		{"nested", `{opens: '\{', closes: '\}'}`, ""},
		{"sections", `{begins: '^\w', inherits: '^defaults'}`, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			proxies, err := Load(squid(t, "proxy.yaml", "listen:", "blocks: "+test.blocks+"\nlisten:"))
			switch {
			case test.want != "" && (err == nil || err.Error() != test.want):
				t.Errorf("error is\n\t%v\nwant\n\t%s", err, test.want)
			case test.want == "" && (err != nil || proxies[0].Blocks == nil):
				t.Errorf("%v", err)
			}
		})
	}
}

func TestBlocks(t *testing.T) {
	braces := &Blocks{Opens: regexp.MustCompile(`\{`), Closes: regexp.MustCompile(`\}`)}
	for _, test := range []struct {
		name   string
		kinds  *Blocks
		source string
		want   []block
	}{
		{"nested", braces, "a {\nb {\n}\n}\n", []block{{1, 1, 4, 4}, {2, 2, 3, 3}}},
		{"one behind the other", braces, "a {\n} b {\n}\n", []block{{1, 1, 2, 2}, {2, 2, 3, 3}}},
		{"in one line", braces, "a { b { } }\n", nil},
		{"a brace of its own", braces, "a\n\n {\n}\n", []block{{1, 3, 4, 4}}},
		{"a brace at the beginning", braces, "{\n}\n", []block{{1, 1, 2, 2}}},
		{"in a comment", braces, "# {\na {\n# }\n}\n", []block{{2, 2, 4, 4}}},
		{"not closed", braces, "a {\nb", []block{{1, 1, 2, 3}}},
		{"closed too often", braces, "}\na {\n}\n", []block{{2, 2, 3, 3}}},
		{"sections", &Blocks{Begins: regexp.MustCompile(`^\w`)}, "# x\na\n b\n\nc\n d\n", []block{{2, 2, 4, 5}, {5, 5, 6, 7}}},
		{"not known", nil, "a {\n}\n", nil},
	} {
		target := Target{Proxy: &Proxy{Blocks: test.kinds}, Configuration: &Configuration{Source: []byte(test.source)}}
		if got := target.layout().blocks; !slices.Equal(got, test.want) {
			t.Errorf("%s: %v, want %v", test.name, got, test.want)
		}
	}
}

// What stands for another site does not explain a finding on this one.
func TestLinesOfASite(t *testing.T) {
	target := own(vhosts, Span{13, 13}, Span{7, 14})
	target.Proxy.Route = regexp.MustCompile(`(?m)^\s*ProxyPass`)
	for _, test := range []struct {
		name, pattern string
		want          int
	}{
		{"in its block", `^\s*ProxyTimeout 9`, 12},
		{"not in another block of its block", `^\s*ProxyTimeout`, 12},
		{"around its block", `^Listen`, 1},
		{"of another site: the route", `^\s*SetEnv`, 13},
		{"nowhere: the route", `^\s*Nothing`, 13},
		{"none: the route", ``, 13},
	} {
		if got := (KnownFailure{Directive: test.pattern}).LineOf(target); got != test.want {
			t.Errorf("%s: line %d, want %d", test.name, got, test.want)
		}
	}
	target.Proxy.Causes = []Cause{{Check: "a/b", Cause: "another site's", Directive: "SetEnv"}, {Check: "a/b", Cause: "its own", Directive: "ProxyTimeout 9"}}
	if cause, line := target.CauseOf("a/b"); cause == nil || cause.Cause != "its own" || line != 12 {
		t.Errorf("%+v in line %d", cause, line)
	}
	target.Proxy.Blocks = &Blocks{Begins: regexp.MustCompile(`^<V`)}
	if _, line := target.CauseOf("a/b"); line != 16 {
		t.Errorf("line %d of sections, where the whole file counts in the end", line)
	}
}
