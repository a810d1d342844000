package reports

import (
	"slices"
	"strings"
)

const (
	// maxPattern keeps one pattern of a command on one line.
	maxPattern = 68
	// maxChecks is how many checks a command names before it leaves them all to run.
	maxChecks = 3
)

// Repeat returns the arguments, each as it is typed in a shell, of the command that measures just these results again.
// It is empty for results of the control, which every run measures, and for those of a configuration that was signed off,
// which is only measured as a whole.
func Repeat(run *Run, results []Result) []string {
	if run.Card != nil {
		return nil
	}
	var targets []Target
	var checks []string
	for _, t := range run.Targets {
		if slices.ContainsFunc(results, func(r Result) bool { return r.Target == t.ID }) {
			targets = append(targets, t)
		}
	}
	for _, r := range results {
		if !slices.Contains(checks, r.Check) {
			checks = append(checks, r.Check)
		}
	}
	if len(targets) == 0 {
		return nil
	}
	args := []string{"finwait run"}
	if run.Options.Versions == "all" {
		args = append(args, "--versions all")
	}
	if run.Options.Folder != "" {
		args = append(args, "--proxies "+quote(run.Options.Folder))
	}
	args = append(args, run.selection(targets)...)
	if len(checks) <= maxChecks {
		for _, check := range checks {
			args = append(args, "--check "+quote(check))
		}
	}
	return args
}

// selection selects the targets; all of them as the run itself did.
func (r *Run) selection(targets []Target) []string {
	patterns := r.patterns(targets)
	var args []string
	if len(targets) == len(r.Targets) {
		patterns = r.Options.Targets
		if len(r.Options.Proxies) > 0 {
			args = append(args, "--proxy "+quote(strings.Join(r.Options.Proxies, ",")))
		}
	}
	for _, pattern := range patterns {
		args = append(args, "--target "+quote(pattern))
	}
	return args
}

// patterns are as few patterns as name the targets and no others.
func (r *Run) patterns(targets []Target) []string {
	var products []string
	names := map[string][]string{}
	for _, t := range targets {
		product := r.productPattern(t)
		if names[product] == nil {
			products = append(products, product)
		}
		names[product] = append(names[product], t.Name())
	}
	var patterns []string
	for _, product := range products {
		for _, part := range chunks(names[product], maxPattern-len(product)-len("/{}")) {
			patterns = append(patterns, product+"/"+braces(part))
		}
	}
	return patterns
}

// productPattern leaves the version open where the run has one version of the proxy: which it is, is only known
// once its image is there.
func (r *Run) productPattern(t Target) string {
	for _, other := range r.Targets {
		if other.Proxy == t.Proxy && other.Version != t.Version {
			return t.Product()
		}
	}
	return t.Proxy + "@*"
}

func braces(names []string) string {
	if len(names) == 1 {
		return names[0]
	}
	return "{" + strings.Join(names, ",") + "}"
}

// chunks splits names so that each part, joined by commas, has at most limit bytes or is one name.
func chunks(names []string, limit int) [][]string {
	var parts [][]string
	size := limit
	for _, name := range names {
		if size+len(",")+len(name) > limit {
			parts, size = append(parts, nil), -len(",")
		}
		parts[len(parts)-1] = append(parts[len(parts)-1], name)
		size += len(",") + len(name)
	}
	return parts
}

// quote makes s one word for a shell.
func quote(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }
