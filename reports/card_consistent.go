package reports

import (
	"errors"
	"fmt"
	"slices"
)

// card reports what a sign-off card says that nothing else of the run, or of the card itself, bears out.
func (c checker) card() error {
	card := c.run.Card
	if card == nil {
		return nil
	}
	parts := []func(*Card) error{c.cardHead, c.cardCures, c.cardRoutes}
	for _, part := range parts {
		if err := part(card); err != nil {
			return fmt.Errorf("the card %w", err)
		}
	}
	return nil
}

func (c checker) cardHead(card *Card) error {
	worst := Approve
	for _, r := range card.Routes {
		if r.Decision.rank() > worst.rank() {
			worst = r.Decision
		}
	}
	switch {
	case len(c.run.Shards) > 0:
		return errors.New("is that of a merged run, and those have none")
	case card.Valid.Files < 0, card.Against != nil && card.Against.Files < 0:
		return errors.New("counts fewer than no files")
	case card.Unproven != "" && card.Decision != "":
		return fmt.Errorf("decides %q and says why nothing can be decided", card.Decision)
	case card.Unproven != "":
		return nil
	case !slices.Contains(decisions, card.Decision):
		return fmt.Errorf("has the unknown decision %q, expected APPROVE, RISK or BLOCK", card.Decision)
	case len(card.Routes) == 0:
		return errors.New("decides without any route")
	case card.Decision != worst:
		return fmt.Errorf("decides %s, and the worst of its routes is %s", card.Decision, worst)
	}
	return nil
}

func (c checker) cardCures(card *Card) error {
	seen := map[string]bool{}
	for _, cure := range card.Cures {
		if cure.ID == "" || seen[cure.ID] {
			return fmt.Errorf("has the cure %q twice, or without a name", cure.ID)
		}
		seen[cure.ID] = true
		if err := c.cure(cure); err != nil {
			return err
		}
	}
	if card.Patched != nil {
		if err := c.cure(*card.Patched); err != nil {
			return err
		}
	}
	if card.Patch != "" && (card.Patched == nil || !card.Patched.Helps) {
		return errors.New("has a patch that was not shown to help")
	}
	return nil
}

func (c checker) cure(cure CardCure) error {
	switch {
	case !canBeIn(cure.File, cure.Line):
		return fmt.Errorf("has the cure %q in line %d of %q", cure.ID, cure.Line, cure.File)
	case cure.Helps && cure.Why != "":
		return fmt.Errorf("has the cure %q that helps, and says why it does not", cure.ID)
	case cure.Target != "" && c.targets[cure.Target] == nil:
		return fmt.Errorf("has the cure %q of the target %q, which the run does not have", cure.ID, cure.Target)
	}
	for _, id := range cure.Checks {
		if !c.checks[id] {
			return fmt.Errorf("has the cure %q of the check %q, which the run does not have", cure.ID, id)
		}
	}
	for _, e := range cure.Changes {
		switch {
		case c.targets[e.Target] == nil:
			return fmt.Errorf("has an effect of the cure %q on the target %q, which the run does not have", cure.ID, e.Target)
		case !c.checks[e.Check]:
			return fmt.Errorf("has an effect of the cure %q on the check %q, which the run does not have", cure.ID, e.Check)
		}
	}
	return nil
}

func (c checker) cardRoutes(card *Card) error {
	seen := map[string]bool{}
	for _, r := range card.Routes {
		switch {
		case c.targets[r.Target] == nil:
			return fmt.Errorf("has a route on the target %q, which the run does not have", r.Target)
		case seen[r.Target]:
			return fmt.Errorf("has two routes on the target %s", r.Target)
		case !slices.Contains(decisions, r.Decision):
			return fmt.Errorf("has the unknown decision %q on %s, expected APPROVE, RISK or BLOCK", r.Decision, r.Target)
		case !canBeIn(r.File, r.Line):
			return fmt.Errorf("has the route of %s in line %d of %q", r.Target, r.Line, r.File)
		}
		seen[r.Target] = true
		for _, f := range r.Findings {
			if err := c.cardFinding(card, f); err != nil {
				return fmt.Errorf("has on %s %w", r.Target, err)
			}
		}
		if worst := worstDecision(r.Findings); r.Decision != worst {
			return fmt.Errorf("decides %s on %s, and its findings make it %s", r.Decision, r.Target, worst)
		}
	}
	return nil
}

func (c checker) cardFinding(card *Card, f CardFinding) error {
	switch {
	case !c.checks[f.Check]:
		return fmt.Errorf("a finding of the check %q, which the run does not have", f.Check)
	case !slices.Contains(Levels(), f.Level):
		return fmt.Errorf("the unknown level %q of %s", f.Level, f.Check)
	case f.Decision != Risk && f.Decision != Block:
		return fmt.Errorf("a finding of %s that makes it %q, expected RISK or BLOCK", f.Check, f.Decision)
	case !canBeIn(f.File, f.Line):
		return fmt.Errorf("%s in line %d of %q", f.Check, f.Line, f.File)
	case f.Cure != "" && !slices.ContainsFunc(card.Cures, func(cure CardCure) bool { return cure.ID == f.Cure && cure.Helps }):
		return fmt.Errorf("the cure %q of %s, which is not among those that help", f.Cure, f.Check)
	}
	for _, name := range f.Scenarios {
		if len(c.scenarios) > 0 && !c.scenarios[name] {
			return fmt.Errorf("%s in the scenario %q, which the run does not have", f.Check, name)
		}
	}
	return nil
}

// canBeIn reports whether there can be such a line: 0 stands for none, and any other needs its file.
func canBeIn(file string, line int) bool { return line == 0 || line > 0 && file != "" }
