package reports

import (
	"fmt"
	"html/template"
	"strings"
)

// heatMap is the matrix of targets by checks.
type heatMap struct {
	Areas   []heatArea
	Columns []heatColumn
	Groups  []heatGroup
}

// heatColumn is a check.
type heatColumn struct {
	CheckInfo
	Name string // within its area; of an area with one check the whole id
}

// heatArea heads the columns of one area.
type heatArea struct {
	Name    string
	Columns int
}

// heatGroup is the controls, or the targets of one proxy and version.
type heatGroup struct {
	Heading string
	Rows    []heatRow
}

// heatRow is one target.
type heatRow struct {
	Page  string
	Proxy string // empty: a control
	Name  string
	Href  template.URL
	Bad   bool
	Depth int // how many configurations it varies, one through the other
	Cells []heatCell
}

// heatCell is one check on one target, its scenarios taken together. Without results its Verdict is empty.
type heatCell struct {
	Verdict Verdict // the worst of the scenarios
	Count   int     // how many scenarios have it; 0: all
	Says    string  // the same in words
	Href    template.URL
}

func (s *site) matrix() heatMap {
	var m heatMap
	for _, c := range s.checks {
		name, rest, ok := strings.Cut(c.ID, "/")
		if n := len(m.Areas); n > 0 && m.Areas[n-1].Name == name {
			m.Areas[n-1].Columns++
		} else {
			m.Areas = append(m.Areas, heatArea{name, 1})
		}
		if !ok {
			rest = c.ID
		}
		m.Columns = append(m.Columns, heatColumn{c, rest})
	}
	at := 0
	for _, a := range m.Areas {
		if a.Columns == 1 {
			m.Columns[at].Name = m.Columns[at].ID
		}
		at += a.Columns
	}
	for _, row := range s.overview.Rows {
		heading := row.heading()
		if n := len(m.Groups); n == 0 || m.Groups[n-1].Heading != heading {
			m.Groups = append(m.Groups, heatGroup{Heading: heading})
		}
		g := &m.Groups[len(m.Groups)-1]
		g.Rows = append(g.Rows, s.heatRow(row))
	}
	return m
}

func (s *site) heatRow(row Row) heatRow {
	page := row.page()
	h := heatRow{Page: page, Proxy: row.Target.Proxy, Name: row.Name(), Href: hashLink(page, "", ""), Bad: row.bad(), Depth: s.depth(row.Target)}
	for _, c := range s.checks {
		cell := newHeatCell(s.results[page][c.ID])
		if cell.Verdict != "" {
			cell.Href = hashLink(page, c.ID, "")
		}
		h.Cells = append(h.Cells, cell)
	}
	return h
}

func (s *site) depth(t Target) int {
	depth := 0
	for depth < len(s.run.Targets) {
		base, ok := t.base(s.run.Targets)
		if !ok {
			break
		}
		t, depth = base, depth+1
	}
	return depth
}

func newHeatCell(results []Result) heatCell {
	if len(results) == 0 {
		return heatCell{}
	}
	worst := worstFirst(results)[0].Verdict
	cell := heatCell{Verdict: worst, Says: string(worst)}
	if n := count(results)[worst]; n < len(results) && worst != Pass {
		cell.Count, cell.Says = n, fmt.Sprintf("%s in %d of %d", worst, n, len(results))
	}
	return cell
}
