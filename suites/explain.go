package suites

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/finwait/finwait/fixtures/faultproxy"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/proxies"
)

// explanation is all that is known of one check.
type explanation struct {
	ID          string              `json:"id"`
	Level       string              `json:"level"`
	Requirement string              `json:"requirement"`
	Source      string              `json:"source"`
	Measured    string              `json:"measured"`
	Metric      string              `json:"metric,omitempty"`
	TLSOnly     bool                `json:"tls_only,omitempty"` // judged on +tls targets alone
	Budgets     []explainedBudget   `json:"budgets,omitempty"`
	Scenarios   []explainedScenario `json:"scenarios,omitempty"` // none: one result a target, from what all its endings left
	Causes      []explainedCause    `json:"causes"`
	Known       []explainedKnown    `json:"known_failures"`
	Faults      []explainedFault    `json:"faults"` // that prove the check: each turns it red
}

type explainedScenario struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

type explainedCause struct {
	Proxy  string `json:"proxy"`
	Title  string `json:"title"` // the proxy's own name
	Cause  string `json:"cause"`
	Cure   string `json:"cure"`
	Source string `json:"source"`
	Proven string `json:"proven,omitempty"` // the configuration that applies the cure
}

type explainedKnown struct {
	Entry          string   `json:"entry"` // file:line
	Scenarios      []string `json:"scenarios,omitempty"`
	Configurations []string `json:"configurations,omitempty"`
	Versions       string   `json:"versions,omitempty"`
	Why            string   `json:"why"`
	Source         string   `json:"source"`
	Remedy         string   `json:"remedy"`
	Proven         []string `json:"proven"` // configurations that apply the remedy and pass
}

type explainedFault struct {
	Name    string `json:"name"`
	Summary string `json:"summary"`
}

// ExplainCommand is `finwait explain`.
func ExplainCommand() *cobra.Command {
	var asJSON bool
	var folder string
	cmd := &cobra.Command{
		Use:   "explain CHECK",
		Short: "Explain a check: requirement, measurement, causes and cures",
		Example: `  finwait explain cleanup/back-leg-released
  finwait explain 'close/*latency' --json`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("say which check to explain: 'finwait list checks' shows what there is")
			}
			return nil
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			e, err := explain(args[0], folder)
			if err != nil {
				return err
			}
			if asJSON {
				encoder := json.NewEncoder(cmd.OutOrStdout())
				encoder.SetIndent("", "  ")
				encoder.SetEscapeHTML(false)
				err = encoder.Encode(e)
			} else {
				_, err = cmd.OutOrStdout().Write([]byte(e.text()))
			}
			return printed(err)
		},
	}
	cmd.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	cmd.Flags().StringVar(&folder, "proxies", "", "folder of proxies to use instead of the bundled ones")
	return cmd
}

// explain explains the one check that matches pattern, with what is known of the proxies of folder (empty: the bundled ones).
func explain(pattern, folder string) (explanation, error) {
	c, err := findOne(pattern)
	if err != nil {
		return explanation{}, err
	}
	all, err := load(folder)
	if err != nil {
		return explanation{}, err
	}
	if err := checkKnown(all, folder); err != nil {
		return explanation{}, err
	}
	return explainCheck(c, all), nil
}

// findOne is the only check that matches pattern.
func findOne(pattern string) (Check, error) {
	if _, err := proxies.Glob(pattern); err != nil {
		return Check{}, err
	}
	found, err := Find(pattern)
	switch {
	case err != nil:
		return Check{}, fmt.Errorf("no check matches %q%s: 'finwait list checks' shows what there is", pattern, nearChecks(pattern))
	case len(found) > 1:
		return Check{}, fmt.Errorf("%q matches %d checks: give one of %s", pattern, len(found), strings.Join(idsOf(found), ", "))
	}
	return found[0], nil
}

// nearChecks proposes ids that are near to what was typed.
func nearChecks(typed string) string {
	near := proxies.Near(typed, idsOf(Catalogue()))
	if len(near) == 0 {
		return ""
	}
	return ", did you mean " + strings.Join(near, " or ")
}

func idsOf(checks []Check) []string {
	all := make([]string, len(checks))
	for i, c := range checks {
		all[i] = c.ID
	}
	return all
}

func explainCheck(c Check, all []*proxies.Proxy) explanation {
	e := explanation{
		ID: c.ID, Level: string(c.Level), Requirement: c.Requirement, Source: c.Source, Measured: c.Measured,
		Metric: string(c.Metric), TLSOnly: c.TLSOnly, Budgets: explainBudgets(c.ID),
		Causes: []explainedCause{}, Known: []explainedKnown{}, Faults: []explainedFault{},
	}
	for _, name := range c.Scenarios {
		if s, err := scenario.Named(name); err == nil {
			e.Scenarios = append(e.Scenarios, explainedScenario{s.Name, s.Summary})
		}
	}
	for _, p := range all {
		e.addProxy(c, p)
	}
	for _, f := range faultproxy.Faults() {
		if f.Trips == c.ID {
			e.Faults = append(e.Faults, explainedFault{f.Name, f.Summary})
		}
	}
	return e
}

// addProxy adds what is known of the check on one proxy.
func (e *explanation) addProxy(c Check, p *proxies.Proxy) {
	for _, cause := range p.Causes {
		if cause.Check == c.ID {
			e.Causes = append(e.Causes, explainedCause{
				Proxy: p.Name, Title: p.Title, Cause: cause.Cause, Cure: cause.Cure, Source: cause.Source, Proven: cause.Proven,
			})
		}
	}
	for _, k := range p.Known {
		if slices.ContainsFunc(c.results(), func(name string) bool { return k.Speaks(c.ID, name) }) {
			e.Known = append(e.Known, explainedKnown{
				Entry: entryName(p, k), Scenarios: k.Scenarios, Configurations: k.Configurations, Versions: k.Versions,
				Why: k.Why, Source: k.Source, Remedy: k.Remedy, Proven: k.Proven,
			})
		}
	}
}
