package suites

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/trace"
)

// playAll has the plays played by the peers of their stands, at most parallel at once (0: all) and one every spacing, and
// hands every trace to keep, one at a time. Stands mostly share one peer; those with a Site have one each.
func (s *session) playAll(ctx context.Context, plays []play, parallel int, spacing time.Duration, keep func(play, trace.Trace)) error {
	if parallel == 1 {
		return playInOrder(ctx, plays, spacing, keep)
	}
	return playTogether(ctx, plays, parallel, spacing, keep)
}

// share is what one peer plays of a list.
type share struct {
	peer  agent.API
	plays []scenario.Play
	byID  map[string]play
}

func (s *share) add(p play) {
	s.plays = append(s.plays, p.play)
	s.byID[p.play.ID] = p
}

// playShare has one peer play its share.
func (s *share) play(ctx context.Context, parallel int, spacing time.Duration, keep func(play, trace.Trace)) error {
	err := s.peer.Play(ctx, s.plays, parallel, spacing, func(t trace.Trace) { keep(s.byID[t.ID], t) })
	if err != nil {
		return fmt.Errorf("the peer is lost: %w", err)
	}
	return nil
}

// playInOrder plays one at a time in the order of the list, whoever plays: neighbours of one peer in one request.
func playInOrder(ctx context.Context, plays []play, spacing time.Duration, keep func(play, trace.Trace)) error {
	for from := 0; from < len(plays); {
		next := &share{peer: plays[from].stand.Peer, byID: map[string]play{}}
		for ; from < len(plays) && plays[from].stand.Peer == next.peer; from++ {
			next.add(plays[from])
		}
		if err := next.play(ctx, 1, spacing, keep); err != nil {
			return err
		}
		if from < len(plays) && !pause(ctx, spacing) {
			return ctx.Err()
		}
	}
	return nil
}

// playTogether has all peers play at the same time. Each has its part of the bound, and begins its plays so much further apart
// that together they begin one every spacing.
func playTogether(ctx context.Context, plays []play, parallel int, spacing time.Duration, keep func(play, trace.Trace)) error {
	shares := sharesOf(plays)
	if len(shares) == 1 {
		return shares[0].play(ctx, parallel, spacing, keep)
	}
	var mutex sync.Mutex
	oneByOne := func(p play, t trace.Trace) {
		mutex.Lock()
		defer mutex.Unlock()
		keep(p, t)
	}
	group, ctx := errgroup.WithContext(ctx)
	for i, own := range shares {
		group.Go(func() error {
			if !pause(ctx, time.Duration(i)*spacing) {
				return ctx.Err()
			}
			return own.play(ctx, shareOf(parallel, len(own.plays), len(plays)), spacing*time.Duration(len(plays))/time.Duration(len(own.plays)), oneByOne)
		})
	}
	return group.Wait()
}

// sharesOf are the shares of the peers in the order of their first plays.
func sharesOf(plays []play) []*share {
	var shares []*share
	byPeer := map[agent.API]*share{}
	for _, p := range plays {
		own := byPeer[p.stand.Peer]
		if own == nil {
			own = &share{peer: p.stand.Peer, byID: map[string]play{}}
			byPeer[p.stand.Peer] = own
			shares = append(shares, own)
		}
		own.add(p)
	}
	return shares
}

// shareOf is the part of bound that n of all have, at least 1; a bound of 0 is none.
func shareOf(bound, n, all int) int {
	if bound == 0 {
		return 0
	}
	return max(1, bound*n/all)
}

// pause waits for d. False: ctx ended before.
func pause(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
