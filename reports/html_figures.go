package reports

import (
	"errors"
	"fmt"
	"html/template"
	"slices"

	"github.com/finwait/finwait/fixtures/trace"
)

// timelines draws each trace of a target once, however many of its checks show it.
type timelines struct {
	run   *Run
	list  []figure
	drawn map[string]string     // ids of figures, by file and trace
	read  map[string]readTraces // by file
}

// figure is a timeline that cells refer to.
type figure struct {
	ID  string
	SVG template.HTML
}

// figureUse is a figure in a cell.
type figureUse struct {
	ID    string
	Title string
}

type readTraces struct {
	traces []trace.Trace
	err    error
}

// of returns the timelines that show r: of what did not pass the worst one and a typical one, else the typical one.
// Without any it says why, unless r is not about one scenario.
func (f *timelines) of(r Result) ([]figureUse, string) {
	file := traceFile(r)
	if file == "" {
		return nil, ""
	}
	traces, err := f.traces(file, r)
	switch {
	case errors.Is(err, ErrNoEvidence):
		return nil, fmt.Sprintf("No timeline: %s was not beside run.json when this page was made.", file)
	case err != nil:
		return nil, "No timeline: " + err.Error()
	case len(traces) == 0:
		return nil, "No timeline: " + file + " has no trace."
	}
	typical, worst := len(traces)-1, worstTrace(traces, r)
	if worst == typical || len(traces) == 1 {
		return []figureUse{f.use(file, traces[typical], "The trace that was kept")}, ""
	}
	if r.Verdict == Pass || r.Verdict == Observed || r.Verdict == Unsupported {
		return []figureUse{f.use(file, traces[typical], "A typical trace")}, ""
	}
	return []figureUse{f.use(file, traces[worst], "The worst trace"), f.use(file, traces[typical], "A typical trace")}, ""
}

// worstTrace is the one that the result names, else the first: they are kept the worst first.
func worstTrace(traces []trace.Trace, r Result) int {
	return max(0, slices.IndexFunc(traces, func(t trace.Trace) bool { return r.Worst != "" && t.ID == r.Worst }))
}

func (f *timelines) traces(file string, r Result) ([]trace.Trace, error) {
	if f.read == nil {
		f.read = map[string]readTraces{}
	}
	if _, ok := f.read[file]; !ok {
		traces, err := f.run.Traces(r)
		f.read[file] = readTraces{traces, err}
	}
	return f.read[file].traces, f.read[file].err
}

func (f *timelines) use(file string, t trace.Trace, title string) figureUse {
	if f.drawn == nil {
		f.drawn = map[string]string{}
	}
	key := file + "\x00" + t.ID
	if f.drawn[key] == "" {
		f.drawn[key] = fmt.Sprintf("f%d", len(f.list))
		f.list = append(f.list, figure{f.drawn[key], timelineSVG(t, t.Scenario+" on "+t.Target)})
	}
	return figureUse{f.drawn[key], title}
}
