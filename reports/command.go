package reports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"syscall"

	"github.com/spf13/cobra"
)

// Command returns `finwait report`, which shows a run that was saved. Its errors are all bad input (exit code 2); it
// succeeds also for a run that failed.
func Command() *cobra.Command {
	var format, output string
	var schema bool
	command := &cobra.Command{
		Use:   "report RUN.json",
		Short: "Show a saved run in another form",
		Long: "Show a saved run in another form. Nothing is measured again.\n\nFormats:\n" + formatList() +
			"\nWith --schema no run is needed: it prints the JSON Schema (draft 2020-12) that every run.json fulfils.",
		Example: "  finwait report reports/out/run.json\n" +
			"  finwait report reports/out/run.json --format json | jq '.results[] | select(.verdict == \"fail\")'\n" +
			"  finwait report reports/out/run.json --format markdown >> \"$GITHUB_STEP_SUMMARY\"\n" +
			"  finwait report reports/out/run.json --format text -o report.txt\n" +
			"  finwait report --schema -o run.schema.json",
		Args: func(_ *cobra.Command, args []string) error {
			if schema {
				return noRun(args)
			}
			return oneRun(args)
		},
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if schema {
				return showSchema(cmd.OutOrStdout(), output)
			}
			return show(cmd.Context(), cmd.OutOrStdout(), args[0], format, output)
		},
	}
	command.Flags().StringVar(&format, "format", "text", strings.Join(formatNames(), ", "))
	command.Flags().BoolVar(&schema, "schema", false, "print the JSON Schema of run.json, and nothing else")
	command.MarkFlagsMutuallyExclusive("schema", "format")
	command.Flags().StringVarP(&output, "output", "o", "", "write to this file, whole or not at all (default: standard output)")
	return command
}

func formatList() string {
	list := ""
	for _, f := range Formats() {
		list += fmt.Sprintf("  %-10s%s\n", f.Name, f.About)
	}
	return list
}

func oneRun(args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("expected one run.json, got %d arguments: finwait report reports/out/run.json", len(args))
	}
	return nil
}

func show(ctx context.Context, stdout io.Writer, path, name, output string) error {
	format, err := FindFormat(name)
	if err != nil {
		return err
	}
	run, err := Load(path)
	if err != nil {
		return err
	}
	if output == "" {
		buffered := bufio.NewWriter(interruptible{ctx, stdout})
		err := format.Write(buffered, run, StyleFor(stdout))
		if err == nil {
			err = buffered.Flush()
		}
		return unlessUnread(err)
	}
	if sameFile(path, output) {
		return fmt.Errorf("write %s: that is the run itself, give another file", output)
	}
	return writeFile(output, func(w io.Writer) error { return format.Write(interruptible{ctx, w}, run, Style{Width: maxWidth}) })
}

// interruptible writes until the context ends.
type interruptible struct {
	ctx context.Context
	w   io.Writer
}

func (i interruptible) Write(p []byte) (int, error) {
	if i.ctx.Err() != nil {
		return 0, coded{ExitUnmeasurable, "interrupted"}
	}
	return i.w.Write(p)
}

// unlessUnread drops the error of a pipe whose reader, `head` for instance, has read enough.
func unlessUnread(err error) error {
	if errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return err
}

func sameFile(a, b string) bool {
	infoA, errA := os.Stat(a)
	infoB, errB := os.Stat(b)
	return errA == nil && errB == nil && os.SameFile(infoA, infoB)
}
