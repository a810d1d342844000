package reports

import (
	"fmt"
	"slices"
	"strings"
)

// ShardName is what people call a shard of a merged run: the proxies that it tested, or its products, where that tells
// it from the others, and else its id.
func (r *Run) ShardName(id string) string {
	for _, part := range []func(Target) string{func(t Target) string { return t.Proxy }, Target.Product} {
		name, taken := r.tested(id, part), false
		for _, other := range r.Shards {
			taken = taken || other.ID != id && r.tested(other.ID, part) == name
		}
		if name != "" && !taken {
			return name
		}
	}
	return id
}

// tested joins what part says of the targets of a shard, each once.
func (r *Run) tested(shard string, part func(Target) string) string {
	var parts []string
	for _, t := range r.Targets {
		if t.Shard == shard && !slices.Contains(parts, part(t)) {
			parts = append(parts, part(t))
		}
	}
	slices.Sort(parts)
	return strings.Join(parts, ",")
}

// Where a control is, for people: "direct", and in a merged run "direct (nginx)".
func (r *Run) controlName(id, shard string) string {
	if shard == "" {
		return id
	}
	return fmt.Sprintf("%s (%s)", id, r.ShardName(shard))
}

// MachineDifferences says in what the machines of the shards differ, each on one line: "kernel 6.1.0-28-amd64 (nginx),
// 6.8.0-60-generic (apache, caddy)". Numbers of such shards are comparable with their own control alone. It is empty for
// a run that is not merged, and where the machines are alike.
func (r *Run) MachineDifferences() []string {
	var lines []string
	for _, c := range []struct {
		name string
		of   func(Environment) string
	}{
		{"runtime", func(e Environment) string { return e.Runtime }},
		{"engine", func(e Environment) string { return e.Engine }},
		{"kernel", func(e Environment) string { return e.Kernel }},
		{"CPUs", func(e Environment) string { return fmt.Sprint(e.CPUs) }},
		{"clock resolution in ns", func(e Environment) string { return fmt.Sprint(e.ClockResolution) }},
	} {
		var values []string
		shards := map[string][]string{}
		for _, s := range r.Shards {
			value := c.of(s.Environment)
			if shards[value] == nil {
				values = append(values, value)
			}
			shards[value] = append(shards[value], r.ShardName(s.ID))
		}
		if len(values) < 2 {
			continue
		}
		for i, value := range values {
			values[i] = fmt.Sprintf("%s (%s)", value, strings.Join(shards[value], ", "))
		}
		lines = append(lines, c.name+" "+strings.Join(values, ", "))
	}
	return lines
}

// merged says of a merged run what it was joined from, in one line; empty: it is one run.
func (r *Run) merged() string {
	if len(r.Shards) == 0 {
		return ""
	}
	names := make([]string, 0, len(r.Shards))
	for _, s := range r.Shards {
		names = append(names, r.ShardName(s.ID))
	}
	text := fmt.Sprintf("merged from %s: %s", plural(len(names), "shard"), strings.Join(names, ", "))
	differences := r.MachineDifferences()
	switch {
	case len(names) == 1:
		return text
	case len(differences) == 0:
		return text + " · on machines that are alike"
	}
	return text + " · on machines that differ, compare their targets with their own control alone: " + strings.Join(differences, "; ")
}

// shardTimes says for each shard where its time went: "nginx 41 s: measured in 14.2 s; ...".
func (r *Run) shardTimes() []string {
	lines := make([]string, 0, len(r.Shards))
	for _, s := range r.Shards {
		line := r.ShardName(s.ID) + " " + glue(clock(s.Finished.Sub(s.Started)))
		alone := Run{Interrupted: s.Interrupted, Options: r.Options, Longest: s.Longest, Stages: s.Stages}
		for _, part := range []string{alone.wallTime(), s.Quiet.String()} {
			if part != "" {
				line += " · " + part
			}
		}
		lines = append(lines, line)
	}
	return lines
}
