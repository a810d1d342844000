package suites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/finwait/finwait/fixtures/site"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
)

// subject is a configuration under validation, in one version of its proxy.
type subject struct {
	tree    *site.Tree
	found   *site.Found
	version proxies.Version
	bare    *stand.Stand // prepared, for commands
	routes  []site.Route
	targets []proxies.Target  // one for each of routes
	passed  []string          // routes that are not validated
	patch   map[string][]byte // files with the cures that are proven, by their names in the tree; nil: there are none
	notes   []string
}

// oldMark begins the configuration names of what is deployed now.
const oldMark = "old."

// prepare opens what is validated and what it is compared with, finds the image and the routes, and has the vendor's own check
// run. The runtime is there also with an error, once there is one.
func (v *validation) prepare(ctx context.Context) (stand.Runtime, []*subject, error) {
	subjects, p, err := v.open()
	if err != nil {
		return nil, nil, err
	}
	v.progress.Stage("images", 0)
	rt, why, err := v.choose(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	v.progress.Say("%s", why)
	bares := make([]proxies.Target, len(subjects))
	for i, u := range subjects {
		bares[i] = u.bareTarget(p)
	}
	stands, err := rt.Prepare(ctx, bares)
	if err != nil {
		return rt, nil, err
	}
	v.progress.Stage("routes", 0)
	for i, u := range subjects {
		if u.bare = stands[i]; u.bare.Err != nil {
			return rt, nil, stand.Unmeasurable{Doing: "prepare " + p.Name, Err: u.bare.Err}
		}
		mark := ""
		if i > 0 {
			mark = oldMark
		}
		if err := v.discover(ctx, rt, u, mark); err != nil {
			return rt, nil, err
		}
	}
	return rt, subjects, nil
}

// open reads the files and settles which proxy it is about.
func (v *validation) open() ([]*subject, *proxies.Proxy, error) {
	if v.proxy != "" {
		if _, err := v.theProxy(v.proxy); err != nil {
			return nil, nil, err
		}
	}
	tree, err := site.Open(v.path, v.proxy)
	if err != nil {
		return nil, nil, err
	}
	p, err := v.theProxy(tree.Proxy)
	if err != nil {
		return nil, nil, err
	}
	version, err := versionOf(p, v.version, v.image)
	if err != nil {
		return nil, nil, err
	}
	subjects := []*subject{{tree: tree, version: version}}
	if v.comparing() {
		old, err := v.openOld(p, version)
		if err != nil {
			return nil, nil, err
		}
		subjects = append(subjects, old)
	}
	p.Versions = nil
	for _, u := range subjects {
		if !slices.Contains(p.Versions, u.version) {
			p.Versions = append(p.Versions, u.version)
		}
	}
	return subjects, p, nil
}

// openOld opens what is deployed now: what was not said to be different is as in the new state.
func (v *validation) openOld(p *proxies.Proxy, version proxies.Version) (*subject, error) {
	tree, err := site.Open(cmp.Or(v.against, v.path), p.Name)
	if err != nil {
		return nil, fmt.Errorf("--against: %w", err)
	}
	if v.againstVersion+v.againstImage != "" {
		if version, err = versionOf(p, v.againstVersion, v.againstImage); err != nil {
			return nil, fmt.Errorf("--against: %w", err)
		}
	}
	return &subject{tree: tree, version: version}, nil
}

// bareTarget is the subject as far as it is known before its routes are: enough to run the proxy's own commands on its files.
func (u *subject) bareTarget(p *proxies.Proxy) proxies.Target {
	return proxies.Target{Proxy: p, Version: u.version, Configuration: &proxies.Configuration{
		Name: "bare", Path: u.tree.Given, Site: u.bareSite(),
	}}
}

func (u *subject) bareSite() *proxies.Site {
	t := u.tree
	s := &proxies.Site{Config: t.Path(t.Main), Command: t.Command, Environment: t.Environment, Check: t.Check}
	for _, f := range t.Files() {
		s.Files = append(s.Files, proxies.SiteFile{Path: t.Path(f.Name), Content: f.Content, Link: f.Link})
	}
	return s
}

// discover finds the routes of a subject, has its vendor check it, and makes its targets. Mark begins their names.
func (v *validation) discover(ctx context.Context, rt stand.Runtime, u *subject, mark string) error {
	ask := func(ctx context.Context, command ...string) ([]byte, error) {
		u.bare.Target.Configuration.Site = u.bareSite() // what was read meanwhile is a part of it
		tried, err := rt.Try(ctx, u.bare, command)
		if err == nil && tried.Code != 0 {
			err = errors.New(u.complaint(tried.Said))
		}
		return []byte(tried.Out), err
	}
	found, unread := site.Read(ctx, u.tree, ask)
	if unread != nil && !errors.Is(unread, site.ErrSyntax) {
		return unread
	}
	if found == nil {
		found = &site.Found{}
	}
	u.found = found
	if err := v.vendorCheck(ctx, rt, u); err != nil {
		return err
	}
	if unread != nil {
		return unread
	}
	if err := v.chooseRoutes(u); err != nil {
		return err
	}
	return v.makeTargets(u, mark)
}

// vendorCheck has the proxy itself check the configuration with all that it has around it.
func (v *validation) vendorCheck(ctx context.Context, rt stand.Runtime, u *subject) error {
	if len(u.tree.Check) == 0 {
		return nil
	}
	var any site.Route
	if len(u.found.Routes) > 0 {
		any = u.found.Routes[0]
	}
	around, _, err := site.Furnish(u.tree, u.found, any, v.ca)
	if err != nil {
		around = u.bareSite() // what is wrong may be what the vendor complains of; else it is said when a route is furnished
	}
	u.bare.Target.Configuration.Site = around
	tried, err := rt.Try(ctx, u.bare, around.Check)
	if err != nil {
		return stand.Unmeasurable{Doing: "check the configuration", Err: err}
	}
	if tried.Code != 0 {
		return fmt.Errorf("%s refuses %s: %s", u.bare.Target.Proxy.Title, u.tree.Given, u.complaint(tried.Said))
	}
	return nil
}

// complaint is the line by which the proxy refuses the configuration, with the user's own paths.
func (u *subject) complaint(said string) string {
	message := cmp.Or(stand.Complaint(said, u.tree.Path(u.tree.Main)), "it says nothing")
	return u.own(message)
}

// own puts the user's paths in the place of those in the proxy's filesystem.
func (u *subject) own(message string) string {
	names := u.tree.Names()
	slices.SortFunc(names, func(a, b string) int { return len(b) - len(a) })
	var words []string
	for _, name := range names {
		words = append(words, u.tree.Path(name), u.tree.Shown(name))
	}
	return strings.NewReplacer(words...).Replace(message)
}

// chooseRoutes settles which routes are validated.
func (v *validation) chooseRoutes(u *subject) (err error) {
	if v.url != "" || v.through != "" {
		route, err := site.ByHand(u.tree, u.found, v.url, v.through)
		if err != nil {
			return err
		}
		u.routes = []site.Route{route}
		return nil
	}
	u.routes, u.passed, err = site.Choose(u.found, mostRoutes)
	return err
}

func (v *validation) makeTargets(u *subject, mark string) error {
	u.notes = append(slices.Clone(u.tree.Notes), u.found.Notes...)
	taken := map[string]bool{}
	for _, route := range u.routes {
		around, notes, err := site.Furnish(u.tree, u.found, route, v.ca)
		if err != nil {
			return err
		}
		for _, note := range notes {
			if !slices.Contains(u.notes, note) {
				u.notes = append(u.notes, note)
			}
		}
		c := &proxies.Configuration{Title: "the user's own", TLS: route.Front.TLS, Path: u.tree.Given, Site: around}
		if route.File != "" {
			c.Path = u.tree.Shown(route.File)
			file, err := u.tree.Read(route.File)
			if err != nil {
				return err
			}
			c.Source = file.Content
		}
		c.Name = mark + nameOfRoute(around.URL, taken)
		t := u.bare.Target
		u.targets = append(u.targets, proxies.Target{
			Proxy: t.Proxy, Version: t.Version, Reported: t.Reported, Configuration: c, TLS: c.TLS,
		})
	}
	return nil
}

// nameOfRoute makes a name of a URL that no other of those taken has: "chat.example.org-socket".
func nameOfRoute(address string, taken map[string]bool) string {
	name := "route"
	if u, err := url.Parse(address); err == nil {
		name = u.Host + u.Path
	}
	name = strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z', r >= 'A' && r <= 'Z', r >= '0' && r <= '9', r == '.', r == '_', r == '-':
			return r
		}
		return '-'
	}, name), "-.")
	const longest = 60
	name = cmp.Or(strings.TrimRight(name[:min(len(name), longest)], "-."), "route")
	unique := name
	for n := 2; taken[unique]; n++ {
		unique = fmt.Sprintf("%s-%d", name, n)
	}
	taken[unique] = true
	return unique
}

// refused is the error of a configuration whose proxy did not come up with it; nil: it did.
func (u *subject) refused(s *session) error {
	for _, t := range u.targets {
		if st := s.standOf(t); st != nil && st.Err != nil {
			var unmeasurable stand.Unmeasurable
			if errors.As(st.Err, &unmeasurable) {
				return st.Err
			}
			return fmt.Errorf("%s passes its own check and does not start: %s", u.tree.Given, u.own(st.Err.Error()))
		}
	}
	return nil
}

// standOf is the stand of a target.
func (s *session) standOf(t proxies.Target) *stand.Stand {
	i := slices.IndexFunc(s.stands, func(st *stand.Stand) bool { return st.Target.Configuration == t.Configuration })
	if i < 0 {
		return nil
	}
	return s.stands[i]
}
