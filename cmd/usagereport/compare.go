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
	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports/text"
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
	p := g.printer()
	c := &cobra.Command{
		Use:  "compare",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCompare(cmd.Context(), g, o, p) },
	}
	o.allFlags(c.Flags(), g)
	addFormatFlag(c, &p)
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
	c = analysis.CompareOptions{Top: o.top}
	if c.Cost, err = costOf(o.cost); err != nil {
		return c, err
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

func runCompare(ctx context.Context, g *globals, o compareOptions, p terminal.Printer) error {
	if o.since != "" {
		if g.work.Convert {
			return misuse.Of(errors.New("--since: what was said is in the currency of the bill; leave out --convert"))
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
	if err := g.work.AddUnit(&co, o.unit, o.against); err != nil {
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
			return misuse.Of(errors.New("--owners-as-of: belongs to --owner, or to owner as a dimension or filter"))
		}
		if ao.OwnersAsOf, err = usage.ParseDay(o.ownersAsOf); err != nil {
			return misuse.Of(fmt.Errorf("--owners-as-of: %w", err))
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
	if err := text.ComparisonHead(p, cs, o.filters); err != nil {
		return err
	}
	return text.Comparison(p, cs, co.By)
}

// byOwner reports whether dims include the owner, for which one owner's charges
// are of no use.
func byOwner(dims []usage.Dimension, owner string) (bool, error) {
	by := slices.Contains(dims, usage.Owner)
	if by && owner != "" {
		return false, misuse.Of(errors.New("--owner, and owner as a dimension or filter: give one of them"))
	}
	return by, nil
}

// runSince prints why what was recorded costs something else now.
func runSince(ctx context.Context, g *globals, o compareOptions, p terminal.Printer) error {
	if o.isSet() || o.owner != "" || o.ownersAsOf != "" || len(o.filters) > 0 || o.by != "service" ||
		o.against != string(analysis.AgainstPrior) || o.cost != "" || o.holidays != "" || o.unit != "" {
		return misuse.Of(errors.New("--since: the period and the owner are those of what was recorded, by subscription and service; leave " +
			"the other flags out"))
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	rec, err := s.Ledger.Record(ctx, o.since)
	if errors.Is(err, ledger.ErrNoRecord) {
		return misuse.Of(fmt.Errorf("--since %w", err))
	}
	if err != nil {
		return err
	}
	all, err := s.Since(ctx, rec)
	if err != nil {
		return err
	}
	return text.Since(p, all, o.top)
}
