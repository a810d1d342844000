package reports

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/finwait/finwait/fixtures/trace"
)

const heldCell = "#/apache@2.4.69/wstunnel/cleanup/back-leg-released"

// heldTraces are a worst and a typical trace of a client that holds.
func heldTraces() []trace.Trace {
	traces := make([]trace.Trace, 2)
	for i := range traces {
		ms := func(n int64) int64 { return (n + int64(i)) * 1e6 }
		traces[i] = trace.Trace{ID: fmt.Sprintf("7f3a-%d", i), Target: "apache@2.4.69/wstunnel", Scenario: "client-holds", Patience: 10e9, Events: []trace.Event{
			{At: ms(1), Side: trace.Client, Dir: trace.Out, Kind: trace.Connected},
			{At: ms(2), Side: trace.Client, Dir: trace.Out, Kind: trace.Request},
			{At: ms(3), Side: trace.Backend, Dir: trace.In, Kind: trace.Request},
			{At: ms(4), Side: trace.Backend, Dir: trace.Out, Kind: trace.Response, Status: 101},
			{At: ms(5), Side: trace.Client, Dir: trace.In, Kind: trace.Response, Status: 101},
			{At: ms(6), Side: trace.Client, Dir: trace.Out, Kind: trace.Frame, Opcode: trace.OpClose, Final: true, Masked: true, Length: 2, Code: 1000},
			{At: ms(7), Side: trace.Backend, Dir: trace.In, Kind: trace.Frame, Opcode: trace.OpClose, Final: true, Masked: true, Length: 2, Code: 1000},
			{At: ms(8), Side: trace.Backend, Dir: trace.Out, Kind: trace.Frame, Opcode: trace.OpClose, Final: true, Length: 2, Code: 1000},
			{At: ms(9), Side: trace.Backend, Dir: trace.Out, Kind: trace.FIN},
			{At: ms(10), Side: trace.Client, Dir: trace.In, Kind: trace.FIN},
			{At: ms(10009), Side: trace.Backend, Kind: trace.GaveUp},
		}}
	}
	return traces
}

// withEvidence is the sample with the traces of one of its scenarios, and samples enough to draw.
func withEvidence(t *testing.T) *Run {
	t.Helper()
	run := sample(t)
	content, err := json.Marshal(heldTraces())
	if err != nil {
		t.Fatal(err)
	}
	run.files = fstest.MapFS{"traces/apache-2.4.69_wstunnel/client-holds.json": {Data: content}}
	for i, r := range run.Results {
		if r.Target == "apache@2.4.69/wstunnel" && r.Scenario == "client-holds" && r.Check == "cleanup/back-leg-released" {
			run.Results[i].Worst = "7f3a-0"
			run.Results[i].Samples = slices.Repeat([]float64{10000}, 20)
		}
	}
	return run
}

// savedPage writes the page of run to a file, and returns its address.
func savedPage(t *testing.T, run *Run) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "report.html")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	if err := writeHTML(file, run, Style{}); err != nil {
		t.Fatal(err)
	}
	return "file://" + path
}

func TestPageInABrowser(t *testing.T) {
	ctx := startBrowser(t)
	url := savedPage(t, withEvidence(t))
	for name, test := range map[string]func(*testing.T, context.Context, string){
		"both colour schemes":   bothSchemes,
		"every link":            everyLink,
		"filters":               filters,
		"a cell":                aCell,
		"the copy button":       copyButton,
		"back":                  back,
		"keyboard":              keyboard,
		"a link to nowhere":     linkToNowhere,
		"a line of the file":    lineOfTheFile,
		"narrow, nothing hangs": narrow,
	} {
		t.Run(name, func(t *testing.T) { test(t, ctx, url) })
	}
}

// bothSchemes also holds the button against what the system says: the last choice wins.
func bothSchemes(t *testing.T, ctx context.Context, url string) {
	const brightness = `getComputedStyle(document.body).backgroundColor.match(/[\d.]+/g).slice(0, 3).reduce((a, b) => a + Number(b), 0) / 3`
	for scheme, isScheme := range map[string]func(float64) bool{
		"light": func(b float64) bool { return b > 200 },
		"dark":  func(b float64) bool { return b < 60 },
	} {
		p := openTab(t, ctx, url, scheme)
		if b := js[float64](p, brightness); !isScheme(b) {
			t.Errorf("%s: the page has brightness %.0f", scheme, b)
		}
		p.click("#theme")
		if b := js[float64](p, brightness); isScheme(b) {
			t.Errorf("%s: the button changes nothing", scheme)
		}
		js[bool](p, `localStorage.clear(), true`)
	}
}

// everyLink opens every page that any page links to.
func everyLink(t *testing.T, ctx context.Context, url string) { everyLinkOf(t, ctx, url, 60) }

// everyLinkOf does so on a page whose first screen has at least so many links.
func everyLinkOf(t *testing.T, ctx context.Context, url string, least int) {
	p := openTab(t, ctx, url, "light")
	const links = `[...document.querySelectorAll('a[href^="#"]')].map((a) => a.getAttribute('href'))`
	queue, seen := js[[]string](p, links), map[string]bool{}
	if len(queue) < least {
		t.Fatalf("%d links on the first screen", len(queue))
	}
	for len(queue) > 0 {
		hash := queue[0]
		queue = queue[1:]
		if seen[hash] {
			continue
		}
		seen[hash] = true
		js[bool](p, fmt.Sprintf(`location.hash = %q, true`, hash))
		p.until(`document.documentElement.dataset.at === location.hash`)
		queue = append(queue, js[[]string](p, links)...)
		if text := js[string](p, `document.querySelector('main:not([hidden])').innerText`); strings.Contains(text, "There is no such page") {
			t.Errorf("%s leads nowhere", hash)
		}
	}
}

func filters(t *testing.T, ctx context.Context, url string) {
	p := openTab(t, ctx, url, "light")
	if n := len(p.rows()); n != 7 {
		t.Fatalf("%d rows, want 5 targets and 2 controls", n)
	}
	controls := []string{"direct", "direct+tls"}
	choose := func(name, value string) {
		js[bool](p, fmt.Sprintf(`(() => { const e = document.querySelector('#filter').elements[%q]; e.value = %q; return e.dispatchEvent(new Event('input', { bubbles: true })) })()`, name, value))
	}
	for _, c := range []struct {
		name, value, hash string
		want              []string
	}{
		{"proxy", "nginx", "#/?proxy=nginx", []string{"nginx@1.30.6/map-upgrade", "nginx@1.30.6/short-read-timeout"}},
		{"verdict", "unexpected-pass", "#/?verdict=unexpected-pass", []string{"nginx@1.30.6/short-read-timeout"}},
		{"q", "+TLS", "#/?q=%2BTLS", []string{"apache@2.4.69/wstunnel+tls"}},
	} {
		choose(c.name, c.value)
		if got := p.rows(); !slices.Equal(got, append(slices.Clone(controls), c.want...)) {
			t.Errorf("%s %s: %v", c.name, c.value, got)
		}
		if hash := js[string](p, "location.hash"); hash != c.hash {
			t.Errorf("%s %s: the address is %s", c.name, c.value, hash)
		}
		choose(c.name, "")
	}
	choose("area", "handshake")
	if n := js[int](p, `[...document.querySelectorAll('#map .check')].filter((th) => th.offsetParent).length`); n != 1 {
		t.Errorf("%d checks of the area, want 1", n)
	}
	p.click(`#filter [type=reset]`)
	p.until(`[...document.querySelectorAll('#map .check')].every((th) => th.offsetParent)`)

	linked := openTab(t, ctx, url+"#/?proxy=apache&verdict=fail", "light")
	if got := linked.rows(); !slices.Equal(got, append(slices.Clone(controls), "apache@2.4.69/wstunnel+tls")) {
		t.Errorf("a link to a filter shows %v", got)
	}
}

func aCell(t *testing.T, ctx context.Context, url string) {
	p := openTab(t, ctx, url, "light")
	p.click(`#map a[href=%q]`, heldCell)
	p.atDetail("cleanup/back-leg-released")
	p.click(`#detail a[href$="?scenario=client-holds"]`)
	p.until(`[...document.querySelectorAll('#detail svg.tl')].filter((s) => s.checkVisibility()).length === 2`)
	text := js[string](p, `document.querySelector('#detail .scene:not([hidden])').innerText`)
	for _, want := range []string{"client-holds", "known-failure", "control, direct", "remedy", "The worst trace", "A typical trace"} {
		if !strings.Contains(text, want) {
			t.Errorf("the cell does not say %q", want)
		}
	}
	again := openTab(t, ctx, url+heldCell+"?scenario=client-holds", "dark")
	again.atDetail("cleanup/back-leg-released")
	again.until(`document.querySelector('#detail .scene:not([hidden])').dataset.scenario === 'client-holds'`)
}

func copyButton(t *testing.T, ctx context.Context, url string) {
	for _, name := range []string{"clipboard-read", "clipboard-write"} {
		if _, err := chromedp.CallBrowser(ctx, browser.SetPermission, browser.SetPermissionParams{
			Permission: &browser.PermissionDescriptor{Name: name}, Setting: browser.PermissionSettingGranted}); err != nil {
			t.Fatal(err)
		}
	}
	p := openTab(t, ctx, url+heldCell, "light")
	p.atDetail("cleanup/back-leg-released")
	p.click(`#detail .copy`)
	p.until(`document.querySelector('#detail .copy').textContent === 'Copied'`)
	want := `finwait run --target 'apache@*/wstunnel' --check 'cleanup/back-leg-released'`
	if got := js[string](p, `navigator.clipboard.readText()`); got != want {
		t.Errorf("the clipboard has %q", got)
	}
}

func back(t *testing.T, ctx context.Context, url string) {
	p := openTab(t, ctx, url+"#/?proxy=apache", "light")
	p.click(`#map a[href=%q]`, heldCell)
	p.atDetail("cleanup/back-leg-released")
	js[bool](p, `history.back(), true`)
	p.atMatrix()
	if rows := p.rows(); slices.Contains(rows, "nginx@1.30.6/map-upgrade") {
		t.Errorf("the filter is gone: %v", rows)
	}
	js[bool](p, `history.forward(), true`)
	p.atDetail("cleanup/back-leg-released")
}

func keyboard(t *testing.T, ctx context.Context, url string) {
	p := openTab(t, ctx, url, "light")
	p.do(chromedp.KeyEvent(kb.Tab))
	if text := js[string](p, `document.activeElement.innerText`); !strings.Contains(text, "Skip") {
		t.Errorf("the first stop is %q", text)
	}
	if n := js[int](p, `[...document.querySelectorAll('#map tbody a')].filter((a) => a.tabIndex === 0).length`); n != 1 {
		t.Errorf("the matrix has %d stops of the Tab key", n)
	}
	js[bool](p, `document.querySelector('#map tbody a[href="#/apache@2.4.69/wstunnel"]').focus(), true`)
	p.do(chromedp.KeyEvent(kb.ArrowRight), chromedp.KeyEvent(kb.ArrowDown), chromedp.KeyEvent(kb.ArrowUp))
	if href := js[string](p, `document.activeElement.getAttribute('href')`); href != heldCell {
		t.Errorf("the arrow keys led to %s", href)
	}
	p.do(chromedp.KeyEvent(kb.Enter))
	p.atDetail("cleanup/back-leg-released")
	if tag := js[string](p, `document.activeElement.tagName`); tag != "H1" {
		t.Errorf("the focus is on %s", tag)
	}
	p.do(chromedp.KeyEvent(kb.Escape))
	p.atMatrix()
	if href := js[string](p, `document.activeElement.getAttribute('href')`); href != heldCell {
		t.Errorf("back in the matrix the focus is on %s", href)
	}
}

func linkToNowhere(t *testing.T, ctx context.Context, url string) {
	for _, hash := range []string{"#/caddy@2/default", heldCell + "/more", heldCell + "?scenario=none", "#nothing", "#/%E0%A4%A"} {
		p := openTab(t, ctx, url+hash, "light")
		p.until(`document.querySelector('#detail').innerText.includes('There is no such page')`)
		p.click(`#detail a[data-back]`)
		p.atMatrix()
	}
}

func lineOfTheFile(t *testing.T, ctx context.Context, _ string) {
	run := sample(t)
	for i := range run.Targets {
		run.Targets[i].ConfigText = "one\n\ttwo\n</script><script>alert(1)</script>\n"
	}
	p := openTab(t, ctx, savedPage(t, run)+"#/apache@2.4.69/wstunnel?line=3", "light")
	p.until(`document.querySelector('#detail .config .chosen code')?.textContent === '</script><script>alert(1)</script>'`)
}

// narrow is a telephone: the page itself does not scroll sideways, its tables do.
func narrow(t *testing.T, ctx context.Context, url string) {
	p := openTab(t, ctx, url, "light")
	p.do(chromedp.EmulateViewport(400, 800))
	for _, hash := range []string{"#/", "#/apache@2.4.69/wstunnel", heldCell + "?scenario=client-holds"} {
		js[bool](p, fmt.Sprintf("location.hash = %q, true", hash))
		p.until(fmt.Sprintf(`document.querySelector('#home').hidden === %t && document.querySelector('#home, #detail h1')`, hash != "#/"))
		if width := js[int](p, `document.documentElement.scrollWidth`); width > 400 {
			t.Errorf("%s is %d wide", hash, width)
		}
	}
}
