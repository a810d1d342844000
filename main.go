// Finwait measures how WebSocket connections end through real proxies.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"unicode"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/fixtures/goproxy"
	"github.com/finwait/finwait/fixtures/jail"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
	"github.com/finwait/finwait/suites"
)

// linked is the version that the linker sets; `go install` sets none.
var linked string

// version is the one that the linker set, else that of the module; "devel" where it was built from a work tree.
func version() string {
	if linked != "" {
		return linked
	}
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "devel"
	}
	return info.Main.Version
}

// exitKilled is what a shell shows of a program that Ctrl-C has ended.
const exitKilled = 130

func main() {
	signal.Ignore(syscall.SIGPIPE) // a reader that leaves early must not keep us from cleaning up
	err := command().ExecuteContext(interruptible())
	if err != nil && err.Error() != "" {
		fmt.Fprintln(os.Stderr, "finwait: "+oneLine(err.Error()))
	}
	os.Exit(exitCode(err))
}

// interruptible is a context that ends with the first Ctrl-C. The second ends the program at once, whoever else listens
// for signals (Ginkgo does); the next run sweeps what that leaves.
func interruptible() context.Context {
	ctx, cancel := context.WithCancel(context.Background())
	signals := make(chan os.Signal, 2)
	signal.Notify(signals, os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	go func() {
		<-signals
		cancel()
		<-signals
		os.Exit(exitKilled)
	}()
	return ctx
}

func command() *cobra.Command {
	version := version()
	root := &cobra.Command{
		Use:   "finwait",
		Short: "Will this proxy configuration let go of a closed WebSocket, and tell both sides the truth?",
		Long: `finwait starts a real proxy with a real configuration, plays both ends of WebSocket connections
through it, and measures how they end: close latency, what each side is told, and what is left behind.`,
		Version:       version,
		SilenceUsage:  true,
		SilenceErrors: true,
	}
	root.AddCommand(
		suites.RunCommand(version),
		suites.ValidateCommand(version),
		suites.SelfTestCommand(version),
		suites.ListCommand(),
		suites.ExplainCommand(),
		suites.ImagesCommand(version),
		reports.Command(),
		reports.ShowCommand(),
		reports.MergeCommand(),
		reports.CompareCommand(),
		stand.CleanCommand(),
		agent.Command(),
		jail.Command(),
		goproxy.Command(),
		faultproxy.Command(),
	)
	root.Args = cobra.NoArgs
	root.RunE = func(c *cobra.Command, _ []string) error { return c.Help() }
	for _, c := range append(root.Commands(), root) {
		valid := c.Args
		c.Args = func(c *cobra.Command, args []string) error {
			if err := valid(c, args); err != nil {
				return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
			}
			return nil
		}
	}
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return fmt.Errorf("%w; see %s --help", err, c.CommandPath())
	})
	return root
}

// oneLine joins lines, since libraries like to give several, and replaces what could steer a terminal.
func oneLine(text string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.Join(strings.Fields(text), " "))
}

// exitCode is 0 without an error, what the error itself says, or 2: bad input.
func exitCode(err error) int {
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		return 0
	case errors.As(err, &coded):
		return coded.ExitCode()
	}
	return 2
}
