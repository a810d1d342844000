package proxies

import (
	"reflect"
	"testing"
)

func TestLoadApply(t *testing.T) {
	proxies, err := Load(squid(t, "causes.yaml", "source: bug 2", `source: bug 2
  versions: ">=6"
  costs: time
  apply:
    - at: '^(speed) 1$'
      within: block
      every: true
      unless: '^speed 2$'
      put: instead
      text: ${1} 2
    - else: true
      put: before
      text: speed 2
    - then: true
      at: '^slow$'
      put: instead`))
	if err != nil {
		t.Fatal(err)
	}
	c := proxies[0].Causes[0]
	want := []Edit{
		{At: "^(speed) 1$", Within: "block", Every: true, Unless: "^speed 2$", Put: "instead", Text: "${1} 2"},
		{Else: true, Put: "before", Text: "speed 2"},
		{Then: true, At: "^slow$", Put: "instead"},
	}
	if !reflect.DeepEqual(c.Apply, want) || c.Versions != ">=6" || c.Costs != "time" {
		t.Errorf("%+v", c)
	}
}

func TestLoadApplyErrors(t *testing.T) {
	const at = "proxies/squid/causes.yaml:"
	for _, test := range []struct{ name, apply, want string }{
		{"unknown key", "- {put: before, txt: x}", at + `6:21: unknown key "txt"; expected one of at, within, unless, else, then, every, put, text`},
		{"text for a list", "x", at + `6:5: [0].apply is text; expected a list`},
		{"empty", "[]", at + `6:5: apply is empty; expected edits, or no apply`},
		{"bad at", "- {put: before, text: x, at: '['}", at + `6:34: at: missing closing ]: ` + "`[`" + `; expected a regular expression of Go's syntax`},
		{"bad unless", "- {put: before, text: x, unless: '('}", at + `6:38: unless: missing closing ): ` + "`(?m)(`" + `; expected a regular expression of Go's syntax`},
		{"bad put", "- {put: under, text: x}", at + `6:13: put is "under"; expected one of before, after, instead, inside`},
		{"no put", "- {text: x}", at + `6:7: put is ""; expected one of before, after, instead, inside`},
		{"bad within", "- {put: before, text: x, within: site}", at + `6:38: within is "site"; expected one of route, block, file, or none`},
		{"no text", "- {put: before}", at + `6:7: text is missing; expected what is written`},
		{"no such group", "- {put: instead, at: '(a)', text: '${2}'}", at + `6:39: text has ${2}, and at has 1 groups; expected one of them`},
		{"a group of nothing", "- {put: before, text: '${1}'}", at + `6:27: text has ${1}, and at has 0 groups; expected one of them`},
		{"else of nothing", "- {put: before, text: x, else: true}", at + `6:7: else or then in the first edit; expected an edit before it`},
		{"then of nothing", "- {put: before, text: x, then: true}", at + `6:7: else or then in the first edit; expected an edit before it`},
		{"else and then", "- {put: before, text: x}\n    - {put: before, text: x, else: true, then: true}", at + `7:48: else and then in one edit; expected one of them`},
		{"every of nothing", "- {put: before, text: x, every: true}", at + `6:37: every without at; expected the lines that are meant`},
		{"text for a boolean", "- {put: before, text: x, at: a, every: yes}", at + `6:44: [0].apply[0].every is text; expected true or false`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(squid(t, "causes.yaml", "source: bug 2", "source: bug 2\n  apply:\n    "+test.apply))
			if err == nil || err.Error() != test.want {
				t.Errorf("error is\n\t%v\nwant\n\t%s", err, test.want)
			}
		})
	}
	for _, test := range []struct{ name, text, want string }{
		{"bad versions", "apply: [{put: before, text: x}]\n  versions: six", at + `6:13: versions "six" is no version range; expected one like ">=2.4.47"`},
		{"versions of nothing", `versions: ">=6"`, at + `5:13: versions without apply; expected the edits that it speaks of`},
		{"costs of nothing", "costs: time", at + `5:10: costs without apply; expected the edits that it speaks of`},
	} {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(squid(t, "causes.yaml", "source: bug 2", "source: bug 2\n  "+test.text))
			if err == nil || err.Error() != test.want {
				t.Errorf("error is\n\t%v\nwant\n\t%s", err, test.want)
			}
		})
	}
}
