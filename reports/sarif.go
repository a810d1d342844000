package reports

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func init() {
	register(Format{
		Name:  "sarif",
		About: "for code scanning (SARIF 2.1.0): each finding on the line of the configuration that causes it",
		File:  "report.sarif",
		Write: writeSARIF,
	})
}

// home is where people read about the tool.
const home = "https://github.com/finwait/finwait"

// Rules that are no checks.
const (
	ruleStale    = "finwait/stale-known-failure"
	ruleUnstable = "finwait/not-stable"
)

// A result stands for a check on a configuration file: scenarios, versions and TLS are folded, so that code scanning is
// not flooded, and its fingerprint is those two names, so that it stays the same alert from run to run. What could not be
// measured is no finding about a configuration: it is a notification, and the invocation was not successful.
func writeSARIF(w io.Writer, run *Run, _ Style) error {
	run, err := printableRun(run)
	if err != nil {
		return err
	}
	s := sarifReport{run: run, tell: newTeller(run), out: sarif.NewRunWithInformationURI("finwait", home)}
	s.out.Tool.Driver.Version = &run.Finwait
	s.rules()
	if run.Card != nil {
		s.cardResults()
	} else {
		s.results()
	}
	s.unstable()
	s.known()
	s.invocation()
	report := sarif.NewReport().AddRun(s.out)
	if err := report.PrettyWrite(w); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

type sarifReport struct {
	run  *Run
	tell *teller
	out  *sarif.Run
}

func (s *sarifReport) rules() {
	for _, c := range s.run.Checks {
		help := fmt.Sprintf("Requirement: %s\nLevel: %s\nSource: %s\n", c.Requirement, c.Level, c.Source)
		if c.Otherwise != "" {
			help += "A target that fails " + strings.NewReplacer("{value}", "too long", " in {scenario}", "").Replace(c.Otherwise) + ".\n"
		}
		help += "How it is measured, causes and cures: finwait explain " + c.ID + "\n"
		s.rule(c.ID, cmp.Or(c.Requirement, c.ID), help, c.Level, severity(c.Level))
	}
	s.rule(ruleStale, "every known failure is seen, and its remedy is proven",
		"An entry of known-failures.yaml that nothing matches, that passes, or whose remedy does not pass, is taken out or corrected.\n", "finwait", sarif.LevelError)
	s.rule(ruleUnstable, "every verdict is the same in each repeat",
		"finwait run --repeat judged it in more than one way: look at what differs from repeat to repeat.\n", "finwait", sarif.LevelError)
}

func (s *sarifReport) rule(id, short, help, tag, level string) {
	r := s.out.AddRule(id)
	r.ShortDescription, r.FullDescription, r.Help = multiformat(short), multiformat(short), multiformat(help)
	r.DefaultConfiguration = sarif.NewReportingConfiguration()
	r.DefaultConfiguration.Level = level
	r.Properties = sarif.NewPropertyBag().WithTags([]string{tag})
}

func multiformat(text string) *sarif.MultiformatMessageString {
	m := sarif.NewMultiformatMessageString()
	m.Text = &text
	return m
}

// severity is that of a check of a level that fails.
func severity(level string) string {
	if level == "observe" {
		return sarif.LevelNote
	}
	return sarif.LevelError
}

// results adds one for each check on each configuration that is not as expected, or not clear. Failures come before what
// is not clear and that before what is known: the first of them that there is gives the result its level and its words.
func (s *sarifReport) results() {
	type key struct{ config, check string }
	var order []key
	found := map[key]map[Verdict][]Result{}
	for _, r := range s.run.Results {
		t, ok := s.run.Target(r.Target)
		if !ok || !slices.Contains([]Verdict{Fail, Inconclusive, KnownFailure}, r.Verdict) {
			continue
		}
		k := key{s.run.ConfigFile(t), r.Check}
		if found[k] == nil {
			found[k] = map[Verdict][]Result{}
			order = append(order, k)
		}
		found[k][r.Verdict] = append(found[k][r.Verdict], r)
	}
	for _, k := range order {
		for _, v := range []Verdict{Fail, Inconclusive, KnownFailure} {
			if some := found[k][v]; len(some) > 0 {
				s.result(k.check, k.config, v, some)
				break
			}
		}
	}
}

func (s *sarifReport) result(check, config string, v Verdict, some []Result) {
	level := map[Verdict]string{Fail: sarif.LevelError, Inconclusive: sarif.LevelWarning, KnownFailure: sarif.LevelNote}[v]
	r := s.add(check, config, level, s.message(v, some))
	r.Locations = []*sarif.Location{s.locate(some[0])}
	for _, other := range some[1:] {
		if other.Line != 0 && other.Line != some[0].Line {
			r.RelatedLocations = append(r.RelatedLocations, s.locate(other))
			r.RelatedLocations[0].Message = sarif.NewTextMessage("the same on this line")
			break // spoken to over TLS: a configuration that says everything twice
		}
	}
	if v == KnownFailure && some[0].Known != nil {
		known := some[0].Known
		r.Suppressions = []*sarif.Suppression{sarif.NewSuppression().WithKind("external").WithStatus("accepted").
			WithJustification(fmt.Sprintf("%s: %s", known.Entry, known.Why))}
	}
}

// add adds a result of a rule on a file, without its place.
func (s *sarifReport) add(rule, file, level, message string) *sarif.Result {
	r := s.out.CreateResultForRule(rule)
	r.Level = level
	r.Message = sarif.NewTextMessage(message)
	r.PartialFingerprints = map[string]string{"finwait/v1": rule + " " + file}
	return r
}

// message says what is wrong in its first sentence, then what was expected and seen, and what to do.
func (s *sarifReport) message(v Verdict, some []Result) string {
	sentence := s.tell.sentence(v, some).Text
	if v == Inconclusive {
		sentence = fmt.Sprintf("it is not clear whether %s passes %s: %s", s.who(some), some[0].Check, inShort(some[0].Actual))
	}
	parts := []string{full(sentence), "Expected: " + full(some[0].Expected)}
	if !strings.Contains(sentence, inShort(some[0].Actual)) {
		parts = append(parts, "Seen: "+inShort(some[0].Actual))
	}
	switch known := some[0].Known; {
	case known != nil && known.Remedy != "":
		parts = append(parts, "Remedy: "+full(known.Remedy))
	case some[0].Hint != "":
		parts = append(parts, "Hint: "+full(some[0].Hint))
	}
	text := strings.Join(parts, ". ") + "."
	if command := Repeat(s.run, some); len(command) > 0 {
		text += " Repeat it: " + strings.Join(command, " ")
	}
	return text
}

// who names the targets of results: "nginx@1.30.6/a or nginx@1.30.6/a+tls".
func (s *sarifReport) who(some []Result) string { return strings.Join(s.tell.subjects(some), " or ") }

// unstable adds one result for each check on each configuration whose verdict was not the same in every repeat.
func (s *sarifReport) unstable() {
	seen := map[string]bool{}
	for _, u := range s.run.Unstable {
		t, ok := s.run.Target(u.Target)
		if id := s.run.ConfigFile(t) + " " + u.Check; ok && !seen[id] {
			seen[id] = true
			counts := strings.ReplaceAll(strings.Join(u.counts(), ", "), hardSpace, " ")
			r := s.add(ruleUnstable, id, sarif.LevelError, fmt.Sprintf("%s is not stable on %s: it was judged %s.", u.Check, u.where(), counts))
			r.Locations = []*sarif.Location{s.place(s.run.ConfigFile(t), t.Route, configLine(t, t.Route))}
		}
	}
}

// known adds what known-failures.yaml says wrongly, on the entry itself.
func (s *sarifReport) known() {
	for _, r := range s.run.Results {
		if r.Verdict == UnexpectedPass && r.Known != nil {
			s.entry(r.Known.Entry, r.Check, s.tell.sentence(r.Verdict, []Result{r}).Text+". Take the entry out, or narrow it.")
		}
	}
	for _, stale := range s.run.Stale {
		why := cmp.Or(stale.Why, "nothing in this run matches it: take it out, or correct it")
		s.entry(stale.Entry, stale.Check, fmt.Sprintf("The known failure of %s is stale: %s.", stale.Check, full(why)))
	}
}

// entry adds a result on an entry of known-failures.yaml, which is named as "proxies/nginx/known-failures.yaml:9"; one
// result for the check, however often it is contradicted.
func (s *sarifReport) entry(entry, check, message string) {
	file, number, _ := strings.Cut(entry, ":")
	var line int
	if _, err := fmt.Sscanf(number, "%d", &line); err != nil {
		line = 0
	}
	file = s.run.below(strings.TrimPrefix(file, "proxies/"))
	for _, other := range s.out.Results {
		if other.PartialFingerprints["finwait/v1"] == ruleStale+" "+file+" "+check {
			return
		}
	}
	r := s.add(ruleStale, file+" "+check, sarif.LevelError, message)
	r.Locations = []*sarif.Location{s.place(file, line, "")}
}

// invocation says whether everything was measured, and what was not.
func (s *sarifReport) invocation() {
	i := sarif.NewInvocation()
	whole := s.run.Interrupted == ""
	tell := func(text string) {
		whole = false
		n := sarif.NewNotification()
		n.Level, n.Message = sarif.LevelError, sarif.NewTextMessage(text)
		i.ToolExecutionNotifications = append(i.ToolExecutionNotifications, n)
	}
	if !whole {
		tell("The run was interrupted: " + s.run.Interrupted + ". What is here is not the whole run.")
	}
	if c := s.run.Card; c != nil && c.Unproven != "" {
		tell(capitalised(c.says()) + ".")
	}
	for _, f := range Findings(s.run) {
		if f.Verdict == HarnessError || s.run.ofControl(f) {
			tell(s.tell.sentence(f.Verdict, f.Results()).Text)
		}
	}
	started, finished, code := s.run.Started.UTC().Format(time.RFC3339), s.run.Finished.UTC().Format(time.RFC3339), s.run.ExitCode()
	i.StartTimeUtc, i.EndTimeUtc, i.ExitCode, i.ExecutionSuccessful = &started, &finished, &code, &whole
	s.out.Invocations = []*sarif.Invocation{i}
}

// ofControl reports whether a finding is about the control.
func (r *Run) ofControl(f Finding) bool {
	_, of := r.Target(f.Seen[0].Results[0].Target)
	return !of
}
