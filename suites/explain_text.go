package suites

import (
	"fmt"
	"strings"
	"unicode/utf8"
)

// explainWidth is how many columns the text of an explanation takes; a longer word, a path for instance, is kept whole.
const explainWidth = 80

// text is the explanation for a terminal.
func (e explanation) text() string {
	var t lines
	t.hang("", 0, e.ID+", "+e.Level)
	t.hang("", 0, e.Requirement)
	t.blank()
	t.field(0, "source", e.Source)
	t.field(0, "measured", e.Measured)
	for _, b := range e.Budgets {
		t.field(0, "budget", fmt.Sprintf("%s: %s by default, %s at most", b.Name, b.Default, b.Largest))
	}
	t.scenarios(e)
	t.causes(e)
	t.known(e)
	t.section("FAULTS THAT PROVE THE CHECK")
	t.none(len(e.Faults), "none")
	for _, f := range e.Faults {
		t.hang("  "+f.Name+": ", 4, f.Summary)
	}
	return t.String()
}

// lines is text that is being filled.
type lines struct{ strings.Builder }

func (t *lines) scenarios(e explanation) {
	t.section("SCENARIOS")
	t.none(len(e.Scenarios), "none of its own: one result a target, from what is left after all its endings")
	if e.TLSOnly {
		t.hang("  ", 2, "judged over TLS alone")
	}
	for _, s := range e.Scenarios {
		t.hang("  "+s.Name+": ", 4, s.Summary)
	}
}

// causes come in the order of the proxies, each named once.
func (t *lines) causes(e explanation) {
	t.section("WHAT USUALLY CAUSES A FAILURE, AND WHAT CURES IT")
	t.none(len(e.Causes), "nothing is on record")
	for i, c := range e.Causes {
		if i == 0 || e.Causes[i-1].Proxy != c.Proxy {
			t.hang("  ", 2, c.Title)
		}
		t.hang("    ", 4, c.Cause)
		t.field(4, "cure", c.Cure)
		if c.Proven != "" {
			t.field(4, "proven", "by the configuration "+c.Proxy+"/"+c.Proven)
		}
		t.field(4, "source", c.Source)
	}
}

func (t *lines) known(e explanation) {
	t.section("KNOWN FAILURES")
	t.none(len(e.Known), "none")
	for _, k := range e.Known {
		t.hang("  ", 4, k.Entry)
		t.field(4, "where", k.where())
		t.field(4, "why", k.Why)
		t.field(4, "remedy", k.Remedy)
		t.field(4, "proven", orElse(strings.Join(k.Proven, ", "), "by no configuration"))
		t.field(4, "source", k.Source)
	}
}

// where says which results the entry speaks of.
func (k explainedKnown) where() string {
	where := orElse(strings.Join(k.Configurations, ", "), "every configuration")
	if len(k.Scenarios) > 0 {
		where += "; in " + strings.Join(k.Scenarios, ", ")
	}
	if k.Versions != "" {
		where += "; versions " + k.Versions
	}
	return where
}

func orElse(text, other string) string {
	if text == "" {
		return other
	}
	return text
}

func (t *lines) blank() { t.WriteByte('\n') }

func (t *lines) section(title string) {
	t.blank()
	t.hang("", 0, title)
}

// none says what there is when there is nothing.
func (t *lines) none(n int, text string) {
	if n == 0 {
		t.hang("  ", 2, text)
	}
}

// field writes a label and, beside it, its text.
func (t *lines) field(indent int, label, text string) {
	const column = 10
	t.hang(fmt.Sprintf("%*s%-*s", indent, "", column, label), indent+column, text)
}

// hang writes first and then text, whose further lines are indented.
func (t *lines) hang(first string, indent int, text string) {
	line, used := first, utf8.RuneCountInString(first)
	fresh := true // nothing of the text is on the line
	for word := range strings.FieldsSeq(text) {
		size := utf8.RuneCountInString(word)
		if !fresh && used+1+size > explainWidth {
			t.WriteString(line + "\n")
			line, used, fresh = strings.Repeat(" ", indent), indent, true
		}
		if !fresh {
			line, used = line+" ", used+1
		}
		line, used, fresh = line+word, used+size, false
	}
	t.WriteString(strings.TrimRight(line, " ") + "\n")
}
