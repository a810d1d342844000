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
func (t Target) RouteLine() int { return t.find(t.Proxy.Route) }

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

// lineFrom is the line in which the first match that begins at from or later has its first visible character.
func lineFrom(source []byte, from int, pattern *regexp.Regexp) int {
	for _, match := range pattern.FindAllIndex(source, -1) { // of all, since ^ is no beginning of a line in a part
		visible := bytes.TrimLeft(source[match[0]:match[1]], " \t\r\n")
		if start := match[1] - len(visible); start >= from && len(visible) > 0 {
			return 1 + bytes.Count(source[:start], []byte("\n"))
		}
	}
	return 0
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
	if _, err := regexp.Compile(multiline(expression)); err != nil {
		d.fault(key, "line: %s; expected a regular expression of Go's syntax", strings.TrimPrefix(err.Error(), "error parsing regexp: "))
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
