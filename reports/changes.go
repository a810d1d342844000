package reports

import "slices"

// Change is what a configuration does differently from the one that it varies.
type Change struct {
	Target   Target
	Base     Target
	Compared int // verdicts that both have
	Numbers  []NumberChange
	Verdicts []VerdictChange
}

// NumberChange is a number of the overview that differs.
type NumberChange struct {
	Column   string
	From, To Cell
}

// VerdictChange is a verdict that differs, and in which scenarios of the check. Scenarios may be empty.
type VerdictChange struct {
	Check     string
	From, To  Verdict
	Scenarios []string
}

// Changes compares every target with the one that it varies, in the order of the overview. Targets whose base is
// not in the run are left out.
func Changes(run *Run) []Change {
	overview := NewOverview(run)
	cells := map[string][]Cell{}
	for _, row := range overview.Rows {
		cells[row.Target.ID] = row.Cells
	}
	var changes []Change
	for _, row := range overview.Rows {
		base, ok := row.Target.base(run.Targets)
		if !ok {
			continue
		}
		c := Change{Target: row.Target, Base: base}
		c.compareVerdicts(run)
		for i, column := range overview.Columns {
			if from, to := cells[base.ID][i], row.Cells[i]; differ(from, to, column.apart) {
				c.Numbers = append(c.Numbers, NumberChange{column.Name, from, to})
			}
		}
		changes = append(changes, c)
	}
	return changes
}

// differ is a coarse rule for one run: one of them timed out, or one is at least twice the other and they lie at
// least apart milliseconds from each other. Counts differ when they are not equal.
func differ(a, b Cell, apart float64) bool {
	switch {
	case a.Missing || b.Missing:
		return false
	case a.TimedOut || b.TimedOut:
		return a.TimedOut != b.TimedOut
	case a.Count || b.Count:
		return a.Value != b.Value
	}
	low, high := min(a.Value, b.Value), max(a.Value, b.Value)
	return high >= 2*low && high-low >= apart
}

// compareVerdicts leaves out what does not say how the proxy behaves: errors, and what is inconclusive or unsupported.
func (c *Change) compareVerdicts(run *Run) {
	type place struct{ check, scenario string }
	base := map[place]Verdict{}
	for _, r := range run.Results {
		if r.Target == c.Base.ID && r.Verdict.tells() {
			base[place{r.Check, r.Scenario}] = r.Verdict
		}
	}
	for _, r := range run.Results {
		from, ok := base[place{r.Check, r.Scenario}]
		if r.Target != c.Target.ID || !r.Verdict.tells() || !ok {
			continue
		}
		c.Compared++
		if from != r.Verdict {
			c.add(VerdictChange{Check: r.Check, From: from, To: r.Verdict}, r.Scenario)
		}
	}
}

// tells reports whether v says how a proxy behaves.
func (v Verdict) tells() bool {
	return v == Pass || v == Fail || v == KnownFailure || v == UnexpectedPass
}

func (c *Change) add(v VerdictChange, scenario string) {
	i := slices.IndexFunc(c.Verdicts, func(o VerdictChange) bool {
		return o.Check == v.Check && o.From == v.From && o.To == v.To
	})
	if i < 0 {
		i, c.Verdicts = len(c.Verdicts), append(c.Verdicts, v)
	}
	if scenario != "" {
		c.Verdicts[i].Scenarios = append(c.Verdicts[i].Scenarios, scenario)
	}
}
