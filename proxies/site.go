package proxies

import (
	"slices"
	"strings"
)

// Site is what has to stand around a configuration that was written for another machine, so that it runs unmodified, and
// where a client finds one of its WebSocket routes. `finwait validate` makes it; bundled configurations have none.
//
// Everything is inside the proxy's own network namespace: the names that it may look up lead to loopback addresses, its
// upstreams are served there by the agent that witnesses it, and the same agent is the client. Nothing leads out.
type Site struct {
	Config      string        // path in the proxy's filesystem of the file that it is started with; {config} stands for it
	Files       []SiteFile    // put there before it starts, the configuration with all that it includes among them
	Folders     []string      // made there, writable by every user
	Users       []string      // that it changes to, and that are made where they are missing
	Logs        []string      // datagram sockets on which somebody takes what it sends to the system log
	Command     []string      // runs it in the foreground, {binary} and {config} are filled in; empty: the image's own command
	Environment []string      // "NAME=value"
	Check       []string      // the vendor's own check of the configuration, filled in as Command is
	Hosts       []SiteHost    // what the proxy may look up
	Addresses   []string      // IP addresses that its loopback interface has besides 127.0.0.0/8 and ::1
	Backends    []SiteBackend // where the backend listens
	Fronts      []string      // "host:port" that the proxy listens on, wildcards as loopback addresses

	URL     string            // of the route, as a client outside writes it: wss://chat.example.org/socket
	Address string            // "host:port" that the client connects to for it, one of Fronts
	Header  map[string]string // that the client has to send for it, besides those of the upgrade
	CA      string            // PEM of the certificates that the client trusts for it; empty: the CA of the run

	Route    Span     // lines of Configuration.Source: the directive that sends the route to its backend, to its last line
	Block    Span     // lines of Configuration.Source: the innermost block that Route stands in; the whole file where there is none
	Upstream []string // of the route, as the configuration writes them: "app:3000", "unix:/run/app.sock"
}

// Span is lines of a file, both from 1, the last one included; the zero value is none.
type Span struct{ From, To int }

// SiteFile is a file in the proxy's filesystem.
type SiteFile struct {
	Path    string // absolute
	Content []byte
	Link    string // it is a symbolic link to this path; empty: it is a file
	Secret  bool   // readable by its owner, root, alone, as some proxies want their keys
	Missing bool   // put only where nothing is there, a file, folder or link
	// Aside are lines of the user's file, without space around them, that are comments in Content because the image cannot take
	// them. Whoever replaces Content does so by With, which does the same to the new one.
	Aside []string
}

// SiteHost is a name and the loopback address that it leads to.
type SiteHost struct{ Name, Address string }

// SiteBackend is a place where the backend listens.
type SiteBackend struct {
	Address     string // "host:port" of Hosts, Addresses or loopback; "unix:/path" for a socket in the proxy's filesystem
	Certificate []byte // PEM chain; nil: it speaks no TLS
	Key         []byte // PEM
}

// With is the file with another content, in which the lines of Aside are comments. All lines keep their numbers.
func (f SiteFile) With(content []byte) SiteFile {
	f.Content = content
	if len(f.Aside) == 0 {
		return f
	}
	lines := strings.SplitAfter(string(content), "\n")
	for i, line := range lines {
		if slices.Contains(f.Aside, strings.TrimSpace(line)) {
			lines[i] = "#" + line
		}
	}
	f.Content = []byte(strings.Join(lines, ""))
	return f
}
