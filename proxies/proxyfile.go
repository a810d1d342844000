package proxies

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// proxyFile is the content of proxy.yaml.
type proxyFile struct {
	Title    string     `yaml:"title"`
	Self     bool       `yaml:"self"`
	Versions []Version  `yaml:"versions"`
	Config   string     `yaml:"config"`
	Command  []string   `yaml:"command"`
	Listen   Listen     `yaml:"listen"`
	Shares   bool       `yaml:"shares_ports"`
	TLS      TLSFiles   `yaml:"tls"`
	Ask      askFile    `yaml:"ask"`
	Alarm    string     `yaml:"alarm"`
	Route    string     `yaml:"route"`
	Blocks   blocksFile `yaml:"blocks"`
	Local    *localFile `yaml:"local"`
	Reload   reloadFile `yaml:"reload"`
}

type reloadFile struct {
	Signal  string   `yaml:"signal"`
	Command []string `yaml:"command"`
	Logged  string   `yaml:"logged"`
}

type askFile struct {
	Command []string `yaml:"command"`
	Pattern string   `yaml:"pattern"`
}

type localFile struct {
	Binaries []string      `yaml:"binaries"`
	Command  []string      `yaml:"command"`
	Folders  []string      `yaml:"folders"`
	Links    []Link        `yaml:"links"`
	Rewrites []rewriteFile `yaml:"rewrites"`
}

type rewriteFile struct {
	Match string `yaml:"match"`
	With  string `yaml:"with"`
}

// Placeholders that are filled in.
var (
	inCommand  = []string{"binary", "config"}
	inLocal    = []string{"binary", "config", "dir"}
	inRewrites = []string{"plain", "tls", "backend", "dir", "certificate", "key", "combined"}
)

// proxyReader turns a proxyFile into the Proxy and notes what is wrong with it.
type proxyReader struct {
	*document
	file  proxyFile
	proxy *Proxy
}

func (r reader) readProxyFile() error {
	source, err := r.source("proxy.yaml")
	if errors.Is(err, fs.ErrNotExist) {
		return r.at("proxy.yaml", place{1, 1}, "there is no such file; expected one beside configs")
	}
	if err != nil {
		return err
	}
	f := proxyReader{proxy: r.proxy}
	d, p, err := decode(source, &f.file)
	if err != nil {
		return r.at("proxy.yaml", p, "%w", err)
	}
	f.document = d
	f.readAll()
	if p, err := d.first(); err != nil {
		return r.at("proxy.yaml", p, "%w", err)
	}
	return nil
}

func (f *proxyReader) readAll() {
	p := f.proxy
	p.Title, p.Self, p.Config, p.Command = f.file.Title, f.file.Self, f.file.Config, f.file.Command
	p.Versions, p.Listen, p.TLS = f.file.Versions, f.file.Listen, f.file.TLS
	p.SharesPorts = f.file.Shares
	f.need("title", p.Title, "the product's own name")
	f.need("config", p.Config, "the path in the container where the configuration is mounted")
	if p.Config != "" && !path.IsAbs(p.Config) {
		f.fault("config", "config is %q; expected an absolute path", p.Config)
	}
	f.placeholders("command", inCommand, p.Command...)
	f.checkVersions()
	f.checkListen()
	f.readAsk()
	p.Alarm = f.regexp("alarm", f.file.Alarm)
	p.Route = f.regexp("route", multiline(f.file.Route))
	f.readBlocks()
	f.readLocal()
	f.readReload()
}

func (f *proxyReader) checkVersions() {
	taken := map[string]bool{}
	standard := false
	for i, v := range f.proxy.Versions {
		at := fmt.Sprintf("versions[%d]", i)
		f.need(at+".name", v.Name, "a short name, for instance \"2.4\"")
		if v.Name != "" && !names.MatchString(v.Name) {
			f.fault(at+".name", "name is %q; expected letters, digits, '.', '_' and '-'", v.Name)
		}
		if taken[v.Name] {
			f.fault(at+".name", "a second version %q; expected names that differ", v.Name)
		}
		taken[v.Name] = true
		standard = standard || v.Default
		f.checkOrigin(at, v)
	}
	if !standard {
		f.fault("versions", "no version is the default; expected at least one with \"default: true\"")
	}
}

// checkOrigin checks where the image of a version comes from.
func (f *proxyReader) checkOrigin(at string, v Version) {
	switch {
	case f.proxy.Self && (v.Image != "" || v.Debian != ""):
		f.fault(at, "%s has an image; expected none, because self says that the proxy is finwait itself", at)
	case !f.proxy.Self && v.Image == "" && v.Debian == "":
		f.fault(at, "%s has no image; expected image, debian or both", at)
	case v.Debian != "" && f.proxy.Dockerfile == nil:
		f.fault(at+".debian", "debian without a Dockerfile; expected one beside proxy.yaml, or no debian")
	case v.Pin != "" && (v.Debian == "" || !bytes.Contains(f.proxy.Dockerfile, []byte("\nARG PIN\n"))):
		f.fault(at+".pin", "pin without packages to pin; expected debian too, and a Dockerfile with a line ARG PIN")
	}
}

func (f *proxyReader) checkListen() {
	f.port("listen.plain", f.proxy.Listen.Plain, true)
	secured := ""
	for _, c := range f.proxy.Configurations {
		if c.TLS {
			secured = c.Name
		}
	}
	f.port("listen.tls", f.proxy.Listen.TLS, secured != "")
	t := f.proxy.TLS
	if secured != "" && t.Combined == "" && (t.Certificate == "" || t.Key == "") {
		f.fault("tls", "tls has no files for configuration %q; expected certificate and key, or combined", secured)
	}
	for _, file := range []struct{ key, path string }{
		{"certificate", t.Certificate}, {"key", t.Key}, {"combined", t.Combined},
	} {
		if file.path != "" && !path.IsAbs(file.path) {
			f.fault("tls."+file.key, "tls.%s is %q; expected an absolute path in the container", file.key, file.path)
		}
	}
}

func (f *proxyReader) port(key string, port int, required bool) {
	if !required && !f.has(key) {
		return
	}
	if port < 1 || port > 65535 {
		f.fault(key, "%s is %s; expected a port, 1 to 65535", key, f.number(key, port))
	}
}

func (f *proxyReader) number(key string, n int) string {
	if !f.has(key) {
		return "missing"
	}
	return fmt.Sprint(n)
}

func (f *proxyReader) readAsk() {
	ask := f.file.Ask
	f.proxy.Ask.Command = ask.Command
	f.list("ask.command", ask.Command, "the command that prints the version")
	f.placeholders("ask.command", inCommand, ask.Command...)
	f.need("ask.pattern", ask.Pattern, "a regular expression whose first group is the version")
	f.proxy.Ask.Pattern = f.regexp("ask.pattern", ask.Pattern)
	if p := f.proxy.Ask.Pattern; p != nil && p.NumSubexp() < 1 {
		f.fault("ask.pattern", "ask.pattern has no group; expected the version in parentheses")
	}
}

func (f *proxyReader) readLocal() {
	file := f.file.Local
	if file == nil {
		return
	}
	local := &Local{Binaries: file.Binaries, Command: file.Command, Folders: file.Folders, Links: file.Links}
	f.proxy.Local = local
	if !f.proxy.Self {
		f.list("local.binaries", local.Binaries, "names to look for on PATH")
	}
	f.list("local.command", local.Command, "the command that runs the proxy in the foreground")
	f.placeholders("local.command", inLocal, local.Command...)
	for i, folder := range local.Folders {
		f.below(fmt.Sprintf("local.folders[%d]", i), folder)
	}
	for i, link := range local.Links {
		at := fmt.Sprintf("local.links[%d]", i)
		f.below(at+".name", link.Name)
		f.list(at+".to", link.To, "paths, the first of which that exists is taken")
	}
	for i, rewrite := range file.Rewrites {
		at := fmt.Sprintf("local.rewrites[%d]", i)
		f.need(at+".match", rewrite.Match, "a regular expression")
		f.placeholders(at+".with", inRewrites, rewrite.With)
		local.Rewrites = append(local.Rewrites, Rewrite{f.regexp(at+".match", rewrite.Match), rewrite.With})
	}
}

func (f *proxyReader) readReload() {
	if !f.has("reload") {
		return
	}
	file := f.file.Reload
	switch {
	case (file.Signal == "") == (len(file.Command) == 0):
		f.fault("reload", "reload has %s; expected one of signal and command", either(file.Signal == "", "neither", "both"))
	case file.Signal != "" && unix.SignalNum("SIG"+file.Signal) == 0:
		f.fault("reload.signal", "reload.signal is %q; expected a signal's name without SIG, for instance HUP", file.Signal)
	case file.Signal == "":
		f.list("reload.command", file.Command, "the command that makes the running proxy read its configuration anew")
	}
	f.placeholders("reload.command", inCommand, file.Command...)
	f.proxy.Reload = &Reload{Signal: file.Signal, Command: file.Command, Logged: f.regexp("reload.logged", file.Logged)}
}

func either(first bool, one, other string) string {
	if first {
		return one
	}
	return other
}

// below checks a path that is made below the private folder.
func (f *proxyReader) below(key, name string) {
	if !fs.ValidPath(name) || name == "." {
		f.fault(key, "%s is %q; expected a relative path that stays below the folder", key, name)
	}
}

func (f *proxyReader) need(key, value, expected string) {
	if value == "" {
		f.fault(key, "%s is %s; expected %s", key, f.lack(key), expected)
	}
}

func (f *proxyReader) list(key string, values []string, expected string) {
	if len(values) == 0 || slices.Contains(values, "") {
		f.fault(key, "%s is %s; expected %s", key, f.lack(key), expected)
	}
}

func (d *document) lack(key string) string {
	if d.has(key) {
		return "empty"
	}
	return "missing"
}

// regexp compiles a regular expression, where an empty one is none.
func (f *proxyReader) regexp(key, expression string) *regexp.Regexp {
	if expression == "" {
		return nil
	}
	compiled, err := regexp.Compile(expression)
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		f.fault(key, "%s: %s; expected a regular expression of Go's syntax", key, reason)
	}
	return compiled
}

var placeholder = regexp.MustCompile(`\{([a-z_]+)\}`)

// placeholders checks that texts have no placeholder but those allowed, so that a misspelt one is not taken literally.
func (f *proxyReader) placeholders(key string, allowed []string, texts ...string) {
	for _, text := range texts {
		for _, found := range placeholder.FindAllStringSubmatch(text, -1) {
			if !slices.Contains(allowed, found[1]) {
				f.fault(key, "%s has %s; expected {%s}", key, found[0], strings.Join(allowed, "}, {"))
			}
		}
	}
}
