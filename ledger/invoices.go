package ledger

import (
	"context"
	"database/sql"
	"time"

	"usagereport/usage"
)

// The kinds of invoices.
const (
	InvoiceKind    = "invoice"
	CreditNoteKind = "credit_note"
)

// An Invoice is what was billed to an account for a billing period, or a credit
// note. Its amounts have the sign with which they count to what is owed, so that a
// credit note's are negative.
type Invoice struct {
	Account string // BillingAccountId or SubAccountId
	Period  string // the bill's name
	Number  string
	Kind    string
	Date    usage.Day // 0 where it is unknown
	Due     usage.Day // likewise

	Currency  string
	Net       usage.Decimal // before tax and credits
	Tax       usage.Decimal
	Credits   usage.Decimal // that lessen it
	Total     usage.Decimal // Net + Tax - Credits, but for rounding
	Purchases usage.Decimal // part of Net: purchases and marketplace that no usage file has
	Support   usage.Decimal // part of Net: the support plan

	File    string // the PDF, by its path from the ledger's folder; "" where there is none
	SHA256  string // its hash
	AddedAt time.Time
}

// Known is the day from which the invoice was known: its own or, where that is unknown
// that, the one on which it was added.
func (i Invoice) Known() usage.Day {
	if i.Date != 0 {
		return i.Date
	}
	return usage.DayOf(i.AddedAt)
}

// Same reports whether two are the same invoice, whatever they say.
func (i Invoice) Same(o Invoice) bool {
	return i.Account == o.Account && i.Period == o.Period && i.Number == o.Number
}

// Invoices returns all invoices, by period, newest first, account and number.
func (l *Ledger) Invoices(ctx context.Context) (out []Invoice, err error) {
	return answered(l, "invoices", func() ([]Invoice, error) { return l.keptInvoices(ctx) })
}

// keptInvoices are those of the table.
func (l *Ledger) keptInvoices(ctx context.Context) (out []Invoice, err error) {
	rows, err := l.db.QueryContext(ctx, query("invoices"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var i Invoice
		if err := rows.Scan(&i.Account, &i.Period, &i.Number, &i.Kind, DayOf(&i.Date), DayOf(&i.Due), &i.Currency,
			Amount(&i.Net), Amount(&i.Tax), Amount(&i.Credits), Amount(&i.Total), Amount(&i.Purchases), Amount(&i.Support),
			&i.File, &i.SHA256, &i.AddedAt); err != nil {
			return nil, err
		}
		out = append(out, i)
	}
	return out, rows.Err()
}

// PutInvoices keeps invoices, all or nothing; one takes the place of the same one.
func (l *Ledger) PutInvoices(ctx context.Context, is []Invoice) error {
	return l.Update(ctx, func(conn *sql.Conn) error {
		for _, i := range is {
			if err := removeInvoice(ctx, conn, i); err != nil {
				return err
			}
			var date, due any
			if i.Date != 0 {
				date = i.Date.Time()
			}
			if i.Due != 0 {
				due = i.Due.Time()
			}
			if _, err := conn.ExecContext(ctx, query("invoices_put"), sql.Named("account", i.Account), sql.Named("period", i.Period),
				sql.Named("number", i.Number), sql.Named("kind", i.Kind), sql.Named("date", date), sql.Named("due", due),
				sql.Named("currency", i.Currency),
				sql.Named("net", i.Net.String()), sql.Named("tax", i.Tax.String()), sql.Named("credits", i.Credits.String()),
				sql.Named("total", i.Total.String()), sql.Named("purchases", i.Purchases.String()), sql.Named("support", i.Support.String()),
				sql.Named("file", i.File), sql.Named("sha256", i.SHA256), sql.Named("added_at", i.AddedAt.UTC())); err != nil {
				return err
			}
		}
		return nil
	})
}

// RemoveInvoice takes an invoice back. Its PDF stays where it is.
func (l *Ledger) RemoveInvoice(ctx context.Context, i Invoice) error {
	return l.Update(ctx, func(conn *sql.Conn) error { return removeInvoice(ctx, conn, i) })
}

func removeInvoice(ctx context.Context, conn *sql.Conn, i Invoice) error {
	_, err := conn.ExecContext(ctx, "DELETE FROM invoices WHERE account = $account AND x_BillingPeriod = $period AND number = $number",
		sql.Named("account", i.Account), sql.Named("period", i.Period), sql.Named("number", i.Number))
	return err
}
