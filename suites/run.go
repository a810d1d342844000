package suites

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"os"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// Both go on after an interrupt.
const (
	collectTime  = 20 * time.Second       // how long traces, packets and logs may take to be written,
	collectEach  = 500 * time.Millisecond // and for each stand so much more
	teardownTime = 35 * time.Second       // how long the removal of everything may take
)

// collectLimit bounds how long the evidence of all stands may take to be written.
func (s *session) collectLimit() time.Duration {
	return collectTime + time.Duration(len(s.stands))*collectEach
}

// prepare turns options into a session that is ready to be measured: targets chosen, runtime found, images there.
// The session is there also with an error, so that what it started can be torn down.
func prepare(ctx context.Context, o Options, progress *reports.Progress) (*session, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := writable(o.Out); err != nil {
		return nil, err
	}
	all := o.proxies
	if all == nil {
		var err error
		if all, err = load(o.Folder); err != nil {
			return nil, err
		}
	}
	selection := proxies.Selection{Proxies: o.Proxies, Targets: o.Targets, Versions: o.Versions}
	targets, err := proxies.Targets(all, selection)
	if err != nil {
		return nil, err
	}
	if err := checkKnown(all, o.Folder); err != nil {
		return nil, err
	}
	if _, err := newPlan(o, expected(targets)); err != nil { // now, not after images were built for nothing
		return nil, err
	}
	s := newSession(o, progress)
	progress.Stage("images", 0)
	var why string
	s.runtime, why, err = stand.Choose(ctx, o.Runtime, all, stand.Options{Run: s.id, Say: progress.Say, Step: func() { progress.Step(1) }, Version: o.Finwait})
	if err != nil {
		return nil, err
	}
	progress.Say("%s", why)
	if s.stands, err = s.runtime.Prepare(ctx, targets); err != nil {
		return s, err
	}
	if err := s.refine(); err != nil {
		return s, err
	}
	if err := s.dropAbsent(); err != nil {
		return s, err
	}
	s.plan, err = newPlan(o, s.stands)
	return s, err
}

func newSession(o Options, progress *reports.Progress) *session {
	return &session{
		options:  o,
		id:       newID(),
		started:  time.Now().UTC(),
		progress: progress,
		records:  map[string]*record{},
		results:  map[key]reports.Result{},
		worst:    map[key][]string{},
		matched:  map[string]bool{},
	}
}

// expected are the stands as far as they are known before anything is started.
func expected(targets []proxies.Target) []*stand.Stand {
	stands := make([]*stand.Stand, len(targets))
	for i, t := range targets {
		stands[i] = &stand.Stand{Target: &t, ID: t.ID(), TLS: t.TLS}
	}
	return stands
}

// refine drops the targets that a pattern with an exact version did not mean, now that the binaries have told their versions.
func (s *session) refine() error {
	targets := make([]proxies.Target, len(s.stands))
	for i, st := range s.stands {
		targets[i] = *st.Target
	}
	kept, err := proxies.Refine(targets, s.options.Targets)
	if err != nil {
		return err
	}
	keep := map[string]bool{}
	for _, t := range kept {
		keep[t.ID()] = true
	}
	stands := s.stands[:0]
	for _, st := range s.stands {
		if keep[st.ID] { // two images may turn out to be the same version: the first one stands for both
			stands = append(stands, st)
			delete(keep, st.ID)
		}
	}
	s.stands = stands
	return nil
}

// dropAbsent leaves out what this machine cannot test and nobody asked for by name, and says so. What was asked for
// stays, and ends as a harness-error that says what is missing.
func (s *session) dropAbsent() error {
	if len(s.options.Proxies) > 0 || len(s.options.Targets) > 0 {
		return nil
	}
	counts := map[string]int{}
	s.stands = slices.DeleteFunc(s.stands, func(st *stand.Stand) bool {
		var absent stand.Absent
		is := errors.As(st.Err, &absent)
		if is {
			counts[string(absent)]++
		}
		return is
	})
	for _, why := range slices.Sorted(maps.Keys(counts)) {
		s.progress.Say("not tested, %d targets: %s", counts[why], why)
	}
	if len(s.stands) == 0 {
		return stand.Unmeasurable{Err: errors.New("no target can be tested on this machine")}
	}
	return nil
}

// tearDown removes everything that the session started. It may be called again.
func (s *session) tearDown() error {
	if s == nil || s.runtime == nil {
		return nil
	}
	s.progress.Stage("cleanup", 0)
	ctx, cancel := context.WithTimeout(context.Background(), teardownTime)
	defer cancel()
	err := s.runtime.Down(ctx)
	s.progress.Done()
	return err
}

// run is the finished run.
func (s *session) run() *reports.Run { return s.report(s.progress.Done()) }

// report is every result there is, in order, and what else belongs to a run whose parts so far are all.
func (s *session) report(all []reports.Stage) *reports.Run {
	r := &reports.Run{
		Schema:      reports.Schema,
		ID:          s.named(),
		Started:     s.started,
		Finished:    time.Now().UTC(),
		Finwait:     s.options.Finwait,
		Interrupted: s.interrupted,
		Environment: reports.Environment{
			Kernel:          s.hello.Kernel,
			Engine:          s.runtime.About(),
			CPUs:            s.hello.CPUs,
			Runtime:         s.runtime.Name(),
			ClockResolution: s.hello.Resolution,
		},
		Options:  s.options.report(),
		Stale:    s.stale(),
		Unstable: s.unstable,
		SelfTest: lastSelfTest(s.options.Finwait),
		Quiet:    s.quiet.report(),
		Longest:  s.longest.Round(time.Millisecond).Seconds(),
		Stages:   stages(all),
	}
	for _, c := range s.plan.chosen {
		r.Checks = append(r.Checks, reports.CheckInfo{ID: c.ID, Requirement: c.Requirement, Source: c.Source, Level: string(c.Level),
			Metric: string(c.Metric), Otherwise: c.Otherwise})
	}
	for _, st := range s.stands {
		t := target(st)
		t.Behaviour = s.behaviour(st)
		r.Targets = append(r.Targets, t)
	}
	for k, result := range s.results {
		if isControl(k.target) {
			r.Control = append(r.Control, result)
		} else {
			r.Results = append(r.Results, result)
		}
	}
	r.Scenarios = described(r.Results)
	r.Sort()
	r.Summarise()
	return r
}

// described are the scenarios that the results name, in the order of the catalogue.
func described(results []reports.Result) []reports.ScenarioInfo {
	named := map[string]bool{}
	for _, r := range results {
		named[r.Scenario] = true
	}
	var infos []reports.ScenarioInfo
	for _, sc := range scenario.Catalogue() {
		if named[sc.Name] {
			infos = append(infos, reports.ScenarioInfo{Name: sc.Name, Summary: sc.Summary, When: sc.When})
		}
	}
	return infos
}

func target(st *stand.Stand) reports.Target {
	c := st.Target.Configuration
	version := st.Target.Reported
	if version == "" {
		version = st.Target.Version.Name
	}
	sum := sha256.Sum256(c.Source)
	return reports.Target{
		ID:           st.ID,
		Proxy:        st.Target.Proxy.Name,
		Version:      version,
		Config:       c.Name,
		TLS:          st.TLS,
		Varies:       c.Varies,
		Changes:      c.Changes,
		Image:        st.Image,
		ImageDigest:  st.Digest,
		ConfigPath:   c.Path,
		ConfigSHA256: hex.EncodeToString(sum[:]),
		ConfigText:   string(c.Source),
		Route:        st.Target.RouteLine(),
	}
}

func load(folder string) ([]*proxies.Proxy, error) {
	if folder == "" {
		return proxies.Bundled()
	}
	return proxies.LoadDir(folder)
}

// writable makes the folder and finds out now, not after a minute of measuring, that nothing can be written there.
func writable(folder string) error {
	if folder == "" {
		return nil
	}
	err := os.MkdirAll(folder, 0o755)
	if err == nil {
		var probe *os.File // its own name: another run may write there at the same time
		if probe, err = os.CreateTemp(folder, ".finwait-probe-"); err == nil {
			err = errors.Join(probe.Close(), os.Remove(probe.Name()))
		}
	}
	if err != nil {
		return fmt.Errorf("--out %s cannot be written: %w", folder, err)
	}
	return reports.Foreign(folder)
}

// named is the id of the run in its reports. With a name that its shards share it begins with that, and stays its own.
func (s *session) named() string {
	if s.options.ID == "" {
		return s.id
	}
	return s.options.ID + "-" + s.id
}

// newID is short enough to read aloud and unique among the runs of one machine.
func newID() string {
	var b [4]byte
	if _, err := rand.Read(b[:]); err != nil {
		panic("crypto/rand: " + err.Error()) // never happens on Go's platforms
	}
	return hex.EncodeToString(b[:])
}
