package reports

import (
	"fmt"
	"html/template"
	"slices"
	"strings"
)

// pageView is the first screen, as page.tmpl shows it.
type pageView struct {
	Run        *Run
	Policy     string // Content-Security-Policy
	Style      template.CSS
	Script     template.JS
	Icon       template.URL
	Conclusion string
	Class      string // of the conclusion: the verdict whose colour it has
	Counts     []verdictCount
	Extra      []string // what else is not as expected
	Ran        []string // what was run
	Measured   []string // how it was measured
	Findings   findingList
	Matrix     heatMap
	Legend     []legendEntry
	Proxies    []string
	Overview   Overview
	Groups     []overviewGroup
	Known      []knownView
	Rankings   []rankingView
	Traits     []string
	Behaviour  []behaviourView
	Changes    changeList
	Versions   []versionView
	Unmatched  []Stale
	Unproven   []Stale
	Unstable   []unstableView
	Shards     []shardView
	Packs      []pack
	Card       *cardView // nil: the run has none
}

// legendEntry explains a verdict.
type legendEntry struct {
	Verdict Verdict
	Meaning string
}

// overviewGroup is the controls, or the targets of one proxy and version.
type overviewGroup struct {
	Heading string
	Rows    []overviewRow
}

// overviewRow is a row with the page that it leads to.
type overviewRow struct {
	Row
	Page string
	Href template.URL
}

// unstableView is a verdict that differed, and how.
type unstableView struct {
	Unstable
	Counts string
	Href   template.URL
}

// shardView is one of the runs that were joined.
type shardView struct {
	Shard
	Name    string
	Targets int
	Took    string
	Line    string // of its self-test
}

// htmlIcon keeps browsers from asking for one.
const htmlIcon = "data:,"

func (s *site) page(packs []pack) pageView {
	style, script := asset("page.css"), asset("page.js")
	if s.run.Card != nil {
		style += asset("card.css")
	}
	v := pageView{Run: s.run, Policy: contentPolicy(style, script), Packs: packs, Icon: htmlIcon,
		Style: template.CSS(style), Script: template.JS(script), //nolint:gosec // both are embedded
		Conclusion: newPage(Style{}).conclusion(s.run), Class: s.class(), Counts: verdictCounts(count(s.run.Results)),
		Ran: s.ran(), Measured: s.measured(), Findings: s.findings(), Matrix: s.matrix(), Proxies: s.proxies(), Overview: s.overview}
	for _, verdict := range Verdicts() {
		v.Legend = append(v.Legend, legendEntry{verdict, verdictMeanings[verdict]})
	}
	v.Groups, v.Card = overviewGroups(s.overview), s.card()
	v.Rankings, v.Changes, v.Versions = s.rankings(), s.changes(), s.versions()
	v.Traits, v.Behaviour = s.behaviours()
	for _, g := range KnownFailures(s.run) {
		v.Known = append(v.Known, knownView{g, s.cells(g.Results)})
	}
	s.contradicted(&v)
	for _, shard := range s.run.Shards {
		v.Shards = append(v.Shards, s.shard(shard))
	}
	return v
}

// contradicted adds what is not as expected and no finding.
func (s *site) contradicted(v *pageView) {
	for _, stale := range s.run.Stale {
		if stale.Why == "" {
			v.Unmatched = append(v.Unmatched, stale)
		} else {
			v.Unproven = append(v.Unproven, stale)
		}
	}
	for _, u := range s.run.Unstable {
		v.Unstable = append(v.Unstable, unstableView{u, strings.Join(u.counts(), ", "), hashLink(u.Target, u.Check, u.Scenario)})
	}
	if n := len(s.run.Stale); n > 0 {
		v.Extra = append(v.Extra, fmt.Sprintf("%d stale", n))
	}
	if n := len(s.run.Unstable); n > 0 {
		v.Extra = append(v.Extra, fmt.Sprintf("%d not stable", n))
	}
}

// class is the verdict that the whole run is coloured as.
func (s *site) class() string {
	if s.run.Card != nil {
		return decisionClasses[s.run.Card.Decision]
	}
	switch s.run.ExitCode() {
	case ExitFailed:
		return string(Fail)
	case ExitUnmeasurable:
		return string(HarnessError)
	}
	return string(Pass)
}

func (s *site) ran() []string {
	e, o := s.run.Environment, s.run.Options
	ran := []string{
		"finwait " + s.run.Finwait,
		s.run.Started.UTC().Format("2006-01-02 15:04:05 UTC"),
		"took " + clock(s.run.Finished.Sub(s.run.Started)),
		fmt.Sprintf("%s (%s)", e.Runtime, e.Engine),
		"kernel " + e.Kernel,
		plural(o.Samples, "sample"),
		plural(o.Endings, "ending"),
		"patience " + strings.TrimPrefix(FormatCap(float64(o.Patience)), "> "),
		fmt.Sprintf("seed %d", o.Seed),
	}
	if o.Repeat > 1 {
		ran = append(ran, plural(o.Repeat, "repeat"))
	}
	return append(ran, "run "+s.run.ID)
}

func (s *site) measured() []string {
	lines := []string{s.run.merged(), s.run.wallTime(), s.run.Quiet.String()}
	if len(s.run.Shards) > 0 {
		lines = append(lines[:1], s.run.shardTimes()...)
	}
	return slices.DeleteFunc(append(lines, s.run.SelfTest.Line()), func(line string) bool { return line == "" })
}

func (s *site) proxies() []string {
	var proxies []string
	for _, row := range s.overview.Rows {
		if !row.Control && !slices.Contains(proxies, row.Target.Proxy) {
			proxies = append(proxies, row.Target.Proxy)
		}
	}
	return proxies
}

func overviewGroups(o Overview) []overviewGroup {
	var groups []overviewGroup
	for _, row := range o.Rows {
		if n := len(groups); n == 0 || groups[n-1].Heading != row.heading() {
			groups = append(groups, overviewGroup{Heading: row.heading()})
		}
		g := &groups[len(groups)-1]
		g.Rows = append(g.Rows, overviewRow{row, row.page(), hashLink(row.page(), "", "")})
	}
	return groups
}

func (s *site) shard(shard Shard) shardView {
	v := shardView{Shard: shard, Name: s.run.ShardName(shard.ID), Took: clock(shard.Finished.Sub(shard.Started)), Line: shard.SelfTest.Line()}
	for _, t := range s.run.Targets {
		if t.Shard == shard.ID {
			v.Targets++
		}
	}
	return v
}

// Took is how long a stage took.
func (s Stage) Took() string { return clock(seconds(s.Seconds)) }
