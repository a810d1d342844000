package reports

import (
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

// gap is the longest wait of a connection's end in which somebody had a move to make.
type gap struct {
	From, To int64  // CLOCK_MONOTONIC, nanoseconds
	Owed     string // who had which move to make: "the proxy owed the backend a FIN"
	Sentence string // all of it: how long, between which two moments, and Owed
}

// longestGap returns the longest wait of t that matters: longer than a millisecond, with somebody to wait for. False:
// there is none. What lies before t0 counts only where it is long enough not to be the machine's: a tenth of the patience.
func longestGap(t trace.Trace) (gap, bool) {
	t.Events = scripted(&t)
	begins, ends := ending(&t)
	var longest gap
	for i := range t.Events {
		if i == 0 || t.Events[i-1].Kind == trace.GaveUp {
			continue
		}
		from, to := t.Events[i-1], t.Events[i]
		wait := to.At - from.At
		if wait <= millisecond || wait <= longest.To-longest.From || (ends && from.At < begins && wait < t.Patience/10) {
			continue
		}
		if owed := owed(&t, i); owed != "" {
			longest = gap{From: from.At, To: to.At, Owed: owed, Sentence: gapSentence(from, to, owed)}
		}
	}
	return longest, longest.Sentence != ""
}

// scripted are the events of t without those that end the play, and without the closing of sockets that are over.
func scripted(t *trace.Trace) []trace.Event {
	finished := map[trace.Side]bool{}
	var list []trace.Event
	for _, e := range t.Events {
		if e.Kind == trace.Closed && (finished[e.Side] || cleanedUp(t, e)) {
			continue
		}
		if e.Dir == trace.Out && (e.Kind == trace.FIN || e.Kind == trace.RST || e.Kind == trace.Closed) {
			finished[e.Side] = true
		}
		list = append(list, e)
	}
	return list
}

// ending is where the end of the connection begins: at t0, or where the client vanished.
func ending(t *trace.Trace) (int64, bool) {
	begins, ok := t.T0()
	if gone, vanished := t.First(trace.Client, trace.Out, trace.Vanished); vanished && (!ok || gone.At < begins) {
		return gone.At, true
	}
	return begins, ok
}

func gapSentence(from, to trace.Event, owed string) string {
	long := FormatDuration(float64(to.At-from.At) / 1e6)
	if to.Kind == trace.GaveUp {
		return long + " from " + moveWords(from) + " to the end of the patience, and nobody moved: " + owed
	}
	until := moveWords(to)
	if until == moveWords(from) {
		until = "the next"
	}
	return long + " between " + moveWords(from) + " and " + until + ": " + owed
}

// moveWords names a moment as a thing: "the backend's FIN", "the Close 1000 reaching the client".
func moveWords(e trace.Event) string {
	side, what := "the "+string(e.Side), momentOf(&trace.Trace{}, e).what
	switch {
	case e.Kind == trace.Closed:
		return side + " closing its socket"
	case e.Kind == trace.Vanished:
		return side + " vanishing"
	case e.Kind == trace.Failed:
		return "an error of " + side
	case e.Kind == trace.Connected && e.Dir == trace.Out:
		return side + " connecting"
	case e.Kind == trace.Connected:
		return "the proxy connecting to " + side
	case e.Kind == trace.Frame && e.Opcode < trace.OpClose && e.Text == "":
		what = "frame of " + formatBytes(e.Length)
	}
	if e.Dir == trace.In {
		return "the " + what + " reaching " + side
	}
	return side + "'s " + what
}

// standing is what one end had sent and got at some moment.
type standing struct {
	name               string // "the client"
	requests, answers  int    // of the client: sent and got; of the backend: got and sent
	refused            bool   // the last answer that it sent or got was no 101
	dataOut, dataIn    int64  // payload bytes of frames that are no control frames
	closeOut, closeIn  bool
	finOut, rstOut     bool // finOut also where it closed or reset
	finIn, rstIn       bool
	finFirst           bool // it sent FIN before any came
	notifyIn, vanished bool
}

func (s *standing) note(e trace.Event) {
	out := e.Dir == trace.Out
	switch e.Kind {
	case trace.Request:
		s.requests++
	case trace.Response:
		if e.Status >= 200 || e.Status == 101 {
			s.answers++
			s.refused = e.Status != 101
		}
	case trace.Frame:
		switch {
		case e.IsClose():
			s.closeOut, s.closeIn = s.closeOut || out, s.closeIn || !out
		case e.Opcode > trace.OpClose:
		case out:
			s.dataOut += e.Length
		default:
			s.dataIn += e.Length
		}
	case trace.FIN, trace.Closed:
		s.finFirst = s.finFirst || (out && !s.over())
		s.finOut, s.finIn = s.finOut || out, s.finIn || !out
	case trace.RST:
		s.finOut, s.rstOut, s.rstIn = s.finOut || out, s.rstOut || out, s.rstIn || !out
	case trace.CloseNotify:
		s.notifyIn = s.notifyIn || !out
	case trace.Vanished:
		s.vanished = true
	}
}

// over reports whether nothing more can come in: the leg is over as this end sees it.
func (s *standing) over() bool { return s.finIn || s.rstIn || s.rstOut }

func (s *standing) bothCloses() bool { return s.closeOut && s.closeIn }

// standings are those of both ends after the first n events.
func standings(t *trace.Trace, n int) (client, backend *standing) {
	client, backend = &standing{name: "the client"}, &standing{name: "the backend"}
	for _, e := range t.Events[:n] {
		if e.Side == trace.Client {
			client.note(e)
		} else {
			backend.note(e)
		}
	}
	return client, backend
}

// debts are the moves that were due.
type debts struct {
	proxy  []string // what the proxy owed: "the backend a FIN"
	others []string // what else everybody waited for
}

// owed says who had a move to make after the first n events of t; empty: nobody. It knows what both ends saw and
// nothing of the proxy's inside: what an end sent is taken to have reached the proxy.
func owed(t *trace.Trace, n int) string {
	client, backend := standings(t, n)
	finalClient, finalBackend := standings(t, len(t.Events))
	var d debts
	d.opening(client, backend, finalBackend, finalClient.answers > 0)
	if client.answers > 0 || client.finOut || backend.finOut {
		direct := noProxy(t)
		if !d.passing(client, backend, direct) && !direct {
			d.ownFIN(backend, client)
		}
		if !d.passing(backend, client, direct) && !direct {
			d.ownFIN(client, backend)
		}
		d.atEnd(client, finalClient, direct)
		d.atEnd(backend, finalBackend, direct)
		d.firstFIN(client, backend, finalBackend)
	}
	return d.words()
}

func (d debts) words() string {
	var said []string
	if len(d.proxy) > 0 {
		said = append(said, "the proxy owed "+strings.Join(d.proxy, ", and "))
	}
	return strings.Join(append(said, d.others...), "; ")
}

func (d *debts) owes(what string) { d.proxy = append(d.proxy, what) }
func (d *debts) also(what string) { d.others = append(d.others, what) }

// opening is what is due before the upgrade is answered, which it was in the end, or not.
func (d *debts) opening(client, backend, finally *standing, answered bool) {
	switch {
	case client.requests <= client.answers || client.over():
	case client.answers > 0:
		d.also("the client had no answer to its next request")
	case finally.requests == 0 && answered: // the proxy answered by itself
		d.owes("the client an answer")
	case backend.requests == 0:
		d.owes("the backend the client's request")
	case backend.answers > 0:
		d.owes("the client the backend's answer")
	case finally.answers > 0:
		d.also("the backend had not answered the request")
	default:
		d.owes("the client an answer of its own")
		d.also("the backend never answered, as its script has it")
	}
}

// passing is what went out at one end and had not come in at the other, and whether there is such a thing. Only the first
// of it is due: the rest follows. Behind a refusal HTTP lets the proxy keep the other leg, and no FIN is due there.
func (d *debts) passing(from, to *standing, direct bool) bool {
	due := d.owes
	if direct {
		due = func(what string) { d.also("the network owed " + what) }
	}
	switch {
	case to.vanished || to.over():
		return false
	case from.rstOut:
		due(to.name + " word of " + from.name + "'s RST")
	case from.dataOut > to.dataIn:
		d.also(formatBytes(from.dataOut-to.dataIn) + " of frames from " + from.name + " had not reached " + to.name)
	case from.closeOut && !to.closeIn:
		due(to.name + " " + from.name + "'s Close")
	case from.finOut && !from.refused && to.finOut: // it waits for nothing else
		due(to.name + " " + behindNotify(to, "a FIN"))
	case from.finOut && !from.refused:
		due(to.name + " " + behindNotify(to, from.name+"'s FIN"))
	default:
		return false
	}
	return true
}

// ownFIN is what the proxy owed an end that had finished and had got everything else: the FIN of the proxy's own side.
func (d *debts) ownFIN(to, far *standing) {
	switch {
	case !to.finOut || to.over() || to.vanished:
	case to.bothCloses(), far.finOut, far.vanished, to.refused:
		d.owes(to.name + " " + behindNotify(to, "a FIN"))
	case far.over():
		d.also("the proxy kept " + to.name + "'s leg")
	}
}

// behindNotify tells of the close_notify that came without its FIN.
func behindNotify(to *standing, fin string) string {
	if to.notifyIn {
		return fin + " behind its close_notify"
	}
	return fin
}

// atEnd is what an end had to do itself. Where it never does, its script has it so.
func (d *debts) atEnd(now, finally *standing, direct bool) {
	switch {
	case now.vanished && direct:
		d.also(now.name + " had vanished")
	case now.vanished:
		d.also(now.name + " had vanished, which only a time limit of the proxy's can find out")
	case now.finOut || now.rstIn:
	case now.finIn && !finally.finOut:
		d.also(now.name + " kept its socket open, as its script has it")
	case now.finIn:
		d.also(now.name + " had not closed its socket")
	case now.closeIn && !now.closeOut && !finally.closeOut:
		d.also(now.name + " never answered the Close, as its script has it")
	case now.closeIn && !now.closeOut:
		d.also(now.name + " had not answered the Close")
	}
}

// firstFIN is due from the backend once both ends have both Closes (RFC 6455 §7.1.1).
func (d *debts) firstFIN(client, backend, finally *standing) {
	if !client.bothCloses() || !backend.bothCloses() || backend.finOut || backend.over() || client.finOut || client.over() {
		return
	}
	if finally.finFirst {
		d.also("the backend had not sent its FIN")
		return
	}
	d.also("the backend did not send its FIN before it got one")
}
