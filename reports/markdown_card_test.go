package reports

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func TestMarkdownOfCardsGolden(t *testing.T) {
	for name, run := range cardRuns(t) {
		t.Run(name, func(t *testing.T) { golden(t, "report-"+name+".md", []byte(written(t, "markdown", run))) })
	}
}

// A card that is beyond all measure stays a comment that GitHub takes.
func TestMarkdownOfAHugeCard(t *testing.T) {
	run := signedOff(t)
	c := run.Card
	for range 200 {
		c.Notes, c.Passed = append(c.Notes, strings.Repeat("a note ", 100)), append(c.Passed, strings.Repeat("a route ", 100))
		c.Routes = append(c.Routes, c.Routes[0])
		f := c.Routes[0].Findings[0]
		f.Sentence = strings.Repeat("is long ", 5+len(c.Routes))
		c.Routes[0].Findings = append(c.Routes[0].Findings, f)
	}
	c.Patch = strings.Repeat("+"+strings.Repeat("x", 90)+"\n", 2000)
	text := written(t, "markdown", run)
	if n := utf8.RuneCountInString(text); n >= 60_000 {
		t.Errorf("%d characters", n)
	}
	if open, closed := strings.Count(text, "<details>"), strings.Count(text, "</details>"); open != closed || !strings.Contains(text, "The patch is cut") {
		t.Errorf("%d parts are folded, %d end", open, closed)
	}
}
