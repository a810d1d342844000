package reports

import (
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"testing"
)

func TestFisher(t *testing.T) {
	for _, test := range []struct {
		hitA, a, hitB, b int
		want             float64
	}{
		{3, 3, 0, 3, 0.1}, // 2 of 20 ways
		{8, 10, 1, 6, 0.03497},
		{0, 5, 0, 5, 1},
		{5, 5, 5, 5, 1},
		{1, 1, 0, 1, 1},
		{0, 0, 0, 4, 1},
	} {
		if got := fisher(test.hitA, test.a, test.hitB, test.b); math.Abs(got-test.want) > 1e-4 {
			t.Errorf("%+v: got %g", test, got)
		}
		if back := fisher(test.hitB, test.b, test.hitA, test.a); math.Abs(back-test.want) > 1e-4 {
			t.Errorf("%+v the other way: got %g", test, back)
		}
	}
}

func TestHolm(t *testing.T) {
	if got, want := holm([]float64{0.01, 0.04, 0.03, 0.005}), []bool{true, false, false, true}; !reflect.DeepEqual(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
	if got := holm(nil); len(got) != 0 {
		t.Errorf("got %v of nothing", got)
	}
}

// Cliff's delta is counted in one pass; here it is counted by its definition.
func TestCliffsDelta(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		a, b := integers(rng, 1+rng.IntN(12)), integers(rng, 1+rng.IntN(12))
		more := 0
		for _, x := range a {
			for _, y := range b {
				if y > x {
					more++
				} else if y < x {
					more--
				}
			}
		}
		if got, want := cliffsDelta(a, b), float64(more)/float64(len(a)*len(b)); math.Abs(got-want) > 1e-12 {
			t.Fatalf("%v and %v: got %g, want %g", a, b, got, want)
		}
	}
	if got := cliffsDelta(nil, []float64{1}); got != 0 {
		t.Errorf("got %g of nothing", got)
	}
}

// integers are ascending and have ties.
func integers(rng *rand.Rand, n int) []float64 {
	values := make([]float64, n)
	for i := range values {
		values[i] = float64(rng.IntN(8))
	}
	slices.Sort(values)
	return values
}

func TestMannWhitneyWhereNothingCanBeSaid(t *testing.T) {
	same := []float64{2, 2, 2, 2, 2, 2, 2}
	for _, test := range [][2][]float64{{nil, nil}, {nil, same}, {same, same}, {slices.Repeat(same, 10), slices.Repeat(same, 10)}} {
		if p := mannWhitney(test[0], test[1]); p != 1 {
			t.Errorf("%v: p is %g", test, p)
		}
	}
	if p := mannWhitney([]float64{1, 2, 3}, []float64{4, 5, 6}); math.Abs(p-0.1) > 1e-9 {
		t.Errorf("3 below 3: p is %g, want 0.1", p)
	}
}

func TestMedianWithin(t *testing.T) {
	values := []float64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12}
	if low, high := medianWithin(values, 0.95); low != 3 || high != 10 { // binomial, n 12: the 3rd to the 10th hold it with 96 %
		t.Errorf("got %g to %g", low, high)
	}
	if low, high := medianWithin(values[:3], 0.95); low != 1 || high != 3 {
		t.Errorf("of three, got %g to %g, want all of them", low, high)
	}
	if low, high := medianWithin(nil, 0.95); low != 0 || high != 0 {
		t.Errorf("of none, got %g to %g", low, high)
	}
}
