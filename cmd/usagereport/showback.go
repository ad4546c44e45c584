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
	if len(refs) > 0 || o.owner != "" || o.pdf || o.format != "" || o.redact {
		return usageError{errors.New("--showback: is of the whole ledger, as CSV or with --xlsx; leave SOURCEs, --owner, --pdf, --format and --redact out")}
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
	list := showbacks(f, all, o.spreadInvoice)
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

// showbacks has a row for each owner of the file that has charges, in its order,
// then what is nobody's and what a bill has besides, unless that is spread over
// the owners.
func showbacks(f *owners.File, all []analysis.Ownership, spread bool) (out []reports.Showback) {
	parts := []string{"own"}
	if slices.ContainsFunc(all, func(o analysis.Ownership) bool { return len(o.Shared) > 0 }) {
		parts = append(parts, "shared")
	}
	if spread && slices.ContainsFunc(all, func(o analysis.Ownership) bool { return len(o.Invoice) > 0 && o.Spread() != nil }) {
		parts = append(parts, "invoice")
	}
	if len(parts) == 1 {
		parts = nil
	}
	for _, o := range all {
		s := reports.Showback{Currency: o.Currency, Bill: o.Total, Extra: f.Extra, Parts: parts}
		add := func(row reports.ShowbackRow) {
			if whole := o.Total.Amount.Float64(); whole > 0 {
				v := 100 * row.Cost.Amount.Float64() / whole
				row.Percent = &v
			}
			s.Rows = append(s.Rows, row)
		}
		var given map[string]usage.Money
		if spread {
			given = o.Spread()
		}
		for _, x := range f.Owners {
			cost, has := o.Cost(x.Name)
			if !has {
				continue
			}
			own, more := o.Owned[x.Name], given[x.Name]
			own.Currency, more.Currency = o.Currency, o.Currency
			cost = cost.Add(more)
			row := reports.ShowbackRow{Owner: x.Name, CostCenter: x.CostCenter, Extra: x.Extra, Cost: cost}
			for _, part := range parts {
				shared := o.Shared[x.Name]
				shared.Currency = o.Currency
				row.Parts = append(row.Parts, map[string]usage.Money{"own": own, "shared": shared, "invoice": more}[part])
			}
			add(row)
		}
		rest := o.Owned[""]
		for _, m := range o.Invoice {
			rest = rest.Sub(m)
		}
		add(reports.ShowbackRow{Cost: rest})
		for _, line := range analysis.InvoiceLines() {
			if m, has := o.Invoice[line]; has && given == nil {
				add(reports.ShowbackRow{Line: line, Cost: m})
			}
		}
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
	parts := list[0].Parts // all have the same
	for _, name := range parts {
		columns = append(columns, query.Column{Name: name, Kind: query.Decimal})
	}
	columns = append(columns, query.Column{Name: "cost", Kind: query.Decimal}, query.Column{Name: "percent", Kind: query.Float}, query.Column{Name: "currency"})
	var rows [][]any
	for i, s := range list {
		p := all[i].Period
		line := func(owner string, r reports.ShowbackRow) {
			row := []any{p.Name, p.Span.From, p.Span.Last(), owner, orNil(r.CostCenter)}
			for j := range extra {
				if j < len(r.Extra) {
					row = append(row, orNil(r.Extra[j]))
				} else {
					row = append(row, nil)
				}
			}
			for j := range parts {
				if j < len(r.Parts) {
					row = append(row, r.Parts[j])
				} else {
					row = append(row, nil)
				}
			}
			var share any
			if r.Percent != nil {
				share = math.Round(*r.Percent*100) / 100
			}
			rows = append(rows, append(row, r.Cost, share, s.Currency))
		}
		for _, r := range s.Rows {
			owner := cmp.Or(r.Owner, nobody)
			if r.Line != "" {
				owner = "(" + r.Line + ")"
			}
			line(owner, r)
		}
		line("(bill)", reports.ShowbackRow{Cost: s.Bill})
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
