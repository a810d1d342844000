package proxies

// Edit is a change of one place of a configuration, as causes.yaml writes it.
type Edit struct {
	At   string `yaml:"at"`   // a regular expression for the line that it is about; empty: the line of the route
	Put  string `yaml:"put"`  // before, after or instead of that line
	Text string `yaml:"text"` // what is written, with the indentation of that line; ${1} is the first group of At
}

// Remedy is a cause whose cure finwait can apply by itself.
type Remedy struct {
	Cause     *Cause
	Directive string // what is written, in one line for people
	Line      int    // of the configuration as it is, from 1: where
	Changes   []Change
}

// Change is one change of a configuration's text.
type Change struct {
	Line int    // from 1: the first line that is replaced, or before which something is put
	Drop int    // how many lines are replaced; 0: none
	Text string // whole lines
}
