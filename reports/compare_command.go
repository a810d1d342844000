package reports

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// compareFormat is one way to show a comparison.
type compareFormat struct {
	name, about string
	write       func(*Comparison, io.Writer, Style) error
}

// compareFormats are the forms of a comparison.
var compareFormats = []compareFormat{
	{"text", "for people at a terminal, at most 100 columns", (*Comparison).text},
	{"markdown", "for an issue, a pull request or a job summary", (*Comparison).markdown},
	{"json", "for programs (schema " + CompareSchema + ")", (*Comparison).json},
}

// CompareCommand returns `finwait compare`. Its errors are bad input (exit code 2), but for the one that carries the
// comparison's own exit code and says nothing more.
func CompareCommand() *cobra.Command {
	var format, output string
	threshold := relative
	var names, list []string
	for _, f := range compareFormats {
		names, list = append(names, f.name), append(list, fmt.Sprintf("  %-10s%s", f.name, f.about))
	}
	command := &cobra.Command{
		Use:   "compare BASE.json HEAD.json",
		Short: "Say what is different between two saved runs, the older first",
		Long: `Say what is different between two saved runs, the older first. Nothing is measured again.

Worse is a verdict that got worse (also where known-failures.yaml explains it), and a duration that got longer by more
than chance and noise: Mann-Whitney over the samples, corrected for the number of comparisons, a large effect, and a shift
above --threshold, a millisecond and the control's own spread; or time-outs that were none. Durations are compared as
added to each run's own control, so a slower machine is no change. A verdict that head does not have any more is reported
apart, and is not worse. A target of another version is compared as an upgrade where each run has one version of it.

Exit code 0: nothing is worse. 1: something is. 2: bad input, or the runs share no target. 3: nothing could be compared.

Formats:
` + strings.Join(list, "\n"),
		Example: "  finwait compare base/run.json head/run.json\n" +
			"  finwait compare base/run.json head/run.json --format markdown -o issue.md\n" +
			"  finwait compare base/run.json head/run.json --threshold 0.5",
		Args:         twoRuns,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			return compareFiles(cmd.OutOrStdout(), args[0], args[1], format, output, threshold)
		},
	}
	command.Flags().StringVar(&format, "format", names[0], strings.Join(names, ", "))
	command.Flags().StringVarP(&output, "output", "o", "", "write to this file, whole or not at all (default: standard output)")
	command.Flags().Float64Var(&threshold, "threshold", threshold, "part of a median by which durations have to differ")
	return command
}

func twoRuns(_ *cobra.Command, args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("expected two run.json, got %d arguments: finwait compare base/run.json head/run.json", len(args))
	}
	return nil
}

func compareFiles(stdout io.Writer, basePath, headPath, format, output string, threshold float64) error {
	i := slices.IndexFunc(compareFormats, func(f compareFormat) bool { return f.name == format })
	switch {
	case i < 0:
		return fmt.Errorf("unknown format %q, expected text, markdown or json", format)
	case threshold < 0 || math.IsNaN(threshold) || math.IsInf(threshold, 0):
		return fmt.Errorf("--threshold %g: give 0 or more, 0.25 for a quarter", threshold)
	case output != "" && (sameFile(basePath, output) || sameFile(headPath, output)):
		return fmt.Errorf("write %s: that is one of the runs, give another file", output)
	}
	base, err := loadPrintable(basePath)
	if err != nil {
		return err
	}
	head, err := loadPrintable(headPath)
	if err != nil {
		return err
	}
	comparison, err := CompareRuns(base, head, threshold)
	if err != nil {
		return fmt.Errorf("compare %s and %s: %w", basePath, headPath, err)
	}
	write := compareFormats[i].write
	if output != "" {
		err = writeFile(output, func(w io.Writer) error { return write(comparison, w, Style{Width: maxWidth}) })
	} else {
		buffered := bufio.NewWriter(stdout)
		err = unlessUnread(errors.Join(write(comparison, buffered, StyleFor(stdout)), buffered.Flush()))
	}
	if err == nil && comparison.ExitCode() != ExitExpected {
		return coded{code: comparison.ExitCode()}
	}
	return err
}

// loadPrintable reads a run whose texts steer no terminal: a comparison quotes them.
func loadPrintable(path string) (*Run, error) {
	run, err := Load(path)
	if err != nil {
		return nil, err
	}
	return printableRun(run)
}
