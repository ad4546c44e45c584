package main

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/query"
	"usagereport/usage"
)

// runSince prints why what was recorded costs something else now.
func runSince(ctx context.Context, g *globals, o compareOptions, p printer) error {
	if o.period != "" || o.month != "" || o.owner != "" || o.ownersAsOf != "" || len(o.filters) > 0 || o.by != "service" || o.against != string(analysis.AgainstPrior) || o.cost != "" || o.holidays != "" {
		return usageError{errors.New("--since: the period and the owner are those of what was recorded, by subscription and service; leave the other flags out")}
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	rec, err := s.Ledger.Record(ctx, o.since)
	if errors.Is(err, ledger.ErrNoRecord) {
		return usageError{fmt.Errorf("--since %w", err)}
	}
	if err != nil {
		return err
	}
	all, err := s.Since(ctx, rec)
	if err != nil {
		return err
	}
	for _, s := range all {
		whose := s.Owner
		if whose == "" {
			whose = "all"
		}
		if err := p.head(g, "%s of %s, %s, %s (%s): %s %s then, %s now, difference %s", s.Record, s.At.Format(time.DateOnly), whose, s.Period, s.Span, rounded(s.Total.Was), s.Currency, rounded(s.Total.Now), usage.Signed([]usage.Money{s.Total.Delta})); err != nil {
			return err
		}
		var parts []string
		for _, lane := range s.Total.Lanes() {
			parts = append(parts, lane.Name+" "+rounded(lane.Amount))
		}
		made := "nothing has changed"
		if len(parts) > 0 {
			made = "the difference is made of: " + strings.Join(parts, ", ")
		}
		if err := p.head(g, "%s", made); err != nil {
			return err
		}
		if s.OwnersUnknown {
			if err := p.head(g, "the owners file of that day is not kept; what has moved between owners is part of the others"); err != nil {
				return err
			}
		}
	}
	return p.print(g, sinceTable(all, o.top, p))
}

// sinceTable has a row for each subscription and service that has changed, and the
// total.
func sinceTable(all []analysis.Since, top int, p printer) query.Table {
	lanes := []struct {
		name string
		of   func(analysis.SinceRow) usage.Decimal
	}{
		{"restated", func(r analysis.SinceRow) usage.Decimal { return r.Restated }},
		{"late", func(r analysis.SinceRow) usage.Decimal { return r.Late }},
		{"owner_moved", func(r analysis.SinceRow) usage.Decimal { return r.Moved }},
		{"newly_loaded", func(r analysis.SinceRow) usage.Decimal { return r.Loaded }},
		{"credits", func(r analysis.SinceRow) usage.Decimal { return r.Credits }},
		{"tax", func(r analysis.SinceRow) usage.Decimal { return r.Tax }},
		{"shared", func(r analysis.SinceRow) usage.Decimal { return r.Shared }},
	}
	columns := []query.Column{{Name: "subscription"}, {Name: "service"}, {Name: "was", Kind: query.Decimal}, {Name: "now", Kind: query.Decimal}, {Name: "delta", Kind: query.Decimal}, {Name: "currency"}}
	shown := lanes[:0:0]
	for _, l := range lanes {
		if !p.forPeople() || slices.ContainsFunc(all, func(s analysis.Since) bool {
			return l.of(s.Total).Sign() != 0 || slices.ContainsFunc(s.Rows, func(r analysis.SinceRow) bool { return l.of(r).Sign() != 0 })
		}) {
			shown = append(shown, l)
			columns = append(columns, query.Column{Name: l.name, Kind: query.Decimal})
		}
	}
	var rows [][]any
	for _, s := range all {
		add := func(account, service string, r analysis.SinceRow) {
			row := []any{account, service, p.amount(r.Was), p.amount(r.Now), p.amount(r.Delta), s.Currency}
			for _, l := range shown {
				row = append(row, p.amount(usage.Money{Amount: l.of(r), Currency: s.Currency}))
			}
			rows = append(rows, row)
		}
		rest, n := analysis.SinceRow{Was: usage.Money{Currency: s.Currency}, Now: usage.Money{Currency: s.Currency}, Delta: usage.Money{Currency: s.Currency}}, 0
		for _, r := range s.Rows {
			if p.forPeople() && r.IsZero() {
				continue
			}
			if n++; top > 0 && n > top {
				rest.Add(r)
				continue
			}
			name := r.Account
			if p.forPeople() && r.Name != "" {
				name = r.Name
			}
			add(name, r.Service, r)
		}
		if top > 0 && n > top {
			add("(others)", "", rest)
		}
		add("(total)", "", s.Total)
	}
	return query.Table{Columns: columns, Rows: query.RowsOf(rows...)}
}
