package proxies

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
)

//go:embed */proxy.yaml */Dockerfile */configs/* */known-failures.yaml */causes.yaml
var bundled embed.FS

// names are those that may stand in a target's id without being mistaken for its separators or for a pattern.
var names = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)

// Bundled returns the proxies that finwait brings along, ordered by name.
func Bundled() ([]*Proxy, error) { return Load(bundled) }

// Load reads every folder of fsys as a proxy and returns them ordered by name. The first thing that is wrong ends it
// with an error of one line: "proxies/<file>:<line>:<column>: what is wrong; what was expected".
func Load(fsys fs.FS) ([]*Proxy, error) { return load(fsys, "proxies") }

// LoadDir reads the folders below a directory on disk as Load does. Errors name files as folder/<file>.
func LoadDir(folder string) ([]*Proxy, error) {
	info, err := os.Stat(folder)
	if err != nil {
		return nil, fmt.Errorf("load proxies: %w", err)
	}
	if !info.IsDir() {
		return nil, fmt.Errorf("load proxies: %s is a file; expected a folder with a folder per proxy", folder)
	}
	return load(os.DirFS(folder), filepath.ToSlash(folder))
}

// reader reads one proxy's folder.
type reader struct {
	fsys  fs.FS
	root  string // how errors name the root of fsys
	proxy *Proxy
}

func load(fsys fs.FS, root string) ([]*Proxy, error) {
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, fmt.Errorf("load proxies: %w", err)
	}
	var proxies []*Proxy
	for _, entry := range entries {
		if !isProxy(fsys, entry) {
			continue
		}
		r := reader{fsys: fsys, root: root, proxy: &Proxy{Name: entry.Name()}}
		if err := r.read(); err != nil {
			return nil, err
		}
		proxies = append(proxies, r.proxy)
	}
	if len(proxies) == 0 {
		return nil, fmt.Errorf("%s: no proxy here; expected folders that have a proxy.yaml", root)
	}
	return proxies, nil
}

// isProxy says whether an entry is meant to be a proxy: a folder with either of the files that every proxy has.
func isProxy(fsys fs.FS, entry fs.DirEntry) bool {
	for _, name := range []string{"proxy.yaml", "configs"} {
		if _, err := fs.Stat(fsys, path.Join(entry.Name(), name)); err == nil {
			return true
		}
	}
	return false
}

func (r reader) read() error {
	if !names.MatchString(r.proxy.Name) {
		return r.at(".", place{1, 1}, "folder name %q; expected letters, digits, '.', '_' and '-'", r.proxy.Name)
	}
	if err := r.readDockerfile(); err != nil {
		return err
	}
	if err := r.readConfigurations(); err != nil {
		return err
	}
	if err := r.readProxyFile(); err != nil {
		return err
	}
	if err := r.readKnownFailures(); err != nil {
		return err
	}
	return r.readCauses()
}

func (r reader) readDockerfile() error {
	source, err := r.optional("Dockerfile")
	r.proxy.Dockerfile = source
	return err
}

func (r reader) readConfigurations() error {
	entries, err := fs.ReadDir(r.fsys, path.Join(r.proxy.Name, "configs"))
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("read configurations: %w", err)
	}
	var headers []header
	for _, entry := range entries {
		if entry.IsDir() || strings.HasPrefix(entry.Name(), ".") {
			continue
		}
		h, err := r.readConfiguration(entry.Name())
		if err != nil {
			return err
		}
		headers = append(headers, h)
	}
	slices.SortFunc(r.proxy.Configurations, func(a, b *Configuration) int { return strings.Compare(a.Name, b.Name) })
	if len(headers) == 0 {
		return r.at("configs", place{1, 1}, "no configuration here; expected at least one of the vendor's files")
	}
	return r.checkVaries(headers)
}

func (r reader) readConfiguration(base string) (header, error) {
	file := path.Join("configs", base)
	source, err := r.source(file)
	if err != nil {
		return header{}, err
	}
	h, p, err := parseHeader(source)
	if err != nil {
		return header{}, r.at(file, p, "%w", err)
	}
	h.file = file
	c := h.configuration
	c.Name = strings.TrimSuffix(base, path.Ext(base))
	c.Path, c.Source = path.Join(r.proxy.Name, file), source
	if !names.MatchString(c.Name) {
		return header{}, r.at(file, place{1, 1}, "file name %q; expected letters, digits, '.', '_' and '-'", base)
	}
	if r.proxy.has(c.Name) {
		return header{}, r.at(file, place{1, 1}, "a second configuration %q; expected file names that differ before their ending", c.Name)
	}
	r.proxy.Configurations = append(r.proxy.Configurations, c)
	return h, nil
}

func (r reader) checkVaries(headers []header) error {
	for _, h := range headers {
		c := h.configuration
		if c.Varies == "" {
			continue
		}
		if c.Varies == c.Name || !r.proxy.has(c.Varies) {
			return r.at(h.file, h.varies, "varies %q, which is no other configuration; expected one of %s",
				c.Varies, strings.Join(r.proxy.others(c.Name), ", "))
		}
	}
	return nil
}

// has says whether there is a configuration of that name.
func (p *Proxy) has(name string) bool {
	return slices.ContainsFunc(p.Configurations, func(c *Configuration) bool { return c.Name == name })
}

func (p *Proxy) others(name string) []string {
	var others []string
	for _, c := range p.Configurations {
		if c.Name != name {
			others = append(others, c.Name)
		}
	}
	return others
}

// source reads a file of the proxy's folder.
func (r reader) source(file string) ([]byte, error) {
	source, err := fs.ReadFile(r.fsys, path.Join(r.proxy.Name, file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path.Join(r.root, r.proxy.Name, file), reason(err))
	}
	return source, nil
}

// optional is source, where a file that is missing is nil.
func (r reader) optional(file string) ([]byte, error) {
	source, err := r.source(file)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return source, err
}

// reason leaves out what the caller says already: the operation and the path.
func reason(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	return err
}

// at is an error in a file of the proxy's folder.
func (r reader) at(file string, p place, format string, args ...any) error {
	name := path.Join(r.root, r.proxy.Name, file)
	return fmt.Errorf("%s:%d:%d: %w", name, p.line, p.column, fmt.Errorf(format, args...))
}
