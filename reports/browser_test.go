package reports

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

// patience bounds a whole test in the browser; what hangs ends then, nothing waits for it.
const patience = 5 * time.Minute

// startBrowser starts a headless browser. Where there is none the test is skipped, in CI it fails.
func startBrowser(t *testing.T) context.Context {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		const missing = "no chromium, google-chrome or chrome on PATH: `apt-get install chromium` gets one"
		if os.Getenv("CI") != "" {
			t.Fatal(missing)
		}
		t.Skip(missing)
	}
	options := append(slices.Clone(chromedp.DefaultExecAllocatorOptions[:]), chromedp.ExecPath(path), chromedp.WindowSize(1280, 900))
	if os.Geteuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewExecAllocator(ctx, options...)
	t.Cleanup(cancel)
	ctx, cancel = chromedp.NewContext(ctx)
	t.Cleanup(cancel)
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start %s: %v", path, err)
	}
	return ctx
}

// tab is a page of the browser that notes everything that a page must not do.
type tab struct {
	t   *testing.T
	ctx context.Context
	url string

	mu         sync.Mutex
	complaints []string
}

// openTab opens the page at url with the colours of a scheme, "light" or "dark".
func openTab(t *testing.T, browserCtx context.Context, url, scheme string) *tab {
	t.Helper()
	ctx, cancel := chromedp.NewContext(browserCtx)
	t.Cleanup(cancel)
	p := &tab{t: t, ctx: ctx, url: url}
	if err := chromedp.Listen(ctx, p.listen); err != nil {
		t.Fatal(err)
	}
	call(p, network.Enable, network.EnableParams{})
	call(p, emulation.SetFocusEmulationEnabled, emulation.SetFocusEmulationEnabledParams{Enabled: true})
	call(p, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{
		Features: []*emulation.MediaFeature{{Name: "prefers-color-scheme", Value: scheme}}})
	p.do(chromedp.Navigate(url))
	t.Cleanup(func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for _, c := range p.complaints {
			t.Error(c)
		}
	})
	return p
}

func (p *tab) listen(event any) {
	complaint := ""
	switch e := event.(type) {
	case *runtime.EventExceptionThrown:
		complaint = "exception: " + e.ExceptionDetails.Text
	case *runtime.EventConsoleAPICalled:
		complaint = fmt.Sprintf("console.%s: %v", e.Type, e.Args)
	case *log.EventEntryAdded:
		complaint = fmt.Sprintf("log, %s: %s", e.Entry.Level, e.Entry.Text)
	case *network.EventRequestWillBeSent:
		page, _, _ := strings.Cut(p.url, "#")
		if asked, _, _ := strings.Cut(e.Request.URL, "#"); asked != page && !strings.HasPrefix(asked, "data:") {
			complaint = "request: " + e.Request.URL
		}
	}
	if complaint != "" {
		p.mu.Lock()
		defer p.mu.Unlock()
		p.complaints = append(p.complaints, complaint)
	}
}

func (p *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	p.t.Helper()
	if err := chromedp.Do(p.ctx, actions...); err != nil {
		p.t.Fatal(err)
	}
}

// click clicks on what a CSS selector finds first.
func (p *tab) click(format string, args ...any) {
	p.t.Helper()
	p.do(chromedp.Click(chromedp.CSS(fmt.Sprintf(format, args...))))
}

// call gives the browser a command for this tab.
func call[P, R any](p *tab, command cdp.Command[P, R], params P) {
	p.t.Helper()
	if _, err := chromedp.Call(p.ctx, command, params); err != nil {
		p.t.Fatal(err)
	}
}

// js returns the value of an expression, which may be a promise.
func js[T any](p *tab, expression string) T {
	p.t.Helper()
	value, err := chromedp.Run(p.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		p.t.Fatalf("%s: %v", expression, err)
	}
	return value
}

// until waits for a condition on the page.
func (p *tab) until(condition string) {
	p.t.Helper()
	ctx, cancel := context.WithTimeout(p.ctx, time.Minute)
	defer cancel()
	if err := chromedp.Do(ctx, chromedp.Poll[chromedp.Void](condition, chromedp.WithPollingInterval(20*time.Millisecond))); err != nil {
		p.t.Fatalf("%s does not become true: %v; the page is at %s and says %.300q", condition, err,
			js[string](p, "location.hash"), js[string](p, "document.body.innerText"))
	}
}

// atDetail waits until the page of a check, or of a target, is there.
func (p *tab) atDetail(heading string) {
	p.t.Helper()
	p.until(fmt.Sprintf(`!document.querySelector('#detail').hidden && document.querySelector('#detail h1')?.textContent.includes(%q)`, heading))
}

func (p *tab) atMatrix() {
	p.t.Helper()
	p.until(`!document.querySelector('#home').hidden && document.querySelector('#detail').hidden`)
}

// rows are the targets of the matrix that are on the screen.
func (p *tab) rows() []string {
	p.t.Helper()
	return js[[]string](p, `[...document.querySelectorAll('#map tr[data-target]')].filter((r) => r.offsetParent).map((r) => r.dataset.target)`)
}
