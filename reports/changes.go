package reports

// Change is what a configuration does differently from the one that it varies.
type Change struct {
	Target    Target
	Base      Target
	Verdicts  int // that both have
	Durations int // that both have
	Effects   []Effect
	Traits    []TraitChange
}

// None reports whether no effect could be measured. With nothing compared that says nothing.
func (c Change) None() bool { return len(c.Effects)+len(c.Traits) == 0 }

// Changes compares every target with the one that it varies, in the order of the overview. Targets whose base is
// not in the run are left out.
func Changes(run *Run) []Change {
	var pairs []pairing
	for _, target := range inReadingOrder(run.Targets) {
		if base, ok := target.base(run.Targets); ok {
			pairs = append(pairs, pairing{run, run, base, target})
		}
	}
	changes := make([]Change, 0, len(pairs))
	for i, compared := range comparePairs(pairs, limitsOf(relative, run)) {
		c := Change{Target: pairs[i].to, Base: pairs[i].from, Effects: effects(compared), Traits: traitChanges(pairs[i].from, pairs[i].to)}
		c.Verdicts, c.Durations = countPairs(compared)
		changes = append(changes, c)
	}
	return changes
}

// countPairs counts the verdicts and the durations that were compared.
func countPairs(pairs []resultPair) (verdicts, durations int) {
	for _, p := range pairs {
		if p.tell() {
			verdicts++
		}
		if p.difference != nil {
			durations++
		}
	}
	return verdicts, durations
}
