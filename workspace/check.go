package workspace

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
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
	var reach usage.Day
	for _, o := range all {
		reach = max(reach, o.Period.Reach)
	}
	out = ruleWarnings(f.Rules, uses, overlaps, reach)
	ruled := map[string]bool{}
	for _, r := range f.Rules {
		ruled[r.Owner] = true
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

// ruleWarnings are the rules that take nothing, and those that meet the same charges. A rule
// that begins after reach is no slip.
func ruleWarnings(rules []usage.OwnerRule, uses map[int]analysis.RuleUse, overlaps []analysis.Overlap, reach usage.Day) (out []Warning) {
	warn := func(line int, owner, kind, format string, args ...any) {
		out = append(out, Warning{line, owner, kind, fmt.Sprintf(format, args...)})
	}
	owner := map[int]string{}
	for _, r := range rules {
		owner[r.Line] = r.Owner
		switch u := uses[r.Line]; {
		case u.Meets == 0 && reach != 0 && r.From > reach:
			warn(r.Line, r.Owner, "dead", "the rule meets no charge yet: it begins on %s", r.From)
		case u.Meets == 0:
			warn(r.Line, r.Owner, "dead", "the rule meets no charge")
		case u.Has == 0:
			warn(r.Line, r.Owner, "dead", "the rule has no charge: earlier lines have all %d that it meets", u.Meets)
		}
	}
	for _, x := range overlaps {
		warn(x.Second, owner[x.Second], "overlap", "%s has %d of the charges that the rule meets, by line %d", owner[x.First], x.Charges, x.First)
	}
	return out
}

// A DimensionCheck is what a dimension that people made has of a period, and what seems not to be
// meant in its rules.
type DimensionCheck struct {
	usage.Virtual
	Costs    []analysis.Ownership // by currency: the cost of each value, that of the rest under ""
	Warnings []Warning            // with the value in the owner's place
}

// CheckDimensions holds the files of dimensions and of tags to the usage.
func (s *Session) CheckDimensions(ctx context.Context, o analysis.Options) (out []DimensionCheck, err error) {
	all, err := s.Dimensions()
	var tags []DimensionCheck
	if err == nil {
		tags, err = s.strayTags(ctx)
	}
	if err == nil && len(all) == 0 && len(tags) == 0 {
		err = misuse.Of(fmt.Errorf("there is no file %s that says what to check; write it, with the columns dimension, value and rule",
			s.Beside(DimensionsName)))
	}
	if err == nil {
		o, err = s.Chosen(ctx, o)
	}
	if err == nil {
		o, err = s.made(o)
	}
	if err != nil {
		return nil, err
	}
	for _, v := range all {
		c := DimensionCheck{Virtual: v}
		if err := s.checkDimension(ctx, o, &c); err != nil {
			return nil, fmt.Errorf("dimension %s: %w", v.Name, err)
		}
		out = append(out, c)
	}
	return append(out, tags...), nil
}

// strayTags are the lines of the file of tags that give a tag to nothing in the ledger, by tag.
func (s *Session) strayTags(ctx context.Context) (out []DimensionCheck, err error) {
	rules, err := s.GivenTags()
	if err != nil || len(rules) == 0 {
		return nil, err
	}
	var o analysis.Options
	for _, r := range rules {
		o.Events = append(o.Events, usage.Event{Line: r.Line, Rules: owners.TagScope(r)})
	}
	a, err := analysis.New(ctx, s.Ledger, o)
	if err != nil {
		return nil, err
	}
	defer a.Close()
	lines, err := a.StrayEvents(ctx)
	for _, r := range rules {
		if slices.Contains(lines, r.Line) {
			out = append(out, DimensionCheck{
				Virtual:  usage.Virtual{Name: string(usage.TagDimension(r.Key))},
				Warnings: []Warning{{r.Line, r.Value, "dead", "the line meets no charge: the ledger has no such resource, group or subscription"}},
			})
		}
	}
	return out, err
}

func (s *Session) checkDimension(ctx context.Context, o analysis.Options, c *DimensionCheck) error {
	a, err := analysis.Look(ctx, s.Ledger, o, c.Rules) // a dimension's rules are those of owners
	if err != nil {
		return err
	}
	defer a.Close()
	if c.Costs, err = a.Ownerships(ctx); err != nil {
		return err
	}
	uses, overlaps, err := a.RuleUses(ctx)
	value := map[int]string{}
	for _, r := range c.Rules {
		value[r.Line] = r.Owner
	}
	overlaps = slices.DeleteFunc(overlaps, func(x analysis.Overlap) bool { return value[x.First] == value[x.Second] })
	c.Warnings = ruleWarnings(c.Rules, uses, overlaps, 0)
	slices.SortStableFunc(c.Warnings, func(x, y Warning) int { return cmp.Compare(x.Line, y.Line) })
	return err
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
