package reports

import (
	"bytes"
	"strings"

	"github.com/jedib0t/go-pretty/v6/text"
)

// page is a text report in the making.
type page struct {
	text   bytes.Buffer
	width  int
	colour bool
}

// textColours are how a word is painted.
type textColours = text.Colors

var (
	bold    = text.Colors{text.Bold}
	faint   = text.Colors{text.Faint}
	red     = text.Colors{text.Bold, text.FgRed}
	green   = text.Colors{text.FgGreen}
	yellow  = text.Colors{text.FgYellow}
	magenta = text.Colors{text.Bold, text.FgMagenta}
)

// minWidth is the narrowest page that words are wrapped for.
const minWidth = 40

func newPage(style Style) *page {
	width := style.Width
	if width <= 0 || width > maxWidth {
		width = maxWidth
	}
	return &page{width: max(width, minWidth), colour: style.Colour}
}

func (p *page) paint(c text.Colors, s string) string {
	if !p.colour || s == "" {
		return s
	}
	return text.Escape(s, c.EscapeSeq())
}

var verdictColours = map[Verdict]text.Colors{
	Fail: red, UnexpectedPass: red, HarnessError: magenta, KnownFailure: yellow, Pass: green,
}

// paintVerdict colours s as verdict v, and leaves it plain where n says that there is none.
func (p *page) paintVerdict(v Verdict, n int, s string) string {
	colours, ok := verdictColours[v]
	if !ok || n == 0 {
		return s
	}
	return p.paint(colours, s)
}

func (p *page) blank() { p.text.WriteByte('\n') }

// section begins a part of the report with its title.
func (p *page) section(title, about string) {
	p.blank()
	title = p.paint(bold, title)
	if about == "" {
		p.text.WriteString(title + "\n")
		return
	}
	p.hang(title+"  ", 2, p.paint(faint, about))
}

// wrap writes s below indent spaces.
func (p *page) wrap(indent int, s string) { p.hang(strings.Repeat(" ", indent), indent, s) }

// item writes s with its further lines two more spaces in.
func (p *page) item(indent int, s string) { p.hang(strings.Repeat(" ", indent), indent+2, s) }

// field writes a label and what it is below findings.
func (p *page) field(label, s string) {
	if s != "" {
		p.hang("      "+label+strings.Repeat(" ", max(1, 10-len(label))), 16, s)
	}
}

// hardSpace keeps the words around it on one line; it is written as a plain space.
const hardSpace = "\u00a0"

// glue keeps s on one line: a number stays with its unit.
func glue(s string) string { return strings.ReplaceAll(s, " ", hardSpace) }

// words splits s at its spaces, but for hard ones.
func words(s string) []string {
	return strings.FieldsFunc(s, func(r rune) bool { return r == ' ' || r == '\n' })
}

// hang writes first and then s, whose further lines start at column indent. Line breaks of s stay.
func (p *page) hang(first string, indent int, s string) {
	lead := first
	used := max(indent, text.StringWidthWithoutEscSequences(first))
	for paragraph := range strings.Lines(s) {
		for _, line := range wrapWords(words(paragraph), p.width-used, maxWidth-used) {
			p.text.WriteString(lead + strings.ReplaceAll(line, hardSpace, " ") + "\n")
			lead = strings.Repeat(" ", indent)
		}
	}
}

// wrapWords fills lines of width columns with words. A word that is longer, a path for instance, is kept whole on a
// line of its own, so that it can be copied; it is broken only where it is longer than limit.
func wrapWords(words []string, width, limit int) []string {
	var lines []string
	line, used := "", 0
	for _, word := range words {
		pieces := strings.Split(text.WrapHard(word, limit), "\n")
		for _, piece := range pieces {
			size := text.StringWidthWithoutEscSequences(piece)
			switch {
			case line == "":
				line, used = piece, size
			case used+1+size <= width:
				line, used = line+" "+piece, used+1+size
			default:
				lines, line, used = append(lines, line), piece, size
			}
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// full ends a sentence without the full stop that a separator follows.
func full(sentence string) string { return strings.TrimSuffix(strings.TrimSpace(sentence), ".") }
