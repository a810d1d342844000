package reports

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"
)

func TestTextOfCardsGolden(t *testing.T) {
	for name, run := range cardRuns(t) {
		for _, width := range []int{100, 60} {
			t.Run(fmt.Sprintf("%s-%d", name, width), func(t *testing.T) {
				golden(t, fmt.Sprintf("text-%s-%d", name, width), []byte(render(t, run, Style{Width: width})))
			})
		}
	}
}

func TestTextOfCardsInColour(t *testing.T) {
	for name, run := range cardRuns(t) {
		coloured, plain := render(t, run, Style{Width: 100, Colour: true}), render(t, run, Style{Width: 100})
		if strings.Contains(plain, "\x1b") || coloured == plain {
			t.Errorf("%s: colour where none is allowed, or none where it is", name)
		}
		if trimLines(colourSequence.ReplaceAllString(coloured, "")) != trimLines(plain) {
			t.Errorf("%s: the words differ with colour", name)
		}
	}
}

func TestWidthOfCards(t *testing.T) {
	for name, run := range cardRuns(t) {
		for _, width := range []int{100, 80, 60, 40} {
			for line := range strings.Lines(render(t, run, Style{Width: width})) {
				line = strings.TrimSuffix(line, "\n")
				limit := width
				if longestWord(line) > width-len("       evidence  ") {
					limit = maxWidth // paths are not broken on narrow terminals
				}
				if got := utf8.RuneCountInString(line); got > limit || strings.HasSuffix(line, " ") {
					t.Errorf("%s at width %d: %d columns: %q", name, width, got, line)
				}
			}
		}
	}
}
