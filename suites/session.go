package suites

import (
	"context"
	"fmt"
	"maps"
	"runtime/debug"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// session is one run in the making: what stands, what was measured, and what was judged.
type session struct {
	options  Options
	id       string
	started  time.Time
	progress *reports.Progress
	runtime  stand.Runtime
	hello    agent.Hello
	plan     *plan
	stands   []*stand.Stand
	controls []*stand.Stand
	records  map[string]*record // by stand id
	results  map[key]reports.Result
	worst    map[key][]string // ids of the traces that show a result best
	matched  map[string]bool  // entries of known-failures.yaml that matched a result
	played   int
	quiet    quiet
	logged   map[string]int // by stand id: lines of its log that the repeats before this one read
	longest  time.Duration  // the longest wait of any play of the patient pass
	finished []attempt      // the repeats that were measured to their end
	unstable []reports.Unstable
	// interrupted says why the measuring ended before its end.
	interrupted string
	err         error // why nothing could be measured
}

// record is what was measured on one stand.
type record struct {
	quick   map[string][]trace.Trace // by scenario
	patient map[string][]trace.Trace
	// discarded are those of the quick pass that do not count.
	discarded map[string][]trace.Trace
	after     *Aftermath
	reload    *Reload
	logEnd    int             // lines that the log had at the very end
	ended     string          // how the proxy ended in the middle of the run; empty: it did not
	stopped   map[string]bool // scenarios that the quick pass gave up: they time out again and again
}

// all are the traces of every connection that the stand had, by scenario.
func (r *record) all() map[string][]trace.Trace {
	all := maps.Clone(r.patient)
	for _, others := range []map[string][]trace.Trace{r.quick, r.discarded} {
		for name, traces := range others {
			all[name] = slices.Concat(all[name], traces)
		}
	}
	return all
}

// key finds one result.
type key struct{ target, check, scenario string }

func (s *session) record(id string) *record {
	r := s.records[id]
	if r == nil {
		r = &record{
			quick: map[string][]trace.Trace{}, patient: map[string][]trace.Trace{}, discarded: map[string][]trace.Trace{},
			stopped: map[string]bool{},
		}
		s.records[id] = r
	}
	return r
}

// up are the stands that came up, the controls first.
func (s *session) up() []*stand.Stand {
	var up []*stand.Stand
	for _, st := range append(append([]*stand.Stand{}, s.controls...), s.stands...) {
		if st.Err == nil && s.plan.plays(st.ID) {
			up = append(up, st)
		}
	}
	return up
}

// measure brings everything up, measures and judges it as often as it is to be repeated, with the evidence of each
// repeat collected before the next. An interrupt ends it early and is noted; what was measured until then is judged all
// the same.
func (s *session) measure(ctx context.Context) (err error) {
	defer func() {
		if p := recover(); p != nil {
			err = stand.Unmeasurable{Doing: "a bug in finwait, please report it", Err: fmt.Errorf("%v: %s", p, debug.Stack())}
		}
	}()
	s.progress.Stage("stands", len(s.stands))
	if err := s.bringUp(ctx); err != nil {
		return err
	}
	if err := s.clearEvidence(); err != nil {
		s.progress.Say("the evidence is not whole: %v", err)
	}
	for k := 1; k <= s.options.Repeat && s.interrupted == ""; k++ {
		s.repeat(ctx, k)
		if k < s.options.Repeat && s.interrupted == "" && s.options.Out != "" {
			s.keep()
		}
	}
	s.merge()
	return nil
}

// attempt measures and judges everything once.
func (s *session) attempt(ctx context.Context, folder string) {
	err := s.patientPass(ctx)
	s.findEnded(ctx)
	if err == nil {
		err = s.lifecyclePass(ctx)
	}
	switch {
	case ctx.Err() != nil:
		s.interrupted = "interrupted"
	case err != nil:
		s.interrupted = err.Error()
		s.progress.Say("ended early: %s", s.interrupted)
	}
	s.progress.Stage("judging", 0)
	after, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.collectLimit())
	defer cancel()
	s.judge()
	if err := s.collect(after, folder); err != nil { // the verdicts are there all the same
		s.progress.Say("the evidence is not whole: %v", err)
	}
}

// findEnded notes which proxies did not live to see the end. It also works when ctx has ended.
func (s *session) findEnded(ctx context.Context) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.collectLimit())
	defer cancel()
	for _, st := range s.stands {
		if st.Err != nil || st.Ended == nil {
			continue
		}
		if how := st.Ended(ctx); how != "" {
			s.record(st.ID).ended = how
			s.progress.Say("%s: %s", st.ID, how)
		}
	}
}

func (s *session) bringUp(ctx context.Context) error {
	controls, err := s.runtime.Up(ctx, s.stands)
	if err != nil {
		return err
	}
	s.controls = controls
	for _, c := range controls {
		s.plan.addControl(c)
		if s.hello, err = c.Peer.Hello(ctx); err != nil {
			return stand.Unmeasurable{Err: err}
		}
	}
	if s.plan.cannotVanish = s.hello.CannotVanish; s.plan.cannotVanish != "" {
		s.progress.Say("no client vanishes: %s", s.plan.cannotVanish)
	}
	return nil
}
