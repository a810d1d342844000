package suites

import (
	"fmt"

	"github.com/finwait/finwait/reports"
)

// nchan #145 and nginx's own tests: "open socket left in connection" is how nginx says that it lost track of one.
var logIsQuiet = Check{
	ID:          "cleanup/log-is-quiet",
	Requirement: `the proxy logs nothing at alert, crit or emerg level, and no "open socket left"`,
	Otherwise:   "logs alarms",
	Measured: "Every line that the proxy wrote since it was started, or since the repeat before, is matched with the pattern for alarms " +
		"that belongs to the product.",
	Source: "nchan #145, nginx-tests",
	Level:  Must,
	Risk:   true,
	Judge:  judgeLog,
}

func judgeLog(e Evidence) Finding {
	f := Finding{
		Expected: `no log line at alert, crit or emerg level, and none with "open socket left"`,
		Hint:     "the line itself says what the proxy lost track of",
	}
	a := e.After
	switch {
	case a != nil && len(a.Alarms) > 0:
		return f.as(reports.Fail, "%s: %s", counted(len(a.Alarms), "line"), list(clipped(a.Alarms)))
	case a != nil && a.NoLog != "":
		return f.as(reports.Unsupported, "the log cannot be read: %s", a.NoLog)
	}
	if f, ok := unwitnessed(a, f); ok {
		return f
	}
	if a.LogFrom+a.LogLines == 0 {
		return f.as(reports.Unsupported, "the log is empty, so that nothing shows that the proxy writes one")
	}
	return f.as(reports.Pass, "%s of log over %s, none of them an alarm", counted(a.LogLines, "line"), counted(a.Endings, "ending"))
}

// clipped shortens lines to what a terminal shows.
func clipped(lines []string) []string {
	short := make([]string, len(lines))
	for i, l := range lines {
		short[i] = fmt.Sprintf("%.160s", l)
	}
	return short
}
