package reports

import (
	"fmt"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestCompareVersions(t *testing.T) {
	ascending := []string{"devel", "unknown", "1.9.15", "1.18", "1.18.0-6", "1.22.1", "1.30.6", "v2.6.2", "2.11.4"}
	shuffled := slices.Clone(ascending)
	rand.New(rand.NewPCG(1, 3)).Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
	slices.SortFunc(shuffled, compareVersions)
	if !reflect.DeepEqual(shuffled, ascending) {
		t.Errorf("got %v", shuffled)
	}
}

func TestVersionChanges(t *testing.T) {
	s := matrix(t)
	steps := VersionChanges(&s.Run)
	var got []string
	for _, step := range steps {
		got = append(got, fmt.Sprintf("%s %s %s: %d of %d", step.Proxy, step.From, step.To, len(step.Effects), len(step.Configs)))
	}
	if want := []string{"apache 2.4.62 2.4.71: 0 of 5", "nginx 1.9.15 1.30.6: 2 of 3"}; !reflect.DeepEqual(got, want) {
		t.Fatalf("got %v, want %v", got, want)
	}
	e := steps[1].Effects[0]
	if e.Effect.From != Fail || e.Effect.To != Pass || !reflect.DeepEqual(e.Configs, []string{"map", "map+tls", "refused"}) || len(e.Effect.Differences) != 6 {
		t.Errorf("got %+v", e)
	}
	if late := steps[1].Effects[1]; late.Effect.Check != "close/latency" || late.Effect.To != Fail || !reflect.DeepEqual(late.Configs, []string{"map"}) {
		t.Errorf("got %+v", late)
	}
}

// Neighbours are the next version that has the configuration, whichever that is.
func TestVersionChangesOfNeighbours(t *testing.T) {
	s := newSynthetic(31)
	for _, id := range []string{"p@1.10/a", "p@1.9/a", "p@1.2/a", "p@1.10/b", "p@1.2/b", "p@1.10/new"} {
		s.proxy(id, "", 0.6, 3)
	}
	var got []string
	for _, step := range VersionChanges(&s.Run) {
		got = append(got, fmt.Sprint(step.From, " ", step.To, " ", step.Configs))
	}
	if want := []string{"1.2 1.9 [a]", "1.2 1.10 [b]", "1.9 1.10 [a]"}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}
