package proxies

import (
	"regexp"
	"strings"

	"github.com/Masterminds/semver/v3"
)

var leadingNumbers = regexp.MustCompile(`^v?\d+(?:\.\d+){0,2}`)

// numbers reads the numbers at the beginning of a version as binaries and packagers write it: "2.4.69", "v2.11",
// "3.2.26-1". What follows them is a packager's matter and would make semver take it for a preview.
func numbers(version string) (*semver.Version, error) {
	return semver.NewVersion(leadingNumbers.FindString(version))
}

// Understood says whether the target's version can understand its configuration. As long as only a series is known
// ("2.4"), one version of the series that does is enough.
func (t Target) Understood() bool {
	constraint, err := semver.NewConstraint(t.Configuration.Needs)
	if t.Configuration.Needs == "" || err != nil {
		return true
	}
	version := t.Reported
	if version == "" {
		version = t.Version.Name
	}
	first, err := numbers(version)
	if err != nil {
		return true
	}
	if t.Reported != "" {
		return constraint.Check(first)
	}
	return constraint.Check(first) || constraint.Check(newest(first))
}

// newest is a version that none of the series is newer than.
func newest(series *semver.Version) *semver.Version {
	const high = 1 << 30
	switch strings.Count(series.Original(), ".") {
	case 0:
		return semver.New(series.Major(), high, high, "", "")
	case 1:
		return semver.New(series.Major(), series.Minor(), high, "", "")
	default:
		return series
	}
}
