package reports

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// SplitRun makes two runs of one that measured an old state and a new one side by side: isOld tells the old targets, and
// rename makes of the id of an old one that of its counterpart, so that the existing comparison pairs them. Both share the
// control; the card stays with the new one. It fails where one of them has no target, or two targets the same id.
func SplitRun(run *Run, isOld func(Target) bool, rename func(id string) string) (before, after *Run, err error) {
	was, is := *run, *run
	was.Targets, is.Targets, was.Results, is.Results, was.Unstable, is.Unstable = nil, nil, nil, nil, nil, nil
	was.Card, was.Stale = nil, nil
	was.ID += "-old"
	names := map[string]string{} // of the old targets
	for _, t := range run.Targets {
		if !isOld(t) {
			is.Targets = append(is.Targets, t)
			continue
		}
		names[t.ID] = rename(t.ID)
		was.Targets = append(was.Targets, t.renamed(names[t.ID]))
	}
	switch {
	case len(was.Targets) == 0:
		return nil, nil, errors.New("the run has no target of the old state: measure both together")
	case len(is.Targets) == 0:
		return nil, nil, errors.New("the run has no target of the new state: measure both together")
	}
	if err := errors.Join(uniqueTargets(was.Targets), uniqueTargets(is.Targets)); err != nil {
		return nil, nil, err
	}
	for _, r := range run.Results {
		if name, ok := names[r.Target]; ok {
			r.Target = name
			was.Results = append(was.Results, r)
		} else {
			is.Results = append(is.Results, r)
		}
	}
	for _, u := range run.Unstable {
		if name, ok := names[u.Target]; ok {
			u.Target = name
			was.Unstable = append(was.Unstable, u)
		} else {
			is.Unstable = append(is.Unstable, u)
		}
	}
	was.finish()
	is.finish()
	return &was, &is, nil
}

// renamed is t with another id, and the name of the configuration that it has in there.
func (t Target) renamed(id string) Target {
	if i := strings.LastIndexByte(id, '/'); i >= 0 {
		t.Config = strings.TrimSuffix(id[i+1:], "+tls")
	}
	t.ID = id
	return t
}

func uniqueTargets(targets []Target) error {
	seen := map[string]bool{}
	for _, t := range targets {
		if seen[t.ID] {
			return fmt.Errorf("two targets of one state are called %s: the names of its routes have to differ", t.ID)
		}
		seen[t.ID] = true
	}
	return nil
}

// WriteAgainst prints only what differs between the two runs that [SplitRun] makes, for people at a terminal. The code is
// that of the comparison: 1 where something is worse, 3 where nothing could be compared or decided, and else 0.
func WriteAgainst(w io.Writer, before, after *Run, style Style) (code int, err error) {
	a, err := newAgainst(before, after)
	if err != nil {
		return ExitUnmeasurable, err
	}
	p := newPage(style)
	p.hang(p.paint(a.colours(), a.title())+"  ", 2, plain(a.comparison.conclusion()))
	p.item(2, "old  "+strings.Join(a.old(), " · "))
	p.item(2, "new  "+strings.Join(a.new(), " · "))
	p.compared(a.comparison)
	return a.exitCode(), p.flush(w)
}

// WriteAgainstMarkdown is the same for a pull request.
func WriteAgainstMarkdown(w io.Writer, before, after *Run) error {
	a, err := newAgainst(before, after)
	if err != nil {
		return err
	}
	var b strings.Builder
	symbol := map[int]string{ExitFailed: symbols[Fail], ExitUnmeasurable: symbols[HarnessError], ExitExpected: symbols[Pass]}[a.exitCode()]
	fmt.Fprintf(&b, "## finwait: %s %s\n\n%s; %s.\n\n", symbol, a.title(), inText(capitalised(plain(a.comparison.conclusion())), 0), plain(a.comparison.Compared.words()))
	for _, side := range []struct {
		name  string
		words []string
	}{{"old", a.old()}, {"new", a.new()}} {
		fmt.Fprintf(&b, "- %s: %s\n", side.name, inText(strings.Join(side.words, " · "), shareText))
	}
	a.comparison.markdownBody(&b)
	_, err = io.WriteString(w, b.String())
	return err
}

// against is an old state and a new one, compared.
type against struct {
	comparison *Comparison
	was, is    *Run
}

func newAgainst(before, after *Run) (*against, error) {
	was, err := printableRun(before) // a comparison quotes what proxies wrote
	if err != nil {
		return nil, err
	}
	is, err := printableRun(after)
	if err != nil {
		return nil, err
	}
	c, err := compareRuns(was, is, relative, sides{"old", "new"})
	if err != nil {
		return nil, err
	}
	return &against{c, was, is}, nil
}

// exitCode is that of the comparison; where nothing is decided about the new state it decides nothing either.
func (a *against) exitCode() int {
	if a.is.Card != nil && a.is.Card.Unproven != "" {
		return ExitUnmeasurable
	}
	return a.comparison.ExitCode()
}

func (a *against) title() string {
	if a.exitCode() == ExitUnmeasurable {
		return "COULD NOT COMPARE"
	}
	title, _ := a.comparison.heading()
	return title
}

func (a *against) colours() textColours {
	if a.exitCode() == ExitUnmeasurable {
		return magenta
	}
	_, colours := a.comparison.heading()
	return colours
}

// old is what is deployed now: as the card knows it, or as its targets do.
func (a *against) old() []string {
	path, valid := "", (*Validity)(nil)
	if c := a.is.Card; c != nil {
		path, valid = cmp.Or(c.AgainstPath, c.Path), c.Against
	}
	if valid == nil {
		t := a.was.Targets[0]
		if a.is.Card == nil || a.is.Card.AgainstPath == "" {
			path = a.was.ConfigFile(t)
		}
		valid = &Validity{Proxy: t.Proxy, Version: t.Version, Image: t.Image}
	}
	return compact(path, valid.product(), valid.imageWords())
}

// new is what is about to be deployed, and what its card decides about it by itself.
func (a *against) new() []string {
	c := a.is.Card
	if c == nil {
		t := a.is.Targets[0]
		return compact(a.is.ConfigFile(t), t.Product(), Validity{Image: t.Image}.imageWords())
	}
	words := c.subject()
	if c.Unproven != "" {
		return append(words, c.says())
	}
	urls := map[Decision][]string{}
	for _, r := range c.Routes {
		urls[r.Decision] = append(urls[r.Decision], r.URL)
	}
	by := ""
	if len(c.Routes) > 1 && len(urls) > 1 {
		by = " (" + strings.Join(urls[c.Decision], ", ") + ")"
	}
	return append(slices.Clip(words), "by itself "+string(c.Decision)+by)
}
