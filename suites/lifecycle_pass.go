package suites

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
)

const (
	// reloadedPlays are the connections that each proxy has while it is reloaded: more than one, because workers may differ.
	reloadedPlays = 3
	// renewedPlays are the connections that are opened at each proxy from the reload on.
	renewedPlays = 4
	// lifecycleSpacing is the time between two starts before the reload.
	lifecycleSpacing = time.Millisecond
	// reloadLead is how long the last connection has to open before the proxies are told.
	reloadLead = 300 * time.Millisecond
	// reloadSpare is how much longer than the watch nobody speaks, and reloadTelling so for each stand: telling all takes a while.
	reloadSpare   = 200 * time.Millisecond
	reloadTelling = 50 * time.Millisecond
	// reloadBatch is how many proxies are reloaded at the same time: each has two generations of its processes then.
	reloadBatch = 40
)

// reloading is one stand in the lifecycle pass.
type reloading struct {
	*stand.Stand
	record *record
	result *Reload // of the record
	before seenReload
}

// seenReload is what shows that a proxy was reloaded.
type seenReload struct {
	logged int          // lines that say so; -1: its log cannot be read
	lines  int          // all lines of the log
	pids   map[int]bool // nil: its processes cannot be seen
}

// lifecyclePass reloads the proxies while connections are open. It comes behind all other passes, because nothing of a proxy
// need be as it was before.
func (s *session) lifecyclePass(ctx context.Context) error {
	all := s.reloadings()
	if len(all) == 0 {
		return nil
	}
	s.progress.Stage("reload", len(all)*(reloadedPlays+renewedPlays))
	batches := slices.Collect(slices.Chunk(all, reloadBatch))
	var least time.Duration
	for _, batch := range batches {
		least += s.reloadSilence(len(batch))
	}
	s.progress.Lasts(least)
	for _, batch := range batches {
		if err := s.reloadTogether(ctx, batch); err != nil {
			return err
		}
	}
	return nil
}

// reloadLeadOf is how long the connections to so many proxies take to open.
func reloadLeadOf(stands int) time.Duration {
	return time.Duration(stands*reloadedPlays)*lifecycleSpacing + reloadLead
}

// reloadSilence is how long nobody speaks where so many proxies are reloaded together: until all were told, and the watch.
func (s *session) reloadSilence(stands int) time.Duration {
	return reloadLeadOf(stands) + min(reloadWatch, s.options.Patience) + reloadSpare + time.Duration(stands)*reloadTelling
}

// reloadTogether reloads proxies at the same time.
//
//	look | connections open | reload |        watch       | look
//	                                 | new connections    |
func (s *session) reloadTogether(ctx context.Context, all []*reloading) error {
	open, renewed, err := s.lifecyclePlays(all)
	if err != nil {
		return err
	}
	if err := lookAt(ctx, all, func(r *reloading) { r.before = r.look(ctx) }); err != nil {
		return err
	}
	for i := range open {
		open[i].play.Silence = s.reloadSilence(len(all))
	}
	keep := func(p play, t trace.Trace) {
		t.Reloaded = s.record(p.stand.ID).reload.At
		s.keepPatient(p, t)
		s.progress.Step(1)
	}
	w := s.begin(ctx, open, lifecycleSpacing)
	w.settle(ctx, reloadLeadOf(len(all)))
	err = lookAt(ctx, all, func(r *reloading) { r.tell(ctx) })
	if err == nil {
		err = s.playAll(ctx, renewed, 0, min(reloadWatch, s.options.Patience)/2/time.Duration(len(renewed)), keep)
	}
	ended := w.end(err)
	for _, k := range w.kept {
		keep(k.play, k.trace)
	}
	if err := errors.Join(err, ended); err != nil {
		return err
	}
	return lookAt(ctx, all, func(r *reloading) { r.confirm(ctx) })
}

// reloadings are the stands whose proxy is to be reloaded; of the others it is noted why not.
func (s *session) reloadings() []*reloading {
	var all []*reloading
	for _, st := range s.stands {
		judged := slices.ContainsFunc(s.plan.checks[st.ID], func(c Check) bool { return c.ID == reload.ID })
		if st.Err != nil || !judged {
			continue
		}
		r := s.record(st.ID)
		r.reload = &Reload{}
		switch {
		case r.ended != "":
			r.reload.Lost = r.ended
		case st.Reload == nil:
			r.reload.Impossible = st.Unreloadable
		default:
			all = append(all, &reloading{Stand: st, record: r, result: r.reload})
		}
	}
	return all
}

// lifecyclePlays are the plays that are open while the proxies are reloaded, and those from there on. Those of a stand are as
// far from each other as can be.
func (s *session) lifecyclePlays(all []*reloading) (open, renewed []play, err error) {
	during, err := scenario.Named(reloadScenario)
	if err != nil {
		return nil, nil, err
	}
	after, err := scenario.Named(afterReloadScenario)
	if err != nil {
		return nil, nil, err
	}
	for range reloadedPlays {
		for _, r := range all {
			open = append(open, s.newPlay(r.Stand, during, 0, s.options.Patience))
		}
	}
	for range renewedPlays {
		for _, r := range all {
			renewed = append(renewed, s.newPlay(r.Stand, after, 0, s.options.Patience))
		}
	}
	return open, renewed, nil
}

// lookAt does something with all of them at the same time. Only the end of ctx is an error.
func lookAt(ctx context.Context, all []*reloading, do func(*reloading)) error {
	var group errgroup.Group
	group.SetLimit(witnessLimit)
	for _, r := range all {
		group.Go(func() error {
			if r.result.Lost == "" {
				do(r)
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// look reads what a reload changes. What cannot be read shows nothing.
func (r *reloading) look(ctx context.Context) seenReload {
	seen := seenReload{logged: -1}
	if r.Logs != nil {
		if text, err := r.Logs(ctx); err == nil {
			seen.logged, seen.lines = 0, strings.Count(text, "\n")
			if says := r.Target.Proxy.Reload.Logged; says != nil {
				seen.logged = len(says.FindAllStringIndex(text, -1))
			}
		}
	}
	if r.Witness != nil && r.OwnProcess {
		if processes, err := r.Witness.Processes(ctx); err == nil {
			seen.pids = map[int]bool{}
			for _, p := range processes {
				seen.pids[p.PID] = true
			}
		}
	}
	return seen
}

// tell has the proxy reload. The moment is the one before, on the clock of the peer: what comes earlier is not its doing.
func (r *reloading) tell(ctx context.Context) {
	hello, err := r.Peer.Hello(ctx)
	if err != nil {
		r.result.Lost = err.Error()
		return
	}
	var refused stand.NotReloaded
	switch err := r.Reload(ctx); {
	case err == nil:
		r.result.At = hello.Now
	case errors.As(err, &refused):
		r.result.Impossible = refused.Error()
	default:
		r.result.Lost = err.Error()
	}
}

// confirm notes what shows that the proxy was reloaded: a line of its log, processes that are new, or a command that
// succeeded. Without any of them the connections show nothing.
func (r *reloading) confirm(ctx context.Context) {
	if r.Ended != nil {
		r.result.Ended = r.Ended(ctx)
	}
	now := r.look(ctx)
	r.record.logEnd = now.lines // what a reload writes is no alarm of the next repeat
	isNew := false
	for pid := range now.pids {
		isNew = isNew || !r.before.pids[pid]
	}
	logged := r.before.logged >= 0 && now.logged > r.before.logged
	seen := logged || isNew && r.before.pids != nil || len(r.Target.Proxy.Reload.Command) > 0
	if r.result.At != 0 && r.result.Ended == "" && !seen {
		r.result.Impossible = "it was told to, and neither its log nor a new process shows that it did"
	}
}
