package suites

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// What a refusal has to say: whether to log in, to come back later, or to give up.
var (
	refusalStatuses = []int{401, 403, 404, 426, 429, 503}
	refusalHeaders  = []string{"WWW-Authenticate", "Retry-After", "X-Finwait-Refused", "Content-Type"}
)

// traefik #199, #2187: clients that were to log in saw a 500 or a connection cut off.
var refusalForwarded = Check{
	ID:          "handshake/refusal-forwarded",
	Requirement: "the backend's 401, 403, 404, 426, 429, 503 with body and headers reach the client as they are",
	Otherwise:   "does not pass the refusal on as the backend sent it",
	Measured: "The backend refuses the upgrade with each status in turn; its answer as it wrote it is compared with the answer as the client " +
		"read it: status, body, and the headers that tell a client what to do.",
	Source:    "traefik #199, #2187",
	Level:     Must,
	Scenarios: []string{"backend-refuses"},
	Judge:     judgeRefusal,
}

func judgeRefusal(e Evidence) Finding {
	f := judgeOpening(e, Finding{
		Expected: "the client gets status, body, " + strings.Join(refusalHeaders, ", ") + " of each refusal as the backend sent them",
		Hint:     "the proxy answers for the backend: look at its error pages, response interception and retry options",
	}, refusalArrived)
	if f.Verdict != reports.Pass {
		return f
	}
	if missing := refusalsMissing(e.Traces); len(missing) > 0 {
		return f.as(reports.HarnessError, "not measured: no backend refused with %s", strings.Join(missing, ", "))
	}
	return f
}

func refusalArrived(t *trace.Trace) proof {
	switch {
	case t.Replied == nil:
		return prove(unseen, "the backend's refusal was not recorded")
	case t.Answer == nil:
		return prove(violated, "the backend refused with %d, the client got none of it: %s", statusOf(t.Replied), answerText(t))
	case statusOf(t.Replied) != statusOf(t.Answer):
		return prove(violated, "the client got status %d instead of %d", statusOf(t.Answer), statusOf(t.Replied))
	}
	differ := changed(t.Replied, t.Answer, refusalHeaders)
	if sent, got := t.Replied.Body, t.Answer.Body; sent != got {
		differ = append(differ, fmt.Sprintf("a body of %s (%.40q) instead of %s (%.40q)",
			counted(len(got), "byte"), got, counted(len(sent), "byte"), sent))
	}
	if len(differ) > 0 {
		return prove(violated, "with %d the client got %s", statusOf(t.Replied), strings.Join(differ, " and "))
	}
	return prove(holds, "the refusal arrived as it was sent")
}

// refusalsMissing are the statuses, headers and the body that no backend sent: the check has not seen all that it has to.
func refusalsMissing(traces []trace.Trace) []string {
	sent := func(has func(*trace.Head) bool) bool {
		return slices.ContainsFunc(traces, func(t trace.Trace) bool { return t.Replied != nil && has(t.Replied) })
	}
	var missing []string
	for _, status := range refusalStatuses {
		if !sent(func(h *trace.Head) bool { return statusOf(h) == status }) {
			missing = append(missing, strconv.Itoa(status))
		}
	}
	for _, name := range refusalHeaders {
		if !sent(func(h *trace.Head) bool { return len(listed(h, name)) > 0 }) {
			missing = append(missing, name)
		}
	}
	if !sent(func(h *trace.Head) bool { return h.Body != "" }) {
		missing = append(missing, "a body")
	}
	return missing
}

// statusOf is the status of an answer's head; 0: its first line has none.
func statusOf(h *trace.Head) int {
	_, rest, _ := strings.Cut(h.Line, " ")
	code, _, _ := strings.Cut(rest, " ")
	status, _ := strconv.Atoi(code) // 0 where it is none
	return status
}
