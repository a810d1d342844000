package reports

import "slices"

// Behaviours is what proxies do in different ways, as a table: the targets in reading order, the traits as they come.
type Behaviours struct {
	Traits []string // names, the columns
	Rows   []BehaviourRow
}

// BehaviourRow is one target.
type BehaviourRow struct {
	Target Target
	Cells  []Trait // one for each column; without a name: it was not seen
}

// NewBehaviours makes the table of run. Targets of which nothing was seen are left out.
func NewBehaviours(run *Run) Behaviours {
	var b Behaviours
	targets := inReadingOrder(run.Targets)
	for _, target := range targets {
		for _, trait := range target.seen() {
			if !slices.Contains(b.Traits, trait.Name) {
				b.Traits = append(b.Traits, trait.Name)
			}
		}
	}
	for _, target := range targets {
		seen := target.seen()
		if len(seen) == 0 {
			continue
		}
		row := BehaviourRow{Target: target, Cells: make([]Trait, len(b.Traits))}
		for _, trait := range seen {
			row.Cells[slices.Index(b.Traits, trait.Name)] = trait
		}
		b.Rows = append(b.Rows, row)
	}
	return b
}

// seen are the traits of which something was seen; of the others Detail says why not.
func (t Target) seen() []Trait {
	var seen []Trait
	for _, trait := range t.Behaviour {
		if trait.Value != "" {
			seen = append(seen, trait)
		}
	}
	return seen
}
