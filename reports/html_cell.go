package reports

import (
	"cmp"
	"html/template"
	"math"
	"path"
	"slices"
	"strings"
)

// cellView is one check on one target.
type cellView struct {
	Check     CheckInfo
	Verdict   Verdict // the worst
	Counts    []verdictCount
	Timed     bool // some scenario has numbers
	Scenarios []scenarioView
	Actual    string // of the worst
	Repeat    string
}

// scenarioView is one result.
type scenarioView struct {
	Result
	Summary      string // what happens
	Worst        bool   // the one that is shown first
	Numbers      []numberRow
	Cause        string // the line of the configuration that causes it
	Distribution template.HTML
	Figures      []figureUse
	NoFigures    string // why there are none, where there should be
	Few          string // the samples themselves, where they are too few to draw
}

// numberRow are the numbers of the target, or of its control.
type numberRow struct {
	Name               string
	N, TimedOut        int
	P50, P90, P99, Max string
	Missing            bool // only P50 and P99 are known
}

func (s *site) cell(t Target, c CheckInfo, results []Result, figures *timelines) cellView {
	v := cellView{Check: c, Counts: verdictCounts(count(results)), Repeat: strings.Join(Repeat(s.run, results), " ")}
	worst := worstFirst(results)[0]
	v.Verdict, v.Actual = worst.Verdict, worst.Actual
	shown := false
	for _, r := range results {
		scene := s.scenario(t, r, figures)
		if r.Verdict == worst.Verdict && !shown {
			scene.Worst, shown = true, true
		}
		v.Timed = v.Timed || len(scene.Numbers) > 0
		v.Scenarios = append(v.Scenarios, scene)
	}
	return v
}

func (s *site) scenario(t Target, r Result, figures *timelines) scenarioView {
	v := scenarioView{Result: r, Summary: s.scenarios[r.Scenario].Summary}
	control, ok := s.run.ControlOf(t, r)
	if ok && (control.Verdict == Unsupported || control.Verdict == HarnessError) {
		control, r.Control = Result{}, nil // what it could not show is nothing to stand beside
	}
	v.Numbers = numberRows(r, control, control.N > 0)
	if r.Line > 0 {
		v.Cause = lineOf(t.ConfigText, r.Line)
	}
	switch {
	case len(r.Samples) >= fewSamples:
		v.Distribution = distributionSVG(r.Samples, r.TimedOut, control.Samples, limitOf(r))
	case len(r.Samples) > 1:
		v.Few = fewText(r)
	}
	v.Figures, v.NoFigures = figures.of(r)
	return v
}

// limitOf is the budget on the scale of the samples. That of the close latency counts from the control's tail.
func limitOf(r Result) float64 {
	if r.Check == "close/latency" && r.Budget > 0 && r.ControlTail != nil {
		return r.Budget + *r.ControlTail
	}
	return r.Budget
}

func fewText(r Result) string {
	var texts []string
	for _, ms := range r.Samples {
		texts = append(texts, timeText(r, ms))
	}
	return strings.Join(texts, ", ")
}

func numberRows(r, control Result, measured bool) []numberRow {
	if r.N == 0 || r.Metric == "" {
		return nil
	}
	rows := []numberRow{newNumberRow(r)}
	switch {
	case measured:
		row := newNumberRow(control)
		row.Name = "control, " + control.Target
		rows = append(rows, row)
	case r.Control != nil && r.ControlTail != nil:
		rows = append(rows, numberRow{Name: "control", P50: FormatDuration(*r.Control), P99: FormatDuration(*r.ControlTail), Missing: true})
	}
	return rows
}

func newNumberRow(r Result) numberRow {
	return numberRow{Name: r.Target, N: r.N, TimedOut: r.TimedOut,
		P50: timeText(r, r.P50), P90: timeText(r, r.P90), P99: timeText(r, r.P99), Max: timeText(r, r.Max)}
}

// timeText writes a time of r; one that reached the cap is more than it.
func timeText(r Result, ms float64) string {
	if r.TimedOut > 0 && ms >= r.Max {
		return FormatCap(ms)
	}
	return FormatDuration(ms)
}

// Median is the median for the table of a cell's scenarios.
func (v scenarioView) Median() string { return v.number(v.P50) }

// Tail is the 99th percentile for the same table.
func (v scenarioView) Tail() string { return v.number(v.P99) }

// Most is the largest sample for the same table.
func (v scenarioView) Most() string { return v.number(v.Max) }

func (v scenarioView) number(ms float64) string {
	if len(v.Numbers) == 0 {
		return ""
	}
	return timeText(v.Result, ms)
}

// Beside is the control's median for the same table.
func (v scenarioView) Beside() string {
	if len(v.Numbers) < 2 {
		return ""
	}
	return v.Numbers[1].P50
}

// Limit is the budget in words; empty: the check has none.
func (v scenarioView) Limit() string {
	if v.Budget <= 0 || math.IsInf(v.Budget, 0) {
		return ""
	}
	return FormatDuration(v.Budget)
}

// Files are the evidence, what a browser shows first.
func (v scenarioView) Files() []string {
	files := slices.Clone(v.Evidence)
	slices.SortStableFunc(files, func(a, b string) int { return cmp.Compare(path.Ext(a), path.Ext(b)) })
	return files
}

// lineOf is line n of a text, from 1.
func lineOf(text string, n int) string {
	for line := range strings.Lines(text) {
		if n--; n == 0 {
			return strings.TrimSpace(line)
		}
	}
	return ""
}
