package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/usage"
	"usagereport/workspace"
)

// headGaps lists what is to be fetched.
func headGaps(p terminal.Printer, gaps []invoices.Gap) error {
	const most = 5
	for i, x := range gaps {
		if i == most {
			return p.Head("%d more of these", len(gaps)-i)
		}
		when := "load its file"
		switch {
		case x.Gone:
			when = fmt.Sprintf("since %s the portal shows it no more: an export or a colleague's file may have it", x.Leaves)
		case x.Leaves != 0:
			when = fmt.Sprintf("load its file before the portal drops it on %s", x.Leaves)
		}
		name := cmp.Or(x.Name, x.Account)
		var err error
		if x.Unfinished {
			err = p.Head("not final: %s, %s (%s), was loaded before its charges settled; %s", name, x.Period, x.Span, when)
		} else {
			err = p.Head("gap: %s has no file for %s; %s", name, x.Span, when)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// Periods prints the billing periods, with their invoices, and what is to be fetched.
func Periods(p terminal.Printer, h workspace.History) error {
	if err := headGaps(p, invoices.Gaps(h.Bills)); err != nil {
		return err
	}
	said := map[string]bool{}
	for _, x := range h.Unknown {
		said[x] = true
		if err := p.Head("%s", x); err != nil {
			return err
		}
	}
	type row struct {
		analysis.BillingPeriod
		sum, differs *usage.Money // of its invoices
		numbers, why []string
	}
	var rows []row
	for _, b := range h.Periods {
		for _, lack := range b.Lacks {
			if said[lack.String()] {
				continue
			}
			if err := p.Head("%s", lack); err != nil {
				return err
			}
		}
		r := row{BillingPeriod: b}
		sum, differs, numbers, why, ok := h.Invoiced(b.Name, b.Total.Currency)
		if r.why = why; ok {
			r.numbers = numbers
			r.sum, r.differs = &usage.Money{Amount: sum, Currency: b.Total.Currency}, &usage.Money{Amount: differs, Currency: b.Total.Currency}
		}
		rows = append(rows, r)
	}
	// total is the cost of a period that may or may not change still.
	total := func(estimate bool) func(row) any {
		return func(r row) any {
			if estimate != (r.State == analysis.Open || r.State == analysis.Closing || len(r.Lacks) > 0) {
				return nil
			}
			return p.Amount(r.Total)
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "period", Of: func(r row) any { return r.Name }},
		// A bill's name misleads without its dates: they go last.
		{Name: "from", Kind: query.Date, Of: func(r row) any { return r.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(r row) any { return r.Span.Last() }},
		{Name: "state", Of: func(r row) any { return string(r.State) }},
		{Name: "data_to", Kind: query.Date, Of: func(r row) any { return r.Reach }},
		{Name: "accounts", Kind: query.Integer, Rank: 5, Of: func(r row) any { return r.Accounts }},
		{Name: "total", Kind: query.Decimal, Of: func(r row) any { return p.Amount(r.Total) }},
		{Name: "currency", Rank: 1, Of: func(r row) any { return r.Total.Currency }},
		// For people the state and the total say it.
		{Name: "estimate", Kind: query.Decimal, Of: total(true), For: query.ForPrograms},
		{Name: "final", Kind: query.Decimal, Of: total(false), For: query.ForPrograms},
		{Name: "invoice", Kind: query.Decimal, Of: func(r row) any { return orNoAmount(p, r.sum) }},
		{Name: "number", Rank: 4, Of: func(r row) any {
			if r.sum == nil {
				return nil
			}
			return strings.Join(r.numbers, "; ")
		}},
		{Name: "difference", Kind: query.Decimal, Rank: 3, Of: func(r row) any { return orNoAmount(p, r.differs) }},
		{Name: "why", Rank: 2, Of: func(r row) any { return orNil(strings.Join(r.why, "; ")) }},
	}, rows)
}

// PeriodFacts prints what is known of one period.
func PeriodFacts(p terminal.Printer, facts []workspace.PeriodFact) error {
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

// PeriodHead says what the period costs, and refuses one that the ledger does not have.
func PeriodHead(p terminal.Printer, h workspace.History, name string) error {
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
		return misuse.Of(fmt.Errorf("periods show %s: the ledger has none; it has %s", name,
			strings.Join(slices.Compact(names), ", ")))
	}
	return nil
}
