package proxies

import (
	"cmp"
	"net"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Edit is a change of one place of a configuration, as the apply of causes.yaml writes it. All edits of a cause are made, or
// none: one whose place is not there leaves no remedy, unless the next one is for that case.
type Edit struct {
	// At is a regular expression for the line that it is about, {port} in it the port that the clients connect to. Empty: the
	// directive of the route, all of its lines.
	At string `yaml:"at"`
	// Within says where At is looked for: in the route's directive; in the block around it too; in the whole file. Empty: also in
	// the blocks around that block, as far as what stands there holds for the route.
	Within string `yaml:"within"`
	// Unless is a regular expression for a line that makes it needless, looked for around the place of At as At is.
	Unless string `yaml:"unless"`
	Else   bool   `yaml:"else"`  // it is only made where the place of the edit before it is not there
	Then   bool   `yaml:"then"`  // it is only made where the edit before it, with those that have else, changes something
	Every  bool   `yaml:"every"` // it is made of all lines that match, as far as they stand as near as the first one
	// Put says where the text goes: before, after or instead of the directive, or inside the block that it opens, which is made
	// in braces where it opens none.
	Put string `yaml:"put"`
	// Text is what is written, with the indentation of its place; a tab at the beginning of a line is one level more. ${1} is the
	// first group of At. Empty: the line goes.
	Text string `yaml:"text"`
}

// Where an edit puts its text, and where its place is looked for.
const (
	putBefore  = "before"
	putAfter   = "after"
	putInstead = "instead"
	putInside  = "inside"

	withinRoute = "route"
	withinBlock = "block"
	withinFile  = "file"
)

// Remedy is a cause whose cure finwait can apply by itself.
type Remedy struct {
	Cause     *Cause
	Directive string // what is written, in one line for people
	Line      int    // of the configuration as it is, from 1: where
	Changes   []Change
}

// Remedies returns the cures of check that can be applied to the target's configuration, in the order of causes.yaml: of the
// causes whose line is there, or that have none because a directive is missing. That they help is for the caller to find out.
func (t Target) Remedies(check string) []Remedy {
	e := editor{target: t}
	var remedies []Remedy
	for i := range t.Proxy.Causes {
		c := &t.Proxy.Causes[i]
		if c.Check != check || len(c.Apply) == 0 || c.Versions != "" && !within(c.Versions, t) {
			continue
		}
		if e.layout.lines == nil {
			e.prepare()
		}
		if pattern := linePattern(c.Directive); pattern != nil && len(find(e.reach, pattern, false)) == 0 {
			continue
		}
		if all := e.edits(c.Apply); len(all) > 0 {
			remedies = append(remedies, remedy(c, all))
		}
	}
	return remedies
}

// editor makes changes of a target's configuration.
type editor struct {
	target        Target
	lines         []string // as they are
	layout        layout
	route, around Span
	reach         [][]byte
}

func (e *editor) prepare() {
	e.lines = lines(e.target.Configuration.Source)
	e.layout = e.target.layout()
	e.route, e.around = e.target.place(e.layout)
	e.reach = e.target.reach(e.layout)
}

// made is a change, and what it writes for people.
type made struct {
	Change
	said string
}

func remedy(c *Cause, all []made) Remedy {
	r := Remedy{Cause: c, Line: all[0].Line}
	var said []string
	for _, m := range all {
		r.Changes = append(r.Changes, m.Change)
		for _, line := range lines([]byte(m.said)) {
			said = append(said, words(line))
		}
	}
	r.Directive = joined(said)
	return r
}

// edits are what the edits of a cause change; none: one of them has no place, or all are needless.
func (e *editor) edits(edits []Edit) []made {
	var all []made
	missed, changed := false, false // the place of the edit before, something by it
	for _, edit := range edits {
		if edit.Else && !missed || edit.Then && !changed {
			continue
		}
		if missed && !edit.Else {
			return nil
		}
		anchors := e.anchors(edit)
		missed, changed = len(anchors) == 0, false
		for _, line := range anchors {
			if m, ok := e.change(edit, line); ok {
				all, changed = append(all, m), true
			}
		}
	}
	if missed {
		return nil
	}
	return all
}

// anchors are the lines that an edit is about.
func (e *editor) anchors(edit Edit) []int {
	if edit.At == "" {
		if e.route.From < 1 || e.route.To > len(e.lines) {
			return nil
		}
		return []int{e.route.From}
	}
	parts, pattern := e.where(edit.Within), e.pattern(edit.At)
	if edit.Put != putInside || edit.Within != "" {
		return find(parts, pattern, edit.Every)
	}
	for _, part := range parts { // a block beside the route's is not meant
		around := slices.DeleteFunc(find([][]byte{part}, pattern, true), func(line int) bool {
			b, ok := e.layout.opened(line)
			return !ok || e.route.From <= b.open || e.route.From >= b.end
		})
		if len(around) > 0 {
			return around[:1]
		}
	}
	return nil
}

func (e *editor) where(within string) [][]byte {
	switch within {
	case withinRoute:
		return [][]byte{e.layout.span(e.route)}
	case withinBlock:
		return [][]byte{e.layout.span(e.route), e.layout.beside(e.route, e.around)}
	case withinFile:
		return [][]byte{e.layout.span(Span{1, len(e.lines)})}
	}
	return e.reach
}

// pattern is an expression with the port in its place; nil: it has one that is not known, or is empty.
func (e *editor) pattern(expression string) *regexp.Regexp {
	if strings.Contains(expression, "{port}") {
		port := e.target.port()
		if port == "" {
			return nil
		}
		expression = strings.ReplaceAll(expression, "{port}", port)
	}
	return linePattern(expression)
}

func (t Target) port() string {
	if s := t.Configuration.Site; s != nil {
		_, port, err := net.SplitHostPort(s.Address)
		if err != nil {
			return ""
		}
		return port
	}
	if t.TLS {
		return strconv.Itoa(t.Proxy.Listen.TLS)
	}
	return strconv.Itoa(t.Proxy.Listen.Plain)
}

// find returns the first line that matches in the first of parts that has one, or all in it.
func find(parts [][]byte, pattern *regexp.Regexp, all bool) []int {
	if pattern == nil {
		return nil
	}
	for _, part := range parts {
		found := linesFrom(part, 0, pattern)
		if len(found) > 0 && !all {
			return found[:1]
		}
		if len(found) > 0 {
			return found
		}
	}
	return nil
}

// change is what an edit does at a line; false: nothing, since it is there already.
func (e *editor) change(edit Edit, line int) (made, bool) {
	if pattern := e.pattern(edit.Unless); pattern != nil && len(find(e.unlessAt(edit, line), pattern, false)) > 0 {
		return made{}, false
	}
	text, pattern := edit.Text, e.pattern(edit.At)
	if groups.MatchString(text) {
		var ok bool
		if text, ok = expanded(pattern, e.lines[line-1], text); !ok {
			return made{}, false
		}
	}
	m := made{said: text}
	if text == "" {
		m.said = "without " + e.lines[line-1]
	}
	if edit.Put != putInstead && e.says(edit.Put, line, text) {
		return made{}, false
	}
	if at, ok := e.inLine(line, cmp.Or(pattern, e.target.Proxy.Route)); ok && (edit.Put == putBefore || edit.Put == putAfter) {
		whole := strings.TrimRight(e.lines[line-1], "\r\n")
		m.Change = Change{Line: line, Drop: 1, Text: whole[:at] + flat(text) + " " + whole[at:] + e.ending()}
		return m, true
	}
	last := line
	if edit.At == "" {
		last = e.route.To
	} else if b, ok := e.layout.opened(line); ok && edit.Put == putAfter && e.layout.kinds.Begins == nil {
		last = b.last
	}
	m.Change = e.put(edit.Put, line, last, text)
	return m, m.Drop == 0 || words(m.Text) != words(strings.Join(e.lines[line-1:last], ""))
}

func (e *editor) put(put string, line, last int, text string) Change {
	like := e.lines[line-1]
	switch put {
	case putBefore:
		return Change{Line: line, Text: e.written(text, like, 0)}
	case putAfter:
		return Change{Line: last + 1, Text: e.written(text, like, 0)}
	case putInstead:
		return Change{Line: line, Drop: last - line + 1, Text: e.written(text, like, 0)}
	}
	b, ok := e.layout.opened(line)
	if !ok {
		return Change{Line: line, Inside: true, Text: e.written(text, like, 1)}
	}
	for inside := b.open + 1; inside < b.end; inside++ {
		if strings.TrimSpace(e.lines[inside-1]) != "" {
			return Change{Line: b.open + 1, Text: e.written(text, e.lines[inside-1], 0)}
		}
	}
	return Change{Line: b.open + 1, Text: e.written(text, like, 1)}
}

// unlessAt are the parts in which a line makes an edit at line needless.
func (e *editor) unlessAt(edit Edit, line int) [][]byte {
	if e.route.From <= line && line <= e.route.To || e.around.From < line && line <= e.around.To {
		return e.where(edit.Within)
	}
	if b, ok := e.layout.opened(line); ok && edit.Put == putInside {
		return [][]byte{e.layout.span(Span{b.open, b.last})}
	}
	chain := e.layout.chain(line)
	if edit.Within == withinBlock {
		return chain[:min(len(chain), 1)]
	}
	return chain
}

// says reports whether all lines of text stand already in the block in which it would be put, those of its own blocks anywhere in it.
func (e *editor) says(put string, line int, text string) bool {
	index := e.layout.innermost(line)
	if b, opens := e.layout.opened(line); opens && put == putInside {
		index = slices.Index(e.layout.blocks, b)
	}
	part := e.layout.directly(index)
	if strings.Contains(text, "\n\t") {
		all := Span{1, len(e.lines)}
		if index >= 0 {
			all = Span{e.layout.blocks[index].open, e.layout.blocks[index].last}
		}
		part = e.layout.span(all)
	}
	said := map[string]bool{}
	for _, l := range lines(part) {
		said[words(l)] = true
	}
	for _, l := range lines([]byte(text)) {
		if !said[words(l)] {
			return false
		}
	}
	return true
}

// inLine is where in a line the directive begins that pattern finds, if the block that it stands in is opened in that same line:
// then a line of its own before it would be outside of the block.
func (e *editor) inLine(line int, pattern *regexp.Regexp) (int, bool) {
	if pattern == nil || e.layout.kinds == nil || e.layout.kinds.Begins != nil {
		return 0, false
	}
	text := strings.TrimRight(e.lines[line-1], "\r\n")
	found := pattern.FindStringIndex(text)
	if found == nil {
		return 0, false
	}
	at := found[1] - len(strings.TrimLeft(text[found[0]:found[1]], " \t{;"))
	depth := 0
	for _, opens := range e.layout.kinds.tokens(text[:at]) {
		if opens {
			depth++
		} else {
			depth = max(depth-1, 0)
		}
	}
	return at, depth > 0
}
