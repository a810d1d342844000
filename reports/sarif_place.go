package reports

import (
	"cmp"
	"net/url"
	"path"
	"strings"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// locate is the line that causes a result, of the route where that is all that is known.
func (s *sarifReport) locate(r Result) *sarif.Location {
	t, _ := s.run.Target(r.Target)
	line := cmp.Or(r.Line, t.Route)
	return s.place(s.run.ConfigFile(t), line, configLine(t, line))
}

// place is a line of a file; where the line is not known, the first, since code scanning wants one.
func (s *sarifReport) place(file string, line int, text string) *sarif.Location {
	where := artifact(file)
	region := sarif.NewRegion()
	start := max(line, 1)
	region.StartLine = &start
	if text != "" {
		region.Snippet = sarif.NewArtifactContent()
		region.Snippet.Text = &text
	}
	location := sarif.NewLocation()
	location.PhysicalLocation = sarif.NewPhysicalLocation()
	location.PhysicalLocation.ArtifactLocation, location.PhysicalLocation.Region = where, region
	return location
}

// artifact is a file, below the root of the repository unless its path is absolute.
func artifact(file string) *sarif.ArtifactLocation {
	where := sarif.NewArtifactLocation()
	uri := fileURI(file)
	where.URI = &uri
	if !strings.HasPrefix(uri, "file:") {
		root := "%SRCROOT%"
		where.URIBaseID = &root
	}
	return where
}

// fileURI is a path as a URI: relative to the root of the repository, or of the machine.
func fileURI(file string) string {
	if path.IsAbs(file) {
		return (&url.URL{Scheme: "file", Path: file}).String()
	}
	return (&url.URL{Path: file}).String()
}

// configLine is the text of a line of a target's configuration; empty: there is none.
func configLine(t Target, line int) string {
	lines := strings.Split(t.ConfigText, "\n")
	if line < 1 || line > len(lines) {
		return ""
	}
	return strings.TrimSpace(lines[line-1])
}
