package proxies

import "regexp"

// Proxy is a product and all that is needed to bring it up: the content of one folder.
type Proxy struct {
	Name           string // the folder's name
	Title          string // the product's own name
	Versions       []Version
	Configurations []*Configuration
	Known          []KnownFailure
	Causes         []Cause

	Config  string   // path in the container where the configuration file is mounted
	Command []string // overrides the image's own command; empty: the image's own. {binary} and {config} are filled in
	Listen  Listen
	// SharesPorts says that it sets SO_REUSEPORT on what it listens on: it starts also where somebody else listens on the port.
	SharesPorts bool
	TLS         TLSFiles
	Ask         Ask            // how the version is asked for
	Alarm       *regexp.Regexp // a log line at alert, crit or emerg level; nil: the log has no levels
	Route       *regexp.Regexp // the line of a configuration that sends connections to the backend; nil: not known
	Blocks      *Blocks        // how its configurations are divided; nil: not known
	Local       *Local         // how it runs without a container; nil: it does not
	Reload      *Reload        // how it is made to read its configuration anew while it runs; nil: it has no such way
	Self        bool           // the proxy is the finwait binary itself (goproxy)

	Dockerfile []byte // builds the image from Debian's packages; nil: there is none
}

// Listen holds the ports that every bundled configuration of a proxy listens on.
type Listen struct {
	Plain int `yaml:"plain"`
	TLS   int `yaml:"tls"`
}

// TLSFiles are the paths in the container where the test CA's files are put. Empty ones are not.
type TLSFiles struct {
	Certificate string `yaml:"certificate"` // PEM chain
	Key         string `yaml:"key"`         // PEM key
	Combined    string `yaml:"combined"`    // PEM chain and key in one file
}

// Version is one image of a proxy.
type Version struct {
	Name    string `yaml:"name"`    // what was asked for until the binary has told: "2.4", "newest"
	Default bool   `yaml:"default"` // runs unless --versions all is given
	Image   string `yaml:"image"`   // the official image
	Debian  string `yaml:"debian"`  // the suite whose packages the Dockerfile installs when no registry answers
	Pin     string `yaml:"pin"`     // of those packages, the version, with * for any text; empty: the newest of the suite
}

// Ask is how a proxy is asked for its version.
type Ask struct {
	Command []string       // in the container, where {binary} is filled in; its first word is the binary
	Pattern *regexp.Regexp // its first group is the version
}

// Local is how a proxy runs as a child process.
type Local struct {
	Binaries []string  // the first one on PATH is taken
	Command  []string  // {binary}, {dir} (a private folder) and {config} are filled in
	Rewrites []Rewrite // turn the configuration's addresses into loopback ones
	Folders  []string  // made below {dir}
	Links    []Link    // made below {dir}
}

// Reload is how a running proxy is made to read its configuration anew: by a signal to its first process, or by a command.
type Reload struct {
	Signal  string         // without SIG, for instance "HUP"; empty: Command
	Command []string       // in the container, where {binary} and {config} are filled in; its first word is the binary
	Logged  *regexp.Regexp // a line of its log that says that it did so; nil: none does
}

// Rewrite replaces all matches in the copy of the configuration. In With, {plain} and {tls} are the front
// ports, {backend} is the backend's host:port, {dir} the private folder, {certificate}, {key} and {combined}
// the TLS files, and ${1} the first group.
type Rewrite struct {
	Match *regexp.Regexp
	With  string
}

// Link is a symbolic link below the private folder to the first of the paths that exists.
type Link struct {
	Name string   `yaml:"name"`
	To   []string `yaml:"to"`
}

// Configuration is one vendor configuration file. All but Path and Source comes from its header comment.
type Configuration struct {
	Name    string   // file name without its ending
	Title   string   // what it is, in a sentence
	Varies  string   // the configuration that this one varies, or empty
	Changes []string // the lines that make the variation
	Needs   string   // semver range of the versions that understand the file; empty: all
	TLS     bool     // it has a TLS listener too: there is a +tls target
	Path    string   // "apache/configs/wstunnel.conf"
	Source  []byte
	Site    *Site // what it needs around it; nil: it is a bundled one, which needs nothing
}

// KnownFailure is an entry of known-failures.yaml: a failure that is understood.
type KnownFailure struct {
	Check          string   `yaml:"check"`          // id
	Scenarios      []string `yaml:"scenarios"`      // patterns; empty: all
	Configurations []string `yaml:"configurations"` // patterns, "+tls" may be appended; empty: all
	Versions       string   `yaml:"versions"`       // semver range, for instance ">=2.4.47"; empty: all
	Why            string   `yaml:"why"`            // what the proxy does
	Source         string   `yaml:"source"`         // its code, changelog or bug
	Remedy         string   `yaml:"remedy"`         // the directive that cures it, or why there is none
	Directive      string   `yaml:"line"`           // a regular expression for the line of the configuration that causes it; empty: none does, one is missing
	Proven         []string `yaml:"proven"`         // configurations that apply the remedy and pass, "+tls" may be appended; empty: there is none
	Line           int      `yaml:"-"`              // in the file
}

// Target is what is tested: one version of a proxy under one configuration, spoken to plainly or over TLS.
type Target struct {
	Proxy         *Proxy
	Version       Version
	Reported      string // the version that the binary printed; empty until it was asked
	Configuration *Configuration
	TLS           bool
}

// ID is the target's name, for instance "apache@2.4.71/nokeepalive+tls".
func (t Target) ID() string {
	version := t.Reported
	if version == "" {
		version = t.Version.Name
	}
	id := t.Proxy.Name + "@" + version + "/" + t.Configuration.Name
	if t.TLS {
		id += "+tls"
	}
	return id
}
