package reports

import (
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strings"
)

// Levels are the levels that a check can have, the strictest first.
func Levels() []string { return []string{"must", "should", "practice", "observe"} }

// controlIDs are the targets of the control.
var controlIDs = []string{"direct", "direct+tls"}

// consistent reports the first thing in which the run contradicts itself, so that no report has to ask whether what a result
// names is there. What older runs of this schema do not have is not asked for.
func (r *Run) consistent() error {
	c := checker{run: r, checks: map[string]bool{}, targets: map[string]*Target{}, shards: map[string]bool{}, scenarios: map[string]bool{}}
	for _, part := range []func() error{c.head, c.parts, c.names, c.targetsFit, c.results, c.control, c.unstable, c.card} {
		if err := part(); err != nil {
			return err
		}
	}
	return nil
}

// checker knows the names of a run.
type checker struct {
	run       *Run
	checks    map[string]bool
	targets   map[string]*Target
	shards    map[string]bool
	scenarios map[string]bool
}

func (c checker) head() error {
	o := c.run.Options
	switch {
	case c.run.Finished.Before(c.run.Started):
		return errors.New("it finished before it started")
	case min(int64(o.Samples), int64(o.Endings), o.Patience, int64(o.Repeat)) < 0:
		return errors.New("an option is negative")
	}
	for _, name := range c.identifiers() {
		if printable(name) != name || strings.Contains(name, "\n") {
			return fmt.Errorf("the name %q has characters that cannot be printed", name)
		}
	}
	return nil
}

// identifiers are the names by which the run and its parts are called in messages.
func (c checker) identifiers() []string {
	names := []string{c.run.ID, c.run.Finwait}
	for _, s := range c.run.Shards {
		names = append(names, s.ID)
	}
	for _, t := range c.run.Targets {
		names = append(names, t.ID)
	}
	for _, check := range c.run.Checks {
		names = append(names, check.ID)
	}
	for _, r := range slices.Concat(c.run.Results, c.run.Control) {
		names = append(names, r.Check, r.Scenario)
	}
	return names
}

func (c checker) parts() error {
	lasted := append([]Stage{{Name: "longest_wait_s", Seconds: c.run.Longest}}, c.run.Stages...)
	for _, s := range c.run.Shards {
		if s.Finished.Before(s.Started) {
			return fmt.Errorf("shard %s finished before it started", s.ID)
		}
		lasted = append(append(lasted, Stage{Name: "longest_wait_s", Seconds: s.Longest}), s.Stages...)
	}
	for _, s := range lasted {
		if noDuration(s.Seconds) {
			return fmt.Errorf("%s lasted %g s", s.Name, s.Seconds)
		}
	}
	return nil
}

// names notes what results may name, each once.
func (c checker) names() error {
	for _, s := range c.run.Shards {
		if s.ID == "" || c.shards[s.ID] {
			return fmt.Errorf("two shards, or one without a name, are called %q", s.ID)
		}
		c.shards[s.ID] = true
	}
	for _, check := range c.run.Checks {
		if check.ID == "" || c.checks[check.ID] {
			return fmt.Errorf("check %q stands there twice, or has no name", check.ID)
		}
		if !slices.Contains(Levels(), check.Level) {
			return fmt.Errorf("check %s has the unknown level %q", check.ID, check.Level)
		}
		c.checks[check.ID] = true
	}
	for _, s := range c.run.Scenarios {
		if s.Name != "" && c.scenarios[s.Name] {
			return fmt.Errorf("scenario %q stands there twice", s.Name)
		}
		c.scenarios[s.Name] = true
	}
	for i := range c.run.Targets {
		t := &c.run.Targets[i]
		if t.ID == "" || c.targets[t.ID] != nil {
			return fmt.Errorf("target %q stands there twice, or has no name", t.ID)
		}
		c.targets[t.ID] = t
	}
	return nil
}

func (c checker) targetsFit() error {
	for _, t := range c.run.Targets {
		if err := c.ofShard(t.Shard); err != nil {
			return fmt.Errorf("target %s %w", t.ID, err)
		}
		if !t.hasLine(t.Route) {
			return fmt.Errorf("target %s has its route in line %d, its configuration has no such line", t.ID, t.Route)
		}
	}
	return nil
}

// hasLine reports whether the configuration file of t can have line n; 0 stands for none. Without its text it can.
func (t Target) hasLine(n int) bool {
	if n == 0 || t.ConfigText == "" {
		return n >= 0
	}
	return n > 0 && n <= strings.Count(strings.TrimSuffix(t.ConfigText, "\n"), "\n")+1
}

func (c checker) ofShard(id string) error {
	switch {
	case len(c.shards) == 0 && id != "":
		return fmt.Errorf("is of the shard %q, and the run has none", id)
	case len(c.shards) > 0 && !c.shards[id]:
		return fmt.Errorf("is of the shard %q, which the run does not have", id)
	}
	return nil
}

func (c checker) results() error {
	seen := map[[3]string]bool{}
	for _, r := range c.run.Results {
		target, key := c.targets[r.Target], [3]string{r.Target, r.Check, r.Scenario}
		switch {
		case target == nil:
			return fmt.Errorf("%s is of the target %q, which the run does not have", r.Check, r.Target)
		case seen[key]:
			return fmt.Errorf("%s has two results", r.place())
		case r.Shard != "":
			return fmt.Errorf("%s names a shard, only the control does", r.place())
		case !target.hasLine(r.Line):
			return fmt.Errorf("%s points to line %d, its configuration has no such line", r.place(), r.Line)
		}
		seen[key] = true
		if err := c.fits(r); err != nil {
			return err
		}
	}
	return nil
}

func (c checker) control() error {
	seen := map[[4]string]bool{}
	for _, r := range c.run.Control {
		key := [4]string{r.Shard, r.Target, r.Check, r.Scenario}
		switch {
		case !slices.Contains(controlIDs, r.Target):
			return fmt.Errorf("the control is called %q, expected %s", r.Target, strings.Join(controlIDs, " or "))
		case seen[key]:
			return fmt.Errorf("%s has two results", r.place())
		}
		seen[key] = true
		if err := c.ofShard(r.Shard); err != nil {
			return fmt.Errorf("%s %w", r.place(), err)
		}
		if err := c.fits(r); err != nil {
			return err
		}
	}
	return nil
}

// place says which result it is: "close/latency on direct in client-close".
func (r Result) place() string {
	if r.Scenario == "" {
		return r.Check + " on " + r.Target
	}
	return r.Check + " on " + r.Target + " in " + r.Scenario
}

// fits reports what is wrong with a result by itself, or with what it names.
func (c checker) fits(r Result) error {
	switch {
	case !c.checks[r.Check]:
		return fmt.Errorf("%s: the run does not have that check", r.place())
	case len(c.scenarios) > 0 && r.Scenario != "" && !c.scenarios[r.Scenario] && !slices.Contains(controlIDs, r.Target):
		return fmt.Errorf("%s: the run does not have that scenario", r.place())
	case !slices.Contains(Verdicts(), r.Verdict):
		return fmt.Errorf("%s has the unknown verdict %q", r.place(), r.Verdict)
	case !slices.Contains(Levels(), r.Level):
		return fmt.Errorf("%s has the unknown level %q", r.place(), r.Level)
	}
	if err := r.numbers(); err != nil {
		return fmt.Errorf("%s has %w", r.place(), err)
	}
	for _, name := range r.Evidence {
		if !fs.ValidPath(name) || name == "." || strings.Contains(name, `\`) {
			return fmt.Errorf("%s has evidence at %q, which is not beside run.json", r.place(), name)
		}
		if !inEvidence(name) {
			return fmt.Errorf("%s has evidence at %q, expected one of %s", r.place(), name, strings.Join(EvidenceFolders(), ", "))
		}
	}
	return nil
}

// numbers reports numbers that no measuring gives.
func (r Result) numbers() error {
	switch {
	case r.N < 0:
		return fmt.Errorf("n %d", r.N)
	case r.TimedOut < 0 || r.TimedOut > r.N:
		return fmt.Errorf("%d timed out of %d", r.TimedOut, r.N)
	case len(r.Samples) > r.N:
		return fmt.Errorf("%d samples and n %d", len(r.Samples), r.N)
	case slices.ContainsFunc(r.Samples, noDuration):
		return errors.New("a sample that is no duration")
	case !slices.IsSorted(r.Samples):
		return errors.New("samples that are not ascending")
	case slices.ContainsFunc([]float64{r.P50, r.P90, r.P99, r.Max, r.Budget}, noDuration):
		return errors.New("a time that is no duration")
	case r.P50 > r.P99 || r.P99 > r.Max:
		return errors.New("percentiles that are not ascending")
	}
	for _, control := range []*float64{r.Control, r.ControlTail} {
		if control != nil && noDuration(*control) {
			return errors.New("a time of the control that is no duration")
		}
	}
	return nil
}

// mostTime is more than any duration of a run, in milliseconds or seconds: thirty years. It keeps sums of them finite.
const mostTime = 1e12

// leastTime is less than any duration that is noted, but for 0: they are whole microseconds.
const leastTime = 1e-6

// noDuration reports what is none. JSON has no NaN, but a Run in memory may.
func noDuration(x float64) bool {
	return x < 0 || x > mostTime || x > 0 && x < leastTime || math.IsNaN(x)
}

func (c checker) unstable() error {
	for _, u := range c.run.Unstable {
		switch {
		case c.targets[u.Target] == nil && !slices.Contains(controlIDs, u.Target):
			return fmt.Errorf("%s is not stable on the target %q, which the run does not have", u.Check, u.Target)
		case !c.checks[u.Check]:
			return fmt.Errorf("%s is not stable, and the run does not have that check", u.Check)
		}
		for v, n := range u.Verdicts {
			if !slices.Contains(Verdicts(), v) || n < 0 {
				return fmt.Errorf("%s on %s was %q in %d repeats", u.Check, u.Target, v, n)
			}
		}
	}
	return nil
}
