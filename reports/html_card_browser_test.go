package reports

import (
	"context"
	"fmt"
	"os"
	"testing"

	"github.com/chromedp/chromedp"
)

func TestCardInABrowser(t *testing.T) {
	ctx := startBrowser(t)
	url := savedPage(t, signedOff(t))
	t.Run("both colour schemes", func(t *testing.T) { bothSchemes(t, ctx, url) })
	t.Run("every link", func(t *testing.T) { everyLinkOf(t, ctx, url, 20) })
	for _, scheme := range []string{"light", "dark"} {
		t.Run("400 px, nothing hangs, "+scheme, func(t *testing.T) { narrowCard(t, ctx, url, scheme) })
	}
	t.Run("what is coloured can be read", func(t *testing.T) { contrast(t, ctx, url) })
}

// narrowCard also holds that the decision, and what is validated, is on the first screen of a telephone.
func narrowCard(t *testing.T, ctx context.Context, url, scheme string) {
	p := openTab(t, ctx, url, scheme)
	p.do(chromedp.EmulateViewport(400, 800))
	if width := js[int](p, `document.documentElement.scrollWidth`); width > 400 {
		t.Errorf("the page is %d wide", width)
	}
	if wide := js[[]string](p, `[...document.querySelectorAll('.card *')].filter((e) => !e.closest('.patch') && e.getBoundingClientRect().right > 400.5).map((e) => e.outerHTML.slice(0, 80))`); len(wide) > 0 {
		t.Errorf("beyond the right edge: %q", wide)
	}
	if y := js[float64](p, `document.querySelector('.route h2').getBoundingClientRect().top`); y > 800 {
		t.Errorf("the first route begins at %.0f px", y)
	}
	picture(p, fmt.Sprintf("card-400-%s", scheme))
}

// contrast is at least 4.5 for the words that have a colour of their own (WCAG 2.2, 1.4.3).
func contrast(t *testing.T, ctx context.Context, url string) {
	const worst = `(() => {
		const light = (c) => { const v = c.map((x) => { x /= 255; return x <= .04045 ? x / 12.92 : ((x + .055) / 1.055) ** 2.4 }); return .2126 * v[0] + .7152 * v[1] + .0722 * v[2] };
		const rgb = (s) => s.match(/[\d.]+/g).map(Number);
		const behind = (e) => { for (; e; e = e.parentElement) { const c = rgb(getComputedStyle(e).backgroundColor); if (c.length < 4 || c[3] > 0) return c.slice(0, 3) } return [255, 255, 255] };
		return [...document.querySelectorAll('.card h1, .card .chip, .card .mark, .card .proven, .card .first, .card dt, .card .to, .card .valid, .card .none, .patch span')].map((e) => {
			const a = light(rgb(getComputedStyle(e).color).slice(0, 3)), b = light(behind(e));
			return { at: e.outerHTML.slice(0, 80), ratio: (Math.max(a, b) + .05) / (Math.min(a, b) + .05) };
		}).sort((a, b) => a.ratio - b.ratio)[0];
	})()`
	for _, scheme := range []string{"light", "dark"} {
		p := openTab(t, ctx, url, scheme)
		if got := js[struct {
			At    string
			Ratio float64
		}](p, worst); got.Ratio < 4.5 {
			t.Errorf("%s: contrast %.2f: %s", scheme, got.Ratio, got.At)
		}
		picture(p, "card-"+scheme)
	}
}

// picture saves the whole page as a PNG where FINWAIT_PICTURES names a folder, to look at.
func picture(p *tab, name string) {
	p.t.Helper()
	dir := os.Getenv("FINWAIT_PICTURES")
	if dir == "" {
		return
	}
	shot, err := chromedp.Run(p.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		p.t.Fatal(err)
	}
	if err := os.WriteFile(dir+"/"+name+".png", shot, 0o644); err != nil {
		p.t.Fatal(err)
	}
}
