package reports

import (
	"bytes"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"
)

// variants are runs that show every part of a report.
func variants(t *testing.T) map[string]*Run {
	t.Helper()
	return map[string]*Run{
		"text":             sample(t),
		"text-green":       allGreen(t),
		"text-interrupted": interrupted(t),
		"text-unmeasured":  unmeasured(t),
		"text-wide":        wide(t),
		"text-repeated":    repeated(t),
		"text-merged":      mergedOf(t, twoShards(t)),
	}
}

// allGreen is the sample with all that is not as expected gone.
func allGreen(t *testing.T) *Run {
	t.Helper()
	run := sample(t)
	run.Stale = nil
	for i, r := range run.Results {
		if r.Verdict.bad() {
			run.Results[i] = Result{Target: r.Target, Check: r.Check, Scenario: r.Scenario, Level: r.Level, Verdict: Pass, N: 20, P50: 0.7, P99: 1.1, Max: 1.2}
		}
	}
	return run
}

// repeated was measured ten times on a machine that was not quiet; two verdicts were not stable.
func repeated(t *testing.T) *Run {
	t.Helper()
	run := allGreen(t)
	run.Options.Repeat = 10
	run.Quiet = Quiet{Rounds: 1000, Disturbed: 40, Kept: 12, Reasons: []string{"CPU pressure", "the control drifted"}}
	for i := range run.Stages {
		run.Stages[i].Seconds *= 4
	}
	run.Unstable = []Unstable{
		{Target: "nginx@1.30.6/map-upgrade", Check: "cleanup/nothing-left", Verdicts: map[Verdict]int{Pass: 9, Fail: 1}},
		{Target: "apache@2.4.69/wstunnel", Check: "close/latency", Scenario: "client-close", Verdicts: map[Verdict]int{Pass: 2, Fail: 4, Inconclusive: 4}},
	}
	run.Sort()
	return run
}

// interrupted ends in the patient pass: what it was to measure is not.
func interrupted(t *testing.T) *Run {
	t.Helper()
	run := allGreen(t)
	run.Interrupted = "Ctrl-C in the patient pass"
	run.Stages = run.Stages[:4]
	for i, r := range run.Results {
		if strings.HasPrefix(r.Check, "cleanup/") {
			run.Results[i] = Result{Target: r.Target, Check: r.Check, Scenario: r.Scenario, Level: r.Level, Verdict: HarnessError, Actual: "not measured: interrupted"}
		}
	}
	return run
}

// unmeasured has one target that its vendor refused, and a control that failed for all others.
func unmeasured(t *testing.T) *Run {
	t.Helper()
	run := sample(t)
	run.Stale = nil
	for i := range run.Results {
		r := &run.Results[i]
		r.Verdict, r.Known = HarnessError, nil
		r.Actual = "the control failed, so nothing measured can be trusted: direct fails close/fin-not-reset in client-close: RST on the back leg"
		if r.Target == "nginx@1.30.6/map-upgrade" {
			r.N, r.Evidence = 0, nil
			r.Actual = "not brought up: nginx refuses its configuration:\nnginx: [emerg] unknown directive \"prox_pass\" in /etc/nginx/nginx.conf:14\nnginx: configuration file /etc/nginx/nginx.conf test failed"
		}
	}
	for i := range run.Control {
		if r := &run.Control[i]; r.Check == "close/fin-not-reset" && r.Target == "direct" {
			r.Verdict, r.Actual = Fail, "RST on the back leg in 3 of 20"
		}
	}
	return run
}

// wide has long names and many of them, all failing in one way, two versions, and texts that try to steer the terminal.
func wide(t *testing.T) *Run {
	t.Helper()
	run := sample(t)
	results := run.Results
	run.Stale, run.Control = nil, nil
	run.Options.Versions = "all"
	run.Targets, run.Results = nil, nil
	for _, version := range []string{"2.4.69", "2.4.71"} {
		for _, config := range []string{"wstunnel", "rewrite", "upgrade-http", "classic-tunnel", "classic-tunnel-nokeepalive", "nohalfclose", "disablereuse-with-a-name-that-is-too-long"} {
			target := Target{ID: "apache@" + version + "/" + config + "+tls", Proxy: "apache", Version: version, Config: config, TLS: true}
			run.Targets = append(run.Targets, target)
			for _, r := range results {
				if r.Target != "apache@2.4.69/wstunnel+tls" {
					continue
				}
				r.Target = target.ID
				if r.Verdict == Fail {
					r.Actual = "\x1b[2Jnot over\tafter 10 s: " + strings.Repeat("x", 150)
				}
				run.Results = append(run.Results, r)
			}
		}
	}
	return run
}

func render(t *testing.T, run *Run, style Style) string {
	t.Helper()
	var out bytes.Buffer
	if err := writeText(&out, run, style); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestTextGolden(t *testing.T) {
	for name, run := range variants(t) {
		t.Run(name, func(t *testing.T) {
			golden(t, name, []byte(render(t, run, Style{Width: 100})))
		})
	}
}

var colourSequence = regexp.MustCompile("\x1b\\[[0-9;]*m")

// Colour adds nothing but escape sequences: what is said stays the same without it.
func TestTextColour(t *testing.T) {
	for name, run := range variants(t) {
		t.Run(name, func(t *testing.T) {
			coloured := render(t, run, Style{Width: 100, Colour: true})
			plain := render(t, run, Style{Width: 100})
			if strings.Contains(plain, "\x1b") {
				t.Error("an escape sequence without colour")
			}
			if coloured == plain {
				t.Error("no colour")
			}
			stripped := colourSequence.ReplaceAllString(coloured, "")
			if trimLines(stripped) != trimLines(plain) {
				t.Errorf("the words differ with colour:\n%s", stripped)
			}
		})
	}
}

func trimLines(s string) string {
	var out strings.Builder
	for line := range strings.Lines(s) {
		out.WriteString(strings.TrimRight(line, " \n") + "\n")
	}
	return out.String()
}

func TestTextWidth(t *testing.T) {
	for name, run := range variants(t) {
		for _, width := range []int{100, 120, 80, 60} {
			for line := range strings.Lines(render(t, run, Style{Width: width})) {
				line = strings.TrimSuffix(line, "\n")
				limit := min(width, maxWidth)
				if strings.Contains(line, "--target '") || longestWord(line) > limit-len("      evidence  ") {
					limit = maxWidth // patterns and paths are not broken on narrow terminals
				}
				if got := utf8.RuneCountInString(line); got > limit {
					t.Errorf("%s at width %d: %d columns: %s", name, width, got, line)
				}
				if strings.HasSuffix(line, " ") {
					t.Errorf("%s at width %d: trailing space: %q", name, width, line)
				}
			}
		}
	}
}

func longestWord(line string) int {
	longest := 0
	for _, word := range strings.Fields(line) {
		longest = max(longest, utf8.RuneCountInString(word))
	}
	return longest
}

func TestTextWidthUnset(t *testing.T) {
	if render(t, sample(t), Style{}) != render(t, sample(t), Style{Width: maxWidth}) {
		t.Error("an unset width is not the widest")
	}
}

func TestTextLeavesTheRunAlone(t *testing.T) {
	run := wide(t)
	before := run.Results[0].Actual
	render(t, run, Style{})
	if !strings.Contains(before, "\x1b") || run.Results[0].Actual != before {
		t.Errorf("the run was changed: %q", run.Results[0].Actual)
	}
}

func TestTextOfAnEmptyRun(t *testing.T) {
	if got := render(t, &Run{}, Style{}); !strings.Contains(got, "COULD NOT MEASURE") {
		t.Errorf("got %q", got)
	}
}
