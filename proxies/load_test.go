package proxies

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// goodProxy is a proxy.yaml with nothing wrong in it.
const goodProxy = `title: Squid
versions:
  - name: "6.1"
    image: squid:6.1
    default: true
config: /etc/squid.conf
listen: {plain: 80, tls: 443}
tls:
  combined: /etc/squid.pem
ask:
  command: [squid, -v]
  pattern: 'Version (\S+)'
alarm: FATAL
local:
  binaries: [squid]
  command: ["{binary}", -f, "{config}"]
  links:
    - name: lib
      to: [/usr/lib/squid]
  rewrites:
    - match: ':80\b'
      with: ':{plain}'
reload: {signal: HUP, logged: 'reconfigured'}
shares_ports: true
`

const (
	baseFile = "# The plain way.\n# finwait: tls yes\nport 80\n"
	fastFile = "# The fast way.\n# finwait: varies base\n# finwait: changes speed 2\nport 80\nspeed 2\n"
)

const goodKnown = `- check: close/code-preserved
  scenarios: [client-*]
  configurations: ["{base,fast}"]
  versions: ">=6"
  why: it rewrites the code
  source: bug 1
  remedy: speed 2
  proven: [fast, base+tls]
`

const goodCauses = `- check: close/latency
  cause: it waits
  cure: speed 2
  source: bug 2
  proven: fast
- check: close/code-preserved
  cause: it rewrites the code
  cure: there is none
  source: bug 1
`

// squid is a folder with nothing wrong in it, after replacing old by new in one of its files. An empty old sets the
// whole file, and then an empty new removes it.
func squid(t *testing.T, file, old, new string) fstest.MapFS {
	t.Helper()
	files := map[string]string{
		"proxy.yaml": goodProxy, "configs/base.conf": baseFile, "configs/fast.conf": fastFile, "known-failures.yaml": goodKnown,
		"causes.yaml": goodCauses,
	}
	switch {
	case old != "" && !strings.Contains(files[file], old):
		t.Fatalf("%q is not in %s", old, file)
	case old != "":
		files[file] = strings.Replace(files[file], old, new, 1)
	case new != "":
		files[file] = new
	case file != "":
		delete(files, file)
	}
	fsys := fstest.MapFS{}
	for name, text := range files {
		fsys["squid/"+name] = &fstest.MapFile{Data: []byte(text)}
	}
	return fsys
}

func TestLoad(t *testing.T) {
	proxies, err := Load(squid(t, "", "", ""))
	if err != nil {
		t.Fatal(err)
	}
	p := proxies[0]
	if p.Name != "squid" || p.Title != "Squid" || p.Listen != (Listen{80, 443}) || !p.SharesPorts || p.TLS.Combined != "/etc/squid.pem" {
		t.Errorf("proxy is %+v", p)
	}
	if p.Dockerfile != nil {
		t.Errorf("Dockerfile is %q, want none", p.Dockerfile)
	}
	if got := p.Ask.Pattern.FindStringSubmatch("Squid: Version 6.1.2 x"); len(got) != 2 || got[1] != "6.1.2" {
		t.Errorf("the version found is %q, want 6.1.2", got)
	}
	if got := p.Local.Rewrites[0]; !got.Match.MatchString("bind :80") || got.With != ":{plain}" {
		t.Errorf("rewrite is %v", got)
	}
	if r := p.Reload; r == nil || r.Signal != "HUP" || !r.Logged.MatchString("was reconfigured") {
		t.Errorf("reload is %+v", r)
	}
	fast := p.Configurations[1]
	if fast.Name != "fast" || fast.Varies != "base" || !slices.Equal(fast.Changes, []string{"speed 2"}) || fast.TLS {
		t.Errorf("configuration is %+v", fast)
	}
	if fast.Path != "squid/configs/fast.conf" || string(fast.Source) != fastFile {
		t.Errorf("path %q, source %q", fast.Path, fast.Source)
	}
	if k := p.Known[0]; k.Line != 1 || k.Source != "bug 1" || !slices.Equal(k.Proven, []string{"fast", "base+tls"}) {
		t.Errorf("known failure is %+v", k)
	}
	want := []Cause{
		{Check: "close/latency", Cause: "it waits", Cure: "speed 2", Source: "bug 2", Proven: "fast", Line: 1},
		{Check: "close/code-preserved", Cause: "it rewrites the code", Cure: "there is none", Source: "bug 1", Line: 6},
	}
	if !reflect.DeepEqual(p.Causes, want) {
		t.Errorf("causes are %+v, want %+v", p.Causes, want)
	}
}

func TestLoadWithoutOptionalFiles(t *testing.T) {
	fsys := squid(t, "known-failures.yaml", "", "")
	delete(fsys, "squid/causes.yaml")
	proxies, err := Load(fsys)
	if err != nil || len(proxies[0].Known)+len(proxies[0].Causes) != 0 {
		t.Errorf("proxies %v, error %v; want one without known failures and causes", proxies, err)
	}
}

func TestLoadOrdersConfigurationsByName(t *testing.T) {
	fsys := squid(t, "", "", "")
	fsys["squid/configs/base-fast.conf"] = fsys["squid/configs/fast.conf"]
	proxies, err := Load(fsys)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, c := range proxies[0].Configurations {
		got = append(got, c.Name)
	}
	if want := []string{"base", "base-fast", "fast"}; !slices.Equal(got, want) {
		t.Errorf("order is %v, want %v", got, want)
	}
}

func TestLoadErrors(t *testing.T) {
	const proxy, base, fast, known, causes = "proxy.yaml", "configs/base.conf", "configs/fast.conf", "known-failures.yaml", "causes.yaml"
	tests := []struct {
		name, file, old, new string
		want                 string
	}{
		{"no proxy.yaml", proxy, "", "", `proxies/squid/proxy.yaml:1:1: there is no such file; expected one beside configs`},
		{"empty file", proxy, "", "# nothing\n", `proxies/squid/proxy.yaml:1:1: the file is empty or more than one document; expected one YAML document`},
		{"not YAML", proxy, "[squid]", "[squid", `proxies/squid/proxy.yaml:16:3: ',' or ']' must be specified; expected YAML`},
		{"duplicate key", proxy, "alarm:", "title:", `proxies/squid/proxy.yaml:13:1: mapping key "title" already defined at [1:1]; expected YAML`},
		{"unknown key", proxy, "alarm:", "alarms:", `proxies/squid/proxy.yaml:13:1: unknown key "alarms"; expected one of title, self, versions, config, command, listen, shares_ports, tls, ask, alarm, route, blocks, local, reload`},
		{"unknown key below", proxy, "image:", "picture:", `proxies/squid/proxy.yaml:4:5: unknown key "picture"; expected one of name, default, image, debian, pin`},
		{"number for text", proxy, `"6.1"`, `6.10`, `proxies/squid/proxy.yaml:3:11: versions[0].name is the number 6.10; expected text (a number as text stands in quotes)`},
		{"text for number", proxy, "plain: 80", "plain: http", `proxies/squid/proxy.yaml:7:17: listen.plain is text; expected a whole number`},
		{"text for boolean", proxy, "default: true", "default: yes", `proxies/squid/proxy.yaml:5:14: versions[0].default is text; expected true or false`},
		{"text for list", proxy, "[squid, -v]", "squid -v", `proxies/squid/proxy.yaml:11:12: ask.command is text; expected a list`},
		{"list for mapping", proxy, "listen: {plain: 80, tls: 443}", "listen: [80]", `proxies/squid/proxy.yaml:7:9: listen is a list; expected a mapping with the keys plain, tls`},
		{"nothing for text", proxy, "title: Squid", "title:", `proxies/squid/proxy.yaml:1:7: title is empty; expected text (a number as text stands in quotes)`},
		{"missing title", proxy, "title: Squid\n", "", `proxies/squid/proxy.yaml:1:1: title is missing; expected the product's own name`},
		{"missing config", proxy, "config: /etc/squid.conf\n", "", `proxies/squid/proxy.yaml:1:1: config is missing; expected the path in the container where the configuration is mounted`},
		{"relative config", proxy, "/etc/squid.conf", "squid.conf", `proxies/squid/proxy.yaml:6:9: config is "squid.conf"; expected an absolute path`},
		{"no default version", proxy, "default: true", "default: false", `proxies/squid/proxy.yaml:3:3: no version is the default; expected at least one with "default: true"`},
		{"no image", proxy, "    image: squid:6.1\n", "", `proxies/squid/proxy.yaml:3:5: versions[0] has no image; expected image, debian or both`},
		{"debian without Dockerfile", proxy, "image: squid:6.1", "debian: forky", `proxies/squid/proxy.yaml:4:13: debian without a Dockerfile; expected one beside proxy.yaml, or no debian`},
		{"pin without packages", proxy, "image: squid:6.1", "image: squid:6.1\n    pin: 6.1-*", `proxies/squid/proxy.yaml:5:10: pin without packages to pin; expected debian too, and a Dockerfile with a line ARG PIN`},
		{"self with image", proxy, "title: Squid", "title: Squid\nself: true", `proxies/squid/proxy.yaml:4:5: versions[0] has an image; expected none, because self says that the proxy is finwait itself`},
		{"version name like an id", proxy, `"6.1"`, `"6/1"`, `proxies/squid/proxy.yaml:3:11: name is "6/1"; expected letters, digits, '.', '_' and '-'`},
		{"version twice", proxy, "config:", "  - {name: \"6.1\", image: squid}\nconfig:", `proxies/squid/proxy.yaml:6:12: a second version "6.1"; expected names that differ`},
		{"port out of range", proxy, "plain: 80", "plain: 80000", `proxies/squid/proxy.yaml:7:17: listen.plain is 80000; expected a port, 1 to 65535`},
		{"no TLS port", proxy, ", tls: 443", "", `proxies/squid/proxy.yaml:7:9: listen.tls is missing; expected a port, 1 to 65535`},
		{"no TLS files", proxy, "combined:", "key:", `proxies/squid/proxy.yaml:9:3: tls has no files for configuration "base"; expected certificate and key, or combined`},
		{"bad regexp", proxy, `'Version (\S+)'`, `'Version (\S+'`, `proxies/squid/proxy.yaml:12:12: ask.pattern: missing closing ): ` + "`Version (\\S+`" + `; expected a regular expression of Go's syntax`},
		{"regexp without group", proxy, `(\S+)`, `\S+`, `proxies/squid/proxy.yaml:12:12: ask.pattern has no group; expected the version in parentheses`},
		{"bad route", proxy, "alarm: FATAL", "route: '('", `proxies/squid/proxy.yaml:13:8: route: missing closing ): ` + "`(?m)(`" + `; expected a regular expression of Go's syntax`},
		{"bad alarm", proxy, "FATAL", "'*'", `proxies/squid/proxy.yaml:13:8: alarm: missing argument to repetition operator: ` + "`*`" + `; expected a regular expression of Go's syntax`},
		{"missing ask", proxy, "ask:\n  command: [squid, -v]\n  pattern: 'Version (\\S+)'\n", "", `proxies/squid/proxy.yaml:1:1: ask.command is missing; expected the command that prints the version`},
		{"no binaries", proxy, "  binaries: [squid]\n", "", `proxies/squid/proxy.yaml:15:3: local.binaries is missing; expected names to look for on PATH`},
		{"unknown placeholder in a command", proxy, "{config}", "{file}", `proxies/squid/proxy.yaml:16:12: local.command has {file}; expected {binary}, {config}, {dir}`},
		{"unknown placeholder in a rewrite", proxy, "{plain}", "{port}", `proxies/squid/proxy.yaml:22:13: local.rewrites[0].with has {port}; expected {plain}, {tls}, {backend}, {dir}, {certificate}, {key}, {combined}`},
		{"link out of the folder", proxy, "name: lib", "name: ../lib", `proxies/squid/proxy.yaml:18:13: local.links[0].name is "../lib"; expected a relative path that stays below the folder`},
		{"reload by nothing", proxy, "signal: HUP, ", "", `proxies/squid/proxy.yaml:23:9: reload has neither; expected one of signal and command`},
		{"reload in two ways", proxy, "signal: HUP", "signal: HUP, command: [squid]", `proxies/squid/proxy.yaml:23:9: reload has both; expected one of signal and command`},
		{"reload by no signal", proxy, "HUP", "SIGHUP", `proxies/squid/proxy.yaml:23:18: reload.signal is "SIGHUP"; expected a signal's name without SIG, for instance HUP`},
		{"reload by an empty word", proxy, "signal: HUP", `command: [squid, ""]`, `proxies/squid/proxy.yaml:23:19: reload.command is empty; expected the command that makes the running proxy read its configuration anew`},
		{"reload in an unknown folder", proxy, "signal: HUP", `command: [squid, "{dir}"]`, `proxies/squid/proxy.yaml:23:19: reload.command has {dir}; expected {binary}, {config}`},
		{"reload with a bad regexp", proxy, "'reconfigured'", "'*'", `proxies/squid/proxy.yaml:23:31: reload.logged: missing argument to repetition operator: ` + "`*`" + `; expected a regular expression of Go's syntax`},

		{"varies nothing there", fast, "varies base", "varies bass", `proxies/squid/configs/fast.conf:2:3: varies "bass", which is no other configuration; expected one of base`},
		{"varies itself", fast, "varies base", "varies fast", `proxies/squid/configs/fast.conf:2:3: varies "fast", which is no other configuration; expected one of base`},
		{"changes not in the body", fast, "changes speed 2", "changes speed 3", `proxies/squid/configs/fast.conf:3:3: changes "speed 3" does not occur below; expected text of this file, letter by letter`},
		{"no header", base, "", "port 80\n", `proxies/squid/configs/base.conf:1:1: no title; expected a comment block that begins with a sentence on what this file is`},

		{"known: missing check", known, "check: close/code-preserved\n  ", "", `proxies/squid/known-failures.yaml:1:3: check is missing; expected the id of a check or a pattern of ids`},
		{"known: empty why", known, "why: it rewrites the code", `why: ""`, `proxies/squid/known-failures.yaml:5:8: why is empty; expected what the proxy does`},
		{"known: missing source", known, "  source: bug 1\n", "", `proxies/squid/known-failures.yaml:1:3: source is missing; expected its code, changelog or bug`},
		{"known: missing remedy", known, "  remedy: speed 2\n", "", `proxies/squid/known-failures.yaml:1:3: remedy is missing; expected the directive that cures it, or why there is none`},
		{"known: bad range", known, `">=6"`, `"six"`, `proxies/squid/known-failures.yaml:4:13: versions "six" is no version range; expected one like ">=2.4.47"`},
		{"known: no such configuration", known, `"{base,fast}"`, `slow`, `proxies/squid/known-failures.yaml:3:20: "slow" matches no configuration; expected names or patterns of those in configs, +tls where they have TLS`},
		{"known: no TLS there", known, `"{base,fast}"`, `fast+tls`, `proxies/squid/known-failures.yaml:3:20: "fast+tls" matches no configuration; expected names or patterns of those in configs, +tls where they have TLS`},
		{"known: bad pattern", known, "client-*", `"{a"`, `proxies/squid/known-failures.yaml:2:14: pattern "{a" has a brace without its counterpart; expected {a,b}`},
		{"known: unknown key", known, "why:", "reason:", `proxies/squid/known-failures.yaml:5:3: unknown key "reason"; expected one of check, scenarios, configurations, versions, why, source, remedy, line, proven`},
		{"known: mapping for list", known, "- check", "  check", `proxies/squid/known-failures.yaml:1:3: the file is a mapping; expected a list`},
		{"known: missing proven", known, "  proven: [fast, base+tls]\n", "", `proxies/squid/known-failures.yaml:1:3: proven is missing; expected the configurations that apply the remedy, or [] where there is none`},
		{"known: proven by nothing there", known, "[fast,", "[fats,", `proxies/squid/known-failures.yaml:8:12: proven "fats" is no configuration, did you mean "fast"; expected one of base, base+tls, fast`},
		{"known: proven without TLS there", known, "base+tls", "fast+tls", `proxies/squid/known-failures.yaml:8:18: proven "fast+tls" is no configuration, did you mean "base+tls"; expected one of base, base+tls, fast`},
		{"known: proven by a pattern", known, "[fast,", `["*",`, `proxies/squid/known-failures.yaml:8:12: proven "*" is no configuration; expected one of base, base+tls, fast`},

		{"known: bad line", known, "remedy: speed 2", "remedy: speed 2\n  line: '*'", `proxies/squid/known-failures.yaml:8:9: line: missing argument to repetition operator: ` + "`*`" + `; expected a regular expression of Go's syntax`},
		{"known: line of nothing there", known, "remedy: speed 2", "remedy: speed 2\n  line: '^speed 3'", `proxies/squid/known-failures.yaml:8:9: line "^speed 3" matches in no configuration that the entry covers; expected the directive that causes it, or no line where one is missing`},
		{"known: line of another configuration", known, `["{base,fast}"]`, "[base]\n  line: '^speed'", `proxies/squid/known-failures.yaml:4:9: line "^speed" matches in no configuration that the entry covers; expected the directive that causes it, or no line where one is missing`},
		{"known: line of a comment", known, "remedy: speed 2", "remedy: speed 2\n  line: changes", `proxies/squid/known-failures.yaml:8:9: line "changes" matches in no configuration that the entry covers; expected the directive that causes it, or no line where one is missing`},

		{"causes: empty", causes, "", "# none\n", `proxies/squid/causes.yaml:1:1: the file is empty or more than one document; expected one YAML document`},
		{"causes: missing check", causes, "check: close/latency\n  ", "", `proxies/squid/causes.yaml:1:3: check is missing; expected the id of a check`},
		{"causes: empty cause", causes, "cause: it waits", `cause: ""`, `proxies/squid/causes.yaml:2:10: cause is empty; expected what the proxy does`},
		{"causes: missing cure", causes, "  cure: speed 2\n", "", `proxies/squid/causes.yaml:1:3: cure is missing; expected the directives that cure it, or why there are none`},
		{"causes: missing source", causes, "  source: bug 1\n", "", `proxies/squid/causes.yaml:6:3: source is missing; expected its documentation, code or bug`},
		{"causes: bad line", causes, "source: bug 2", "source: bug 2\n  line: '['", `proxies/squid/causes.yaml:5:9: line: missing closing ]: ` + "`[`" + `; expected a regular expression of Go's syntax`},
		{"causes: proven by nothing there", causes, "proven: fast", "proven: fats", `proxies/squid/causes.yaml:5:11: proven "fats" is no configuration, did you mean "fast"; expected one of base, base+tls, fast`},
		{"causes: list for proven", causes, "proven: fast", "proven: [fast]", `proxies/squid/causes.yaml:5:11: [0].proven is a list; expected text (a number as text stands in quotes)`},
		{"causes: unknown key", causes, "cure:", "remedy:", `proxies/squid/causes.yaml:3:3: unknown key "remedy"; expected one of check, cause, cure, source, line, proven, apply, versions, costs`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			_, err := Load(squid(t, test.file, test.old, test.new))
			if err == nil || err.Error() != test.want {
				t.Errorf("error is\n\t%v\nwant\n\t%s", err, test.want)
			}
		})
	}
}

func TestLoadErrorsOfFolders(t *testing.T) {
	tests := []struct {
		name string
		fsys fstest.MapFS
		want string
	}{
		{"nothing", fstest.MapFS{}, "proxies: no proxy here; expected folders that have a proxy.yaml"},
		{"name like an id", fstest.MapFS{"a@b/proxy.yaml": {}}, `proxies/a@b:1:1: folder name "a@b"; expected letters, digits, '.', '_' and '-'`},
		{"no configuration", fstest.MapFS{"squid/proxy.yaml": {Data: []byte(goodProxy)}},
			"proxies/squid/configs:1:1: no configuration here; expected at least one of the vendor's files"},
		{"names differ in the ending alone", fstest.MapFS{
			"squid/configs/a.conf": {Data: []byte("# A.\n")}, "squid/configs/a.txt": {Data: []byte("# A.\n")},
		}, `proxies/squid/configs/a.txt:1:1: a second configuration "a"; expected file names that differ before their ending`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := Load(test.fsys); err == nil || err.Error() != test.want {
				t.Errorf("error is\n\t%v\nwant\n\t%s", err, test.want)
			}
		})
	}
}

func TestLoadDir(t *testing.T) {
	folder := t.TempDir()
	if err := os.CopyFS(folder, squid(t, "proxy.yaml", "title: Squid", "titel: Squid")); err != nil {
		t.Fatal(err)
	}
	_, err := LoadDir(folder)
	if want := filepath.ToSlash(folder) + `/squid/proxy.yaml:1:1: unknown key "titel"`; err == nil || !strings.HasPrefix(err.Error(), want) {
		t.Errorf("error is\n\t%v\nwant it to begin with\n\t%s", err, want)
	}
	if _, err := LoadDir(filepath.Join(folder, "squid", "proxy.yaml")); err == nil || !strings.Contains(err.Error(), "is a file; expected a folder") {
		t.Errorf("a file gives %v", err)
	}
	if _, err := LoadDir(filepath.Join(folder, "none")); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a folder that is not there gives %v", err)
	}
}
