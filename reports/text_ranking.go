package reports

import (
	"fmt"
	"slices"
	"strings"
)

const (
	maxGroups   = 6 // of a ranking
	maxUnranked = 4 // reasons of targets without a rank
	maxNamed    = 4 // targets of one product that are named by themselves
)

func (p *page) rankings(run *Run) {
	rankings := Rankings(run)
	if len(rankings) == 0 {
		return
	}
	p.section("RANKING", "the best first; targets of one rank cannot be told from each other")
	for _, r := range rankings {
		p.wrap(2, p.paint(bold, r.Check)+": "+r.About)
		groups := r.groups()
		for _, group := range groups[:min(len(groups), maxGroups)] {
			p.hang(fmt.Sprintf("%6d  ", group[0].Rank), 8, span(group)+"  "+r.members(run, group))
		}
		if n := len(groups) - maxGroups; n > 0 {
			p.wrap(8, fmt.Sprintf("and %s more", plural(n, "rank")))
		}
		p.unranked(run, r)
	}
}

// groups are the places with a rank, by their rank.
func (r Ranking) groups() [][]Place {
	var groups [][]Place
	for _, place := range r.Places {
		switch n := len(groups); {
		case place.Rank == 0:
		case n > 0 && groups[n-1][0].Rank == place.Rank:
			groups[n-1] = append(groups[n-1], place)
		default:
			groups = append(groups, []Place{place})
		}
	}
	return groups
}

// span is from which to which median a group reaches; of one target, between what its median lies.
func span(group []Place) string {
	first, last := group[0], group[len(group)-1]
	if len(group) == 1 {
		return glue(fmt.Sprintf("%s (95 %%: %s to %s)", FormatDuration(first.Median), FormatDuration(first.Low), FormatDuration(first.High)))
	}
	return glue(fmt.Sprintf("%s to %s", FormatDuration(first.Median), FormatDuration(last.Median)))
}

// members names the targets of a group, those of one product together: "apache@2.4.69 (all 9), nginx@1.30.6/map-upgrade".
func (r Ranking) members(run *Run, group []Place) string {
	var products []string
	byProduct := map[string][]string{}
	for _, place := range group {
		product, _, _ := strings.Cut(place.Target, "/")
		if byProduct[product] == nil {
			products = append(products, product)
		}
		byProduct[product] = append(byProduct[product], place.Target)
	}
	parts := make([]string, 0, len(products))
	for _, product := range products {
		ids, total := byProduct[product], r.of(product)
		switch n := len(ids); {
		case n == total && n > 1:
			parts = append(parts, glue(fmt.Sprintf("%s (all %d)", product, n)))
		case n > maxNamed:
			parts = append(parts, glue(fmt.Sprintf("%s (%d of %d)", product, n, total)))
		default:
			parts = append(parts, nameTargets(run, ids))
		}
	}
	return strings.Join(parts, ", ")
}

// of counts the ranked targets of a product.
func (r Ranking) of(product string) int {
	n := 0
	for _, place := range r.Places {
		if place.Rank > 0 && strings.HasPrefix(place.Target, product+"/") {
			n++
		}
	}
	return n
}

func (p *page) unranked(run *Run, r Ranking) {
	var reasons []string
	targets := map[string][]string{}
	for _, place := range r.Places {
		if place.Rank > 0 {
			continue
		}
		if targets[place.Why] == nil {
			reasons = append(reasons, place.Why)
		}
		targets[place.Why] = append(targets[place.Why], place.Target)
	}
	slices.SortStableFunc(reasons, func(a, b string) int { return len(targets[b]) - len(targets[a]) })
	for _, why := range reasons[:min(len(reasons), maxUnranked)] {
		ids := targets[why]
		names := nameTargets(run, ids[:min(len(ids), maxNamed)])
		if n := len(ids) - maxNamed; n > 0 {
			names += fmt.Sprintf(" and %d more", n)
		}
		p.hang("     -  ", 8, fmt.Sprintf("not ranked: %s (%s)", names, why))
	}
	if n := len(reasons) - maxUnranked; n > 0 {
		p.wrap(8, fmt.Sprintf("and others for %s more", plural(n, "reason")))
	}
}
