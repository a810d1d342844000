package suites

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// What proxies do in different ways and no requirement says which is right, in the order in which it is shown. What was not
// measured has no value, and a detail that says why.
//
//	half-close    what becomes of the client's FIN, and of what the backend says behind it
//	closes first  which end of each leg sends FIN first, in an orderly close; over TLS close_notify
//	time-wait     which end of each leg keeps the TIME-WAIT
//	idle limit    how long a connection lives on which nobody speaks
//	reload        what a reload does to open connections
func (s *session) behaviour(st *stand.Stand) []reports.Trait {
	r := s.records[st.ID]
	switch {
	case st.Err != nil:
		return untold("it was not brought up")
	case r == nil:
		return untold("it was not measured")
	}
	return []reports.Trait{
		halfClose(r.patient), closesFirst(r), timeWaitSide(r.after),
		idleTrait(s.evidence(idleLimit, st, idleScenario)),
		reloadTrait(s.evidence(reload, st, reloadScenario), s.evidence(reload, st, afterReloadScenario)),
	}
}

// untold are all traits where none was measured.
func untold(why string) []reports.Trait {
	var all []reports.Trait
	for _, name := range []string{"half-close", "closes first", "time-wait", "idle limit", "reload"} {
		all = append(all, reports.Trait{Name: name, Detail: why})
	}
	return all
}

// unplayedWhy says why none of the traces can be told anything from.
func unplayedWhy(p toldApart) string {
	switch {
	case p.total() == 0:
		return "it was not played"
	case len(p.refused) > 0:
		return "the upgrade was not accepted: " + mostOften(p.refused)
	}
	return "not played: " + mostOften(p.broken)
}

// halfClose looks at scenarios whose client sends FIN and goes on reading: whether the backend got it before it sent its own,
// which only client-drops leaves all the time to, and how many late texts the client got of a backend that goes on talking.
func halfClose(played map[string][]trace.Trace) reports.Trait {
	trait := reports.Trait{Name: "half-close"}
	talks := tellApart(played["client-half-closes-backend-talks"])
	if len(talks.good) == 0 {
		trait.Detail = unplayedWhy(talks)
		return trait
	}
	var got, sent, passed, finished int
	for _, t := range talks.good {
		got += occurrences(t, trace.Client, trace.In, isLate)
		sent += occurrences(t, trace.Backend, trace.Out, isLate)
	}
	for _, name := range []string{"client-half-closes-backend-talks", "client-half-closes", "client-drops"} {
		for _, t := range tellApart(played[name]).good {
			finished++
			if gotFINFirst(t, trace.Backend) {
				passed++
			}
		}
	}
	switch flows := sent > 0 && got == sent; {
	case passed > 0 && flows:
		trait.Value = "passed on, data flows"
	case passed > 0:
		trait.Value = "ends both legs"
	case flows:
		trait.Value = "held back, data flows"
	default:
		trait.Value = "held back, data lost"
	}
	trait.Detail = fmt.Sprintf("the client's FIN reached the backend before it sent its own in %d of %d connections; "+
		"of %s that the backend sent behind it, %d reached the client", passed, finished, counted(sent, "text"), got)
	return trait
}

// isLate reports whether e is a text that a backend sends behind the client's FIN.
func isLate(e trace.Event) bool {
	return e.Kind == trace.Frame && e.Opcode == trace.OpText && strings.HasPrefix(e.Text, "late ")
}

// occurrences counts the events of an end in one direction.
func occurrences(t *trace.Trace, side trace.Side, dir trace.Dir, is func(trace.Event) bool) int {
	n := 0
	for _, e := range t.Events {
		if e.Side == side && e.Dir == dir && is(e) {
			n++
		}
	}
	return n
}

// gotFINFirst reports whether an end got FIN or RST before it ended its leg itself.
func gotFINFirst(t *trace.Trace, side trace.Side) bool {
	first, ok := t.Find(func(e trace.Event) bool { return e.Side == side && endsLeg(e) })
	return ok && first.Dir == trace.In
}

// endsLeg reports whether with e an end of a leg said that it sends no more. Over TLS the close_notify does, which an end
// may answer before it has read the FIN behind it.
func endsLeg(e trace.Event) bool {
	return e.Kind == trace.CloseNotify || e.Kind == trace.FIN || e.Kind == trace.RST || e.Kind == trace.Closed
}

// closesFirst looks at the orderly closes that one end begins.
func closesFirst(r *record) reports.Trait {
	trait := reports.Trait{Name: "closes first"}
	all := r.all()
	var front, back []string
	var details []string
	for _, name := range []string{"client-close", "backend-close"} {
		p := tellApart(all[name])
		if len(p.good) == 0 {
			details = append(details, name+": "+unplayedWhy(p))
			continue
		}
		var ofFront, ofBack []string
		for _, t := range p.good {
			ofFront = append(ofFront, firstEnd(t, trace.Client))
			ofBack = append(ofBack, firstEnd(t, trace.Backend))
		}
		details = append(details, fmt.Sprintf("%s: front leg %s; back leg %s", name, shares(ofFront), shares(ofBack)))
		front, back = append(front, ofFront...), append(back, ofBack...)
	}
	trait.Detail = strings.Join(details, "; ")
	if len(front) > 0 {
		trait.Value = "front " + mostly(front) + ", back " + mostly(back)
	}
	return trait
}

// firstEnd is which end of the leg of side sent FIN or RST first: side, the proxy or "nobody".
func firstEnd(t *trace.Trace, side trace.Side) string {
	if gotFINFirst(t, side) {
		return "proxy"
	}
	own, ok := t.Find(func(e trace.Event) bool { return e.Side == side && e.Dir == trace.Out && endsLeg(e) })
	if _, gaveUp := t.First(side, "", trace.GaveUp); !ok || gaveUp && own.Kind == trace.Closed {
		return "nobody"
	}
	return string(side)
}

// shares counts what was said: "proxy 40 of 42, client 2 of 42".
func shares(said []string) string {
	kinds, counts := frequent(said)
	parts := make([]string, len(kinds))
	for i, k := range kinds {
		parts[i] = fmt.Sprintf("%s %d of %d", k, counts[k], len(said))
	}
	return strings.Join(parts, ", ")
}

// seldom is which share of connections is left out of a value, one in so many: they are in its detail.
const seldom = 10

// mixed stands for several values of which none is seldom.
const mixed = "mixed"

// mostly is what was said, but for what was seldom.
func mostly(said []string) string {
	kinds, counts := frequent(said)
	kinds = slices.DeleteFunc(kinds, func(k string) bool { return counts[k]*seldom < len(said) })
	if len(kinds) != 1 {
		return mixed
	}
	return kinds[0]
}

// timeWaitSide says where the TIME-WAITs are, of what cleanup/time-wait counted.
func timeWaitSide(a *Aftermath) reports.Trait {
	trait := reports.Trait{Name: "time-wait"}
	switch {
	case a == nil:
		trait.Detail = "nobody looked at the proxy's sockets"
	case cmp.Or(a.Lost, a.Blind, a.TimeWaits.Lost) != "":
		trait.Detail = cmp.Or(a.Lost, a.Blind, a.TimeWaits.Lost)
	case a.TimeWaits.Closes == 0:
		trait.Detail = "no connection was closed in order"
	default:
		w := a.TimeWaits
		trait.Value = "front " + w.mostly(counts{"client", w.FrontClient}, counts{"proxy", w.FrontProxy}, counts{"nowhere", w.FrontNowhere}) +
			", back " + w.mostly(counts{"proxy", w.BackProxy}, counts{"backend", w.BackBackend}, counts{"nowhere", w.BackNowhere})
		trait.Detail = w.String()
	}
	return trait
}

// mostly is the place where the TIME-WAITs of a leg are, but for those where they seldom are.
func (w TimeWaits) mostly(places ...counts) string {
	var names []string
	all := 0
	for _, p := range places {
		all += p.n
		if p.n > 0 && p.n*seldom >= w.Closes {
			names = append(names, p.place)
		}
	}
	if all == 0 {
		return "none" // it is a unix socket
	}
	if len(names) != 1 {
		return mixed
	}
	return names[0]
}

// idleTrait is what liveness/idle-limit saw.
func idleTrait(e Evidence) reports.Trait {
	trait := reports.Trait{Name: "idle limit", Detail: judgeIdle(e).Actual}
	p := tellApart(e.Traces)
	if len(p.good) == 0 {
		return trait
	}
	t := p.good[0]
	switch s, ok := silenceOf(t); {
	case !ok:
	case s.kept() && s.echoed:
		trait.Value = "over " + patience(t)
	case s.kept():
		trait.Value = "dead after " + patience(t)
	case !s.bothTold():
		trait.Value = "one leg cut after " + tenths(s.life())
	default:
		trait.Value = "cut after " + tenths(s.life()) + " by " + s.manner()
	}
	return trait
}

// tenths writes a duration that was measured in tenths of a second.
func tenths(d time.Duration) string { return fmt.Sprintf("%.1f s", d.Seconds()) }

// reloadTrait is what lifecycle/reload saw of connections that were open, and of new ones.
func reloadTrait(open, renewed Evidence) reports.Trait {
	trait := reports.Trait{Name: "reload", Detail: judgeReload(open).Actual}
	r := open.Reload
	switch {
	case r == nil || r.Lost != "":
		return trait
	case r.Impossible != "" && r.At != 0:
		trait.Value = "not shown"
		return trait
	case r.Impossible != "":
		trait.Value = "not tried"
		return trait
	case r.Ended != "":
		trait.Value = "ends the proxy"
		return trait
	}
	idle := idleLife(open.Besides[idleScenario])
	var fates []string
	for _, t := range tellApart(open.Traces).good {
		switch s, ok := silenceOf(t); {
		case !ok || !s.openAt(t.Reloaded):
		case s.kept() && !s.echoed:
			fates = append(fates, "dead")
		case s.kept() || s.ofIdleLimit(idle):
			fates = append(fates, "kept "+limit(min(reloadWatch, time.Duration(t.Patience))))
		case !s.bothTold():
			fates = append(fates, "one leg cut")
		default:
			fates = append(fates, "cut: "+s.manner())
		}
	}
	if len(fates) > 0 {
		trait.Value = mostly(fates)
		trait.Detail += "; new connections: " + judgeReload(renewed).Actual
	}
	return trait
}

// manner is how a connection ended whose ends were both told, in as few words as can be: "FIN", "Close 1001", "FIN/RST".
func (s silence) manner() string {
	front, back := s.client.manner(), s.backend.manner()
	if front == back {
		return front
	}
	return front + "/" + back
}

// manner is the Close that an end was told by, else what ended its leg.
func (t told) manner() string {
	signs := strings.Split(t.how, ", ")
	if strings.HasPrefix(signs[0], "Close") {
		return signs[0]
	}
	return signs[len(signs)-1]
}
