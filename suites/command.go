package suites

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/ginkgo/v2/formatter"
	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// RunCommand is `finwait run`. Version is finwait's own.
func RunCommand(version string) *cobra.Command {
	o := DefaultOptions()
	o.Finwait = version
	budgets := ""
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Measure how WebSocket connections end through real proxies, and judge it",
		Long: `Brings every chosen target up, plays both ends of its connections, judges what was measured,
prints the table and writes run.json, traces, packets and logs to --out.

Exit code 0: all as expected. 1: a check failed or changed. 2: bad input. 3: could not measure.`,
		Example: `  finwait run
  finwait run --proxy apache,nginx
  finwait run --target 'apache@*/{wstunnel,nokeepalive}*'
  finwait run --check 'cleanup/*' --patience 30s
  finwait run --runtime embedded --samples 20
  finwait run --repeat 10
  finwait run --proxy nginx --id nightly --out shards/nginx`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if o.Out == "" {
				return errors.New("--out is empty: give a folder")
			}
			o.Budgets = DefaultBudgets().Within(o.Patience)
			if budgets != "" {
				var err error
				if o.Budgets, err = LoadBudgets(budgets, o.Budgets); err != nil {
					return err
				}
			}
			return conduct(cmd.Context(), o, cmd.OutOrStdout())
		},
	}
	o.flags(cmd.Flags())
	cmd.Flags().StringVar(&budgets, "budgets", "", "YAML file with budgets that replace the defaults")
	return cmd
}

// flags binds the options to flags.
func (o *Options) flags(f *pflag.FlagSet) {
	f.StringVar(&o.ID, "id", o.ID, "name that the shards of one run share, for finwait merge")
	f.StringVar(&o.Runtime, "runtime", o.Runtime, "how targets are brought up: auto, docker, local or embedded")
	f.StringSliceVar(&o.Proxies, "proxy", o.Proxies, "proxies to test, by name (finwait list proxies)")
	f.StringArrayVar(&o.Targets, "target", o.Targets, "targets to test, as a glob on their ids (finwait list targets)")
	f.StringArrayVar(&o.Checks, "check", o.Checks, "checks to judge, as a glob on their ids (finwait list checks)")
	f.StringVar(&o.Labels, "label-filter", o.Labels, "Ginkgo label filter, for instance 'must && !tls'")
	f.StringVar(&o.Versions, "versions", o.Versions, "which versions of the proxies: default or all")
	f.IntVar(&o.Samples, "samples", o.Samples, "latency samples of every target and scenario; more where they leave it open")
	f.IntVar(&o.Endings, "endings", o.Endings, "connections of every target that end before its sockets are counted, at least")
	f.DurationVar(&o.Patience, "patience", o.Patience, "the longest wait for anything")
	f.IntVar(&o.Repeat, "repeat", o.Repeat, "how often everything is measured; what is not judged the same each time fails the run")
	f.Int64Var(&o.Seed, "seed", o.Seed, "order of the plays")
	f.StringVar(&o.Out, "out", o.Out, "folder for run.json, traces, packets and logs")
	f.StringVar(&o.Folder, "proxies", o.Folder, "folder of proxies to use instead of the bundled ones")
}

// conduct runs the suites outside of `go test`, with finwait's own output in place of Ginkgo's.
func conduct(ctx context.Context, o Options, out io.Writer) error {
	progress := reports.NewProgress(os.Stderr)
	defer progress.Break()
	defer context.AfterFunc(ctx, func() {
		progress.Say("interrupted: keeping what was measured and cleaning up; again ends it at once")
	})()
	s, err := prepare(ctx, o, progress)
	if err == nil {
		declare(ctx, s)
		suite, reporter := ginkgo.GinkgoConfiguration()
		suite.GracePeriod = s.collectLimit() + time.Second // an interrupted pass still collects its evidence
		formatter.ColorableStdOut = io.Discard
		ginkgo.RunSpecs(&outcome{}, "finwait", suite, reporter)
		err = s.err
	}
	down := s.tearDown()
	if err == nil {
		return bothOf(finish(s.run(), o, out), down)
	}
	return bothOf(unlessInterrupted(ctx, err), down)
}

// finish writes and prints the run. Its error has the exit code that the verdicts give. That nothing can be written any
// more does not keep it from being printed, and that nobody reads it is no failure.
func finish(run *reports.Run, o Options, out io.Writer) error {
	text, err := reports.FindFormat("text")
	if err != nil {
		return err
	}
	paths, unwritten := reports.WriteAll(o.Out, run)
	err = text.Write(out, run, reports.StyleFor(out))
	if err == nil && len(paths) > 0 {
		_, _ = fmt.Fprintf(out, "\n%s", reports.Written(paths))
	}
	switch code := run.ExitCode(); {
	case unwritten != nil:
		return stand.Unmeasurable{Err: unwritten}
	case err != nil && !errors.Is(err, syscall.EPIPE):
		return stand.Unmeasurable{Doing: "print the table", Err: err}
	case code != 0:
		return verdictError{code}
	}
	return nil
}

// unlessInterrupted says that an interrupt is the cause where it is: the error tells only what it happened to.
func unlessInterrupted(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return stand.Unmeasurable{Err: errors.New("interrupted before anything was measured")}
	}
	return err
}

// bothOf is err and why not everything could be removed. The exit code is that of err.
func bothOf(err, down error) error {
	switch {
	case down == nil:
		return err
	case err == nil:
		return down
	case err.Error() == "": // a verdict
		return fmt.Errorf("%w%w", err, down)
	}
	return fmt.Errorf("%w; and then: %w", err, down)
}

// outcome stands in for *testing.T: the exit code comes from the run, not from Ginkgo.
type outcome struct{}

// Fail is called by Ginkgo when a spec failed.
func (*outcome) Fail() {}

// verdictError carries the exit code of a run whose verdicts are already printed.
type verdictError struct{ code int }

func (e verdictError) Error() string { return "" }

// ExitCode is the code that the command ends with.
func (e verdictError) ExitCode() int { return e.code }
