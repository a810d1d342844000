package proxies

import (
	"bytes"
	"cmp"
	"regexp"
	"slices"
	"strings"
)

// Blocks says how a product's configurations are divided, so that a directive is only found where it holds for a route. Blocks
// nest and are opened and closed, or they are sections, each of which ends where the next one begins.
type Blocks struct {
	Opens    *regexp.Regexp // what opens a block, in a line
	Closes   *regexp.Regexp // what closes it
	Begins   *regexp.Regexp // a line that begins a section
	Inherits *regexp.Regexp // a line that begins one whose directives hold for the sections behind it, up to the next such one
}

type blocksFile struct {
	Opens    string `yaml:"opens"`
	Closes   string `yaml:"closes"`
	Begins   string `yaml:"begins"`
	Inherits string `yaml:"inherits"`
}

func (f *proxyReader) readBlocks() {
	if !f.has("blocks") {
		return
	}
	file := f.file.Blocks
	if (file.Opens == "") != (file.Closes == "") || (file.Opens == "") == (file.Begins == "") {
		f.fault("blocks", "blocks needs one of two ways; expected opens and closes, or begins")
	}
	if file.Inherits != "" && file.Begins == "" {
		f.fault("blocks.inherits", "blocks.inherits without sections; expected begins too")
	}
	f.proxy.Blocks = &Blocks{
		Opens: f.regexp("blocks.opens", file.Opens), Closes: f.regexp("blocks.closes", file.Closes),
		Begins: f.regexp("blocks.begins", file.Begins), Inherits: f.regexp("blocks.inherits", file.Inherits),
	}
}

// block is a block of a configuration by its lines, from 1.
type block struct {
	head int // the line that names it
	open int // the line that opens it: head, or the next one
	last int // its last line: that closes it, or the one before the next section
	end  int // the line behind all that it holds
}

// blocks are those of a configuration without comments that are longer than a line; b may be nil.
func (b *Blocks) blocks(lines []string) []block {
	switch {
	case b == nil:
		return nil
	case b.Begins != nil:
		return b.sections(lines)
	}
	return b.nested(lines)
}

func (b *Blocks) sections(lines []string) []block {
	var all []block
	for i, line := range lines {
		if b.Begins.MatchString(line) {
			if len(all) > 0 {
				all[len(all)-1].last = i
			}
			all = append(all, block{head: i + 1, open: i + 1, last: len(lines)})
		}
	}
	for i := range all {
		all[i].end = all[i].last + 1
	}
	return all
}

func (b *Blocks) nested(lines []string) []block {
	var all, stack []block
	named := 0 // the last line that says something
	for i, line := range lines {
		n := i + 1
		for _, opens := range b.tokens(line) {
			switch {
			case opens && strings.TrimSpace(line) == "{" && named > 0:
				stack = append(stack, block{head: named, open: n})
			case opens:
				stack = append(stack, block{head: n, open: n})
			case len(stack) > 0:
				ended := stack[len(stack)-1]
				stack = stack[:len(stack)-1]
				if ended.last, ended.end = n, n; ended.open < n {
					all = append(all, ended)
				}
			}
		}
		if strings.TrimSpace(line) != "" {
			named = n
		}
	}
	for _, unclosed := range stack {
		unclosed.last, unclosed.end = len(lines), len(lines)+1
		all = append(all, unclosed)
	}
	return all
}

// tokens are what opens (true) and closes blocks in a line, in order.
func (b *Blocks) tokens(line string) []bool {
	type token struct {
		at    int
		opens bool
	}
	var found []token
	for _, at := range b.Opens.FindAllStringIndex(line, -1) {
		found = append(found, token{at[1], true})
	}
	for _, at := range b.Closes.FindAllStringIndex(line, -1) {
		found = append(found, token{at[1], false})
	}
	slices.SortFunc(found, func(a, b token) int { return a.at - b.at })
	var opens []bool
	for _, t := range found {
		opens = append(opens, t.opens)
	}
	return opens
}

// layout is a configuration divided into its blocks.
type layout struct {
	kinds  *Blocks
	lines  []string // without comments and CR, each with its ending
	blocks []block  // the outer ones before those in them
	inner  []int    // of each line: the index of the innermost block that holds it; -1: none does
}

func (t Target) layout() layout {
	source := bytes.ReplaceAll(withoutComments(t.Configuration.Source), []byte("\r\n"), []byte("\n"))
	l := layout{kinds: t.Proxy.Blocks, lines: lines(source)}
	l.blocks = t.Proxy.Blocks.blocks(l.lines)
	slices.SortFunc(l.blocks, func(a, b block) int { return cmp.Or(a.open-b.open, b.end-a.end) })
	l.inner = slices.Repeat([]int{-1}, len(l.lines))
	for i, b := range l.blocks {
		for line := b.open + 1; line < b.end; line++ {
			l.inner[line-1] = i
		}
	}
	return l
}

// opened is the block that a line names; false: none.
func (l layout) opened(line int) (block, bool) {
	i := slices.IndexFunc(l.blocks, func(b block) bool { return b.head <= line && line <= b.open })
	if i < 0 {
		return block{}, false
	}
	return l.blocks[i], true
}

// innermost is the index of the block that holds line; -1: none does.
func (l layout) innermost(line int) int {
	if line < 1 || line > len(l.inner) {
		return -1
	}
	return l.inner[line-1]
}

// directly are the lines that stand in a block itself and in none of its blocks; with -1 those outside of all.
func (l layout) directly(index int) []byte {
	return l.only(func(line int) bool { return l.inner[line-1] == index })
}

func (l layout) span(s Span) []byte {
	return l.only(func(line int) bool { return s.From <= line && line <= s.To })
}

// only is the source with all lines empty but those to keep.
func (l layout) only(keep func(line int) bool) []byte {
	var out bytes.Buffer
	for i, line := range l.lines {
		if !keep(i + 1) {
			line = "\n"
		}
		out.WriteString(line)
	}
	return out.Bytes()
}

// chain is what holds at line, the nearest first: the lines of the blocks around it, each before the line that names it, and
// those outside of all blocks; or those of its section, and of the one that it inherits from.
func (l layout) chain(line int) [][]byte {
	var chain [][]byte
	for i := l.innermost(line); i >= 0; i = l.innermost(l.blocks[i].head) {
		chain = append(chain, l.directly(i), l.span(Span{l.blocks[i].head, l.blocks[i].open}))
	}
	if l.kinds == nil || l.kinds.Begins == nil {
		return append(chain, l.directly(-1))
	}
	for i, b := range slices.Backward(l.blocks) {
		if b.head <= line && l.kinds.Inherits != nil && l.kinds.Inherits.MatchString(l.lines[b.head-1]) {
			return append(chain, l.directly(i), l.span(Span{b.head, b.open}))
		}
	}
	return chain
}

// place is where the target's route stands: its directive, and the innermost block around it. Both are none without a route.
func (t Target) place(l layout) (route, around Span) {
	line := t.RouteLine()
	if line == 0 {
		return Span{}, Span{}
	}
	route = Span{line, line}
	if b, ok := l.opened(line); ok && l.kinds.Begins == nil {
		route.To = b.last
	}
	if i := l.innermost(line); i >= 0 {
		around = Span{l.blocks[i].head, l.blocks[i].last}
	}
	if s := t.Configuration.Site; s != nil {
		route.To = max(route.To, s.Route.To)
		if s.Block.From > 0 {
			around = s.Block
		}
	}
	return route, around
}

// reach are the parts of the configuration that hold for the route, the nearest first.
func (t Target) reach(l layout) [][]byte {
	route, around := t.place(l)
	if route.From == 0 {
		return [][]byte{l.span(Span{1, len(l.lines)})}
	}
	parts := [][]byte{l.span(route), l.beside(route, around)}
	return append(parts, l.chain(cmp.Or(around.From, route.From))...)
}

// beside are the lines of the block around a route without those of other blocks in it.
func (l layout) beside(route, around Span) []byte {
	index := l.innermost(route.From)
	return l.only(func(line int) bool {
		return around.From <= line && line <= around.To && (l.inner[line-1] == index || line == around.From)
	})
}
