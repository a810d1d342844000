package proxies

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/Masterminds/semver/v3"
)

// checkApply says what is wrong with the edits of a cause.
func (d *document) checkApply(at string, c Cause) {
	for i, e := range c.Apply {
		d.checkEdit(fmt.Sprintf("%s.apply[%d]", at, i), e, i == 0)
	}
	if d.has(at+".apply") && len(c.Apply) == 0 {
		d.fault(at+".apply", "apply is empty; expected edits, or no apply")
	}
	for _, k := range []struct{ name, value string }{{"versions", c.Versions}, {"costs", c.Costs}} {
		if k.value != "" && len(c.Apply) == 0 {
			d.fault(at+"."+k.name, "%s without apply; expected the edits that it speaks of", k.name)
		}
	}
	if _, err := semver.NewConstraint(c.Versions); c.Versions != "" && err != nil {
		d.fault(at+".versions", "versions %q is no version range; expected one like \">=2.4.47\"", c.Versions)
	}
}

func (d *document) checkEdit(key string, e Edit, first bool) {
	d.expression(key+".at", "at", e.At)
	d.expression(key+".unless", "unless", e.Unless)
	puts := []string{putBefore, putAfter, putInstead, putInside}
	withins := []string{withinRoute, withinBlock, withinFile}
	if !slices.Contains(puts, e.Put) {
		d.fault(key+".put", "put is %q; expected one of %s", e.Put, strings.Join(puts, ", "))
	}
	if e.Within != "" && !slices.Contains(withins, e.Within) {
		d.fault(key+".within", "within is %q; expected one of %s, or none", e.Within, strings.Join(withins, ", "))
	}
	if e.Text == "" && e.Put != putInstead {
		d.fault(key+".text", "text is %s; expected what is written", d.lack(key+".text"))
	}
	if (e.Else || e.Then) && first {
		d.fault(key, "else or then in the first edit; expected an edit before it")
	}
	if e.Else && e.Then {
		d.fault(key+".then", "else and then in one edit; expected one of them")
	}
	if e.Every && e.At == "" {
		d.fault(key+".every", "every without at; expected the lines that are meant")
	}
	d.checkGroups(key, e)
}

// checkGroups wants every group that the text names in at.
func (d *document) checkGroups(key string, e Edit) {
	at, err := regexp.Compile(e.At)
	if err != nil {
		return // said already
	}
	for _, group := range groups.FindAllStringSubmatch(e.Text, -1) {
		if n, err := strconv.Atoi(group[1]); err != nil || n < 1 || n > at.NumSubexp() {
			d.fault(key+".text", "text has %s, and at has %d groups; expected one of them", group[0], at.NumSubexp())
		}
	}
}
