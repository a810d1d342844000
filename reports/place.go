package reports

import (
	"cmp"
	"fmt"
	"path"
	"path/filepath"
	"slices"
)

// ConfigFile is where the configuration file of a target lies, as seen from the folder that the run was started in; of
// the bundled ones in finwait's own repository: "proxies/apache/configs/wstunnel.conf"; of one that was signed off the
// path that its owner gave. It is empty where that is not known.
func (r *Run) ConfigFile(t Target) string {
	if t.ConfigPath == "" || r.Card != nil {
		return t.ConfigPath
	}
	return r.below(t.ConfigPath)
}

// below is a file of the folder of proxies.
func (r *Run) below(name string) string {
	return path.Join(cmp.Or(filepath.ToSlash(r.Options.Folder), "proxies"), name)
}

// causes are the lines that cause results, each once: "proxies/apache/configs/wstunnel.conf:44".
func (r *Run) causes(results []Result) []string {
	var places []string
	for _, result := range results {
		t, ok := r.Target(result.Target)
		if !ok || result.Line == 0 || t.ConfigPath == "" {
			continue
		}
		if place := fmt.Sprintf("%s:%d", r.ConfigFile(t), result.Line); !slices.Contains(places, place) {
			places = append(places, place)
		}
	}
	return places
}
