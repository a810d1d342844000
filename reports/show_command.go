package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/trace"
)

// mostShown bounds how many results `finwait show` draws unless it is told which.
const mostShown = 5

// showing is what `finwait show` is asked for.
type showing struct{ target, check, scenario string }

// ShowCommand returns `finwait show`, which draws the connection that shows a result best, moment by moment. Its errors are
// all bad input (exit code 2).
func ShowCommand() *cobra.Command {
	var s showing
	command := &cobra.Command{
		Use:   "show RUN.json",
		Short: "Show the evidence of a saved run: one connection of each result, moment by moment",
		Long: `Draws the connection that shows a result best: what the client and the backend sent and got, and when, from the first
Close frame on. Without flags those of the first failures; the evidence has to lie beside RUN.json.`,
		Example: "  finwait show reports/out/run.json\n" +
			"  finwait show reports/out/run.json --check cleanup/back-leg-released --scenario client-holds\n" +
			"  finwait show reports/out/run.json --target 'apache@*/wstunnel' --check 'close/*'",
		Args: func(_ *cobra.Command, args []string) error { return oneRun(args) },
		RunE: func(cmd *cobra.Command, args []string) error {
			run, err := Load(args[0])
			if err != nil {
				return err
			}
			clean, err := printableRun(run)
			if err != nil {
				return err
			}
			clean.files = run.files
			out := bufio.NewWriter(interruptible{cmd.Context(), cmd.OutOrStdout()})
			if err := s.write(out, clean); err != nil {
				return err
			}
			if err := out.Flush(); !errors.Is(err, syscall.EPIPE) {
				return err
			}
			return nil
		},
	}
	f := command.Flags()
	f.StringVar(&s.target, "target", "", "of these targets, as a glob on their ids")
	f.StringVar(&s.check, "check", "", "of these checks, as a glob on their ids; also where they pass")
	f.StringVar(&s.scenario, "scenario", "", "of these scenarios, as a glob on their names")
	return command
}

// write draws the chosen results.
func (s showing) write(w io.Writer, run *Run) error {
	chosen, err := s.choose(run)
	if err != nil {
		return err
	}
	more := 0
	if s == (showing{}) && len(chosen) > mostShown {
		chosen, more = chosen[:mostShown], len(chosen)-mostShown
	}
	for i, r := range chosen {
		if i > 0 {
			_, _ = fmt.Fprintln(w) // what goes wrong in writing is told by the end of it
		}
		if err := showResult(w, run, r); err != nil {
			return err
		}
	}
	if more > 0 {
		_, _ = fmt.Fprintf(w, "\n%s: choose with --target, --check and --scenario\n", plural(more, "more failure"))
	}
	return nil
}

// choose returns the results that are asked for; what passes only where a check is named.
func (s showing) choose(run *Run) ([]Result, error) {
	var chosen []Result
	for _, r := range slices.Concat(run.Control, run.Results) {
		for _, part := range []struct{ flag, pattern, name string }{
			{"target", s.target, r.Target}, {"check", s.check, r.Check}, {"scenario", s.scenario, r.Scenario},
		} {
			match, err := path.Match(strings.ReplaceAll(part.pattern, "/", "\x00"), strings.ReplaceAll(part.name, "/", "\x00"))
			if err != nil {
				return nil, fmt.Errorf("--%s %q: %w; give a name, where * is any text", part.flag, part.pattern, err)
			}
			if part.pattern != "" && !match {
				r.Verdict = ""
			}
		}
		shows := r.Verdict == Fail || r.Verdict == KnownFailure || r.Verdict == UnexpectedPass
		if r.Verdict != "" && (shows || s.check != "") {
			chosen = append(chosen, r)
		}
	}
	if len(chosen) == 0 && s == (showing{}) {
		return nil, errors.New("nothing failed in this run: name what to show with --check")
	}
	if len(chosen) == 0 {
		return nil, errors.New("no result is like that: 'finwait report RUN.json --format json' lists all")
	}
	return chosen, nil
}

// showResult draws the connection that shows r best.
func showResult(w io.Writer, run *Run, r Result) error {
	_, _ = fmt.Fprintf(w, "%s  %s  %s: %s\n", r.Target, strings.TrimSpace(r.Check+" "+r.Scenario), r.Verdict, r.Actual)
	if r.Scenario == "" {
		_, _ = fmt.Fprintf(w, "  it is about all endings together; see %s\n", evidenceOf(r.Evidence))
		return nil
	}
	traces, err := run.Traces(r)
	if err != nil {
		return fmt.Errorf("%s %s: %w", r.Check, r.Scenario, err)
	}
	if len(traces) == 0 {
		_, _ = fmt.Fprintln(w, "  no connection of it was kept")
		return nil
	}
	i := max(0, slices.IndexFunc(traces, func(t trace.Trace) bool { return t.ID == r.Worst }))
	drawText(w, traces[i])
	return nil
}

func evidenceOf(evidence []string) string {
	if len(evidence) == 0 {
		return "its report: no evidence was kept"
	}
	return strings.Join(evidence, ", ")
}

// drawText draws a trace as a table: the moments of both ends, in their own columns, on one clock.
func drawText(w io.Writer, t trace.Trace) {
	origin, ok := t.T0()
	if !ok && len(t.Events) > 0 {
		origin = t.Events[0].At
	}
	row := func(at, client, backend string) {
		_, _ = fmt.Fprintln(w, strings.TrimRight(fmt.Sprintf("  %10s  %-40s  %s", at, client, backend), " "))
	}
	row("ms", "client", "backend")
	for _, m := range moments(&t) {
		client, backend := "", ""
		said := printable(lineWords(m))
		switch m.side {
		case trace.Client:
			client = said
		case trace.Backend:
			backend = said
		default:
			client = "(proxy) " + said
		}
		row(fmt.Sprintf("%.3f", float64(m.at-origin)/float64(millisecond)), client, backend)
	}
	if t.Error != "" {
		_, _ = fmt.Fprintf(w, "  not played to its end: %s\n", printable(t.Error))
	}
	if longest, ok := longestGap(t); ok {
		_, _ = fmt.Fprintf(w, "  longest wait: %s\n", longest.Sentence)
	}
}

// lineWords are the words of a moment, with an arrow from or to the proxy, which lies between both columns.
func lineWords(m moment) string {
	switch {
	case !m.arrow():
		return m.what
	case m.side == trace.Client && m.dir == trace.Out:
		return m.what + " -->"
	case m.side == trace.Backend && m.dir == trace.In:
		return "--> " + m.what
	}
	return "<-- " + m.what
}
