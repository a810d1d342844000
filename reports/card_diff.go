package reports

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// printableDiff is a unified diff whose texts steer no terminal; its lines stay lines, and begin as those of a diff do,
// so that none is a command to a CI system.
func printableDiff(diff string) string {
	var out strings.Builder
	for line := range strings.Lines(diff) {
		cells := strings.Split(strings.TrimRight(line, "\n"), "\t")
		for i, cell := range cells {
			cells[i] = printable(cell)
		}
		line = strings.Join(cells, "\t")
		if line != "" && !strings.ContainsRune(" +-@\\", rune(line[0])) {
			line = " " + line
		}
		out.WriteString(line + "\n")
	}
	return out.String()
}

// edit is a part of a file that a diff replaces.
type edit struct {
	file string // as the diff names it
	line int    // the first that goes, or before which is written, from 1
	out  int    // lines that go
	in   string // what comes in, with its line breaks
}

// editsOf reads a unified diff. The error says which line of it is none.
func editsOf(diff string) ([]edit, error) {
	var edits []edit
	file, at, open := "", 0, false
	oldLeft, newLeft, n := 0, 0, 0
	for line := range strings.Lines(diff) {
		n++
		text := strings.TrimSuffix(line, "\n")
		switch {
		case oldLeft == 0 && newLeft == 0 && strings.HasPrefix(text, "@@"):
			var err error
			if at, oldLeft, newLeft, err = hunk(text); err != nil || file == "" {
				return nil, fmt.Errorf("line %d of the diff is no hunk of a file", n)
			}
			open = false
		case oldLeft == 0 && newLeft == 0 && strings.HasPrefix(text, "--- "):
			file = diffName(text)
		case oldLeft == 0 && newLeft == 0: // +++, what git writes around, and that no line ends the file
		case text == "" || text[0] == ' ':
			at, oldLeft, newLeft, open = at+1, oldLeft-1, newLeft-1, false
		case text[0] == '-' || text[0] == '+':
			if !open {
				edits, open = append(edits, edit{file: file, line: at}), true
			}
			e := &edits[len(edits)-1]
			if text[0] == '+' {
				e.in += text[1:] + "\n"
				newLeft--
			} else {
				e.out++
				at++
				oldLeft--
			}
		case text[0] != '\\':
			return nil, fmt.Errorf("line %d of the diff is none of a diff", n)
		}
		if oldLeft < 0 || newLeft < 0 {
			return nil, fmt.Errorf("line %d of the diff is more than its hunk has", n)
		}
	}
	if oldLeft+newLeft > 0 {
		return nil, errors.New("the diff ends within a hunk")
	}
	return edits, nil
}

// hunk reads "@@ -12,3 +12,4 @@": the first line in the old file, and how many there are in both. Where the old file has
// none of them, they are written behind the line that the hunk names.
func hunk(text string) (line, out, in int, err error) {
	fields := strings.Fields(text)
	if len(fields) < 3 || !strings.HasPrefix(fields[1], "-") || !strings.HasPrefix(fields[2], "+") {
		return 0, 0, 0, errors.New("no hunk")
	}
	if line, out, err = hunkSpan(fields[1][1:]); err != nil {
		return 0, 0, 0, err
	}
	if _, in, err = hunkSpan(fields[2][1:]); err != nil {
		return 0, 0, 0, err
	}
	if out == 0 {
		line++
	}
	if line < 1 {
		return 0, 0, 0, fmt.Errorf("line %d", line)
	}
	return line, out, in, nil
}

func hunkSpan(text string) (line, n int, err error) {
	first, count, ok := strings.Cut(text, ",")
	if line, err = strconv.Atoi(first); err != nil {
		return 0, 0, err
	}
	if !ok {
		return line, 1, nil
	}
	n, err = strconv.Atoi(count)
	return line, n, err
}

// diffName is the file of a line "--- a/site.conf	2026-01-01".
func diffName(text string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(text, "--- "), "\t")
	return strings.TrimPrefix(strings.TrimSpace(name), "a/")
}
