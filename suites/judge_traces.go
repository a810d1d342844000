package suites

import (
	"fmt"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// toldApart are the traces of a scenario by what can be judged from them.
type toldApart struct {
	good    []*trace.Trace // the script was played to its end
	refused []string       // how the target refused the upgrade, one for each trace
	broken  []string       // why the harness could not play the script, one for each trace
	unready []string       // ids of the refused and broken traces
}

// tellApart sorts traces into those that were played, those whose upgrade the target refused, and those that failed
// through our own fault (nothing could be dialled, an agent was lost, no answer came in time).
func tellApart(traces []trace.Trace) toldApart {
	var p toldApart
	for i := range traces {
		t := &traces[i]
		refusal := refusal(t)
		switch {
		case refusal != "":
			p.refused = append(p.refused, refusal)
		case t.Error != "":
			p.broken = append(p.broken, t.Error)
		default:
			p.good = append(p.good, t)
			continue
		}
		p.unready = append(p.unready, t.ID)
	}
	return p
}

// tellOpenings does so for a scenario whose upgrade is not meant to be accepted: what counts there is whatever answer
// the client got. barred says how the target kept a trace from showing what the scenario is about; empty: it did not.
func tellOpenings(traces []trace.Trace, barred func(*trace.Trace) string) toldApart {
	var p toldApart
	for i := range traces {
		t := &traces[i]
		bar := barred(t)
		switch {
		case bar != "":
			p.refused = append(p.refused, bar)
		case t.Error != "" && hungUp(t) == "":
			p.broken = append(p.broken, t.Error)
		default:
			p.good = append(p.good, t)
			continue
		}
		p.unready = append(p.unready, t.ID)
	}
	return p
}

// judgeOpening is judgeEach for a scenario whose upgrade the backend does not accept. It has to have been asked: what a
// proxy answers by itself says nothing of how it treats the backend's answer.
func judgeOpening(e Evidence, base Finding, look func(*trace.Trace) proof) Finding {
	p := tellOpenings(e.Traces, unasked)
	if f, ok := p.unjudgeable(e, base); ok {
		return f
	}
	return p.settle(weigh(e, base, p.good, look))
}

// unasked says what the proxy did with a request that it did not pass on to the backend; empty: it did pass it on, or
// nothing shows what became of it.
func unasked(t *trace.Trace) string {
	if t.Asked != nil || (t.Answer == nil && hungUp(t) == "") {
		return ""
	}
	return "the backend was not asked: " + answerText(t)
}

func (p toldApart) total() int { return len(p.good) + len(p.unready) }

// unjudgeable makes the finding when not one trace was played; false: there are some.
func (p toldApart) unjudgeable(e Evidence, f Finding) (Finding, bool) {
	f.Worst = p.unready[:min(len(p.unready), mostWorst)]
	switch {
	case len(p.good) > 0:
		return Finding{}, false
	case p.total() == 0:
		return f.as(reports.HarnessError, "not measured: there is no trace of %s on %s", e.Scenario, e.Target), true
	case len(p.broken) == 0 && e.Upgrades: // upgradeAccepted passes, and so nothing else would tell of it
		return f.as(reports.Fail, reports.NotUpgraded+", as others of this target were: %s", mostOften(p.refused)), true
	case len(p.broken) == 0 && !isControl(e.Target): // our own backend refuses nothing
		return f.as(reports.Unsupported, "the upgrade was not accepted: %s; see %s",
			mostOften(p.refused), upgradeAcceptedID), true
	}
	return f.as(reports.HarnessError, "not played: %s", p.unplayed()), true
}

// settle adds to a finding about the played traces what became of the others.
func (p toldApart) settle(f Finding) Finding {
	if len(p.unready) == 0 {
		return f
	}
	if f.Verdict == reports.Fail {
		f.Actual += "; not judged: " + p.unplayed()
		return f
	}
	f.Worst = slices.Concat(p.unready, f.Worst)
	f.Worst = f.Worst[:min(len(f.Worst), mostWorst)]
	if len(p.refused) > 0 { // the only reason why it fails, and so it comes first
		f.Verdict, f.Actual = reports.Fail, reports.NotUpgraded+" each time: "+p.unplayed()+"; of the others "+f.Actual
		return f
	}
	f.Verdict, f.Actual = reports.HarnessError, f.Actual+"; not judged: "+p.unplayed()
	return f
}

// unplayed says how many traces were not played, and why.
func (p toldApart) unplayed() string {
	said := make([]string, 0, len(p.unready))
	for _, r := range p.refused {
		said = append(said, "the upgrade was refused: "+r)
	}
	return tally(append(said, p.broken...), p.total())
}

// mostOften returns the most frequent text and says how many others there are.
func mostOften(said []string) string {
	kinds, _ := frequent(said)
	if len(kinds) == 1 {
		return kinds[0]
	}
	return fmt.Sprintf("%s (and %s)", kinds[0], counted(len(kinds)-1, "other answer"))
}

// patience of a trace in words.
func patience(t *trace.Trace) string { return limit(time.Duration(t.Patience)) }

// opposite is the other end.
func opposite(s trace.Side) trace.Side {
	if s == trace.Client {
		return trace.Backend
	}
	return trace.Client
}

// isControl reports whether a target is the control: client and backend with no proxy between them.
func isControl(target string) bool { return target == "direct" || target == "direct+tls" }
