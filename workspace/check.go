package workspace

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/usage"
)

// A Warning is what is not wrong in an owners file, but seems not to be meant.
type Warning struct {
	Line  int
	Owner string
	Kind  string // dead, overlap, rule, mail, budget or column
	Text  string
}

// Check holds an owners file to the usage: rules that take nothing, those that meet
// the same charges, owners and budgets that go without.
func Check(f *owners.File, all []analysis.Ownership, uses map[int]analysis.RuleUse, overlaps []analysis.Overlap) (out []Warning) {
	warn := func(line int, owner, kind, format string, args ...any) {
		out = append(out, Warning{line, owner, kind, fmt.Sprintf(format, args...)})
	}
	owner := map[int]string{}
	ruled := map[string]bool{}
	for _, r := range f.Rules {
		owner[r.Line], ruled[r.Owner] = r.Owner, true
		switch u := uses[r.Line]; {
		case u.Meets == 0:
			warn(r.Line, r.Owner, "dead", "the rule meets no charge")
		case u.Has == 0:
			warn(r.Line, r.Owner, "dead", "the rule has no charge: earlier lines have all %d that it meets", u.Meets)
		}
	}
	for _, x := range overlaps {
		warn(x.Second, owner[x.Second], "overlap", "%d charges that the rule meets are %s's by line %d", x.Charges, owner[x.First], x.First)
	}
	mute := slices.DeleteFunc(slices.Clone(f.Owners), func(x owners.Owner) bool { return len(x.Emails) > 0 })
	switch {
	case len(mute) == 1:
		warn(mute[0].Line, mute[0].Name, "mail", "no line of %s has a mail address", mute[0].Name)
	case len(mute) > 1: // a draft has none at all
		warn(mute[0].Line, "", "mail", "no line of %d owners has a mail address: %s", len(mute), some(mute))
	}
	for _, x := range f.Owners {
		if !ruled[x.Name] && !bears(f, x.Name) {
			warn(x.Line, x.Name, "rule", "no line of %s has a rule", x.Name)
		}
		if x.Budget != nil {
			if text := budgetWarning(x, all); text != "" {
				warn(x.Budget.Line, x.Name, "budget", "%s", text)
			}
		}
	}
	for _, c := range f.Extra {
		warn(1, "", "column", "the column %s is kept and not understood", c)
	}
	slices.SortStableFunc(out, func(x, y Warning) int { return cmp.Compare(x.Line, y.Line) })
	return out
}

// some names the first owners of a list, and says how many there are besides.
func some(list []owners.Owner) string {
	const most = 5
	var names []string
	for _, x := range list[:min(most, len(list))] {
		names = append(names, x.Name)
	}
	if more := len(list) - most; more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(names, ", "), more)
	}
	return strings.Join(names, ", ")
}

// budgetWarning says why a budget meets no charges; "" where it does.
func budgetWarning(x owners.Owner, all []analysis.Ownership) string {
	known := slices.ContainsFunc(all, func(o analysis.Ownership) bool { return o.Currency == x.Currency })
	switch {
	case x.Currency == "" && len(all) > 1:
		return "the budget names no currency, and the period has several"
	case x.Currency != "" && !known:
		return fmt.Sprintf("the budget is in %s, and the period has no charge in it", x.Currency)
	}
	return ""
}

// bears reports whether an owner has a part of any shared cost by name.
func bears(f *owners.File, name string) bool {
	return slices.ContainsFunc(f.Rules, func(r usage.OwnerRule) bool {
		return r.Share != nil && slices.ContainsFunc(r.Share.Receivers, func(to usage.Receiver) bool { return to.Owner == name })
	})
}
