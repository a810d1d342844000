package reports

import (
	"bytes"
	"io"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"
)

// fakeClock is a clock that goes on when it is told to.
type fakeClock struct{ at time.Time }

func (c *fakeClock) now() time.Time           { return c.at }
func (c *fakeClock) pass(d time.Duration)     { c.at = c.at.Add(d) }
func (c *fakeClock) on(p *Progress) *Progress { p.now = c.now; return p }

func newFakeClock() *fakeClock { return &fakeClock{at: time.Unix(1_000_000, 0)} }

func TestProgressInPlainLines(t *testing.T) {
	var out bytes.Buffer
	clock := newFakeClock()
	p := clock.on(NewProgress(&out))
	p.Stage("images", 0)
	clock.pass(1500 * time.Millisecond)
	p.Say("built %s", "finwait-apache")
	p.Stage("patient pass", 600)
	for range 600 {
		clock.pass(50 * time.Millisecond)
		p.Step(1)
	}
	stages := p.Done()

	lines := strings.Split(strings.TrimSuffix(out.String(), "\n"), "\n")
	want := []string{
		"images ...",
		"  built finwait-apache",
		"images: done in 1.5 s",
		"patient pass: 600 to do",
		"patient pass: 40 of 600, 2.0 s, about 28 s left",
	}
	if len(lines) < 6 || !reflect.DeepEqual(lines[:5], want) {
		t.Fatalf("got\n%s", out.String())
	}
	if last := lines[len(lines)-1]; last != "patient pass: done in 30 s  600 of 600" {
		t.Errorf("last line %q", last)
	}
	if n := len(lines); n != 20 { // 5, one in two seconds of the other 28, and the last
		t.Errorf("%d lines:\n%s", n, out.String())
	}
	wantStages := []Stage{{Name: "images", Seconds: 1.5}, {Name: "patient pass", Seconds: 30}}
	if !reflect.DeepEqual(stages, wantStages) {
		t.Errorf("stages %v, want %v", stages, wantStages)
	}
}

func TestProgressOnATerminal(t *testing.T) {
	var out bytes.Buffer
	clock := newFakeClock()
	p := clock.on(NewProgress(&out))
	p.columns = func() int { return 30 }
	p.Stage("patient pass", 600)
	clock.pass(time.Second)
	p.Step(100)
	clock.pass(time.Millisecond)
	p.Step(1) // too soon to be drawn
	p.Say("one proxy fell over")
	p.Done()
	want := "patient pass: 600 to do" +
		"\r\x1b[Kpatient pass: 100 of 600, 1.0" + // cut at the terminal's edge
		"\r\x1b[K  one proxy fell over\npatient pass: 101 of 600, 1.0" +
		"\r\x1b[Kpatient pass: done in 1.0 s  101 of 600\n"
	if out.String() != want {
		t.Errorf("got  %q\nwant %q", out.String(), want)
	}
}

func TestProgressDoneTwice(t *testing.T) {
	p := newFakeClock().on(NewProgress(io.Discard))
	p.Stage("stands", 3)
	first := p.Done()
	p.Say("late")
	p.Step(1)
	if again := p.Done(); !reflect.DeepEqual(first, again) || len(again) != 1 {
		t.Errorf("got %v, then %v", first, again)
	}
}

func TestProgressWithoutAStage(t *testing.T) {
	if stages := NewProgress(io.Discard).Done(); len(stages) != 0 {
		t.Errorf("got %v", stages)
	}
}

func TestProgressKeepsTheTerminalInOrder(t *testing.T) {
	var out bytes.Buffer
	p := NewProgress(&out)
	p.Say("log says \x1b[2J\r")
	if strings.ContainsAny(out.String(), "\x1b\r") {
		t.Errorf("got %q", out.String())
	}
}

func TestProgressFromManyGoroutines(t *testing.T) {
	p := NewProgress(io.Discard)
	p.Stage("patient pass", 100)
	var all sync.WaitGroup
	for range 10 {
		all.Go(func() {
			for range 10 {
				p.Step(1)
				p.Say("step")
			}
		})
	}
	all.Wait()
	if p.steps != 100 {
		t.Errorf("%d steps", p.steps)
	}
	p.Done()
}

func TestClock(t *testing.T) {
	tests := map[time.Duration]string{
		0:                        "0.0 s",
		9940 * time.Millisecond:  "9.9 s",
		9960 * time.Millisecond:  "10 s",
		59600 * time.Millisecond: "1 min 0 s",
		12 * time.Second:         "12 s",
		75 * time.Second:         "1 min 15 s",
	}
	for d, want := range tests {
		if got := clock(d); got != want {
			t.Errorf("clock(%s) = %q, want %q", d, got, want)
		}
	}
}

func TestProgressOfAStageThatWaits(t *testing.T) {
	var out bytes.Buffer
	clock := newFakeClock()
	p := clock.on(NewProgress(&out))
	p.Stage("patient pass", 100)
	p.Lasts(10 * time.Second)
	clock.pass(2 * time.Second)
	p.Step(90)
	p.Done()
	if want := "patient pass: 90 of 100, 2.0 s, about 8.0 s left\n"; !strings.Contains(out.String(), want) {
		t.Errorf("got\n%s\nwant %s", out.String(), want)
	}
}
