package suites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// What the selftest measures by. The faultless proxy gives up on a client that vanished after 1.5 s and on a backend that
// is silent after 1 s: 2 s is a budget for it, and 4 s shows that a fault is over it.
const (
	selfTestPatience = 4 * time.Second
	selfTestBudget   = 2 * time.Second
	selfTestSamples  = 20
	// selfTestQuick is far above the budget of close/latency. The quick pass waits it out thrice for each fault that
	// keeps a leg, one after the other.
	selfTestQuick   = 250 * time.Millisecond
	selfTestEndings = 60
	// selfTestParallel lets those plays go on together that wait in vain for what a fault keeps from them.
	selfTestParallel = 96
	// selfTestTimeWait is half of 1000 closes: the faultless proxy leaves none, the fault all of them.
	selfTestTimeWait = 500
	// selfTestIdle lies between the idle limit of the faultless proxy, 1.5 s, and that of the fault, 300 ms.
	selfTestIdle = 900 * time.Millisecond
	// selfTestReload is what is left of the faultless proxy's idle limit when it is reloaded; the fault cuts at once.
	selfTestReload = 200 * time.Millisecond
	// selfTestGrowth is less than every tenth of the endings leaves, in descriptors.
	selfTestGrowth = 4
	// selfTestMemory is less than half of the 300 KiB that the fault leaves of each ending.
	selfTestMemory = 12 << 20
	// mostRepeats is how many faultless stands fit beside the others on a small machine.
	mostRepeats = 100
)

// selfTest is one selftest: which trials, and how they are run.
type selfTest struct {
	options Options
	only    string
	repeats int
	strict  bool
	delays  []knownDelay
}

// SelfTestCommand is `finwait selftest`. Version is finwait's own.
func SelfTestCommand(version string) *cobra.Command {
	t := selfTest{options: selfTestOptions(version), repeats: 20, delays: delays}
	cmd := &cobra.Command{
		Use:   "selftest",
		Short: "Show that every check goes red for its fault, and how exact the clocks are",
		Long: `Runs finwait's own proxy, once for each fault that it knows and a number of times without one, through the same
suites as any other target. Every fault has to be caught by the check that is there for it, nothing may be red without a
fault, and delays that are known have to be measured as what they are.

Exit code 0: all of that was shown (an accuracy that a busy machine hid is said, and fails only with --strict).
1: something of it does not hold. 2: bad input. 3: could not measure, or this runtime cannot show all of it.`,
		Example: `  finwait selftest
  finwait selftest --fault 'pooled-*' --repeats 2
  finwait selftest --runtime embedded`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return t.run(cmd.Context(), cmd.OutOrStdout()) },
	}
	f := cmd.Flags()
	f.StringVar(&t.options.Runtime, "runtime", t.options.Runtime, "how the proxies are brought up: auto, docker, local or embedded")
	f.StringVar(&t.only, "fault", t.only, "faults to try, as a glob on their names; empty: all")
	f.IntVar(&t.repeats, "repeats", t.repeats, "faultless proxies beside them, half of them over TLS")
	f.StringVar(&t.options.Out, "out", t.options.Out, "folder for selftest.json, and for run.json and its evidence")
	f.BoolVar(&t.strict, "strict", t.strict, "fail when a busy machine keeps the accuracy from being shown")
	return cmd
}

func selfTestOptions(version string) Options {
	o := DefaultOptions()
	o.Finwait, o.Out = version, filepath.Join("reports", "out", "selftest")
	o.Patience, o.Samples, o.Endings, o.quick = selfTestPatience, selfTestSamples, selfTestEndings, selfTestQuick
	o.parallel = selfTestParallel
	b := DefaultBudgets()
	b.BackRelease, b.FrontRelease, b.AbruptTold = selfTestBudget, selfTestBudget, selfTestBudget
	b.GatewayError, b.VanishedClient = selfTestBudget, selfTestBudget
	b.IdleAtLeast, b.ReloadKeeps = selfTestIdle, selfTestReload
	b.BackTimeWait, b.DescriptorGrowth, b.MemoryGrowth = selfTestTimeWait, selfTestGrowth, selfTestMemory
	o.Budgets = b
	return o
}

// check says what is wrong with the flags.
func (t selfTest) check() error {
	switch {
	case t.options.Out == "":
		return errors.New("--out is empty: give a folder")
	case t.repeats < 1 || t.repeats > mostRepeats:
		return fmt.Errorf("--repeats %d: give 1 to %d", t.repeats, mostRepeats)
	}
	return nil
}

// run runs the selftest, prints and saves what it showed, and returns the error that the exit code comes from.
func (t selfTest) run(ctx context.Context, out io.Writer) error {
	if err := t.check(); err != nil {
		return err
	}
	list, err := trials(t.only, t.repeats)
	if err != nil {
		return err
	}
	progress := reports.NewProgress(os.Stderr)
	defer progress.Break()
	defer context.AfterFunc(ctx, func() {
		progress.Say("interrupted: cleaning up; again ends it at once")
	})()
	run, shown, err := t.measure(ctx, list, progress)
	if err != nil {
		return err
	}
	run.SelfTest = shown
	return t.finish(run, out)
}

// measure runs the trials as a run like any other and then measures the accuracy. All that was started is gone when it
// returns.
func (t selfTest) measure(ctx context.Context, list []trial, progress *reports.Progress) (_ *reports.Run, _ *reports.SelfTest, err error) {
	o := t.options
	o.proxies = append(o.proxies, faultProxy(o.Finwait, list))
	s, err := prepare(ctx, o, progress)
	defer func() { err = bothOf(err, s.tearDown()) }()
	if err != nil {
		return nil, nil, unlessInterrupted(ctx, err)
	}
	if err := s.measure(ctx); err != nil {
		return nil, nil, unlessInterrupted(ctx, err)
	}
	if ctx.Err() != nil || s.interrupted != "" {
		return nil, nil, endedEarly(cmp.Or(s.interrupted, "interrupted"))
	}
	if broken := s.brokenControl(); broken != "" {
		return nil, nil, stand.Unmeasurable{Doing: "selftest", Err: errors.New(broken)}
	}
	accuracy, disturbed, err := s.measureAccuracy(ctx, t.delays)
	switch {
	case ctx.Err() != nil:
		return nil, nil, endedEarly("interrupted")
	case err != nil:
		return nil, nil, err
	}
	run := s.run()
	shown := judgeTrials(run, list)
	shown.Only, shown.Accuracy, shown.Disturbed = t.only, accuracy, disturbed
	shown.Unproven = unproven(Catalogue(), faultproxy.Faults())
	shown.Conclude()
	return run, shown, nil
}

// endedEarly is the error of a selftest that was not measured to its end: a part of it shows nothing.
func endedEarly(why string) error {
	return stand.Unmeasurable{Doing: "selftest", Err: fmt.Errorf("ended early: %s; run it again", why)}
}

// finish saves and prints. Only a selftest of all faults is kept for the reports of later runs: a part of it says
// nothing of the rest.
func (t selfTest) finish(run *reports.Run, out io.Writer) error {
	shown := run.SelfTest
	_, unwritten := reports.WriteAll(t.options.Out, run)
	unwritten = errors.Join(unwritten, writeJSON(filepath.Join(t.options.Out, selfTestFile), shown))
	if t.only == "" {
		unwritten = errors.Join(unwritten, keepSelfTest(t.options.Finwait, shown))
	}
	err := reports.WriteSelfTest(out, shown, reports.StyleFor(out))
	switch code := shown.ExitCode(t.strict); {
	case unwritten != nil:
		return stand.Unmeasurable{Err: unwritten}
	case err != nil && !errors.Is(err, syscall.EPIPE):
		return stand.Unmeasurable{Doing: "print the selftest", Err: err}
	case code != 0:
		return verdictError{code}
	}
	return nil
}
