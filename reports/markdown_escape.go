package reports

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// What stands in a report was partly written by a proxy, or by whoever sends a pull request: none of it may become markup,
// call anybody, or refer to an issue. Text is escaped character by character; where a character would be a reference for
// GitHub or GitLab with what follows it, a space of no width comes in between, since those are looked for in the page
// as it is rendered.

// cutMark ends a text that was cut.
const cutMark = " …"

// escapedRunes are characters that are markup in Markdown as GitHub has it, tables and mathematics included.
var escapedRunes = map[rune]string{
	'&': "&amp;", '<': "&lt;", '>': "&gt;", '$': "&#36;",
	'\\': `\\`, '`': "\\`", '*': `\*`, '_': `\_`, '[': `\[`, ']': `\]`, '|': `\|`, '~': `\~`,
}

// noWidth keeps a mark and a word apart for whoever looks for references.
const noWidth = "&#8203;"

// inText makes one line of Markdown of a text, of at most limit bytes; 0: of any length.
func inText(text string, limit int) string {
	text = strings.Join(strings.Fields(strings.ToValidUTF8(text, "\uFFFD")), " ")
	var out strings.Builder
	for i, r := range text {
		piece := inTextRune(text[:i], r, text[i+utf8.RuneLen(r):])
		if limit > 0 && out.Len()+len(piece) > limit-len(cutMark) && len(text)-i > len(cutMark) {
			return out.String() + cutMark
		}
		out.WriteString(piece)
	}
	return out.String()
}

func inTextRune(before string, r rune, rest string) string {
	last, _ := utf8.DecodeLastRuneInString(before)
	next, _ := utf8.DecodeRuneInString(rest)
	switch {
	case r == '@' && isWord(next) && !isWord(last), // of "apache@2.4" nobody is called
		(r == '#' || r == '!') && unicode.IsDigit(next),
		r == '-' && unicode.IsDigit(next) && len(before) >= 2 && strings.EqualFold(before[len(before)-2:], "GH"):
		return string(r) + noWidth
	}
	if escaped, ok := escapedRunes[r]; ok {
		return escaped
	}
	return string(r)
}

func isWord(r rune) bool { return r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r) }

// inCode makes a code span of a text. In a cell of a table it may hold no bar.
func inCode(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	if text == "" {
		return ""
	}
	fence := strings.Repeat("`", longestRun(text, '`')+1)
	pad := ""
	if strings.HasPrefix(text, "`") || strings.HasSuffix(text, "`") {
		pad = " "
	}
	return fence + pad + text + pad + fence
}

// codeBlock fences lines, each after indent.
func codeBlock(indent, language string, lines ...string) string {
	var out strings.Builder
	longest := 2
	for _, line := range lines {
		longest = max(longest, longestRun(line, '`'))
	}
	fence := strings.Repeat("`", longest+1)
	fmt.Fprintf(&out, "%s%s%s\n", indent, fence, language)
	for _, line := range lines {
		out.WriteString(indent + strings.Join(strings.Fields(line), " ") + "\n")
	}
	out.WriteString(indent + fence + "\n")
	return out.String()
}

func longestRun(text string, of rune) int {
	longest, run := 0, 0
	for _, r := range text {
		if r != of {
			run = 0
			continue
		}
		run++
		longest = max(longest, run)
	}
	return longest
}
