package reports

import (
	"cmp"
	"fmt"
	"strings"
)

// symbols tell verdicts apart without colour.
var symbols = map[Verdict]string{
	Fail: "❌", UnexpectedPass: "❗", HarnessError: "💥", KnownFailure: "🟡", Inconclusive: "❔", Unsupported: "➖", Observed: "👁", Pass: "✅",
}

// matrix is the targets by the areas of the checks, each cell with its counts of verdicts.
func (m *markdown) matrix() {
	areas := m.run.areas()
	if len(areas) == 0 {
		return
	}
	defer m.fold("Matrix: targets by areas")()
	var legend []string
	for _, v := range Verdicts() {
		legend = append(legend, symbols[v]+" "+string(v))
	}
	m.line("%s\n", strings.Join(legend, " · "))
	cells := map[[3]string]Summary{} // by shard of the control, target and area
	count := func(results []Result) {
		for _, r := range results {
			area, _, _ := strings.Cut(r.Check, "/")
			key := [3]string{r.Shard, r.Target, area}
			if cells[key] == nil {
				cells[key] = Summary{}
			}
			cells[key][r.Verdict]++
		}
	}
	count(m.run.Control)
	count(m.run.Results)
	m.header(append([]string{"target"}, areas...))
	rows := NewOverview(m.run).Rows
	m.fit(len(rows), shareMatrix, "more target", func(i int) string {
		row := rows[i]
		texts := []string{m.rowName(row)}
		for _, area := range areas {
			shard := "" // a target's results have none: the target has
			if row.Control {
				shard = row.Target.Shard
			}
			texts = append(texts, counted(cells[[3]string{shard, row.Target.ID, area}]))
		}
		return tableRow(texts)
	})
}

// counted is the verdicts of a cell, the worst first: "❌ 2 ✅ 11".
func counted(summary Summary) string {
	var parts []string
	for _, v := range Verdicts() {
		if n := summary[v]; n > 0 {
			parts = append(parts, fmt.Sprintf("%s %d", symbols[v], n))
		}
	}
	return strings.Join(parts, " ")
}

func (m *markdown) rowName(row Row) string {
	return inText(cmp.Or(row.name, row.Target.ID), shareText)
}

// numbers is the overview.
func (m *markdown) numbers() {
	o := NewOverview(m.run)
	if len(o.Rows) == 0 {
		return
	}
	defer m.fold("Numbers of each target, and what they mean")()
	for _, c := range o.Columns {
		m.line("- %s: %s", c.Name, inText(c.About, shareText))
	}
	m.line("\n&gt; timed out, ! not as expected, ~ known failure, ? inconclusive or unsupported.\n")
	names := []string{"target"}
	for _, c := range o.Columns {
		names = append(names, c.Name)
	}
	m.header(names)
	m.fit(len(o.Rows), shareNumbers, "more target", func(i int) string {
		row := o.Rows[i]
		texts := []string{m.rowName(row)}
		for _, c := range row.Cells {
			texts = append(texts, inText(c.Text+marks[c.Verdict], shareText))
		}
		return tableRow(texts)
	})
}

// header begins a table; all but the first column are numbers.
func (m *markdown) header(names []string) {
	m.WriteString(tableRow(names))
	m.line("|---|%s", strings.Repeat("--:|", len(names)-1))
}

func tableRow(texts []string) string { return "| " + strings.Join(texts, " | ") + " |\n" }
