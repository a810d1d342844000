package reports

import (
	"fmt"
	"slices"
	"strings"
)

// unstable names the verdicts that differed from repeat to repeat, each with how often it was which.
func (p *page) unstable(run *Run) {
	if len(run.Unstable) == 0 {
		return
	}
	p.section("NOT STABLE", "not judged the same in each of "+plural(run.Options.Repeat, "repeat"))
	for _, u := range run.Unstable {
		where := u.Target
		if u.Scenario != "" {
			where += " in " + u.Scenario
		}
		p.item(2, p.paint(red, u.Check)+" "+where+": not stable: "+strings.Join(u.counts(), ", "))
	}
}

// counts are the verdicts with their number of repeats, the most frequent first: "pass 9", "fail 1".
func (u Unstable) counts() []string {
	order := slices.DeleteFunc(Verdicts(), func(v Verdict) bool { return u.Verdicts[v] == 0 })
	slices.SortStableFunc(order, func(a, b Verdict) int { return u.Verdicts[b] - u.Verdicts[a] })
	parts := make([]string, 0, len(order))
	for _, v := range order {
		parts = append(parts, glue(fmt.Sprintf("%s %d", v, u.Verdicts[v])))
	}
	return parts
}

// around are the stages in which nothing is measured.
var around = []string{"images", "stands", "judging", "cleanup"}

// wallTime compares the time that measuring took with the longest single wait, which no order of the plays can shorten:
// "measured in 14.2 s; the longest single wait was 11.0 s (1.3 times); stands came up in 9.8 s". With repeats it is the
// mean of all. Empty: the run is not whole, or nothing waited.
func (r *Run) wallTime() string {
	if r.Interrupted != "" || r.Longest <= 0 {
		return ""
	}
	var measuring, stands float64
	for _, s := range r.Stages {
		switch {
		case s.Name == "stands":
			stands = s.Seconds
		case !slices.Contains(around, s.Name):
			measuring += s.Seconds
		}
	}
	times, each := max(1, r.Options.Repeat), ""
	if times > 1 {
		measuring, each = measuring/float64(times), " a repeat"
	}
	return fmt.Sprintf("measured in %s%s; the longest single wait was %s (%.1f times); stands came up in %s",
		tenths(measuring), each, tenths(r.Longest), measuring/r.Longest, tenths(stands))
}

func tenths(seconds float64) string { return glue(fmt.Sprintf("%.1f s", seconds)) }

// String says it in one line: "quick pass: 40 rounds, 3 disturbed and repeated (CPU pressure)". Empty: there was none.
func (q Quiet) String() string {
	if q.Rounds == 0 {
		return ""
	}
	text := "quick pass: " + plural(q.Rounds, "round")
	if q.Disturbed > 0 {
		text += fmt.Sprintf(", %d disturbed and repeated", q.Disturbed)
	}
	if q.Kept > 0 {
		text += fmt.Sprintf(", %d disturbed and kept, since the machine did not get quiet", q.Kept)
	}
	if len(q.Reasons) > 0 {
		return text + " (" + strings.Join(q.Reasons, "; ") + ")"
	}
	return text + ", none disturbed"
}
