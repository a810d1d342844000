package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// closeCodes are all that an endpoint may send and that mean something of their own (RFC 6455 §7.4.1, IANA registry),
// and the first and last of the ranges for libraries and applications (§7.4.2).
var closeCodes = []int{1000, 1001, 1002, 1003, 1007, 1008, 1009, 1010, 1011, 1012, 1013, 1014, 3000, 3999, 4000, 4999}

const payloadHint = "the proxy makes Close frames of its own instead of passing bytes through: look for a WebSocket mode or filter"

// RFC 6455 §7.1.5: the Close Code is "the status code contained in the first Close control frame received".
var codePreserved = Check{
	ID:          "close/code-preserved",
	Requirement: "every code of 1000-1003, 1007-1014, 3000, 3999, 4000, 4999 arrives as sent, both ways",
	Otherwise:   "does not pass the code of a Close on as it was sent",
	Measured: "The initiator sends a Close with each code, one a connection. The Close frame that the other end reads, and the answer that comes back, " +
		"are compared with what was sent.",
	Source:    "RFC 6455 §7.1.5, §7.4.2",
	Level:     Must,
	Scenarios: []string{"client-close-codes", "backend-close-codes"},
	Judge: func(e Evidence) Finding {
		return judgePayload(e, Finding{
			Expected: fmt.Sprintf("each of %d codes from 1000 to 4999 arrives as it was sent", len(closeCodes)),
			Hint:     payloadHint,
		}, codeArrived, codesMissing)
	},
}

func codeArrived(sent, got trace.Event) string {
	if sent.Code == got.Code {
		return ""
	}
	return fmt.Sprintf("%s instead of %s", codeText(got.Code), codeText(sent.Code))
}

func codesMissing(sent []trace.Event) []string {
	var missing []string
	for _, code := range closeCodes {
		if !slices.ContainsFunc(sent, func(e trace.Event) bool { return e.Code == code }) {
			missing = append(missing, fmt.Sprint(code))
		}
	}
	return missing
}

// RFC 6455 §7.1.6: the Close Reason is "the UTF-8-encoded data following the status code" of the first Close frame received.
// A control frame holds 125 bytes, two of them the code, so that the longest reason has 123.
var reasonPreserved = Check{
	ID:          "close/reason-preserved",
	Requirement: "reasons of 0, 1 and 123 bytes and of multi-byte text arrive as sent",
	Otherwise:   "does not pass the reason of a Close on as it was sent",
	Measured: "The initiator sends a Close with each reason, one a connection. The Close frame that the other end reads, and the answer that comes back, " +
		"are compared with what was sent.",
	Source:    "RFC 6455 §7.1.6",
	Level:     Must,
	Scenarios: []string{"client-close-reasons", "backend-close-reasons"},
	Judge: func(e Evidence) Finding {
		return judgePayload(e, Finding{
			Expected: "reasons of 0, 1 and 123 bytes and of multi-byte text arrive byte for byte",
			Hint:     payloadHint,
		}, reasonArrived, reasonsMissing)
	},
}

func reasonArrived(sent, got trace.Event) string {
	if sent.Reason == got.Reason {
		return ""
	}
	return fmt.Sprintf("a reason of %s (%.20q) instead of %s (%.20q)",
		counted(len(got.Reason), "byte"), got.Reason, counted(len(sent.Reason), "byte"), sent.Reason)
}

func reasonsMissing(sent []trace.Event) []string {
	var missing []string
	for _, size := range []int{0, 1, 123} {
		if !slices.ContainsFunc(sent, func(e trace.Event) bool { return e.Code != 0 && len(e.Reason) == size }) {
			missing = append(missing, counted(size, "byte"))
		}
	}
	if !slices.ContainsFunc(sent, func(e trace.Event) bool { return len([]rune(e.Reason)) < len(e.Reason) }) {
		missing = append(missing, "multi-byte text")
	}
	return missing
}

// RFC 6455 §7.1.5: "If this Close control frame contains no status code, The WebSocket Connection Close Code is considered
// to be 1005", which is for the receiving application alone: the frame itself stays empty.
var emptyPreserved = Check{
	ID:          "close/empty-preserved",
	Requirement: "a Close without a code arrives without a code",
	Otherwise:   "does not pass a Close without a code on as it was sent",
	Measured: "The initiator sends a Close without payload, one a connection. The Close frame that the other end reads, and the answer that comes back, " +
		"are compared with what was sent.",
	Source:    "RFC 6455 §7.1.5",
	Level:     Must,
	Scenarios: []string{"client-close-empty", "backend-close-empty"},
	Judge: func(e Evidence) Finding {
		return judgePayload(e, Finding{
			Expected: "a Close frame without payload arrives without payload",
			Hint:     payloadHint,
		}, emptyArrived, emptyMissing)
	},
}

func emptyArrived(sent, got trace.Event) string {
	if sent.Code != 0 || sent.Length != 0 || (got.Code == 0 && got.Length == 0) {
		return ""
	}
	if got.Code == 0 {
		return fmt.Sprintf("a payload of %s instead of none", counted(got.Length, "byte"))
	}
	return fmt.Sprintf("%s instead of none", codeText(got.Code))
}

func emptyMissing(sent []trace.Event) []string {
	if !slices.ContainsFunc(sent, func(e trace.Event) bool { return e.Code == 0 && e.Length == 0 }) {
		return []string{"a Close without payload"}
	}
	return nil
}

// judgePayload compares the Close frames that were sent with those that arrived, those of the answer too. differs says
// how one that arrived differs from what was sent; missing says which of the payloads that the check is about
// no initiator ever sent: then the check has not seen all that it has to.
func judgePayload(e Evidence, base Finding, differs func(sent, got trace.Event) string, missing func(sent []trace.Event) []string) Finding {
	f := judgeEach(e, base, func(t *trace.Trace) proof { return payloadArrived(t, differs) })
	if f.Verdict != reports.Pass {
		return f
	}
	var sent []trace.Event
	for i := range e.Traces {
		t := &e.Traces[i]
		if event, ok := t.CloseFrame(t.Initiator(), trace.Out); ok {
			sent = append(sent, event)
		}
	}
	if m := missing(sent); len(m) > 0 {
		return f.as(reports.HarnessError, "not measured: no end sent %s", strings.Join(m, ", "))
	}
	return f
}

func payloadArrived(t *trace.Trace, differs func(sent, got trace.Event) string) proof {
	initiator := t.Initiator()
	if initiator == "" {
		return uninitiated(t, withheld)
	}
	for _, from := range []trace.Side{initiator, opposite(initiator)} {
		to := opposite(from)
		sent, ok := t.CloseFrame(from, trace.Out)
		if !ok {
			return prove(unseen, "the %s did not answer the Close frame", from)
		}
		got, ok := t.CloseFrame(to, trace.In)
		if !ok {
			return prove(violated, "the %s got no Close frame, the %s sent one with %s", to, from, payloadText(sent))
		}
		if how := differs(sent, got); how != "" {
			return prove(violated, "the %s got %s", to, how)
		}
	}
	return prove(holds, "it arrived as it was sent")
}

func codeText(code int) string {
	if code == 0 {
		return "no code"
	}
	return fmt.Sprintf("code %d", code)
}

func payloadText(e trace.Event) string {
	if e.Reason == "" {
		return codeText(e.Code)
	}
	return fmt.Sprintf("%s and a reason of %s", codeText(e.Code), counted(len(e.Reason), "byte"))
}
