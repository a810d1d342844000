// Finwait measures how WebSocket connections end through real proxies.
package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/goproxy"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
	"github.com/finwait/finwait/suites"
)

// version is set by the linker.
var version = "devel"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	signal.Ignore(syscall.SIGPIPE) // a reader that leaves early must not keep us from cleaning up
	context.AfterFunc(ctx, stop)   // a second Ctrl-C ends it at once; the next run sweeps what that leaves
	err := command().ExecuteContext(ctx)
	if err != nil && err.Error() != "" {
		fmt.Fprintln(os.Stderr, "finwait: "+err.Error())
	}
	os.Exit(exitCode(err))
}

func command() *cobra.Command {
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
		suites.ListCommand(),
		suites.ImagesCommand(version),
		reports.Command(),
		stand.CleanCommand(),
		agent.Command(),
		goproxy.Command(),
	)
	return root
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
