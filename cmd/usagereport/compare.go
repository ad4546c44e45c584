package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/query"
	"usagereport/usage"
)

type compareOptions struct {
	by, period, month string
	against, cost     string
	owner, ownersAsOf string
	filters           []string
	holidays          string
	top               int
	since             string
}

func newCompareCommand(g *globals) *cobra.Command {
	o := compareOptions{by: "service", against: string(analysis.AgainstPrior)}
	var p printer
	c := &cobra.Command{
		Use:   "compare",
		Short: "Compare the period with earlier ones at the same elapsed days, and say why it differs",
		Long: `Compare the period with the one before it, with the mean of the last three or six,
or with the same period a year ago, at the same elapsed days, by one or several
dimensions. The deltas add up to the whole difference, and the parts of each row
to its delta, to the last digit:

  price         another price of a unit, for all that is used now
  quantity      more or less of it, at the older price
  calendar      more or fewer days, or other weekdays; delta_adjusted is without it
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
  unattributed  nothing is claimed: no meter, no unit, no quantity, or no file of
                the earlier period

Each day's charges are whose the owners file, as it is now, says that they are on
that day: what changed hands between the periods leaves one owner and comes to the
other. --owners-as-of takes the rules that hold on one day for all days, and nothing
moves. With --owner the whole change of what changed hands is moved; by owner, what
it cost before. A price that the cloud sets in another currency moves with the exchange
rate of the bill. Tables leave out the parts that are all zero; JSON and CSV have all.

With --since the period of a report that was sent or recorded is compared with what
that report said, by subscription and service: restated (days that it had, corrected
by the cloud), late (days that it did not have yet), owner_moved (by a changed owners
file), newly_loaded (subscriptions that it did not have), credits, tax, shared cost.`,
		Example: `  usagereport compare
  usagereport compare --by resource-group,service --format csv
  usagereport compare --by owner
  usagereport compare --owner Search --owners-as-of 2026-11-01
  usagereport compare --by resource --period 2026-10 --top 20
  usagereport compare --against mean3 --by total
  usagereport compare --since R-7K3QAB2C
  usagereport compare --against year --month 2026-10 --holidays holidays.txt
  usagereport compare --by meter --filter service=Storage --filter subscription=prod --filter subscription=test`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCompare(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	f.StringVar(&o.by, "by", o.by, "`DIMENSIONS`, separated by commas: account, subscription, resource-group, service, region, resource, meter, owner; or total, for one row")
	f.StringVar(&o.against, "against", o.against, "with `WHAT` to compare: prior, mean3, mean6 (the mean of the last periods) or year (a year ago)")
	f.StringArrayVar(&o.filters, "filter", nil, "only charges with `DIMENSION=VALUE`, an id or a name; again for another dimension, or another value of it")
	addOwnerFlag(f, &o.owner)
	f.StringVar(&o.ownersAsOf, "owners-as-of", "", "whose everything is by the rules of the owners file that hold on this `DATE` (default each day by its own)")
	f.StringVar(&o.cost, "cost", "", "the `COST` to compare: billed, or effective, with commitments spread over their days (default billed)")
	f.StringVar(&o.holidays, "holidays", "", "`FILE` of days that count as Sundays: a YYYY-MM-DD a line, # begins a comment")
	f.StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
	f.StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
	f.StringVar(&o.since, "since", "", "why what was sent or recorded under this `ID` costs something else now")
	f.IntVar(&o.top, "top", 0, "show the `N` largest changes only, and the rest in one line")
	p.addFlag(c)
	return c
}

// options reads what to compare.
func (o compareOptions) options() (c analysis.CompareOptions, err error) {
	c = analysis.CompareOptions{Top: o.top, Against: analysis.Against(o.against), Cost: analysis.Cost(o.cost)}
	switch c.Against {
	case analysis.AgainstPrior, analysis.AgainstMean3, analysis.AgainstMean6, analysis.AgainstYear:
	default:
		return c, usageError{fmt.Errorf("--against %s: use prior, mean3, mean6 or year", o.against)}
	}
	switch c.Cost {
	case "", analysis.Billed, analysis.Effective:
	default:
		return c, usageError{fmt.Errorf("--cost %s: use billed or effective", o.cost)}
	}
	if o.by != "total" {
		for name := range strings.SplitSeq(o.by, ",") {
			d, err := usage.ParseDimension(strings.TrimSpace(name))
			if err != nil {
				return c, usageError{err}
			}
			c.By = append(c.By, d)
		}
	}
	for _, text := range o.filters {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return c, usageError{fmt.Errorf("--filter %s: not of the form DIMENSION=VALUE, like service=Storage", text)}
		}
		d, err := usage.ParseDimension(strings.TrimSpace(name))
		if err != nil {
			return c, usageError{fmt.Errorf("--filter: %w", err)}
		}
		c.Filters = append(c.Filters, analysis.Filter{Dimension: d, Value: value})
	}
	if o.holidays != "" {
		c.Holidays, err = readHolidays(o.holidays)
	}
	return c, err
}

// readHolidays reads a file of days.
func readHolidays(path string) (out []usage.Day, err error) {
	b, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("--holidays: %w", err)
	}
	n := 0
	for line := range strings.Lines(strings.TrimPrefix(string(b), "\ufeff")) {
		n++
		text, _, _ := strings.Cut(line, "#")
		if text = strings.TrimSpace(text); text == "" {
			continue
		}
		d, err := usage.ParseDay(text)
		if err != nil {
			return nil, fmt.Errorf("--holidays: %s:%d: %w", path, n, err)
		}
		out = append(out, d)
	}
	return out, nil
}

func runCompare(ctx context.Context, g *globals, o compareOptions, p printer) error {
	if o.since != "" {
		return runSince(ctx, g, o, p)
	}
	ao, err := g.work.Options(o.period, o.month)
	if err != nil {
		return err
	}
	ao.Owner = o.owner
	co, err := o.options()
	if err != nil {
		return err
	}
	dims := co.By
	for _, f := range co.Filters {
		dims = append(slices.Clip(dims), f.Dimension)
	}
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
	a, done, err := g.work.Analyse(ctx, ao)
	if err != nil {
		return err
	}
	defer done()
	cs, err := a.Compare(ctx, co)
	if err != nil {
		return err
	}
	late := false
	for _, c := range cs {
		if err := p.head(g, "%s", describeComparison(c, o.filters)); err != nil {
			return err
		}
		if c.Awaited.Amount.Sign() > 0 {
			with := c.Total.Delta.Add(c.Awaited)
			if err := p.head(g, "by what such days usually cost, about %s %s of the last days has not arrived yet; with it the difference would be about %s", rounded(c.Awaited), c.Currency, rounded(with)); err != nil {
				return err
			}
		}
		late = late || c.Period.State == analysis.Open && len(c.Base) > 0 && c.Awaited.Amount.Sign() == 0
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
		if err := p.head(g, "the usage of the last days may not all have arrived; what is missing shows as less quantity"); err != nil {
			return err
		}
	}
	return p.print(g, comparisonTable(cs, co.By, p))
}

// comparisonTable has a row for each row of cs, and for people a last one with
// each currency's total and only those parts of the bridge that are not all zero.
func comparisonTable(cs []analysis.Comparison, dims []usage.Dimension, p printer) query.Table {
	lanes := bridge.Lanes()
	adjusted := true
	if p.forPeople() {
		used := func(of func(analysis.ComparisonRow) usage.Decimal) bool {
			return slices.ContainsFunc(cs, func(c analysis.Comparison) bool {
				return len(c.Base) > 0 && slices.ContainsFunc(append(c.Rows, c.Total), func(r analysis.ComparisonRow) bool {
					return of(r).Round(usage.MinorDigits(c.Currency)).Sign() != 0
				})
			})
		}
		lanes = slices.DeleteFunc(lanes, func(l bridge.Lane) bool {
			return !used(func(r analysis.ComparisonRow) usage.Decimal { return r.Bridge[l] })
		})
		adjusted = slices.Contains(lanes, bridge.Calendar)
	}
	var cols []query.Column
	for _, d := range dims {
		cols = append(cols, query.Column{Name: snake(d)})
	}
	cols = append(cols, query.Column{Name: "current", Kind: query.Decimal}, query.Column{Name: "prior", Kind: query.Decimal}, query.Column{Name: "delta", Kind: query.Decimal},
		query.Column{Name: "percent", Kind: query.Float}, query.Column{Name: "status"}, query.Column{Name: "currency"})
	for _, l := range lanes {
		cols = append(cols, query.Column{Name: l.String(), Kind: query.Decimal})
	}
	if adjusted {
		cols = append(cols, query.Column{Name: "delta_adjusted", Kind: query.Decimal})
	}
	var rows [][]any
	for _, c := range cs {
		list := c.Rows
		if p.forPeople() && len(dims) > 0 && len(list) > 1 {
			total := c.Total
			total.Labels = make([]string, len(dims))
			total.Labels[0] = "(total)"
			list = append(list, total)
		}
		for _, r := range list {
			values := r.Values
			if p.forPeople() {
				values = r.Labels
			}
			row := []any{}
			for _, v := range values {
				row = append(row, v)
			}
			var percent any
			if r.Percent != nil {
				percent = math.Round(*r.Percent*10)/10 + 0 // no minus before a zero
			}
			row = append(row, p.amount(r.Current), p.amount(r.Prior), p.amount(r.Delta), percent, r.Status, c.Currency)
			for _, l := range lanes {
				row = append(row, p.amount(usage.Money{Amount: r.Bridge[l], Currency: c.Currency}))
			}
			if adjusted {
				row = append(row, p.amount(r.Adjusted))
			}
			rows = append(rows, row)
		}
	}
	return query.Table{Columns: cols, Rows: query.RowsOf(rows...)}
}

func describeComparison(c analysis.Comparison, filters []string) string {
	s := c.Period.Name + " (" + c.Period.Span.String() + ", " + string(c.Period.State) + ", data to " + c.Period.Reach.String() + ")"
	if len(filters) > 0 {
		s += ", only " + strings.Join(filters, ", ")
	}
	s += ": " + rounded(c.Total.Current) + " " + c.Currency
	missing := ""
	switch len(c.Missing) {
	case 0:
	case 1:
		missing = "; no comparison with " + c.Missing[0] + ": load its files"
	default:
		missing = "; no comparison with " + strings.Join(c.Missing, ", ") + ": load their files"
	}
	if len(c.Base) == 0 {
		return s + missing
	}
	var names []string
	for _, b := range c.Base {
		names = append(names, b.Name+" ("+b.Span.String()+")")
	}
	base := names[0]
	if len(names) > 1 {
		base = "the mean of " + strings.Join(names, ", ")
	}
	return s + "; " + base + " over the same elapsed days: " + rounded(c.Total.Prior) + "; difference " + rounded(c.Total.Delta) + missing
}

// describeBridge says of what the difference is made, the largest part first: on a
// narrow terminal a table has no room for all of it.
func describeBridge(c analysis.Comparison) string {
	if len(c.Base) == 0 {
		return ""
	}
	lanes := slices.DeleteFunc(bridge.Lanes(), func(l bridge.Lane) bool {
		return c.Total.Bridge[l].Round(usage.MinorDigits(c.Currency)).Sign() == 0
	})
	slices.SortStableFunc(lanes, func(x, y bridge.Lane) int { return c.Total.Bridge[y].Abs().Cmp(c.Total.Bridge[x].Abs()) })
	var parts []string
	for _, l := range lanes {
		parts = append(parts, l.String()+" "+rounded(usage.Money{Amount: c.Total.Bridge[l], Currency: c.Currency}))
	}
	if len(parts) == 0 {
		return ""
	}
	return "the difference is made of: " + strings.Join(parts, ", ")
}

// rounded is an amount for people.
func rounded(m usage.Money) string { return m.Rounded().Text() }

// snake turns a FOCUS column's name into a key: ServiceName to service_name,
// x_ResourceGroupName to x_resource_group_name.
func snake(d usage.Dimension) string {
	var b strings.Builder
	lower := false
	for _, r := range string(d) {
		if unicode.IsUpper(r) && lower {
			b.WriteByte('_')
		}
		lower = unicode.IsLower(r) && r != '_'
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}
