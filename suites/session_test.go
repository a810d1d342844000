package suites

import (
	"context"
	"errors"
	"io"
	"slices"
	"time"

	"github.com/finwait/finwait/fixtures/agent"
	"github.com/finwait/finwait/fixtures/scenario"
	"github.com/finwait/finwait/fixtures/sockets"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/fixtures/trace"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// fakeRuntime has a name, and stands that are up already.
type fakeRuntime struct {
	stand.Runtime
	name string
}

func (r fakeRuntime) Name() string             { return r.name }
func (fakeRuntime) About() string              { return "a fake" }
func (fakeRuntime) Down(context.Context) error { return nil }

// fakePeer plays: every play becomes the trace that play returns.
type fakePeer struct {
	agent.API
	play func(scenario.Play) trace.Trace
	fail error // what Play returns after the traces
}

func (p *fakePeer) Play(_ context.Context, plays []scenario.Play, _ int, _ time.Duration, done func(trace.Trace)) error {
	for _, play := range plays {
		t := p.play(play)
		t.ID, t.Target, t.Scenario = play.ID, play.Target, play.Scenario.Name
		done(t)
	}
	return p.fail
}

// Sockets are those of the peer: none.
func (p *fakePeer) Sockets(context.Context) ([]sockets.Socket, error) { return nil, nil }

// fakeWitness sees the sockets of looks, one after the other, the last one from then on.
type fakeWitness struct {
	agent.API
	looks   [][]sockets.Socket
	spans   []trace.Span
	lost    error // of Watched
	nothing error // of Capture
}

func (w *fakeWitness) Sockets(context.Context) ([]sockets.Socket, error) {
	look := w.looks[0]
	if len(w.looks) > 1 {
		w.looks = w.looks[1:]
	}
	return look, nil
}

func (w *fakeWitness) Processes(context.Context) ([]sockets.Process, error) {
	return []sockets.Process{{PID: 1, Command: "httpd", State: "S", Descriptors: 20}}, nil
}

func (w *fakeWitness) Hello(context.Context) (agent.Hello, error) {
	return agent.Hello{Ports: 1000}, nil
}

func (w *fakeWitness) Watch(context.Context, time.Duration) error    { return nil }
func (w *fakeWitness) Watched(context.Context) ([]trace.Span, error) { return w.spans, w.lost }
func (w *fakeWitness) Capture(context.Context) error                 { return w.nothing }

// atOnce ends every connection as it should be.
func atOnce(scenario.Play) trace.Trace { return orderly(1000, "") }

// product is a proxy of one version with these configurations and known failures.
func product(name string, known []proxies.KnownFailure, configurations ...string) *proxies.Proxy {
	p := &proxies.Proxy{Name: name, Versions: []proxies.Version{{Name: "2.4", Default: true}}, Known: known}
	for _, c := range configurations {
		p.Configurations = append(p.Configurations, &proxies.Configuration{Name: c})
	}
	return p
}

// standsOf are stands of all configurations of the proxies, up, with a peer that plays.
func standsOf(play func(scenario.Play) trace.Trace, all ...*proxies.Proxy) []*stand.Stand {
	var stands []*stand.Stand
	for _, p := range all {
		for _, c := range p.Configurations {
			t := proxies.Target{Proxy: p, Version: p.Versions[0], Configuration: c}
			stands = append(stands, &stand.Stand{Target: &t, ID: t.ID(), Peer: &fakePeer{play: play}, OwnProcess: true})
		}
	}
	return stands
}

// newTestSession is a session of the checks that match patterns, on stands and a control that works.
func newTestSession(stands []*stand.Stand, patterns ...string) *session {
	o := DefaultOptions()
	o.Checks, o.Out, o.Samples, o.Endings = patterns, "", 5, 8
	plan, err := newPlan(o, stands)
	if err != nil {
		panic(err)
	}
	control := &stand.Stand{ID: "direct", Peer: &fakePeer{play: atOnce}}
	plan.addControl(control)
	return &session{
		options: o, id: "test", plan: plan, runtime: fakeRuntime{name: stand.OfDocker},
		progress: reports.NewProgress(io.Discard),
		stands:   stands, controls: []*stand.Stand{control},
		records: map[string]*record{}, results: map[key]reports.Result{}, worst: map[key][]string{}, matched: map[string]bool{},
	}
}

// verdictsOf are the verdicts of a target, each once.
func (s *session) verdictsOf(target string) []reports.Verdict {
	var all []reports.Verdict
	for k, r := range s.results {
		if k.target == target {
			all = append(all, r.Verdict)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

var errLost = errors.New("connection reset")
