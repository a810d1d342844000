package reports

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

// ExitCode is 0 when all that the selftest is to show was shown, 1 when the tester is not right, and 3 when this runtime
// cannot show all of it. An accuracy that a busy machine kept from being shown is 0 and no pass; with strict it is 1.
func (t *SelfTest) ExitCode(strict bool) int {
	switch {
	case t.wrong() || (strict && t.Disturbed != ""):
		return ExitFailed
	case len(t.unshown()) > 0:
		return ExitUnmeasurable
	}
	return ExitExpected
}

// wrong reports whether something was shown to be other than it has to be.
func (t *SelfTest) wrong() bool {
	return len(t.missed()) > 0 || len(t.FalseAlarms) > 0 || len(t.Unproven) > 0 || t.inexact()
}

// Conclude counts what was caught and sets Passed.
func (t *SelfTest) Conclude() {
	t.Caught = 0
	for _, f := range t.Faults {
		if f.Caught {
			t.Caught++
		}
	}
	t.Passed = !t.wrong() && t.Disturbed == "" && len(t.unshown()) == 0
}

// missed are the faults that should have been caught and were not.
func (t *SelfTest) missed() []CaughtFault {
	return slices.DeleteFunc(slices.Clone(t.Faults), func(f CaughtFault) bool { return f.Caught || f.Unshown != "" })
}

func (t *SelfTest) unshown() []CaughtFault {
	return slices.DeleteFunc(slices.Clone(t.Faults), func(f CaughtFault) bool { return f.Unshown == "" })
}

// inexact reports whether an accuracy that was shown is not within its aim.
func (t *SelfTest) inexact() bool {
	return t.Disturbed == "" && slices.ContainsFunc(t.Accuracy, func(a Accuracy) bool { return !a.OK })
}

// Line is the selftest in one line, for every report of a run.
func (t *SelfTest) Line() string {
	if t == nil {
		return "selftest: not run with this build; make selftest takes about two minutes"
	}
	how := "this build's selftest: "
	if t.wrong() || len(t.unshown()) > 0 {
		how = "this build's selftest did NOT pass: "
	}
	return how + strings.Join([]string{t.caught(), t.alarms(), t.accuracy()}, ", ")
}

func (t *SelfTest) caught() string {
	return fmt.Sprintf("%d of %s caught", t.Caught, plural(len(t.Faults), "fault"))
}

func (t *SelfTest) alarms() string {
	return fmt.Sprintf("%s in %s", plural(len(t.FalseAlarms), "false alarm"), plural(t.Repeats, "repeat"))
}

// accuracy is the worst median and p99 of the moments that are not seen through a watch of sockets.
func (t *SelfTest) accuracy() string {
	if len(t.Accuracy) == 0 {
		return "accuracy not measured"
	}
	var median, tail float64
	for _, a := range t.Accuracy {
		if !a.watched() {
			median, tail = max(median, a.Median), max(tail, a.P99)
		}
	}
	worst := strconv.FormatFloat(median, 'f', 2, 64) + " ms median and " + strconv.FormatFloat(tail, 'f', 1, 64) + " ms p99 at worst"
	if t.Disturbed != "" {
		return "accuracy not shown, the machine was not quiet: " + worst
	}
	return "accuracy " + worst
}

// watched reports whether the metric is as coarse as the witness's looks.
func (a Accuracy) watched() bool { return a.Metric == "proxy_release" }

// WriteSelfTest writes what a selftest showed: a line a fault, the false alarms, the accuracy, and in the end what is not right.
func WriteSelfTest(w io.Writer, t *SelfTest, style Style) error {
	t, err := printableSelfTest(t) // what a proxy wrote must not steer the terminal
	if err != nil {
		return err
	}
	p := newPage(style)
	p.wrap(0, strings.Join([]string{p.paint(bold, "finwait "+t.Finwait), "selftest", t.Runtime}, " · "))
	p.faults(t.Faults)
	p.accuracyTable(t)
	p.unjudged(t)
	p.notRight(t)
	p.blank()
	p.hang(p.selfTestConclusion(t)+"  ", 2, strings.Join([]string{t.caught(), t.alarms(), t.accuracy()}, ", "))
	_, err = w.Write(bytes.TrimLeft(p.text.Bytes(), "\n"))
	return err
}

func printableSelfTest(t *SelfTest) (*SelfTest, error) {
	run, err := printableRun(&Run{SelfTest: t})
	if err != nil {
		return nil, err
	}
	return run.SelfTest, nil
}

// faults is the table of the faults. One that was not caught is marked at the left edge.
func (p *page) faults(faults []CaughtFault) {
	if len(faults) == 0 {
		return
	}
	name, trips := 0, 0
	for _, f := range faults {
		name, trips = max(name, len(f.Name)), max(trips, len(f.Trips))
	}
	also := max(p.width-len("! ")-name-trips-len("caught")-3*len("  ")-1, minVerdicts)
	t := table.NewWriter()
	t.SetStyle(tableStyle())
	t.AppendHeader(table.Row{"  fault ", "trips ", "caught ", "also turned red"})
	for _, f := range faults {
		edge, caught := "  ", "yes"
		switch {
		case f.Unshown != "":
			caught = p.paint(yellow, "-")
		case !f.Caught:
			edge, caught = p.paint(red, "!")+" ", p.paint(red, "NO")
		}
		t.AppendRow(table.Row{edge + f.Name + " ", f.Trips + " ", caught, strings.Join(wrapWords(words(strings.Join(f.Also, ", ")), also, also), "\n")})
	}
	p.blank()
	p.lines(t.Render())
}

func (p *page) lines(text string) {
	for line := range strings.Lines(text) {
		p.text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
}

// accuracyTable has a row a metric and a column a delay.
func (p *page) accuracyTable(s *SelfTest) {
	if len(s.Accuracy) == 0 {
		return
	}
	var metrics []string
	var delays []float64
	cells := map[string]map[float64]Accuracy{}
	for _, a := range s.Accuracy {
		if cells[a.Metric] == nil {
			metrics, cells[a.Metric] = append(metrics, a.Metric), map[float64]Accuracy{}
		}
		if !slices.Contains(delays, a.Delay) {
			delays = append(delays, a.Delay)
		}
		cells[a.Metric][a.Delay] = a
	}
	slices.Sort(delays)
	t := table.NewWriter()
	t.SetStyle(tableStyle())
	header, columns := table.Row{"  delay of"}, []table.ColumnConfig{}
	for i, d := range delays {
		header = append(header, strconv.FormatFloat(d, 'f', -1, 64)+" ms")
		columns = append(columns, table.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	t.AppendHeader(append(header, "max"))
	t.SetColumnConfigs(append(columns, table.ColumnConfig{Number: len(delays) + 2, Align: text.AlignRight, AlignHeader: text.AlignRight}))
	for _, m := range metrics {
		t.AppendRow(p.accuracyRow(m, delays, cells[m]))
	}
	p.section("ACCURACY", "the error of what was measured with a known delay: median/p99, and the largest, in µs")
	p.lines(t.Render())
	for _, text := range allowed(s.Accuracy) {
		p.item(2, text)
	}
}

func (p *page) accuracyRow(metric string, delays []float64, cells map[float64]Accuracy) table.Row {
	edge := "  "
	row, worst := table.Row{""}, 0.0
	for _, d := range delays {
		a, ok := cells[d]
		worst = max(worst, a.Max)
		switch text := micros(a.Median) + "/" + micros(a.P99); {
		case !ok:
			row = append(row, "-")
		case a.OK:
			row = append(row, text)
		default:
			edge = p.paint(red, "!") + " "
			row = append(row, p.paint(red, text))
		}
	}
	row[0] = edge + metric
	return append(row, micros(worst))
}

// micros writes milliseconds in whole µs, and from 10 ms on in thousands of them: "87", "27k".
func micros(ms float64) string {
	if ms < 10 {
		return fmt.Sprintf("%.0f", ms*1e3)
	}
	return fmt.Sprintf("%.0fk", ms)
}

// allowed says once what was allowed for which metrics.
func allowed(list []Accuracy) []string {
	var order []string
	metrics, samples := map[string][]string{}, map[string][]int{}
	for _, a := range list {
		if metrics[a.Allowed] == nil {
			order = append(order, a.Allowed)
		}
		if !slices.Contains(metrics[a.Allowed], a.Metric) {
			metrics[a.Allowed] = append(metrics[a.Allowed], a.Metric)
		}
		samples[a.Allowed] = append(samples[a.Allowed], a.N)
	}
	for i, text := range order {
		n := samples[text]
		order[i] = fmt.Sprintf("%s: %s; %d samples of each delay or more", strings.Join(metrics[text], ", "), text, slices.Min(n))
	}
	return order
}

// unjudged lists what is neither an alarm nor a pass.
func (p *page) unjudged(t *SelfTest) {
	if len(t.Unjudged) == 0 && len(t.unshown()) == 0 {
		return
	}
	p.section("NOT SHOWN HERE", "neither right nor wrong: "+t.Runtime+" or this machine cannot tell")
	for _, f := range t.unshown() {
		p.item(2, p.paint(yellow, f.Name)+": "+f.Unshown)
	}
	for _, text := range t.Unjudged {
		p.item(2, text)
	}
}

// notRight lists what makes the selftest fail.
func (p *page) notRight(t *SelfTest) {
	if !t.wrong() && t.Disturbed == "" {
		return
	}
	p.section(p.paint(red, "NOT RIGHT"), "")
	for _, f := range t.missed() {
		p.item(2, p.paint(red, "fault "+f.Name)+" ("+full(f.Summary)+") was not caught by "+f.Trips+": "+f.Actual)
	}
	for _, text := range t.FalseAlarms {
		p.item(2, p.paint(red, "false alarm")+" "+text)
	}
	for _, id := range t.Unproven {
		p.item(2, p.paint(red, "check "+id)+": no fault proves that it can go red")
	}
	if t.Disturbed != "" {
		p.item(2, p.paint(red, "accuracy not shown")+": "+t.Disturbed)
	}
	for _, a := range t.Accuracy {
		if !a.OK && t.Disturbed == "" {
			p.item(2, fmt.Sprintf("%s of %s at %s: median %s, p99 %s, allowed: %s", p.paint(red, "error"), a.Metric,
				FormatDuration(a.Delay), FormatDuration(a.Median), FormatDuration(a.P99), a.Allowed))
		}
	}
}

func (p *page) selfTestConclusion(t *SelfTest) string {
	switch {
	case t.wrong():
		return p.paint(red, "SELFTEST FAILED")
	case len(t.unshown()) > 0:
		return p.paint(magenta, "NOT ALL SHOWN")
	case t.Disturbed != "":
		return p.paint(magenta, "ACCURACY NOT SHOWN")
	case t.Only != "":
		return p.paint(green, "PASSED FOR "+t.Only)
	}
	return p.paint(green, "SELFTEST PASSED")
}
