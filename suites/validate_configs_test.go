package suites

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/finwait/finwait/fixtures/certs"
	"github.com/finwait/finwait/fixtures/site"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

// The configurations of testdata/validate/good are written as people write them, and what their card has to say stands in
// expected.yaml beside each: decision, routes, and the findings of each. Those of broken have the one line in expected.txt.
const (
	goodConfigurations   = "testdata/validate/good"
	brokenConfigurations = "testdata/validate/broken"
)

// expectedCard is what matters of a card.
type expectedCard struct {
	Decision string          `yaml:"decision"`
	Routes   []expectedRoute `yaml:"routes"`
}

type expectedRoute struct {
	URL      string   `yaml:"url"`
	At       string   `yaml:"at"` // file:line below the folder of the configuration
	Findings []string `yaml:"findings"`
}

// engine returns the docker runtime for a validation. Only where no engine answers the test is skipped.
func engine(t *testing.T) (*validation, stand.Runtime) {
	t.Helper()
	v := &validation{options: DefaultOptions(), progress: reports.NewProgress(io.Discard)}
	v.options.Out, v.options.Runtime = "", stand.OfDocker
	v.options.Budgets.LatencyAdded = 500 * time.Millisecond // many proxies at once, and tests beside: it is not what is judged here
	v.options.Checks = withoutLifecycle()
	var err error
	if v.ca, err = certs.New(); err != nil {
		t.Fatal(err)
	}
	rt, _, err := v.choose(t.Context(), nil)
	if err != nil {
		t.Skip("NOT TESTED with containers: ", err)
	}
	return v, rt
}

// goodSubject is one of the good configurations.
type goodSubject struct {
	*subject
	name, folder string
	want         expectedCard
}

func TestValidateGoodConfigurations(t *testing.T) {
	v, rt := engine(t)
	files, err := filepath.Glob(filepath.Join(goodConfigurations, "*", "expected.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 12 {
		t.Errorf("%d configurations, want at least 12", len(files))
	}
	var all []*goodSubject
	var targets []proxies.Target
	for _, file := range files {
		g, err := openGood(t.Context(), v, rt, file)
		if err != nil {
			t.Errorf("%s: %v", filepath.Dir(file), err)
			continue
		}
		all = append(all, g)
		targets = append(targets, g.targets...)
	}
	s, err := v.play(t.Context(), rt, targets, v.options)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range all {
		t.Run(g.name, func(t *testing.T) {
			if err := g.refused(s); err != nil {
				t.Fatal(err)
			}
			got, want := g.card(v.card(s, g.subject)), asYAML(g.want)
			if got != want {
				t.Errorf("the card says\n%s\nwant\n%s", got, want)
			}
		})
	}
}

// openGood prepares a configuration like the command does. Its targets get names of their own in a run of all.
func openGood(ctx context.Context, v *validation, rt stand.Runtime, file string) (*goodSubject, error) {
	text, err := os.ReadFile(file)
	if err != nil {
		return nil, err
	}
	var want struct {
		Open string       `yaml:"open"`
		Card expectedCard `yaml:"card"`
	}
	if err := yaml.Unmarshal(text, &want); err != nil {
		return nil, err
	}
	folder := filepath.Dir(file)
	g := &goodSubject{name: filepath.Base(folder), folder: folder, want: want.Card, subject: &subject{}}
	if g.tree, err = site.Open(filepath.Join(folder, want.Open), ""); err != nil {
		return nil, err
	}
	p, err := v.theProxy(g.tree.Proxy)
	if err != nil {
		return nil, err
	}
	if g.version, err = versionOf(p, "", ""); err != nil {
		return nil, err
	}
	stands, err := rt.Prepare(ctx, []proxies.Target{g.bareTarget(p)})
	if err != nil {
		return nil, err
	}
	g.bare = stands[0]
	return g, v.discover(ctx, rt, g.subject, g.name+".")
}

// card is what matters of a card, as expected.yaml writes it.
func (g *goodSubject) card(c *reports.Card) string {
	got := expectedCard{Decision: string(c.Decision)}
	if c.Unproven != "" {
		got.Decision = c.Unproven
	}
	for _, r := range c.Routes {
		at, err := filepath.Rel(g.folder, r.File)
		if err != nil {
			at = r.File
		}
		route := expectedRoute{URL: r.URL, At: fmt.Sprintf("%s:%d", filepath.ToSlash(at), r.Line)}
		for _, f := range r.Findings {
			route.Findings = append(route.Findings, f.Check)
		}
		got.Routes = append(got.Routes, route)
	}
	return asYAML(got)
}

func asYAML(c expectedCard) string {
	for i := range c.Routes {
		slices.Sort(c.Routes[i].Findings)
	}
	text, err := yaml.Marshal(c)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

func TestValidateBrokenConfigurations(t *testing.T) {
	_, rt := engine(t)
	if err := rt.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob(filepath.Join(brokenConfigurations, "*", "expected.txt"))
	if err != nil {
		t.Fatal(err)
	}
	if len(files) < 10 {
		t.Errorf("%d configurations, want at least 10", len(files))
	}
	for _, file := range files {
		t.Run(filepath.Base(filepath.Dir(file)), func(t *testing.T) {
			want, err := os.ReadFile(filepath.Join(filepath.Dir(file), "vendor.txt"))
			if err != nil {
				want, err = os.ReadFile(file)
			}
			if err != nil {
				t.Fatal(err)
			}
			isRefused(t, brokenFile(t, filepath.Dir(file)), strings.TrimSpace(string(want)))
		})
	}
}

// brokenFile is the one file or folder beside expected.txt, which is what finwait itself says of it, and vendor.txt, which is what
// its vendor says, where that comes first.
func brokenFile(t *testing.T, folder string) string {
	t.Helper()
	entries, err := os.ReadDir(folder)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if filepath.Ext(e.Name()) != ".txt" {
			return filepath.Join(folder, e.Name())
		}
	}
	t.Fatal("nothing beside expected.txt")
	return ""
}

// isRefused runs the command, which has to end with one clear line and exit code 2, and to leave nothing behind.
func isRefused(t *testing.T, path, want string, more ...string) {
	t.Helper()
	out := filepath.Join(t.TempDir(), "out")
	var printed bytes.Buffer
	cmd := ValidateCommand("test")
	cmd.SetOut(&printed)
	cmd.SetErr(io.Discard)
	cmd.SilenceErrors, cmd.SilenceUsage = true, true
	cmd.SetArgs(append([]string{path, "--runtime", stand.OfDocker, "--out", out}, more...))
	err := cmd.ExecuteContext(t.Context())
	var coded interface{ ExitCode() int }
	switch {
	case err == nil:
		t.Fatalf("it is not refused:\n%s", printed.String())
	case errors.As(err, &coded):
		t.Errorf("exit code %d, want 2: %v", coded.ExitCode(), err)
	case !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n"):
		t.Errorf("it says\n%q, want\n%q", err, want)
	}
	if _, err := os.Stat(filepath.Join(out, "run.json")); err == nil {
		t.Error("it left a run.json")
	}
}

// The inputs that are no configuration at all are made here: nobody wants them in a repository.
func TestValidateRefusesWhatIsNoConfiguration(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	link := func(name, to string) string {
		path := filepath.Join(dir, name)
		if err := os.Symlink(to, path); err != nil {
			t.Fatal(err)
		}
		return path
	}
	large := write("large.conf", "server {}\n")
	if err := os.Truncate(large, 50<<20); err != nil {
		t.Fatal(err)
	}
	write("photos/beach.txt", "sand\n")
	write("loop/nginx.conf", "events {}\nhttp { include sites/*; }\n")
	if err := os.MkdirAll(filepath.Join(dir, "loop", "sites"), 0o755); err != nil {
		t.Fatal(err)
	}
	link("loop/sites/a", "b")
	link("loop/sites/b", "a")
	for _, tc := range []struct {
		path, want string
		more       []string
	}{
		{filepath.Join(dir, "nowhere.conf"), "nowhere.conf", nil},
		{large, "large.conf", nil},
		{filepath.Join(dir, "photos"), "photos", nil},
		{filepath.Join(dir, "loop"), "loop", nil},
		{link("dangling.conf", "gone.conf"), "dangling.conf", nil},
		{write("empty/nginx.conf", ""), "nginx.conf", nil},
		{write("fine/nginx.conf", "events {}\n"), "no proxy is called", []string{"--proxy", "squid"}},
	} {
		t.Run(filepath.Base(tc.path), func(t *testing.T) { isRefused(t, tc.path, tc.want, tc.more...) })
	}
}
