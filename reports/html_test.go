package reports

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/finwait/finwait/fixtures/trace"
)

func renderHTML(t *testing.T, run *Run) string {
	t.Helper()
	var out bytes.Buffer
	if err := writeHTML(&out, run, Style{}); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

// elements are all elements of a document that accept accepts.
func elements(t *testing.T, document string, accept func(*html.Node) bool) []*html.Node {
	t.Helper()
	root, err := html.Parse(strings.NewReader(document))
	if err != nil {
		t.Fatal(err)
	}
	var found []*html.Node
	for n := range root.Descendants() {
		if n.Type == html.ElementNode && accept(n) {
			found = append(found, n)
		}
	}
	return found
}

func named(name string) func(*html.Node) bool {
	return func(n *html.Node) bool { return n.Data == name }
}

func attribute(n *html.Node, name string) string {
	for _, a := range n.Attr {
		if a.Key == name {
			return a.Val
		}
	}
	return ""
}

func textOf(n *html.Node) string {
	var out strings.Builder
	for d := range n.Descendants() {
		if d.Type == html.TextNode {
			out.WriteString(d.Data)
		}
	}
	return out.String()
}

// unpacked are the packed pages of a document, by their names.
func unpacked(t *testing.T, document string) map[string]string {
	t.Helper()
	pages := map[string]string{}
	for _, n := range elements(t, document, named("script")) {
		name := attribute(n, "data-target")
		if name == "" {
			continue
		}
		packed, err := base64.StdEncoding.DecodeString(textOf(n))
		if err != nil {
			t.Fatal(err)
		}
		reader, err := gzip.NewReader(bytes.NewReader(packed))
		if err != nil {
			t.Fatal(err)
		}
		page, err := io.ReadAll(reader)
		if err != nil {
			t.Fatal(err)
		}
		pages[name] = string(page)
	}
	return pages
}

// The first screen, without what is the same in every page and what is packed.
func TestHTMLGolden(t *testing.T) {
	for name, run := range map[string]*Run{"html": sample(t), "html-interrupted": interrupted(t), "html-repeated": repeated(t)} {
		t.Run(name, func(t *testing.T) {
			page := renderHTML(t, run)
			from, to := strings.Index(page, `<main id="home">`), strings.Index(page, "</main>\n\n<footer>")
			if from < 0 || to < from {
				t.Fatal("there is no first screen")
			}
			golden(t, name, []byte(page[from:to]))
		})
	}
}

func TestHTMLOfEveryKindOfRun(t *testing.T) {
	runs := variants(t)
	runs["empty"] = &Run{}
	for name, run := range runs {
		page := renderHTML(t, run)
		if want := newPage(Style{}).conclusion(run); !strings.Contains(page, ">"+want+"</h1>") {
			t.Errorf("%s: the page does not conclude %s", name, want)
		}
		rows := elements(t, page, func(n *html.Node) bool { return attribute(n, "data-target") != "" && n.Data == "script" })
		if want := len(NewOverview(run).Rows); len(rows) != want {
			t.Errorf("%s: %d packed pages, want %d", name, len(rows), want)
		}
	}
}

func TestHTMLPacksEveryResult(t *testing.T) {
	run := withEvidence(t)
	pages := unpacked(t, renderHTML(t, run))
	for _, r := range slices.Concat(run.Results, run.Control) {
		cells := elements(t, pages[r.Target], func(n *html.Node) bool { return n.Data == "section" && attribute(n, "data-view") == r.Check })
		if len(cells) != 1 {
			t.Fatalf("%d cells of %s on %s", len(cells), r.Check, r.Target)
		}
		found := false
		for n := range cells[0].Descendants() {
			if n.Data == "section" && attribute(n, "data-scenario") == r.Scenario {
				found = strings.Contains(textOf(n), string(r.Verdict)) && strings.Contains(textOf(n), r.Actual)
			}
		}
		if !found {
			t.Errorf("%s in %q on %s: the cell does not say its verdict and what was seen", r.Check, r.Scenario, r.Target)
		}
	}
}

// The checks of one scenario show the same drawing; what is not there is said.
func TestHTMLTimelines(t *testing.T) {
	run := withEvidence(t)
	pages := unpacked(t, renderHTML(t, run))
	page := pages["apache@2.4.69/wstunnel"]
	if n := strings.Count(page, `<template data-figure="`); n != 2 {
		t.Errorf("%d drawings, want the worst and the typical one", n)
	}
	if uses := strings.Count(page, `data-use="`); uses < 2 {
		t.Errorf("the drawings are used %d times", uses)
	}
	if !strings.Contains(page, "<figcaption>Distribution</figcaption><svg") {
		t.Error("there is no distribution")
	}
	if !strings.Contains(page, "The worst trace") || !strings.Contains(page, "A typical trace") {
		t.Error("the drawings have no names")
	}
	if want := "No timeline: traces/apache-2.4.69_wstunnel/client-close.json was not beside run.json"; !strings.Contains(page, want) {
		t.Error("nothing says that other traces are missing")
	}
	run.files = fstest.MapFS{"traces/apache-2.4.69_wstunnel/client-holds.json": {Data: []byte("[{")}}
	if page := unpacked(t, renderHTML(t, run))["apache@2.4.69/wstunnel"]; !strings.Contains(page, "No timeline: read evidence: traces/") {
		t.Error("nothing says that the traces cannot be read")
	}
}

// attacked puts an attack into every text of a run that something outside finwait could have written.
func attacked(t *testing.T) *Run {
	t.Helper()
	run := withEvidence(t)
	const attack = `</script><img src=x onerror=alert(1)>"'><svg onload=alert(1)>{{.}}` + "\x1b[2J\x00"
	for i := range run.Targets {
		target := &run.Targets[i]
		target.ConfigText, target.Changes = attack+"\n\t"+attack, []string{attack}
		target.Behaviour = []Trait{{attack, attack, attack}}
	}
	for i := range run.Results {
		r := &run.Results[i]
		r.Actual += attack
		r.Expected, r.Hint, r.Evidence, r.Line = attack, attack, append(r.Evidence, "javascript:alert(1)", attack), 2
		if i%7 == 0 {
			r.Target, r.Check, r.Scenario = r.Target+attack, r.Check+attack, attack
		}
		if r.Known != nil {
			r.Known = &Known{attack, attack, attack, attack}
		}
	}
	for i := range run.Checks {
		run.Checks[i].Requirement += attack
	}
	run.Targets = append(run.Targets, Target{ID: run.Results[0].Target, Proxy: attack, Version: attack, Config: attack, Image: attack})
	run.Scenarios = []ScenarioInfo{{"client-holds", attack, attack}}
	run.Interrupted, run.Finwait, run.Environment.Engine = attack, attack, attack
	run.Stale = []Stale{{attack, attack, attack}}
	run.Unstable = []Unstable{{attack, attack, attack, map[Verdict]int{Pass: 1}}}
	return run
}

func TestHTMLEscapes(t *testing.T) {
	page := renderHTML(t, attacked(t))
	documents := unpacked(t, page)
	documents["the first screen"] = page
	for name, document := range documents {
		for _, n := range elements(t, document, func(*html.Node) bool { return true }) {
			switch kind := attribute(n, "type"); {
			case n.Data == "img", n.Data == "iframe", n.Data == "object":
				t.Errorf("%.40q: a <%s>", name, n.Data)
			case n.Data == "script" && kind != "" && kind != "application/x-finwait":
				t.Errorf("%.40q: a script of type %q", name, kind)
			}
			for _, a := range n.Attr {
				if strings.HasPrefix(a.Key, "on") || a.Key == "style" || strings.HasPrefix(strings.TrimSpace(a.Val), "javascript:") {
					t.Errorf("%.40q: %s=%q", name, a.Key, a.Val)
				}
			}
		}
		if strings.ContainsAny(document, "\x1b\x00") {
			t.Errorf("%.40q: control characters", name)
		}
	}
	if n := len(elements(t, page, func(n *html.Node) bool { return n.Data == "script" && attribute(n, "type") == "" })); n != 1 {
		t.Errorf("%d scripts that run, want 1", n)
	}
}

// The policy allows exactly the style and the script that are there, and nothing refers to another file but evidence.
func TestHTMLIsSelfContained(t *testing.T) {
	page := renderHTML(t, withEvidence(t))
	policy := attribute(elements(t, page, func(n *html.Node) bool { return attribute(n, "http-equiv") == "Content-Security-Policy" })[0], "content")
	for _, n := range elements(t, page, func(n *html.Node) bool {
		return n.Data == "style" || n.Data == "script" && attribute(n, "type") == ""
	}) {
		if hash := sourceHash(textOf(n)); !strings.Contains(policy, n.Data+"-src "+hash) {
			t.Errorf("the policy does not allow the page's own %s: %s", n.Data, policy)
		}
	}
	if !strings.HasPrefix(policy, "default-src 'none';") || strings.Contains(policy, "unsafe") {
		t.Errorf("the policy is %s", policy)
	}
	documents := unpacked(t, page)
	documents["the first screen"] = page
	for name, document := range documents {
		for _, n := range elements(t, document, func(*html.Node) bool { return true }) {
			if src := attribute(n, "src"); src != "" {
				t.Errorf("%s: src %q", name, src)
			}
			href := attribute(n, "href")
			own := strings.HasPrefix(href, "#") || href == htmlIcon || strings.HasPrefix(href, "traces/") ||
				strings.HasPrefix(href, "logs/") || strings.HasPrefix(href, "pcap/")
			if href != "" && !own {
				t.Errorf("%s: href %q", name, href)
			}
		}
	}
}

func TestHTMLLeavesTheRunAlone(t *testing.T) {
	run, same := attacked(t), attacked(t)
	renderHTML(t, run)
	if !reflect.DeepEqual(run, same) {
		t.Error("the run was changed")
	}
}

func TestHashLink(t *testing.T) {
	for _, c := range []struct{ page, check, scenario, want string }{
		{"apache@2.4.71/wstunnel+tls", "", "", "#/apache@2.4.71/wstunnel%2Btls"},
		{"apache@2.4.71/wstunnel", "cleanup/back-leg-released", "client-holds", "#/apache@2.4.71/wstunnel/cleanup/back-leg-released?scenario=client-holds"},
		{"direct (nginx)", "", "", "#/direct%20%28nginx%29"},
		{"a?b#c%", "d&e", "f=g", "#/a%3Fb%23c%25/d%26e?scenario=f%3Dg"},
	} {
		if got := string(hashLink(c.page, c.check, c.scenario)); got != c.want {
			t.Errorf("got %s, want %s", got, c.want)
		}
	}
}

// A control that could not show it has no numbers to stand beside, and the latency's budget counts from the control's tail.
func TestNumbersBesideTheControl(t *testing.T) {
	tail := 0.5
	target := Target{ID: "a@1/x"}
	for verdict, want := range map[Verdict]int{Pass: 2, Unsupported: 1} {
		r := Result{Target: target.ID, Check: "close/latency", Metric: "close_latency", Verdict: Pass, N: 6, Samples: []float64{1, 2, 3, 4, 5, 6},
			Max: 6, Control: &tail, ControlTail: &tail, Budget: 30}
		s := &site{run: &Run{Control: []Result{{Target: "direct", Check: r.Check, Verdict: verdict, N: 1}}}}
		v := s.scenario(target, r, &timelines{run: s.run})
		if len(v.Numbers) != want {
			t.Errorf("control %s: %d rows of numbers, want %d", verdict, len(v.Numbers), want)
		}
		if !strings.Contains(string(v.Distribution), "30.5 ms") {
			t.Error("the budget is not drawn above the control's tail")
		}
	}
}

func TestConfigRows(t *testing.T) {
	target := Target{ID: "nginx@1/x", Route: 3, Changes: []string{"keepalive  32;"}, ConfigText: "# finwait: changes keepalive 32;\nupstream app {\n    server backend:8080;\n    keepalive 32;\n}"}
	rows := configRows(target, []Result{
		{Target: target.ID, Check: "close/latency", Verdict: Pass, Line: 4},
		{Target: target.ID, Check: "cleanup/nothing-left", Verdict: KnownFailure, Line: 3},
		{Target: target.ID, Check: "cleanup/nothing-left", Scenario: "client-holds", Verdict: Fail, Line: 3},
	})
	var marked []string
	for _, r := range rows {
		if r.Marked() {
			marked = append(marked, fmt.Sprint(r.N, r.Changes, r.Route, r.Notes))
		}
	}
	want := []string{"3 false true [{fail cleanup/nothing-left #/nginx@1/x/cleanup/nothing-left?scenario=client-holds}]", "4 true false []"}
	if len(rows) != 5 || !slices.Equal(marked, want) {
		t.Errorf("%d rows, marked %q", len(rows), marked)
	}
}

func TestHeatCell(t *testing.T) {
	for want, verdicts := range map[string][]Verdict{
		"":                          {},
		"pass":                      {Pass, Pass},
		"fail in 1 of 3":            {Pass, Fail, KnownFailure},
		"known-failure":             {KnownFailure, KnownFailure},
		"unsupported in 1 of 2":     {Unsupported, Observed},
		"unexpected-pass in 1 of 2": {UnexpectedPass, HarnessError},
	} {
		var results []Result
		for _, v := range verdicts {
			results = append(results, Result{Verdict: v})
		}
		if got := newHeatCell(results).Says; got != want {
			t.Errorf("%v: %q, want %q", verdicts, got, want)
		}
	}
}

// bundled is as large as a run of the bundled matrix: 37 targets with 104 results each, every scenario with its trace,
// and samples that are nowhere the same.
func bundled(t *testing.T) *Run {
	t.Helper()
	run := withEvidence(t)
	like, files := run.Results[0], fstest.MapFS{}
	run.Targets, run.Results, run.Checks, run.Stale = nil, nil, nil, nil
	for c := range 29 {
		run.Checks = append(run.Checks, CheckInfo{ID: fmt.Sprintf("area-%d/check-%d", c/10, c), Requirement: strings.Repeat("as long as a sentence ", 5), Level: "must"})
	}
	for i := range 37 {
		target := Target{ID: fmt.Sprintf("proxy-%d@1.%d.0/config-%d", i/8, i/8, i), Proxy: fmt.Sprintf("proxy-%d", i/8), Version: fmt.Sprintf("1.%d.0", i/8),
			Config: fmt.Sprintf("config-%d", i), ConfigText: strings.Repeat(fmt.Sprintf("directive-%d with a value\n", i), 60)}
		run.Targets = append(run.Targets, target)
		for k := range 104 {
			r := like
			r.Target, r.Check, r.Scenario = target.ID, run.Checks[k%29].ID, fmt.Sprintf("scenario-%d", k%34)
			name := fmt.Sprintf("traces/%d/%s.json", i, r.Scenario)
			r.Evidence, r.Samples = []string{name}, nil
			if k%3 == 0 {
				for s := range 40 {
					r.Samples = append(r.Samples, float64(s)+float64(i*k%97)/31)
				}
				r.N = 40
			}
			run.Results = append(run.Results, r)
			one := heldTraces()[0]
			for e := range 8 { // as many moments as a real one has
				text := trace.Event{At: 11e6 + int64(e)*3e6, Side: trace.Client, Dir: trace.In, Kind: trace.Frame,
					Opcode: trace.OpText, Final: true, Length: 5, Text: fmt.Sprintf("%05d", i*k*e)}
				if e%2 == 1 {
					text.Dir = trace.Out
				}
				one.Events = append(one.Events, text)
			}
			for e := range one.Events { // nowhere the same
				one.Events[e].At += int64((e*7919+k*104729+i*1299709)%2000) * 1e3
			}
			one.Sort()
			content, err := json.Marshal([]any{one})
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: content}
		}
	}
	run.files = files
	return run
}

func TestHTMLIsSmall(t *testing.T) {
	const limit = 3 << 20
	run := bundled(t)
	page := renderHTML(t, run)
	if n := strings.Count(unpacked(t, page)[run.Targets[0].ID], `<template data-figure="`); n != 34 {
		t.Errorf("%d drawings on a page, want one of each scenario", n)
	}
	if len(page) > limit {
		t.Errorf("the page of %d results has %d bytes, at most %d are allowed", len(run.Results), len(page), limit)
	}
	t.Logf("%d results in %d bytes", len(run.Results), len(page))
}
