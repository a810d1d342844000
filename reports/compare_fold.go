package reports

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// changeFold is changes that read the same, on all targets that they are seen on.
type changeFold struct {
	effect  Effect
	targets []string // ids in head
	actual  string   // of the first
	why     string
	results []Result // where it is seen, for those that are told by their reason
}

// ofKind folds the changes of one kind: those that say how a proxy behaves by what is different, the others by the
// reason that there is no verdict, since one cause spoils many checks.
func (c *Comparison) ofKind(kind Kind) []changeFold {
	if kind == Worse || kind == Better {
		return c.byEffect(kind)
	}
	return c.byReason(kind)
}

func (c *Comparison) byEffect(kind Kind) []changeFold {
	var targets []string
	byTarget := map[string][]Changed{}
	for _, x := range c.Changes {
		if x.Kind != kind {
			continue
		}
		if byTarget[x.Target] == nil {
			targets = append(targets, x.Target)
		}
		byTarget[x.Target] = append(byTarget[x.Target], x)
	}
	var folds []changeFold
	for _, target := range targets {
		var found []Effect
		for _, x := range byTarget[target] {
			found = fold(found, x.pair())
		}
		for _, e := range found {
			i := slices.IndexFunc(folds, func(f changeFold) bool { return f.effect.key() == e.key() })
			if i < 0 {
				first := byTarget[target][slices.IndexFunc(byTarget[target], func(x Changed) bool {
					return x.Check == e.Check && x.From == e.From && x.To == e.To
				})]
				folds = append(folds, changeFold{effect: e, targets: []string{target}, actual: first.Actual, why: first.Why})
				continue
			}
			folds[i].targets = append(folds[i].targets, target)
			folds[i].effect.Differences = append(folds[i].effect.Differences, e.Differences...)
		}
	}
	return folds
}

// pair is the change as what it was made of.
func (x Changed) pair() resultPair {
	return resultPair{
		from:       Result{Check: x.Check, Scenario: x.Scenario, Verdict: x.From, Metric: x.Metric},
		to:         Result{Check: x.Check, Scenario: x.Scenario, Verdict: x.To, Metric: x.Metric},
		difference: x.Difference,
	}
}

func (c *Comparison) byReason(kind Kind) []changeFold {
	var folds []changeFold
	for _, x := range c.Changes {
		if x.Kind != kind {
			continue
		}
		e := Effect{Check: x.Check, From: x.From, To: x.To}
		cause := x.To == HarnessError || x.To == Unsupported // often that of many checks, whatever they said before
		if cause {
			e.Check, e.From = "", ""
		}
		i := slices.IndexFunc(folds, func(f changeFold) bool { return f.effect.way() == e.way() && (!cause || f.actual == x.Actual) })
		if i < 0 {
			i, folds = len(folds), append(folds, changeFold{effect: e, actual: x.Actual, why: x.Why})
		}
		folds[i].results = append(folds[i].results, Result{Target: x.Target, Check: x.Check, Scenario: x.Scenario})
	}
	return folds
}

// words say what is different, without where.
func (f changeFold) words(run *Run) string {
	if len(f.results) == 0 {
		return f.effect.Words(run)
	}
	if f.effect.Check != "" {
		return f.effect.Check + ": " + glue(fmt.Sprintf("%s → %s", f.effect.From, f.effect.To))
	}
	verdicts := glue("now " + string(f.effect.To))
	var checks []string
	for _, r := range f.results {
		if !slices.Contains(checks, r.Check) {
			checks = append(checks, r.Check)
		}
	}
	if len(checks) > maxChecks {
		return fmt.Sprintf("%s of %s: %s", plural(len(f.results), "result"), plural(len(checks), "check"), verdicts)
	}
	return strings.Join(checks, ", ") + ": " + verdicts
}

// where names the targets, and the scenarios where the words do not.
func (f changeFold) where(run *Run) string {
	if len(f.results) > 0 {
		return Where(run, f.results)
	}
	return nameTargets(run, f.targets)
}

// number counts the changes of a kind.
func (c *Comparison) number(kind Kind) int {
	n := 0
	for _, x := range c.Changes {
		if x.Kind == kind {
			n++
		}
	}
	return n
}

// conclusion is all of it in one line: "2 changes for the worse, 1 for the better".
func (c *Comparison) conclusion() string {
	if c.ExitCode() == ExitUnmeasurable {
		return "nothing to compare: no check says anything in both runs"
	}
	var parts []string
	for _, part := range []struct {
		n    int
		noun string
	}{
		{c.number(Worse), "for the worse"},
		{c.number(Better), "for the better"},
		{c.number(Lost), "to no verdict"},
		{c.number(Gained), "from no verdict"},
		{c.number(Other), "of another kind"},
	} {
		if part.n > 0 {
			noun := part.noun
			if len(parts) == 0 {
				noun = "change " + noun
				if part.n != 1 {
					noun = strings.Replace(noun, "change ", "changes ", 1)
				}
			}
			parts = append(parts, glue(fmt.Sprintf("%d %s", part.n, noun)))
		}
	}
	if len(parts) == 0 {
		return "no change"
	}
	return strings.Join(parts, ", ")
}

// kindTitle is the heading of a kind and what it means.
func (c *Comparison) kindTitle(kind Kind) (title, about string) {
	switch kind {
	case Worse:
		return "WORSE", ""
	case Better:
		return "BETTER", ""
	case Lost:
		return "NO LONGER KNOWN", c.sides.base + " had a verdict, " + c.sides.head + " has none: not known to be worse, and not known not to be"
	case Gained:
		return "KNOWN SINCE", c.sides.head + " has a verdict, " + c.sides.base + " had none"
	}
	return "OTHERWISE", "no change of what the proxy does was seen"
}

// differences are what else is different between the runs, each in one line.
func (c *Comparison) differences() []string {
	var lines []string
	lines = append(lines, c.upgrades()...)
	if a, b := c.Base.Decision, c.Head.Decision; a != "" && b != "" && a != b {
		lines = append(lines, fmt.Sprintf("signed off as %s, in %s as %s", b, c.sides.base, a))
	}
	onlyBase, onlyHead := "only in "+c.sides.base, "only in "+c.sides.head
	for _, list := range []struct {
		ids  []string
		what string
		noun string
	}{
		{c.Targets.Came, onlyHead, "target"}, {c.Targets.Went, onlyBase, "target"},
		{c.Checks.Came, onlyHead, "check"}, {c.Checks.Went, onlyBase, "check"},
	} {
		if n := len(list.ids); n > 0 {
			names := strings.Join(shortNames(list.ids[:min(n, maxListed)]), ", ")
			if n > maxListed {
				names += fmt.Sprintf(" and %d more", n-maxListed)
			}
			lines = append(lines, fmt.Sprintf("%s: %s %s", list.what, list.noun, names))
		}
	}
	if came, went := c.coverage(); came+went > 0 {
		lines = append(lines, fmt.Sprintf("of targets that both have: %s %s, %s %s", plural(came, "result"), onlyHead, plural(went, "result"), onlyBase))
	}
	lines = append(lines, c.configurations()...)
	for _, x := range c.Images {
		lines = append(lines, fmt.Sprintf("%s has another image: %s, before %s", x.Product, shortDigest(x.Head), shortDigest(x.Base)))
	}
	for _, x := range c.Behave {
		lines = append(lines, x.Target+" behaves differently: "+x.Words())
	}
	for _, u := range c.Unstable {
		lines = append(lines, fmt.Sprintf("not stable in %s: %s", c.sides.head, Result{Target: u.Target, Check: u.Check, Scenario: u.Scenario}.place()))
	}
	for _, s := range c.Stale {
		lines = append(lines, fmt.Sprintf("stale in %s: %s %s", c.sides.head, s.Entry, s.Check))
	}
	for _, x := range c.Control {
		lines = append(lines, fmt.Sprintf("the control %s itself moved in %s: %s; durations of proxies are compared as added to it",
			x.Control, strings.TrimSpace(x.Check+" "+x.Scenario), differencesText([]Difference{x.Difference})))
	}
	return lines
}

// configurations names what is different once, with all targets of that file.
func (c *Comparison) configurations() []string {
	var lines []string
	var seen []ConfigChange
	for _, x := range c.Configs {
		same := func(y ConfigChange) bool { return y.Base == x.Base && y.Head == x.Head && y.lines() == x.lines() }
		if slices.ContainsFunc(seen, same) {
			continue
		}
		seen = append(seen, x)
		var ids []string
		for _, y := range c.Configs {
			if same(y) {
				ids = append(ids, y.Target)
			}
		}
		have := " has"
		if len(ids) > 1 {
			have = " have"
		}
		lines = append(lines, listed(shortNames(ids))+have+" another configuration"+x.lines())
	}
	return lines
}

// upgrades names each two products once.
func (c *Comparison) upgrades() []string {
	var lines []string
	count := map[string]int{}
	for _, u := range c.Upgrades {
		how := "an upgrade"
		if u.Down {
			how = "a downgrade"
		}
		base, _, _ := strings.Cut(u.Base, "/")
		head, _, _ := strings.Cut(u.Head, "/")
		line := fmt.Sprintf("%s is compared with %s as %s", head, base, how)
		if count[line]++; count[line] == 1 {
			lines = append(lines, line)
		}
	}
	for i, line := range lines {
		lines[i] = fmt.Sprintf("%s, in %s", line, plural(count[line], "configuration"))
	}
	return lines
}

var longDigest = regexp.MustCompile(`(sha256:[0-9a-f]{12})[0-9a-f]+`)

// shortDigest has as much of a digest as engines show.
func shortDigest(image string) string { return longDigest.ReplaceAllString(image, "$1") }

func (c *Comparison) coverage() (came, went int) {
	for _, r := range c.Results {
		came, went = came+r.Came, went+r.Went
	}
	return came, went
}

const (
	maxListed = 8 // ids in a line
	maxLines  = 3 // lines of a configuration, each way
)

// lines quotes what is different: ": -SetEnv a 1, +SetEnv a 2".
func (x ConfigChange) lines() string {
	var parts []string
	for _, side := range []struct {
		sign  string
		lines []string
	}{{"-", x.Out}, {"+", x.In}} {
		for _, line := range side.lines[:min(len(side.lines), maxLines)] {
			parts = append(parts, side.sign+inShort(line))
		}
		if n := len(side.lines) - maxLines; n > 0 {
			parts = append(parts, fmt.Sprintf("%s%s more", side.sign, plural(n, "line")))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	return ": " + strings.Join(parts, ", ")
}
