package reports

import "time"

// Schema names the format of run.json. Field names are stable within v1.
const Schema = "finwait.run/v1"

// Run is all verdicts of one run with the environment that produced them: the content of run.json.
type Run struct {
	Schema      string      `json:"schema"`
	ID          string      `json:"id"`
	Started     time.Time   `json:"started"`
	Finished    time.Time   `json:"finished"`
	Finwait     string      `json:"finwait"`               // version of finwait
	Interrupted string      `json:"interrupted,omitempty"` // why the run ended before its end; what is here is finished all the same
	Environment Environment `json:"environment"`
	Options     Options     `json:"options"`
	Checks      []CheckInfo `json:"checks"`
	Targets     []Target    `json:"targets"`
	Results     []Result    `json:"results"`
	Control     []Result    `json:"control"` // same shape, targets "direct" and "direct+tls"
	Stale       []Stale     `json:"stale,omitempty"`
	Stages      []Stage     `json:"stages"` // where the time went
	Summary     Summary     `json:"summary"`
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
	Proxies  []string `json:"proxies,omitempty"`
	Targets  []string `json:"targets,omitempty"`
	Checks   []string `json:"checks,omitempty"`
	Versions string   `json:"versions"`
	Samples  int      `json:"samples"`
	Endings  int      `json:"endings"` // mixed endings a target
	Patience int64    `json:"patience_ms"`
	Seed     int64    `json:"seed"`
	Budgets  any      `json:"budgets"`
}

// CheckInfo is one check as it was judged.
type CheckInfo struct {
	ID          string `json:"id"`
	Requirement string `json:"requirement"`
	Source      string `json:"source"`
	Level       string `json:"level"`
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
}

// Known is the entry of known-failures.yaml that a result matched.
type Known struct {
	Why    string `json:"why"`
	Source string `json:"source"`
	Remedy string `json:"remedy"`
	Entry  string `json:"entry"` // file:line
}

// Stale is an entry of known-failures.yaml that matched no result of the run. It fails the run.
type Stale struct {
	Entry string `json:"entry"` // file:line
	Check string `json:"check"`
}

// Stage is a part of the run and how long it took.
type Stage struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
}

// Summary counts the results by verdict, the control left out.
type Summary map[Verdict]int
