package reports

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
)

// ranks are the ranks of a ranking by target.
func ranks(r Ranking) map[string]int {
	found := map[string]int{}
	for _, place := range r.Places {
		found[place.Target] = place.Rank
	}
	return found
}

func oneRanking(t *testing.T, run *Run) Ranking {
	t.Helper()
	rankings := Rankings(run)
	if len(rankings) != 1 {
		t.Fatalf("got %d rankings, want one", len(rankings))
	}
	return rankings[0]
}

func TestRankingOfEqualTargets(t *testing.T) {
	s := newSynthetic(1)
	for i := range 12 {
		s.proxy(fmt.Sprintf("p@1/c%02d", i), "", 0.6, 3)
	}
	r := oneRanking(t, &s.Run)
	for target, rank := range ranks(r) {
		if rank != 1 {
			t.Errorf("%s has rank %d", target, rank)
		}
	}
	if r.About != "close_latency when the client closes, added to the control's" || r.Check != "close/latency" || r.TLS {
		t.Errorf("got %+v", r)
	}
}

func TestRankingOfASlowerTarget(t *testing.T) {
	s := newSynthetic(2)
	s.proxy("p@1/slowest", "", 20, 3)
	s.proxy("p@1/slow", "", 5, 3)
	s.proxy("p@1/one", "", 0.6, 3)
	s.proxy("p@1/other", "", 0.6, 3)
	r := oneRanking(t, &s.Run)
	if got, want := ranks(r), map[string]int{"p@1/one": 1, "p@1/other": 1, "p@1/slow": 3, "p@1/slowest": 4}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	slow := r.Places[2]
	if slow.Target != "p@1/slow" || slow.Median < 4 || slow.Median > 6 || slow.Low > slow.Median || slow.High < slow.Median || slow.N != 40 {
		t.Errorf("got %+v", slow)
	}
}

// What was not measured, or timed out, never wins, however quick the rest of it is.
func TestRankingLeavesOutWhatCannotWin(t *testing.T) {
	s := newSynthetic(3)
	for _, name := range []string{"good", "fine", "empty", "late", "few", "broken"} {
		s.proxy("p@1/"+name, "", 3, 3)
	}
	latency := func(name string) *Result { return s.at(t, "p@1/"+name, "close/latency", "client-close") }
	*latency("empty") = Result{Target: "p@1/empty", Check: "close/latency", Scenario: "client-close", Metric: "close_latency", Verdict: Pass, N: 3}
	late := latency("late")
	for i := range late.Samples {
		late.Samples[i] = 0.001
	}
	late.Samples[39], late.TimedOut, late.P50, late.Max = 10000, 1, 0.001, 10000
	few := latency("few")
	few.Samples, few.N, few.P50 = []float64{0.001, 0.001, 0.001}, 3, 0.001
	latency("broken").Verdict = HarnessError
	latency("broken").Actual = "not brought up"
	r := oneRanking(t, &s.Run)
	var got []string
	for _, place := range r.Places {
		got = append(got, fmt.Sprintf("%d %s %s", place.Rank, place.Target, place.Why))
	}
	slices.Sort(got[:2])
	want := []string{
		"1 p@1/fine ", "1 p@1/good ",
		"0 p@1/broken not measured: not brought up", "0 p@1/empty not measured", "0 p@1/few 3 samples, 10 are needed", "0 p@1/late 1 of 40 timed out",
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

func TestRankingsOfPlainAndTLS(t *testing.T) {
	s := newSynthetic(4)
	for _, id := range []string{"p@1/a", "p@1/b", "p@1/a+tls", "p@1/b+tls"} {
		added := 0.5
		if strings.HasSuffix(id, "+tls") {
			added = 9
		}
		s.proxy(id, "", added, 3)
	}
	rankings := Rankings(&s.Run)
	if len(rankings) != 2 || rankings[0].TLS || !rankings[1].TLS {
		t.Fatalf("got %+v", rankings)
	}
	if got := ranks(rankings[1]); !reflect.DeepEqual(got, map[string]int{"p@1/a+tls": 1, "p@1/b+tls": 1}) {
		t.Errorf("TLS: %v", got)
	}
}

// In a merged run each machine has its own control: the one on the slow machine is not the slower proxy.
func TestRankingAcrossMachines(t *testing.T) {
	quick, slow := newSynthetic(5), newSynthetic(6)
	quick.ID, slow.ID = "quick", "slow"
	quick.Control = []Result{quick.latency("direct", 0.3)}
	slow.Control = []Result{slow.latency("direct", 5)}
	quick.proxy("p@1/a", "", 0.6, 3) // 0.9 ms
	slow.proxy("q@1/a", "", 5.3, 3)  // 5.6 ms, of which 5 are the machine's
	merged, err := Merge([]string{"quick", "slow"}, []*Run{&quick.Run, &slow.Run})
	if err != nil {
		t.Fatal(err)
	}
	if got := ranks(oneRanking(t, merged)); !reflect.DeepEqual(got, map[string]int{"p@1/a": 1, "q@1/a": 1}) {
		t.Errorf("got %v", got)
	}
}

func TestRankingNeedsTwo(t *testing.T) {
	s := newSynthetic(7)
	s.proxy("p@1/a", "", 0.6, 3)
	if got := Rankings(&s.Run); len(got) != 0 {
		t.Errorf("got %+v", got)
	}
	if got := Rankings(&Run{}); len(got) != 0 {
		t.Errorf("of nothing, got %+v", got)
	}
}

// Two thousand rankings of targets that are the same, without the floor that spares them: chance alone gives a rank in
// at most 5 % of them.
func TestRankingRarelyByChance(t *testing.T) {
	rng := rand.New(rand.NewPCG(2026, 11))
	const families = 2000
	mistaken := 0
	for i := range families {
		n := 10 + 10*(i%3)
		var candidates []*candidate
		for range 4 {
			set := setOf(0, latencies(rng, n, 1)...)
			candidates = append(candidates, &candidate{set: set, place: Place{Median: set.median}, unequal: map[int]bool{}})
		}
		tellApart(candidates, limits{})
		if len(groupEqual(candidates)) > 1 {
			mistaken++
		}
	}
	if mistaken > families/20 {
		t.Errorf("%d of %d rankings of the same have more than one rank", mistaken, families)
	}
}

func TestRankingIsTheSameInAnyOrder(t *testing.T) {
	s := matrix(t)
	want := Rankings(&s.Run)
	rng := rand.New(rand.NewPCG(1, 1))
	for range 5 {
		rng.Shuffle(len(s.Results), func(i, j int) { s.Results[i], s.Results[j] = s.Results[j], s.Results[i] })
		rng.Shuffle(len(s.Targets), func(i, j int) { s.Targets[i], s.Targets[j] = s.Targets[j], s.Targets[i] })
		if got := Rankings(&s.Run); !reflect.DeepEqual(got, want) {
			t.Fatalf("got %+v\nwant %+v", got, want)
		}
	}
}

// Nobody of a group can be told from another one, and whoever is behind can be told from somebody of each group before.
func TestGroupEqual(t *testing.T) {
	unequal := func(js ...int) map[int]bool {
		m := map[int]bool{}
		for _, j := range js {
			m[j] = true
		}
		return m
	}
	chain := []*candidate{ // 0 is like 1, 1 like 2, and 0 is not like 2; 3 is like all
		{unequal: unequal(2)}, {unequal: unequal()}, {unequal: unequal(0)}, {unequal: unequal()},
	}
	if got, want := groupEqual(chain), [][]int{{0, 1}, {2, 3}}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
