package suites

import (
	"fmt"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/finwait/finwait/reports"
)

// Options are the choices of one run.
type Options struct {
	Runtime  string        // auto, docker, local or embedded
	Proxies  []string      // names; empty: all
	Targets  []string      // glob patterns on target ids; empty: all
	Checks   []string      // glob patterns on check ids; empty: all
	Labels   string        // a Ginkgo label filter over the labels of the specs
	Versions string        // "default" or "all"
	Samples  int           // counted samples of every target in the quick pass
	Endings  int           // mixed endings of every target in the patient pass, at least
	Patience time.Duration // the cap of every wait
	Seed     int64         // of the order of the plays
	Out      string        // folder for run.json, traces and packets
	Folder   string        // a folder of proxies on disk; empty: the bundled ones
	Budgets  Budgets
	Finwait  string // finwait's own version
}

// DefaultOptions are what `finwait run` does when nothing else is said.
func DefaultOptions() Options {
	return Options{
		Runtime:  "auto",
		Versions: "default",
		Samples:  100,
		Endings:  200,
		Patience: 10 * time.Second,
		Seed:     1,
		Out:      "reports/out",
		Budgets:  DefaultBudgets(),
	}
}

// Validate says what is wrong with the options that no later step would say better.
func (o Options) Validate() error {
	switch {
	case o.Samples < 0:
		return fmt.Errorf("--samples %d: give 0 or more", o.Samples)
	case o.Endings < 0:
		return fmt.Errorf("--endings %d: give 0 or more", o.Endings)
	case o.Patience < time.Second:
		return fmt.Errorf("--patience %s: give at least 1s", o.Patience)
	case o.Versions != "default" && o.Versions != "all":
		return fmt.Errorf("--versions %q: give default or all", o.Versions)
	}
	if _, err := types.ParseLabelFilter(o.Labels); err != nil {
		return fmt.Errorf("--label-filter %q: %w", o.Labels, err)
	}
	if err := o.Budgets.Validate(o.Patience); err != nil {
		return err
	}
	for _, pattern := range o.Checks {
		if _, err := Find(pattern); err != nil {
			return err
		}
	}
	return nil
}

// report is how the options stand in run.json.
func (o Options) report() reports.Options {
	return reports.Options{
		Proxies:  o.Proxies,
		Targets:  o.Targets,
		Checks:   o.Checks,
		Versions: o.Versions,
		Samples:  o.Samples,
		Endings:  o.Endings,
		Patience: o.Patience.Milliseconds(),
		Seed:     o.Seed,
		Budgets:  o.Budgets,
	}
}
