package proxies

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Change is one change of a configuration's text.
type Change struct {
	Line   int    // from 1: the first line that is replaced, or before which something is put
	Drop   int    // how many lines are replaced; 0: none
	Text   string // whole lines
	Inside bool   // Text goes into a block in braces that Line is given, and that all such changes of it share; Drop is 0
}

// Patched applies changes, whose lines are all those of source. Equal ones are made once, and what is put at one line stands in
// the order of changes. Several may replace the same line by one line if they do so at different places of it; others are an
// error that names the line. Line endings, and a last line without one, stay as they are.
func Patched(source []byte, changes []Change) ([]byte, error) {
	p := patch{lines: lines(source), at: map[int]*lineChanges{}}
	bare := len(p.lines) > 0 && ending(p.lines[len(p.lines)-1]) == ""
	if bare {
		p.lines[len(p.lines)-1] += cmp.Or(ending(p.lines[0]), "\n")
	}
	for i, c := range changes {
		if slices.Contains(changes[:i], c) {
			continue
		}
		if err := p.add(c); err != nil {
			return nil, err
		}
	}
	text, err := p.text()
	if err != nil {
		return nil, err
	}
	if bare {
		text = strings.TrimSuffix(strings.TrimSuffix(text, "\n"), "\r")
	}
	return []byte(text), nil
}

// patch is a file and what becomes of its lines.
type patch struct {
	lines []string
	at    map[int]*lineChanges // by the line; one behind the last is its end
}

type lineChanges struct {
	before  string   // put before it
	instead []Change // that replace it, and perhaps lines behind it
	inside  string   // of the block that it is given
}

func (p *patch) add(c Change) error {
	if c.Line < 1 || c.Drop < 0 || c.Line+c.Drop > len(p.lines)+1 || c.Inside && (c.Drop > 0 || c.Line > len(p.lines)) {
		return fmt.Errorf("there is no line %d to change: the file has %d", max(c.Line, c.Line+c.Drop-1), len(p.lines))
	}
	at := p.at[c.Line]
	if at == nil {
		at = &lineChanges{}
		p.at[c.Line] = at
	}
	switch {
	case c.Inside:
		at.inside += c.Text
	case c.Drop == 0:
		at.before += c.Text
	default:
		at.instead = append(at.instead, c)
	}
	return nil
}

func (p *patch) text() (string, error) {
	var out strings.Builder
	for n := 1; n <= len(p.lines)+1; n++ {
		at := p.at[n]
		if at == nil {
			at = &lineChanges{}
		}
		out.WriteString(at.before)
		if n > len(p.lines) {
			break
		}
		text, dropped, err := p.replaced(n, at.instead)
		if err != nil {
			return "", err
		}
		for later := n + 1; later < n+dropped; later++ {
			if p.at[later] != nil {
				return "", clash(later)
			}
		}
		if at.inside != "" {
			if dropped > 1 || strings.TrimSpace(text) == "" {
				return "", clash(n)
			}
			text = withBlock(text, at.inside)
		}
		out.WriteString(text)
		n += dropped - 1
	}
	return out.String(), nil
}

func clash(line int) error {
	return fmt.Errorf("two changes of line %d do not go together: apply one of them, and look for the other again", line)
}

// replaced is what becomes of a line, and how many lines it stands for.
func (p *patch) replaced(n int, instead []Change) (string, int, error) {
	line := p.lines[n-1]
	if len(instead) == 0 {
		return line, 1, nil
	}
	if len(instead) == 1 {
		return instead[0].Text, instead[0].Drop, nil
	}
	var parts []insert
	for _, c := range instead {
		if c.Drop != 1 || strings.Count(c.Text, "\n") != 1 {
			return "", 0, clash(n)
		}
		parts = append(parts, insertion(line, c.Text))
	}
	slices.SortStableFunc(parts, func(a, b insert) int { return cmp.Or(a.from-b.from, a.to-b.to) })
	var out strings.Builder
	next := 0
	for _, part := range parts {
		if part.from < next {
			return "", 0, clash(n)
		}
		out.WriteString(line[next:part.from] + part.text)
		next = part.to
	}
	return out.String() + line[next:], 1, nil
}

// insert is a text in the place of a part of a line.
type insert struct {
	from, to int
	text     string
}

// insertion is what makes before after: the smallest part of it that is replaced.
func insertion(before, after string) insert {
	from := 0
	for from < min(len(before), len(after)) && before[from] == after[from] {
		from++
	}
	end := 0
	for end < min(len(before), len(after))-from && before[len(before)-1-end] == after[len(after)-1-end] {
		end++
	}
	return insert{from, len(before) - end, after[from : len(after)-end]}
}

// withBlock is a line that opens a block with these lines in it, before a comment at its end.
func withBlock(line, inside string) string {
	end := ending(line)
	text := strings.TrimRight(line, " \t\r\n")
	said := ""
	if at := strings.Index(text, " #"); at >= 0 {
		text, said = strings.TrimRight(text[:at], " \t"), text[at:]
	}
	indentation := text[:len(text)-len(strings.TrimLeft(text, " \t"))]
	return text + " {" + said + end + inside + indentation + "}" + end
}
