package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/owners"
	"usagereport/workspace"
)

type ownersOptions struct{ period, month, cost, owner string }

func newOwnersCommand(g *globals) *cobra.Command {
	c := &cobra.Command{
		Use:   "owners",
		Short: "Check, list and draft owners.csv: who owns which cost, and the budgets",
		Long: `The owners file, owners.csv or what --owners names, says whose which charges are,
who reads the report about them, and what they may cost. Its columns are name and
rule, and if you like email, language, currency, channel, budget, period, from, to,
share, cost_center and note. A rule is COLUMN=GLOB in the words of the view usage, or
Tags.KEY=GLOB, several joined by &; != takes what does not look so. The first line
that takes a charge has it. With the column share a line is of a shared cost, which
is divided: even, proportional, or in percent, like Search=60; Web=40.`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	var o ownersOptions
	var p printer
	check := &cobra.Command{
		Use:   "check",
		Short: "Check owners.csv against the usage: unused rules, overlaps, budgets, coverage",
		Long: `Hold the owners file to the usage. What is wrong in the file itself, a bad mail
address, an unknown column, a second budget, is told with its line and ends the
command with exit code 1. Warnings are the rules that take nothing, those that
meet the same charges, and budgets in a currency without charges. Above them
stands how much of the period's cost has an owner.`,
		Example: `  usagereport owners check
  usagereport owners check --owners new.csv --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runOwnersCheck(cmd.Context(), g, o, p) },
	}
	list := &cobra.Command{
		Use:   "list",
		Short: "List each owner's cost, budget, forecast, and when the budget will be exceeded",
		Long: `List what is each owner's in the period, with the budget, where the period will
end, how likely the budget is exceeded (in percent), and the day on which it was or
will be. The last line is what nobody owns; the costs add up to the bill. The column
shared is the part of an owner's cost that several share. Above the list stands what
nobody owns, largest first, and whose it may be.`,
		Example: `  usagereport owners list
  usagereport owners list --owner Search
  usagereport owners list --period last --format csv`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runOwnersList(cmd.Context(), g, o, p) },
	}
	for _, sub := range []*cobra.Command{check, list} {
		addEngineFlag(sub.Flags(), g)
		sub.Flags().StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
		sub.Flags().StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
		p.addFlag(sub)
	}
	addCostFlag(list.Flags(), &o.cost)
	addConvertFlag(list.Flags(), g)
	addOwnerFlag(list.Flags(), &o.owner)
	var key string
	suggest := &cobra.Command{
		Use:   "suggest",
		Short: "Draft an owners file from tags, names of resource groups and subscriptions",
		Long: `Draft an owners file from what the current period holds: by the tag that speaks of
owners and covers most of the cost, then by the names of resource groups, then by
subscriptions. The column note says why, and what it costs. Look it over: names
are guesses.`,
		Example: `  usagereport owners suggest > owners.csv
  usagereport owners suggest --tag team`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			drafts, err := g.work.SuggestOwners(cmd.Context(), key)
			if err != nil {
				return err
			}
			return owners.WriteDrafts(g.env.stdout, drafts)
		},
	}
	suggest.Flags().StringVar(&key, "tag", "", "go by the tag with this `KEY`")
	c.AddCommand(check, list, suggest)
	return c
}

// headOwned says how much of the period has an owner.
func (p printer) headOwned(g *globals, all []analysis.Ownership) error {
	for _, o := range all {
		has := ""
		if v := o.Percent(); v != nil {
			has = fmt.Sprintf(", %.1f %% of it owned", tenths(*v))
		}
		if err := p.head(g, "%s (%s, %s): %s %s%s, %s nobody's", o.Period.Name, o.Period.Span, o.Period.State, rounded(o.Total), o.Currency,
			has, rounded(o.Owned[""])); err != nil {
			return err
		}
	}
	return nil
}

// divide divides what c chooses among its owners. Close it.
func divide(ctx context.Context, g *globals, c choosing, cost string) (*workspace.Division, error) {
	o, err := c.options(g)
	if err != nil {
		return nil, err
	}
	if o.Cost, err = costOf(cost); err != nil {
		return nil, err
	}
	return g.work.Divide(ctx, o)
}

func runOwnersCheck(ctx context.Context, g *globals, o ownersOptions, p printer) error {
	d, err := divide(ctx, g, choosing{period: o.period, month: o.month}, o.cost)
	if err != nil {
		return err
	}
	defer d.Close()
	uses, overlaps, err := d.RuleUses(ctx)
	if err != nil {
		return err
	}
	if err := p.headOwned(g, d.All); err != nil {
		return err
	}
	return printRows(g, p, query.Columns[workspace.Warning]{
		{Name: "line", Kind: query.Integer, Of: func(w workspace.Warning) any { return w.Line }},
		{Name: "owner", Of: func(w workspace.Warning) any { return w.Owner }},
		{Name: "kind", Of: func(w workspace.Warning) any { return w.Kind }},
		{Name: "warning", Of: func(w workspace.Warning) any { return w.Text }},
	}, workspace.Check(d.File, d.All, uses, overlaps))
}
