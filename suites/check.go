package suites

import (
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/reports"
)

// Level says how binding a requirement is.
type Level string

// Levels.
const (
	Must     Level = "must"     // an RFC says MUST, or a security advisory
	Should   Level = "should"   // an RFC says SHOULD
	Practice Level = "practice" // a budget that an operator needs
	Observe  Level = "observe"  // measured and reported, never fails
)

// Check is one requirement and how it is judged. A new check is one such literal and its judge.
type Check struct {
	ID          string // area/name; it never changes its meaning
	Requirement string // one sentence
	Otherwise   string // what a target does that fails it, to be read after the target's id: "keeps the backend's connection for {value}"; see reports.Sentences
	Measured    string // how it is measured, in a sentence or two, for `finwait explain`
	Source      string // where the requirement comes from
	Level       Level
	Scenarios   []string           // names of scenarios; each gives a result of its own. Empty: one result a target, from its Aftermath
	Besides     []string           // names of scenarios that its judge looks at too
	Metric      trace.Metric       // what is measured; empty: the check is not about time
	TLSOnly     bool               // judged on +tls targets alone
	Risk        bool               // one that fails it is a risk, where `finwait validate` would else block it; every check of level should is
	Quick       bool               // judged on the samples of the quick pass
	Budgeted    func(Budgets) bool // of level observe: whether a budget is set, so that it is judged all the same; nil: never
	Judge       func(Evidence) Finding
}

// results are the scenarios that the check gives a result in; one without scenarios gives one, of no name.
func (c Check) results() []string {
	if len(c.Scenarios) == 0 {
		return []string{""}
	}
	return c.Scenarios
}

// Evidence is all that a judge gets to see.
type Evidence struct {
	Target   string
	TLS      bool
	Scenario string
	Traces   []trace.Trace            // of this target and scenario
	Control  []trace.Trace            // of the control (over TLS where the target is) in the same scenario and pass
	Upgrades bool                     // the target accepted an upgrade in some scenario: one that it refuses is no matter of its configuration
	Besides  map[string][]trace.Trace // of this target, in the check's other scenarios, by their names
	After    *Aftermath               // set for checks without scenarios
	Reload   *Reload                  // of the proxy; nil: it came not so far
	Budgets  Budgets
}

// Finding is what a judge says. N, percentiles and evidence files are added by the caller.
type Finding struct {
	Verdict  reports.Verdict
	Expected string
	Actual   string
	Hint     string
	Samples  []trace.Sample // the durations judged, if the check has a Metric
	Budget   float64        // milliseconds; 0: none
	Worst    []string       // ids of the traces that show it best, the worst first
	Known    *reports.Known // set by the caller
}

// Aftermath is what the witness saw of a target's proxy before and after all its endings.
type Aftermath struct {
	Endings   int      // connections that ended in between
	Before    Snapshot // after warm-up with as many connections at once as the pass had
	After     Snapshot // when it had settled, or at the last look
	Left      []Left   // sockets in After that were not in Before, nor in TIME_WAIT
	Alarms    []string // log lines at alert, crit or emerg level, and "open socket left"
	NoLog     string   // why the log could not be read; empty: it was
	LogFrom   int      // lines the log had before this repeat of the run; the alarms among them are not of it
	LogLines  int      // lines that came since
	Refused   int      // of the endings, upgrades that the backend refused
	Unasked   int      // of the endings, upgrades that the backend was to refuse and never got
	TimeWaits TimeWaits
	UnixBacks bool   // the back legs are unix sockets, which are in no table that the witness reads
	NoPackets string // why packets could not be captured; empty: they were
	Blind     string // why this runtime cannot witness the proxy; empty: it can
	Lost      string // what went wrong with the witness; empty: nothing
	// SharedProcess says that the proxy lives in the harness's own process: descriptors and memory cannot be told apart.
	SharedProcess bool
}

// TimeWaits counts who keeps the TIME-WAIT of each leg after orderly closes. Where both ends of a leg closed at once, both do.
type TimeWaits struct {
	Closes       int    // orderly closes whose sockets were looked for
	FrontClient  int    // of them, how many have it at the client
	FrontProxy   int    // at the proxy, on the front leg
	FrontNowhere int    // at neither end of the front leg
	BackProxy    int    // at the proxy, on the back leg
	BackBackend  int    // at the backend
	BackNowhere  int    // at neither end of the back leg
	Ports        int    // ephemeral ports that the proxy has for its back legs; 0: not known
	Lost         string // why it was not counted; empty: it was
}

// Snapshot is the state of a proxy at one moment.
type Snapshot struct {
	Sockets   []sockets.Socket
	Processes []sockets.Process
}

// Left is a socket that stayed.
type Left struct {
	Socket   sockets.Socket
	Leg      string // "front", "back" or "other"
	Scenario string // which scenario made it; empty: not known
	Age      int64  // nanoseconds since it was first seen; 0: not known
}
