package suites

import (
	"context"
	"flag"
	"os"
	"os/signal"
	"syscall"
	"testing"
	"time"

	"github.com/onsi/ginkgo/v2"
	"github.com/onsi/gomega"
	"github.com/spf13/pflag"

	"github.com/finwait/finwait/reports"
)

// flagged are the options of TestConformance. In a test binary the defaults are small and need no engine:
//
//	go test ./suites                                   direct and goproxy, in-process
//	go test ./suites -args -runtime docker -proxy nginx
//	go tool ginkgo ./suites -- -runtime docker -target 'apache@*/wstunnel'
var flagged = Options{
	Runtime:  "embedded",
	Proxies:  []string{"goproxy"},
	Versions: "default",
	Samples:  20,
	Endings:  80,
	Patience: 10 * time.Second,
	Repeat:   1,
	Seed:     1,
	Finwait:  "test",
}

func init() {
	flags := pflag.NewFlagSet("finwait", pflag.ContinueOnError)
	flagged.flags(flags)
	flags.VisitAll(func(f *pflag.Flag) { flag.Var(f.Value, f.Name, f.Usage) })
}

// TestConformance runs the suites. Every verdict is a Ginkgo spec.
func TestConformance(t *testing.T) {
	gomega.RegisterFailHandler(ginkgo.Fail)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	suite, reporter := ginkgo.GinkgoConfiguration()
	if suite.ParallelTotal > 1 {
		t.Fatal("finwait measures in one process: run ginkgo without -p, --procs or --nodes")
	}
	if suite.LabelFilter != "" {
		flagged.Labels = suite.LabelFilter
	}
	flagged.Budgets = DefaultBudgets().Within(flagged.Patience)
	s, err := prepare(ctx, flagged, reports.NewProgress(os.Stderr))
	if err != nil {
		t.Fatal(bothOf(err, s.tearDown()))
	}
	declare(ctx, s)
	suite.GracePeriod = s.collectLimit() + time.Second
	ginkgo.RunSpecs(t, "finwait", suite, reporter)
	if err := bothOf(s.err, s.tearDown()); err != nil {
		t.Fatal(err)
	}
	run := s.run()
	if flagged.Out != "" {
		if _, err := reports.WriteAll(flagged.Out, run); err != nil {
			t.Fatal(err)
		}
	}
	t.Logf("%s: %v", s.runtime.About(), run.Summary)
	if run.Interrupted != "" || run.ExitCode() != 0 {
		t.Errorf("exit code %d, interrupted %q", run.ExitCode(), run.Interrupted)
	}
}
