package reports

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Shard by shard, `finwait merge` makes one run of several that were measured apart:
//
//	shards --> belong together? --> one Run, each target and each control with its shard --> evidence copied --> WriteAll
//
// Nothing is judged again. A verdict rests on the control of its own shard, so every shard keeps its own.

// Merge joins the shards of one run. It refuses, in one line, those that do not belong together. The shards are not
// changed; names are what messages call them, usually their paths.
func Merge(names []string, shards []*Run) (*Run, error) {
	if len(shards) == 0 {
		return nil, errors.New("no shard: give the run.json of each")
	}
	if err := belongTogether(names, shards); err != nil {
		return nil, err
	}
	shards = slices.Clone(shards)
	slices.SortFunc(shards, func(a, b *Run) int { return cmp.Or(a.Started.Compare(b.Started), cmp.Compare(a.ID, b.ID)) })
	first := shards[0]
	merged := &Run{
		Schema:      Schema,
		ID:          mergedID(shards),
		Started:     first.Started,
		Finished:    first.Finished,
		Finwait:     first.Finwait,
		Environment: first.Environment,
		Options:     first.Options,
		SelfTest:    mergedSelfTest(shards),
	}
	for _, s := range shards {
		merged.add(s)
	}
	merged.Stale = mergedStale(shards)
	merged.Options.Proxies, merged.Options.Targets = merged.asked()
	merged.Interrupted = merged.interruptions()
	merged.finish()
	return merged, nil
}

// mergedID is the name that the shards share, or one that the same shards always get.
func mergedID(shards []*Run) string {
	if id := shards[0].Options.ID; id != "" {
		return id
	}
	hash := sha256.New()
	for _, s := range shards {
		hash.Write([]byte(s.ID + "\x00"))
	}
	return "merged-" + hex.EncodeToString(hash.Sum(nil))[:8]
}

// add joins one shard, those that started earlier being there already.
func (r *Run) add(s *Run) {
	r.Shards = append(r.Shards, Shard{
		ID: s.ID, Started: s.Started, Finished: s.Finished, Interrupted: s.Interrupted, Environment: s.Environment,
		Proxies: s.Options.Proxies, Targets: s.Options.Targets,
		SelfTest: s.SelfTest, Quiet: s.Quiet, Longest: s.Longest, Stages: s.Stages,
	})
	if s.Finished.After(r.Finished) {
		r.Finished = s.Finished
	}
	for _, t := range s.Targets {
		t.Shard = s.ID
		r.Targets = append(r.Targets, t)
	}
	for _, c := range s.Control {
		c.Shard, c.Evidence = s.ID, under(controlFolder(s.ID), c.Evidence)
		r.Control = append(r.Control, c)
	}
	for _, result := range s.Results {
		result.Evidence = slices.Clone(result.Evidence)
		r.Results = append(r.Results, result)
	}
	r.Unstable = append(r.Unstable, s.Unstable...)
	r.Checks = joined(r.Checks, s.Checks, func(c CheckInfo) string { return c.ID })
	r.Scenarios = joined(r.Scenarios, s.Scenarios, func(sc ScenarioInfo) string { return sc.Name })
	r.Longest = max(r.Longest, s.Longest)
	r.Quiet.Rounds += s.Quiet.Rounds
	r.Quiet.Disturbed += s.Quiet.Disturbed
	r.Quiet.Kept += s.Quiet.Kept
	r.Quiet.Reasons = joined(r.Quiet.Reasons, s.Quiet.Reasons, func(reason string) string { return reason })
	for _, stage := range s.Stages {
		i := slices.IndexFunc(r.Stages, func(known Stage) bool { return known.Name == stage.Name })
		if i < 0 {
			r.Stages = append(r.Stages, stage)
			continue
		}
		r.Stages[i].Seconds += stage.Seconds
	}
}

// joined are all of a, and of b those that a does not have, each behind the one that it stands behind in b: two parts of
// one order, the catalogue's, make that order again.
func joined[T any](a, b []T, name func(T) string) []T {
	all, at := slices.Clone(a), 0
	for _, item := range b {
		i := slices.IndexFunc(all, func(known T) bool { return name(known) == name(item) })
		if i < 0 {
			all, i = slices.Insert(all, at, item), at
		}
		at = i + 1
	}
	return all
}

// mergedSelfTest is the one that failed if there is one, none where a shard has none, and else that of the first shard:
// what all of them showed is what the worst of them showed.
func mergedSelfTest(shards []*Run) *SelfTest {
	worst := shards[0].SelfTest
	for _, s := range shards {
		switch {
		case s.SelfTest != nil && !s.SelfTest.Passed:
			return s.SelfTest
		case s.SelfTest == nil:
			worst = nil
		}
	}
	return worst
}

var entryOfProxy = regexp.MustCompile(`^proxies/([^/]+)/known-failures\.yaml:`)

// mergedStale are the entries whose remedy a shard contradicts, and those that matched nothing in every shard that tested
// their proxy: another shard may have tested what they speak of.
func mergedStale(shards []*Run) []Stale {
	var list []Stale
	for _, s := range shards {
		for _, stale := range s.Stale {
			if !slices.Contains(list, stale) && (stale.Why != "" || staleEverywhere(shards, stale)) {
				list = append(list, stale)
			}
		}
	}
	return list
}

func staleEverywhere(shards []*Run, stale Stale) bool {
	entry := entryOfProxy.FindStringSubmatch(stale.Entry)
	for _, s := range shards {
		tests := entry == nil || slices.ContainsFunc(s.Targets, func(t Target) bool { return t.Proxy == entry[1] })
		if tests && !slices.Contains(s.Stale, stale) {
			return false
		}
	}
	return true
}

// asked is what one run would have had to be asked for to test the targets of all shards.
func (r *Run) asked() (proxies, targets []string) {
	for _, s := range r.Shards {
		if len(s.Proxies) == 0 || len(s.Targets) > 0 {
			return nil, r.patterns(r.Targets)
		}
		proxies = append(proxies, s.Proxies...)
	}
	slices.Sort(proxies)
	return slices.Compact(proxies), nil
}

// interruptions says which shards are not whole; empty: all are.
func (r *Run) interruptions() string {
	var list []string
	for _, s := range r.Shards {
		if s.Interrupted != "" {
			list = append(list, fmt.Sprintf("shard %s: %s", r.ShardName(s.ID), full(s.Interrupted)))
		}
	}
	return strings.Join(list, "; ")
}
