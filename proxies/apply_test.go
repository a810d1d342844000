package proxies

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

// own is a target of a user's own configuration, written in Apache's way, whose route and block are on these lines.
func own(source string, route, block Span, edits ...Edit) Target {
	return Target{
		Proxy: &Proxy{
			Name:   "apache",
			Blocks: &Blocks{Opens: regexp.MustCompile(`^\s*<[A-Z]`), Closes: regexp.MustCompile(`^\s*</`)},
			Causes: []Cause{{Check: "other", Apply: []Edit{{Put: "before", Text: "other"}}}, {Check: "a/b", Apply: edits}},
		},
		Reported:      "2.4.69",
		Configuration: &Configuration{Source: []byte(source), Site: &Site{Route: route, Block: block, Address: "127.0.0.1:443"}},
	}
}

const vhosts = `Listen 443
ProxyTimeout 1
<VirtualHost *:80>
	ProxyTimeout 5
	ProxyPass /other ws://other:1/
</VirtualHost>
<VirtualHost *:443>
	# ProxyTimeout 7
	<Location /api>
		ProxyTimeout 8
	</Location>
	ProxyTimeout 9
	ProxyPass /chat ws://app:2/
</VirtualHost>
<VirtualHost *:444>
	SetEnv y 1
</VirtualHost>
`

// change is vhosts with a text in the place of another, which stands there once.
func change(t *testing.T, old, text string) string {
	t.Helper()
	if strings.Count(vhosts, old) != 1 {
		t.Fatalf("%q is there %d times", old, strings.Count(vhosts, old))
	}
	return strings.Replace(vhosts, old, text, 1)
}

func TestRemedies(t *testing.T) {
	const chat = "\tProxyPass /chat ws://app:2/\n"
	for _, test := range []struct {
		name  string
		edits []Edit
		want  string // empty: there is no remedy
		line  int
		says  string
	}{
		{"before the route", []Edit{{Put: "before", Text: "SetEnv x 1\n\nSetEnv y  2"}},
			change(t, chat, "\tSetEnv x 1\n\n\tSetEnv y  2\n"+chat), 13, "SetEnv x 1, SetEnv y 2"},
		{"behind it", []Edit{{Put: "after", Text: "SetEnv x 1\n"}}, change(t, chat, chat+"\tSetEnv x 1\n"), 14, "SetEnv x 1"},
		{"in its place", []Edit{{Put: "instead", Text: "X"}}, change(t, chat, "\tX\n"), 13, "X"},
		{"a level more", []Edit{{Put: "before", Text: "<X>\n\tY\n</X>"}}, change(t, chat, "\t<X>\n\t\tY\n\t</X>\n"+chat), 13, "<X> Y </X>"},
		{"in place of a line, with its group", []Edit{{At: `^\s*(ProxyPass .*)$`, Put: "instead", Text: "${1} $timeout=3"}},
			change(t, chat, "\tProxyPass /chat ws://app:2/ $timeout=3\n"), 13, "ProxyPass /chat ws://app:2/ $timeout=3"},
		{"the nearest line", []Edit{{At: `^\s*ProxyTimeout`, Put: "instead", Text: "ProxyTimeout 3"}},
			change(t, "ProxyTimeout 9", "ProxyTimeout 3"), 12, "ProxyTimeout 3"},
		{"a line goes", []Edit{{At: "ProxyTimeout 9", Put: "instead"}}, change(t, "\tProxyTimeout 9\n", ""), 12, "without ProxyTimeout 9"},
		{"one outside of all blocks", []Edit{{At: "^Listen", Put: "after", Text: "X"}}, change(t, "Listen 443\n", "Listen 443\nX\n"), 2, "X"},
		{"inside the block around it", []Edit{{At: "<VirtualHost", Put: "inside", Text: "X"}}, change(t, ":443>\n", ":443>\n\tX\n"), 8, "X"},
		{"behind a block", []Edit{{At: "<VirtualHost", Put: "after", Text: "X"}},
			change(t, chat+"</VirtualHost>\n", chat+"</VirtualHost>\nX\n"), 15, "X"},
		{"every line", []Edit{{At: `^\s*ProxyTimeout`, Within: "file", Every: true, Put: "instead", Text: "T"}},
			regexp.MustCompile(`\n(\s*)ProxyTimeout \d`).ReplaceAllString(vhosts, "\n${1}T"), 2, "T, T, T, T"},
		{"the port of the clients", []Edit{{At: `^Listen {port}$`, Put: "instead", Text: "X"}}, change(t, "Listen 443", "X"), 1, "X"},

		{"no line of another site", []Edit{{At: "SetEnv", Put: "instead", Text: "X"}}, "", 0, ""},
		{"no comment", []Edit{{At: "ProxyTimeout 7", Put: "instead", Text: "X"}}, "", 0, ""},
		{"not beyond the block", []Edit{{At: "^Listen", Within: "block", Put: "after", Text: "X"}}, "", 0, ""},
		{"not beyond the route", []Edit{{At: "ProxyTimeout", Within: "route", Put: "after", Text: "X"}}, "", 0, ""},
		{"anywhere in the file", []Edit{{At: "SetEnv", Within: "file", Put: "instead", Text: "X"}}, change(t, "SetEnv y 1", "X"), 16, "X"},
		{"one without a place", []Edit{{Put: "before", Text: "X"}, {At: "Nothing", Put: "before", Text: "Y"}}, "", 0, ""},

		{"needless by a line", []Edit{{Unless: "ProxyTimeout 9", Put: "before", Text: "ProxyTimeout 3"}}, "", 0, ""},
		{"needless by one around it", []Edit{{Unless: "^Listen", Put: "before", Text: "X"}}, "", 0, ""},
		{"not by one of another site", []Edit{{Unless: "SetEnv y", Put: "before", Text: "X"}}, change(t, chat, "\tX\n"+chat), 13, "X"},
		{"not by one further out", []Edit{{Within: "block", Unless: "^Listen", Put: "before", Text: "X"}}, change(t, chat, "\tX\n"+chat), 13, "X"},
		{"there already", []Edit{{Put: "before", Text: "ProxyTimeout  9"}}, "", 0, ""},
		{"there already, in another block", []Edit{{Put: "before", Text: "ProxyTimeout 8"}}, change(t, chat, "\tProxyTimeout 8\n"+chat), 13, "ProxyTimeout 8"},
		{"the same again", []Edit{{At: `^\s*ProxyTimeout (9)`, Put: "instead", Text: "ProxyTimeout  ${1}"}}, "", 0, ""},

		{"else is not needed", []Edit{{At: "ProxyTimeout 9", Put: "after", Text: "X"}, {Else: true, Put: "before", Text: "Y"}, {Else: true, Put: "before", Text: "Z"}},
			change(t, "ProxyTimeout 9\n", "ProxyTimeout 9\n\tX\n"), 13, "X"},
		{"else is not needed where the first one is needless", []Edit{{At: "Proxy", Unless: "Proxy", Put: "after", Text: "X"}, {Else: true, Put: "before", Text: "Y"}}, "", 0, ""},
		{"the second else", []Edit{{At: "No", Put: "after", Text: "X"}, {Else: true, At: "No", Put: "before", Text: "Y"}, {Else: true, Put: "before", Text: "Z"}},
			change(t, chat, "\tZ\n"+chat), 13, "Z"},
		{"then", []Edit{{At: "No", Put: "after", Text: "X"}, {Else: true, Put: "after", Text: "Y"}, {Then: true, At: "^Listen", Put: "before", Text: "Z"}},
			strings.Replace(change(t, chat, chat+"\tY\n"), "Listen", "Z\nListen", 1), 14, "Y, Z"},
		{"then without a change", []Edit{{Unless: "Listen", Put: "after", Text: "X"}, {Then: true, At: "^Listen", Put: "before", Text: "Z"}}, "", 0, ""},
		{"no edits", nil, "", 0, ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := own(vhosts, Span{13, 13}, Span{7, 14}, test.edits...)
			remedies := target.Remedies("a/b")
			if test.want == "" {
				if len(remedies) > 0 {
					t.Fatalf("%+v, want none", remedies)
				}
				return
			}
			if len(remedies) != 1 {
				t.Fatalf("%d remedies, want one", len(remedies))
			}
			r := remedies[0]
			got, err := Patched(target.Configuration.Source, r.Changes)
			if err != nil || string(got) != test.want || r.Line != test.line || r.Directive != test.says || r.Cause != &target.Proxy.Causes[1] {
				t.Errorf("line %d, %q, %v\n%s", r.Line, r.Directive, err, Diff("own", []byte(test.want), got))
			}
		})
	}
}

func TestRemediesOfCauses(t *testing.T) {
	edit := []Edit{{Put: "before", Text: "X"}}
	target := own(vhosts, Span{13, 13}, Span{7, 14})
	target.Proxy.Causes = []Cause{
		{Check: "a/b", Cause: "another version", Apply: edit, Versions: ">=2.5"},
		{Check: "a/b", Cause: "its line is another site's", Apply: edit, Directive: "SetEnv"},
		{Check: "a/b", Cause: "its line is there", Apply: edit, Directive: "ProxyTimeout 9"},
		{Check: "a/b", Cause: "takes a person"},
		{Check: "a/b", Cause: "has no line", Apply: edit, Versions: ">=2.4.52"},
	}
	var got []string
	for _, r := range target.Remedies("a/b") {
		got = append(got, r.Cause.Cause)
	}
	if want := []string{"its line is there", "has no line"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

// A line that holds its whole block is added to; a block that is opened in a line of its own belongs to the line before.
func TestRemediesInBraces(t *testing.T) {
	braces := &Blocks{Opens: regexp.MustCompile(`\{`), Closes: regexp.MustCompile(`\}`)}
	for _, test := range []struct {
		name, source string
		route        Span
		edit         Edit
		want         string
	}{
		{"before, in a line", "server {\n  location /ws { pass x; }\n}\n", Span{2, 2}, Edit{Put: "before", Text: "a;\nb;"},
			"server {\n  location /ws { a; b; pass x; }\n}\n"},
		{"after, in a line", "server { location /ws { pass x; } }\n", Span{1, 1}, Edit{Put: "after", Text: "a;"},
			"server { location /ws { a; pass x; } }\n"},
		{"behind a block of the same line", "server { a; } pass x;\n", Span{1, 1}, Edit{Put: "after", Text: "b;"}, "server { a; } pass x;\nb;\n"},
		{"a brace in a line of its own", "server\n{\n  pass x;\n}\n", Span{3, 3}, Edit{At: `^server\s*\{`, Put: "inside", Text: "a;"},
			"server\n{\n  a;\n  pass x;\n}\n"},
		{"a block that is made", "site {\n  pass x # it\n}\n", Span{2, 2}, Edit{Put: "inside", Text: "a {\n\tb\n}"},
			"site {\n  pass x { # it\n    a {\n      b\n    }\n  }\n}\n"},
		{"a block that is there", "site {\n  pass x {\n    y\n  }\n}\n", Span{2, 4}, Edit{Put: "inside", Text: "a"},
			"site {\n  pass x {\n    a\n    y\n  }\n}\n"},
		{"behind all lines of it", "site {\n  pass x {\n    y\n  }\n}\n", Span{2, 4}, Edit{Put: "after", Text: "a"},
			"site {\n  pass x {\n    y\n  }\n  a\n}\n"},
		{"an empty block", "site {\n}\npass x\n", Span{3, 3}, Edit{At: "^site", Within: "file", Put: "inside", Text: "a"}, "site {\n    a\n}\npass x\n"},
		{"CRLF, without an end", "site {\r\n\tpass x\r\n}", Span{2, 2}, Edit{Put: "inside", Text: "a\nb"},
			"site {\r\n\tpass x {\r\n\t\ta\r\n\t\tb\r\n\t}\r\n}"},
		{"behind the last line", "pass x", Span{1, 1}, Edit{Put: "after", Text: "a"}, "pass x\na"},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := own(test.source, test.route, Span{}, test.edit)
			target.Proxy.Blocks, target.Proxy.Route = braces, regexp.MustCompile(`(?m)(?:^|[\s{;])pass\s`)
			remedies := target.Remedies("a/b")
			if len(remedies) != 1 {
				t.Fatalf("%d remedies, want one", len(remedies))
			}
			if got, err := Patched(target.Configuration.Source, remedies[0].Changes); err != nil || string(got) != test.want {
				t.Errorf("%v\n%q, want\n%q", err, got, test.want)
			}
		})
	}
}

// Sections do not nest: what a section inherits is looked at behind it, and the others are not.
func TestRemediesInSections(t *testing.T) {
	const source = "defaults\n  timeout 1\nbackend other\n  timeout 2\n  tunnel 3\nfrontend web\n  bind :443\nbackend app\n  server a b\n"
	for _, test := range []struct {
		name string
		edit Edit
		want string // of the line changed
		line int
	}{
		{"what it inherits", Edit{At: `^\s*timeout`, Put: "instead", Text: "timeout 9"}, "  timeout 9\n", 2},
		{"another section has it", Edit{Unless: `^\s*tunnel`, Put: "before", Text: "tunnel 9"}, "  tunnel 9\n", 9},
		{"another section, said so", Edit{At: `^\s*bind.*:{port}$`, Within: "file", Unless: "keepalive", Put: "after", Text: "keepalive"}, "  keepalive\n", 8},
	} {
		t.Run(test.name, func(t *testing.T) {
			target := own(source, Span{9, 9}, Span{8, 9}, test.edit)
			target.Proxy.Blocks = &Blocks{Begins: regexp.MustCompile(`^\w`), Inherits: regexp.MustCompile(`^defaults`)}
			remedies := target.Remedies("a/b")
			if len(remedies) != 1 || len(remedies[0].Changes) != 1 || remedies[0].Line != test.line || remedies[0].Changes[0].Text != test.want {
				t.Errorf("%+v, want %q in line %d", remedies, test.want, test.line)
			}
		})
	}
	target := own(source, Span{9, 9}, Span{8, 9}, Edit{At: "tunnel", Put: "instead", Text: "tunnel 9"})
	target.Proxy.Blocks = &Blocks{Begins: regexp.MustCompile(`^\w`), Inherits: regexp.MustCompile(`^defaults`)}
	if r := target.Remedies("a/b"); len(r) > 0 {
		t.Errorf("%+v of a section that is not the route's", r)
	}
}

// A route outside of all blocks gets nothing into a block that stands beside it.
func TestRemediesBesideBlocks(t *testing.T) {
	const source = "ProxyPass / ws://app:2/\n<VirtualHost *:444>\n</VirtualHost>\n"
	target := own(source, Span{1, 1}, Span{}, Edit{At: "^<VirtualHost", Put: "inside", Text: "X"}, Edit{Else: true, Put: "after", Text: "X"})
	r := target.Remedies("a/b")
	if len(r) != 1 || len(r[0].Changes) != 1 || r[0].Changes[0] != (Change{Line: 2, Text: "X\n"}) {
		t.Errorf("%+v, want it behind the route", r)
	}
}
