package reports

import (
	"errors"
	"fmt"
	"reflect"
	"regexp"
	"slices"
	"strings"
)

// belongTogether reports why shards are not parts of one run. The first is what the others are compared with.
func belongTogether(names []string, shards []*Run) error {
	for i, s := range shards {
		if err := mergeable(names[i], s); err != nil {
			return err
		}
		for j, other := range shards[:i] {
			if other.ID == s.ID {
				return fmt.Errorf("%s and %s are the same run %s: give every shard once", names[j], names[i], s.ID)
			}
		}
		if i == 0 {
			continue
		}
		if err := sameRun(names[0], shards[0], names[i], s); err != nil {
			return err
		}
	}
	return errors.Join(disjoint(names, shards), sameChecks(names, shards))
}

// nameOfFolder is what the id of a shard has to be: its control's evidence goes into a folder of that name.
var nameOfFolder = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$`)

func mergeable(name string, s *Run) error {
	switch {
	case s.Card != nil:
		return fmt.Errorf("%s is the sign-off of %s by `finwait validate`, which has no shards: leave it out, `finwait compare` compares two", name, s.Card.Path)
	case len(s.Shards) > 0:
		return fmt.Errorf("%s is a merged run itself: give the %d shards that it was merged from, and the others", name, len(s.Shards))
	case len(s.Targets) == 0:
		return fmt.Errorf("%s has no target: leave it out", name)
	case !nameOfFolder.MatchString(s.ID):
		return fmt.Errorf("%s has the id %q, which names no run of finwait: take the file that finwait wrote", name, s.ID)
	}
	return nil
}

// sameRun reports the first choice in which two shards differ.
func sameRun(nameA string, a *Run, nameB string, b *Run) error {
	for _, c := range []struct {
		what string
		a, b any
	}{
		{"version of finwait", a.Finwait, b.Finwait},
		{"--id", a.Options.ID, b.Options.ID},
		{"runtime", a.Environment.Runtime, b.Environment.Runtime},
		{"--versions", a.Options.Versions, b.Options.Versions},
		{"--samples", a.Options.Samples, b.Options.Samples},
		{"--endings", a.Options.Endings, b.Options.Endings},
		{"--patience in ms", a.Options.Patience, b.Options.Patience},
		{"--repeat", max(1, a.Options.Repeat), max(1, b.Options.Repeat)},
		{"--seed", a.Options.Seed, b.Options.Seed},
		{"--check", strings.Join(a.Options.Checks, " "), strings.Join(b.Options.Checks, " ")},
		{"--label-filter", a.Options.Labels, b.Options.Labels},
	} {
		if c.a != c.b {
			return fmt.Errorf("not shards of one run: %s has the %s %s, and %s %s; measure one of them again",
				nameA, c.what, orNone(c.a), nameB, orNone(c.b))
		}
	}
	if !reflect.DeepEqual(a.Options.Budgets, b.Options.Budgets) {
		return fmt.Errorf("not shards of one run: %s and %s have different budgets (%s); measure one of them again",
			nameA, nameB, differentBudgets(a.Options.Budgets, b.Options.Budgets))
	}
	return nil
}

func orNone(value any) string {
	if text := fmt.Sprint(value); text != "" {
		return text
	}
	return "none"
}

// differentBudgets names the budgets that differ, as far as they are a JSON object.
func differentBudgets(a, b any) string {
	of := func(budgets any) map[string]any { m, _ := budgets.(map[string]any); return m }
	var names []string
	for name := range of(a) {
		if !reflect.DeepEqual(of(a)[name], of(b)[name]) {
			names = append(names, name)
		}
	}
	for name := range of(b) {
		if _, both := of(a)[name]; !both {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// disjoint reports a target that two shards measured.
func disjoint(names []string, shards []*Run) error {
	where := map[string]string{}
	for i, s := range shards {
		for _, t := range s.Targets {
			if other, twice := where[t.ID]; twice {
				return fmt.Errorf("%s is in both %s and %s: leave one of them out", t.ID, other, names[i])
			}
			where[t.ID] = names[i]
		}
	}
	return nil
}

// sameChecks reports checks and scenarios that are not the same in two shards: builds of finwait that call themselves
// the same may differ. A check that a shard does not have is no difference where it had nothing to judge: one of TLS
// without a +tls target, or one that a label filter leaves out.
func sameChecks(names []string, shards []*Run) error {
	for i, a := range shards {
		for j, b := range shards {
			if i == j {
				continue
			}
			for _, c := range a.Checks {
				known := slices.IndexFunc(b.Checks, func(o CheckInfo) bool { return o.ID == c.ID })
				if known >= 0 && b.Checks[known] != c || known < 0 && a.judgedWhatIsIn(b, c.ID) {
					return fmt.Errorf("not shards of one run: %s and %s do not have the same check %s; measure both with one build of finwait",
						names[i], names[j], c.ID)
				}
			}
			for _, sc := range a.Scenarios {
				known := slices.IndexFunc(b.Scenarios, func(o ScenarioInfo) bool { return o.Name == sc.Name })
				if known >= 0 && b.Scenarios[known] != sc {
					return fmt.Errorf("not shards of one run: %s and %s do not have the same scenario %s; measure both with one build of finwait",
						names[i], names[j], sc.Name)
				}
			}
		}
	}
	return nil
}

// judgedWhatIsIn reports whether r judged the check on such targets, with or without TLS, as other has too.
func (r *Run) judgedWhatIsIn(other *Run, check string) bool {
	return r.Options.Labels == "" && slices.ContainsFunc(r.Results, func(result Result) bool {
		target, _ := r.Target(result.Target)
		return result.Check == check && slices.ContainsFunc(other.Targets, func(t Target) bool { return t.TLS == target.TLS })
	})
}
