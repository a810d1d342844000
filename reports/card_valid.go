package reports

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"
)

// subject is what was validated: path, version, image and runtime.
func (c *Card) subject() []string {
	return compact(c.Path, c.Valid.product(), c.Valid.imageWords(), c.Valid.Runtime)
}

// compact leaves out what is empty.
func compact(words ...string) []string {
	return slices.DeleteFunc(words, func(w string) bool { return w == "" })
}

func (v Validity) product() string { return strings.TrimSpace(v.Proxy + " " + v.Version) }

func (v Validity) imageWords() string {
	if v.Image == "" {
		return ""
	}
	return "image " + v.Image
}

// words say what a card holds for, each in a few words. Another one of them asks for another card.
func (v Validity) words() []string {
	digest := ""
	if v.Digest != "" {
		digest = "image " + shortHash(v.Digest)
	}
	config := ""
	if v.Config != "" {
		config = "configuration sha256 " + shortHash(v.Config)
		if v.Files > 0 {
			config += " of " + plural(v.Files, "file")
		}
	}
	finwait := ""
	if v.Finwait != "" {
		finwait = "finwait " + v.Finwait
	}
	return compact(config, v.product(), digest, v.Runtime, finwait)
}

// shortHash has as much of a hash as tells it from others.
func shortHash(hash string) string {
	const shown = 12
	name, digits, ok := strings.Cut(hash, ":")
	if !ok {
		name, digits = "", hash
	} else {
		name += ":"
	}
	return name + digits[:min(len(digits), shown)]
}

// budgetWords are the budgets as --budget takes them: those that are not the default ones, or all where that is not known.
func (v Validity) budgetWords() string {
	budgets, _ := v.Budgets.(map[string]any) // as JSON has it
	var all, own []string
	for _, key := range slices.Sorted(maps.Keys(budgets)) {
		name, value := budgetWord(key, budgets[key])
		if value != "0" {
			all = append(all, name+"="+value)
		}
		if slices.Contains(v.BudgetsSet, name) {
			own = append(own, name+"="+value)
		}
	}
	switch {
	case v.BudgetsSet == nil && len(all) == 0:
		return ""
	case v.BudgetsSet == nil:
		return strings.Join(all, " ")
	case len(own) == 0:
		return "the default ones"
	}
	return strings.Join(own, " ") + ", else the default ones"
}

// budgetWord is a budget by its name and value as --budget takes them; where the value is 0 it is not set.
func budgetWord(key string, value any) (name, text string) {
	key = oneLine(key)
	number, ok := value.(float64)
	switch {
	case !ok:
		return key, oneLine(fmt.Sprint(value))
	case strings.HasSuffix(key, "_ns") && number != 0:
		return strings.TrimSuffix(key, "_ns"), time.Duration(number).String()
	}
	return strings.TrimSuffix(strings.TrimSuffix(key, "_ns"), "_bytes"), fmt.Sprintf("%.0f", number)
}

func oneLine(s string) string { return strings.Join(strings.Fields(printable(s)), " ") }

// comparedWith is what the card was compared with; empty: with nothing.
func (c *Card) comparedWith() string {
	if c.Against == nil {
		return c.AgainstPath
	}
	path := c.AgainstPath
	if path == "" {
		path = c.Path
	}
	return strings.Join(append([]string{path}, c.Against.words()...), " · ")
}
