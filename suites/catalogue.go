package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// Catalogue returns all checks, in the order in which they are judged and shown. A new check is added here.
func Catalogue() []Check {
	checks := []Check{
		upgradeAccepted,
		requestPreserved,
		answerPreserved,
		refusalForwarded,
		refusalIsNoTunnel,
		refusalLeavesNothing,
		firstMessage,
		silentBackend,
		http10Ignored,

		handshakeCompletes,
		closeLatency,
		codePreserved,
		reasonPreserved,
		emptyPreserved,
		noReservedCode,
		madeCloseIsLegal,
		nothingAfter,
		serverClosesFirst,
		finNotReset,
		tlsCloseNotify,
		abruptClientTold,
		abruptBackendTold,

		backLegReleased,
		frontLegReleased,
		vanishedClient,
		nothingLeft,
		timeWait,
		descriptors,
		logIsQuiet,

		idleLimit,

		reload,
	}
	for i, c := range checks {
		if c.Level == Observe {
			checks[i].Judge = observed(c)
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
	compiled, err := proxies.Glob(glob)
	if err != nil {
		return nil, fmt.Errorf("check %w", err)
	}
	found := slices.DeleteFunc(Catalogue(), func(c Check) bool { return !compiled.MatchString(c.ID) })
	if len(found) == 0 {
		return nil, fmt.Errorf("no check matches %q: 'finwait list checks' shows what there is", pattern)
	}
	return found, nil
}

// observed keeps a check of level observe from passing or failing unless it has a budget: what it finds is reported.
func observed(c Check) func(Evidence) Finding {
	return func(e Evidence) Finding {
		f := c.Judge(e)
		if c.Budgeted != nil && c.Budgeted(e.Budgets) {
			return f
		}
		switch f.Verdict {
		case reports.Pass, reports.Fail, reports.Inconclusive:
			f.Verdict = reports.Observed
		}
		return f
	}
}
