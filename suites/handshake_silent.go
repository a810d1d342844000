package suites

import (
	"fmt"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// envoy #41068: a backend that accepts and never answers, and a proxy that waits with it for ever.
var silentBackend = Check{
	ID:          "handshake/silent-backend",
	Requirement: "a backend that accepts and never answers ends in a gateway error within the budget, and leaves nothing",
	Otherwise:   "gives the client no gateway error for {value}",
	Measured: "The backend accepts the connection, reads the request and never answers. Measured is the time from the client's request " +
		"to the head of the proxy's own answer; the back leg has to be over a close timer (1 s, or a quarter of a shorter patience) after it.",
	Source:    "envoy #41068",
	Level:     Practice,
	Risk:      true,
	Scenarios: []string{"backend-silent"},
	Metric:    trace.GatewayError,
	Judge:     judgeSilent,
}

func judgeSilent(e Evidence) Finding {
	base := Finding{
		Expected: fmt.Sprintf("502, 503 or 504 at most %s after the request, and the back leg over", limit(e.Budgets.GatewayError)),
		Hint:     "the proxy waits for the backend's answer without a limit, or with one for people with patience: look at its read and response timeout options",
		Budget:   milliseconds(e.Budgets.GatewayError),
	}
	if isControl(e.Target) {
		return base.as(reports.Unsupported, "without a proxy nobody answers for the backend")
	}
	base.Samples = durations(tellOpenings(e.Traces, unasked).good, trace.GatewayError).samples
	return judgeOpening(e, base, func(t *trace.Trace) proof { return answeredFor(t, e.Budgets.GatewayError) })
}

// answeredFor looks at what the proxy did for a backend that was silent.
func answeredFor(t *trace.Trace, budget time.Duration) proof {
	answer, answered := t.First(trace.Client, trace.In, trace.Response)
	if !answered {
		if how := hungUp(t); how != "" {
			return prove(violated, "%s", how)
		}
		return prove(violated, "no answer came within the patience of %s", patience(t))
	}
	if !slices.Contains([]int{502, 503, 504}, answer.Status) {
		return prove(violated, "the answer was status %d, which is no gateway error", answer.Status)
	}
	after, ok := t.Measure(trace.GatewayError)
	if !ok {
		return prove(unseen, "the trace has no moment of the request")
	}
	if after.TimedOut || after.Value > budget {
		return prove(violated, "status %d came, but not within the budget", answer.Status)
	}
	if _, over := t.Over(trace.Backend); !over {
		return prove(violated, "status %d came, but the back leg was not over when the play ended", answer.Status)
	}
	return prove(holds, "status %d, and the back leg was over", answer.Status)
}
