package reports

import (
	"fmt"
	"strings"

	"github.com/jedib0t/go-pretty/v6/table"
	"github.com/jedib0t/go-pretty/v6/text"
)

const (
	minName     = 12 // columns of a name at least
	minVerdicts = 14 // columns of the verdicts at least
)

// overview is the table: who is bad stands at both edges, and why in between.
func (p *page) overview(run *Run) {
	o := p.narrow(NewOverview(run))
	if len(o.Rows) == 0 {
		return
	}
	names := p.width - numbersWidth(o) - minVerdicts
	t := table.NewWriter()
	t.SetStyle(tableStyle())
	t.SetColumnConfigs(columnConfigs(o))
	top, bottom := table.Row{""}, table.Row{"target"}
	for _, c := range o.Columns {
		top, bottom = append(top, c.Header[0]+" "), append(bottom, c.Header[1]+" ")
	}
	t.AppendHeader(append(top, ""))
	t.AppendHeader(append(bottom, "verdicts"))
	heading := ""
	for _, row := range o.Rows {
		if h := row.heading(); h != heading {
			heading = h
			t.AppendRow(table.Row{p.paint(bold, heading)})
		}
		t.AppendRow(p.row(row, names, p.width-numbersWidth(o)-nameWidth(o, names)))
	}
	p.blank()
	for line := range strings.Lines(t.Render()) {
		p.text.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	p.legend(run)
}

// narrow leaves out as many numbers, the least telling first, as do not fit on the page.
func (p *page) narrow(o Overview) Overview {
	for len(o.Columns) > 1 && numbersWidth(o)+minName+minVerdicts > p.width {
		o.Columns = o.Columns[1:]
		for i := range o.Rows {
			o.Rows[i].Cells = o.Rows[i].Cells[1:]
		}
	}
	return o
}

func (r Row) heading() string {
	if r.Control {
		return "control"
	}
	return r.Target.Product()
}

// Name is the row's within its heading: "nokeepalive+tls", of a control "direct", in a merged run "direct (nginx)".
func (r Row) Name() string {
	if r.Control {
		return r.name
	}
	return r.Target.Name()
}

func tableStyle() table.Style {
	style := table.StyleLight
	style.Box.PaddingLeft, style.Box.PaddingRight = "", " "
	style.Options = table.Options{SeparateHeader: true}
	style.Format.Header = text.FormatDefault
	return style
}

func columnConfigs(o Overview) []table.ColumnConfig {
	var configs []table.ColumnConfig
	for i := range o.Columns {
		configs = append(configs, table.ColumnConfig{Number: i + 2, Align: text.AlignRight, AlignHeader: text.AlignRight})
	}
	return configs
}

func (p *page) row(row Row, names, verdicts int) table.Row {
	edge := "  "
	if row.bad() {
		edge = p.paint(red, "!") + " "
	}
	cells := table.Row{edge + shorten(row.Name(), names-len("  "))}
	for _, c := range row.Cells {
		cells = append(cells, p.cell(c))
	}
	parts := p.verdicts(row.Counts)
	line := strings.Join(parts, "  ")
	if text.StringWidthWithoutEscSequences(line) > verdicts {
		line = strings.Join(wrapWords(parts, verdicts, verdicts), "\n")
	}
	return append(cells, line)
}

// numbersWidth is how many columns the numbers take, with the spaces behind them, the names and the verdicts.
func numbersWidth(o Overview) int {
	width := 2
	for i, c := range o.Columns {
		widest := max(len(c.Header[0]), len(c.Header[1]))
		for _, row := range o.Rows {
			widest = max(widest, text.StringWidthWithoutEscSequences(row.Cells[i].Text))
		}
		width += widest + 2 // a mark, and a space
	}
	return width
}

// nameWidth is how many columns the names take, none more than limit.
func nameWidth(o Overview, limit int) int {
	widest := len("target")
	for _, row := range o.Rows {
		size := max(text.StringWidthWithoutEscSequences(row.Name())+len("  "), text.StringWidthWithoutEscSequences(row.heading()))
		widest = max(widest, min(size, limit))
	}
	return widest
}

// marks say without colour what the verdict behind a number is.
var marks = map[Verdict]string{Fail: "!", UnexpectedPass: "!", KnownFailure: "~", Inconclusive: "?"}

func (p *page) cell(c Cell) string {
	mark := marks[c.Verdict]
	if mark == "" {
		return c.Text + " "
	}
	return p.paintVerdict(c.Verdict, 1, c.Text+mark)
}

// verdicts are the counts of a row, the worst first. What was only observed is no verdict on the target.
func (p *page) verdicts(counts Summary) []string {
	var parts []string
	for _, part := range []struct {
		verdict Verdict
		n       int
		word    string
	}{
		{Fail, counts[Fail], "FAIL"},
		{UnexpectedPass, counts[UnexpectedPass], "UNEXPECTED"},
		{HarnessError, counts[HarnessError], "ERROR"},
		{KnownFailure, counts[KnownFailure], "known"},
		{Inconclusive, counts[Inconclusive] + counts[Unsupported], "other"},
		{Pass, counts[Pass], "ok"},
	} {
		if part.n > 0 {
			parts = append(parts, p.paintVerdict(part.verdict, part.n, fmt.Sprintf("%d %s", part.n, part.word)))
		}
	}
	return parts
}

func (p *page) legend(run *Run) {
	p.wrap(0, p.paint(faint, fmt.Sprintf("close: from the first Close frame until both legs are over, added to the "+
		"control's (the control: as it is). back leg: from the backend's FIN until the proxy lets go, median; the "+
		"client is prompt, or holds its socket open. vanishes: until the backend is let go of a client that answers nothing any more. "+
		"left: the proxy's sockets left after %s. > timed out, ! not as expected, ~ known failure, ? and other: "+
		"inconclusive or unsupported.", plural(run.Options.Endings, "ending"))))
}

// shorten takes the middle out of a name: its beginning and its end tell it apart.
func shorten(name string, width int) string {
	runes := []rune(name)
	if len(runes) <= width {
		return name
	}
	head := (width - 1) / 2
	return string(runes[:head]) + "…" + string(runes[len(runes)-(width-1-head):])
}
