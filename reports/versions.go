package reports

import (
	"cmp"
	"regexp"
	"slices"

	"github.com/Masterminds/semver/v3"
)

// VersionStep is what is different between two versions of one proxy, of which no version in between was tested, in the
// configurations that both have.
type VersionStep struct {
	Proxy     string
	From, To  string   // versions, the older first
	Configs   []string // that were compared, by their names: "default+tls"
	Verdicts  int      // compared, of all configurations
	Durations int
	Effects   []VersionEffect
}

// VersionEffect is one thing that is different, and in which configurations it is.
type VersionEffect struct {
	Effect  Effect // its differences are those of all configurations
	Trait   *TraitChange
	Configs []string
}

// VersionChanges compares neighbouring versions of each proxy, in ascending order, each configuration with itself.
func VersionChanges(run *Run) []VersionStep {
	pairs := neighbours(run)
	var steps []VersionStep
	for i, compared := range comparePairs(pairs, limitsOf(relative, run)) {
		from, to := pairs[i].from, pairs[i].to
		at := slices.IndexFunc(steps, func(s VersionStep) bool {
			return s.Proxy == to.Proxy && s.From == from.Version && s.To == to.Version
		})
		if at < 0 {
			at, steps = len(steps), append(steps, VersionStep{Proxy: to.Proxy, From: from.Version, To: to.Version})
		}
		steps[at].add(to.Name(), compared, traitChanges(from, to))
	}
	slices.SortStableFunc(steps, func(a, b VersionStep) int {
		return cmp.Or(cmp.Compare(a.Proxy, b.Proxy), compareVersions(a.From, b.From), compareVersions(a.To, b.To))
	})
	return steps
}

// neighbours pairs each target with the same configuration of the next older version that has it.
func neighbours(run *Run) []pairing {
	var pairs []pairing
	for _, to := range inReadingOrder(run.Targets) {
		var older *Target
		for i, t := range run.Targets {
			same := t.Proxy == to.Proxy && t.Config == to.Config && t.TLS == to.TLS
			if same && compareVersions(t.Version, to.Version) < 0 && (older == nil || compareVersions(t.Version, older.Version) > 0) {
				older = &run.Targets[i]
			}
		}
		if older != nil {
			pairs = append(pairs, pairing{run, run, *older, to})
		}
	}
	return pairs
}

// add puts what one configuration shows to what the others do.
func (s *VersionStep) add(config string, compared []resultPair, traits []TraitChange) {
	s.Configs = append(s.Configs, config)
	verdicts, durations := countPairs(compared)
	s.Verdicts += verdicts
	s.Durations += durations
	for _, e := range effects(compared) {
		i := slices.IndexFunc(s.Effects, func(o VersionEffect) bool { return o.Trait == nil && o.Effect.key() == e.key() })
		if i < 0 {
			s.Effects = append(s.Effects, VersionEffect{Effect: e, Configs: []string{config}})
			continue
		}
		s.Effects[i].Configs = append(s.Effects[i].Configs, config)
		s.Effects[i].Effect.Differences = append(s.Effects[i].Effect.Differences, e.Differences...)
	}
	for _, t := range traits {
		i := slices.IndexFunc(s.Effects, func(o VersionEffect) bool {
			return o.Trait != nil && o.Trait.Name == t.Name && alike(o.Trait.From, t.From) && alike(o.Trait.To, t.To)
		})
		if i < 0 {
			s.Effects = append(s.Effects, VersionEffect{Trait: &t, Configs: []string{config}})
			continue
		}
		s.Effects[i].Configs = append(s.Effects[i].Configs, config)
	}
}

// Words say what is different, without where.
func (e VersionEffect) Words(run *Run) string {
	if e.Trait != nil {
		return e.Trait.Words()
	}
	return e.Effect.Words(run)
}

var leadingNumbers = regexp.MustCompile(`^v?\d+(?:\.\d+){0,2}`)

// compareVersions orders versions by their numbers, 1.9 before 1.18; what follows them is a packager's matter and only
// decides between the same numbers. What is no number comes first.
func compareVersions(a, b string) int {
	x, errX := semver.NewVersion(leadingNumbers.FindString(a))
	y, errY := semver.NewVersion(leadingNumbers.FindString(b))
	switch {
	case errX != nil && errY != nil:
		return cmp.Compare(a, b)
	case errX != nil:
		return -1
	case errY != nil:
		return 1
	}
	return cmp.Or(x.Compare(y), cmp.Compare(a, b))
}
