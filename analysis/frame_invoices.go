package analysis

import (
	"context"
	"database/sql"

	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/usage"
)

// Bills returns what the files say of each account and billing period, in each
// currency, as it is billed.
func (a *Analysis) Bills(ctx context.Context) ([]invoices.Bill, error) {
	currencies, err := a.currencies(ctx)
	if err != nil {
		return nil, err
	}
	var out []invoices.Bill
	for _, cur := range currencies {
		bills, err := a.bills(ctx, cur.code)
		if err != nil {
			return nil, err
		}
		out = append(out, bills...)
	}
	return out, nil
}

func (a *Analysis) bills(ctx context.Context, cur string) (out []invoices.Bill, err error) {
	st, err := a.standings(ctx, cur)
	if err != nil {
		return nil, err
	}
	var until any
	if d := a.options.AsOf; d != 0 {
		until = d.Time()
	}
	type key struct{ billing, account, period string }
	snapshots := map[key][]invoices.Snapshot{}
	err = a.query(ctx, "snapshots", func(r *sql.Rows) error {
		var k key
		var s invoices.Snapshot
		if err := r.Scan(&k.billing, &k.account, &k.period, ledger.DayOf(&s.Told), ledger.DayOf(&s.Reach), ledger.Amount(&s.Total)); err != nil {
			return err
		}
		snapshots[k] = append(snapshots[k], s)
		return nil
	}, sql.Named("currency", cur))
	if err != nil {
		return nil, err
	}
	type bill struct{ account, period string }
	states, stateOf := map[bill]State{}, statesOf(st)
	for _, s := range st {
		states[bill{s.account, s.period}] = stateOf(s)
	}
	err = a.query(ctx, "bills", func(r *sql.Rows) error {
		b := invoices.Bill{Currency: cur}
		if err := r.Scan(&b.Billing, &b.BillingName, &b.Account, &b.Name, &b.Period, ledger.DayOf(&b.Span.From), ledger.DayOf(&b.Span.To),
			ledger.DayOf(&b.First), ledger.DayOf(&b.Reach), (*string)(&b.Agreement), &b.Elsewhere,
			ledger.Amount(&b.Usage), ledger.Amount(&b.Purchases), ledger.Amount(&b.Tax), ledger.Amount(&b.Credits), &b.Parts); err != nil {
			return err
		}
		b.State = states[bill{b.Account, b.Period}]
		b.Snapshots = snapshots[key{b.Billing, b.Account, b.Period}]
		out = append(out, b)
		return nil
	}, sql.Named("currency", cur), sql.Named("until", until))
	return out, err
}

// Invoices returns the invoices that were known on the day that the options name,
// in the currencies that they choose, the newest period first.
func (a *Analysis) Invoices(ctx context.Context) (out []ledger.Invoice, err error) {
	if *a.invoices == nil {
		all, err := a.ledger.Invoices(ctx)
		if err != nil {
			return nil, err
		}
		*a.invoices = append([]ledger.Invoice{}, all...)
	}
	for _, i := range *a.invoices {
		if (a.options.AsOf == 0 || i.Known() <= a.options.AsOf) && (a.options.Currency == "" || i.Currency == a.options.Currency) {
			out = append(out, i)
		}
	}
	return out, nil
}

// invoiced reports for accounts and periods whether an invoice of them is known.
type invoiced []ledger.Invoice

func (is invoiced) has(s standing, cur string) bool {
	for _, i := range is {
		if i.Kind == ledger.InvoiceKind && i.Period == s.period && i.Currency == cur && (i.Account == s.account || i.Account == s.billing) {
			return true
		}
	}
	return false
}

// billed fills in what was invoiced for the period of f.
func (a *Analysis) billed(ctx context.Context, f *frame, p *Part) error {
	// An invoice is of what is billed, in the currency of the bill.
	if a.options.limited() || f.sel.byMonth || a.options.Convert || a.options.Cost == Effective {
		return nil
	}
	known, err := a.Invoices(ctx)
	if err != nil {
		return err
	}
	var is []ledger.Invoice
	for _, i := range known {
		if i.Period == f.sel.name && i.Currency == f.cur.code {
			is = append(is, i)
		}
	}
	if len(is) == 0 {
		return nil
	}
	bills, err := a.bills(ctx, f.cur.code)
	if err != nil {
		return err
	}
	sum := usage.Decimal{}
	for _, r := range invoices.Reconcile(bills, is) {
		b := AccountInvoices{
			Account: r.Account, Name: r.Name, Files: f.money(r.Files), Total: f.money(r.Invoiced),
			Difference: f.money(r.Difference()),
		}
		for _, i := range r.Invoices {
			b.Invoices = append(b.Invoices, Invoice{Number: i.Number, Kind: i.Kind, Date: i.Date, Due: i.Due, Total: f.money(i.Total)})
		}
		for _, l := range r.Lines {
			if l.Kind != invoices.LineInvoice {
				b.Steps = append(b.Steps, InvoiceStep{Kind: string(l.Kind), Label: l.Kind.Title(), Amount: f.money(l.Amount), Why: l.Why})
			}
		}
		sum = sum.Add(r.Invoiced)
		p.Invoices = append(p.Invoices, b)
	}
	if f.sel.state == Invoiced {
		m := f.money(sum)
		p.Invoiced = &m
	}
	return nil
}
