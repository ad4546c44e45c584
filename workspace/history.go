package workspace

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/usage"
)

// A History is what is known of billing periods.
type History struct {
	Periods  []analysis.BillingPeriod
	Bills    []invoices.Bill
	Invoices []ledger.Invoice
	Led      []invoices.Reconciliation
	None     []invoices.Missing
	Unknown  []string // of which accounts and days of the current period there are no data
}

// HistoryOf returns what an analysis knows of billing periods.
func HistoryOf(ctx context.Context, a *analysis.Analysis) (h History, err error) {
	if h.Periods, err = a.Periods(ctx); err != nil {
		return h, err
	}
	if h.Unknown, err = a.Unknown(ctx); err != nil {
		return h, err
	}
	if h.Bills, err = a.Bills(ctx); err != nil {
		return h, err
	}
	if h.Invoices, err = a.Invoices(ctx); err != nil {
		return h, err
	}
	h.Led, h.None = invoices.Reconcile(h.Bills, h.Invoices), invoices.Explain(h.Bills, h.Invoices)
	return h, nil
}

// Invoiced adds up the invoices of a period in one currency, and says how they differ
// from the files and why; ok is false where there is none.
func (h History) Invoiced(name, currency string) (sum, differs usage.Decimal, numbers, why []string, ok bool) {
	lines := map[invoices.LineKind]usage.Decimal{}
	var order []invoices.LineKind
	for _, r := range h.Led {
		if r.Period != name || r.Currency != currency {
			continue
		}
		ok = true
		sum, differs = sum.Add(r.Invoiced), differs.Add(r.Difference())
		for _, i := range r.Invoices {
			numbers = append(numbers, i.Number)
		}
		for _, l := range r.Lines {
			if _, known := lines[l.Kind]; !known {
				order = append(order, l.Kind)
			}
			lines[l.Kind] = lines[l.Kind].Add(r.Beyond(l))
		}
	}
	if ok && differs.Sign() != 0 {
		for _, kind := range order {
			if d := lines[kind]; d.Sign() != 0 {
				why = append(why, fmt.Sprintf("%s %s", kind, usage.Signed([]usage.Money{{Amount: d, Currency: currency}})))
			}
		}
	}
	lacks := map[invoices.Reason]int{}
	var reasons []invoices.Reason
	for _, m := range h.None {
		if m.Period == name && m.Currency == currency {
			if lacks[m.Reason]++; lacks[m.Reason] == 1 {
				reasons = append(reasons, m.Reason)
			}
		}
	}
	for _, r := range reasons {
		text := "no invoice: " + strings.ReplaceAll(string(r), "_", " ")
		if ok || len(reasons) > 1 {
			text = fmt.Sprintf("%d without: %s", lacks[r], strings.ReplaceAll(string(r), "_", " "))
		}
		why = append(why, text)
	}
	return sum, differs, numbers, why, ok
}

// History returns what is known of billing periods, with what is new in invoices.csv.
func (w *Workspace) History(ctx context.Context) (h History, err error) {
	if err := w.TakeInvoices(ctx, false); err != nil {
		return h, err
	}
	o, err := w.Options("", "")
	if err != nil {
		return h, err
	}
	a, done, err := w.Analyse(ctx, o)
	if err != nil {
		return h, err
	}
	defer done()
	return HistoryOf(ctx, a)
}

// PeriodNames returns the chosen billing periods, all if none is, and refuses one
// that the ledger does not have.
func (w *Workspace) PeriodNames(ctx context.Context, chosen []string) ([]string, error) {
	o, err := w.Options("", "")
	if err != nil {
		return nil, err
	}
	a, done, err := w.Analyse(ctx, analysis.Options{AsOf: o.AsOf})
	if err != nil {
		return nil, err
	}
	defer done()
	all, err := a.Periods(ctx)
	if err != nil {
		return nil, err
	}
	var names []string
	for _, p := range all {
		if !slices.Contains(names, p.Name) {
			names = append(names, p.Name)
		}
	}
	for _, name := range chosen {
		if !slices.Contains(names, name) {
			return nil, misuse.Flag("--period "+name, fmt.Errorf("the ledger has none; it has %s", strings.Join(names, ", ")))
		}
	}
	if len(chosen) > 0 {
		return chosen, nil
	}
	return names, nil
}
