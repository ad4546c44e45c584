package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/owners"
	"usagereport/query"
	"usagereport/reports"
	"usagereport/usage"
)

// runShowback writes whose the period's bill is: a line an owner, then what is
// nobody's, and the bill.
func runShowback(ctx context.Context, g *globals, o reportOptions, refs []string) error {
	if len(refs) > 0 || o.owner != "" || o.pdf || o.format != "" {
		return usageError{errors.New("--showback: is of the whole ledger, as CSV or with --xlsx; leave SOURCEs, --owner, --pdf and --format out")}
	}
	f, l, a, err := g.through(ctx, ownersOptions{period: o.period, month: o.month})
	if err != nil {
		return err
	}
	defer l.Close()
	defer a.Close()
	all, err := a.Ownerships(ctx)
	if err != nil {
		return err
	}
	list := showbacks(f, all)
	write, ext := func(w io.Writer) error { return writeShowbackCSV(w, list, all, f.Extra) }, "csv"
	if o.xlsx {
		write, ext = func(w io.Writer) error { return reports.WriteShowback(w, list, reports.Options{Lang: o.lang}) }, "xlsx"
	}
	if o.out == "-" {
		return write(g.env.stdout)
	}
	path := cmp.Or(o.out, "usage-"+fileName(all[0].Period.Name)+"-showback."+ext)
	if err := writeFile(path, write); err != nil {
		return err
	}
	return g.say("%s", path)
}

// showbacks has a row for each owner of the file that has charges, in its order.
func showbacks(f *owners.File, all []analysis.Ownership) (out []reports.Showback) {
	for _, o := range all {
		s := reports.Showback{Currency: o.Currency, Bill: o.Total, Extra: f.Extra, Sharing: len(o.Shared) > 0}
		add := func(row reports.ShowbackRow) {
			if whole := o.Total.Amount.Float64(); whole > 0 {
				v := 100 * row.Cost.Amount.Float64() / whole
				row.Percent = &v
			}
			s.Rows = append(s.Rows, row)
		}
		for _, x := range f.Owners {
			if cost, has := o.Cost(x.Name); has {
				row := reports.ShowbackRow{Owner: x.Name, CostCenter: x.CostCenter, Extra: x.Extra, Cost: cost}
				if part, has := o.Shared[x.Name]; has {
					row.Shared = &part
				}
				add(row)
			}
		}
		add(reports.ShowbackRow{Cost: o.Owned[""]})
		out = append(out, s)
	}
	return out
}

// writeShowbackCSV writes exact amounts. Names that a spreadsheet would take for
// formulas are made texts.
func writeShowbackCSV(w io.Writer, list []reports.Showback, all []analysis.Ownership, extra []string) error {
	columns := []query.Column{{Name: "period"}, {Name: "from", Kind: query.Date}, {Name: "to", Kind: query.Date}, {Name: "owner"}, {Name: "cost_center"}}
	for _, name := range extra {
		columns = append(columns, query.Column{Name: name})
	}
	sharing := slices.ContainsFunc(list, func(s reports.Showback) bool { return s.Sharing })
	if sharing {
		columns = append(columns, query.Column{Name: "own", Kind: query.Decimal}, query.Column{Name: "shared", Kind: query.Decimal})
	}
	columns = append(columns, query.Column{Name: "cost", Kind: query.Decimal}, query.Column{Name: "percent", Kind: query.Float}, query.Column{Name: "currency"})
	var rows [][]any
	for i, s := range list {
		p := all[i].Period
		line := func(owner, center string, extras []string, shared *usage.Money, cost usage.Money, percent *float64) {
			row := []any{p.Name, p.Span.From, p.Span.Last(), owner, orNil(center)}
			for j := range extra {
				if j < len(extras) {
					row = append(row, orNil(extras[j]))
				} else {
					row = append(row, nil)
				}
			}
			if sharing && shared != nil {
				row = append(row, usage.Money{Amount: cost.Amount.Sub(shared.Amount), Currency: s.Currency}, *shared)
			} else if sharing {
				row = append(row, nil, nil)
			}
			var share any
			if percent != nil {
				share = math.Round(*percent*100) / 100
			}
			rows = append(rows, append(row, cost, share, s.Currency))
		}
		for _, r := range s.Rows {
			line(cmp.Or(r.Owner, nobody), r.CostCenter, r.Extra, r.Shared, r.Cost, r.Percent)
		}
		line("(bill)", "", nil, nil, s.Bill, nil)
	}
	return query.Encode(w, query.Table{Columns: columns, Rows: query.RowsOf(rows...)}, query.Options{Format: query.AsCSV, FormulaSafe: true})
}

// orNil is s, or nothing where it is empty.
func orNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
