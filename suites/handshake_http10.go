package suites

import (
	"github.com/finwait/finwait/fixtures/trace"
)

// RFC 9110 §7.8: "A server that receives an Upgrade header field in an HTTP/1.0 request MUST ignore that Upgrade field."
var http10Ignored = Check{
	ID:          "handshake/http10-upgrade-ignored",
	Requirement: "Upgrade in an HTTP/1.0 request is ignored",
	Otherwise:   "does not ignore the upgrade",
	Measured: "The client asks for the upgrade in an HTTP/1.0 request; the backend upgrades whoever asks it in HTTP/1.1. " +
		"Any answer but 101, and a backend that was not brought to upgrade, show that the proxy ignored it.",
	Source:    "RFC 9110 §7.8",
	Level:     Must,
	Risk:      true,
	Scenarios: []string{"http10-upgrade"},
	Judge: func(e Evidence) Finding {
		base := Finding{
			Expected: "an answer with any status but 101, and no upgrade at the backend",
			Hint:     "the proxy makes an HTTP/1.1 request of it and passes Upgrade on: have it do so for HTTP/1.1 alone",
		}
		p := tellOpenings(e.Traces, func(*trace.Trace) string { return "" }) // the proxy may answer by itself
		if f, ok := p.unjudgeable(e, base); ok {
			return f
		}
		return p.settle(weigh(e, base, p.good, notUpgraded))
	},
}

func notUpgraded(t *trace.Trace) proof {
	upgraded := t.Replied != nil && statusOf(t.Replied) == 101
	switch {
	case t.Answer == nil && upgraded:
		return prove(violated, "the backend was asked to upgrade and did, and for the client %s", answerText(t))
	case t.Answer == nil:
		return prove(withheld, "%s", answerText(t))
	case statusOf(t.Answer) == 0:
		return prove(withheld, "the answer is no HTTP (%.40q)", t.Answer.Line)
	case statusOf(t.Answer) == 101:
		return prove(violated, "the upgrade was accepted: %.80s", t.Answer.Line)
	case upgraded:
		return prove(violated, "the backend was asked to upgrade and did, and the client got %.80s", t.Answer.Line)
	}
	return prove(holds, "%.80s", t.Answer.Line)
}
