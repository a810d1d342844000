package reports

import (
	"strings"
	"testing"

	"golang.org/x/net/html"
)

// The card is the first thing on the page; the golden files hold it alone.
func TestHTMLOfCardsGolden(t *testing.T) {
	for name, run := range cardRuns(t) {
		t.Run(name, func(t *testing.T) {
			page := renderHTML(t, run)
			from, to := strings.Index(page, `<main id="home">`), strings.Index(page, `<section class="verdict `)
			if from < 0 || to < from {
				t.Fatal("there is no card before the rest")
			}
			golden(t, "html-"+name, []byte(page[from:to]))
			if n := len(elements(t, page, named("h1"))); n != 1 {
				t.Errorf("%d headings of the first level", n)
			}
		})
	}
}

func TestHTMLWithoutACard(t *testing.T) {
	if page := renderHTML(t, sample(t)); strings.Contains(page, `class="card`) || strings.Contains(page, ".card ") {
		t.Error("a run without a card has something of one")
	}
}

// What is in a card is text, also in the parts that are made as HTML.
func TestHTMLOfAHostileCard(t *testing.T) {
	run := hostileCard(t)
	page := renderHTML(t, run)
	scripts := elements(t, page, func(n *html.Node) bool {
		return n.Data == "script" && attribute(n, "data-target") == "" || n.Data == "img"
	})
	if len(scripts) != 1 {
		t.Errorf("%d scripts and images, want the page's own script", len(scripts))
	}
	for _, a := range elements(t, page, named("a")) {
		if href := attribute(a, "href"); !strings.HasPrefix(href, "#") {
			t.Errorf("a link to %q", href)
		}
	}
}

// hostileCard has texts that want to be more than text wherever a card can have them.
func hostileCard(t *testing.T) *Run {
	t.Helper()
	const evil = "</dd><script>alert(1)</script><img src=x> | `x` ``` @octocat \x1b[2J\x00\u202e\n::error::"
	run := signedOff(t)
	c := run.Card
	c.Path, c.Notes, c.Passed = evil, []string{evil}, []string{evil}
	c.Valid.Proxy, c.Valid.Image, c.Valid.Runtime, c.Valid.Config = evil, evil, evil, evil
	c.Valid.Budgets, c.Valid.BudgetsSet = map[string]any{evil: evil}, nil
	c.AgainstPath = evil
	for i := range c.Routes {
		r := &c.Routes[i]
		r.URL, r.File, r.Upstreams = evil, evil, []string{evil}
		for j := range r.Numbers {
			r.Numbers[j] = Number{Name: evil, Value: evil, Budget: evil, Detail: evil}
		}
		for j := range r.Findings {
			f := &r.Findings[j]
			f.Requirement, f.Sentence, f.Expected, f.Actual, f.File, f.Text, f.Change, f.Evidence = evil, evil, evil, evil, evil, evil, evil, evil
			f.Line = 4
		}
	}
	for i := range c.Cures {
		cure := &c.Cures[i]
		cure.Directive, cure.File, cure.Diff = evil, evil+evil, "+"+evil
		if !cure.Helps {
			cure.Why = evil
		}
		for j := range cure.Changes {
			cure.Changes[j].Before, cure.Changes[j].After = evil, evil
		}
	}
	c.Patch = "+" + evil
	return run
}

func TestNoFormatOfAHostileCardSteers(t *testing.T) {
	for _, format := range []string{"text", "markdown", "html", "junit", "sarif"} {
		text := written(t, format, hostileCard(t))
		for _, bad := range []string{"\x1b", "\x00", "\u202e"} {
			if strings.Contains(text, bad) {
				t.Errorf("%s has %q", format, bad)
			}
		}
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "::") {
				t.Errorf("%s has a command to a CI system: %q", format, line)
			}
		}
	}
	text := written(t, "markdown", hostileCard(t))
	if strings.Contains(strings.ReplaceAll(text, "`", ""), "\n<script>") {
		t.Error("a tag begins a line of the markdown")
	}
}
