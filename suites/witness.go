package suites

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
)

const (
	watchInterval  = time.Second     // how coarse proxy_release is
	settleTime     = 5 * time.Second // how long a proxy may take to drop its last sockets after all endings
	settleInterval = 250 * time.Millisecond
	witnessLimit   = 8 // witnesses asked at once
)

// watched are the stands whose proxies a witness sees, and that are judged by what it sees.
func (s *session) watched() []*stand.Stand {
	return slices.DeleteFunc(s.up(), func(st *stand.Stand) bool {
		return st.Target == nil || !s.plan.judgesAftermath(st.ID)
	})
}

// each does something with every watched stand at the same time. Only the end of ctx ends it early:
// what goes wrong with one witness is a matter of that stand alone.
func (s *session) each(ctx context.Context, do func(context.Context, *stand.Stand, *Aftermath) error) error {
	group, ctx := errgroup.WithContext(ctx)
	group.SetLimit(witnessLimit)
	for _, st := range s.watched() {
		r := s.record(st.ID)
		if r.after == nil {
			r.after = &Aftermath{Blind: st.Blind, SharedProcess: !st.OwnProcess, LogFrom: s.logged[st.ID]}
			if s.runtime.Name() == stand.OfDocker { // every container can have a witness: one that is missing is our fault
				r.after.Blind, r.after.Lost = "", st.Blind
			}
		}
		after := r.after
		group.Go(func() error {
			if st.Witness != nil && after.Lost == "" {
				if err := do(ctx, st, after); err != nil {
					after.Lost = err.Error()
				}
			}
			return ctx.Err()
		})
	}
	return group.Wait()
}

// beforeEndings lets every proxy grow to the size that the passes will need, and notes its state.
func (s *session) beforeEndings(ctx context.Context) error {
	stands := s.watched()
	if len(stands) == 0 {
		return nil
	}
	plays, err := s.warmUp(stands)
	if err != nil {
		return err
	}
	s.progress.Stage("warm-up", len(plays))
	if err := s.playAll(ctx, plays, 0, warmSpacing, func(play, trace.Trace) { s.progress.Step(1) }); err != nil {
		return err
	}
	if err := s.grown(ctx); err != nil {
		return err
	}
	return s.each(ctx, func(ctx context.Context, st *stand.Stand, after *Aftermath) (err error) {
		if after.Before, err = settle(ctx, st, Snapshot{}); err != nil {
			return err
		}
		if err := st.Witness.Capture(ctx); err != nil {
			after.NoPackets = err.Error()
		}
		return st.Witness.Watch(ctx, watchInterval)
	})
}

// afterEndings waits until the proxies have settled and notes what is left.
func (s *session) afterEndings(ctx context.Context) error {
	s.progress.Stage("settling", len(s.watched()))
	if err := s.lookAtTimeWaits(ctx); err != nil { // first on all stands: they do not last
		return err
	}
	return s.each(ctx, func(ctx context.Context, st *stand.Stand, after *Aftermath) (err error) {
		defer s.progress.Step(1)
		if after.After, err = settle(ctx, st, after.Before); err != nil {
			return err
		}
		spans, err := st.Witness.Watched(ctx)
		if err != nil {
			return err
		}
		attribute(s.record(st.ID), spans)
		after.Left = left(s.record(st.ID), spans)
		readLog(ctx, st, after)
		return nil
	})
}

// settle looks at the proxy until it keeps no socket that was not there before, or settleTime is over.
// The last look is the answer either way.
func settle(ctx context.Context, st *stand.Stand, before Snapshot) (Snapshot, error) {
	deadline := time.Now().Add(settleTime)
	tick := time.NewTicker(settleInterval)
	defer tick.Stop()
	for {
		list, err := st.Witness.Sockets(ctx)
		if err != nil {
			return Snapshot{}, fmt.Errorf("read the proxy's sockets: %w", err)
		}
		now := Snapshot{Sockets: list}
		if len(newSockets(before, now)) == 0 || time.Now().After(deadline) {
			now.Processes, err = st.Witness.Processes(ctx)
			if err != nil {
				return Snapshot{}, fmt.Errorf("read the proxy's processes: %w", err)
			}
			return now, nil
		}
		select {
		case <-ctx.Done():
			return Snapshot{}, ctx.Err()
		case <-tick.C:
		}
	}
}

// newSockets are the sockets of now that were not there before. A socket in TIME-WAIT is over,
// and one that listens belongs to no connection.
func newSockets(before, now Snapshot) []sockets.Socket {
	type name struct {
		local, remote string
		cookie        uint64 // the same addresses may come back
	}
	was := map[name]bool{}
	for _, s := range before.Sockets {
		was[name{s.Local, s.Remote, s.Cookie}] = true
	}
	var list []sockets.Socket
	for _, s := range now.Sockets {
		if s.State != sockets.TimeWait && s.State != sockets.Listen && !was[name{s.Local, s.Remote, s.Cookie}] {
			list = append(list, s)
		}
	}
	return list
}

// unplayed says why the patient plays of a stand could not be played to their end; empty: they could.
func (s *session) unplayed(id string) string {
	traces := s.record(id).patient
	for _, name := range slices.Sorted(maps.Keys(traces)) {
		for _, t := range traces[name] {
			if t.Error != "" {
				return name + ": " + t.Error
			}
		}
	}
	return ""
}

// attribute gives every trace the sockets that the proxy had for it, and counts the endings, and among them those that the
// backend refused, or was to refuse and never got. A play that never reached the proxy is no ending.
func attribute(r *record, spans []trace.Span) {
	type pair struct{ local, remote string }
	byPair := map[pair][]trace.Span{}
	for _, span := range spans {
		k := pair{span.Local, span.Remote}
		byPair[k] = append(byPair[k], span)
	}
	for _, traces := range r.all() {
		for _, t := range traces {
			if t.Front.Local != "" {
				r.after.Endings++
			}
		}
	}
	for name, traces := range r.patient {
		refuses := refuses(name)
		for i := range traces {
			t := &traces[i]
			r.after.UnixBacks = r.after.UnixBacks || t.Back.Unix()
			switch {
			case !refuses:
			case t.Replied != nil:
				r.after.Refused++
			case unasked(t) != "":
				r.after.Unasked++
			}
			front := byPair[pair{t.Front.Remote, t.Front.Local}]
			back := byPair[pair{t.Back.Remote, t.Back.Local}]
			t.Proxy = append(during(t, front), during(t, back)...)
		}
	}
}

// during keeps the spans that began while the trace went on, as far as the witness can tell: a pair of addresses may
// come back later. First is the moment before a look, and so may lie a little before the connection.
func during(t *trace.Trace, spans []trace.Span) []trace.Span {
	if len(t.Events) == 0 {
		return nil
	}
	coarse := watchInterval.Nanoseconds()
	from, to := t.Events[0].At-coarse, t.Events[len(t.Events)-1].At+coarse
	var list []trace.Span
	for _, s := range spans {
		if s.First >= from && s.First <= to {
			list = append(list, s)
		}
	}
	return list
}

// left tells of every socket that stayed which leg it is, who made it, and how old it is. Of several connections that
// had its addresses one after the other it is the last.
func left(r *record, spans []trace.Span) []Left {
	var list []Left
	for _, sock := range newSockets(r.after.Before, r.after.After) {
		l := Left{Socket: sock, Leg: "other"}
		var made int64
		for name, traces := range r.all() {
			for _, t := range traces {
				leg := legOf(&t, sock)
				if leg != "" && len(t.Events) > 0 && t.Events[0].At >= made {
					l.Leg, l.Scenario, made = leg, name, t.Events[0].At
				}
			}
		}
		for _, span := range spans {
			if span.Local == sock.Local && span.Remote == sock.Remote {
				l.Age = span.Last - span.First
			}
		}
		list = append(list, l)
	}
	slices.SortFunc(list, func(a, b Left) int {
		return strings.Compare(a.Leg+a.Scenario+a.Socket.Local+a.Socket.Remote, b.Leg+b.Scenario+b.Socket.Local+b.Socket.Remote)
	})
	return list
}

// legOf says which leg of the trace's connection a socket of the proxy is; empty: none.
func legOf(t *trace.Trace, sock sockets.Socket) string {
	switch {
	case sock.Local == t.Front.Remote && sock.Remote == t.Front.Local:
		return "front"
	case sock.Local == t.Back.Remote && sock.Remote == t.Back.Local:
		return "back"
	}
	return ""
}

// readLog picks the lines out of the proxy's log that no orderly run writes. The log is that of all repeats: those
// before LogFrom were judged already.
func readLog(ctx context.Context, st *stand.Stand, after *Aftermath) {
	if st.Logs == nil {
		after.NoLog = "this runtime keeps no log of it"
		return
	}
	text, err := st.Logs(ctx)
	if err != nil {
		after.NoLog = err.Error()
		return
	}
	all := slices.Collect(strings.Lines(text))
	lines := all[min(after.LogFrom, len(all)):]
	after.LogLines = len(lines)
	alarm := st.Target.Proxy.Alarm
	for _, line := range lines {
		if strings.Contains(line, "open socket") || (alarm != nil && alarm.MatchString(line)) {
			after.Alarms = append(after.Alarms, strings.TrimSpace(line))
		}
	}
}
