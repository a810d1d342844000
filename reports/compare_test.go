package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

func compared(t *testing.T, base, head *synthetic) *Comparison {
	t.Helper()
	c, err := CompareRuns(&base.Run, &head.Run, relative)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestCompareARunWithItself(t *testing.T) {
	c := compared(t, matrix(t), matrix(t))
	if c.Worse || c.ExitCode() != ExitExpected || len(c.Changes)+len(c.differences())+len(c.Weak) != 0 {
		t.Errorf("got %+v", c)
	}
	if c.Compared.Targets != 16 || c.Compared.Verdicts != 62 || c.Compared.Durations != 46 {
		t.Errorf("compared %+v", c.Compared)
	}
}

// Two runs of the same, each with its own noise, and then on a machine on which everything takes twice as long.
func TestCompareEqualRuns(t *testing.T) {
	for seed := range uint64(40) {
		base, head := newSynthetic(100+seed), newSynthetic(200+seed)
		for i := range 30 {
			id := fmt.Sprintf("p@1/c%02d", i)
			base.proxy(id, "", 0.6, 3)
			head.proxy(id, "", 0.6, 30)
		}
		if c := compared(t, base, head); len(c.Changes) > 0 {
			t.Errorf("seed %d: %+v", seed, c.Changes)
		}
		for _, list := range [][]Result{head.Results, head.Control} {
			for i, r := range list {
				if r.Check == "close/latency" {
					for j := range r.Samples {
						list[i].Samples[j] *= 2
					}
				}
			}
		}
		c := compared(t, base, head)
		if len(c.Changes) > 0 {
			t.Errorf("seed %d, a slower machine: %+v", seed, c.Changes)
		}
		if len(c.Control) == 0 {
			t.Errorf("seed %d: it is not said that the control moved", seed)
		}
	}
}

func TestVerdictKind(t *testing.T) {
	for _, test := range []struct {
		from, to Verdict
		want     Kind
	}{
		{Pass, Pass, ""},
		{Pass, Fail, Worse},
		{Pass, KnownFailure, Worse},
		{KnownFailure, Fail, Worse},
		{UnexpectedPass, Fail, Worse},
		{Fail, Pass, Better},
		{KnownFailure, Pass, Better},
		{KnownFailure, UnexpectedPass, Better},
		{Fail, KnownFailure, Other},
		{Pass, UnexpectedPass, Other},
		{Pass, HarnessError, Lost},
		{KnownFailure, Inconclusive, Lost},
		{Observed, Unsupported, Lost},
		{Unsupported, Fail, Gained},
		{Inconclusive, Pass, Gained},
		{HarnessError, Observed, Gained},
		{HarnessError, Inconclusive, Other},
		{Observed, Pass, Other},
	} {
		if got := verdictKind(test.from, test.to); got != test.want {
			t.Errorf("%s to %s is %q, want %q", test.from, test.to, got, test.want)
		}
	}
	for _, from := range Verdicts() {
		for _, to := range Verdicts() {
			if from != to && !slices.Contains(Kinds(), verdictKind(from, to)) {
				t.Errorf("%s to %s is of no kind", from, to)
			}
		}
	}
}

func TestCompareDurations(t *testing.T) {
	base, head := newSynthetic(41), newSynthetic(42)
	for _, id := range []string{"p@1/same", "p@1/slower", "p@1/quicker"} {
		base.proxy(id, "", 3, 5)
	}
	head.proxy("p@1/same", "", 3, 40)
	head.proxy("p@1/slower", "", 9, 5)
	head.proxy("p@1/quicker", "", 0.5, 5)
	c := compared(t, base, head)
	var got []string
	for _, x := range c.Changes {
		got = append(got, fmt.Sprintf("%s %s %s %s", x.Kind, x.Target, x.Check, x.Difference.By))
	}
	if want := []string{"worse p@1/slower close/latency medians", "better p@1/quicker close/latency medians"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if c.ExitCode() != ExitFailed {
		t.Errorf("exit code %d", c.ExitCode())
	}
	loose, err := CompareRuns(&base.Run, &head.Run, 5)
	if err != nil || len(loose.Changes) != 0 {
		t.Errorf("with a threshold of five times: %+v, %v", loose.Changes, err)
	}
}

// A lost measurement is said, and not worse; one that gives nothing to compare at all is no success either.
func TestCompareLostMeasurements(t *testing.T) {
	base, head := matrix(t), matrix(t)
	for i := range head.Results {
		if head.Results[i].Target == "nginx@1.9.15/map" {
			head.Results[i].Verdict, head.Results[i].Actual = HarnessError, "not brought up: port in use"
		}
	}
	c := compared(t, base, head)
	if c.Worse || c.number(Lost) != 4 || len(c.Changes) != 4 {
		t.Errorf("got %+v", c.Changes)
	}
	if folds := c.ofKind(Lost); len(folds) != 1 || folds[0].actual != "not brought up: port in use" {
		t.Errorf("one cause is %d lines: %+v", len(folds), folds)
	}
	for i := range head.Results {
		head.Results[i].Verdict = HarnessError
	}
	if c := compared(t, base, head); c.Worse || c.ExitCode() != ExitUnmeasurable {
		t.Errorf("nothing was measured, and the exit code is %d", c.ExitCode())
	}
}

func TestCompareUpgrade(t *testing.T) {
	build := func(ids ...string) *synthetic {
		s := newSynthetic(51)
		for _, id := range ids {
			s.proxy(id, "", 0.6, 3)
		}
		return s
	}
	for _, test := range []struct {
		name       string
		base, head []string
		upgrades   []Upgrade
		came, went []string
	}{
		{"an upgrade", []string{"p@1.9/a", "p@1.9/a+tls"}, []string{"p@1.10/a", "p@1.10/a+tls"},
			[]Upgrade{{"p@1.9/a", "p@1.10/a", false}, {"p@1.9/a+tls", "p@1.10/a+tls", false}}, []string{}, []string{}},
		{"a downgrade", []string{"p@1.10/a"}, []string{"p@1.9/a"}, []Upgrade{{"p@1.10/a", "p@1.9/a", true}}, []string{}, []string{}},
		{"two versions in head", []string{"p@1/a", "q@1/a"}, []string{"p@2/a", "p@3/a", "q@1/a"}, []Upgrade{}, []string{"p@2/a", "p@3/a"}, []string{"p@1/a"}},
		{"two versions in base", []string{"p@1/a", "p@2/a", "q@1/a"}, []string{"p@3/a", "q@1/a"}, []Upgrade{}, []string{"p@3/a"}, []string{"p@1/a", "p@2/a"}},
		{"one more version", []string{"p@1/a"}, []string{"p@1/a", "p@2/a"}, []Upgrade{}, []string{"p@2/a"}, []string{}},
		{"another configuration", []string{"p@1/a", "q@1/a"}, []string{"p@2/b", "q@1/a"}, []Upgrade{}, []string{"p@2/b"}, []string{"p@1/a"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			c := compared(t, build(test.base...), build(test.head...))
			if !reflect.DeepEqual(c.Upgrades, test.upgrades) || !reflect.DeepEqual(c.Targets, CameWent{test.came, test.went}) {
				t.Errorf("got %+v and %+v", c.Upgrades, c.Targets)
			}
		})
	}
}

func TestCompareNothingShared(t *testing.T) {
	base, head := newSynthetic(61), newSynthetic(62)
	base.proxy("p@1/a", "", 0.6, 3)
	head.proxy("q@1/a", "", 0.6, 3)
	_, err := CompareRuns(&base.Run, &head.Run, relative)
	if err == nil || !strings.Contains(err.Error(), "share no target: base has p@1/a, head has q@1/a") {
		t.Errorf("got %v", err)
	}
	other := newSynthetic(62)
	other.proxy("p@1/a", "", 0.6, 3)
	other.Results = nil
	if c, err := CompareRuns(&base.Run, &other.Run, relative); err != nil || c.ExitCode() != ExitUnmeasurable {
		t.Errorf("what has no results: %v", err)
	}
	other.Checks = nil
	if _, err := CompareRuns(&base.Run, &other.Run, relative); err == nil || !strings.Contains(err.Error(), "no check") {
		t.Errorf("got %v", err)
	}
}

// changed is the matrix a night later: something of everything.
func changed(t *testing.T) *synthetic {
	t.Helper()
	s := matrix(t)
	s.ID, s.Started, s.Finwait = "head", s.Started.AddDate(0, 0, 1), "0.2.0"
	s.Finished = s.Started.Add(time.Minute)
	for _, id := range []string{"apache@2.4.71/nohalfclose", "nginx@1.30.6/map", "nginx@1.30.6/map+tls"} {
		for _, scenario := range []string{"backend-drops-client-holds", "client-holds"} {
			*s.at(t, id, "cleanup/back-leg-released", scenario) = held(id, scenario, 0)
		}
	}
	known := s.at(t, "nginx@1.30.6/refused", "cleanup/back-leg-released", "client-holds")
	*known = held(known.Target, known.Scenario, 0)
	known.Verdict, known.Known = KnownFailure, &Known{Why: "It keeps half-closed connections | since <1.30>.", Source: "its code"}
	*s.at(t, "apache@2.4.71/nokeepalive", "close/latency", "client-close") = s.latency("apache@2.4.71/nokeepalive", 12)
	*s.at(t, "nginx@1.9.15/map", "cleanup/back-leg-released", "client-holds") = held("nginx@1.9.15/map", "client-holds", 2)
	lost := s.at(t, "apache@2.4.62/wstunnel", "close/fin-not-reset", "client-close")
	lost.Verdict, lost.Actual = HarnessError, "not brought up: \x1b[31mport in use @nobody"
	s.Results = slices.DeleteFunc(s.Results, func(r Result) bool { return r.Target == "apache@2.4.62/nohalfclose" })
	s.Targets = slices.DeleteFunc(s.Targets, func(t Target) bool { return t.ID == "apache@2.4.62/nohalfclose" })
	s.proxy("caddy@2.11.4/default", "", 0.6, 3)
	s.Checks = append(s.Checks, CheckInfo{ID: "close/new", Level: "must"})
	for i := range s.Targets {
		target := &s.Targets[i]
		switch target.ID {
		case "apache@2.4.71/nokeepalive":
			target.ConfigSHA256, target.ConfigText = "other", "Listen 80\nProxyTimeout 5\n"
			target.Behaviour[2].Value = "60 s"
		case "nginx@1.30.6/map":
			target.ImageDigest = "sha256:0123456789abcdef0123456789abcdef"
		}
	}
	s.Unstable = []Unstable{{Target: "nginx@1.30.6/map", Check: "close/latency", Scenario: "client-close", Verdicts: map[Verdict]int{Pass: 1, Fail: 2}}}
	s.Stale = []Stale{{Entry: "proxies/nginx/known-failures.yaml:3", Check: "close/latency"}}
	s.Environment.Kernel, s.Environment.CPUs = "6.8.0", 4
	s.Options.Samples, s.Options.Patience, s.Options.Seed = 100, 5000, 7
	s.Options.Budgets = map[string]any{"latency_added_ns": 5e7}
	s.Interrupted, s.Quiet = "Ctrl-C in the patient pass.", Quiet{Rounds: 40, Kept: 3}
	s.Control[0] = s.latency("direct", 1.2)
	s.Sort()
	return s
}

func baseOfChanged(t *testing.T) *synthetic {
	t.Helper()
	s := matrix(t)
	for i := range s.Targets {
		if s.Targets[i].ID == "apache@2.4.71/nokeepalive" {
			s.Targets[i].ConfigText = "Listen 80\nProxyTimeout 60\n"
		}
	}
	return s
}

func TestCompareGolden(t *testing.T) {
	for _, f := range compareFormats {
		for name, pair := range map[string][2]*synthetic{
			"compare":       {baseOfChanged(t), changed(t)},
			"compare-equal": {matrix(t), matrix(t)},
		} {
			t.Run(name+" "+f.name, func(t *testing.T) {
				golden(t, name+"."+f.name, shownAs(t, f, pair[0], pair[1], Style{Width: 100}))
			})
		}
	}
}

func shownAs(t *testing.T, f compareFormat, base, head *synthetic, style Style) []byte {
	t.Helper()
	b, err := printableRun(&base.Run)
	if err != nil {
		t.Fatal(err)
	}
	h, err := printableRun(&head.Run)
	if err != nil {
		t.Fatal(err)
	}
	c, err := CompareRuns(b, h, relative)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	if err := f.write(c, &out, style); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

func TestCompareTextFits(t *testing.T) {
	for _, width := range []int{100, 80} {
		out := shownAs(t, compareFormats[0], baseOfChanged(t), changed(t), Style{Width: width})
		for line := range strings.Lines(string(out)) {
			line = strings.TrimSuffix(line, "\n")
			if n := utf8.RuneCountInString(line); n > width && longestWord(line) < width-20 {
				t.Errorf("width %d: %d columns: %s", width, n, line)
			}
		}
	}
}

// What a program reads is the documented type, and lists are never null.
func TestCompareJSON(t *testing.T) {
	for _, head := range []*synthetic{changed(t), matrix(t)} {
		out := shownAs(t, compareFormats[2], matrix(t), head, Style{})
		var c Comparison
		decoder := json.NewDecoder(bytes.NewReader(out))
		decoder.DisallowUnknownFields()
		if err := decoder.Decode(&c); err != nil {
			t.Fatal(err)
		}
		if c.Schema != CompareSchema || c.Worse != (len(c.Changes) > 0) || bytes.Contains(out, []byte("null")) {
			t.Errorf("got %s", out)
		}
	}
}
