package reports

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"
)

// shard is the part of the sample that tested one proxy, measured by itself.
func shard(t *testing.T, proxy string) *Run {
	t.Helper()
	run := sample(t)
	run.ID, run.Options.Proxies, run.Stale = proxy+"-run", []string{proxy}, nil
	run.Targets = slices.DeleteFunc(run.Targets, func(t Target) bool { return t.Proxy != proxy })
	run.Results = slices.DeleteFunc(run.Results, func(r Result) bool { return !strings.HasPrefix(r.Target, proxy+"@") })
	run.Summarise()
	return run
}

var shardNames = []string{"apache/run.json", "nginx/run.json"}

// twoShards are the sample in two, nginx later and on another kernel.
func twoShards(t *testing.T) []*Run {
	t.Helper()
	apache, nginx := shard(t, "apache"), shard(t, "nginx")
	nginx.Started, nginx.Finished = nginx.Started.Add(time.Minute), nginx.Finished.Add(2*time.Minute)
	nginx.Environment.Kernel = "6.8.0-60-generic"
	nginx.Longest, nginx.Quiet = apache.Longest+1, Quiet{Rounds: 100, Disturbed: 2, Reasons: []string{"CPU pressure"}}
	return []*Run{apache, nginx}
}

func mergedOf(t *testing.T, shards []*Run) *Run {
	t.Helper()
	merged, err := Merge(shardNames[:len(shards)], shards)
	if err != nil {
		t.Fatal(err)
	}
	return merged
}

func TestMerge(t *testing.T) {
	shards := twoShards(t)
	apache, nginx := shards[0], shards[1]
	apache.Options.ID, nginx.Options.ID = "nightly-7", "nightly-7"
	whole, merged := sample(t), mergedOf(t, []*Run{nginx, apache})

	if merged.ID != "nightly-7" || merged.Started != apache.Started || merged.Finished != nginx.Finished {
		t.Errorf("id %s, from %s to %s", merged.ID, merged.Started, merged.Finished)
	}
	if len(merged.Targets) != len(whole.Targets) || !reflect.DeepEqual(merged.Results, whole.Results) {
		t.Errorf("%d targets and %d results, the whole has %d and %d", len(merged.Targets), len(merged.Results), len(whole.Targets), len(whole.Results))
	}
	if !reflect.DeepEqual(merged.Summary, count(whole.Results)) || !reflect.DeepEqual(merged.Checks, whole.Checks) {
		t.Errorf("summary %v, %d checks", merged.Summary, len(merged.Checks))
	}
	if got := []string{merged.Shards[0].ID, merged.Shards[1].ID}; !slices.Equal(got, []string{"apache-run", "nginx-run"}) {
		t.Errorf("shards %v, expected the one that started first before the other", got)
	}
	if merged.Environment != apache.Environment || merged.Shards[1].Environment != nginx.Environment {
		t.Errorf("environment %v", merged.Environment)
	}
	if merged.Longest != nginx.Longest || merged.Quiet.Rounds != apache.Quiet.Rounds+100 || merged.Stages[0].Seconds != 2*apache.Stages[0].Seconds {
		t.Errorf("longest wait %g, quiet %v, stages %v", merged.Longest, merged.Quiet, merged.Stages)
	}
	if !slices.Equal(merged.Options.Proxies, []string{"apache", "nginx"}) || merged.Options.Targets != nil {
		t.Errorf("asked for %v %v", merged.Options.Proxies, merged.Options.Targets)
	}
	if err := merged.consistent(); err != nil {
		t.Error(err)
	}
}

// Every target keeps the control that was measured beside it.
func TestMergeKeepsTheControlOfEachShard(t *testing.T) {
	shards := twoShards(t)
	for i := range shards[1].Control {
		shards[1].Control[i].P50 += 1000
	}
	merged := mergedOf(t, shards)
	if len(merged.Control) != len(shards[0].Control)+len(shards[1].Control) {
		t.Fatalf("%d results of the control", len(merged.Control))
	}
	for _, s := range shards {
		of := s.Targets[0]
		want, there := s.ControlOf(of, Result{Check: "close/latency", Scenario: "client-close"})
		of, _ = merged.Target(of.ID)
		got, _ := merged.ControlOf(of, Result{Check: "close/latency", Scenario: "client-close"})
		if !there || got.P50 != want.P50 || got.Shard != s.ID || of.Shard != s.ID {
			t.Errorf("%s: control %v of shard %q, expected %v", of.ID, got.P50, got.Shard, want.P50)
		}
		for _, path := range got.Evidence {
			if !strings.HasPrefix(path, "control/"+s.ID+"/traces/") {
				t.Errorf("the control's evidence is at %s", path)
			}
		}
	}
	names := func(o Overview) (names []string) {
		for _, row := range o.Rows {
			if row.Control {
				names = append(names, row.Name())
			}
		}
		return names
	}
	if got := names(NewOverview(merged)); !slices.Equal(got, []string{"direct (apache)", "direct (nginx)", "direct+tls (apache)", "direct+tls (nginx)"}) {
		t.Errorf("controls in the table: %v", got)
	}
}

func TestMergeLeavesTheShardsAlone(t *testing.T) {
	shards, before := twoShards(t), twoShards(t)
	mergedOf(t, shards)
	for i := range shards {
		shards[i].files, before[i].files = nil, nil
		if !reflect.DeepEqual(shards[i], before[i]) {
			t.Errorf("%s was changed", shardNames[i])
		}
	}
}

func TestMergedIDIsThatOfItsShards(t *testing.T) {
	shards := twoShards(t)
	first, second := mergedOf(t, shards), mergedOf(t, []*Run{shards[1], shards[0]})
	if first.ID != second.ID || !nameOfFolder.MatchString(first.ID) {
		t.Errorf("ids %q and %q", first.ID, second.ID)
	}
	shards[1].ID = "another"
	if third := mergedOf(t, shards); third.ID == first.ID {
		t.Error("other shards give the same id")
	}
}

func TestMergeSaysWhichShardIsNotWhole(t *testing.T) {
	shards := twoShards(t)
	shards[1].Interrupted = "Ctrl-C in the patient pass."
	if got := mergedOf(t, shards).Interrupted; got != "shard nginx: Ctrl-C in the patient pass" {
		t.Errorf("got %q", got)
	}
}

// The others of a matrix may have failed.
func TestMergeOfOneShard(t *testing.T) {
	merged := mergedOf(t, twoShards(t)[:1])
	if len(merged.Shards) != 1 || len(merged.Targets) == 0 {
		t.Errorf("%d shards, %d targets", len(merged.Shards), len(merged.Targets))
	}
}

func TestMergeOfTargets(t *testing.T) {
	shards := twoShards(t)
	shards[1].Options.Proxies, shards[1].Options.Targets = nil, []string{"nginx@*/*"}
	o := mergedOf(t, shards).Options
	if o.Proxies != nil || len(o.Targets) != 2 || !strings.HasPrefix(o.Targets[0], "apache@*/") {
		t.Errorf("asked for %v %v", o.Proxies, o.Targets)
	}
}

func TestMergeOfStale(t *testing.T) {
	entry := Stale{Entry: "proxies/apache/known-failures.yaml:12", Check: "close/latency"}
	unproven := Stale{Entry: entry.Entry, Check: entry.Check, Why: "apache@2.4.69/x is to prove the remedy, and is fail"}
	ofNginx := Stale{Entry: "proxies/nginx/known-failures.yaml:3", Check: "close/latency"}
	tests := []struct {
		name        string
		both        bool // the second shard tests apache too
		first, then []Stale
		want        []Stale
	}{
		{"only the shard that tests the proxy can say so", false, []Stale{entry}, nil, []Stale{entry}},
		{"one of two that test it matched it", true, []Stale{entry}, nil, nil},
		{"neither matched it", true, []Stale{entry}, []Stale{entry}, []Stale{entry}},
		{"a remedy that is contradicted once is contradicted", true, []Stale{unproven}, nil, []Stale{unproven}},
		{"of both", false, []Stale{entry}, []Stale{ofNginx}, []Stale{entry, ofNginx}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			shards := twoShards(t)
			shards[0].Stale, shards[1].Stale = test.first, test.then
			if test.both {
				shards[1].Targets = append(shards[1].Targets, Target{ID: "apache@2.4.62/wstunnel", Proxy: "apache", Version: "2.4.62", Config: "wstunnel"})
			}
			if got := mergedOf(t, shards).Stale; !slices.Equal(got, test.want) {
				t.Errorf("got %v, expected %v", got, test.want)
			}
		})
	}
}

func TestMergeOfSelfTests(t *testing.T) {
	passed, failed := &SelfTest{Passed: true}, &SelfTest{}
	for _, test := range []struct {
		a, b, want *SelfTest
	}{{passed, passed, passed}, {passed, failed, failed}, {failed, nil, failed}, {nil, passed, nil}, {passed, nil, nil}} {
		shards := twoShards(t)
		shards[0].SelfTest, shards[1].SelfTest = test.a, test.b
		if got := mergedOf(t, shards).SelfTest; got != test.want {
			t.Errorf("%v and %v: got %v", test.a, test.b, got)
		}
	}
}

// A check of TLS alone is missing in a shard without TLS, and that is no other set of checks.
func TestMergeOfAShardWithoutTLS(t *testing.T) {
	shards := twoShards(t)
	nginx := shards[1]
	nginx.Targets = slices.DeleteFunc(nginx.Targets, func(t Target) bool { return t.TLS })
	of := func(list []Result) []Result {
		return slices.DeleteFunc(list, func(r Result) bool { return strings.Contains(r.Target, "+tls") || r.Check == "close/tls-close-notify" })
	}
	nginx.Results, nginx.Control = of(nginx.Results), of(nginx.Control)
	nginx.Checks = slices.DeleteFunc(nginx.Checks, func(c CheckInfo) bool { return c.ID == "close/tls-close-notify" })
	if merged := mergedOf(t, shards); !reflect.DeepEqual(merged.Checks, shards[0].Checks) {
		t.Errorf("%d checks", len(merged.Checks))
	}
}

func TestJoinedKeepsTheOrder(t *testing.T) {
	for _, test := range []struct{ a, b, want string }{
		{"", "a b", "a b"},
		{"a b", "", "a b"},
		{"a c e", "a b c d e f", "a b c d e f"},
		{"b d", "a d e", "a b d e"},
		{"a b", "a b", "a b"},
	} {
		got := joined(strings.Fields(test.a), strings.Fields(test.b), func(s string) string { return s })
		if strings.Join(got, " ") != test.want {
			t.Errorf("%s with %s: got %v, expected %s", test.a, test.b, got, test.want)
		}
	}
}

func TestShardNames(t *testing.T) {
	merged := mergedOf(t, twoShards(t))
	if got := merged.ShardName("nginx-run"); got != "nginx" {
		t.Errorf("got %q", got)
	}
	merged.Targets = append(merged.Targets, Target{ID: "apache@2.4.62/wstunnel", Proxy: "apache", Version: "2.4.62", Shard: "old"})
	merged.Shards = append(merged.Shards, Shard{ID: "old"})
	if got := merged.ShardName("old"); got != "apache@2.4.62" {
		t.Errorf("got %q for one of two shards of a proxy", got)
	}
	merged.Targets = append(merged.Targets, Target{ID: "apache@2.4.62/rewrite", Proxy: "apache", Version: "2.4.62", Shard: "rest"})
	merged.Shards = append(merged.Shards, Shard{ID: "rest"})
	if got := merged.ShardName("rest"); got != "rest" {
		t.Errorf("got %q for one of two shards of a version", got)
	}
}
