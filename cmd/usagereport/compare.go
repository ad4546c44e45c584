package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/usage"
	"usagereport/workspace"
)

type compareOptions struct {
	choosing
	by                string
	against, cost     string
	owner, ownersAsOf string
	filters           []string
	holidays          string
	top               int
	since, unit       string
}

func newCompareCommand(g *globals) *cobra.Command {
	o := compareOptions{by: "service", against: string(analysis.AgainstPrior)}
	var p printer
	c := &cobra.Command{
		Use:   "compare",
		Short: "Compare with earlier months on the same days, and explain the difference",
		Long: `Compare the period with the one before it, with the mean of the last three or six,
or with the same period a year ago, at the same elapsed days, by one or several
dimensions. The deltas add up to the whole difference, and the parts of each row
to its delta, to the last digit:

  price         another price of a unit, for all that is used now
  quantity      more or less of it, at the older price
  model_mix     of tokens of AI models: other models for as many of them
  token_kind    more or less output for as much input
  cache_share   more or less of the input from a cache
  calendar      more or fewer days, or other weekdays; delta_adjusted is without it,
                and without the next
  missing_days  days of which there are no data, by what such days cost
  new, gone     no charge before, no charge any more
  resized       a resource that goes on under another meter, its whole change
  renamed       what goes on under another name: it leaves one row, comes to another
  moved_in      what was another owner's before
  moved_out     what is another owner's now
  purchases     purchases and other one-time charges
  credits       credits, refunds and corrections
  tax           tax
  rounding      rounding of the bill's lines, and what is free of charge (files of
                version 1 and 2)
  exchange_rate with --convert: other exchange rates; all else is at the older ones
  unattributed  nothing is claimed: no meter, no unit, no quantity, or no file of
                the earlier period

Each day's charges are whose the owners file, as it is now, says that they are on
that day: what changed hands between the periods leaves one owner and comes to the
other. --owners-as-of takes the rules that hold on one day for all days, and nothing
moves. With --owner the whole change of what changed hands is moved; by owner, what
it cost before. A price that the cloud sets in another currency moves with the exchange
rate of the bill. Tables leave out the parts that are all zero; JSON and CSV have all,
those of tokens and exchange rates where there are any.

With --unit the change is divided by what metrics.csv counts a day (docs/units.md), too:

  volume        more or less of it, at the earlier cost of one
  unit_cost     another cost of one, for all that is counted now
  no_value      of days that have no value, and are not divided

With --since the period of a report that was sent or recorded is compared with what
that report said, by subscription and service: restated (days that it had, corrected
by the cloud), late (days that it did not have yet), owner_moved (by a changed owners
file), newly_loaded (subscriptions that it did not have), credits, tax, shared cost.`,
		Example: `  usagereport compare
  usagereport compare --by resource-group,service --format csv
  usagereport compare --by owner
  usagereport compare --by publisher,category --filter ResourceType=microsoft.compute/virtualmachines
  usagereport compare --owner Search --owners-as-of 2026-11-01
  usagereport compare --by resource --period 2026-10 --top 20
  usagereport compare --against mean3 --by total
  usagereport compare --span week
  usagereport compare --span quarter --period last --against year
  usagereport compare --from 2026-07-01 --to 2026-08-15
  usagereport compare --since R-7K3QAB2C
  usagereport compare --unit orders --by service
  usagereport compare --against year --month 2026-10 --holidays holidays.txt
  usagereport compare --by meter --filter service=Storage --filter subscription=prod --filter subscription=test
  usagereport compare --currency EUR --convert`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCompare(cmd.Context(), g, o, p) },
	}
	o.allFlags(c.Flags(), g)
	p.addFlag(c)
	return c
}

func (o *compareOptions) allFlags(f *pflag.FlagSet, g *globals) {
	addEngineFlag(f, g)
	f.StringVar(&o.by, "by", o.by, "`DIMENSIONS`, separated by commas: account, subscription, resource-group, service, region, resource, "+
		"meter, owner, Tags.KEY, a column like PublisherName, or what dimensions.csv makes; or total, for one row")
	f.StringVar(&o.against, "against", o.against,
		"with `WHAT` to compare: prior, mean3, mean6 (the mean of the last periods) or year (a year ago)")
	addFilterFlag(f, &o.filters)
	addOwnerFlag(f, &o.owner)
	addConvertFlag(f, g)
	f.StringVar(&o.ownersAsOf, "owners-as-of", "",
		"whose everything is by the rules of the owners file that hold on this `DATE` (default each day by its own)")
	f.StringVar(&o.cost, "cost", "", "the `COST` to compare: billed, or effective, with commitments spread over their days (default billed)")
	f.StringVar(&o.holidays, "holidays", "", "`FILE` of days that count as Sundays: a YYYY-MM-DD a line, # begins a comment")
	o.addFlags(f)
	f.StringVar(&o.since, "since", "", "why what was sent or recorded under this `ID` costs something else now")
	f.StringVar(&o.unit, "unit", "", "divide the change by this `METRIC` of metrics.csv: its volume, and the cost of one")
	f.IntVar(&o.top, "top", 0, "show the `N` largest changes only, and the rest in one line")
}

// options reads what to compare.
func (o compareOptions) options(g *globals) (c analysis.CompareOptions, err error) {
	c = analysis.CompareOptions{Top: o.top, Cost: analysis.Cost(o.cost)}
	switch c.Cost {
	case "", analysis.Billed, analysis.Effective:
	default:
		return c, usageError{fmt.Errorf("--cost %s: use billed or effective", o.cost)}
	}
	if o.by != "total" {
		for name := range strings.SplitSeq(o.by, ",") {
			d, err := parseDimension(g, name)
			if err != nil {
				return c, err
			}
			c.By = append(c.By, d)
		}
	}
	if c.Filters, err = filtersOf(g, o.filters); err != nil {
		return c, err
	}
	if o.holidays != "" {
		c.Holidays, err = workspace.ReadHolidays(o.holidays)
	}
	return c, err
}

func runCompare(ctx context.Context, g *globals, o compareOptions, p printer) error {
	if o.since != "" {
		if g.work.Convert {
			return usageError{errors.New("--since: what was said is in the currency of the bill; leave out --convert")}
		}
		return runSince(ctx, g, o, p)
	}
	ao, err := o.choosing.options(g)
	if err != nil {
		return err
	}
	ao.Owner = o.owner
	co, err := o.options(g)
	if err != nil {
		return err
	}
	if err := o.addUnit(g, &co); err != nil {
		return err
	}
	dims := co.By
	for _, f := range co.Filters {
		dims = append(slices.Clip(dims), f.Dimension)
	}
	ao.Apart = workspace.Apart(dims)
	if ao.ByOwner, err = byOwner(dims, o.owner); err != nil {
		return err
	}
	if o.ownersAsOf != "" {
		if ao.Owner == "" && !ao.ByOwner {
			return usageError{errors.New("--owners-as-of: belongs to --owner, or to owner as a dimension or filter")}
		}
		if ao.OwnersAsOf, err = usage.ParseDay(o.ownersAsOf); err != nil {
			return usageError{fmt.Errorf("--owners-as-of: %w", err)}
		}
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	if ao, co.Against, err = s.Comparing(ctx, ao, o.against); err != nil {
		return err
	}
	cs, err := s.Compare(ctx, ao, co)
	if err != nil {
		return err
	}
	if err := o.describe(g, cs, p); err != nil {
		return err
	}
	return p.print(g, comparisonTable(g, cs, co.By, p))
}

// describe prints what stands above the table: of each currency what is compared and why it changed.
func (o compareOptions) describe(g *globals, cs []analysis.Comparison, p printer) error {
	late := false
	for _, c := range cs {
		if err := p.head(g, "%s", describeComparison(c, o.filters)); err != nil {
			return err
		}
		if c.Awaited.Amount.Sign() > 0 {
			with := usage.Money{Amount: c.Total.Delta.Amount.Add(c.Awaited.Amount), Currency: c.Currency}
			if err := p.head(g, "About %s of the last days has not arrived yet; with it the change would be about %s.", aboutText(c.Awaited),
				signed(with)); err != nil {
				return err
			}
		}
		late = late || c.Period.State == analysis.Open && len(c.Base) > 0 && c.Awaited.Amount.Sign() == 0
		if c.Unit != nil {
			if err := p.head(g, "%s", describeUnit(c)); err != nil {
				return err
			}
		}
		if why := describeBridge(c); why != "" {
			if err := p.head(g, "%s", why); err != nil {
				return err
			}
		}
		for _, w := range c.Warnings {
			if err := p.head(g, "%s", w); err != nil {
				return err
			}
		}
	}
	if late {
		return p.head(g, "the usage of the last days may not all have arrived; what is missing shows as less quantity")
	}
	return nil
}

// byOwner reports whether dims include the owner, for which one owner's charges
// are of no use.
func byOwner(dims []usage.Dimension, owner string) (bool, error) {
	by := slices.Contains(dims, usage.Owner)
	if by && owner != "" {
		return false, usageError{errors.New("--owner, and owner as a dimension or filter: give one of them")}
	}
	return by, nil
}
