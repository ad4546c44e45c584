package main

import (
	"context"
	"math"
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
	top               int
}

func newCompareCommand(g *globals) *cobra.Command {
	o := compareOptions{by: "service"}
	var p printer
	c := &cobra.Command{
		Use:   "compare",
		Short: "Compare the period with the one before it, at the same elapsed days",
		Long: `Compare the period with the one before it, at the same elapsed days, by one or
several dimensions. The deltas add up to the whole difference.`,
		Example: `  usagereport compare
  usagereport compare --by resource-group,service --format csv
  usagereport compare --by resource --period 2026-10`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runCompare(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	f.StringVar(&o.by, "by", o.by, "`DIMENSIONS`, separated by commas: account, subscription, resource-group, service, region, resource, meter")
	f.StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
	f.StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
	f.IntVar(&o.top, "top", 0, "show the `N` largest changes only, and the rest in one line")
	p.addFlag(c)
	return c
}

func runCompare(ctx context.Context, g *globals, o compareOptions, p printer) error {
	ao, err := g.options(o.period, o.month)
	if err != nil {
		return err
	}
	var dims []usage.Dimension
	for name := range strings.SplitSeq(o.by, ",") {
		d, err := usage.ParseDimension(strings.TrimSpace(name))
		if err != nil {
			return usageError{err}
		}
		dims = append(dims, d)
	}
	a, done, err := g.analyse(ctx, ao)
	if err != nil {
		return err
	}
	defer done()
	cs, err := a.Compare(ctx, analysis.CompareOptions{By: dims, Top: o.top})
	if err != nil {
		return err
	}
	for _, c := range cs {
		if err := p.head(g, "%s", describeComparison(c)); err != nil {
			return err
		}
		for _, w := range c.Warnings {
			if err := p.head(g, "%s", w); err != nil {
				return err
			}
		}
	}
	return p.print(g, comparisonTable(cs, dims, p))
}

// comparisonTable has a row for each row of cs, and for people a last one with
// each currency's total and only those parts of the bridge that are not all zero.
func comparisonTable(cs []analysis.Comparison, dims []usage.Dimension, p printer) query.Table {
	lanes := bridge.Lanes()
	adjusted := true
	if p.forPeople() {
		used := func(of func(analysis.ComparisonRow) usage.Decimal) bool {
			return slices.ContainsFunc(cs, func(c analysis.Comparison) bool {
				return slices.ContainsFunc(append(c.Rows, c.Total), func(r analysis.ComparisonRow) bool {
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
	if adjusted {
		cols = append(cols, query.Column{Name: "delta_adjusted", Kind: query.Decimal})
	}
	for _, l := range lanes {
		cols = append(cols, query.Column{Name: l.String(), Kind: query.Decimal})
	}
	var rows [][]any
	for _, c := range cs {
		list := c.Rows
		if p.forPeople() && len(dims) > 0 && len(list) > 1 {
			total := c.Total
			total.Values = make([]string, len(dims))
			total.Values[0] = "(total)"
			list = append(list, total)
		}
		for _, r := range list {
			row := []any{}
			for _, v := range r.Values {
				row = append(row, v)
			}
			var percent any
			if r.Percent != nil {
				percent = math.Round(*r.Percent*10) / 10
			}
			row = append(row, p.amount(r.Current), p.amount(r.Prior), p.amount(r.Delta), percent, r.Status, c.Currency)
			if adjusted {
				row = append(row, p.amount(r.Adjusted))
			}
			for _, l := range lanes {
				row = append(row, p.amount(usage.Money{Amount: r.Bridge[l], Currency: c.Currency}))
			}
			rows = append(rows, row)
		}
	}
	return query.Table{Columns: cols, Rows: query.RowsOf(rows...)}
}

func describeComparison(c analysis.Comparison) string {
	s := c.Period.Name + " (" + c.Period.Span.String() + ", " + string(c.Period.State) + ", data to " + c.Period.Reach.String() + "): " + rounded(c.Total.Current) + " " + c.Currency
	missing := ""
	if len(c.Missing) > 0 {
		missing = "; no comparison with " + strings.Join(c.Missing, ", ") + ": load its files"
		if len(c.Missing) > 1 {
			missing = "; no comparison with " + strings.Join(c.Missing, ", ") + ": load their files"
		}
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

// rounded is an amount for people.
func rounded(m usage.Money) string {
	m.Amount = m.Amount.Round(usage.MinorDigits(m.Currency))
	return m.Text()
}

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
