package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/ledger"
	"usagereport/query"
	"usagereport/usage"
)

func newLoadsCommand(g *globals) *cobra.Command {
	var p printer
	var wait, changes bool
	c := &cobra.Command{
		Use:   "loads",
		Short: "List what was loaded when, and what replaced what",
		Example: `  usagereport loads
  usagereport loads show 3
  usagereport loads remove 3`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoads(cmd.Context(), g, p) },
	}
	p.addFlag(c)
	show := &cobra.Command{
		Use:   "show ID",
		Short: "Show one load: its accounts, periods, totals, warnings, and what it changed",
		Long: `Show one load: its accounts, periods, totals and warnings, and, per day and
service, what it changed of the snapshot that it replaced. In a format for
programs that is one or the other: --changes chooses.`,
		Example: `  usagereport loads show 3
  usagereport loads show 3 --changes --format json`,
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsShow(cmd.Context(), g, p, args[0], changes)
		},
	}
	show.Flags().BoolVar(&changes, "changes", false, "only what it changed of what it replaced")
	p.addFlag(show)
	remove := &cobra.Command{
		Use:     "remove ID",
		Short:   "Take a load back and put back what it had replaced",
		Example: "  usagereport loads remove 3",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsRemove(cmd.Context(), g, args[0], wait)
		},
	}
	addWaitFlag(remove.Flags(), &wait)
	c.AddCommand(show, remove)
	return c
}

func runLoads(ctx context.Context, g *globals, p printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	loads, err := s.Ledger.Loads(ctx)
	if err != nil {
		return err
	}
	var rows [][]any
	for _, d := range loads {
		if d.State == ledger.Purged {
			d.State = ledger.Superseded // for the reader it is the same
		}
		for i, c := range currenciesOf(d.Totals) {
			row := []any{d.ID, d.LoadedAt, d.Ref, d.Format, d.Rows, d.Rejected, periodList(d.Periods), usage.Money{Amount: d.Totals[c], Currency: c}, c, d.State}
			if i > 0 { // a further currency of the same load
				row[4], row[5] = nil, nil
			}
			rows = append(rows, row)
		}
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "load_id", Kind: query.Integer},
		{Name: "loaded_at", Kind: query.Timestamp},
		{Name: "ref"},
		{Name: "format"},
		{Name: "rows", Kind: query.Integer},
		{Name: "rejected", Kind: query.Integer},
		{Name: "periods"},
		{Name: "total", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "state"},
	}, Rows: query.RowsOf(rows...)})
}

// currenciesOf returns the currencies of a load; a load without rows has one
// line of its own.
func currenciesOf(totals map[string]usage.Decimal) []string {
	if len(totals) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(totals))
}

func periodList(names []string) string {
	if n := len(names); n > 2 {
		return names[0] + " … " + names[n-1]
	}
	return strings.Join(names, ", ")
}

func loadID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usageError{fmt.Errorf("load %q: is not a number; 'usagereport loads' lists them", text)}
	}
	return id, nil
}

func runLoadsShow(ctx context.Context, g *globals, p printer, text string, onlyChanges bool) error {
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
		return p.print(g, p.changes(changes))
	}
	if err := p.head(g, "load %d: %s, %s, %d rows, loaded %s, sha256 %s", d.ID, d.Ref, d.Title, d.Rows, d.LoadedAt.Format("2006-01-02 15:04 UTC"), d.SHA256); err != nil {
		return err
	}
	if !d.Submitted.IsZero() {
		if err := p.head(g, "exported %s", d.Submitted.Format("2006-01-02 15:04 UTC")); err != nil {
			return err
		}
	}
	if d.Kept != "" {
		if err := p.head(g, "kept as %s", d.Kept); err != nil {
			return err
		}
	}
	if d.State == ledger.Purged {
		if err := p.head(g, "its charges are no longer kept; should what replaced it be taken back, load it again"); err != nil {
			return err
		}
	}
	for _, w := range d.Warnings {
		if err := p.head(g, "warning: %s", w); err != nil {
			return err
		}
	}
	if err := p.print(g, scopesTable(d.Scopes)); err != nil {
		return err
	}
	if len(changes) == 0 || !p.forPeople() {
		return nil
	}
	totals := map[string]usage.Decimal{}
	for _, c := range changes {
		totals[c.Currency] = totals[c.Currency].Add(c.Delta())
	}
	for _, c := range slices.Sorted(maps.Keys(totals)) {
		if err := g.say("\nwhat it changed of what it replaced: %s %s in all", p.amount(usage.Money{Amount: totals[c], Currency: c}).Text(), c); err != nil {
			return err
		}
	}
	return p.print(g, p.changes(changes))
}

// changes is the table of what a load changed.
func (p printer) changes(changes []ledger.Change) query.Table {
	var rows [][]any
	for _, c := range changes {
		money := func(d usage.Decimal) usage.Money { return p.amount(usage.Money{Amount: d, Currency: c.Currency}) }
		what := "new day"
		if c.Known {
			what = "restated"
		}
		rows = append(rows, []any{c.Day, c.Service, what, c.Added, c.Removed, c.Changed, money(c.AddedCost), money(c.RemovedCost), money(c.ChangedCost), money(c.Delta()), c.Currency, c.Replaced})
	}
	return query.Table{Columns: []query.Column{
		{Name: "day", Kind: query.Date},
		{Name: "service"},
		{Name: "what"},
		{Name: "rows_added", Kind: query.Integer},
		{Name: "rows_removed", Kind: query.Integer},
		{Name: "rows_changed", Kind: query.Integer},
		{Name: "cost_added", Kind: query.Decimal},
		{Name: "cost_removed", Kind: query.Decimal},
		{Name: "cost_changed", Kind: query.Decimal},
		{Name: "delta", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "replaced_load_id", Kind: query.Integer},
	}, Rows: query.RowsOf(rows...)}
}

func scopesTable(scopes []ledger.Scope) query.Table {
	var rows [][]any
	for _, s := range scopes {
		var by any
		if s.SupersededBy != 0 {
			by = s.SupersededBy
		}
		if s.State == ledger.Purged {
			s.State = ledger.Superseded // for the reader it is the same
		}
		rows = append(rows, []any{s.Period, s.Span.From, s.Span.Last(), s.SubAccount, s.Name, s.Rows, s.First, s.Reach, s.Cost, s.Cost.Currency, s.State, by})
	}
	return query.Table{Columns: []query.Column{
		{Name: "period"},
		{Name: "from", Kind: query.Date},
		{Name: "to", Kind: query.Date},
		{Name: "sub_account_id"},
		{Name: "name"},
		{Name: "rows", Kind: query.Integer},
		{Name: "first_day", Kind: query.Date},
		{Name: "reach", Kind: query.Date},
		{Name: "cost", Kind: query.Decimal},
		{Name: "currency"},
		{Name: "state"},
		{Name: "superseded_by", Kind: query.Integer},
	}, Rows: query.RowsOf(rows...)}
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
		lines = append(lines, fmt.Sprintf("the %s of %s for %s (%s) showed %s %s with it", t.What, t.At.Format("2006-01-02 15:04 UTC"), t.Period, t.Span,
			usage.Money{Amount: t.Total, Currency: t.Currency}.Text(), t.Currency))
	}
	for _, line := range lines {
		if err := g.say("%s", line); err != nil {
			return err
		}
	}
	return nil
}
