package suites

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// keepTraces is how many traces of one scenario on one target are written: the worst ones and a typical one.
const keepTraces = 5

// clearEvidence removes what an earlier run left in the folder.
func (s *session) clearEvidence() error {
	if s.options.Out == "" {
		return nil
	}
	return reports.ClearEvidence(s.options.Out)
}

// collect writes the traces, packets and logs that show the verdicts into a folder below --out, before the next repeat
// or the removal of the stands, and notes their paths in the results.
func (s *session) collect(ctx context.Context, folder string) error {
	if s.options.Out == "" {
		return nil
	}
	for _, st := range s.up() {
		if err := s.collectStand(ctx, st, folder); err != nil {
			return err
		}
	}
	return nil
}

func (s *session) collectStand(ctx context.Context, st *stand.Stand, folder string) error {
	var legs []trace.Leg
	for _, name := range s.scenarioNames(st.ID) {
		keep := s.worstTraces(st.ID, name)
		path := filepath.Join(folder, "traces", fileName(st.ID), name+".json")
		if err := writeJSON(filepath.Join(s.options.Out, path), keep); err != nil {
			return err
		}
		s.note(st.ID, name, path, func(reports.Result) bool { return true })
		if s.anyWorst(st.ID, name) {
			legs = append(legs, legsOf(keep)...)
		}
	}
	if st.Target == nil {
		return nil
	}
	s.collectPackets(ctx, st, folder, legs)
	return s.collectLog(ctx, st, folder)
}

// collectPackets ends the capture and keeps the packets of the connections that show a failure, if there are any. That
// none could be had is no failure of the run.
func (s *session) collectPackets(ctx context.Context, st *stand.Stand, folder string, legs []trace.Leg) {
	after := s.record(st.ID).after
	if st.Witness == nil || after == nil || after.NoPackets != "" {
		return
	}
	packets, err := st.Witness.Captured(ctx, legs)
	if err != nil {
		s.progress.Say("%s: no packets: %v", st.ID, err)
		return
	}
	if len(legs) == 0 {
		return
	}
	path := filepath.Join(folder, "pcap", fileName(st.ID)+".pcapng")
	if err := writeFile(filepath.Join(s.options.Out, path), packets); err != nil {
		s.progress.Say("%s: no packets: %v", st.ID, err)
		return
	}
	s.note(st.ID, "*", path, func(r reports.Result) bool { return bad(r) && r.Scenario != "" })
}

func (s *session) collectLog(ctx context.Context, st *stand.Stand, folder string) error {
	if st.Logs == nil {
		return nil
	}
	text, err := st.Logs(ctx)
	if err != nil || text == "" {
		return nil //nolint:nilerr // cleanup/log-is-quiet says when the log cannot be read
	}
	path := filepath.Join(folder, "logs", fileName(st.ID)+".log")
	s.note(st.ID, "", path, bad)
	return writeFile(filepath.Join(s.options.Out, path), []byte(text))
}

// bad reports whether a reader will want to see why.
func bad(r reports.Result) bool {
	return r.Verdict == reports.Fail || r.Verdict == reports.KnownFailure || r.Verdict == reports.Inconclusive
}

// note adds path to the evidence of the stand's results in a scenario ("*": in all) that match.
func (s *session) note(target, name, path string, match func(reports.Result) bool) {
	for k, r := range s.results {
		if k.target == target && (k.scenario == name || name == "*") && match(r) {
			r.Evidence = append(r.Evidence, filepath.ToSlash(path))
			s.results[k] = r
		}
	}
}

func (s *session) scenarioNames(target string) []string {
	names := map[string][]trace.Trace{}
	maps.Copy(names, s.record(target).quick)
	maps.Copy(names, s.record(target).patient)
	return slices.Sorted(maps.Keys(names))
}

func (s *session) anyWorst(target, name string) bool {
	for k, ids := range s.worst {
		if k.target == target && k.scenario == name && len(ids) > 0 && bad(s.results[k]) {
			return true
		}
	}
	return false
}

// worstTraces are those that the judges named, and one more as a typical one, at most keepTraces.
func (s *session) worstTraces(target, name string) []trace.Trace {
	r := s.record(target)
	all := slices.Concat(r.patient[name], r.quick[name])
	ids := s.worstIDs(target, name)
	var keep []trace.Trace
	for _, t := range all {
		if slices.Contains(ids[:min(len(ids), keepTraces-1)], t.ID) {
			keep = append(keep, t)
		}
	}
	unnamed := slices.DeleteFunc(all, func(t trace.Trace) bool { return slices.Contains(ids, t.ID) })
	if t, ok := typical(unnamed); ok {
		keep = append(keep, t)
	}
	return keep
}

// typical is the trace of the median close latency among those where it was measured, else the one of the median length.
// A play that was not finished stands for the others only where all are so. Of equal ones it is the first. False: there
// are none.
func typical(traces []trace.Trace) (trace.Trace, bool) {
	type measured struct {
		trace trace.Trace
		took  time.Duration
	}
	var finished, latency []measured
	for _, t := range traces {
		if t.Error != "" {
			continue
		}
		finished = append(finished, measured{t, length(t)})
		if sample, ok := t.Measure(trace.CloseLatency); ok {
			latency = append(latency, measured{t, sample.Value})
		}
	}
	list := finished
	switch {
	case len(latency) > 0:
		list = latency
	case len(traces) == 0:
		return trace.Trace{}, false
	case len(finished) == 0:
		return traces[0], true
	}
	slices.SortStableFunc(list, func(a, b measured) int { return cmp.Compare(a.took, b.took) })
	return list[(len(list)-1)/2].trace, true
}

// length is how long the trace was, from its first event to its last.
func length(t trace.Trace) time.Duration {
	if len(t.Events) == 0 {
		return 0
	}
	return time.Duration(t.Events[len(t.Events)-1].At - t.Events[0].At)
}

// worstIDs are the ids that the judges named, at most two of each check: first those that show a failure, one of each
// check before the second of any.
func (s *session) worstIDs(target, name string) []string {
	var ids []string
	for _, failing := range []bool{true, false} {
		for turn := range 2 {
			for _, c := range s.plan.checks[target] {
				k := key{target, c.ID, name}
				worst := s.worst[k]
				if bad(s.results[k]) == failing && turn < len(worst) && !slices.Contains(ids, worst[turn]) {
					ids = append(ids, worst[turn])
				}
			}
		}
	}
	return ids
}

func legsOf(traces []trace.Trace) []trace.Leg {
	var legs []trace.Leg
	for _, t := range traces {
		for _, leg := range []trace.Leg{t.Front, t.Back} {
			if leg.Local != "" {
				legs = append(legs, leg)
			}
		}
	}
	return legs
}

// fileName makes a target's id a file name.
func fileName(id string) string { return strings.NewReplacer("/", "_", "@", "-").Replace(id) }

func writeJSON(path string, v any) error {
	text, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		return fmt.Errorf("write %s: %w", path, err)
	}
	return writeFile(path, append(text, '\n'))
}

func writeFile(path string, content []byte) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	if err := os.WriteFile(path, content, 0o644); err != nil {
		return fmt.Errorf("write evidence: %w", err)
	}
	return nil
}
