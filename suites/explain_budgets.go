package suites

import (
	"fmt"
	"time"
)

// explainedBudget is a budget that a check is judged by, in words.
type explainedBudget struct {
	Name    string `json:"name"` // its key in the file of --budgets
	Default string `json:"default"`
	Largest string `json:"largest"` // that makes sense
}

// budgetLimit is where the default of a budget stands, and the largest value of its documentation in Budgets.
type budgetLimit struct {
	check   string
	name    string // its key in the file of --budgets
	of      func(Budgets) any
	largest string
}

var budgetLimits = []budgetLimit{
	{"close/latency", "latency_added", func(b Budgets) any { return b.LatencyAdded }, largestLatency.String()},
	{"close/abrupt-client-told", "abrupt_told", func(b Budgets) any { return b.AbruptTold }, "30s"},
	{"close/abrupt-backend-told", "abrupt_told", func(b Budgets) any { return b.AbruptTold }, "30s"},
	{"handshake/silent-backend", "gateway_error", func(b Budgets) any { return b.GatewayError }, "60s"},
	{"cleanup/back-leg-released", "back_release", func(b Budgets) any { return b.BackRelease }, "30s"},
	{"cleanup/front-leg-released", "front_release", func(b Budgets) any { return b.FrontRelease }, "60s"},
	{"cleanup/vanished-client", "vanished_client", func(b Budgets) any { return b.VanishedClient }, "15m"},
	{"cleanup/time-wait", "back_time_wait", func(b Budgets) any { return b.BackTimeWait }, "999 of 1000 closes"},
	{"liveness/idle-limit", "idle_at_least", func(b Budgets) any { return b.IdleAtLeast }, "the patience"},
	{"lifecycle/reload", "reload_keeps", func(b Budgets) any { return b.ReloadKeeps }, reloadWatch.String()},
	{"cleanup/descriptors", "descriptor_growth", func(b Budgets) any { return b.DescriptorGrowth }, "a tenth of the endings"},
	{"cleanup/descriptors", "process_growth", func(b Budgets) any { return b.ProcessGrowth }, "the number of workers it started with"},
	{"cleanup/descriptors", "memory_growth", func(b Budgets) any { return b.MemoryGrowth }, "256 MiB"},
}

// explainBudgets are the budgets of a check.
func explainBudgets(check string) []explainedBudget {
	var all []explainedBudget
	for _, l := range budgetLimits {
		if l.check == check {
			all = append(all, explainedBudget{l.name, inWords(l.of(DefaultBudgets())), l.largest})
		}
	}
	return all
}

// inWords is a budget with its unit: a time, a number of things, or bytes (int64).
func inWords(budget any) string {
	switch v := budget.(type) {
	case time.Duration:
		if v == 0 {
			return "none"
		}
		return v.String()
	case int64:
		return fmt.Sprintf("%d MiB", v>>20)
	}
	if budget == 0 {
		return "none"
	}
	return fmt.Sprint(budget)
}
