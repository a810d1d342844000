package proxies

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// Glob compiles a pattern of ids or names: "*" stands for any text, '/' and '+' included, "?" for one character,
// "{a,b}" for a or b. All else stands for itself.
func Glob(pattern string) (*regexp.Regexp, error) {
	alternatives, err := expand(pattern)
	if err != nil {
		return nil, err
	}
	for i, alternative := range alternatives {
		alternatives[i] = globRegexp(alternative)
	}
	return regexp.MustCompile("^(?:" + strings.Join(alternatives, "|") + ")$"), nil
}

func globRegexp(pattern string) string {
	return strings.NewReplacer(`\*`, `.*`, `\?`, `.`).Replace(regexp.QuoteMeta(pattern))
}

// globMatch is for patterns that were checked before: a bad one matches nothing.
func globMatch(pattern, text string) bool {
	compiled, err := Glob(pattern)
	return err == nil && compiled.MatchString(text)
}

func anyMatch(patterns []string, text string) bool {
	for _, pattern := range patterns {
		if globMatch(pattern, text) {
			return true
		}
	}
	return false
}

// maxAlternatives keeps a pattern of braces in braces from filling the memory.
const maxAlternatives = 1000

// expand returns the patterns without braces that a pattern with braces stands for.
func expand(pattern string) ([]string, error) {
	if pattern == "" {
		return nil, errors.New("the pattern is empty; expected a name, or \"*\" for all")
	}
	var done []string
	todo := []string{pattern}
	for len(todo) > 0 {
		next := todo[0]
		todo = todo[1:]
		open := strings.IndexAny(next, "{}")
		if open < 0 {
			done = append(done, next)
			continue
		}
		parts, rest, ok := braces(next[open:])
		if !ok {
			return nil, fmt.Errorf("pattern %q has a brace without its counterpart; expected {a,b}", pattern)
		}
		for i, part := range parts {
			parts[i] = next[:open] + part + rest
		}
		todo = append(parts, todo...)
		if len(done)+len(todo) > maxAlternatives {
			return nil, fmt.Errorf("pattern %.20q... stands for more than %d; expected fewer braces", pattern, maxAlternatives)
		}
	}
	return done, nil
}

// braces splits text, which begins with a brace, into what the commas of that brace part and what follows it.
func braces(text string) (parts []string, rest string, ok bool) {
	if text[0] != '{' {
		return nil, "", false
	}
	depth, from := 1, 1
	for i, c := range text[1:] {
		i++ // in text
		switch {
		case c == '{':
			depth++
		case c == '}' && depth == 1:
			return append(parts, text[from:i]), text[i+1:], true
		case c == '}':
			depth--
		case c == ',' && depth == 1:
			parts = append(parts, text[from:i])
			from = i + 1
		}
	}
	return nil, "", false
}
