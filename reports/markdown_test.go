package reports

import (
	"bytes"
	"fmt"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

func written(t *testing.T, format string, run *Run) string {
	t.Helper()
	f, err := FindFormat(format)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.Write(&out, run, Style{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestMarkdownGolden(t *testing.T) {
	interrupted := repeated(t)
	interrupted.Interrupted = "Ctrl-C in the patient pass"
	for name, run := range map[string]*Run{
		"report.md": worded(t), "report-green.md": allGreen(t), "report-repeated.md": interrupted, "report-unmeasured.md": unmeasured(t),
	} {
		t.Run(name, func(t *testing.T) { golden(t, name, []byte(written(t, "markdown", run))) })
	}
}

func TestMarkdownStaysSmall(t *testing.T) {
	for name, verdict := range map[string]func(int) Verdict{
		"all fail":             func(int) Verdict { return Fail },
		"all are known":        func(int) Verdict { return KnownFailure },
		"none was measured":    func(int) Verdict { return HarnessError },
		"all pass":             func(int) Verdict { return Pass },
		"every verdict occurs": func(i int) Verdict { return Verdicts()[i%len(Verdicts())] },
	} {
		t.Run(name, func(t *testing.T) {
			run := huge(t, verdict)
			if len(run.Results) < 11_000 || len(run.Targets) != 105 {
				t.Fatalf("%d results of %d targets", len(run.Results), len(run.Targets))
			}
			text := written(t, "markdown", run)
			if n := utf8.RuneCountInString(text); n >= 60_000 {
				t.Errorf("%d characters", n)
			}
			if !strings.Contains(text, "this report is cut, `finwait report run.json` shows all._") {
				t.Error("nothing says that it is cut")
			}
			if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed || open < 3 {
				t.Errorf("%d parts are folded, %d end", open, closed)
			}
		})
	}
}

// What a proxy wrote stays text: no tag, no table cell, no code, and nobody is called.
func TestMarkdownOfHostileTexts(t *testing.T) {
	text := written(t, "markdown", hostile(t))
	tags := regexp.MustCompile(`</?[a-z!][^>]*>`)
	code := regexp.MustCompile("(?s)(`+)[^`].*?[^`](`+)")
	for line := range strings.Lines(text) {
		for _, tag := range tags.FindAllString(code.ReplaceAllString(line, ""), -1) {
			switch tag {
			case "<sub>", "</sub>", "<details>", "</details>", "<summary>", "</summary>":
			default:
				t.Errorf("tag %s in %q", tag, line)
			}
		}
		if strings.HasPrefix(line, "| ") && strings.Count(strings.ReplaceAll(line, `\|`, ""), "|") > 8 {
			t.Errorf("a cell too many in %q", line)
		}
		prose := code.ReplaceAllString(line, "")
		for _, bad := range []string{"@octocat", "#12", "GH-7", "!9", "a](", "**b", "$x$", "\x1b", "\x00", "\u202e"} {
			if strings.Contains(prose, bad) {
				t.Errorf("%q in %q", bad, line)
			}
		}
	}
	if outside := code.ReplaceAllString(text, ""); strings.Count(outside, "<details>") != strings.Count(outside, "</details>") {
		t.Error("a part that is folded does not end where it should")
	}
}

func TestInText(t *testing.T) {
	for _, test := range []struct{ text, want string }{
		{"apache@2.4.71/wstunnel", "apache@2.4.71/wstunnel"},
		{"@http10 protocol", "@" + noWidth + "http10 protocol"},
		{"ws #2257, httpd PR 55890", "ws #" + noWidth + "2257, httpd PR 55890"},
		{"gh-12 and -12", "gh-" + noWidth + "12 and -12"},
		{"a|b", `a\|b`},
		{"two\nlines", "two lines"},
		{"$http_upgrade < 1 & 2", `&#36;http\_upgrade &lt; 1 &amp; 2`},
		{"\xff", "\uFFFD"},
		{"", ""},
	} {
		if got := inText(test.text, 0); got != test.want {
			t.Errorf("%q gives %q, want %q", test.text, got, test.want)
		}
	}
	for limit := 20; limit < 60; limit++ {
		got := inText(strings.Repeat("a|@b<", 40), limit)
		if len(got) > limit || !strings.HasSuffix(got, cutMark) || strings.Contains(strings.TrimSuffix(got, cutMark), " ") {
			t.Errorf("limit %d: %q", limit, got)
		}
	}
	if got := inText("exactly ten", len("exactly ten")); got != "exactly ten" {
		t.Errorf("a text that fits is cut: %q", got)
	}
}

func TestCode(t *testing.T) {
	for text, want := range map[string]string{"a": "`a`", "a`b": "``a`b``", "`": "`` ` ``", "``a": "``` ``a ```", "": "", "a\nb": "`a b`"} {
		if got := inCode(text); got != want {
			t.Errorf("%q gives %q, want %q", text, got, want)
		}
	}
	if got := codeBlock("  ", "sh", "a ``` b", "c\nd"); got != "  ````sh\n  a ``` b\n  c d\n  ````\n" {
		t.Errorf("got %q", got)
	}
}

func TestInLines(t *testing.T) {
	if got := inLines([]string{"finwait run", "--check 'a'"}); len(got) != 1 || got[0] != "finwait run --check 'a'" {
		t.Errorf("got %q", got)
	}
	var args []string
	for i := range 100 {
		args = append(args, fmt.Sprintf("--target '%0*d'", 60, i))
	}
	got := inLines(args)
	if len(got) != 13 || got[12] != "# and so on" {
		t.Errorf("%d lines, the last %q", len(got), got[len(got)-1])
	}
	for _, line := range inLines(args[:4])[:3] {
		if !strings.HasSuffix(line, ` \`) || len(line) > maxWidth {
			t.Errorf("line %q", line)
		}
	}
}
