package reports

import (
	"cmp"
	"slices"
	"strings"
)

// Upgrade is a target that only base has and one that only head has, compared with each other: the same proxy and
// configuration, of which each run has one version.
type Upgrade struct {
	Base string `json:"base"`
	Head string `json:"head"`
	Down bool   `json:"down"` // head's version is the older
}

// ConfigChange is a configuration whose file is another.
type ConfigChange struct {
	Target string   `json:"target"`
	Base   string   `json:"base_sha256"`
	Head   string   `json:"head_sha256"`
	Out    []string `json:"out,omitempty"` // lines that only base has, in their order
	In     []string `json:"in,omitempty"`  // lines that only head has
}

// ImageChange is a product whose image is another.
type ImageChange struct {
	Product string `json:"product"` // in head: "nginx@1.30.6"
	Base    string `json:"base"`    // name and digest
	Head    string `json:"head"`
}

// BehaveChange is a trait of a target that is different. No requirement says which is right.
type BehaveChange struct {
	Target string `json:"target"`
	TraitChange
}

// match pairs the targets, and notes what became of the others.
func (c *Comparison) match(base, head *Run) []pairing {
	var pairs []pairing
	matched := map[string]bool{} // ids of base
	var came []Target
	for _, to := range inReadingOrder(head.Targets) {
		from, ok := base.Target(to.ID)
		if !ok {
			came = append(came, to)
			continue
		}
		matched[from.ID] = true
		pairs = append(pairs, pairing{base, head, from, to})
	}
	var went []Target
	for _, from := range inReadingOrder(base.Targets) {
		if !matched[from.ID] {
			went = append(went, from)
		}
	}
	for _, to := range came {
		from, ok := upgraded(base, head, to)
		if !ok {
			c.Targets.Came = append(c.Targets.Came, to.ID)
			continue
		}
		went = slices.DeleteFunc(went, func(t Target) bool { return t.ID == from.ID })
		pairs = append(pairs, pairing{base, head, from, to})
		c.Upgrades = append(c.Upgrades, Upgrade{Base: from.ID, Head: to.ID, Down: compareVersions(to.Version, from.Version) < 0})
	}
	for _, t := range went {
		c.Targets.Went = append(c.Targets.Went, t.ID)
	}
	c.Targets.Came, c.Targets.Went = orEmpty(c.Targets.Came), orEmpty(c.Targets.Went)
	for _, p := range pairs {
		c.inputs(p)
	}
	return pairs
}

// upgraded is the one target of base that to is another version of, where to is the only one of head.
func upgraded(base, head *Run, to Target) (Target, bool) {
	same := func(t Target) bool { return t.Proxy == to.Proxy && t.Config == to.Config && t.TLS == to.TLS }
	var from []Target
	for _, t := range base.Targets {
		if same(t) {
			from = append(from, t)
		}
	}
	others := slices.ContainsFunc(head.Targets, func(t Target) bool { return same(t) && t.ID != to.ID })
	if len(from) != 1 || others {
		return Target{}, false
	}
	return from[0], true
}

// inputs notes what the target itself has that is different: configuration, image, behaviour.
func (c *Comparison) inputs(p pairing) {
	if a, b := p.from.ConfigSHA256, p.to.ConfigSHA256; a != "" && b != "" && a != b {
		change := ConfigChange{Target: p.to.ID, Base: a, Head: b}
		if p.from.ConfigText != "" && p.to.ConfigText != "" {
			change.Out, change.In = onlyIn(p.from.ConfigText, p.to.ConfigText), onlyIn(p.to.ConfigText, p.from.ConfigText)
		}
		c.Configs = append(c.Configs, change)
	}
	if p.from.Image != p.to.Image || p.from.ImageDigest != p.to.ImageDigest {
		change := ImageChange{Product: p.to.Product(), Base: imageName(p.from), Head: imageName(p.to)}
		if !slices.Contains(c.Images, change) {
			c.Images = append(c.Images, change)
		}
	}
	for _, t := range traitChanges(p.from, p.to) {
		c.Behave = append(c.Behave, BehaveChange{p.to.ID, t})
	}
}

func imageName(t Target) string {
	return strings.TrimSpace(cmp.Or(t.Image, "no image") + " " + t.ImageDigest)
}

// onlyIn are the lines of a that b does not have as often, without what is empty.
func onlyIn(a, b string) []string {
	count := map[string]int{}
	for line := range strings.Lines(b) {
		count[strings.TrimSpace(line)]++
	}
	var lines []string
	for line := range strings.Lines(a) {
		line = strings.TrimSpace(line)
		if count[line]--; count[line] < 0 && line != "" {
			lines = append(lines, line)
		}
	}
	return lines
}

func idsOf[T any](list []T, id func(T) string) []string {
	ids := make([]string, 0, len(list))
	for _, item := range list {
		ids = append(ids, id(item))
	}
	return ids
}

func cameWent(base, head []string) CameWent {
	without := func(a, b []string) []string {
		return orEmpty(slices.DeleteFunc(slices.Clone(a), func(id string) bool { return slices.Contains(b, id) }))
	}
	return CameWent{Came: without(head, base), Went: without(base, head)}
}

// newOnes are those of head that base does not have.
func newOnes[T any](base, head []T, key func(T) string) []T {
	known := idsOf(base, key)
	return slices.DeleteFunc(slices.Clone(head), func(item T) bool { return slices.Contains(known, key(item)) })
}
