package reports

import (
	"strings"
	"testing"
	"unicode/utf8"
)

// sections are the parts of a text report that compare targets with each other.
func sections(t *testing.T, run *Run, width int) string {
	t.Helper()
	p := newPage(Style{Width: width})
	p.rankings(run)
	p.behaviours(run)
	p.changes(run)
	p.versions(run)
	return p.text.String()
}

func TestSectionsGolden(t *testing.T) {
	golden(t, "text-sections", []byte(sections(t, &matrix(t).Run, 100)))
}

func TestSectionsFit(t *testing.T) {
	for _, width := range []int{100, 80, 60} {
		for line := range strings.Lines(sections(t, &matrix(t).Run, width)) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > width && longestWord(line) < width-20 || n > maxWidth {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
			if strings.HasSuffix(line, " ") {
				t.Errorf("width %d: trailing space: %q", width, line)
			}
		}
	}
}

// A section with nothing to say does not appear.
func TestSectionsOfNothing(t *testing.T) {
	s := newSynthetic(71)
	s.proxy("p@1/a", "", 0.6, 3)
	for _, run := range []*Run{{}, &s.Run} {
		if got := sections(t, run, 100); got != "" {
			t.Errorf("got %q", got)
		}
	}
}

// A hundred targets are still a page or two: what is alike is folded.
func TestSectionsOfManyTargets(t *testing.T) {
	s := newSynthetic(72)
	for _, product := range []string{"apache@2.4.62", "apache@2.4.71", "caddy@2.6.2", "caddy@2.11.4", "haproxy@2.6.12", "haproxy@3.2.26", "nginx@1.18.0", "nginx@1.30.6"} {
		s.proxy(product+"/base", "", 0.6, 0)
		for _, name := range []string{"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l"} {
			s.proxy(product+"/"+name, "base", 0.6, 0)
		}
	}
	for i := range s.Targets {
		s.Targets[i].Behaviour = []Trait{{"half-close", "passed on", "It was."}}
	}
	if n := strings.Count(sections(t, &s.Run, 100), "\n"); n > 100 {
		t.Errorf("%d targets are %d lines:\n%s", len(s.Targets), n, sections(t, &s.Run, 100))
	}
}
