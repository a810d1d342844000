package reports

import (
	"bytes"
	"strings"
	"testing"
)

func TestStaleEntriesSayWhy(t *testing.T) {
	run := &Run{Stale: []Stale{
		{Entry: "proxies/a/known-failures.yaml:3", Check: "close/latency"},
		{Entry: "proxies/a/known-failures.yaml:9", Check: "close/latency", Why: "a@1/cured is to prove the remedy, and is fail"},
	}}
	var out bytes.Buffer
	if err := writeText(&out, run, Style{Width: 200}); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		"1 known failure that nothing in this run matches",
		"1 known failure whose remedy does not pass in this run",
		"proxies/a/known-failures.yaml:9  close/latency: a@1/cured is to prove the remedy, and is fail",
	} {
		if !strings.Contains(strings.Join(strings.Fields(out.String()), " "), strings.Join(strings.Fields(want), " ")) {
			t.Errorf("%q is not in\n%s", want, out.String())
		}
	}
}
