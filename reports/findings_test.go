package reports

import (
	"reflect"
	"testing"
)

func TestFindings(t *testing.T) {
	fail := func(target, check, scenario, actual string) Result {
		return Result{Target: target, Check: check, Scenario: scenario, Verdict: Fail, Expected: "x", Actual: actual}
	}
	broken := func(target, check string) Result {
		return Result{Target: target, Check: check, Verdict: HarnessError, Actual: "no engine"}
	}
	run := &Run{
		Checks: []CheckInfo{{ID: "a/one", Requirement: "One.", Level: "must"}},
		Results: []Result{
			broken("p@1/a", "a/one"), broken("p@1/a", "a/two"), broken("p@1/b", "a/one"),
			fail("p@1/c", "a/one", "s", "late"), fail("p@1/c", "a/two", "s", "late"),
			fail("p@1/d", "a/one", "s", "late"), fail("p@1/d", "a/one", "t", "later"),
			{Target: "p@1/d", Check: "a/one", Verdict: Pass}, {Target: "p@1/d", Check: "a/one", Verdict: KnownFailure},
		},
		Control: []Result{fail("direct", "a/one", "s", "late")},
	}
	type seen struct {
		verdict Verdict
		check   string
		actuals []string
		results int
	}
	var got []seen
	for _, f := range Findings(run) {
		s := seen{verdict: f.Verdict, check: f.Check.ID, results: len(f.Results())}
		for _, sighting := range f.Seen {
			s.actuals = append(s.actuals, sighting.Actual)
		}
		got = append(got, s)
	}
	want := []seen{
		{Fail, "a/one", []string{"late"}, 1},
		{Fail, "a/one", []string{"late", "later"}, 3},
		{Fail, "a/two", []string{"late"}, 1},
		{HarnessError, "", []string{"no engine"}, 3},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got  %+v\nwant %+v", got, want)
	}
}

func TestWhere(t *testing.T) {
	at := func(target string, scenarios ...string) []Result {
		var results []Result
		for _, s := range scenarios {
			results = append(results, Result{Target: target, Scenario: s})
		}
		return results
	}
	many := []string{"a", "b", "c", "d", "e", "f", "g"}
	tests := []struct {
		name    string
		results [][]Result
		want    string
	}{
		{"one", [][]Result{at("p@1/a", "s")}, "p@1/a in s"},
		{"without a scenario", [][]Result{at("p@1/a", "")}, "p@1/a"},
		{"the same scenarios", [][]Result{at("p@1/a", "s", "t"), at("p@1/b+tls", "s", "t")}, "p@1/a, /b+tls in s, t"},
		{"other scenarios", [][]Result{at("p@1/a", "s"), at("p@1/b", "t")}, "p@1/a in s; p@1/b in t"},
		{"other products", [][]Result{at("p@1/a", "s"), at("p@2/a", "s"), at("q@1/a", "s")}, "p@1/a, p@2/a, q@1/a in s"},
		{"with and without", [][]Result{at("p@1/a", "s", "", "t")}, "p@1/a in s, t"},
		{"many scenarios", [][]Result{at("p@1/a", many...)}, "p@1/a in 7 scenarios"},
		{"all", [][]Result{at("p@1/a", ""), at("p@1/b", ""), at("p@2/a", ""), at("q@1/a", "")}, "all 4 targets"},
	}
	run := &Run{Targets: make([]Target, 4)}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var results []Result
			for _, list := range test.results {
				results = append(results, list...)
			}
			if got := Where(run, results); got != test.want {
				t.Errorf("got %q, want %q", got, test.want)
			}
		})
	}
}

func TestRepeat(t *testing.T) {
	target := func(proxy, version, name string) Target {
		return Target{ID: proxy + "@" + version + "/" + name, Proxy: proxy, Version: version, Config: name}
	}
	on := func(check string, targets ...Target) []Result {
		var results []Result
		for _, t := range targets {
			results = append(results, Result{Target: t.ID, Check: check})
		}
		return results
	}
	a, b, c := target("p", "1", "a"), target("p", "1", "b"), target("q", "1", "c")
	old := target("p", "0", "a")
	one, two := Run{Targets: []Target{a, b, c}}, Run{Targets: []Target{a, b, c, old}, Options: Options{Versions: "all"}}
	own := Run{Targets: []Target{a, b, c}, Options: Options{Folder: "my proxies"}}
	chosen := Run{Targets: []Target{a, b}, Options: Options{Proxies: []string{"p", "r"}, Targets: []string{"p@*"}}}
	tests := []struct {
		name    string
		run     Run
		results []Result
		want    []string
	}{
		{"one target", one, on("x/y", a), []string{"finwait run", "--target 'p@*/a'", "--check 'x/y'"}},
		{"two of a proxy", one, on("x/y", a, b), []string{"finwait run", "--target 'p@*/{a,b}'", "--check 'x/y'"}},
		{"two proxies", one, on("x/y", a, c), []string{"finwait run", "--target 'p@*/a'", "--target 'q@*/c'", "--check 'x/y'"}},
		{"all targets", one, on("x/y", a, b, c), []string{"finwait run", "--check 'x/y'"}},
		{"all that were chosen", chosen, on("x/y", a, b), []string{"finwait run", "--proxy 'p,r'", "--target 'p@*'", "--check 'x/y'"}},
		{"one of two versions", two, on("x/y", old), []string{"finwait run", "--versions all", "--target 'p@0/a'", "--check 'x/y'"}},
		{"a folder of their own", own, on("x/y", a), []string{"finwait run", "--proxies 'my proxies'", "--target 'p@*/a'", "--check 'x/y'"}},
		{"the control", one, []Result{{Target: "direct", Check: "x/y"}}, nil},
		{
			"too many checks to name", one,
			append(append(on("x/1", a), on("x/2", a)...), append(on("x/3", a), on("x/4", a)...)...),
			[]string{"finwait run", "--target 'p@*/a'"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := Repeat(&test.run, test.results); !reflect.DeepEqual(got, test.want) {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
}

func TestQuote(t *testing.T) {
	if got := quote("it's"); got != `'it'\''s'` {
		t.Errorf("got %s", got)
	}
}

func TestChunks(t *testing.T) {
	got := chunks([]string{"aaa", "bbb", "cccccccccc", "d"}, 7)
	want := [][]string{{"aaa", "bbb"}, {"cccccccccc"}, {"d"}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
