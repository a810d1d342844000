package reports

import (
	"strings"
	"testing"
)

func TestExitCodesOfCards(t *testing.T) {
	for _, test := range []struct {
		card Card
		want int
	}{
		{Card{Decision: Approve}, ExitExpected}, {Card{Decision: Approve, Strict: true}, ExitExpected},
		{Card{Decision: Risk}, ExitExpected}, {Card{Decision: Risk, Strict: true}, ExitFailed},
		{Card{Decision: Block}, ExitFailed}, {Card{Unproven: "interrupted"}, ExitUnmeasurable}, {Card{Unproven: "interrupted", Strict: true}, ExitUnmeasurable},
	} {
		run := &Run{Card: &test.card, Results: []Result{{Verdict: Fail}}}
		if got := run.ExitCode(); got != test.want {
			t.Errorf("%+v: %d, want %d", test.card, got, test.want)
		}
	}
}

func TestFolded(t *testing.T) {
	c := signedOff(t).Card
	folds := c.folded()
	if len(folds) != 3 || folds[0].Decision != Block || len(folds[0].also) != 1 || len(folds[1].also) != 0 {
		t.Fatalf("%d findings", len(folds))
	}
	if on := folds[0].alsoOn(); len(on) != 1 || on[0] != "wss://live.example.org/ws ("+siteFile+":9)" {
		t.Errorf("also on %q", on)
	}
	c.Routes[1].Findings[0].Line = 4
	if on := c.folded()[0].alsoOn(); on[0] != "wss://live.example.org/ws" {
		t.Errorf("on the same line also on %q", on)
	}
	c.Routes[1].Findings[0].Cure = ""
	if n := len(c.folded()); n != 4 {
		t.Errorf("what is cured on one route alone is one finding: %d", n)
	}
	c.Routes[1].Findings = nil
	c.Routes[0].Findings[0], c.Routes[0].Findings[1] = c.Routes[0].Findings[1], c.Routes[0].Findings[0]
	if folds := c.folded(); folds[0].Decision != Block {
		t.Error("a risk comes before what blocks")
	}
}

func TestProof(t *testing.T) {
	for name, test := range map[string]struct {
		change func(*Card)
		at     int
		want   string
		helps  bool
	}{
		"proven":            {func(*Card) {}, 0, "with `SetEnv proxy-nohalfclose 1` in line 2: 10.0 s+ becomes 310 µs, and so in 1 more scenario", true},
		"in another file":   {func(c *Card) { c.Cures[0].File = "other.conf" }, 0, "with `SetEnv proxy-nohalfclose 1` in line 2 of `other.conf`: 10.0 s+ becomes 310 µs, and so in 1 more scenario", true},
		"without a line":    {func(c *Card) { c.Cures[0].Line = 0 }, 0, "with `SetEnv proxy-nohalfclose 1`: 10.0 s+ becomes 310 µs, and so in 1 more scenario", true},
		"without effects":   {func(c *Card) { c.Cures[0].Changes = nil }, 0, "with `SetEnv proxy-nohalfclose 1` in line 2 it passes", true},
		"in vain":           {func(*Card) {}, 1, "`SetEnv proxy-nokeepalive 1` in line 2 does not help: with it close/fin-not-reset still fails", false},
		"in vain, as older": {func(c *Card) { c.Cures[1].Checks, c.Cures[1].Target = nil, "" }, 1, "`SetEnv proxy-nokeepalive 1` in line 2 does not help: with it close/fin-not-reset still fails", false},
		"nothing known":     {func(*Card) {}, 2, "no change is known that helps", false},
		"nothing tried":     {func(c *Card) { c.Cures = c.Cures[:1] }, 1, "not tried: there is no patch of it that finwait could apply", false},
		"a first answer":    {func(c *Card) { c.Cures, c.Quick = c.Cures[:1], true }, 1, "not tried: a first answer tries no cures", false},
	} {
		c := signedOff(t).Card
		test.change(c)
		if got, helps := c.proof(c.folded()[test.at], terminalMarker); got != test.want || helps != test.helps {
			t.Errorf("%s: %q, %v", name, got, helps)
		}
	}
}

func TestTogether(t *testing.T) {
	c := signedOff(t).Card
	c.Routes[0].Findings, c.Routes[1].Findings = c.Routes[0].Findings[:1], c.Routes[1].Findings[:1]
	if got := c.together(); len(got) != 1 || got[0] != "With this change: 1 of 1 finding mended, and nothing is worse; that would be an APPROVE." {
		t.Errorf("got %q", got)
	}
	c.Patched.Changes = c.Patched.Changes[:2] // nobody tried it on the other route
	if got := c.together()[0]; !strings.HasPrefix(got, "With this change: 0 of 1 finding mended") || !strings.HasSuffix(got, "that would be a BLOCK, for cleanup/back-leg-released.") {
		t.Errorf("got %q", got)
	}
	c.Patched.Helps, c.Patched.Why = false, "together they make fail what passed: close/latency"
	if got := c.together(); len(got) != 1 || !strings.HasSuffix(got[0], "the patch of all of them does not: together they make fail what passed: close/latency.") {
		t.Errorf("got %q", got)
	}
	if c.Patched = nil; c.together() != nil {
		t.Error("nothing was tried together, and something is said of it")
	}
}

func TestUnlinkedCures(t *testing.T) {
	c := signedOff(t).Card
	if list := c.unlinked(); len(list) > 0 {
		t.Errorf("%d cures belong to no finding", len(list))
	}
	c.Cures = append(c.Cures, CardCure{ID: "cure-3", Directive: "ProxyWebsocketIdleTimeout 5", Why: "the proxy refuses it: Invalid command"})
	text := renderCard(t, c)
	if list := c.unlinked(); len(list) != 1 || !strings.Contains(text, "`ProxyWebsocketIdleTimeout 5` does not help: the proxy refuses it: Invalid command") {
		t.Errorf("%d cures:\n%s", len(list), text)
	}
}

func renderCard(t *testing.T, c *Card) string {
	t.Helper()
	run := signedOff(t)
	run.Card = c
	return render(t, run, Style{Width: 100})
}

func TestBudgetWords(t *testing.T) {
	budgets := map[string]any{"back_release_ns": 5e9, "idle_at_least_ns": 0.0, "memory_growth_bytes": 8388608.0, "back_time_wait": 40.0}
	for _, test := range []struct {
		valid Validity
		want  string
	}{
		{Validity{Budgets: budgets}, "back_release=5s back_time_wait=40 memory_growth=8388608"},
		{Validity{Budgets: budgets, BudgetsSet: []string{}}, "the default ones"},
		{Validity{Budgets: budgets, BudgetsSet: []string{"back_release"}}, "back_release=5s, else the default ones"},
		{Validity{Budgets: budgets, BudgetsSet: []string{"idle_at_least"}}, "idle_at_least=0, else the default ones"},
		{Validity{}, ""},
		{Validity{Budgets: "none"}, ""},
	} {
		if got := plain(test.valid.budgetWords()); got != test.want {
			t.Errorf("got %q, want %q", got, test.want)
		}
	}
}

func TestShellWord(t *testing.T) {
	for word, want := range map[string]string{"deploy/apache2": "deploy/apache2", "my site": "'my site'", "": "''", "a'b": `'a'\''b'`, "$x": "'$x'"} {
		if got := shellWord(word); got != want {
			t.Errorf("%q gives %q, want %q", word, got, want)
		}
	}
}
