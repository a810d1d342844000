package reports

import (
	"slices"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

func TestSARIFOfCardsGolden(t *testing.T) {
	for name, run := range cardRuns(t) {
		t.Run(name, func(t *testing.T) {
			scanned(t, run)
			golden(t, name+".sarif", []byte(written(t, "sarif", run)))
		})
	}
}

func TestSARIFOfACard(t *testing.T) {
	got := placesOf(scanned(t, signedOff(t)))
	want := []scannedPlace{
		{"cleanup/back-leg-released", "error", siteFile, 4, false},
		{"cleanup/back-leg-released", "error", siteFile, 9, false},
		{"close/fin-not-reset", "warning", siteFile, 4, false},
		{"lifecycle/reload", "warning", siteFile, 9, false}, // no line causes it: that of the route
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

// The fix, applied to the user's file, is what the diff says.
func TestSARIFFixes(t *testing.T) {
	results := scanned(t, signedOff(t)).Results
	for i, r := range results {
		if fixed := len(r.Fixes) > 0; fixed != (i < 2) {
			t.Errorf("%s: a fix: %v", *r.RuleID, fixed)
		}
	}
	changes := results[0].Fixes[0].ArtifactChanges
	if len(changes) != 1 || *changes[0].ArtifactLocation.URI != siteFile {
		t.Fatalf("%d changes", len(changes))
	}
	want := strings.ReplaceAll(siteText, "<VirtualHost *:443>\n", "<VirtualHost *:443>\n    SetEnv proxy-nohalfclose 1\n")
	if got := applied(siteText, changes[0].Replacements); got != want {
		t.Errorf("got\n%s", got)
	}
}

// applied replaces whole lines, from the last on.
func applied(text string, replacements []*sarif.Replacement) string {
	lines := strings.SplitAfter(text, "\n")
	for _, r := range slices.Backward(replacements) {
		var in []string
		if r.InsertedContent != nil {
			in = []string{*r.InsertedContent.Text}
		}
		lines = slices.Replace(lines, *r.DeletedRegion.StartLine-1, *r.DeletedRegion.EndLine-1, in...)
	}
	return strings.Join(lines, "")
}

func TestSARIFOfWhatIsNotDecided(t *testing.T) {
	run := scanned(t, undecided(t))
	i := run.Invocations[0]
	if len(run.Results) > 0 || *i.ExecutionSuccessful || *i.ExitCode != ExitUnmeasurable || len(i.ToolExecutionNotifications) == 0 {
		t.Errorf("%d results, successful %v, exit code %d", len(run.Results), *i.ExecutionSuccessful, *i.ExitCode)
	}
}

func TestEditsOf(t *testing.T) {
	const diff = "diff --git a/x b/x\n--- a/x\t2026-01-01\n+++ b/x\n@@ -2 +2,2 @@ server {\n-old\n+new\n+\tnewer\n@@ -8,2 +9 @@\n--- a comment\n kept\n@@ -20,0 +21 @@\n+end\n\\ No newline at end of file\n"
	got, err := editsOf(diff)
	want := []edit{{"x", 2, 1, "new\n\tnewer\n"}, {"x", 8, 1, ""}, {"x", 21, 0, "end\n"}}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("got %+v, %v", got, err)
	}
	for _, bad := range []string{
		"@@ -1 +1 @@\n-a\n+b\n", "--- x\n@@ -1,2 +1 @@\n-a\n", "--- x\n@@ nothing @@\n", "--- x\n@@ -x +1 @@\n", "--- x\n@@ -1 +1,y @@\n",
		"--- x\n@@ -1 +1 @@\nwhat\n", "--- x\n@@ -1 +0,0 @@\n a\n", "--- x\n@@ --4 +1 @@\n", "--- x\n@@ -0 +1 @@\n-a\n+b\n",
	} {
		if edits, err := editsOf(bad); err == nil {
			t.Errorf("%q gives %+v", bad, edits)
		}
	}
	if got := printableDiff("+\ta\x1b[2J\r\n::set-output\n\n"); got != "+\ta\uFFFD[2J\n ::set-output\n\n" {
		t.Errorf("got %q", got)
	}
}
