package suites

import (
	"fmt"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/trace"
)

// offered are the headers of the request for an upgrade that mean something to the backend alone. Host is not among
// them: a proxy may give its own.
var offered = []string{"Origin", "Cookie", "Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions", "Sec-WebSocket-Version"}

// chosen are the headers of the answer in which the backend says what it took of the offers.
var chosen = []string{"Sec-WebSocket-Protocol", "Sec-WebSocket-Extensions"}

// RFC 6455 §4.1 has the client name the resource, itself and its offers; §4.2.2 has the server decide by them. A proxy
// that decodes the path, or drops a cookie, has the backend decide about another request.
var requestPreserved = Check{
	ID:          "handshake/request-preserved",
	Requirement: "path, query, Origin, Cookie, subprotocol and extension offers reach the backend unchanged",
	Otherwise:   "does not pass the request for the upgrade on as the client sent it",
	Measured: "The request as the client wrote it is compared with the request as the backend read it: the request target byte for byte, " +
		"each header as the list of its values, however they are spread over lines. Host is not compared, nor is the path where the " +
		"configuration is your own: it may change that on purpose.",
	Source:    "RFC 6455 §4.1, §4.2.2",
	Level:     Must,
	Scenarios: []string{"upgrade-offers"},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "the backend gets the request target and " + strings.Join(offered, ", ") + " as the client sent them",
			Hint:     "the proxy rewrites the request: look at its path rewriting, URL normalisation and header options",
		}, requestArrived)
	},
}

func requestArrived(t *trace.Trace) proof {
	if t.Sent == nil || t.Asked == nil {
		return prove(unseen, "the request was not recorded at both ends")
	}
	if missing := lacking(t.Sent, offered); len(missing) > 0 {
		return prove(unseen, "the client sent no %s", strings.Join(missing, ", no "))
	}
	differ, moved := targetChanged(t)
	differ = append(differ, changed(t.Sent, t.Asked, offered)...)
	if len(differ) > 0 {
		return prove(violated, "the backend got %s", strings.Join(differ, " and "))
	}
	return prove(holds, "the request arrived as it was sent%s", moved)
}

// targetChanged says how the request target that arrived differs from the one that was sent. A path that is the route's own
// may be changed on purpose: then moved says so, and the query alone is compared.
func targetChanged(t *trace.Trace) (differ []string, moved string) {
	what, sent, got := "request target", requestTarget(t.Sent), requestTarget(t.Asked)
	if t.OwnPath {
		var from, to string
		what = "query"
		from, sent, _ = strings.Cut(sent, "?")
		to, got, _ = strings.Cut(got, "?")
		if from != to {
			moved = fmt.Sprintf(", with the path %q in place of %q", to, from)
		}
	}
	if sent != got {
		nameless := strings.NewReplacer(t.ID, "ID") // equal texts are counted together
		differ = append(differ, fmt.Sprintf("%s %q instead of %q", what, nameless.Replace(got), nameless.Replace(sent)))
	}
	return differ, moved
}

// RFC 6455 §4.2.2: the server names the subprotocol and the extensions that it is ready to use; §4.1: a client that is
// told of one it did not ask for fails the connection.
var answerPreserved = Check{
	ID:          "handshake/answer-preserved",
	Requirement: "the chosen subprotocol and extensions reach the client",
	Otherwise:   "does not pass the answer to the upgrade on as the backend sent it",
	Measured: "The backend chooses a subprotocol and an extension; its answer as it wrote it is compared with the answer as the client read it, " +
		"each header as the list of its values.",
	Source:    "RFC 6455 §4.2.2",
	Level:     Must,
	Scenarios: []string{"upgrade-offers"},
	Judge: func(e Evidence) Finding {
		return judgeEach(e, Finding{
			Expected: "the client gets " + strings.Join(chosen, " and ") + " as the backend sent them",
			Hint:     "the proxy rewrites the answer: look at its response header options",
		}, answerArrived)
	},
}

func answerArrived(t *trace.Trace) proof {
	if t.Replied == nil || t.Answer == nil || t.Asked == nil {
		return prove(unseen, "the answer was not recorded at both ends")
	}
	missing := lacking(t.Replied, chosen)
	if unoffered := lacking(t.Asked, missing); len(unoffered) > 0 {
		return prove(withheld, "the backend got no %s to choose from; see %s", strings.Join(unoffered, ", no "), requestPreserved.ID)
	}
	if len(missing) > 0 {
		return prove(unseen, "the backend sent no %s", strings.Join(missing, ", no "))
	}
	if differ := changed(t.Replied, t.Answer, chosen); len(differ) > 0 {
		return prove(violated, "the client got %s", strings.Join(differ, " and "))
	}
	return prove(holds, "the answer arrived as it was sent")
}

// requestTarget is what stands between the method and the version, spaces and all.
func requestTarget(h *trace.Head) string {
	_, rest, _ := strings.Cut(h.Line, " ")
	return rest[:max(0, strings.LastIndex(rest, " "))]
}

// changed says of each header how what arrived differs from what was sent.
func changed(sent, got *trace.Head, names []string) []string {
	var differ []string
	for _, name := range names {
		if a, b := listed(sent, name), listed(got, name); !slices.Equal(a, b) {
			differ = append(differ, headerText(name, b)+" instead of "+headerText(name, a))
		}
	}
	return differ
}

// lacking are the headers that h does not have.
func lacking(h *trace.Head, names []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(name string) bool { return len(listed(h, name)) > 0 })
}

// listed are the members of a header's list, in order, over all its lines. RFC 9110 §5.3 lets a proxy join and split
// lines; RFC 6265 §4.2.1 separates cookies in its own way.
func listed(h *trace.Head, name string) []string {
	separator := ","
	if name == "Cookie" {
		separator = ";"
	}
	var members []string
	for _, line := range values(h, name) {
		for member := range strings.SplitSeq(line, separator) {
			if member = strings.TrimSpace(member); member != "" {
				members = append(members, member)
			}
		}
	}
	return members
}

func headerText(name string, members []string) string {
	if len(members) == 0 {
		return "no " + name
	}
	return fmt.Sprintf("%s %.120q", name, strings.Join(members, ", "))
}
