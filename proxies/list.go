package proxies

// Listed is a target as a list shows it.
type Listed struct {
	ID      string   `json:"id"`
	Proxy   string   `json:"proxy"`
	Version string   `json:"version"` // the declared name
	Default bool     `json:"default"` // it runs unless --versions all is given
	Config  string   `json:"config"`
	Title   string   `json:"title"`
	TLS     bool     `json:"tls"`
	Varies  string   `json:"varies,omitempty"`
	Changes []string `json:"changes,omitempty"`
	Path    string   `json:"path"` // of the configuration file, below the folder of the proxies
}

// List returns targets as a list shows them, in their order.
func List(targets []Target) []Listed {
	listed := make([]Listed, 0, len(targets))
	for _, t := range targets {
		c := t.Configuration
		listed = append(listed, Listed{
			ID: t.ID(), Proxy: t.Proxy.Name, Version: t.Version.Name, Default: t.Version.Default,
			Config: c.Name, Title: c.Title, TLS: t.TLS, Varies: c.Varies, Changes: c.Changes, Path: c.Path,
		})
	}
	return listed
}
