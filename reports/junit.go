package reports

import (
	"cmp"
	"encoding/xml"
	"fmt"
	"io"
	"math"
	"strings"

	junit "github.com/onsi/ginkgo/v2/reporters"
)

func init() {
	register(Format{
		Name:  "junit",
		About: "for CI systems: a suite for each target, a test case for each check in each scenario",
		File:  "junit.xml",
		Write: writeJUnit,
	})
}

// How verdicts are shown, so that a CI system is red for what makes the exit code 1 or 3, and for nothing else:
//
//	pass, observed                                    passed
//	fail, unexpected-pass, what is stale or unstable  failure
//	harness-error, a control that fails, an interrupt error
//	known-failure, inconclusive, unsupported          skipped, with the reason: nothing to act on, and no pass either
//
// With a sign-off card a fail that only makes a RISK is skipped too unless the run is strict, and so is one of the
// configuration that it was compared with; where nothing is decided is an error.
//
// The time of a case is its longest measured duration, that of a suite their sum.
func writeJUnit(w io.Writer, run *Run, _ Style) error {
	run, err := printableRun(run) // XML 1.0 has fewer characters than Unicode
	if err != nil {
		return err
	}
	j := junitReport{run: run, tell: newTeller(run)}
	j.itself()
	for _, control := range controls(run) {
		j.add(j.suite(control, "control", run.controlName(control.ID, control.Shard)), run.Control, control, j.controlCase)
	}
	for _, target := range inReadingOrder(run.Targets) {
		j.add(j.suite(target, target.Proxy, target.ID), run.Results, target, j.resultCase)
	}
	j.all.Time = run.Finished.Sub(run.Started).Seconds()
	if _, err := io.WriteString(w, xml.Header); err != nil {
		return err
	}
	encoder := xml.NewEncoder(w)
	encoder.Indent("", "  ")
	if err := encoder.Encode(j.all); err != nil {
		return err
	}
	_, err = io.WriteString(w, "\n")
	return err
}

type junitReport struct {
	run  *Run
	tell *teller
	all  junit.JUnitTestSuites
}

// suite is that of a target or a control, without its cases.
func (j *junitReport) suite(t Target, group, name string) junit.JUnitTestSuite {
	s := junit.JUnitTestSuite{Name: name, Package: group, Timestamp: j.run.Started.UTC().Format("2006-01-02T15:04:05")}
	for _, p := range []junit.JUnitProperty{
		{Name: "finwait", Value: j.run.Finwait},
		{Name: "run", Value: cmp.Or(t.Shard, j.run.ID)},
		{Name: "runtime", Value: j.run.Environment.Runtime},
		{Name: "kernel", Value: j.run.Environment.Kernel},
		{Name: "configuration", Value: j.run.ConfigFile(t)},
		{Name: "image", Value: t.Image},
		{Name: "image_digest", Value: t.ImageDigest},
		{Name: "varies", Value: t.Varies},
		{Name: "changes", Value: strings.Join(t.Changes, "; ")},
		{Name: "decision", Value: j.run.decisionAbout(t)},
		{Name: "url", Value: j.run.routeOf(t.ID).URL},
	} {
		if p.Value != "" {
			s.Properties.Properties = append(s.Properties.Properties, p)
		}
	}
	return s
}

// add fills a suite with the cases of its results, and adds it to the report.
func (j *junitReport) add(s junit.JUnitTestSuite, results []Result, t Target, makeCase func(Result) junit.JUnitTestCase) {
	for _, r := range results {
		if r.Target != t.ID || r.Shard != "" && r.Shard != t.Shard {
			continue
		}
		c := makeCase(r)
		c.Name = r.Check
		if r.Scenario != "" {
			c.Name += " · " + r.Scenario
		}
		// Jenkins makes packages of what stands before the last dot.
		c.Classname = s.Package + "." + strings.ReplaceAll(s.Name, ".", "_")
		c.Status = string(r.Verdict)
		c.Time = toMicros(r.Max / 1e3)
		s.TestCases = append(s.TestCases, c)
	}
	j.count(s)
}

// count adds a suite whose cases are all there.
func (j *junitReport) count(s junit.JUnitTestSuite) {
	for _, c := range s.TestCases {
		s.Tests++
		s.Time += c.Time
		switch {
		case c.Error != nil:
			s.Errors++
		case c.Failure != nil:
			s.Failures++
		case c.Skipped != nil:
			s.Skipped++
		}
	}
	s.Time = toMicros(s.Time)
	j.all.Tests += s.Tests
	j.all.Errors += s.Errors
	j.all.Failures += s.Failures
	j.all.Disabled += s.Skipped
	j.all.TestSuites = append(j.all.TestSuites, s)
}

func (j *junitReport) resultCase(r Result) junit.JUnitTestCase {
	var c junit.JUnitTestCase
	switch r.Verdict {
	case Pass, Observed:
		if r.Verdict == Observed {
			c.SystemOut = details("observed", r.Actual)
		}
		return c
	case Fail, UnexpectedPass:
		if why := j.run.toleratedBy(r); why != "" {
			c.Skipped = &junit.JUnitSkipped{Message: why + ": " + j.message(r)}
			break
		}
		c.Failure = &junit.JUnitFailure{Message: j.message(r), Type: string(r.Verdict), Description: j.description(r)}
	case HarnessError:
		c.Error = &junit.JUnitError{Message: inShort(r.Actual), Type: string(r.Verdict), Description: r.Actual}
	case KnownFailure:
		c.Skipped = &junit.JUnitSkipped{Message: knownText(r)}
	default:
		c.Skipped = &junit.JUnitSkipped{Message: string(r.Verdict) + ": " + inShort(r.Actual)}
	}
	c.SystemOut = j.output(r)
	return c
}

// controlCase is that of a control: nothing of it is a finding about a proxy.
func (j *junitReport) controlCase(r Result) junit.JUnitTestCase {
	c := j.resultCase(r)
	if c.Failure != nil {
		c.Error = &junit.JUnitError{Message: "the control fails, so nothing measured can be trusted: " + c.Failure.Message,
			Type: "control", Description: c.Failure.Description}
		c.Failure = nil
	}
	return c
}

func (j *junitReport) message(r Result) string { return j.tell.sentence(r.Verdict, []Result{r}).Text }

func knownText(r Result) string {
	if r.Known == nil {
		return string(KnownFailure)
	}
	text := fmt.Sprintf("%s, %s: %s", KnownFailure, r.Known.Entry, full(r.Known.Why))
	if r.Known.Remedy != "" {
		text += ". Remedy: " + full(r.Known.Remedy)
	}
	return text
}

// description is what CI systems show below the message.
func (j *junitReport) description(r Result) string {
	text := details("expected", r.Expected) + details("actual", r.Actual) + details("hint", r.Hint)
	text += details("line", strings.Join(j.run.causes([]Result{r}), " "))
	if f, ok := j.run.cardFindingOf(r); ok {
		text += details("change", f.Change) + details("evidence", f.Evidence)
	}
	return text + details("repeat", strings.Join(Repeat(j.run, []Result{r}), " "))
}

// output is everything else that is known of a result.
func (j *junitReport) output(r Result) string {
	c := j.run.check(r)
	text := details("requirement", c.Requirement) + details("source", c.Source) + details("expected", r.Expected) + details("actual", r.Actual)
	if r.Known != nil {
		text += details("entry", r.Known.Entry) + details("why", r.Known.Why) + details("remedy", r.Known.Remedy)
	}
	return text + details("evidence", strings.Join(r.Evidence, " "))
}

// toMicros rounds seconds to microseconds.
func toMicros(seconds float64) float64 { return math.Round(seconds*1e6) / 1e6 }

// details is a line with its label, or nothing.
func details(label, text string) string {
	if text == "" {
		return ""
	}
	return fmt.Sprintf("%-12s%s\n", label, text)
}

// itself is the suite of what belongs to no target: whether the run is whole, and the known failures and verdicts that
// it contradicts.
func (j *junitReport) itself() {
	s := j.suite(Target{}, "finwait", "finwait run")
	whole := junit.JUnitTestCase{Name: "the run is whole", Classname: "finwait.run", Status: string(Pass)}
	if len(j.run.Results) == count(j.run.Results)[Unsupported] {
		whole.Status = "unmeasured"
		whole.Error = &junit.JUnitError{Message: "no result says anything", Type: "unmeasured", Description: "Nothing that was judged could be measured here."}
	}
	if why := j.run.Interrupted; why != "" {
		whole.Status = "interrupted"
		whole.Error = &junit.JUnitError{Message: "interrupted: " + why, Type: "interrupted", Description: "What follows is not the whole run."}
	}
	if c := j.run.Card; c != nil && c.Unproven != "" {
		whole.Status = "unproven"
		whole.Error = &junit.JUnitError{Message: c.says(), Type: "unproven", Description: "What was seen stands below; it decides nothing."}
	}
	s.TestCases = append(s.TestCases, whole)
	for _, stale := range j.run.Stale {
		why := cmp.Or(stale.Why, "nothing in this run matches it: take it out, or correct it")
		s.TestCases = append(s.TestCases, junit.JUnitTestCase{
			Name: "known failure " + stale.Entry + " · " + stale.Check, Classname: "finwait.known-failures", Status: "stale",
			Failure: &junit.JUnitFailure{Message: "stale: " + why, Type: "stale", Description: why},
		})
	}
	for _, u := range j.run.Unstable {
		counts := strings.ReplaceAll(strings.Join(u.counts(), ", "), hardSpace, " ")
		s.TestCases = append(s.TestCases, junit.JUnitTestCase{
			Name: "stable " + u.Check + " · " + u.where(), Classname: "finwait.repeats", Status: "unstable",
			Failure: &junit.JUnitFailure{Message: "not stable: " + counts, Type: "unstable",
				Description: fmt.Sprintf("In %s it was judged %s.", plural(j.run.Options.Repeat, "repeat"), counts)},
		})
	}
	j.count(s)
}
