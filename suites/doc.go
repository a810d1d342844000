// Package suites measures and judges: it brings the chosen targets up, plays scenarios through them, and makes a verdict
// of every check. A run flows like this:
//
//	prepare   choose targets and checks (plan.go), find images             run.go
//	declare   one Ginkgo spec a target, check and scenario; they only      specs.go
//	          state verdicts, the suite's setup does all that follows
//	measure   bring up the stands and the control                          session.go
//	  warm-up   every proxy grows to its size; then the witness looks      witness.go
//	  waits     what waits begins, on all targets; while it does:          passes.go
//	  quick     latency: one play at a time, rounds over all targets;      quick.go, quiet.go
//	            a disturbed round is thrown away and played again
//	  patient   all other scenarios on all targets at once                 passes.go
//	  settling  until the sockets are those from before; the last look     witness.go
//	  lifecycle every proxy is reloaded while connections are open         lifecycle_pass.go
//	  repeat    all of that N times with --repeat N                        repeat.go
//	judge     a Finding of each check, known failures applied, nothing     verdicts.go, known.go
//	          trusted when the control failed
//	collect   traces, packets and logs, before anything is removed         evidence.go
//	describe  how each target behaves where no requirement judges it       behaviour.go
//	report    run.json first, then the table                               command.go
//
// The selftest (selftest*.go) takes finwait's own proxy with a known fault through the very same passes and judges, and then
// measures delays that are known (accuracy.go).
//
// An interrupt ends the measuring early; what was measured until then is judged, collected and reported, marked so.
//
// A check is one literal of [Check] beside its judge, in the file of its area, and a line in [Catalogue]:
//
//	Scenarios   named: one result each, judged on the traces of the patient pass (Quick: of the quick pass)
//	            none:  one result a target, judged on the [Aftermath] that the witness saw
//	Judge       a pure function of [Evidence]; judgeEach looks at every trace, judgeWithin at a Metric and a budget
//
// Judges follow the rules at the top of judge.go, so that a pass always means that something was seen to be right.
// TestNoCheckPassesOnNothing holds every check of the catalogue to them.
package suites
