package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/usage"
)

func runLoadsShow(ctx context.Context, g *globals, p terminal.Printer, text string, onlyChanges bool) error {
	id, err := loadID(text)
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	d, err := ledger.Describe(ctx, s.Ledger.DB(), id)
	if err != nil {
		return err
	}
	changes, err := ledger.Changes(ctx, s.Ledger.DB(), id)
	if err != nil {
		return err
	}
	if onlyChanges {
		return p.Print(changesTable(p, changes))
	}
	if err := p.Head("load %d: %s, %s, %d rows, loaded %s, sha256 %s", d.ID, d.Ref, d.Title, d.Rows,
		d.LoadedAt.Format("2006-01-02 15:04 UTC"), d.SHA256); err != nil {
		return err
	}
	if !d.Submitted.IsZero() {
		if err := p.Head("exported %s", d.Submitted.Format("2006-01-02 15:04 UTC")); err != nil {
			return err
		}
	}
	if d.Kept != "" {
		if err := p.Head("kept as %s", d.Kept); err != nil {
			return err
		}
	}
	if d.State == ledger.Purged {
		if err := p.Head("its charges are no longer kept; should what replaced it be taken back, load it again"); err != nil {
			return err
		}
	}
	for _, w := range d.Warnings {
		if err := p.Head("warning: %s", w); err != nil {
			return err
		}
	}
	if err := p.Print(scopesTable(d.Scopes)); err != nil {
		return err
	}
	if len(changes) == 0 || !p.ForPeople() {
		return nil
	}
	totals := map[string]usage.Decimal{}
	for _, c := range changes {
		totals[c.Currency] = totals[c.Currency].Add(c.Delta())
	}
	if err := g.Say(""); err != nil {
		return err
	}
	for _, c := range slices.Sorted(maps.Keys(totals)) {
		if err := g.Say("what it changed of what it replaced: %s %s in all", p.Amount(usage.Money{Amount: totals[c], Currency: c}).Text(),
			c); err != nil {
			return err
		}
	}
	return p.Print(changesTable(p, changes))
}

// changes is the table of what a load changed.
func changesTable(p terminal.Printer, changes []ledger.Change) query.Table {
	type row = ledger.Change
	money := func(of func(row) usage.Decimal) func(row) any {
		return func(c row) any { return p.Amount(usage.Money{Amount: of(c), Currency: c.Currency}) }
	}
	return query.Columns[row]{
		{Name: "day", Kind: query.Date, Of: func(c row) any { return c.Day }},
		{Name: "service", Of: func(c row) any { return c.Service }},
		{Name: "what", Of: func(c row) any {
			if c.Known {
				return "restated"
			}
			return "new day"
		}},
		{Name: "rows_added", Kind: query.Integer, Of: func(c row) any { return c.Added }},
		{Name: "rows_removed", Kind: query.Integer, Of: func(c row) any { return c.Removed }},
		{Name: "rows_changed", Kind: query.Integer, Of: func(c row) any { return c.Changed }},
		{Name: "cost_added", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.AddedCost })},
		{Name: "cost_removed", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.RemovedCost })},
		{Name: "cost_changed", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.ChangedCost })},
		{Name: "delta", Kind: query.Decimal, Of: money(row.Delta)},
		{Name: "currency", Of: func(c row) any { return c.Currency }},
		{Name: "replaced_load_id", Kind: query.Integer, Of: func(c row) any { return c.Replaced }},
	}.Table(p.Reader(), changes)
}

func scopesTable(scopes []ledger.Scope) query.Table {
	type row = ledger.Scope
	return query.Columns[row]{
		{Name: "period", Of: func(s row) any { return s.Period }},
		{Name: "from", Kind: query.Date, Of: func(s row) any { return s.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(s row) any { return s.Span.Last() }},
		{Name: "sub_account_id", Of: func(s row) any { return s.SubAccount }},
		{Name: "name", Of: func(s row) any { return s.Name }},
		{Name: "rows", Kind: query.Integer, Of: func(s row) any { return s.Rows }},
		{Name: "first_day", Kind: query.Date, Of: func(s row) any { return s.First }},
		{Name: "reach", Kind: query.Date, Of: func(s row) any { return s.Reach }},
		{Name: "cost", Kind: query.Decimal, Of: func(s row) any { return s.Cost }},
		{Name: "currency", Of: func(s row) any { return s.Cost.Currency }},
		{Name: "state", Of: func(s row) any { return stateText(string(s.State)) }},
		{Name: "superseded_by", Kind: query.Integer, Of: func(s row) any { return orNoID(s.SupersededBy) }},
	}.Table(query.ForAll, scopes)
}

func runLoadsRemove(ctx context.Context, g *globals, text string, wait bool) error {
	id, err := loadID(text)
	if err != nil {
		return err
	}
	l, err := g.work.OpenToWrite(ctx, ledger.Options{}, wait)
	if err != nil {
		return err
	}
	defer l.Close()
	done, err := l.Remove(ctx, id)
	if err != nil {
		return err
	}
	if err := refresh(ctx, l); err != nil {
		return err
	}
	if err := l.Publish(ctx); err != nil {
		return err
	}
	lines := []string{fmt.Sprintf("removed load %d", id)}
	for _, r := range done.Restored {
		lines = append(lines, "restored what it had replaced of "+r)
	}
	for _, f := range done.Lost {
		from := f.Ref
		if f.Kept != "" {
			from = f.Kept
		}
		lines = append(lines, fmt.Sprintf("%s is without charges now: load %s again (sha256 %s)", strings.Join(f.Periods, ", "), from, f.SHA256))
	}
	for _, t := range done.Told {
		lines = append(lines, fmt.Sprintf("the %s of %s for %s (%s) showed %s %s with it", t.What, t.At.Format("2006-01-02 15:04 UTC"),
			t.Period, t.Span,
			usage.Money{Amount: t.Total, Currency: t.Currency}.Text(), t.Currency))
	}
	for _, line := range lines {
		if err := g.Say("%s", line); err != nil {
			return err
		}
	}
	return nil
}
