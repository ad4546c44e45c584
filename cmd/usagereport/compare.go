package main

import (
	"context"
	"math"
	"strings"
	"unicode"

	"github.com/spf13/cobra"

	"usagereport/analysis"
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
	cs, err := a.Compare(ctx, dims, o.top)
	if err != nil {
		return err
	}
	cols := []query.Column{}
	for _, d := range dims {
		cols = append(cols, query.Column{Name: snake(d)})
	}
	cols = append(cols, query.Column{Name: "current", Kind: query.Decimal}, query.Column{Name: "prior", Kind: query.Decimal}, query.Column{Name: "delta", Kind: query.Decimal},
		query.Column{Name: "percent", Kind: query.Float}, query.Column{Name: "status"}, query.Column{Name: "currency"})
	var rows [][]any
	for _, c := range cs {
		if err := p.head(g, "%s", describeComparison(c)); err != nil {
			return err
		}
		for _, r := range c.Rows {
			row := []any{}
			for _, v := range r.Values {
				row = append(row, v)
			}
			var percent any
			if r.Percent != nil {
				percent = math.Round(*r.Percent*10) / 10
			}
			rows = append(rows, append(row, p.amount(r.Current), p.amount(r.Prior), p.amount(r.Delta), percent, r.Status, c.Currency))
		}
	}
	return p.print(g, query.Table{Columns: cols, Rows: query.RowsOf(rows...)})
}

func describeComparison(c analysis.Comparison) string {
	s := c.Period.Name + " (" + c.Period.Span.String() + ", " + string(c.Period.State) + ", data to " + c.Period.Reach.String() + "): " + rounded(c.Total) + " " + c.Currency
	if c.Prior == nil {
		return s + "; no comparison yet: load the earlier statements"
	}
	return s + "; " + c.Prior.Name + " (" + c.Prior.Span.String() + ") over the same elapsed days: " + rounded(c.Prior.Same) + "; difference " + rounded(c.Prior.Delta)
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
