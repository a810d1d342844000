package reports

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

// Overview is a run as a table of the numbers that tell configurations apart: the controls first, then the targets by
// proxy and version, each configuration followed by those that vary it.
type Overview struct {
	Columns []Column
	Rows    []Row
}

// Column is one number of a row.
type Column struct {
	Name   string    // "back leg, client holds"
	Header [2]string // the same on two short lines
	About  string    // what is measured, in a sentence
	check  string
	scene  string
	read   func(Result) Cell
}

// Row is one target, or a control.
type Row struct {
	Target  Target // of a control only the ID, and in a merged run the Shard, is set
	Control bool
	Cells   []Cell
	Counts  Summary
	name    string // of a control
}

// Cell is the number of one column on one target. Without a measured result its Text is "-".
type Cell struct {
	Text     string
	Verdict  Verdict // of the check behind it; empty: the column shows no verdict, or there is no result
	Value    float64 // milliseconds, or a count
	Count    bool    // Value is a count
	TimedOut bool    // Value is the cap that was reached
	Missing  bool    // there is no Value
}

var noCell = Cell{Text: "-", Missing: true}

func overviewColumns() []Column {
	latency := "close/latency"
	back := "cleanup/back-leg-released"
	return []Column{
		{"close p50", [2]string{"close", "+p50"}, "t0 to both legs over, the median added over the control's", latency, "client-close", median},
		{"close p99", [2]string{"close", "+p99"}, "the same for the 99th percentile", latency, "client-close", tail},
		{"back leg, prompt client", [2]string{"back leg", "prompt"}, "the backend's FIN to the proxy's, median", back, "client-close", released},
		{"back leg, client holds", [2]string{"back leg", "holds"}, "the same with a client that keeps its socket open", back, "client-holds", released},
		{"vanished client", [2]string{"client", "vanishes"}, "a client that vanished to the back leg over", "cleanup/vanished-client", "client-vanishes", released},
		{"sockets left", [2]string{"", "left"}, "sockets of the proxy left after all endings", "cleanup/nothing-left", "", left},
	}
}

// NewOverview makes the table of run.
func NewOverview(run *Run) Overview {
	o := Overview{Columns: overviewColumns()}
	for _, target := range controls(run) {
		row := o.row(target, true, run.Control)
		row.name = run.controlName(target.ID, target.Shard)
		o.Rows = append(o.Rows, row)
	}
	for _, target := range inReadingOrder(run.Targets) {
		o.Rows = append(o.Rows, o.row(target, false, run.Results))
	}
	return o
}

func (o Overview) row(target Target, control bool, all []Result) Row {
	var results []Result
	for _, r := range all {
		if r.Target == target.ID && (!control || r.Shard == target.Shard) {
			results = append(results, r)
		}
	}
	row := Row{Target: target, Control: control, Counts: count(results)}
	for _, c := range o.Columns {
		row.Cells = append(row.Cells, c.cell(results))
	}
	return row
}

func (c Column) cell(results []Result) Cell {
	i := slices.IndexFunc(results, func(r Result) bool { return r.Check == c.check && r.Scenario == c.scene })
	if i < 0 || results[i].Verdict == HarnessError || results[i].Verdict == Unsupported {
		return noCell
	}
	return c.read(results[i])
}

// median shows no verdict: the check behind it judges the tail.
func median(r Result) Cell {
	cell := added(r, r.P50, r.Control)
	cell.Verdict = ""
	return cell
}

func tail(r Result) Cell { return added(r, r.P99, r.ControlTail) }

// released is not compared with the control: its budget is absolute. A median that hides time-outs gives way to their share.
func released(r Result) Cell {
	cell := duration(r, r.P50, 0)
	if r.TimedOut > 0 && !cell.TimedOut && !cell.Missing {
		share := max(1, 100*r.TimedOut/r.N)
		cell.Text = fmt.Sprintf("%d%% %s", share, strings.Replace(FormatCap(r.Max), "> ", ">", 1))
		cell.Value, cell.TimedOut = r.Max, true
	}
	return cell
}

// added is what the proxy adds to the control; the control itself, which has none beside it, is shown as it is.
func added(r Result, value float64, control *float64) Cell {
	if control == nil {
		return duration(r, value, 0)
	}
	return duration(r, value, *control)
}

func duration(r Result, value, base float64) Cell {
	switch {
	case r.N == 0:
		return noCell
	case r.TimedOut > 0 && value >= r.Max: // samples that timed out are at the cap, and nothing is above it
		return Cell{Text: FormatCap(value), Verdict: r.Verdict, Value: value, TimedOut: true}
	}
	return Cell{Text: FormatDuration(value - base), Verdict: r.Verdict, Value: value - base}
}

var firstNumber = regexp.MustCompile(`^\d+`)

// left reads the count from what the check says it saw: "12 sockets left after 200 endings: ...".
func left(r Result) Cell {
	if r.Verdict == Pass || r.Verdict == UnexpectedPass {
		return Cell{Text: "0", Verdict: r.Verdict, Count: true}
	}
	digits := firstNumber.FindString(r.Actual)
	value, err := strconv.Atoi(digits)
	if err != nil {
		return Cell{Text: "?", Verdict: r.Verdict, Missing: true}
	}
	return Cell{Text: digits, Verdict: r.Verdict, Count: true, Value: float64(value)}
}

// bad reports whether v is not as expected.
func (v Verdict) bad() bool { return v == Fail || v == UnexpectedPass || v == HarnessError }

func (r Row) bad() bool { return len(r.badCounts()) > 0 }

func (r Row) badCounts() Summary {
	bad := Summary{}
	for v, n := range r.Counts {
		if v.bad() && n > 0 {
			bad[v] = n
		}
	}
	return bad
}

// controls are the controls of run, in a merged run those of each shard, by id and the name of the shard.
func controls(run *Run) []Target {
	seen := map[[2]string]bool{}
	var found []Target
	for _, r := range run.Control {
		if key := [2]string{r.Target, r.Shard}; !seen[key] {
			seen[key] = true
			found = append(found, Target{ID: r.Target, Shard: r.Shard})
		}
	}
	slices.SortFunc(found, func(a, b Target) int {
		return cmp.Compare(run.controlName(a.ID, a.Shard), run.controlName(b.ID, b.Shard))
	})
	return found
}

// Product is the proxy and its version: "apache@2.4.71".
func (t Target) Product() string { return t.Proxy + "@" + t.Version }

// Name is the target within its product: "nokeepalive+tls".
func (t Target) Name() string { return strings.TrimPrefix(t.ID, t.Product()+"/") }

// base returns the target that t varies, and whether it is in the run.
func (t Target) base(targets []Target) (Target, bool) {
	i := slices.IndexFunc(targets, func(b Target) bool {
		return t.Varies != "" && b.Config == t.Varies && b.Product() == t.Product() && b.TLS == t.TLS
	})
	if i < 0 {
		return Target{}, false
	}
	return targets[i], true
}

// inReadingOrder puts what varies a configuration behind it, the TLS target behind the plain one, and versions as they
// came out.
func inReadingOrder(targets []Target) []Target {
	path := func(t Target) string { // from the configuration that varies none down to t
		path := t.Config
		for seen := 0; t.Varies != "" && seen < len(targets); seen++ {
			path = t.Varies + "\x00" + path
			i := slices.IndexFunc(targets, func(b Target) bool { return b.Config == t.Varies && b.Product() == t.Product() })
			if i < 0 {
				break
			}
			t = targets[i]
		}
		return path
	}
	sorted := slices.Clone(targets)
	slices.SortStableFunc(sorted, func(a, b Target) int {
		return cmp.Or(cmp.Compare(a.Proxy, b.Proxy), compareVersions(a.Version, b.Version), cmp.Compare(path(a), path(b)), cmp.Compare(a.ID, b.ID))
	})
	return sorted
}
