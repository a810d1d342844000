package reports

import (
	"reflect"
	"slices"
	"strings"
	"testing"
)

func TestChanges(t *testing.T) {
	s := matrix(t)
	found := map[string]Change{}
	for _, c := range Changes(&s.Run) {
		found[c.Target.ID] = c
	}
	same := found["apache@2.4.71/nokeepalive+tls"]
	if same.Base.ID != "apache@2.4.71/wstunnel+tls" || !same.None() || same.Verdicts != 4 || same.Durations != 3 {
		t.Errorf("nokeepalive changes nothing, got %+v", same)
	}
	c := found["apache@2.4.71/nohalfclose"]
	if len(c.Effects) != 2 {
		t.Fatalf("got %+v", c.Effects)
	}
	back, latency := c.Effects[0], c.Effects[1]
	if back.Check != "cleanup/back-leg-released" || back.From != Fail || back.To != Pass || back.Differences[0].By != ByTimeOuts ||
		!reflect.DeepEqual(back.Scenarios, []string{"backend-drops-client-holds", "client-holds"}) {
		t.Errorf("the back leg: %+v", back)
	}
	if latency.Check != "close/latency" || latency.From != latency.To || latency.Differences[0].By != ByMedians || latency.Differences[0].Shift < 2 {
		t.Errorf("latency: %+v", latency)
	}
	if want := []TraitChange{{"half-close", "passed on", "ends both legs"}}; !reflect.DeepEqual(c.Traits, want) {
		t.Errorf("got %+v, want %+v", c.Traits, want)
	}
	s.Targets = slices.DeleteFunc(s.Targets, func(t Target) bool { return t.Varies == "" }) // without their bases
	if got := Changes(&s.Run); len(got) != 0 {
		t.Errorf("got %+v without bases", got)
	}
}

// What was not judged on one side is no change.
func TestChangesOfWhatIsUnknown(t *testing.T) {
	s := newSynthetic(21)
	s.proxy("p@1/a", "", 0.6, 3)
	s.proxy("p@1/b", "a", 0.6, 3)
	for _, v := range []Verdict{HarnessError, Unsupported, Inconclusive} {
		s.at(t, "p@1/b", "close/fin-not-reset", "client-close").Verdict = v
		if c := Changes(&s.Run)[0]; !c.None() || c.Verdicts != 3 {
			t.Errorf("%s: %+v", v, c)
		}
	}
}

func TestEffectWords(t *testing.T) {
	s := matrix(t)
	for _, c := range Changes(&s.Run) {
		if c.Target.ID != "apache@2.4.71/nohalfclose" {
			continue
		}
		want := "cleanup/back-leg-released when the backend drops and the client holds, and when the client holds: " +
			"fail → pass, > 10 s → up to 5.00 ms (2 of 2 timed out against none)"
		if got := plain(c.Effects[0].Words(&s.Run)); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
		if got := plain(c.Effects[1].Words(&s.Run)); !strings.HasPrefix(got, "close/latency when the client closes: ") || !strings.Contains(got, "added to the control's (+3") {
			t.Errorf("got %s", got)
		}
	}
}

func TestDifferencesTextOfSeveral(t *testing.T) {
	d := func(from, to float64) Difference {
		return Difference{By: ByMedians, Real: true, From: Measured{40, 0, from}, To: Measured{40, 0, to}, Shift: to - from, Low: to - from - 1, High: to - from + 1, Effect: 1}
	}
	if got := plain(differencesText([]Difference{d(1, 4), d(1, 9), d(1, 6)})); got != "up to 1.00 ms → 9.00 ms (+8.00 ms, 95 %: +7.00 ms to +9.00 ms; effect 1.00)" {
		t.Errorf("longer: %s", got)
	}
	if got := plain(differencesText([]Difference{d(4, 1), d(9, 1)})); !strings.HasPrefix(got, "up to 9.00 ms → 1.00 ms (-8.00 ms") {
		t.Errorf("shorter: %s", got)
	}
}

func TestAlike(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want bool
	}{
		{"passed on", "passed on", true},
		{"passed on", "ended", false},
		{"after 5.0 s", "after 5.2 s", true},
		{"after 5.0 s", "after 60.0 s", false},
		{"after 5.0 s", "after 5.0 ms", false},
		{"0 sockets", "0 sockets", true},
		{"0 sockets", "1 sockets", false},
	} {
		if got := alike(test.a, test.b); got != test.want || alike(test.b, test.a) != got {
			t.Errorf("%q and %q: %v", test.a, test.b, got)
		}
	}
}
