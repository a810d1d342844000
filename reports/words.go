package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// Sentence is a finding in words.
type Sentence struct {
	Text    string   // "apache@2.4.71/wstunnel keeps the backend's connection for 10.0 s+ when the client holds; so does /rewrite"
	Verdict Verdict  // fail, unexpected-pass, harness-error or known-failure
	Check   string   // id; empty for harness errors: one cause spoils many checks
	Results []Result // that it speaks of
}

// NotUpgraded begins Result.Actual where a check fails because upgrades were refused, and not for what Otherwise says.
const NotUpgraded = "the upgrade was not accepted"

const (
	maxClauses = 4   // of a sentence; the targets of the others are counted
	maxOthers  = 4   // targets that a clause names behind its first
	maxWhen    = 3   // scenarios that a clause names
	maxQuoted  = 240 // bytes of an Actual that a sentence quotes
)

// Sentences returns the findings of run in words, those of [Findings] first and in their order, then the known failures.
// A sentence says what CheckInfo.Otherwise says, with the measured number and the clauses of the scenarios; where that
// is missing or not what happened, it quotes what was seen. Its text may hold what a proxy wrote.
func Sentences(run *Run) []Sentence {
	tell := newTeller(run)
	var sentences []Sentence
	for _, f := range Findings(run) {
		sentences = append(sentences, tell.sentence(f.Verdict, f.Results()))
	}
	for _, g := range KnownFailures(run) {
		sentences = append(sentences, tell.sentence(KnownFailure, g.Results))
	}
	return sentences
}

// teller is what is looked up again and again while the sentences of a run are made.
type teller struct {
	*Run
	targets   map[string]int // their place in the overview
	scenarios map[string]int // their place in the catalogue
	measured  map[string]bool
}

func newTeller(run *Run) *teller {
	t := &teller{Run: run, targets: map[string]int{}, scenarios: map[string]int{}, measured: map[string]bool{}}
	for i, target := range inReadingOrder(run.Targets) {
		t.targets[target.ID] = i
	}
	for i, s := range run.Scenarios {
		t.scenarios[s.Name] = i
	}
	for _, list := range [][]Result{run.Control, run.Results} {
		for _, result := range list {
			t.measured[t.subject(result)] = t.measured[t.subject(result)] || result.Verdict != HarnessError
		}
	}
	return t
}

// Conclusion is what came of the run, in capitals: "FAILED", "INTERRUPTED", "COULD NOT MEASURE" or "ALL AS EXPECTED"; of
// one with a sign-off card its decision.
func (r *Run) Conclusion() string {
	switch code := r.ExitCode(); {
	case r.Card != nil && r.Card.Unproven == "":
		return string(r.Card.Decision)
	case code == ExitFailed:
		return "FAILED"
	case r.Interrupted != "":
		return "INTERRUPTED"
	case code == ExitUnmeasurable:
		return "COULD NOT MEASURE"
	}
	return "ALL AS EXPECTED"
}

// sentence says what results, all of one verdict and finding, have in common. Results of another statement, or of
// another set of scenarios, get a clause of their own.
func (t *teller) sentence(verdict Verdict, results []Result) Sentence {
	s := Sentence{Verdict: verdict, Results: results}
	if verdict != HarnessError {
		s.Check = results[0].Check
	}
	clauses := t.clauses(results)
	var texts []string
	for _, c := range clauses[:min(len(clauses), maxClauses)] {
		texts = append(texts, t.clauseText(c))
	}
	var more []string
	for _, c := range clauses[len(texts):] {
		for _, id := range t.subjects(c.results) {
			if !slices.Contains(more, id) {
				more = append(more, id)
			}
		}
	}
	if len(more) > 0 {
		texts = append(texts, plural(len(more), "more target")+" in other ways")
	}
	s.Text = strings.Join(texts, "; ")
	return s
}

// clause is one statement about some targets, true of all of them in the same scenarios.
type clause struct {
	statement string
	scenarios []string
	results   []Result
}

func (t *teller) clauses(results []Result) []clause {
	results = t.plainestFirst(results)
	var clauses []clause
	for _, same := range groupBy(results, t.statement) {
		scenarios := map[string][]string{} // by target
		for _, result := range same {
			who := t.subject(result)
			if result.Verdict != HarnessError && result.Scenario != "" && !slices.Contains(scenarios[who], result.Scenario) {
				scenarios[who] = append(scenarios[who], result.Scenario)
			}
		}
		for _, part := range groupBy(same, func(result Result) string { return strings.Join(scenarios[t.subject(result)], "\x00") }) {
			clauses = append(clauses, clause{t.statement(part[0]), scenarios[t.subject(part[0])], part})
		}
	}
	return clauses
}

// plainestFirst puts the configurations that others vary before those, and the scenarios in the order of the catalogue.
func (t *teller) plainestFirst(results []Result) []Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b Result) int {
		return cmp.Or(t.targets[a.Target]-t.targets[b.Target], t.placeOf(a.Scenario)-t.placeOf(b.Scenario))
	})
	return sorted
}

// placeOf is the place of a scenario in the catalogue; one that the run does not describe comes last.
func (t *teller) placeOf(scenario string) int {
	if i, ok := t.scenarios[scenario]; ok {
		return i
	}
	return len(t.scenarios)
}

// statement is what a result says of its target, with the placeholders {value} and {scenario} not filled in yet.
func (t *teller) statement(result Result) string {
	otherwise := t.check(result).Otherwise
	switch {
	case result.Verdict == HarnessError:
		if t.measured[t.subject(result)] {
			return "could not be measured in part: " + inShort(result.Actual)
		}
		return "could not be measured: " + inShort(result.Actual)
	case result.Verdict == UnexpectedPass && result.Known != nil:
		return "passes " + result.Check + " in {scenario}, and " + result.Known.Entry + " says that it fails"
	case result.Verdict == UnexpectedPass:
		return "passes " + result.Check + " in {scenario}, and is said to fail"
	case otherwise == "" || !tellsOf(otherwise, result):
		return "fails " + result.Check + " in {scenario}: " + inShort(result.Actual)
	}
	return otherwise
}

// tellsOf reports whether otherwise is what happened: a check can also fail since upgrades were refused, and one that
// measures time for another reason than time.
func tellsOf(otherwise string, r Result) bool {
	if strings.HasPrefix(r.Actual, NotUpgraded) {
		return false
	}
	return !strings.Contains(otherwise, "{value}") || r.N > 0 && (r.TimedOut > 0 || r.Max > r.Budget)
}

// inShort is what a check said on one line, its end left out where it is long.
func inShort(actual string) string {
	line := strings.Join(strings.Fields(actual), " ")
	if len(line) <= maxQuoted {
		return full(line)
	}
	cut := strings.LastIndexByte(line[:maxQuoted], ' ')
	if cut <= 0 {
		cut = maxQuoted
	}
	return strings.ToValidUTF8(line[:cut], "") + " …"
}

// clauseText is the clause of its first target, and that the others do the same.
func (t *teller) clauseText(c clause) string {
	text := strings.ReplaceAll(c.statement, "{value}", worstValue(c.results))
	if strings.Contains(text, "{scenario}") {
		text = placed(text, c.scenarios)
	} else {
		text += t.when(c.scenarios)
	}
	ids := t.subjects(c.results)
	text = ids[0] + " " + text
	if len(ids) == 1 {
		return text
	}
	return text + "; " + t.also(c.statement, ids)
}

// placed names the scenarios where the text wants them; a check without scenarios has none to name.
func placed(text string, scenarios []string) string {
	if len(scenarios) == 0 {
		return strings.ReplaceAll(text, " in {scenario}", "")
	}
	names := listed(scenarios[:min(len(scenarios), maxScenarios)])
	if len(scenarios) > maxScenarios {
		names = plural(len(scenarios), "scenario")
	}
	return strings.ReplaceAll(text, "{scenario}", names)
}

// when joins the clauses of scenarios: " when the client holds, and when the client vanishes".
func (r *Run) when(scenarios []string) string {
	var clauses []string
	for _, name := range scenarios {
		clauses = append(clauses, r.whenOf(name))
	}
	if rest := len(clauses) - maxWhen; rest > 0 {
		clauses = append(clauses[:maxWhen-1], fmt.Sprintf("in %d more scenarios", rest+1))
	}
	text := ""
	for i, clause := range clauses {
		switch {
		case i == 0:
			text = " " + clause
		case i == len(clauses)-1:
			text += ", and " + clause
		default:
			text += ", " + clause
		}
	}
	return text
}

func (r *Run) whenOf(scenario string) string {
	i := slices.IndexFunc(r.Scenarios, func(s ScenarioInfo) bool { return s.Name == scenario })
	if i < 0 || r.Scenarios[i].When == "" {
		return "in " + scenario
	}
	return r.Scenarios[i].When
}

// also says that the other targets do what the first of ids does: "so do /rewrite and /upgrade-http".
func (t *teller) also(statement string, ids []string) string {
	names := shortNames(ids)[1:]
	rest := len(names)
	does, do := "so does ", "so do "
	switch {
	case strings.HasPrefix(statement, "does not "):
		does, do = "neither does ", "neither do "
	case strings.HasPrefix(statement, "could not "):
		does, do = "neither could ", "neither could "
	}
	switch {
	case rest == 1:
		return does + names[0]
	case rest > maxOthers && len(ids) == len(t.Targets):
		return do + fmt.Sprintf("the %d other targets", rest)
	case rest > maxOthers:
		return do + strings.Join(names[:maxOthers-1], ", ") + fmt.Sprintf(" and %d more", rest-maxOthers+1)
	}
	return do + listed(names)
}

// worstValue is the longest duration of results: "10.0 s+", where it timed out. Where they differ it is their bound.
func worstValue(results []Result) string {
	worst := results[0]
	differ := false
	for _, r := range results[1:] {
		differ = differ || valueText(r) != valueText(results[0])
		if r.Max > worst.Max {
			worst = r
		}
	}
	if differ {
		return "up to " + valueText(worst)
	}
	return valueText(worst)
}

func valueText(r Result) string {
	if r.TimedOut > 0 {
		return FormatDuration(r.Max) + "+"
	}
	return FormatDuration(r.Max)
}

// subject is who a result is about: its target, or in a merged run the control of its shard.
func (t *teller) subject(r Result) string { return t.controlName(r.Target, r.Shard) }

func (t *teller) subjects(results []Result) []string {
	var names []string
	for _, r := range results {
		if name := t.subject(r); !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

// listed joins words as a sentence does: "a", "a and b", "a, b and c".
func listed(words []string) string {
	if len(words) < 2 {
		return strings.Join(words, "")
	}
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + " and " + words[last]
}
