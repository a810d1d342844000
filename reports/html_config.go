package reports

import (
	"html/template"
	"strings"
)

// configRow is a line of a configuration and why it matters. A line that does not has neither marks nor notes.
type configRow struct {
	N       int
	Text    string
	Changes bool // makes the variation
	Route   bool // sends connections to the backend
	Notes   []lineNote
}

// lineNote is a check that this line makes end as it does.
type lineNote struct {
	Verdict Verdict
	Check   string
	Href    template.URL
}

// Marked reports whether the line matters.
func (l configRow) Marked() bool { return l.Changes || l.Route || len(l.Notes) > 0 }

func configRows(t Target, results []Result) []configRow {
	if t.ConfigText == "" {
		return nil
	}
	var lines []configRow
	for text := range strings.Lines(t.ConfigText) {
		text = strings.TrimRight(text, "\n")
		n := len(lines) + 1
		lines = append(lines, configRow{N: n, Text: text, Changes: isChange(text, t.Changes), Route: n == t.Route, Notes: lineNotes(n, results)})
	}
	return lines
}

// isChange reports whether a line holds one of the directives that make the variation. The comment that names them is none.
func isChange(line string, changes []string) bool {
	if strings.HasPrefix(strings.TrimSpace(line), "#") {
		return false
	}
	for _, change := range changes {
		if words := spaced(change); words != "" && strings.Contains(spaced(line), words) {
			return true
		}
	}
	return false
}

// spaced writes all white space as one space.
func spaced(s string) string { return strings.Join(strings.Fields(s), " ") }

// lineNotes names each check once that line causes not to pass, with the worst of its verdicts.
func lineNotes(line int, results []Result) []lineNote {
	var notes []lineNote
	seen := map[string]bool{}
	for _, r := range worstFirst(results) {
		if r.Line != line || r.Verdict == Pass || seen[r.Check] {
			continue
		}
		seen[r.Check] = true
		notes = append(notes, lineNote{r.Verdict, r.Check, hashLink(r.Target, r.Check, r.Scenario)})
	}
	return notes
}
