package reports

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// CompareSchema names the format of what `finwait compare --format json` writes. Field names are stable within v1.
const CompareSchema = "finwait.compare/v1"

// Comparison is what is different between two runs, Base being the older. All lists are in one order, and empty where
// nothing is different.
type Comparison struct {
	Schema    string  `json:"schema"`
	Base      RunName `json:"base"`
	Head      RunName `json:"head"`
	Threshold float64 `json:"threshold"` // part of a median by which durations have to differ
	Worse     bool    `json:"worse"`     // something is worse: exit code 1

	Compared Compared        `json:"compared"`
	Changes  []Changed       `json:"changes"`  // verdicts and durations, the worst first
	Control  []ControlChange `json:"control"`  // durations of the control itself that moved: the machine's, no proxy's
	Targets  CameWent        `json:"targets"`  // ids
	Checks   CameWent        `json:"checks"`   // ids
	Results  []Coverage      `json:"results"`  // of targets that both have, judged in one run alone
	Upgrades []Upgrade       `json:"upgrades"` // targets of another version that were compared
	Configs  []ConfigChange  `json:"configurations"`
	Images   []ImageChange   `json:"images"`
	Behave   []BehaveChange  `json:"behaviour"`
	Unstable []Unstable      `json:"unstable"` // of head, that base did not have
	Stale    []Stale         `json:"stale"`    // of head, that base did not have
	Weak     []string        `json:"weak"`     // what else differs and makes the comparison weak, each in one line

	head  *Run // for the clauses of its scenarios
	sides sides
}

// sides are what the two runs are called.
type sides struct{ base, head string }

// RunName says which run it is.
type RunName struct {
	ID       string    `json:"id"`
	Started  time.Time `json:"started"`
	Finwait  string    `json:"finwait"`
	Targets  int       `json:"targets"`
	Results  int       `json:"results"`
	ExitCode int       `json:"exit_code"`          // that the run stands for
	Decision Decision  `json:"decision,omitempty"` // of its sign-off card; empty: it has none, or that decides nothing
}

// Compared counts what both runs have.
type Compared struct {
	Targets   int `json:"targets"`
	Verdicts  int `json:"verdicts"`
	Durations int `json:"durations"`
}

// Kind says what a change is worth.
type Kind string

const (
	// Worse is a verdict that got worse, or a duration that got longer and is real (see [Difference]). It is also worse
	// where known-failures.yaml explains it: an explanation does not let go of a connection.
	Worse Kind = "worse"
	// Better is the opposite.
	Better Kind = "better"
	// Lost is a verdict that base had and head has not: could not be measured, inconclusive or unsupported. It is not
	// known to be worse, and not known not to be.
	Lost Kind = "lost"
	// Gained is the opposite. That head fails is no change that was seen.
	Gained Kind = "gained"
	// Other is a failure that is explained since, a pass that contradicts known-failures.yaml, or another reason for
	// having no verdict.
	Other Kind = "other"
)

// Kinds are all kinds in the order in which they are reported.
func Kinds() []Kind { return []Kind{Worse, Lost, Gained, Other, Better} }

// Changed is one check in one scenario on one target that is different.
type Changed struct {
	Kind       Kind        `json:"kind"`
	Target     string      `json:"target"`         // id in head
	Base       string      `json:"base,omitempty"` // id in base, where that is another
	Check      string      `json:"check"`
	Scenario   string      `json:"scenario,omitempty"`
	Level      string      `json:"level"`
	From       Verdict     `json:"from"` // equal to To: only the duration is different
	To         Verdict     `json:"to"`
	Metric     string      `json:"metric,omitempty"`
	Difference *Difference `json:"difference,omitempty"` // where it is real
	Actual     string      `json:"actual,omitempty"`     // what head saw, where the verdict is different
	Why        string      `json:"why,omitempty"`        // what known-failures.yaml says of it in head
}

// ControlChange is a duration of the control itself that is different.
type ControlChange struct {
	Control    string     `json:"control"` // id; in a merged run with its shard: "direct (nginx)"
	Check      string     `json:"check"`
	Scenario   string     `json:"scenario,omitempty"`
	Metric     string     `json:"metric"`
	Difference Difference `json:"difference"`
}

// CameWent is what only one run has.
type CameWent struct {
	Came []string `json:"came"`
	Went []string `json:"went"`
}

// Coverage is a check and scenario that only one run has on some of the targets that both have.
type Coverage struct {
	Check    string `json:"check"`
	Scenario string `json:"scenario,omitempty"`
	Came     int    `json:"came"` // targets
	Went     int    `json:"went"`
}

// CompareRuns compares head with base. Threshold is the part of a median by which durations have to differ, 0.25 for
// instance. All comparisons are one family. It fails where the runs share no target.
func CompareRuns(base, head *Run, threshold float64) (*Comparison, error) {
	return compareRuns(base, head, threshold, sides{"base", "head"})
}

func compareRuns(base, head *Run, threshold float64, called sides) (*Comparison, error) {
	c := &Comparison{Schema: CompareSchema, Base: nameOf(base), Head: nameOf(head), Threshold: threshold, head: head, sides: called}
	pairs := c.match(base, head)
	if len(pairs) == 0 {
		return nil, noneShared(base, head, called)
	}
	c.Compared.Targets = len(pairs)
	l := limitsOf(threshold, base, head)
	for i, compared := range comparePairs(pairs, l) {
		c.add(pairs[i], compared)
		c.count(pairs[i], compared)
	}
	if c.Compared.Verdicts+c.Compared.Durations+len(c.Changes) == 0 && !shareChecks(base, head) {
		return nil, errors.New("the runs share targets, and no check on them: compare runs of the same checks")
	}
	slices.SortStableFunc(c.Changes, compareChanged)
	c.Worse = slices.ContainsFunc(c.Changes, func(x Changed) bool { return x.Kind == Worse })
	c.Control = compareControls(base, head, l)
	c.Checks = cameWent(idsOf(base.Checks, checkID), idsOf(head.Checks, checkID))
	c.Unstable = newOnes(base.Unstable, head.Unstable, func(u Unstable) string { return u.Target + "\x00" + u.Check + "\x00" + u.Scenario })
	c.Stale = newOnes(base.Stale, head.Stale, func(s Stale) string { return s.Entry + "\x00" + s.Check + "\x00" + s.Why })
	c.Weak = weaknesses(base, head, called)
	c.orEmpty()
	return c, nil
}

func nameOf(r *Run) RunName {
	name := RunName{ID: r.ID, Started: r.Started, Finwait: r.Finwait, Targets: len(r.Targets), Results: len(r.Results), ExitCode: r.ExitCode()}
	if r.Card != nil {
		name.Decision = r.Card.Decision
	}
	return name
}

func checkID(c CheckInfo) string { return c.ID }

func noneShared(base, head *Run, called sides) error {
	return fmt.Errorf("the runs share no target: %s has %s, %s has %s; compare runs of the same proxies and configurations",
		called.base, someTargets(base), called.head, someTargets(head))
}

func someTargets(r *Run) string {
	const some = 2
	ids := idsOf(r.Targets, func(t Target) string { return t.ID })
	switch n := len(ids); {
	case n == 0:
		return "none"
	case n > some:
		return fmt.Sprintf("%s and %d more", strings.Join(ids[:some], ", "), n-some)
	}
	return listed(ids)
}

// ExitCode is 1 where something is worse, 3 where no verdict of head says anything any more, and else 0.
func (c *Comparison) ExitCode() int {
	switch {
	case c.Worse:
		return ExitFailed
	case c.Compared.Verdicts+c.Compared.Durations == 0:
		return ExitUnmeasurable
	}
	return ExitExpected
}

// add notes what is different on one target.
func (c *Comparison) add(p pairing, compared []resultPair) {
	for _, r := range compared {
		verdicts, durations := countPairs([]resultPair{r})
		c.Compared.Verdicts += verdicts
		c.Compared.Durations += durations
		if r.from.Verdict == r.to.Verdict && !r.moved() {
			continue
		}
		x := Changed{
			Target: p.to.ID, Check: r.to.Check, Scenario: r.to.Scenario, Level: r.to.Level,
			From: r.from.Verdict, To: r.to.Verdict, Kind: kindOf(r),
		}
		if p.from.ID != p.to.ID {
			x.Base = p.from.ID
		}
		if r.moved() {
			x.Metric, x.Difference = r.to.Metric, r.difference
		}
		if x.From != x.To {
			x.Actual = r.to.Actual
			if r.to.Known != nil {
				x.Why = r.to.Known.Why
			}
		}
		c.Changes = append(c.Changes, x)
	}
}

// kindOf is what a change is worth: a duration that got longer is worse, also where a larger budget made the verdict better;
// then a verdict that got worse or better decides, then the duration, then what else became of the verdict.
func kindOf(r resultPair) Kind {
	kind := verdictKind(r.from.Verdict, r.to.Verdict)
	switch {
	case r.moved() && r.difference.Longer():
		return Worse
	case kind == Worse, kind == Better, !r.moved():
		return kind
	}
	return Better
}

// verdictKind is empty where the verdicts are the same.
func verdictKind(from, to Verdict) Kind {
	says := func(v Verdict) bool { return v.tells() || v == Observed }
	switch {
	case from == to:
		return ""
	case says(from) && !says(to):
		return Lost
	case !says(from) && says(to):
		return Gained
	case !says(from), from == Observed, to == Observed:
		return Other
	case passes(from) && !passes(to), from == KnownFailure && to == Fail:
		return Worse
	case passes(to) && !passes(from):
		return Better
	}
	return Other
}

// passes reports whether the proxy meets the requirement, expected or not.
func passes(v Verdict) bool { return v == Pass || v == UnexpectedPass }

// count notes what only one run judged on a target that both have.
func (c *Comparison) count(p pairing, compared []resultPair) {
	both := map[subject]bool{}
	for _, r := range compared {
		both[r.to.judged()] = true
	}
	for _, side := range []struct {
		run  *Run
		id   string
		came bool
	}{{p.fromRun, p.from.ID, false}, {p.toRun, p.to.ID, true}} {
		for _, r := range side.run.Results {
			if r.Target != side.id || both[r.judged()] {
				continue
			}
			i := slices.IndexFunc(c.Results, func(o Coverage) bool { return o.Check == r.Check && o.Scenario == r.Scenario })
			if i < 0 {
				i, c.Results = len(c.Results), append(c.Results, Coverage{Check: r.Check, Scenario: r.Scenario})
			}
			if side.came {
				c.Results[i].Came++
			} else {
				c.Results[i].Went++
			}
		}
	}
}

// compareChanged orders by kind, then known failures behind those that nobody explained, then by check, scenario and target.
func compareChanged(a, b Changed) int {
	return cmp.Or(
		cmp.Compare(slices.Index(Kinds(), a.Kind), slices.Index(Kinds(), b.Kind)),
		cmp.Compare(slices.Index(Verdicts(), a.To), slices.Index(Verdicts(), b.To)),
		cmp.Compare(a.Check, b.Check), cmp.Compare(a.Scenario, b.Scenario), cmp.Compare(a.Target, b.Target))
}

func (c *Comparison) orEmpty() {
	c.Changes, c.Control, c.Results = orEmpty(c.Changes), orEmpty(c.Control), orEmpty(c.Results)
	c.Upgrades, c.Configs, c.Images, c.Behave = orEmpty(c.Upgrades), orEmpty(c.Configs), orEmpty(c.Images), orEmpty(c.Behave)
	c.Unstable, c.Stale, c.Weak = orEmpty(c.Unstable), orEmpty(c.Stale), orEmpty(c.Weak)
}

// shareChecks reports whether a check was judged in both runs.
func shareChecks(base, head *Run) bool {
	return slices.ContainsFunc(base.Checks, func(b CheckInfo) bool {
		return slices.ContainsFunc(head.Checks, func(h CheckInfo) bool { return h.ID == b.ID })
	})
}
