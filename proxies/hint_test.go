package proxies

import (
	"slices"
	"testing"
)

func TestNear(t *testing.T) {
	there := []string{"close/latency", "close/code-preserved", "close/empty-preserved", "close/reason-preserved", "cleanup/time-wait"}
	for _, test := range []struct {
		typed string
		want  []string
	}{
		{"close/latncy", []string{"close/latency"}},
		{"latency", []string{"close/latency"}},
		{"preserved", []string{"close/code-preserved", "close/empty-preserved", "close/reason-preserved"}},
		{"close/ode-preserved", []string{"close/code-preserved", "close/empty-preserved", "close/reason-preserved"}},
		{"wholly-different-thing", nil},
		{"", nil},
	} {
		if got := Near(test.typed, there); !slices.Equal(got, test.want) {
			t.Errorf("near %q are %q, want %q", test.typed, got, test.want)
		}
	}
}
