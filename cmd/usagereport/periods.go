package main

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/query"
	"usagereport/usage"
	"usagereport/workspace"
)

func newPeriodsCommand(g *globals) *cobra.Command {
	var p printer
	c := &cobra.Command{
		Use:   "periods",
		Short: "List the billing periods: dates, state, how far the data reach, cost, invoice",
		Long: `List the billing periods, newest first: their dates, how far the data reach, the cost
up to there, and the invoice, by how much it differs from that and why. A period is
open while its days run, closing until a later load of the account reaches the fifth
day after its end, then closed, and invoiced when its invoice is known. Up to then
its cost is an estimate as of the last day of the data.

Above the list stand periods between others that nobody has loaded, and those whose
file is not final yet and soon leaves the six periods that the portal shows.`,
		Example: `  usagereport periods
  usagereport periods show 2018-07
  usagereport periods --format json`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runPeriods(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	show := &cobra.Command{
		Use:   "show NAME",
		Short: "Show one billing period: its accounts, what was said of it, its invoices",
		Long: `Show one billing period: each account's dates, state and cost; what its files said
before; what the forecast said on its days, and what it became; the totals that
somebody was told; and its invoices with the way that leads from the usage to them,
or why there is none.`,
		Example: `  usagereport periods show 2018-07
  usagereport periods show 2018-07 --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runPeriodsShow(cmd.Context(), g, p, args[0])
		},
	}
	p.addFlag(show)
	c.AddCommand(show)
	return c
}

func runPeriods(ctx context.Context, g *globals, p printer) error {
	h, err := g.work.History(ctx)
	if err != nil {
		return err
	}
	if err := p.headGaps(g, invoices.Gaps(h.Bills)); err != nil {
		return err
	}
	var rows [][]any
	for _, b := range h.Periods {
		cur := b.Total.Currency
		row := []any{b.Name, b.Span.From, b.Span.Last(), string(b.State), b.Reach, b.Accounts, p.amount(b.Total), cur, nil, nil, nil, nil, nil, nil}
		if b.State == analysis.Open || b.State == analysis.Closing {
			row[8] = p.amount(b.Total)
		} else {
			row[9] = p.amount(b.Total)
		}
		sum, differs, numbers, why, ok := h.Invoiced(b.Name, cur)
		if ok {
			row[10] = p.amount(usage.Money{Amount: sum, Currency: cur})
			row[11] = strings.Join(numbers, "; ")
			row[12] = p.amount(usage.Money{Amount: differs, Currency: cur})
		}
		row[13] = orNil(strings.Join(why, "; "))
		rows = append(rows, row)
	}
	columns := []query.Column{
		{Name: "period"},
		{Name: "from", Kind: query.Date},
		{Name: "to", Kind: query.Date},
		{Name: "state"},
		{Name: "data_to", Kind: query.Date},
		{Name: "accounts", Kind: query.Integer},
		{Name: "total", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "estimate", Kind: query.Decimal},
		{Name: "final", Kind: query.Decimal},
		{Name: "invoice", Kind: query.Decimal},
		{Name: "number"},
		{Name: "difference", Kind: query.Decimal},
		{Name: "why"},
	}
	if p.forPeople() { // whom the state and the total tell it
		columns = slices.Delete(columns, 8, 10)
		for i := range rows {
			rows[i] = slices.Delete(rows[i], 8, 10)
		}
	}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}

// headGaps tells what is to be fetched.
func (p printer) headGaps(g *globals, gaps []invoices.Gap) error {
	const most = 5
	for i, x := range gaps {
		if i == most {
			return p.head(g, "%d more of these", len(gaps)-i)
		}
		when := fmt.Sprintf("load its file before the portal drops it on %s", x.Leaves)
		if x.Gone {
			when = fmt.Sprintf("since %s the portal shows it no more: an export or a colleague's file may have it", x.Leaves)
		}
		name := cmp.Or(x.Name, x.Account)
		var err error
		if x.Unfinished {
			err = p.head(g, "not final: %s, %s (%s), was loaded before its charges settled; %s", name, x.Period, x.Span, when)
		} else {
			err = p.head(g, "gap: %s has no file for %s; %s", name, x.Span, when)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func runPeriodsShow(ctx context.Context, g *globals, p printer, name string) error {
	if err := g.work.TakeInvoices(ctx, false); err != nil {
		return err
	}
	o, err := g.work.Options("", "")
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	h, err := workspace.HistoryOf(ctx, a)
	if err != nil {
		return err
	}
	var rows [][]any
	add := func(what, account string, day usage.Day, amount usage.Money, format string, args ...any) {
		rows = append(rows, []any{what, orNil(account), orNoDay(day), p.amount(amount), amount.Currency, orNil(fmt.Sprintf(format, args...))})
	}
	found := false
	for _, b := range h.Periods {
		if b.Name != name {
			continue
		}
		found = true
		if err := p.head(g, "%s (%s, %s): %s %s up to %s", b.Name, b.Span, b.State, rounded(b.Total), b.Total.Currency, b.Reach); err != nil {
			return err
		}
	}
	if !found {
		var names []string
		for _, b := range h.Periods {
			names = append(names, b.Name)
		}
		return usageError{fmt.Errorf("periods show %s: the ledger has none; it has %s", name, strings.Join(slices.Compact(names), ", "))}
	}
	for _, b := range h.Bills {
		if b.Period != name {
			continue
		}
		add("account", cmp.Or(b.Name, b.Account), b.Reach, usage.Money{Amount: b.Total(), Currency: b.Currency}, "%s, %s, data to %s", b.Span, b.State, b.Reach)
		for i, s := range b.Snapshots {
			if i < len(b.Snapshots)-1 {
				add("file", cmp.Or(b.Name, b.Account), s.Told, usage.Money{Amount: s.Total, Currency: b.Currency}, "said then, with data to %s; it became %s", s.Reach, p.amount(usage.Money{Amount: b.Total(), Currency: b.Currency}).Text())
			}
		}
	}
	if err := showTold(ctx, s.Ledger, h, name, add); err != nil {
		return err
	}
	tellings, err := a.Tellings(ctx)
	if err != nil {
		return err
	}
	for _, t := range tellings {
		if t.Period != name {
			continue
		}
		margin, by := "", "what is known of that day now"
		if t.Margin != nil {
			margin = " ± " + rounded(*t.Margin)
		}
		if t.AsKnown {
			by = "the files of that day"
		}
		add("forecast", "", t.Span.From+usage.Day(t.Day)-1, t.Said, "on day %d: %s%s; it became %s (by %s)", t.Day, rounded(t.Said), margin, rounded(t.Became), by)
	}
	for _, r := range h.Led {
		if r.Period != name {
			continue
		}
		account := cmp.Or(r.Name, r.Account)
		for _, i := range r.Invoices {
			add(i.Kind, account, i.Date, usage.Money{Amount: i.Total, Currency: i.Currency}, "number %s", i.Number)
		}
		for _, x := range r.Lines {
			add("line: "+string(x.Kind), account, 0, usage.Money{Amount: x.Amount, Currency: r.Currency}, "%s", x.Why)
		}
	}
	for _, m := range h.None {
		if m.Period == name {
			add("no invoice", cmp.Or(m.Name, m.Account), 0, usage.Money{Amount: m.Total, Currency: m.Currency}, "likely: %s; %s", m.Likely, m.Do)
		}
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "what"},
		{Name: "account"},
		{Name: "day", Kind: query.Date},
		{Name: "amount", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "detail"},
	}, Rows: query.RowsOf(rows...)})
}

// showTold adds the totals of a period that somebody was told of all charges, once
// for each that differs from the one before.
func showTold(ctx context.Context, l *ledger.Ledger, h workspace.History, name string, add func(what, account string, day usage.Day, amount usage.Money, format string, args ...any)) error {
	told, err := l.ToldTotals(ctx)
	if err != nil {
		return err
	}
	last := map[string]usage.Decimal{}
	for _, t := range told {
		before, known := last[t.Currency]
		if t.Period != name || t.To != "" || known && before.Cmp(t.Total) == 0 {
			continue
		}
		last[t.Currency] = t.Total
		for _, b := range h.Periods {
			if b.Name == name && b.Total.Currency == t.Currency {
				add("told", "", usage.DayOf(t.At), usage.Money{Amount: t.Total, Currency: t.Currency}, "by %s, with data to %s; it is %s now", t.What, t.Reach, rounded(b.Total))
			}
		}
	}
	return nil
}
