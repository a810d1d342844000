package reports

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/owenrumney/go-sarif/v3/pkg/report/v210/sarif"
)

// scanned reads the report back and holds it against the schema of SARIF 2.1.0.
func scanned(t *testing.T, run *Run) *sarif.Run {
	t.Helper()
	report, err := sarif.FromString(written(t, "sarif", run), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	if err := report.Validate(); err != nil {
		t.Fatal(err)
	}
	if report.Version != "2.1.0" || len(report.Runs) != 1 {
		t.Fatalf("version %s, %d runs", report.Version, len(report.Runs))
	}
	return report.Runs[0]
}

func TestSARIFGolden(t *testing.T) {
	golden(t, "report.sarif", []byte(written(t, "sarif", worded(t))))
}

// place is where a result is, and what it is.
type scannedPlace struct {
	rule, level, uri string
	line             int
	suppressed       bool
}

func placesOf(run *sarif.Run) []scannedPlace {
	var places []scannedPlace
	for _, r := range run.Results {
		where := r.Locations[0].PhysicalLocation
		places = append(places, scannedPlace{*r.RuleID, r.Level, *where.ArtifactLocation.URI, *where.Region.StartLine, len(r.Suppressions) > 0})
	}
	return places
}

func TestSARIFPlaces(t *testing.T) {
	run := worded(t)
	run.Unstable = repeated(t).Unstable
	want := []scannedPlace{
		// both the plain target, where it is known, and the TLS one, where it fails
		{"cleanup/back-leg-released", "error", "proxies/apache/configs/wstunnel.conf", 3, false},
		{"cleanup/nothing-left", "error", "proxies/apache/configs/wstunnel.conf", 3, false},
		{"cleanup/front-leg-released", "note", "proxies/nginx/configs/map-upgrade.conf", 3, true},
		{"close/latency", "warning", "proxies/nginx/configs/short-read-timeout.conf", 3, false},
		{ruleUnstable, "error", "proxies/nginx/configs/map-upgrade.conf", 3, false},
		{ruleUnstable, "error", "proxies/apache/configs/wstunnel.conf", 3, false},
		{ruleStale, "error", "proxies/nginx/known-failures.yaml", 9, false},
		{ruleStale, "error", "proxies/apache/known-failures.yaml", 21, false},
	}
	got := placesOf(scanned(t, run))
	sortPlaces := func(places []scannedPlace) {
		slices.SortFunc(places, func(a, b scannedPlace) int { return strings.Compare(a.rule+a.uri, b.rule+b.uri) })
	}
	sortPlaces(got)
	sortPlaces(want)
	if !slices.Equal(got, want) {
		t.Errorf("got\n%+v\nwant\n%+v", got, want)
	}
}

func TestSARIFOfAFolder(t *testing.T) {
	for folder, want := range map[string]string{
		"./my proxies/": "my%20proxies/apache/configs/wstunnel.conf", "/srv/proxies": "file:///srv/proxies/apache/configs/wstunnel.conf",
		"../p": "../p/apache/configs/wstunnel.conf",
	} {
		run := worded(t)
		run.Options.Folder = folder
		for _, r := range scanned(t, run).Results {
			if *r.RuleID != "cleanup/nothing-left" {
				continue
			}
			where := r.Locations[0].PhysicalLocation.ArtifactLocation
			if *where.URI != want || (where.URIBaseID == nil) != strings.HasPrefix(want, "file:") {
				t.Errorf("%s: %s below %v, want %s", folder, *where.URI, where.URIBaseID, want)
			}
		}
	}
}

func TestSARIFWithoutLines(t *testing.T) {
	for _, place := range placesOf(scanned(t, sample(t))) {
		if place.rule != ruleStale && place.line != 1 {
			t.Errorf("line %d of %s without any that is known", place.line, place.uri)
		}
	}
	run := worded(t)
	for i := range run.Results {
		run.Results[i].Line = 0
	}
	for _, place := range placesOf(scanned(t, run)) {
		if place.rule != ruleStale && place.line != 3 {
			t.Errorf("line %d of %s, want that of the route", place.line, place.uri)
		}
	}
}

// The same alert has the same fingerprint, whatever was measured and whichever version was tested; two differ in it.
func TestSARIFFingerprints(t *testing.T) {
	prints := func(run *Run) []string {
		var all []string
		for _, r := range scanned(t, run).Results {
			all = append(all, r.PartialFingerprints["finwait/v1"])
		}
		return all
	}
	run := worded(t)
	want := prints(run)
	if unique := slices.Compact(slices.Sorted(slices.Values(want))); len(unique) != len(want) || slices.Contains(want, "") {
		t.Errorf("two are the same, or one is empty: %q", want)
	}
	for i := range run.Targets {
		run.Targets[i].ID = strings.NewReplacer("2.4.69", "2.4.99", "1.30.6", "1.31.0").Replace(run.Targets[i].ID)
	}
	for i := range run.Results {
		r := &run.Results[i]
		r.Target = strings.NewReplacer("2.4.69", "2.4.99", "1.30.6", "1.31.0").Replace(r.Target)
		r.Max, r.P50, r.Line, r.Actual = r.Max+1, r.P50+1, r.Line+1, r.Actual+" 7"
	}
	if got := prints(run); !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestSARIFOfWhatWasNotMeasured(t *testing.T) {
	if i := scanned(t, worded(t)).Invocations[0]; !*i.ExecutionSuccessful || *i.ExitCode != ExitFailed || len(i.ToolExecutionNotifications) > 0 {
		t.Errorf("a run that is whole: %+v", i)
	}
	for name, run := range map[string]*Run{"interrupted": interrupted(t), "unmeasured": unmeasured(t)} {
		i := scanned(t, run).Invocations[0]
		if *i.ExecutionSuccessful || len(i.ToolExecutionNotifications) == 0 {
			t.Errorf("%s: successful %v, %d notifications", name, *i.ExecutionSuccessful, len(i.ToolExecutionNotifications))
		}
	}
	run := unmeasured(t)
	said := ""
	for _, n := range scanned(t, run).Invocations[0].ToolExecutionNotifications {
		said += *n.Message.Text + "\n"
	}
	for _, want := range []string{"direct fails close/fin-not-reset", `unknown directive "prox_pass"`} {
		if !strings.Contains(said, want) {
			t.Errorf("no notification says %q:\n%s", want, said)
		}
	}
}

func TestSARIFOfHostileTexts(t *testing.T) {
	text := written(t, "sarif", hostile(t))
	if !json.Valid([]byte(text)) || regexp.MustCompile("[\x00-\x08\x1b\u202e]").MatchString(text) {
		t.Error("not JSON, or with characters that steer a terminal")
	}
	scanned(t, hostile(t))
}

// Code scanning shows 5000 results of a run at most.
func TestSARIFOfManyResults(t *testing.T) {
	run := huge(t, func(int) Verdict { return Fail })
	run.Stale, run.Unstable = nil, nil
	report, err := sarif.FromString(written(t, "sarif", run), sarif.WithStrictValidation())
	if err != nil {
		t.Fatal(err)
	}
	if got, want := len(report.Runs[0].Results), 105*35; got != want {
		t.Errorf("%d results, want one for each of %d pairs of configuration and check", got, want)
	}
}
