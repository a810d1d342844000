package reports

import (
	"fmt"
	"slices"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// cardResults adds one result for each finding on each line of the user's own files, a route that has the same on the same
// line being one with it. Its fingerprint is check, file and URL: it stays the same alert wherever the line moves.
func (s *sarifReport) cardResults() {
	c := s.run.Card
	if c.Unproven != "" {
		return // a notification says why: what was seen may be the fault of what spoiled the run
	}
	for _, f := range c.folded() {
		var seen []string
		for _, one := range f.all() {
			file, line := one.File, one.Line
			if line == 0 {
				file, line = one.route.File, one.route.Line
			}
			place := linePlace(file, line)
			if slices.Contains(seen, place) {
				continue
			}
			seen = append(seen, place)
			text := ""
			if one.Line > 0 {
				text = one.Text
			}
			r := s.add(one.Check, file+" "+one.route.URL, map[Decision]string{Block: sarif.LevelError, Risk: sarif.LevelWarning}[one.Decision],
				s.cardMessage(foldedFinding{CardFinding: one.CardFinding, route: one.route}))
			r.Locations = []*sarif.Location{s.place(file, line, text)}
			if fix := s.fix(one.CardFinding); fix != nil {
				r.Fixes = []*sarif.Fix{fix}
			}
		}
	}
}

// cardMessage says what the proxy does, what was expected and seen, and the change that mends it.
func (s *sarifReport) cardMessage(f foldedFinding) string {
	c := s.run.Card
	who := c.Valid.product()
	if who == "" {
		who = "the proxy"
	}
	parts := []string{fmt.Sprintf("%s: %s %s on %s", f.Decision, who, full(f.Sentence), f.route.URL)}
	for _, part := range []struct{ label, text string }{{"Change: ", f.Change}, {"Expected: ", f.Expected}, {"Seen: ", inShort(f.Actual)}} {
		if part.text != "" {
			parts = append(parts, part.label+full(part.text))
		}
	}
	proof, helps := c.proof(f, terminalMarker)
	if helps {
		proof = "proven " + proof
	}
	parts = append(parts, capitalised(proof))
	text := strings.Join(parts, ". ") + "."
	if f.Evidence != "" {
		text += " Evidence: " + f.Evidence
	}
	return text
}

// fix is the proven cure of a finding as replacements of whole lines; nil: there is none, or its diff cannot be read.
func (s *sarifReport) fix(f CardFinding) *sarif.Fix {
	cure, ok := s.run.Card.cureOf(f)
	if !ok {
		return nil
	}
	edits, err := editsOf(cure.Diff)
	if err != nil || len(edits) == 0 {
		return nil
	}
	alone := !slices.ContainsFunc(edits, func(e edit) bool { return e.file != edits[0].file })
	fix := sarif.NewFix().WithDescription(sarif.NewTextMessage(cure.Directive))
	changes := map[string]*sarif.ArtifactChange{}
	for _, e := range edits {
		file := e.file
		if alone && cure.File != "" {
			file = cure.File // as the user calls it
		}
		if changes[file] == nil {
			changes[file] = sarif.NewArtifactChange().WithArtifactLocation(artifact(file))
			fix.AddArtifactChange(changes[file])
		}
		changes[file].Replacements = append(changes[file].Replacements, e.replacement())
	}
	return fix
}

// replacement is the edit from the beginning of its first line to that of the line behind its last.
func (e edit) replacement() *sarif.Replacement {
	start, end, column := e.line, e.line+e.out, 1
	region := sarif.NewRegion()
	region.StartLine, region.StartColumn, region.EndLine, region.EndColumn = &start, &column, &end, &column
	r := sarif.NewReplacement().WithDeletedRegion(region)
	if e.in != "" {
		content := sarif.NewArtifactContent()
		content.Text = &e.in
		r.InsertedContent = content
	}
	return r
}
