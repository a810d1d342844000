package suites

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
)

// request is what a peer was asked to play.
type request struct {
	ids      []string
	parallel int
	spacing  time.Duration
}

// askedPeer notes what it is asked. With meet it waits in each request until that is closed.
type askedPeer struct {
	agent.API
	meet    <-chan struct{}
	err     error
	running *atomic.Int64 // requests of all peers

	mu       sync.Mutex
	requests []request
}

func (p *askedPeer) Play(ctx context.Context, plays []scenario.Play, parallel int, spacing time.Duration, done func(trace.Trace)) error {
	p.running.Add(1)
	defer p.running.Add(-1)
	r := request{parallel: parallel, spacing: spacing}
	for _, play := range plays {
		r.ids = append(r.ids, play.ID)
	}
	p.mu.Lock()
	p.requests = append(p.requests, r)
	p.mu.Unlock()
	select {
	case <-p.meet:
	case <-ctx.Done():
		return ctx.Err()
	}
	for _, id := range r.ids {
		done(trace.Trace{ID: id})
	}
	return p.err
}

// peersOf makes n peers and their stands.
func peersOf(n int, meet <-chan struct{}) (peers []*askedPeer, stands []*stand.Stand, running *atomic.Int64) {
	running = &atomic.Int64{}
	for range n {
		p := &askedPeer{meet: meet, running: running}
		peers = append(peers, p)
		stands = append(stands, &stand.Stand{ID: strconv.Itoa(len(stands)), Peer: p})
	}
	return peers, stands, running
}

// playsOn is a list with one play for each place, on the stand with that number.
func playsOn(stands []*stand.Stand, places ...int) []play {
	var plays []play
	for i, at := range places {
		plays = append(plays, play{stand: stands[at], play: scenario.Play{ID: strconv.Itoa(i)}})
	}
	return plays
}

func open() <-chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}

func TestPlayAllOneAtATimeKeepsTheOrder(t *testing.T) {
	peers, stands, running := peersOf(2, open())
	var kept []string
	err := (&session{}).playAll(t.Context(), playsOn(stands, 0, 0, 1, 0, 1, 1), 1, 0, func(p play, tr trace.Trace) {
		if running.Load() != 1 || p.play.ID != tr.ID {
			t.Errorf("%d run, the trace of %s is %s", running.Load(), p.play.ID, tr.ID)
		}
		kept = append(kept, p.stand.ID+tr.ID)
	})
	if want := []string{"00", "01", "12", "03", "14", "15"}; err != nil || !slices.Equal(kept, want) {
		t.Errorf("kept %v, %v, want %v", kept, err, want)
	}
	for i, want := range []int{2, 2} { // neighbours go together
		if got := len(peers[i].requests); got != want {
			t.Errorf("peer %d was asked %d times", i, got)
		}
	}
}

func TestPlayAllOnOnePeerIsOneRequest(t *testing.T) {
	for _, parallel := range []int{0, 1, 24} {
		peers, stands, _ := peersOf(1, open())
		if err := (&session{}).playAll(t.Context(), playsOn(stands, 0, 0, 0), parallel, time.Millisecond, func(play, trace.Trace) {}); err != nil {
			t.Fatal(err)
		}
		got := peers[0].requests
		if len(got) != 1 || len(got[0].ids) != 3 || got[0].parallel != parallel || got[0].spacing != time.Millisecond {
			t.Errorf("parallel %d: %+v", parallel, got)
		}
	}
}

func TestPlayAllOnSeveralPeersAtOnce(t *testing.T) {
	meet := make(chan struct{})
	peers, stands, running := peersOf(3, meet)
	var keeping atomic.Bool
	ended := make(chan error, 1)
	kept := 0
	go func() {
		ended <- (&session{}).playAll(t.Context(), playsOn(stands, 0, 1, 0, 2, 0, 0), 12, 2*time.Millisecond, func(play, trace.Trace) {
			if keeping.Swap(true) {
				t.Error("two are kept at once")
			}
			time.Sleep(time.Millisecond)
			kept++
			keeping.Store(false)
		})
	}()
	for deadline := time.Now().Add(10 * time.Second); running.Load() != 3; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%d of 3 peers play at once", running.Load())
		}
	}
	close(meet)
	if err := <-ended; err != nil || kept != 6 {
		t.Fatalf("%d kept, %v", kept, err)
	}
	for i, want := range []request{{parallel: 8, spacing: 3 * time.Millisecond}, {parallel: 2, spacing: 12 * time.Millisecond}, {parallel: 2, spacing: 12 * time.Millisecond}} {
		got := peers[i].requests
		if len(got) != 1 || got[0].parallel != want.parallel || got[0].spacing != want.spacing {
			t.Errorf("peer %d: %+v, want %+v", i, got, want)
		}
	}
}

func TestPlayAllEndsWithALostPeer(t *testing.T) {
	for _, parallel := range []int{0, 1} {
		peers, stands, _ := peersOf(2, open())
		peers[0].err = errors.New("gone")
		peers[1].meet = nil // until it is told to end
		err := (&session{}).playAll(t.Context(), playsOn(stands, 0, 1), parallel, 0, func(play, trace.Trace) {})
		if err == nil || err.Error() != "the peer is lost: gone" {
			t.Errorf("parallel %d: %v", parallel, err)
		}
	}
}
