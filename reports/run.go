package reports

import (
	"io/fs"
	"time"
)

// Schema names the format of run.json. Field names are stable within v1.
const Schema = "finwait.run/v1"

// Run is all verdicts of one run with the environment that produced them: the content of run.json.
type Run struct {
	Schema      string         `json:"schema"`
	ID          string         `json:"id"`
	Started     time.Time      `json:"started"`
	Finished    time.Time      `json:"finished"`
	Finwait     string         `json:"finwait"`               // version of finwait
	Interrupted string         `json:"interrupted,omitempty"` // why the run ended before its end; what is here is finished all the same
	Environment Environment    `json:"environment"`
	Options     Options        `json:"options"`
	Card        *Card          `json:"card,omitempty"` // the sign-off of `finwait validate`; null: it was another command
	Checks      []CheckInfo    `json:"checks"`
	Scenarios   []ScenarioInfo `json:"scenarios,omitempty"` // those that the results name
	Shards      []Shard        `json:"shards,omitempty"`    // the runs that `finwait merge` joined to this one; empty: it is one run
	Targets     []Target       `json:"targets"`
	Results     []Result       `json:"results"`
	Control     []Result       `json:"control"` // same shape, targets "direct" and "direct+tls"
	Stale       []Stale        `json:"stale,omitempty"`
	Unstable    []Unstable     `json:"unstable,omitempty"`              // verdicts that differed from repeat to repeat
	SelfTest    *SelfTest      `json:"self_test" jsonschema:"nullable"` // what `finwait selftest` of this build last showed on this machine; null: it was not run
	Quiet       Quiet          `json:"quiet"`                           // how quiet the machine was while latency was measured
	Longest     float64        `json:"longest_wait_s"`                  // the longest single wait of any play
	Stages      []Stage        `json:"stages"`                          // where the time went
	Summary     Summary        `json:"summary"`

	files fs.FS // the evidence: what lies beside run.json; nil: it is not at hand
}

// Shard is one of the runs that a merged run was joined from. Each brought its own control, on its own machine.
type Shard struct {
	ID          string      `json:"id"` // of that run; Target.Shard and the Shard of the control's results name it
	Started     time.Time   `json:"started"`
	Finished    time.Time   `json:"finished"`
	Interrupted string      `json:"interrupted,omitempty"`
	Environment Environment `json:"environment"`
	Proxies     []string    `json:"proxies,omitempty"` // what was asked for
	Targets     []string    `json:"targets,omitempty"`
	SelfTest    *SelfTest   `json:"self_test" jsonschema:"nullable"`
	Quiet       Quiet       `json:"quiet"`
	Longest     float64     `json:"longest_wait_s"`
	Stages      []Stage     `json:"stages"`
}

// Environment is what the numbers depend on.
type Environment struct {
	Kernel          string `json:"kernel"`
	Engine          string `json:"engine"`
	CPUs            int    `json:"cpus"`
	Runtime         string `json:"runtime"`
	ClockResolution int64  `json:"clock_resolution_ns"`
}

// Options are the choices of the person who ran it.
type Options struct {
	ID       string   `json:"id,omitempty"` // the name given with --id, that all shards of one run share; empty: none was given
	Proxies  []string `json:"proxies,omitempty"`
	Targets  []string `json:"targets,omitempty"`
	Checks   []string `json:"checks,omitempty"`
	Labels   string   `json:"labels,omitempty"` // the filter given with --label-filter
	Folder   string   `json:"folder,omitempty"` // the folder of proxies given with --proxies, as it was given; empty: the bundled ones
	Versions string   `json:"versions"`
	Samples  int      `json:"samples"`
	Endings  int      `json:"endings"` // mixed endings a target
	Patience int64    `json:"patience_ms"`
	Seed     int64    `json:"seed"`
	Repeat   int      `json:"repeat,omitempty"` // how often everything was measured; 0 and 1: once
	Budgets  any      `json:"budgets"`
}

// CheckInfo is one check as it was judged.
type CheckInfo struct {
	ID          string `json:"id"`
	Requirement string `json:"requirement"`
	Source      string `json:"source"`
	Level       string `json:"level"`
	Metric      string `json:"metric,omitempty"`    // what is measured; empty: the check is not about time
	Otherwise   string `json:"otherwise,omitempty"` // what a target does that fails it, to be read after the target's id: "keeps the backend's connection"
}

// ScenarioInfo is one scenario as it was played.
type ScenarioInfo struct {
	Name    string `json:"name"`
	Summary string `json:"summary"` // what happens, in one sentence
	When    string `json:"when"`    // the same as a clause: "when the client holds"
}

// Target is one tested target.
type Target struct {
	ID           string   `json:"id"`
	Proxy        string   `json:"proxy"`
	Version      string   `json:"version"`
	Config       string   `json:"config"`
	TLS          bool     `json:"tls"`
	Varies       string   `json:"varies,omitempty"`
	Changes      []string `json:"changes,omitempty"`
	Image        string   `json:"image"`
	ImageDigest  string   `json:"image_digest"`
	ConfigPath   string   `json:"config_path"`
	ConfigSHA256 string   `json:"config_sha256"`
	ConfigText   string   `json:"config_text,omitempty"` // the configuration file as it was mounted
	Route        int      `json:"route,omitempty"`       // its line that sends connections to the backend, from 1; 0: not known
	Behaviour    []Trait  `json:"behaviour,omitempty"`   // in the order in which it is shown
	Shard        string   `json:"shard,omitempty"`       // the merged run that measured it
}

// Trait is something that proxies do in different ways and no requirement says which is right.
type Trait struct {
	Name   string `json:"name"`   // "half-close"
	Value  string `json:"value"`  // in a few words: "passed on"
	Detail string `json:"detail"` // what was seen, in a sentence
}

// Verdict is the outcome of one check on one target in one scenario. A skip is never a pass.
type Verdict string

// Verdicts.
const (
	Pass           Verdict = "pass"
	Fail           Verdict = "fail"
	KnownFailure   Verdict = "known-failure"   // fails, and known-failures.yaml says why
	UnexpectedPass Verdict = "unexpected-pass" // known-failures.yaml says it fails, and it passed
	Unsupported    Verdict = "unsupported"     // this target or runtime cannot show it; Actual says why
	Inconclusive   Verdict = "inconclusive"    // measured, but within the noise of the control
	HarnessError   Verdict = "harness-error"   // could not be measured; Actual says why
	Observed       Verdict = "observed"        // level observe: measured and reported
)

// Result is one verdict. Milliseconds throughout; a time-out counts at the cap and is in the percentiles.
type Result struct {
	Target      string   `json:"target"`
	Check       string   `json:"check"`
	Scenario    string   `json:"scenario,omitempty"`
	Level       string   `json:"level"`
	Verdict     Verdict  `json:"verdict"`
	Metric      string   `json:"metric,omitempty"`
	N           int      `json:"n"`         // samples judged
	TimedOut    int      `json:"timed_out"` // of them, those that reached the cap
	P50         float64  `json:"p50_ms"`
	P90         float64  `json:"p90_ms"`
	P99         float64  `json:"p99_ms"`
	Max         float64  `json:"max_ms"`
	Control     *float64 `json:"control_p50_ms,omitempty"` // the control's median of the same metric and scenario
	ControlTail *float64 `json:"control_p99_ms,omitempty"`
	Budget      float64  `json:"budget_ms"`
	Expected    string   `json:"expected"`
	Actual      string   `json:"actual"`
	Hint        string   `json:"hint,omitempty"`
	Known       *Known   `json:"known,omitempty"`
	Evidence    []string `json:"evidence"` // paths beside run.json

	Samples []float64 `json:"samples_ms,omitempty"` // what N and the percentiles describe, ascending; those that timed out are the last
	Worst   string    `json:"worst,omitempty"`      // id of the trace in the evidence that shows it best
	Line    int       `json:"line,omitempty"`       // of the target's configuration file, from 1: what causes it; 0: not known
	Shard   string    `json:"shard,omitempty"`      // of the control: the merged run that it belongs to
}

// Known is the entry of known-failures.yaml that a result matched.
type Known struct {
	Why    string `json:"why"`
	Source string `json:"source"`
	Remedy string `json:"remedy"`
	Entry  string `json:"entry"` // file:line
}

// Stale is an entry of known-failures.yaml that the run contradicts. It fails the run.
type Stale struct {
	Entry string `json:"entry"` // file:line
	Check string `json:"check"`
	Why   string `json:"why,omitempty"` // which target does not prove the remedy; empty: the entry matched no result
}

// Unstable is a verdict that was not the same in every repeat of a run. It fails the run.
type Unstable struct {
	Target   string          `json:"target"`
	Check    string          `json:"check"`
	Scenario string          `json:"scenario,omitempty"`
	Verdicts map[Verdict]int `json:"verdicts"` // in how many repeats
}

// Quiet says how quiet the machine was in the quick pass.
type Quiet struct {
	Rounds    int      `json:"rounds"`            // that count
	Disturbed int      `json:"disturbed"`         // rounds that were thrown away and played again
	Kept      int      `json:"kept"`              // of Rounds, those that were disturbed and count all the same: the machine did not get quiet
	Reasons   []string `json:"reasons,omitempty"` // what disturbed them, the most frequent first
}

// SelfTest is what `finwait selftest` showed: whether each check goes red for the fault it is there for.
type SelfTest struct {
	Finwait     string        `json:"finwait"` // version that was tested
	When        time.Time     `json:"when"`
	Runtime     string        `json:"runtime"`
	Passed      bool          `json:"passed"`
	Faults      []CaughtFault `json:"faults"`
	Caught      int           `json:"caught"`       // of Faults, those that the check meant for them caught
	Repeats     int           `json:"repeats"`      // of the faultless proxy
	FalseAlarms []string      `json:"false_alarms"` // "check scenario: actual"
	Accuracy    []Accuracy    `json:"accuracy"`

	Only      string   `json:"only,omitempty"`      // glob of the faults that were tried; empty: all
	Unproven  []string `json:"unproven,omitempty"`  // ids of checks that no fault is there for
	Unjudged  []string `json:"unjudged,omitempty"`  // what was unsupported or inconclusive on the faultless proxy: no alarm, and no pass
	Disturbed string   `json:"disturbed,omitempty"` // why the accuracy was not shown: the machine was not quiet
}

// CaughtFault is one fault and which checks it turned red.
type CaughtFault struct {
	Name    string   `json:"name"`
	Summary string   `json:"summary"`
	Trips   string   `json:"trips"`  // id of the check that is meant for it
	Caught  bool     `json:"caught"` // by that check
	Also    []string `json:"also"`   // the other checks that it turned red
	Actual  string   `json:"actual"` // what the check said
	// Unshown is why this runtime cannot show the fault: the check is unsupported on every target. Empty: it can.
	Unshown string `json:"unshown,omitempty"`
}

// Accuracy is how exactly a known delay at one moment was measured. The error is the difference between what was
// measured and the delay on top of the median without one.
type Accuracy struct {
	Metric  string  `json:"metric"`
	Delay   float64 `json:"delay_ms"`
	N       int     `json:"n"`
	Median  float64 `json:"error_median_ms"` // of the errors' absolute values
	P99     float64 `json:"error_p99_ms"`
	Max     float64 `json:"error_max_ms"`
	Allowed string  `json:"allowed"` // "median under 0.1 ms, p99 under 1 ms"
	OK      bool    `json:"ok"`
}

// Stage is a part of the run and how long it took.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Summary counts the results by verdict, the control left out.
type Summary map[Verdict]int
