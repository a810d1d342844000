// Package reports keeps what a run found and shows it.
//
//	suites --> Run --> Save --> run.json --> Load --> Format.Write --> text, json, ...
//
// [Run] is the contract, schema "finwait.run/v1": everything that a report says comes from it, so that an old run.json
// can be rendered again and two of them compared. run.json is written before anything is rendered. A format is one
// file that registers a [Format]; it gets a finished Run and an io.Writer and knows nothing of proxies or fixtures.
//
// Milliseconds throughout. A sample that did not end counts at the cap that it reached: it is in every percentile,
// is counted in timed_out, and is shown as "> 10 s".
package reports
