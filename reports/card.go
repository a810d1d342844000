package reports

// Decision is what the sign-off card says of a configuration.
type Decision string

// Decisions, from the best to the worst.
const (
	Approve Decision = "APPROVE" // everything asked of it was measured and holds
	Risk    Decision = "RISK"    // it works, and something that somebody may rely on does not hold
	Block   Decision = "BLOCK"   // it should not be deployed as it is
)

// Card is the sign-off card of `finwait validate`. It is a part of run.json, and every format shows it first.
type Card struct {
	Decision Decision    `json:"decision"`
	Unproven string      `json:"unproven,omitempty"` // why nothing can be decided, in a sentence: then Decision is empty
	Path     string      `json:"path"`               // the configuration, as it was given
	Quick    bool        `json:"quick,omitempty"`    // a first answer with a short patience, without cures
	Strict   bool        `json:"strict,omitempty"`   // a RISK fails too
	Valid    Validity    `json:"valid"`
	Routes   []CardRoute `json:"routes"`                // those that were validated, at least one
	Passed   []string    `json:"passed_over,omitempty"` // routes that were not, a sentence each
	Notes    []string    `json:"notes,omitempty"`       // what finwait took the input for and what it provided, a sentence each
	Cures    []CardCure  `json:"cures,omitempty"`       // that were tried, of all routes
	Patch    string      `json:"patch,omitempty"`       // unified diff with all cures that help, of the user's own paths; empty: there is none
	Patched  *CardCure   `json:"patched,omitempty"`     // how the configuration does with the whole patch: Changes are of all findings on all routes

	AgainstPath string    `json:"against_path,omitempty"` // what it was compared with, as it was given; empty: with nothing, or the same path
	Against     *Validity `json:"against,omitempty"`      // what of that was measured; null: it was compared with nothing
}

// Validity is what a card holds for: another configuration, image or budget asks for another card.
type Validity struct {
	Config  string `json:"config_sha256"` // over the names and contents of all files that were used
	Files   int    `json:"files"`         // how many those are
	Proxy   string `json:"proxy"`
	Version string `json:"version"` // that the binary printed
	Image   string `json:"image"`
	Digest  string `json:"image_digest"`
	Runtime string `json:"runtime"`
	Budgets any    `json:"budgets"`
	Finwait string `json:"finwait"`

	BudgetsSet []string `json:"budgets_set" jsonschema:"nullable"` // names of the budgets that are not the default ones; null: that is not known
}

// CardRoute is one route of the configuration.
type CardRoute struct {
	Target    string        `json:"target"` // id among the run's targets
	Decision  Decision      `json:"decision"`
	URL       string        `json:"url"`       // as a client outside writes it
	Upstreams []string      `json:"upstreams"` // as the configuration writes them
	File      string        `json:"file"`      // the user's path
	Line      int           `json:"line"`      // of File: the directive that leads to the backend; 0: not known
	Numbers   []Number      `json:"numbers"`   // the ones that matter, in the order in which they are shown
	Findings  []CardFinding `json:"findings"`  // the worst first
}

// Number is one of the numbers that matter to somebody who deploys.
type Number struct {
	Name   string `json:"name"`   // "close p99, added"
	Value  string `json:"value"`  // "1.2 ms", "10.0 s+" where it lasted longer than anybody waited; empty: it was not measured
	Budget string `json:"budget"` // "30 ms"; empty: it is only observed
	Within bool   `json:"within"` // the budget, or there is none
	Detail string `json:"detail,omitempty"`

	Unclear bool `json:"unclear,omitempty"` // whether it is within the budget: measured, and within the noise
}

// CardFinding is a requirement that the route does not meet.
type CardFinding struct {
	Check       string   `json:"check"`
	Level       string   `json:"level"`
	Decision    Decision `json:"decision"`  // what it makes of the route: RISK or BLOCK
	Scenarios   []string `json:"scenarios"` // in which it showed; empty: it is about all endings together
	Requirement string   `json:"requirement"`
	Sentence    string   `json:"sentence"` // what the proxy does, after "it": "keeps the backend's connection for 10.0 s+ when the client holds"
	Expected    string   `json:"expected"`
	Actual      string   `json:"actual"`
	File        string   `json:"file,omitempty"` // the user's path
	Line        int      `json:"line,omitempty"` // of File: what causes it, or where the missing directive belongs; 0: not known
	Text        string   `json:"text,omitempty"` // that line
	Change      string   `json:"change"`         // the directive to change, in words; empty: nothing is known
	Cure        string   `json:"cure,omitempty"` // of Card.Cures, the ID of the one that is proven to help; empty: none
	Evidence    string   `json:"evidence"`       // the command that shows it
}

// CardCure is a change of the configuration that was tried.
type CardCure struct {
	ID        string       `json:"id"`               // "cure-1"
	Directive string       `json:"directive"`        // what is written: "SetEnv proxy-nohalfclose 1"
	File      string       `json:"file"`             // the user's path
	Line      int          `json:"line"`             // of File as it is: where it is written
	Target    string       `json:"target,omitempty"` // id: the route whose findings it is for; empty: not known
	Checks    []string     `json:"checks,omitempty"` // ids: the findings that it is for; empty: not known
	Helps     bool         `json:"helps"`            // at least one of those passes with it, and nothing is worse
	Why       string       `json:"why,omitempty"`    // why it does not help
	Changes   []CureEffect `json:"changes"`
	Diff      string       `json:"diff"` // unified, of the user's own paths
}

// CureEffect is what a cure does to one finding.
type CureEffect struct {
	Target   string `json:"target"`
	Check    string `json:"check"`
	Scenario string `json:"scenario,omitempty"`
	Before   string `json:"before"` // "10.0 s+", or the verdict where it is not about time
	After    string `json:"after"`
	Better   bool   `json:"better"`
}
