package reports

import "io"

// runFile is the name under which a run is kept.
const runFile = "run.json"

func init() {
	register(Format{
		Name:  "json",
		About: "the run itself, in its one order (schema " + Schema + ")",
		File:  runFile,
		Write: func(w io.Writer, run *Run, _ Style) error { return encode(w, run) },
	})
}
