package suites

import (
	"context"
	"fmt"
	"time"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
)

// timeWaitSeen is for how long after its end a connection's TIME-WAIT is sure to be seen: a little less than it lasts.
const timeWaitSeen = (timeWaitSeconds - 5) * time.Second

// lookAtTimeWaits looks once who keeps the TIME-WAITs of the closes of every watched stand. The peer's table, which is that
// of all stands, is read once.
func (s *session) lookAtTimeWaits(ctx context.Context) error {
	now := s.lastMoment()
	type table struct {
		waits map[trace.Leg]bool
		err   error
	}
	peers := map[agent.API]table{}
	for _, st := range s.watched() {
		if _, ok := peers[st.Peer]; !ok {
			all, err := st.Peer.Sockets(ctx)
			peers[st.Peer] = table{timeWaits(all), err}
		}
	}
	return s.each(ctx, func(ctx context.Context, st *stand.Stand, after *Aftermath) error {
		peer := peers[st.Peer]
		proxy, err := st.Witness.Sockets(ctx)
		hello, unasked := st.Witness.Hello(ctx)
		switch {
		case err != nil:
			after.TimeWaits.Lost = fmt.Sprintf("read the proxy's sockets: %v", err)
		case peer.err != nil:
			after.TimeWaits.Lost = fmt.Sprintf("read the peer's sockets: %v", peer.err)
		case unasked != nil:
			after.TimeWaits.Lost = fmt.Sprintf("ask for the proxy's ephemeral ports: %v", unasked)
		default:
			after.TimeWaits = countTimeWaits(s.record(st.ID), now, timeWaits(proxy), peer.waits)
			after.TimeWaits.Ports = hello.Ports
		}
		return nil
	})
}

// timeWaits are the legs of the sockets in TIME-WAIT, as the table that they stand in sees them.
func timeWaits(all []sockets.Socket) map[trace.Leg]bool {
	waits := map[trace.Leg]bool{}
	for _, s := range all {
		if s.State == sockets.TimeWait {
			waits[trace.Leg{Local: s.Local, Remote: s.Remote}] = true
		}
	}
	return waits
}

// countTimeWaits looks for both ends of both legs of every orderly close. The two ends of a leg differ in what is local,
// so that it does not matter in whose table, or in whose network namespace, a socket was found.
func countTimeWaits(r *record, now int64, proxy, peer map[trace.Leg]bool) TimeWaits {
	waits := func(l trace.Leg) bool { return proxy[l] || peer[l] }
	var w TimeWaits
	var tooOld int
	p := orderlyCloses(r)
	for _, t := range p.good {
		if len(t.Events) == 0 || now-t.Events[len(t.Events)-1].At > timeWaitSeen.Nanoseconds() {
			tooOld++
			continue
		}
		w.Closes++
		count(waits(t.Front), waits(reversed(t.Front)), &w.FrontClient, &w.FrontProxy, &w.FrontNowhere)
		if t.Back.Unix() {
			continue // which has no TIME-WAIT
		}
		count(waits(reversed(t.Back)), waits(t.Back), &w.BackProxy, &w.BackBackend, &w.BackNowhere)
	}
	switch {
	case w.Closes > 0:
	case tooOld > 0:
		w.Lost = fmt.Sprintf("%s ended more than %s before the look", counted(tooOld, "orderly close"), limit(timeWaitSeen))
	case len(p.broken) > 0:
		w.Lost = mostOften(p.broken)
	}
	return w
}

// count adds to who keeps the TIME-WAIT of a leg: both ends do where they closed at once.
func count(near, far bool, atNear, atFar, nowhere *int) {
	if near {
		*atNear++
	}
	if far {
		*atFar++
	}
	if !near && !far {
		*nowhere++
	}
}

// reversed is the leg as its other end sees it.
func reversed(l trace.Leg) trace.Leg { return trace.Leg{Local: l.Remote, Remote: l.Local} }

// orderlyCloses are the traces of all scenarios in which both ends close at once and in order.
func orderlyCloses(r *record) toldApart {
	var all []trace.Trace
	for name, traces := range r.all() {
		if s, err := scenario.Named(name); err == nil && closesInOrder(s) {
			all = append(all, traces...)
		}
	}
	return tellApart(all)
}

func closesInOrder(s scenario.Scenario) bool {
	return s.Opening == scenario.Upgraded && s.Initiator != scenario.ByNobody && s.Burst == 0 &&
		s.Client == scenario.ClientPrompt && s.Backend == scenario.BackendPrompt
}

// lastMoment is when the last event of all traces was noted. The peer's clock is the only one that can be
// compared with it: the harness may run on another machine than the containers.
func (s *session) lastMoment() int64 {
	var last int64
	for _, r := range s.records {
		for _, traces := range r.all() {
			for _, t := range traces {
				if n := len(t.Events); n > 0 {
					last = max(last, t.Events[n-1].At)
				}
			}
		}
	}
	return last
}
