package suites

import (
	"encoding/json"
	"strings"
	"testing"
	"time"
)

func TestBudgetsValidate(t *testing.T) {
	const patience = 10 * time.Second
	for _, c := range []struct {
		name string
		edit func(*Budgets)
		want string // empty: valid
	}{
		{"defaults", func(*Budgets) {}, ""},
		{"no growth allowed", func(b *Budgets) { b.DescriptorGrowth, b.ProcessGrowth, b.MemoryGrowth = 0, 0, 0 }, ""},
		{"zero", func(b *Budgets) { b.LatencyAdded = 0 }, "latency added"},
		{"negative", func(b *Budgets) { b.BackRelease = -time.Second }, "back release"},
		{"the patience itself", func(b *Budgets) { b.FrontRelease = patience }, "front release"},
		{"above the patience", func(b *Budgets) { b.AbruptTold = time.Minute }, "abrupt told"},
		{"a latency that nobody would measure", func(b *Budgets) { b.LatencyAdded = 2 * time.Second }, "at most 1s"},
		{"descriptors", func(b *Budgets) { b.DescriptorGrowth = -1 }, "descriptor growth"},
		{"processes", func(b *Budgets) { b.ProcessGrowth = -1 }, "process growth"},
		{"a gateway error that nobody waits for", func(b *Budgets) { b.GatewayError = patience }, "gateway error"},
		{"what is observed is judged", func(b *Budgets) { b.VanishedClient, b.BackTimeWait = time.Second, 999 }, ""},
		{"a vanished client that is not waited for", func(b *Budgets) { b.VanishedClient = patience }, "vanished client"},
		{"a vanished client of the past", func(b *Budgets) { b.VanishedClient = -1 }, "vanished client"},
		{"more than all", func(b *Budgets) { b.BackTimeWait = 1000 }, "at most 999"},
		{"less than none", func(b *Budgets) { b.BackTimeWait = -1 }, "back time-wait"},
		{"idle as long as the patience", func(b *Budgets) { b.IdleAtLeast, b.ReloadKeeps = patience, 3*time.Second }, ""},
		{"idle for longer than is looked", func(b *Budgets) { b.IdleAtLeast = patience + 1 }, "idle at least"},
		{"idle for less than no time", func(b *Budgets) { b.IdleAtLeast = -1 }, "idle at least"},
		{"a reload that is watched for longer", func(b *Budgets) { b.ReloadKeeps = 4 * time.Second }, "at most 3s"},
		{"a reload of the past", func(b *Budgets) { b.ReloadKeeps = -1 }, "reload keeps"},
		{"memory", func(b *Budgets) { b.MemoryGrowth = -1 }, "memory growth"},
	} {
		t.Run(c.name, func(t *testing.T) {
			b := DefaultBudgets()
			c.edit(&b)
			err := b.Validate(patience)
			switch {
			case c.want == "" && err != nil:
				t.Errorf("unexpected error: %v", err)
			case c.want != "" && err == nil:
				t.Errorf("no error, want one about %q", c.want)
			case err != nil && (!strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n")):
				t.Errorf("error %q, want one line about %q", err, c.want)
			}
		})
	}
}

func TestBudgetsKeepTheirNamesInJSON(t *testing.T) {
	text, err := json.Marshal(DefaultBudgets())
	if err != nil {
		t.Fatal(err)
	}
	want := `{"latency_added_ns":30000000,"back_release_ns":5000000000,"front_release_ns":5000000000,"abrupt_told_ns":5000000000,` +
		`"gateway_error_ns":5000000000,"vanished_client_ns":0,"back_time_wait":0,"idle_at_least_ns":0,"reload_keeps_ns":0,"descriptor_growth":10,"process_growth":1,"memory_growth_bytes":33554432}`
	if string(text) != want {
		t.Errorf("got  %s\nwant %s", text, want)
	}
}
