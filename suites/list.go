package suites

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"syscall"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
)

// listing is what `finwait list` can list: rows for people, values for machines.
type listing struct {
	header []string
	rows   [][]string
	values any
}

// ListCommand is `finwait list`.
func ListCommand() *cobra.Command {
	var asJSON bool
	var folder, versions string
	kinds := []string{"proxies", "targets", "checks", "scenarios"}
	cmd := &cobra.Command{
		Use:   "list " + strings.Join(kinds, "|"),
		Short: "List proxies, targets, checks or scenarios",
		Example: `  finwait list targets
  finwait list checks --json`,
		ValidArgs: kinds,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return fmt.Errorf("say what to list: %s", strings.Join(kinds, ", "))
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := newListing(args[0], folder, versions)
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				return printed(encoder.Encode(list.values))
			}
			return printed(list.print(cmd.OutOrStdout()))
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&folder, "proxies", "", "folder of proxies to use instead of the bundled ones")
	cmd.Flags().StringVar(&versions, "versions", "default", "which versions of the proxies: default or all")
	return cmd
}

func newListing(kind, folder, versions string) (listing, error) {
	switch kind {
	case "proxies":
		return listProxies(folder)
	case "targets":
		return listTargets(folder, versions)
	case "checks":
		return listChecks(), nil
	case "scenarios":
		return listScenarios(), nil
	}
	return listing{}, fmt.Errorf("cannot list %q: give proxies, targets, checks or scenarios", kind)
}

func listProxies(folder string) (listing, error) {
	type value struct {
		Name           string   `json:"name"`
		Title          string   `json:"title"`
		Versions       []string `json:"versions"`
		Configurations []string `json:"configurations"`
	}
	all, err := load(folder)
	if err != nil {
		return listing{}, err
	}
	values := []value{}
	l := listing{header: []string{"PROXY", "PRODUCT", "VERSIONS", "CONFIGURATIONS"}}
	for _, p := range all {
		v := value{Name: p.Name, Title: p.Title}
		for _, version := range p.Versions {
			v.Versions = append(v.Versions, version.Name)
		}
		for _, c := range p.Configurations {
			v.Configurations = append(v.Configurations, c.Name)
		}
		values = append(values, v)
		l.rows = append(l.rows, []string{v.Name, v.Title, strings.Join(v.Versions, " "), strings.Join(v.Configurations, " ")})
	}
	l.values = values
	return l, nil
}

func listTargets(folder, versions string) (listing, error) {
	all, err := load(folder)
	if err != nil {
		return listing{}, err
	}
	targets, err := proxies.Targets(all, proxies.Selection{Versions: versions})
	if err != nil {
		return listing{}, err
	}
	values := proxies.List(targets)
	l := listing{header: []string{"TARGET", "VARIES", "WHAT IT IS"}, values: values}
	for _, t := range values {
		l.rows = append(l.rows, []string{t.ID, t.Varies, t.Title})
	}
	return l, nil
}

func listChecks() listing {
	type value struct {
		ID          string   `json:"id"`
		Level       string   `json:"level"`
		Requirement string   `json:"requirement"`
		Measured    string   `json:"measured"`
		Source      string   `json:"source"`
		Metric      string   `json:"metric,omitempty"`
		Scenarios   []string `json:"scenarios,omitempty"`
	}
	values := []value{}
	l := listing{header: []string{"CHECK", "LEVEL", "REQUIREMENT", "SOURCE"}}
	for _, c := range Catalogue() {
		values = append(values, value{c.ID, string(c.Level), c.Requirement, c.Measured, c.Source, string(c.Metric), c.Scenarios})
		l.rows = append(l.rows, []string{c.ID, string(c.Level), c.Requirement, c.Source})
	}
	l.values = values
	return l
}

func listScenarios() listing {
	l := listing{header: []string{"SCENARIO", "INITIATOR", "CLIENT", "BACKEND", "OPENING", "WHAT HAPPENS"}}
	all := scenario.Catalogue()
	for _, s := range all {
		l.rows = append(l.rows, []string{
			s.Name, dash(s.Initiator), dash(s.Client), dash(s.Backend), dash(s.Opening), s.Summary,
		})
	}
	l.values = all
	return l
}

// dash stands for what a scenario does not have.
func dash[S ~string](s S) string { return cmp.Or(string(s), "-") }

// printed is what an error of printing means: that nobody reads on is no failure, and any other is no bad input.
func printed(err error) error {
	if err == nil || errors.Is(err, syscall.EPIPE) {
		return nil
	}
	return stand.Unmeasurable{Doing: "print", Err: err}
}

func (l listing) print(out io.Writer) error {
	w := tabwriter.NewWriter(out, 0, 8, 2, ' ', 0)
	for _, row := range append([][]string{l.header}, l.rows...) {
		if _, err := fmt.Fprintln(w, strings.Join(row, "\t")); err != nil {
			return err
		}
	}
	return w.Flush()
}
