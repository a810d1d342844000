package reports

import "slices"

// decisions are all decisions, the best first.
var decisions = []Decision{Approve, Risk, Block}

func (d Decision) rank() int { return slices.Index(decisions, d) }

// meaning is the decision in half a sentence.
func (d Decision) meaning() string {
	switch d {
	case Approve:
		return "everything asked of it was measured and holds"
	case Risk:
		return "it works, and something that somebody may rely on does not hold"
	case Block:
		return "it should not be deployed as it is"
	}
	return ""
}

// worstDecision is that of findings; without any it is [Approve].
func worstDecision(findings []CardFinding) Decision {
	worst := Approve
	for _, f := range findings {
		if f.Decision.rank() > worst.rank() {
			worst = f.Decision
		}
	}
	return worst
}

// exitCode is 3 where nothing is decided, 1 for a BLOCK and with Strict for a RISK, and else 0.
func (c *Card) exitCode() int {
	switch {
	case c.Unproven != "":
		return ExitUnmeasurable
	case c.Decision == Block, c.Decision == Risk && c.Strict:
		return ExitFailed
	}
	return ExitExpected
}

// says is the decision in words: what it means, or why there is none.
func (c *Card) says() string {
	if c.Unproven != "" {
		return "nothing is decided: " + full(c.Unproven)
	}
	return c.Decision.meaning()
}

// firstAnswer is what `--quick` leaves out.
const firstAnswer = "a first answer: short patience, no reload, no cures; without --quick comes the whole one"

// decisionOn is that of a route; empty: nothing is decided.
func (c *Card) decisionOn(r CardRoute) Decision {
	if c.Unproven != "" {
		return ""
	}
	return r.Decision
}

// finish makes the card ready to be written: lists that are empty are not null.
func (c *Card) finish() {
	if c == nil {
		return
	}
	c.Routes = orEmpty(c.Routes)
	for i := range c.Routes {
		r := &c.Routes[i]
		r.Upstreams, r.Numbers, r.Findings = orEmpty(r.Upstreams), orEmpty(r.Numbers), orEmpty(r.Findings)
		for j := range r.Findings {
			r.Findings[j].Scenarios = orEmpty(r.Findings[j].Scenarios)
		}
	}
	for i := range c.Cures {
		c.Cures[i].Changes = orEmpty(c.Cures[i].Changes)
	}
	if c.Patched != nil {
		c.Patched.Changes = orEmpty(c.Patched.Changes)
	}
}

// keepDiffs puts the diffs of the card that c was made printable from back, as printable as they can be on their lines.
func (c *Card) keepDiffs(from *Card) {
	c.Patch = printableDiff(from.Patch)
	for i, cure := range from.Cures {
		c.Cures[i].Diff = printableDiff(cure.Diff)
	}
	if from.Patched != nil {
		c.Patched.Diff = printableDiff(from.Patched.Diff)
	}
}
