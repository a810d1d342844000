package suites

import (
	"fmt"
	"time"
)

// largestLatency is the largest LatencyAdded that makes sense: the quick pass, which measures it, waits no longer than
// quickPatience, the control's own latency included.
const largestLatency = time.Second

// Budgets are the limits that the checks of level practice, and cleanup/descriptors, are judged by, and those of level
// observe where one is set.
// The zero value allows nothing; start from DefaultBudgets.
type Budgets struct {
	// LatencyAdded bounds how far the p99 of the close latency may lie above the control's (close/latency).
	// Default 30 ms: far above what a hop costs on one machine (0.1 to 3 ms), and below the 40 ms of Linux's delayed
	// acknowledgement, the shortest of the timers that a close can get stuck on. Largest: 1 s, where a user starts to wait.
	LatencyAdded time.Duration `json:"latency_added_ns" yaml:"latency_added"`

	// BackRelease bounds the time from the backend's FIN to the proxy's FIN or RST on that leg (cleanup/back-leg-released).
	// Default 5 s: an orderly proxy needs milliseconds, so that this only tells letting go from waiting for a timer.
	// Largest: 30 s, the close timer of the ws library, after which the backend destroys the socket by itself.
	BackRelease time.Duration `json:"back_release_ns" yaml:"back_release"`

	// FrontRelease bounds the time from the client's FIN, which it sends when its close timer ends, to the front leg over
	// (cleanup/front-leg-released). Default 5 s, as for BackRelease.
	// Largest: 60 s, Linux's own limit (tcp_fin_timeout) for a closed socket that still waits for the other side's FIN.
	FrontRelease time.Duration `json:"front_release_ns" yaml:"front_release"`

	// AbruptTold bounds the time from one end's FIN or RST without a Close to the first Close, FIN or RST that the other
	// end gets (close/abrupt-client-told, close/abrupt-backend-told). Default 5 s, as for BackRelease.
	// Largest: 30 s, a common interval of heartbeats: beyond it the ends find out by themselves.
	AbruptTold time.Duration `json:"abrupt_told_ns" yaml:"abrupt_told"`

	// GatewayError bounds the time from a request to the proxy's own answer to it, where the backend accepts the
	// connection and never answers (handshake/silent-backend). Default 5 s: what a person waits for a page.
	// Largest: 60 s, the default of most proxies; a client's own timeout is shorter.
	GatewayError time.Duration `json:"gateway_error_ns" yaml:"gateway_error"`

	// VanishedClient bounds the time from a client that vanished to the back leg over (cleanup/vanished-client).
	// Default 0: it is observed and never fails. Largest: 15 min, what TCP itself needs to give up on unacknowledged data.
	VanishedClient time.Duration `json:"vanished_client_ns" yaml:"vanished_client"`

	// BackTimeWait bounds how many of 1000 closes leave a TIME-WAIT on the proxy's side of the back leg
	// (cleanup/time-wait). Default 0: it is observed and never fails. Largest: 999; each one keeps an ephemeral port for a minute.
	BackTimeWait int `json:"back_time_wait" yaml:"back_time_wait"`

	// IdleAtLeast is how long a connection has to live on which nobody speaks, and with it both ends have to be told when it ends
	// (liveness/idle-limit). Default 0: it is observed and never fails. Largest: the patience; 1 min is two common intervals of
	// heartbeats.
	IdleAtLeast time.Duration `json:"idle_at_least_ns" yaml:"idle_at_least"`

	// ReloadKeeps is how long a connection has to outlive a reload of the proxy, and with it no end may be told alone and new
	// connections have to be accepted (lifecycle/reload). Default 0: it is observed and never fails. Largest: 3 s, because it
	// is not watched for longer.
	ReloadKeeps time.Duration `json:"reload_keeps_ns" yaml:"reload_keeps"`

	// DescriptorGrowth bounds how many more descriptors all processes of the proxy together may hold after the endings
	// (cleanup/descriptors). Default 10: room for a log or a pooled connection, and less than what a proxy gathers that
	// leaks one in ten of 120 endings. Largest: a tenth of the endings.
	DescriptorGrowth int `json:"descriptor_growth" yaml:"descriptor_growth"`

	// ProcessGrowth bounds how many more processes the proxy may have after the endings (cleanup/descriptors).
	// Default 1: servers that fork add a spare worker under load. Largest: the number of workers it started with.
	ProcessGrowth int `json:"process_growth" yaml:"process_growth"`

	// MemoryGrowth bounds by how many bytes the resident memory of all processes together may grow (cleanup/descriptors).
	// Pages that processes share count for each. Default 32 MiB: allocators and garbage collectors keep that much of what
	// a burst needed; with 120 endings it still shows a leak of 280 KiB each. Largest: 256 MiB.
	MemoryGrowth int64 `json:"memory_growth_bytes" yaml:"memory_growth"`
}

// DefaultBudgets returns the limits that hold when nothing else is said.
func DefaultBudgets() Budgets {
	return Budgets{
		LatencyAdded:     30 * time.Millisecond,
		BackRelease:      5 * time.Second,
		FrontRelease:     5 * time.Second,
		AbruptTold:       5 * time.Second,
		GatewayError:     5 * time.Second,
		DescriptorGrowth: 10,
		ProcessGrowth:    1,
		MemoryGrowth:     32 << 20,
	}
}

// Within shortens the times that the patience could not show: to half of it.
func (b Budgets) Within(patience time.Duration) Budgets {
	for _, t := range []*time.Duration{&b.LatencyAdded, &b.BackRelease, &b.FrontRelease, &b.AbruptTold, &b.GatewayError} {
		if *t >= patience {
			*t = patience / 2
		}
	}
	return b
}

// Validate says in one line which budget makes no sense. A time must be above 0 and below the patience, because what
// takes longer than the patience is not measured; a growth must not be negative.
func (b Budgets) Validate(patience time.Duration) error {
	times := []struct {
		name  string
		value time.Duration
	}{
		{"latency added", b.LatencyAdded},
		{"back release", b.BackRelease},
		{"front release", b.FrontRelease},
		{"abrupt told", b.AbruptTold},
		{"gateway error", b.GatewayError},
	}
	for _, t := range times {
		if t.value <= 0 || t.value >= patience {
			return fmt.Errorf("budget %q is %s: give more than 0s and less than the patience of %s", t.name, t.value, patience)
		}
	}
	if b.LatencyAdded > largestLatency {
		return fmt.Errorf("budget %q is %s: give at most %s", "latency added", b.LatencyAdded, largestLatency)
	}
	growths := []struct {
		name  string
		value int64
	}{
		{"descriptor growth", int64(b.DescriptorGrowth)},
		{"process growth", int64(b.ProcessGrowth)},
		{"memory growth", b.MemoryGrowth},
	}
	for _, g := range growths {
		if g.value < 0 {
			return fmt.Errorf("budget %q is %d: give 0 or more", g.name, g.value)
		}
	}
	return b.validateObserved(patience)
}

// validateObserved does so for the budgets of what is only observed without one.
func (b Budgets) validateObserved(patience time.Duration) error {
	if b.VanishedClient < 0 || b.VanishedClient >= patience {
		return fmt.Errorf("budget %q is %s: give 0s for none, or less than the patience of %s", "vanished client", b.VanishedClient, patience)
	}
	if b.IdleAtLeast < 0 || b.IdleAtLeast > patience {
		return fmt.Errorf("budget %q is %s: give 0s for none, or at most the patience of %s", "idle at least", b.IdleAtLeast, patience)
	}
	if watch := min(reloadWatch, patience); b.ReloadKeeps < 0 || b.ReloadKeeps > watch {
		return fmt.Errorf("budget %q is %s: give 0s for none, or at most %s", "reload keeps", b.ReloadKeeps, watch)
	}
	if b.BackTimeWait < 0 || b.BackTimeWait > 999 {
		return fmt.Errorf("budget %q is %d: give 0 for none, or at most 999 of 1000 closes", "back time-wait", b.BackTimeWait)
	}
	return nil
}
