package proxies

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// groups are those of At in the text of an edit.
var groups = regexp.MustCompile(`\$\{(\d+)\}`)

// expanded is text with the groups of what pattern matches in line; false: they are not all in that line.
func expanded(pattern *regexp.Regexp, line, text string) (string, bool) {
	if pattern == nil {
		return "", false
	}
	found := pattern.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
	if found == nil {
		return "", false
	}
	return groups.ReplaceAllStringFunc(text, func(group string) string {
		n, err := strconv.Atoi(group[2 : len(group)-1])
		if err != nil || n >= len(found) {
			return group // refused when it was loaded
		}
		return found[n]
	}), true
}

// written is text as whole lines with the indentation of the line like and so many levels more, and with its ending.
func (e *editor) written(text, like string, levels int) string {
	unit := e.unit()
	indentation := like[:len(like)-len(strings.TrimLeft(like, " \t"))] + strings.Repeat(unit, levels)
	var out strings.Builder
	for _, line := range lines([]byte(text)) {
		line = strings.TrimRight(line, "\n")
		if line != "" {
			deeper := strings.TrimLeft(line, "\t")
			line = indentation + strings.Repeat(unit, len(line)-len(deeper)) + deeper
		}
		out.WriteString(line + e.ending())
	}
	return out.String()
}

// unit is one level of the file's indentation: what its first indented line begins with.
func (e *editor) unit() string {
	for _, line := range e.layout.lines {
		rest := strings.TrimLeft(line, " \t")
		if indentation := line[:len(line)-len(rest)]; indentation != "" && strings.TrimSpace(rest) != "" {
			if strings.HasPrefix(indentation, "\t") {
				return "\t"
			}
			return indentation
		}
	}
	return "    "
}

// ending is how the file ends its lines.
func (e *editor) ending() string {
	if len(e.lines) == 0 {
		return "\n"
	}
	if end := ending(e.lines[0]); end != "" {
		return end
	}
	return "\n"
}

// ending is that of a line, empty at the end of a file that has none.
func ending(line string) string { return line[len(strings.TrimRight(line, "\r\n")):] }

// flat is text in one line.
func flat(text string) string {
	var all []string
	for _, line := range lines([]byte(text)) {
		all = append(all, words(line))
	}
	return strings.Join(slices.DeleteFunc(all, func(s string) bool { return s == "" }), " ")
}

// joined puts lines behind each other, with a comma where none of their own marks shows the end of one.
func joined(all []string) string {
	var out strings.Builder
	for _, line := range all {
		before := out.String()
		switch {
		case line == "":
			continue
		case before == "":
		case strings.HasSuffix(before, ";") || strings.HasSuffix(before, "{") || strings.HasSuffix(before, "}") || strings.HasPrefix(line, "}") ||
			strings.HasPrefix(line, "</") || strings.HasSuffix(before, ">"):
			out.WriteString(" ")
		default:
			out.WriteString(", ")
		}
		out.WriteString(line)
	}
	return out.String()
}

// words is a line with single blanks.
func words(line string) string { return strings.Join(strings.Fields(line), " ") }

// lines are those of a file, each with its ending.
func lines(source []byte) []string { return slices.Collect(strings.Lines(string(source))) }
