package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/bmatcuk/doublestar/v4"

	"github.com/finwait/finwait/reports"
)

// Catalogue returns all checks, in the order in which they are judged and shown. A new check is added here.
func Catalogue() []Check {
	checks := []Check{
		upgradeAccepted,

		handshakeCompletes,
		closeLatency,
		codePreserved,
		reasonPreserved,
		emptyPreserved,
		noReservedCode,
		nothingAfter,
		serverClosesFirst,
		finNotReset,
		tlsCloseNotify,
		abruptClientTold,
		abruptBackendTold,

		backLegReleased,
		frontLegReleased,
		nothingLeft,
		descriptors,
		logIsQuiet,
	}
	for i, c := range checks {
		if c.Level == Observe {
			checks[i].Judge = observed(c.Judge)
		}
	}
	return checks
}

// Find returns the checks whose ids match a glob pattern, in the order of the catalogue: "close/*", "*/*released",
// "{close,cleanup}/*". A pattern without a slash names areas: "close" is "close/*".
// A pattern that is malformed or matches nothing is an error.
func Find(pattern string) ([]Check, error) {
	glob := pattern
	if !strings.Contains(glob, "/") {
		glob += "/*"
	}
	if !doublestar.ValidatePattern(glob) {
		return nil, fmt.Errorf("check pattern %q is malformed: it is a glob like 'close/*'", pattern)
	}
	found := slices.DeleteFunc(Catalogue(), func(c Check) bool { return !doublestar.MatchUnvalidated(glob, c.ID) })
	if len(found) == 0 {
		return nil, fmt.Errorf("no check matches %q: 'finwait list checks' shows what there is", pattern)
	}
	return found, nil
}

// observed keeps a check of level observe from passing or failing: what it finds is reported.
func observed(judge func(Evidence) Finding) func(Evidence) Finding {
	return func(e Evidence) Finding {
		f := judge(e)
		switch f.Verdict {
		case reports.Pass, reports.Fail, reports.Inconclusive:
			f.Verdict = reports.Observed
		}
		return f
	}
}
