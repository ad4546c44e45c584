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
	"usagereport/owners"
	"usagereport/query"
	"usagereport/usage"
)

// since explains what has changed since rec was made.
func (g *globals) since(ctx context.Context, l *ledger.Ledger, rec ledger.Record) ([]analysis.Since, error) {
	if rec.Period == "" {
		return nil, fmt.Errorf("%s is of no period, with which nothing can be compared", rec.ID)
	}
	fail := func(err error) ([]analysis.Since, error) {
		return nil, fmt.Errorf("compare with %s of %s: %w", rec.ID, rec.At.Format(time.DateOnly), err)
	}
	o := analysis.Options{Period: rec.Period, Owner: rec.Owner}
	if rec.ByMonth {
		o.Period, o.Month = "", rec.Period
	}
	// Whose cost it is does not matter to a record of all of it.
	var now, then *owners.File
	unknown := false
	if rec.Owner != "" {
		var err error
		if now, err = g.needOwners(ctx, l); err != nil {
			return nil, err
		}
		if now.SHA256 != rec.Owners {
			text, err := l.OwnersText(ctx, rec.Owners)
			if err != nil {
				return fail(err)
			}
			if unknown = text == ""; !unknown {
				if then, err = owners.Parse("the owners file of "+rec.At.Format(time.DateOnly), []byte(text)); err != nil {
					return fail(err)
				}
			}
		}
	}
	look := func(f *owners.File) (*analysis.Analysis, error) {
		if f == nil {
			return analysis.New(ctx, l, o)
		}
		if _, err := f.Owner(o.Owner); err != nil { // who is in the file no longer has nothing
			f.Owners = append(f.Owners, owners.Owner{Name: o.Owner})
		}
		return g.analysisBy(ctx, l, f, o)
	}
	a, err := look(now)
	if err != nil {
		return fail(err)
	}
	defer a.Close()
	var old *analysis.Analysis
	if then != nil {
		if old, err = look(then); err != nil {
			return fail(err)
		}
		defer old.Close()
	}
	out, err := a.Since(ctx, rec, old)
	if err != nil {
		return fail(err)
	}
	for i := range out {
		out[i].OwnersUnknown = unknown
	}
	return out, nil
}

// sinceLast puts into r why what its reader was told last costs something else now.
// id chooses the record; "" is the newest report that was sent to, or recorded of,
// the owner.
func (g *globals) sinceLast(ctx context.Context, l *ledger.Ledger, r *analysis.Report, id string) error {
	records, err := l.Records(ctx)
	if err != nil {
		return err
	}
	var last *ledger.Record
	for i := range records {
		x := &records[i]
		if id == "" && strings.EqualFold(x.Owner, r.Owner) && (x.What == ledger.RecordReport || x.What == ledger.RecordCorrected) && (x.State == ledger.Sent || x.State == ledger.Recorded) {
			last = x
		}
	}
	if id != "" {
		x, err := l.Record(ctx, id)
		if err != nil {
			return usageError{fmt.Errorf("--since %w", err)}
		}
		if !strings.EqualFold(x.Owner, r.Owner) {
			return usageError{fmt.Errorf("--since %s: it is of another owner", x.ID)}
		}
		last = &x
	}
	if last == nil {
		return nil
	}
	all, err := g.since(ctx, l, *last)
	if err != nil {
		return err
	}
	for i := range r.Parts {
		j := slices.IndexFunc(all, func(s analysis.Since) bool { return s.Currency == r.Parts[i].Currency })
		if j >= 0 {
			all[j].Rows = nil
			r.Parts[i].Since = &all[j]
		}
	}
	return nil
}

// runSince prints why what was recorded costs something else now.
func runSince(ctx context.Context, g *globals, o compareOptions, p printer) error {
	if o.period != "" || o.month != "" || o.owner != "" || o.ownersAsOf != "" || len(o.filters) > 0 || o.by != "service" || o.against != string(analysis.AgainstPrior) || o.cost != "" || o.holidays != "" {
		return usageError{errors.New("--since: the period and the owner are those of what was recorded, by subscription and service; leave the other flags out")}
	}
	l, err := g.open(ctx)
	if err != nil {
		return err
	}
	defer l.Close()
	rec, err := l.Record(ctx, o.since)
	if errors.Is(err, ledger.ErrNoRecord) {
		return usageError{fmt.Errorf("--since %w", err)}
	}
	if err != nil {
		return err
	}
	all, err := g.since(ctx, l, rec)
	if err != nil {
		return err
	}
	for _, s := range all {
		whose := s.Owner
		if whose == "" {
			whose = "all"
		}
		if err := p.head(g, "%s of %s, %s, %s (%s): %s %s then, %s now, difference %s", s.Record, s.At.Format(time.DateOnly), whose, s.Period, s.Span, rounded(s.Total.Was), s.Currency, rounded(s.Total.Now), signed([]usage.Money{s.Total.Delta})); err != nil {
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
