package suites

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/onsi/ginkgo/v2/types"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

const (
	// shortestPatience is what the control needs: half of it is the budget of a release, and where a reader is slow, half
	// a second of that passes until the last byte is read.
	shortestPatience = 2 * time.Second
	// longestPatience is longer than any timer that a proxy sets for a close; a run takes at least this long.
	longestPatience = 10 * time.Minute
)

const (
	// defaultSamples is enough for close/latency to pass, which needs none over the limit, and to fail where 3 are.
	// Where that is not clear, the retakes of the quick pass make it 140 and 240, in which up to 1 and 2 are left out
	// of the p99. On 31 stands a sample costs 3 ms each, and all of them have to fit into the wait of the patient pass.
	defaultSamples = 40
	// defaultEndings plays what takes no time about twice besides the sampling of latency: 120 endings of which one in ten
	// leaks show more than DescriptorGrowth allows.
	defaultEndings = 120
)

// nameOfRun is what names files and folders, in every file system and in no need of quotes.
var nameOfRun = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$`)

// Options are the choices of one run.
type Options struct {
	ID       string        // the name that the shards of one run share; empty: it is no shard
	Runtime  string        // auto, docker, local or embedded
	Proxies  []string      // names; empty: all
	Targets  []string      // glob patterns on target ids; empty: all
	Checks   []string      // glob patterns on check ids; empty: all
	Labels   string        // a Ginkgo label filter over the labels of the specs
	Versions string        // "default" or "all"
	Samples  int           // counted samples of every target in the quick pass
	Endings  int           // connections of every target that end before its sockets are counted, at least
	Patience time.Duration // the cap of every wait
	Repeat   int           // how often everything is measured and judged, at least 1
	Seed     int64         // of the order of the plays
	Out      string        // folder for run.json, traces and packets
	Folder   string        // a folder of proxies on disk; empty: the bundled ones
	Budgets  Budgets
	Finwait  string // finwait's own version

	quick    time.Duration    // the cap of the waits of the quick pass; 0: quickPatience
	parallel int              // plays that go on at once in the patient pass; 0: patientParallel
	proxies  []*proxies.Proxy // what is tested instead of the proxies of a folder; nil: those of Folder
}

// DefaultOptions are what `finwait run` does when nothing else is said.
func DefaultOptions() Options {
	return Options{
		Runtime:  "auto",
		Versions: "default",
		Samples:  defaultSamples,
		Endings:  defaultEndings,
		Patience: 10 * time.Second,
		Repeat:   1,
		Seed:     1,
		Out:      "reports/out",
		Budgets:  DefaultBudgets(),
	}
}

// Validate says what is wrong with the options that no later step would say better.
func (o Options) Validate() error {
	switch {
	case o.ID != "" && !nameOfRun.MatchString(o.ID):
		return fmt.Errorf("--id %q: give at most 40 letters, digits, '.', '_' and '-', the first a letter or digit", o.ID)
	case !slices.Contains(stand.RuntimeNames(), o.Runtime):
		return fmt.Errorf("--runtime %q: give one of %s", o.Runtime, strings.Join(stand.RuntimeNames(), ", "))
	case o.Samples < 1:
		return fmt.Errorf("--samples %d: give 1 or more", o.Samples)
	case o.Endings < 0:
		return fmt.Errorf("--endings %d: give 0 or more", o.Endings)
	case o.Patience < shortestPatience || o.Patience > longestPatience:
		return fmt.Errorf("--patience %s: give %s to %s", o.Patience, shortestPatience, longestPatience)
	case o.Repeat < 1:
		return fmt.Errorf("--repeat %d: give 1 or more", o.Repeat)
	case o.Versions != "default" && o.Versions != "all":
		return fmt.Errorf("--versions %q: give default or all", o.Versions)
	}
	if _, err := labelFilter(o.Labels); err != nil {
		return err
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

// labelFilter makes one line of Ginkgo's error, which is several, with colours.
func labelFilter(text string) (types.LabelFilter, error) {
	filter, err := types.ParseLabelFilter(text)
	var told types.GinkgoError
	if errors.As(err, &told) {
		why := told.Message[strings.LastIndexByte(told.Message, '\n')+1:]
		err = fmt.Errorf("--label-filter %q: %s; give one like 'must && !tls'", text, strings.TrimSuffix(why, "."))
	}
	return filter, err
}

// report is how the options stand in run.json.
func (o Options) report() reports.Options {
	return reports.Options{
		ID:       o.ID,
		Proxies:  o.Proxies,
		Targets:  o.Targets,
		Checks:   o.Checks,
		Labels:   o.Labels,
		Folder:   o.Folder,
		Versions: o.Versions,
		Samples:  o.Samples,
		Endings:  o.Endings,
		Patience: o.Patience.Milliseconds(),
		Seed:     o.Seed,
		Repeat:   o.Repeat,
		Budgets:  o.Budgets,
	}
}
