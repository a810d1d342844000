package reports

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	plainInterval = 2 * time.Second // at most one line of counting in this time, where lines cannot be rewritten
	liveInterval  = 200 * time.Millisecond
)

// Progress tells a person what a long run is doing: the stage, n of m, and the time left. On a terminal it is one
// line that is rewritten in place, elsewhere plain lines, few enough for a CI log. It is safe for concurrent use.
type Progress struct {
	mu      sync.Mutex
	w       io.Writer
	now     func() time.Time
	columns func() int // width of the terminal; nil: there is none
	stop    chan struct{}

	stages  []Stage
	name    string // of the stage under way; empty: none is
	total   int    // steps of it; 0: not known
	steps   int
	began   time.Time
	least   time.Duration // how long the stage takes at least
	printed time.Time     // when the last line about it was written
	drawn   bool          // an unfinished line stands on the terminal
}

// NewProgress writes to w, usually standard error. Call Done in the end.
func NewProgress(w io.Writer) *Progress {
	p := &Progress{w: w, now: time.Now, stop: make(chan struct{})}
	if fd, ok := terminal(w); ok {
		p.columns = func() int { return columns(fd) }
		go p.live(liveInterval)
	}
	return p
}

func columns(fd int) int {
	if width, _, err := term.GetSize(fd); err == nil && width > 0 {
		return width
	}
	return maxWidth
}

// Stage ends the stage under way and begins another of total steps; 0: how many is not known.
func (p *Progress) Stage(name string, total int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.name, p.total, p.steps, p.began, p.least = name, total, 0, p.now(), 0
	p.draw(true)
}

// Lasts says that the stage under way takes at least d in all, because it waits for something.
func (p *Progress) Lasts(d time.Duration) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.least = d
}

// Step counts n more steps of the stage as done.
func (p *Progress) Step(n int) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.steps += n
	p.draw(false)
}

// Say writes one line, above the line that is rewritten.
func (p *Progress) Say(format string, args ...any) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.line("  " + printable(fmt.Sprintf(format, args...)))
	if p.columns != nil {
		p.draw(true)
	}
}

// Done ends the stage under way and returns all stages with the time each took. A second call returns the same.
func (p *Progress) Done() []Stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.end()
	p.rest()
	return append([]Stage{}, p.stages...)
}

// Stages are those that have ended, with the time each took.
func (p *Progress) Stages() []Stage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return append([]Stage{}, p.stages...)
}

// Break ends it in the middle of a stage, without a word: what is written next explains why. After Done it does nothing.
func (p *Progress) Break() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.clear()
	p.name = ""
	p.rest()
}

// rest ends live.
func (p *Progress) rest() {
	select {
	case <-p.stop:
	default:
		close(p.stop)
	}
}

// live redraws the line while nothing happens, so that a long wait does not look dead.
func (p *Progress) live(every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		select {
		case <-p.stop:
			return
		case <-ticker.C:
			p.mu.Lock()
			p.draw(false)
			p.mu.Unlock()
		}
	}
}

func (p *Progress) end() {
	if p.name == "" {
		return
	}
	took := p.now().Sub(p.began)
	p.clear()
	count := ""
	if p.steps > 0 {
		count = fmt.Sprintf("  %d%s", p.steps, p.of())
	}
	p.line(fmt.Sprintf("%s: done in %s%s", p.name, clock(took), count))
	p.stages = append(p.stages, Stage{Name: p.name, Seconds: took.Round(time.Millisecond).Seconds()})
	p.name = ""
}

// draw shows where the stage is, unless that was done a moment ago.
func (p *Progress) draw(force bool) {
	now := p.now()
	interval := plainInterval
	if p.columns != nil {
		interval = liveInterval
	}
	if p.name == "" || (!force && now.Sub(p.printed) < interval) {
		return
	}
	p.printed = now
	if p.columns == nil {
		p.line(p.status(now))
		return
	}
	p.clear()
	text := []rune(p.status(now))
	_, _ = fmt.Fprint(p.w, string(text[:min(len(text), max(p.columns()-1, 0))]))
	p.drawn = true
}

// status is the line about the stage: "patient pass: 120 of 600, 4 s, about 16 s left".
func (p *Progress) status(now time.Time) string {
	if p.steps == 0 && now.Sub(p.began) < liveInterval {
		if p.total > 0 {
			return fmt.Sprintf("%s: %d to do", p.name, p.total)
		}
		return p.name + " ..."
	}
	parts := []string{clock(now.Sub(p.began))}
	if p.steps > 0 || p.total > 0 {
		parts = append([]string{fmt.Sprintf("%d%s", p.steps, p.of())}, parts...)
	}
	if left, ok := p.left(now); ok {
		parts = append(parts, "about "+clock(left)+" left")
	}
	return p.name + ": " + strings.Join(parts, ", ")
}

func (p *Progress) of() string {
	if p.total == 0 {
		return ""
	}
	return fmt.Sprintf(" of %d", p.total)
}

// left is the time that the steps to come take if they take as long as those that are done, and no less than the stage
// takes at least.
func (p *Progress) left(now time.Time) (time.Duration, bool) {
	if p.steps == 0 || p.steps >= p.total {
		return 0, false
	}
	elapsed := now.Sub(p.began)
	left := time.Duration(float64(elapsed) / float64(p.steps) * float64(p.total-p.steps))
	return max(left, p.least-elapsed), true
}

// clear takes the unfinished line off the terminal.
func (p *Progress) clear() {
	if p.drawn {
		_, _ = fmt.Fprint(p.w, "\r\x1b[K")
		p.drawn = false
	}
}

func (p *Progress) line(s string) { _, _ = fmt.Fprintln(p.w, s) }

// clock writes whole seconds, and tenths below ten.
func clock(d time.Duration) string {
	switch {
	case d < 9950*time.Millisecond:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d < 59500*time.Millisecond:
		return fmt.Sprintf("%.0f s", d.Seconds())
	}
	d = d.Round(time.Second)
	return fmt.Sprintf("%d min %d s", d/time.Minute, d%time.Minute/time.Second)
}
