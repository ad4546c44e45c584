package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
	"usagereport/workspace"
)

func runPeriodsShow(ctx context.Context, g *globals, p terminal.Printer, name string) error {
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
	if err := headPeriod(p, h, name); err != nil {
		return err
	}
	facts, err := s.Facts(ctx, a, h, name, func(m usage.Money) string { return p.Amount(m).Text() })
	if err != nil {
		return err
	}
	type row = workspace.PeriodFact
	return terminal.Rows(p, query.Columns[row]{
		{Name: "what", Of: func(r row) any { return r.What }},
		{Name: "account", Of: func(r row) any { return orNil(r.Account) }},
		{Name: "day", Kind: query.Date, Of: func(r row) any { return orNoDay(r.Day) }},
		{Name: "amount", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Amount) }},
		{Name: "currency", Of: func(r row) any { return r.Amount.Currency }},
		{Name: "detail", Of: func(r row) any { return orNil(r.Detail) }},
	}, facts)
}

// headPeriod says what the period costs, and refuses one that the ledger does not have.
func headPeriod(p terminal.Printer, h workspace.History, name string) error {
	found := false
	var names []string
	for _, b := range h.Periods {
		names = append(names, b.Name)
		if b.Name != name {
			continue
		}
		found = true
		if err := p.Head("%s (%s, %s): %s %s up to %s", b.Name, b.Span, b.State, rounded(b.Total), b.Total.Currency, b.Reach); err != nil {
			return err
		}
	}
	if !found {
		return usageError{fmt.Errorf("periods show %s: the ledger has none; it has %s", name, strings.Join(slices.Compact(names), ", "))}
	}
	return nil
}
