package proxies

import (
	"bytes"
	"cmp"
	"fmt"
	"regexp"
	"strings"
)

// RouteLine returns the line of the target's configuration that sends its connections to the backend, from 1; 0: the
// proxy has no pattern for it, or no line matches.
func (t Target) RouteLine() int {
	if s := t.Configuration.Site; s != nil {
		return s.Route.From
	}
	return t.find(t.Proxy.Route)
}

// LineOf returns the line that causes what the entry explains on target, from 1: that of its own pattern, or else the
// route, where a directive that is missing belongs; 0: there is neither.
func (k KnownFailure) LineOf(target Target) int {
	return cmp.Or(target.find(linePattern(k.Directive)), target.RouteLine())
}

// CauseOf returns the first cause of check whose directive stands in the target's configuration, and its line. Without
// one the line is that of the route, and the cause is nil.
func (t Target) CauseOf(check string) (*Cause, int) {
	for i, c := range t.Proxy.Causes {
		if c.Check != check {
			continue
		}
		if line := t.find(linePattern(c.Directive)); line > 0 {
			return &t.Proxy.Causes[i], line
		}
	}
	return nil, t.RouteLine()
}

// find is the first line that pattern matches; spoken to over TLS, the first from the last mention of the TLS port on:
// a configuration that says everything twice says it there for TLS.
func (t Target) find(pattern *regexp.Regexp) int {
	if pattern == nil {
		return 0
	}
	if t.Configuration.Site != nil {
		return t.findNear(pattern)
	}
	source := withoutComments(t.Configuration.Source)
	if t.TLS {
		listens := regexp.MustCompile(fmt.Sprintf(`\b%d\b`, t.Proxy.Listen.TLS)).FindAllIndex(source, -1)
		if len(listens) > 0 {
			last := listens[len(listens)-1][0]
			if found := lineFrom(source, bytes.LastIndexByte(source[:last], '\n')+1, pattern); found > 0 {
				return found
			}
		}
	}
	return lineFrom(source, 0, pattern)
}

// findNear is the line that matches nearest to the route of the target's site: in its directive, in its block, or in those
// around it as far as they hold for it. What stands in the block of another site is not meant. Only where the blocks of the
// product do not nest, so that a route is led through several of them, the whole file is looked at in the end.
func (t Target) findNear(pattern *regexp.Regexp) int {
	l := t.layout()
	parts := t.reach(l)
	if l.kinds == nil || l.kinds.Begins != nil {
		parts = append(parts, l.span(Span{1, len(l.lines)}))
	}
	if found := find(parts, pattern, false); len(found) > 0 {
		return found[0]
	}
	return 0
}

// lineFrom is the line in which the first match that begins at from or later has its first visible character; 0: there is none.
func lineFrom(source []byte, from int, pattern *regexp.Regexp) int {
	if found := linesFrom(source, from, pattern); len(found) > 0 {
		return found[0]
	}
	return 0
}

// linesFrom are the lines in which the matches that begin at from or later have their first visible characters.
func linesFrom(source []byte, from int, pattern *regexp.Regexp) []int {
	var found []int
	line, counted := 1, 0
	for _, match := range pattern.FindAllIndex(source, -1) { // of all, since ^ is no beginning of a line in a part
		visible := bytes.TrimLeft(source[match[0]:match[1]], " \t\r\n")
		start := match[1] - len(visible)
		if start < from || len(visible) == 0 {
			continue
		}
		line += bytes.Count(source[counted:start], []byte("\n"))
		counted = start
		if len(found) == 0 || found[len(found)-1] != line {
			found = append(found, line)
		}
	}
	return found
}

// withoutComments empties the lines that are comments, and keeps their number.
func withoutComments(source []byte) []byte {
	var out bytes.Buffer
	for line := range bytes.Lines(source) {
		if _, _, is := comment(strings.TrimLeft(string(line), " \t")); is {
			line = []byte("\n")
		}
		out.Write(line)
	}
	return out.Bytes()
}

// linePattern compiles the pattern of a directive, in which ^ and $ are the ends of a line; nil: there is none. A bad
// one was refused when it was loaded.
func linePattern(expression string) *regexp.Regexp {
	compiled, err := regexp.Compile(multiline(expression))
	if err != nil || expression == "" {
		return nil
	}
	return compiled
}

func multiline(expression string) string {
	if expression == "" {
		return ""
	}
	return "(?m)" + expression
}

// directive checks the pattern of a line, which may be missing.
func (d *document) directive(key, expression string) {
	d.expression(key, "line", expression)
}

// expression checks a pattern, which may be missing; name is how the fault calls it.
func (d *document) expression(key, name, expression string) {
	if _, err := regexp.Compile(multiline(expression)); err != nil {
		d.fault(key, "%s: %s; expected a regular expression of Go's syntax", name, strings.TrimPrefix(err.Error(), "error parsing regexp: "))
	}
}

// checkDirective also wants the line to be there in a configuration that the entry covers.
func (r reader) checkDirective(d *document, key string, k KnownFailure) {
	d.directive(key, k.Directive)
	pattern := linePattern(k.Directive)
	if pattern == nil {
		return
	}
	k.Versions = "" // which versions there are is not known yet
	for _, c := range r.proxy.Configurations {
		if k.coversEither(c) && lineFrom(withoutComments(c.Source), 0, pattern) > 0 {
			return
		}
	}
	d.fault(key, "line %q matches in no configuration that the entry covers; expected the directive that causes it, or no line where one is missing", k.Directive)
}

// coversEither reports whether the entry covers a configuration, spoken to plainly or over TLS.
func (k KnownFailure) coversEither(c *Configuration) bool {
	return k.Covers(Target{Configuration: c}) || c.TLS && k.Covers(Target{Configuration: c, TLS: true})
}
