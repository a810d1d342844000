package reports

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"strconv"
	"strings"
)

// drawing collects an SVG. What is of one class stands together, so that its name is written once: a page has thousands
// of drawings. Without any style sheet all of it is drawn in currentColor.
type drawing struct {
	paths layers
	texts layers
}

// layer is all paths or all texts of one class.
type layer struct {
	class string
	attrs string
	strings.Builder
}

func (l *layer) add(format string, args ...any) { fmt.Fprintf(&l.Builder, format, args...) }

type layers []*layer

// in returns the layer of class and attrs, which is drawn where it was first asked for.
func (all *layers) in(class, attrs string) *layer {
	for _, l := range *all {
		if l.class == class && l.attrs == attrs {
			return l
		}
	}
	l := &layer{class: class, attrs: attrs}
	*all = append(*all, l)
	return l
}

// stroke adds path data that is outlined and filled: a straight line has no area, a closed arrowhead has.
func (d *drawing) stroke(class, format string, args ...any) {
	d.paths.in(class, "").add(format, args...)
}

// outline adds path data that is not filled.
func (d *drawing) outline(class, format string, args ...any) {
	d.paths.in(class, ` fill="none"`).add(format, args...)
}

// Anchors of texts: where x is in them.
const (
	anchorStart  = ""
	anchorMiddle = ` text-anchor="middle"`
	anchorEnd    = ` text-anchor="end"`
)

// text adds a line of text, whatever it holds.
func (d *drawing) text(class, anchor string, x, y int, text string) {
	if text == "" {
		return
	}
	d.texts.in(class, anchor).add(`<text x="%d" y="%d">%s</text>`, x, y, escaped(text))
}

// svg returns the drawing. Title is what it shows, desc says the same in words to who cannot see it.
func (d *drawing) svg(class string, width, height int, title, desc string) template.HTML {
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="%s" viewBox="0 0 %d %d" role="img" fill="currentColor"><title>%s</title><desc>%s</desc><g stroke="currentColor">`,
		class, width, height, escaped(title), escaped(desc))
	for _, l := range d.paths {
		fmt.Fprintf(&b, `<path class="%s"%s d="%s"/>`, l.class, l.attrs, l.String())
	}
	b.WriteString(`</g>`)
	for _, l := range d.texts {
		fmt.Fprintf(&b, `<g class="%s"%s>%s</g>`, l.class, l.attrs, l.String())
	}
	b.WriteString(`</svg>`)
	return template.HTML(b.String()) //nolint:gosec // every text went through escaped
}

// escaped makes text that may come from a proxy harmless in a page.
func escaped(text string) string { return html.EscapeString(printable(text)) }

// clip shortens text to at most n characters.
func clip(text string, n int) string {
	runes := []rune(text)
	if len(runes) <= n {
		return text
	}
	return strings.TrimRight(string(runes[:n-1]), " ,") + "…"
}

// tenth writes a coordinate with one decimal at most.
func tenth(v float64) string { return strconv.FormatFloat(math.Round(v*10)/10, 'f', -1, 64) }

// formatBytes writes a number of bytes: "5 B", "32 KiB", "1.5 MiB".
func formatBytes(n int64) string {
	unit, v := "B", float64(n)
	for _, larger := range []string{"KiB", "MiB", "GiB"} {
		if v < 1024 {
			break
		}
		unit, v = larger, v/1024
	}
	return tenth(v) + " " + unit
}
