package reports

import (
	"fmt"
	"slices"
)

// routeOf is the route of the card that a target is; the zero route: it is none, or there is no card.
func (r *Run) routeOf(target string) CardRoute {
	if r.Card == nil {
		return CardRoute{}
	}
	i := slices.IndexFunc(r.Card.Routes, func(route CardRoute) bool { return route.Target == target })
	if i < 0 {
		return CardRoute{}
	}
	return r.Card.Routes[i]
}

// decisionAbout is that of a target's route, and of the run for what is no target; empty: nothing was decided about it.
func (r *Run) decisionAbout(t Target) string {
	switch {
	case r.Card == nil || r.Card.Unproven != "":
		return ""
	case t.ID == "":
		return string(r.Card.Decision)
	}
	return string(r.routeOf(t.ID).Decision)
}

// cardFindingOf is the finding of the card that a result is a part of.
func (r *Run) cardFindingOf(result Result) (CardFinding, bool) {
	findings := r.routeOf(result.Target).Findings
	i := slices.IndexFunc(findings, func(f CardFinding) bool { return f.Check == result.Check })
	if i < 0 {
		return CardFinding{}, false
	}
	return findings[i], true
}

// toleratedBy says why a failure does not make the exit code of a run with a card 1; empty: it does, or there is no card.
func (r *Run) toleratedBy(result Result) string {
	if r.Card == nil || slices.Contains(controlIDs, result.Target) {
		return ""
	}
	f, ok := r.cardFindingOf(result)
	switch {
	case r.routeOf(result.Target).Target == "":
		return "not of the configuration that is signed off"
	case ok && f.Decision == Risk && !r.Card.Strict:
		return fmt.Sprintf("%s, and the run is not strict", Risk)
	}
	return ""
}
