package reports

import (
	"slices"
	"strings"
	"testing"
)

func TestMergeRefuses(t *testing.T) {
	budgets := func(back float64) any { return map[string]any{"back_release": back, "front_release": 1.0} }
	tests := []struct {
		name   string
		change func(apache, nginx *Run)
		want   string
	}{
		{"another finwait", func(_, b *Run) { b.Finwait = "0.2.0" }, "apache/run.json has the version of finwait 0.1.0, and nginx/run.json 0.2.0"},
		{"another id", func(a, b *Run) { a.Options.ID, b.Options.ID = "monday", "tuesday" }, "has the --id monday, and nginx/run.json tuesday"},
		{"one id", func(_, b *Run) { b.Options.ID = "tuesday" }, "has the --id none, and nginx/run.json tuesday"},
		{"another runtime", func(_, b *Run) { b.Environment.Runtime = "local" }, "has the runtime docker, and nginx/run.json local"},
		{"other versions", func(_, b *Run) { b.Options.Versions = "all" }, "--versions default, and nginx/run.json all"},
		{"other samples", func(_, b *Run) { b.Options.Samples = 5 }, "--samples 100, and nginx/run.json 5"},
		{"other endings", func(_, b *Run) { b.Options.Endings = 5 }, "--endings 200, and nginx/run.json 5"},
		{"another patience", func(_, b *Run) { b.Options.Patience = 2000 }, "--patience in ms 10000, and nginx/run.json 2000"},
		{"other repeats", func(_, b *Run) { b.Options.Repeat = 3 }, "--repeat 1, and nginx/run.json 3"},
		{"another seed", func(_, b *Run) { b.Options.Seed = 3 }, "--seed 1, and nginx/run.json 3"},
		{"other checks", func(_, b *Run) { b.Options.Checks = []string{"close/*"} }, "--check none, and nginx/run.json close/*"},
		{"other labels", func(_, b *Run) { b.Options.Labels = "must" }, "--label-filter none, and nginx/run.json must"},
		{"other budgets", func(a, b *Run) { a.Options.Budgets, b.Options.Budgets = budgets(1), budgets(2) }, "different budgets (back_release)"},
		{"a budget more", func(a, b *Run) { a.Options.Budgets, b.Options.Budgets = budgets(1), map[string]any{} }, "different budgets (back_release, front_release)"},
		{"a check that means something else", func(_, b *Run) { b.Checks[0].Requirement = "else" }, "do not have the same check cleanup/back-leg-released"},
		{"a check less", func(_, b *Run) {
			b.Checks = slices.DeleteFunc(b.Checks, func(c CheckInfo) bool { return c.ID == "close/latency" })
			b.Results = slices.DeleteFunc(b.Results, func(r Result) bool { return r.Check == "close/latency" })
		}, "do not have the same check close/latency"},
		{"a scenario that is played differently", func(a, b *Run) {
			a.Scenarios = []ScenarioInfo{{Name: "client-close", Summary: "one"}}
			b.Scenarios = []ScenarioInfo{{Name: "client-close", Summary: "two"}}
		}, "do not have the same scenario client-close"},
		{"a target of both", func(a, b *Run) { b.Targets = append(b.Targets, a.Targets[0]) }, "apache@2.4.69/nokeepalive is in both apache/run.json and nginx/run.json"},
		{"the same run", func(a, b *Run) { *b = *a }, "apache/run.json and nginx/run.json are the same run apache-run"},
		{"a merged one", func(_, b *Run) { b.Shards = []Shard{{ID: "a"}, {ID: "b"}} }, "nginx/run.json is a merged run itself: give the 2 shards"},
		{"one without targets", func(_, b *Run) { b.Targets = nil }, "nginx/run.json has no target"},
		{"an id that leads elsewhere", func(_, b *Run) { b.ID = "../../x" }, `nginx/run.json has the id "../../x"`},
		{"no id", func(_, b *Run) { b.ID = "" }, `nginx/run.json has the id ""`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			shards := twoShards(t)
			test.change(shards[0], shards[1])
			merged, err := Merge(shardNames, shards)
			if merged != nil || err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("got %v, expected one line with %q", err, test.want)
			}
		})
	}
	if _, err := Merge(nil, nil); err == nil || !strings.Contains(err.Error(), "no shard") {
		t.Errorf("of none: %v", err)
	}
}
