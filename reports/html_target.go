package reports

import (
	"html/template"
	"slices"
	"strings"
)

// targetView is a target's page with all its cells, as target.tmpl shows it.
type targetView struct {
	Page     string
	Target   Target
	Control  bool
	Beside   string // the control whose numbers stand beside its own; empty: there is none, or it is one itself
	Counts   []verdictCount
	Base     *Target // the configuration that it varies
	Numbers  []numberView
	Config   []configRow
	Cells    []cellView
	Figures  []figure
	Repeat   string
	Anchored bool // some line of the configuration is marked
}

// verdictCount is how many results have a verdict.
type verdictCount struct {
	Verdict Verdict
	N       int
	Href    template.URL // to the targets that have it
}

// numberView is one number of the overview with the control's.
type numberView struct {
	Column  Column
	Cell    Cell
	Control Cell
}

func (s *site) target(row Row) targetView {
	results := s.all(row.page())
	v := targetView{Page: row.page(), Target: row.Target, Control: row.Control, Counts: verdictCounts(count(results))}
	if base, ok := row.Target.base(s.run.Targets); ok {
		v.Base = &base
	}
	control, ok := s.control(row)
	if ok {
		v.Beside = control.page()
	}
	for i, c := range s.overview.Columns {
		number := numberView{Column: c, Cell: row.Cells[i], Control: noCell}
		if ok {
			number.Control = control.Cells[i]
		}
		v.Numbers = append(v.Numbers, number)
	}
	v.Config = configRows(row.Target, results)
	v.Anchored = slices.ContainsFunc(v.Config, func(l configRow) bool { return l.Marked() })
	figures := &timelines{run: s.run}
	for _, c := range s.checks {
		if results := s.results[row.page()][c.ID]; len(results) > 0 {
			v.Cells = append(v.Cells, s.cell(row.Target, c, results, figures))
		}
	}
	v.Figures = figures.list
	v.Repeat = strings.Join(Repeat(s.run, results), " ")
	return v
}

// control is the row of the control that row's numbers stand beside.
func (s *site) control(row Row) (Row, bool) {
	id := "direct"
	if row.Target.TLS {
		id = "direct+tls"
	}
	i := slices.IndexFunc(s.overview.Rows, func(r Row) bool {
		return r.Control && r.Target.ID == id && r.Target.Shard == row.Target.Shard
	})
	if row.Control || i < 0 {
		return Row{}, false
	}
	return s.overview.Rows[i], true
}

// verdictCounts leaves out verdicts that nothing has.
func verdictCounts(summary Summary) []verdictCount {
	var counts []verdictCount
	for _, v := range Verdicts() {
		if summary[v] > 0 {
			counts = append(counts, verdictCount{v, summary[v], template.URL("#/?verdict=" + v)}) //nolint:gosec // a constant
		}
	}
	return counts
}
