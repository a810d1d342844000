package suites

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/finwait/finwait/fixtures/certs"
	"github.com/finwait/finwait/fixtures/stand"
	"github.com/finwait/finwait/proxies"
	"github.com/finwait/finwait/reports"
)

const (
	// quickAnswer is the patience of a first answer: three times what an orderly proxy needs on a busy machine.
	quickAnswer        = 3 * time.Second
	quickAnswerSamples = 20
	quickAnswerEndings = 40
	// mostRoutes bounds how many routes of a configuration are validated; each has a proxy of its own.
	mostRoutes = 6
)

// validation is what `finwait validate` was asked for.
type validation struct {
	options Options // of the runs that it makes

	path    string
	proxy   string // name; empty: found out
	version string // of the proxy's versions; empty: the default one
	image   string // exactly this image; empty: that of the version
	url     string // of the route; empty: found out
	through string // the upstream; empty: found out

	against        string // path of the configuration that it is compared with; empty: see againstImage
	againstImage   string
	againstVersion string

	budgets     []string // name=value
	budgetsFile string
	quick       bool
	strict      bool
	fix         string // folder for the patched copy

	progress *reports.Progress
	ca       *certs.CA
}

// ValidateCommand is `finwait validate`. Version is finwait's own.
func ValidateCommand(version string) *cobra.Command {
	v := &validation{options: DefaultOptions()}
	v.options.Finwait, v.options.Out = version, "reports/out/validate"
	cmd := &cobra.Command{
		Use:   "validate PATH",
		Short: "Sign off the proxy configuration that is about to be deployed: APPROVE, RISK or BLOCK",
		Long: `Takes your own configuration as it is, a file or a folder, brings it up in its real proxy with both ends of WebSocket
connections around it, plays the whole catalogue through each of its WebSocket routes, and prints the sign-off card: the
numbers that matter, each finding with the line that causes it, and the change that cures it, proven on a copy.

Nothing of the configuration is edited, and nothing that it does leaves a private network: upstreams are served by
finwait, certificates that are missing come from a test CA.

Budgets are read from finwait.yaml beside the configuration, from --budgets and from --budget NAME=VALUE, the later over
the earlier ('finwait explain' names them).

Exit code 0: APPROVE, and RISK without --strict. 1: BLOCK. 2: bad input. 3: could not measure.`,
		Example: `  finwait validate /etc/nginx/nginx.conf
  finwait validate deploy/apache2 --image registry.example.org/edge/httpd:2.4.66
  finwait validate haproxy.cfg --quick
  finwait validate Caddyfile --url wss://chat.example.org/socket
  finwait validate new/nginx --against old/nginx
  finwait validate nginx.conf --version 1.30 --against-version 1.26
  finwait validate site.conf --budget back_release=2s --fix patched`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			v.path = args[0]
			given := cmd.Flags().Changed
			if err := v.check(given); err != nil {
				return err
			}
			return v.run(cmd.Context(), cmd.OutOrStdout())
		},
	}
	v.flags(cmd.Flags())
	return cmd
}

func (v *validation) flags(f *pflag.FlagSet) {
	o := &v.options
	f.StringVar(&v.proxy, "proxy", "", "whose configuration it is (finwait list proxies); empty: found out")
	f.StringVar(&v.version, "version", "", "version of the proxy, by name (finwait list targets --versions all); empty: the default one")
	f.StringVar(&v.image, "image", "", "the image that will be deployed, in place of a version's: any with that proxy in it")
	f.StringVar(&v.url, "url", "", "the WebSocket route, as a client writes it: wss://name:port/path; empty: all that are found")
	f.StringVar(&v.through, "upstream", "", "where the route leads, where finwait cannot tell: host:port or unix:/path")
	f.StringVar(&v.against, "against", "", "configuration that is deployed now: report only what differs")
	f.StringVar(&v.againstImage, "against-image", "", "image that is deployed now: report only what differs")
	f.StringVar(&v.againstVersion, "against-version", "", "version that is deployed now: report only what differs")
	f.StringVar(&v.budgetsFile, "budgets", "", "YAML file with budgets; empty: finwait.yaml beside the configuration, if there is one")
	f.StringArrayVar(&v.budgets, "budget", nil, "one budget, for instance back_release=2s; may be given several times")
	f.BoolVar(&v.quick, "quick", false, "a first answer in a few seconds: short patience, no reload, no cures")
	f.BoolVar(&v.strict, "strict", false, "exit with 1 for a RISK too")
	f.StringVar(&v.fix, "fix", "", "folder for a copy of the configuration with the cures that are proven; a diff is put beside it")
	f.StringVar(&o.Runtime, "runtime", o.Runtime, "how the proxy is brought up: auto, docker or local")
	f.IntVar(&o.Samples, "samples", o.Samples, "latency samples of every route; more where they leave it open")
	f.DurationVar(&o.Patience, "patience", o.Patience, "the longest wait for anything; longer where a budget needs it")
	f.Int64Var(&o.Seed, "seed", o.Seed, "order of the plays")
	f.StringVar(&o.Out, "out", o.Out, "folder for run.json, reports, traces, packets and logs")
	f.StringVar(&o.Folder, "proxies", o.Folder, "folder of proxies to use instead of the bundled ones")
}

// check settles what depends on several flags; given tells which were.
func (v *validation) check(given func(string) bool) error {
	o := &v.options
	switch {
	case o.Out == "":
		return errors.New("--out is empty: give a folder")
	case v.version != "" && v.image != "":
		return errors.New("--version and --image both say what to run: give one of them")
	case v.againstVersion != "" && v.againstImage != "":
		return errors.New("--against-version and --against-image both say what to compare with: give one of them")
	case v.quick && v.fix != "":
		return errors.New("--quick tries no cures, and --fix writes them: give one of them")
	case v.comparing() && v.fix != "":
		return errors.New("--against compares two configurations, and --fix mends one: give one of them")
	case o.Runtime == stand.OfItself:
		return fmt.Errorf("--runtime %s has finwait's own proxies alone: give auto, docker or local", o.Runtime)
	}
	if v.quick {
		for name, set := range map[string]func(){
			"patience": func() { o.Patience = quickAnswer },
			"samples":  func() { o.Samples = quickAnswerSamples },
		} {
			if !given(name) {
				set()
			}
		}
		o.Endings = quickAnswerEndings
		o.Checks = withoutLifecycle()
	}
	return v.settleBudgets(given("patience"))
}

// comparing reports whether an old state is measured beside the new one.
func (v *validation) comparing() bool {
	return v.against != "" || v.againstImage != "" || v.againstVersion != ""
}

// withoutLifecycle are all checks but those that do something to the proxy as a whole.
func withoutLifecycle() []string {
	var ids []string
	for _, c := range Catalogue() {
		if !strings.HasPrefix(c.ID, "lifecycle/") {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// run validates, prints the card and writes everything. The error has the exit code.
func (v *validation) run(ctx context.Context, out io.Writer) (err error) {
	if err := writable(v.options.Out); err != nil {
		return err
	}
	if err := v.fixable(); err != nil {
		return err
	}
	v.progress = reports.NewProgress(os.Stderr)
	defer v.progress.Break()
	defer context.AfterFunc(ctx, func() {
		v.progress.Say("interrupted: cleaning up; again ends it at once")
	})()
	if v.ca, err = certs.New(); err != nil {
		return err
	}
	s, subjects, err := v.measure(ctx)
	if err != nil {
		return unlessInterrupted(ctx, err)
	}
	run := s.run()
	run.Card = v.card(s, subjects[0])
	if v.comparing() {
		return v.finishAgainst(run, s, subjects, out)
	}
	if run.Card.Unproven == "" && !v.quick {
		if err := v.tryCures(ctx, run.Card, subjects[0], s); err != nil {
			v.progress.Say("the cures were not tried to their end: %v", err)
			run.Card.Notes = append(run.Card.Notes, "The cures were not tried to their end: "+err.Error()+".")
		}
	}
	if err := v.writeFix(subjects[0]); err != nil {
		return err
	}
	run.Stages = stages(v.progress.Done())
	return finish(run, v.options, out)
}

// measure opens the configurations and measures all their routes in one session. All that was started is gone when it returns.
func (v *validation) measure(ctx context.Context) (s *session, subjects []*subject, err error) {
	rt, subjects, err := v.prepare(ctx)
	if rt != nil {
		defer func() {
			if s == nil { // else its tearDown has
				err = bothOf(err, v.end(rt))
			}
		}()
	}
	if err != nil {
		return nil, nil, err
	}
	var targets []proxies.Target
	for _, u := range subjects {
		targets = append(targets, u.targets...)
	}
	s, err = v.play(ctx, rt, targets, v.options)
	if err != nil {
		return s, nil, err
	}
	for _, u := range subjects {
		if err := u.refused(s); err != nil {
			return s, nil, err
		}
	}
	return s, subjects, nil
}

// play measures targets in runtime and ends that.
func (v *validation) play(ctx context.Context, rt stand.Runtime, targets []proxies.Target, o Options) (s *session, err error) {
	s = newSession(o, v.progress)
	s.runtime = rt
	defer func() { err = bothOf(err, s.tearDown()) }()
	if s.stands, err = rt.Prepare(ctx, targets); err != nil {
		return s, err
	}
	if s.plan, err = newPlan(o, s.stands); err != nil {
		return s, err
	}
	return s, s.measure(ctx)
}

// end ends a runtime that no session has.
func (v *validation) end(rt stand.Runtime) error {
	ctx, cancel := context.WithTimeout(context.Background(), teardownTime)
	defer cancel()
	return rt.Down(ctx)
}

// choose makes the runtime for proxy.
func (v *validation) choose(ctx context.Context, p *proxies.Proxy) (stand.Runtime, string, error) {
	return stand.Choose(ctx, v.options.Runtime, []*proxies.Proxy{p}, stand.Options{
		CA: v.ca, Run: newID(), Say: v.progress.Say, Step: func() { v.progress.Step(1) }, Version: v.options.Finwait,
	})
}

// theProxy is the bundled proxy of that name, without its known failures: what is known to fail is a finding here.
func (v *validation) theProxy(name string) (*proxies.Proxy, error) {
	all, err := load(v.options.Folder)
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(p *proxies.Proxy) bool { return p.Name == name })
	switch {
	case i < 0:
		return nil, fmt.Errorf("no proxy is called %q: 'finwait list proxies' shows what there is", name)
	case all[i].Self:
		return nil, fmt.Errorf("%s is finwait's own: validate is for nginx, Apache, Caddy, HAProxy and others that are deployed", name)
	}
	p := *all[i]
	p.Known = nil
	return &p, nil
}

// versionOf is the version of p of that name, or the image; without either it is the default one.
func versionOf(p *proxies.Proxy, version, image string) (proxies.Version, error) {
	if image != "" {
		return proxies.Version{Name: image, Image: image, Default: true}, nil
	}
	var names []string
	for _, known := range p.Versions {
		if known.Name == version || version == "" && known.Default {
			return known, nil
		}
		names = append(names, known.Name)
	}
	return proxies.Version{}, fmt.Errorf("finwait knows no version %q of %s: give one of %s, or --image",
		version, p.Name, strings.Join(names, ", "))
}

// patienceFor is how long something has to be waited for so that a budget of b can be seen to hold or not.
func patienceFor(b Budgets, least time.Duration) time.Duration {
	longest := max(b.BackRelease, b.FrontRelease, b.AbruptTold, b.GatewayError, b.VanishedClient, b.IdleAtLeast)
	return min(max(least, longest+cmp.Or(longest/4, time.Second)), longestPatience)
}
