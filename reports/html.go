package reports

import (
	"cmp"
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"html/template"
	"io"
	"slices"
	"strings"
)

func init() {
	register(Format{
		Name:  "html",
		About: "for a browser, one file: the matrix, every configuration, every cell with its timelines",
		File:  "report.html",
		Write: writeHTML,
	})
}

//go:embed html/page.tmpl html/card.tmpl html/target.tmpl html/page.css html/card.css html/page.js
var htmlFiles embed.FS

// htmlTemplates are both kinds of page: page.tmpl is the first screen, with card.tmpl at its top where there is a sign-off
// card, and target.tmpl what is packed for each target.
var htmlTemplates = template.Must(template.New("").Funcs(template.FuncMap{
	"mark": func(v Verdict) string { return cellMarks[v] },
	"link": hashLink,
	"inc":  func(n int) int { return n + 1 },
	"full": full,
}).ParseFS(htmlFiles, "html/*.tmpl"))

// The rules of this page: the verdict and the findings come first; nothing is said by colour alone; every cell has a
// link that lasts; the first screen is plain HTML, and what is one click away is packed, so that the file stays small.
func writeHTML(w io.Writer, run *Run, _ Style) error {
	s, err := newSite(run)
	if err != nil {
		return err
	}
	packs, err := s.packs()
	if err != nil {
		return err
	}
	return htmlTemplates.ExecuteTemplate(w, "page.tmpl", s.page(packs))
}

// site is a run, arranged for its pages.
type site struct {
	run       *Run
	checks    []CheckInfo                    // those of the run, and any that only its results name
	overview  Overview                       // its rows are the targets in their order, the controls first
	results   map[string]map[string][]Result // by page and check, those of the controls included
	scenarios map[string]ScenarioInfo
}

func newSite(run *Run) (*site, error) {
	clean, err := printableRun(run)
	if err != nil {
		return nil, err
	}
	clean.files = run.files
	for i, t := range run.Targets { // a tab is more than the one space that it is elsewhere
		clean.Targets[i].ConfigText = printable(strings.ReplaceAll(t.ConfigText, "\t", "    "))
	}
	s := &site{run: clean, checks: slices.Clone(clean.Checks), overview: NewOverview(clean),
		results: map[string]map[string][]Result{}, scenarios: map[string]ScenarioInfo{}}
	for _, scenario := range clean.Scenarios {
		s.scenarios[scenario.Name] = scenario
	}
	for _, r := range slices.Concat(clean.Control, clean.Results) {
		page := s.pageOf(r)
		if s.results[page] == nil {
			s.results[page] = map[string][]Result{}
		}
		s.results[page][r.Check] = append(s.results[page][r.Check], r)
		if !slices.ContainsFunc(s.checks, func(c CheckInfo) bool { return c.ID == r.Check }) {
			s.checks = append(s.checks, CheckInfo{ID: r.Check, Level: r.Level})
		}
	}
	slices.SortStableFunc(s.checks, func(a, b CheckInfo) int { return cmp.Compare(a.ID, b.ID) })
	return s, nil
}

// pageOf names the page that result is on: its target, or in a merged run the control of its shard.
func (s *site) pageOf(r Result) string {
	if r.Shard == "" {
		return r.Target
	}
	return s.run.controlName(r.Target, r.Shard)
}

// page names the page of a row in the same way.
func (r Row) page() string { return cmp.Or(r.name, r.Target.ID) }

// all are all results of a page, by check.
func (s *site) all(page string) []Result {
	var results []Result
	for _, c := range s.checks {
		results = append(results, s.results[page][c.ID]...)
	}
	return results
}

// link leads to a result.
func (s *site) link(r Result) template.URL { return hashLink(s.pageOf(r), r.Check, r.Scenario) }

// worstFirst orders by verdict, and keeps the order of those that have the same.
func worstFirst(results []Result) []Result {
	sorted := slices.Clone(results)
	slices.SortStableFunc(sorted, func(a, b Result) int { return a.Verdict.rank() - b.Verdict.rank() })
	return sorted
}

// rank is 0 for the worst verdict.
func (v Verdict) rank() int { return slices.Index(Verdicts(), v) }

// cellMarks say without colour what the verdict of a cell is.
var cellMarks = map[Verdict]string{
	Fail: "✗", UnexpectedPass: "!", HarnessError: "E", KnownFailure: "~", Inconclusive: "?", Unsupported: "–", Observed: "○", Pass: "✓",
}

// verdictMeanings explain the verdicts to somebody who sees them for the first time.
var verdictMeanings = map[Verdict]string{
	Fail: "the requirement is not met", UnexpectedPass: "it passes, and a known failure says that it does not",
	HarnessError: "could not be measured", KnownFailure: "fails, and why is known", Inconclusive: "within the noise of the control",
	Unsupported: "this target or runtime cannot show it", Observed: "measured; there is nothing to fail", Pass: "the requirement is met",
}

// hashLink is the permanent link to a page, one of its checks, and one of that check's scenarios. A check and scenario
// that are empty are left out.
func hashLink(page, check, scenario string) template.URL {
	link := "#/" + escapeHash(page)
	if check != "" {
		link += "/" + escapeHash(check)
	}
	if scenario != "" {
		link += "?scenario=" + escapeHash(scenario)
	}
	return template.URL(link) //nolint:gosec // begins with "#", and all that could end it is escaped
}

// escapeHash leaves legible what needs no escape: "apache@2.4.71/wstunnel+tls".
func escapeHash(s string) string {
	const hex, plain = "0123456789ABCDEF", "@/:.,~_-"
	var out strings.Builder
	for _, b := range []byte(s) {
		switch {
		case b >= 'a' && b <= 'z', b >= 'A' && b <= 'Z', b >= '0' && b <= '9', strings.IndexByte(plain, b) >= 0:
			out.WriteByte(b)
		default:
			out.Write([]byte{'%', hex[b>>4], hex[b&15]})
		}
	}
	return out.String()
}

// asset is an embedded file; it is there, since the build embeds it.
func asset(name string) string {
	content, err := htmlFiles.ReadFile("html/" + name)
	if err != nil {
		panic(err)
	}
	return string(content)
}

// contentPolicy allows the page's own style and script, by their hash, and nothing else: no network, and nothing that a
// proxy wrote can run.
func contentPolicy(style, script string) string {
	return "default-src 'none'; style-src " + sourceHash(style) + "; script-src " + sourceHash(script) +
		"; img-src data:; base-uri 'none'; form-action 'none'"
}

func sourceHash(content string) string {
	sum := sha256.Sum256([]byte(content))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}
