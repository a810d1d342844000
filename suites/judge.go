package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// Every judge follows these rules, so that a pass always means that something was seen to be right:
//
//	no trace at all                               harness-error
//	every upgrade was refused by the target       unsupported (handshake/upgrade-accepted itself fails);
//	                                              harness-error where the target is the control;
//	                                              fail where the target accepted upgrades in other scenarios
//	no trace could be played, by our own fault    harness-error
//	some traces show a violation                  fail, whatever the others are
//	some upgrades were refused, the rest is fine  fail: a target that takes only some connections is not in order,
//	                                              and unsupported would hide it
//	some traces could not be played, by our fault harness-error: what they would have shown is not known
//	some traces lack a moment in our own record   harness-error
//	some traces did not get far enough to show it unsupported: another check says why;
//	                                              harness-error where the target is the control
//	every trace shows that the requirement is met pass

const (
	mostKinds = 4 // different things said in one Actual
	mostWorst = 5 // trace ids in one Worst
)

// counted writes a number with its noun.
func counted[N int | int64](n N, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// proofKind says what one trace proves of a requirement.
type proofKind int

const (
	holds    proofKind = iota // the requirement is met
	violated                  // it is not
	withheld                  // the target did not let it come so far
	unseen                    // our own record lacks the moment that would show it
)

// proof is what one trace proves, and in words what was seen.
type proof struct {
	kind proofKind
	what string
}

func prove(kind proofKind, format string, args ...any) proof {
	return proof{kind: kind, what: fmt.Sprintf(format, args...)}
}

// as gives a finding its verdict and what was found. The hint stays only where there is something to cure.
func (f Finding) as(v reports.Verdict, format string, args ...any) Finding {
	f.Verdict, f.Actual = v, fmt.Sprintf(format, args...)
	if v != reports.Fail && v != reports.Inconclusive {
		f.Hint = ""
	}
	return f
}

// judgeEach lets look at every trace that was played and makes one finding of it. base brings Expected and Hint.
func judgeEach(e Evidence, base Finding, look func(*trace.Trace) proof) Finding {
	p := tellApart(e.Traces)
	if f, ok := p.unjudgeable(e, base); ok {
		return f
	}
	return p.settle(weigh(e, base, p.good, look))
}

// weigh makes a finding of what each trace proves. The gravest kind of proof decides. Nothing stands between the ends of
// the control that could withhold anything.
func weigh(e Evidence, f Finding, traces []*trace.Trace, look func(*trace.Trace) proof) Finding {
	byKind := map[proofKind][]string{}
	ids := map[proofKind]map[string][]string{}
	for _, t := range traces {
		p := look(t)
		if ids[p.kind] == nil {
			ids[p.kind] = map[string][]string{}
		}
		byKind[p.kind] = append(byKind[p.kind], p.what)
		ids[p.kind][p.what] = append(ids[p.kind][p.what], t.ID)
	}
	for _, rule := range []struct {
		kind    proofKind
		verdict reports.Verdict
	}{{violated, reports.Fail}, {unseen, reports.HarnessError}, {withheld, reports.Unsupported}, {holds, reports.Pass}} {
		said := byKind[rule.kind]
		if len(said) == 0 {
			continue
		}
		if rule.kind == withheld && isControl(e.Target) {
			rule.verdict = reports.HarnessError
		}
		f = f.as(rule.verdict, "%s", tally(said, len(traces)))
		if rule.kind != holds {
			f.Worst = oneOfEach(said, ids[rule.kind])
		}
		return f
	}
	return f.as(reports.HarnessError, "not measured: no trace was judged")
}

// tally counts equal texts: "3 of 20: the client got RST; 1 of 20: ...". The most frequent comes first.
func tally(said []string, of int) string {
	kinds, counts := frequent(said)
	var parts []string
	for _, k := range kinds[:min(len(kinds), mostKinds)] {
		parts = append(parts, fmt.Sprintf("%d of %d: %s", counts[k], of, k))
	}
	if rest := len(kinds) - mostKinds; rest > 0 {
		parts = append(parts, "and "+counted(rest, "more kind"))
	}
	return strings.Join(parts, "; ")
}

// frequent returns the different texts, the most frequent first, then in the order they were said, and their counts.
func frequent(said []string) (kinds []string, counts map[string]int) {
	counts = map[string]int{}
	for _, s := range said {
		if counts[s] == 0 {
			kinds = append(kinds, s)
		}
		counts[s]++
	}
	slices.SortStableFunc(kinds, func(a, b string) int { return counts[b] - counts[a] })
	return kinds, counts
}

// oneOfEach returns trace ids so that each different text has one among the first.
func oneOfEach(said []string, ids map[string][]string) []string {
	kinds, _ := frequent(said)
	var worst []string
	for turn := 0; len(worst) < mostWorst; turn++ {
		before := len(worst)
		for _, k := range kinds {
			if turn < len(ids[k]) && len(worst) < mostWorst {
				worst = append(worst, ids[k][turn])
			}
		}
		if len(worst) == before {
			break
		}
	}
	return worst
}
