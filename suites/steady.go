package suites

import (
	"context"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/finwait/finwait/fixtures/stand"
)

const (
	// steadyFor is how long no proxy may have started or ended a process: Apache looks once a second whether it has enough.
	steadyFor = 1200 * time.Millisecond
	// steadyLook is the time between two looks.
	steadyLook = 300 * time.Millisecond
	// steadyLimit bounds the wait. A proxy that goes on for longer does so by itself, and is judged by it.
	steadyLimit = 6 * time.Second
)

// grown waits until the proxies have all the processes that they start by themselves, so that those are not taken for what
// connections left. What cannot be looked at is not waited for.
func (s *session) grown(ctx context.Context) error {
	s.progress.Stage("growing", 0)
	counts := map[string]int{}
	deadline := time.Now().Add(steadyLimit)
	since := time.Now()
	tick := time.NewTicker(steadyLook)
	defer tick.Stop()
	for time.Since(since) < steadyFor && time.Now().Before(deadline) {
		changed, err := s.recount(ctx, counts)
		if err != nil {
			return err
		}
		if changed {
			since = time.Now()
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
	return nil
}

// recount notes how many processes each watched proxy has, and reports whether that is another number for any of them.
func (s *session) recount(ctx context.Context, counts map[string]int) (changed bool, err error) {
	var mutex sync.Mutex
	var group errgroup.Group
	group.SetLimit(witnessLimit)
	for _, st := range s.watched() {
		if st.Witness == nil || !st.OwnProcess {
			continue
		}
		group.Go(func() error {
			n := processCount(ctx, st)
			mutex.Lock()
			defer mutex.Unlock()
			if n >= 0 && n != counts[st.ID] {
				counts[st.ID], changed = n, true
			}
			return ctx.Err()
		})
	}
	err = group.Wait()
	return changed, err
}

// processCount is how many processes a proxy has; -1: it cannot be told.
func processCount(ctx context.Context, st *stand.Stand) int {
	processes, err := st.Witness.Processes(ctx)
	if err != nil {
		return -1
	}
	return len(processes)
}
