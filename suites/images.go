package suites

import (
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/reports"
)

// ImagesCommand is `finwait images`: it finds, pulls or builds what a run would need, and measures nothing.
func ImagesCommand(version string) *cobra.Command {
	o := DefaultOptions()
	o.Finwait, o.Out, o.Runtime = version, "", "docker"
	cmd := &cobra.Command{
		Use:   "images",
		Short: "Find, pull or build the images that a run needs",
		Example: `  finwait images
  finwait images --proxy nginx --versions all`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			progress := reports.NewProgress(os.Stderr)
			defer progress.Break()
			s, err := prepare(cmd.Context(), o, progress)
			down := s.tearDown()
			if err != nil {
				return bothOf(unlessInterrupted(cmd.Context(), err), down)
			}
			return bothOf(s.printImages(cmd), down)
		},
	}
	cmd.Flags().StringSliceVar(&o.Proxies, "proxy", nil, "proxies, by name (finwait list proxies)")
	cmd.Flags().StringVar(&o.Versions, "versions", o.Versions, "which versions of the proxies: default or all")
	cmd.Flags().StringVar(&o.Folder, "proxies", "", "folder of proxies to use instead of the bundled ones")
	return cmd
}

func (s *session) printImages(cmd *cobra.Command) error {
	w := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 8, 2, ' ', 0)
	_, _ = fmt.Fprintln(w, "PROXY\tVERSION\tIMAGE")
	var failed error
	seen := map[string]bool{}
	for _, st := range s.stands {
		name := st.Target.Proxy.Name + "@" + st.Target.Version.Name
		if seen[name] {
			continue
		}
		seen[name] = true
		if st.Err != nil {
			failed = errors.Join(failed, fmt.Errorf("%s: %w", name, st.Err))
			continue
		}
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\n", st.Target.Proxy.Name, st.Target.Reported, st.Image)
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if failed != nil {
		return stand.Unmeasurable{Err: failed}
	}
	return nil
}
