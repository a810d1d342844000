package reports

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
)

// MergeCommand returns `finwait merge`, which joins the shards of one run. Bad input ends it with exit code 2 and nothing
// written; otherwise its exit code is that of the merged run.
func MergeCommand() *cobra.Command {
	var out string
	command := &cobra.Command{
		Use:   "merge SHARD/run.json SHARD/run.json ... --out DIR",
		Short: "Join the shards of one run, measured apart, into one run",
		Long: `Join the shards of one run, measured apart and maybe on many machines, into one run: run.json, all reports,
and the evidence. Nothing is measured or judged again: each target keeps the control of its own shard.

Shards belong together when one finwait measured them with the same --id, --versions, --samples, --endings,
--patience, --repeat, --seed, --check, --label-filter and budgets, on the same runtime, and each target is in
one of them. Their machines may differ; the reports say so.

Exit code: that of the merged run. 2: the shards do not belong together, and nothing is written.`,
		Example: "  finwait run --proxy nginx --id nightly --out shards/nginx\n" +
			"  finwait run --proxy apache --id nightly --out shards/apache\n" +
			"  finwait merge shards/*/run.json --out merged",
		Args:         shardsGiven,
		SilenceUsage: true,
		RunE: func(cmd *cobra.Command, args []string) error {
			if out == "" {
				return errors.New("--out is missing: give the folder that the merged run is written to")
			}
			return merge(cmd.Context(), cmd.OutOrStdout(), cmd.ErrOrStderr(), args, out)
		},
	}
	command.Flags().StringVar(&out, "out", "", "folder for the merged run.json, its reports and evidence")
	return command
}

func shardsGiven(_ *cobra.Command, args []string) error {
	if len(args) == 0 {
		return errors.New("no shard: finwait merge shards/*/run.json --out merged")
	}
	return nil
}

// coded ends a command with an exit code. Its message is empty where the report has said why.
type coded struct {
	code    int
	message string
}

func (c coded) Error() string { return c.message }

// ExitCode is the code that the command ends with.
func (c coded) ExitCode() int { return c.code }

func merge(ctx context.Context, stdout, stderr io.Writer, paths []string, out string) error {
	merged, shards, err := loadShards(paths, out)
	if err != nil {
		return err
	}
	written, err := writeMerged(ctx, stderr, out, merged, shards)
	if err != nil {
		return err
	}
	text, err := FindFormat("text")
	if err != nil {
		return err
	}
	buffered := bufio.NewWriter(stdout)
	err = text.Write(buffered, merged, StyleFor(stdout))
	_, _ = fmt.Fprintf(buffered, "\n%s", Written(written))
	if err := unlessUnread(errors.Join(err, buffered.Flush())); err != nil {
		return err
	}
	if code := merged.ExitCode(); code != ExitExpected {
		return coded{code: code}
	}
	return nil
}

func loadShards(paths []string, out string) (merged *Run, shards []*Run, err error) {
	for _, path := range paths {
		if isEvidence(out, path) {
			return nil, nil, fmt.Errorf("%s would be overwritten by --out %s: give another folder", path, out)
		}
		shard, err := Load(path)
		if err != nil {
			return nil, nil, err
		}
		shards = append(shards, shard)
	}
	merged, err = Merge(paths, shards)
	return merged, shards, err
}

// writeMerged copies the evidence beside its place first, so that a disk that gets full leaves the folder as it was.
func writeMerged(ctx context.Context, stderr io.Writer, out string, merged *Run, shards []*Run) (written []string, err error) {
	if err := os.MkdirAll(out, 0o755); err != nil {
		return nil, fmt.Errorf("--out %s cannot be written: %w; give another folder", out, err)
	}
	if err := Foreign(out); err != nil {
		return nil, err
	}
	fresh, err := os.MkdirTemp(out, ".finwait-merge-")
	if err != nil {
		return nil, fmt.Errorf("--out %s cannot be written: %w; give another folder", out, err)
	}
	defer func() { err = errors.Join(err, os.RemoveAll(fresh)) }()
	for _, shard := range shards {
		missing, err := copyEvidence(ctx, fresh, shard)
		if err != nil {
			return nil, err
		}
		if len(missing) > 0 {
			without(merged.Results, missing)
			without(merged.Control, missing)
			_, _ = fmt.Fprintf(stderr, "  %s of shard %s are not beside its run.json: the merged run goes without them\n",
				plural(len(missing), "file"), merged.ShardName(shard.ID))
		}
	}
	if err := writableFile(filepath.Join(out, runFile)); err != nil {
		return nil, err
	}
	if err := replaceEvidence(out, fresh); err != nil {
		return nil, err
	}
	return WriteAll(out, merged)
}
