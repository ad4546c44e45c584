package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"math"
	"slices"

	"usagereport/usage"
)

// A Description is what the ledger knows of one load.
type Description struct {
	Load
	Held    map[string]usage.Decimal // what the ledger holds of it, by currency
	Periods []string
	Spans   []usage.Period
	State   ScopeState // CurrentInPart where the scopes differ
	Scopes  []Scope    // by period and account
}

// A ScopeState says whether a scope's charges count.
type ScopeState string

// The states of scopes, and of loads, which have several.
const (
	Current       ScopeState = "current"
	Superseded    ScopeState = "superseded"      // a newer load took its place
	Purged        ScopeState = "purged"          // superseded, and its charges are no longer kept
	CurrentInPart ScopeState = "current in part" // of a load: some of its scopes are current
)

// A Scope is an account and billing period of a load.
type Scope struct {
	Account, SubAccount, Name string
	Period                    string
	Span                      usage.Period
	Rows                      int64
	First, Reach              usage.Day
	Cost                      usage.Money
	State                     ScopeState
	SupersededBy              int64
}

// queryer is what *sql.DB, *sql.Conn and *sql.Tx have in common for reading.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ErrNoLoad says that the ledger has no load with a number.
var ErrNoLoad = errors.New("no such load; 'usagereport loads' lists them")

// Describe returns what the ledger knows of load id; what it holds of it is added up
// from the charges.
func Describe(ctx context.Context, q queryer, id int64) (Description, error) {
	return one(ctx, q, id, false)
}

// Outline is Describe, but what the ledger holds is by what was added up when it was
// loaded: no charge is read.
func Outline(ctx context.Context, q queryer, id int64) (Description, error) {
	return one(ctx, q, id, true)
}

func one(ctx context.Context, q queryer, id int64, quick bool) (Description, error) {
	ds, err := describe(ctx, q, id, id, quick)
	if err != nil {
		return Description{}, err
	}
	if len(ds) == 0 {
		return Description{}, fmt.Errorf("load %d: %w", id, ErrNoLoad)
	}
	return ds[0], nil
}

// describe returns what the ledger knows of the loads from first to last, oldest first, by
// as many statements as of one; with quick, what the ledger holds is by what was added up
// when they were loaded.
func describe(ctx context.Context, q queryer, first, last int64, quick bool) (ds []Description, err error) {
	each := func(scan func(*sql.Rows) error, text string, args ...any) error {
		rows, err := q.QueryContext(ctx, text, args...)
		if err != nil {
			return err
		}
		defer rows.Close()
		for rows.Next() {
			if err := scan(rows); err != nil {
				return err
			}
		}
		return rows.Err()
	}
	at := map[int64]int{}
	err = each(func(r *sql.Rows) error {
		d := Description{Load: Load{Totals: map[string]usage.Decimal{}}, Held: map[string]usage.Decimal{}}
		var submitted sql.NullTime
		err := r.Scan(&d.ID, &d.Ref, &d.SHA256, &d.Bytes, &d.Format, &d.Title, &d.CostType,
			&d.Rows, &d.Rejected, &d.Rounded, &d.LoadedAt, &d.Version, &submitted, &d.Kept)
		d.Submitted = submitted.Time
		at[d.ID] = len(ds)
		ds = append(ds, d)
		return err
	}, query("load"), sql.Named("first", first), sql.Named("last", last))
	if err != nil || len(ds) == 0 {
		return nil, err
	}
	amount := func(of func(*Description) map[string]usage.Decimal) func(*sql.Rows) error {
		return func(r *sql.Rows) error {
			var load int64
			var currency string
			var d usage.Decimal
			if err := r.Scan(&load, &currency, Amount(&d)); err != nil {
				return err
			}
			of(&ds[at[load]])[currency] = d
			return nil
		}
	}
	totals := amount(func(d *Description) map[string]usage.Decimal { return d.Totals })
	if err := each(totals, "SELECT load_id, currency, total FROM load_totals WHERE load_id BETWEEN $first AND $last",
		sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	if err := each(func(r *sql.Rows) error {
		var load int64
		var name, value string
		if err := r.Scan(&load, &name, &value); err != nil {
			return err
		}
		d := &ds[at[load]]
		if d.Flags == nil {
			d.Flags = map[string]string{}
		}
		d.Flags[name] = value
		return nil
	}, "SELECT load_id, name, value FROM load_flags WHERE load_id BETWEEN $first AND $last",
		sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	holds := amount(func(d *Description) map[string]usage.Decimal { return d.Held })
	if quick {
		err = each(holds, query("held_scopes"), sql.Named("first", first), sql.Named("last", last))
	} else {
		err = each(holds, query("held"), sql.Named("first", first), sql.Named("last", last))
	}
	if err != nil {
		return nil, err
	}
	err = each(func(r *sql.Rows) error {
		var load int64
		var s Scope
		if err := r.Scan(&load, &s.Account, &s.SubAccount, &s.Name, &s.Period, DayOf(&s.Span.From), DayOf(&s.Span.To),
			&s.Rows, DayOf(&s.First), DayOf(&s.Reach), Amount(&s.Cost.Amount), &s.Cost.Currency, &s.State, &s.SupersededBy); err != nil {
			return err
		}
		d := &ds[at[load]]
		d.Scopes = append(d.Scopes, s)
		return nil
	}, query("scopes_of"), sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return nil, err
	}
	for i := range ds {
		ds[i].sumUp()
	}
	return ds, each(func(r *sql.Rows) error {
		var load int64
		var w string
		if err := r.Scan(&load, &w); err != nil {
			return err
		}
		d := &ds[at[load]]
		d.Warnings = append(d.Warnings, w)
		return nil
	}, "SELECT load_id, warning FROM load_warnings WHERE load_id BETWEEN $first AND $last ORDER BY load_id, position",
		sql.Named("first", first), sql.Named("last", last))
}

// sumUp fills the periods and the state from the scopes.
func (d *Description) sumUp() {
	current, purged := 0, 0
	for _, s := range d.Scopes {
		if n := len(d.Periods); n == 0 || d.Periods[n-1] != s.Period || d.Spans[n-1] != s.Span {
			d.Periods, d.Spans = append(d.Periods, s.Period), append(d.Spans, s.Span)
		}
		switch s.State {
		case Current:
			current++
		case Purged:
			purged++
		}
	}
	switch {
	case current == len(d.Scopes):
		d.State = Current
	case purged == len(d.Scopes):
		d.State = Purged
	case current == 0:
		d.State = Superseded
	default:
		d.State = CurrentInPart
	}
}

// BilledPeriods calls each with the billing periods of the loads from first to last, in
// the order of loads and periods.
func BilledPeriods(ctx context.Context, q queryer, first, last int64, each func(load int64, name string, span usage.Period)) error {
	rows, err := q.QueryContext(ctx, query("billed_periods"), sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return fmt.Errorf("billed_periods: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var load int64
		var name string
		var span usage.Period
		if err := rows.Scan(&load, &name, DayOf(&span.From), DayOf(&span.To)); err != nil {
			return err
		}
		each(load, name, span)
	}
	return rows.Err()
}

// Loads returns all loads, oldest first; what the ledger holds of each is what was
// added up when it was loaded.
func (l *Ledger) Loads(ctx context.Context) ([]Description, error) {
	return describe(ctx, l.db, 0, math.MaxInt64, true)
}

// A Removal says what came of taking a load back.
type Removal struct {
	Restored []string    // loads that are current again: "201807.csv (load 3)"
	Lost     []Lost      // what it had replaced and is no longer kept: to be loaded again
	Told     []ToldTotal // totals of reports that it was part of
}

// A Lost file was replaced so long ago that its charges are no longer kept.
type Lost struct {
	Ref, SHA256, Kept string
	Periods           []string
}

// Remove takes load id back and puts back what it had replaced.
func (l *Ledger) Remove(ctx context.Context, id int64) (out Removal, err error) {
	err = l.Update(ctx, func(conn *sql.Conn) error {
		d, err := Describe(ctx, conn, id)
		if err != nil {
			return err
		}
		if out.Told, err = l.toldFrom(ctx, d); err != nil {
			return err
		}
		out.Restored, out.Lost, err = TakeBack(ctx, conn, id)
		return err
	})
	return out, err
}

// TakeBack takes load id back, inside a transaction, and puts back what it had replaced:
// it returns what is current again, and what is no longer kept.
func TakeBack(ctx context.Context, conn *sql.Conn, id int64) (restored []string, gone []Lost, err error) {
	if restored, err = strs(ctx, conn, query("replaced"), sql.Named("load", id)); err != nil {
		return nil, nil, err
	}
	if err := giveBack(ctx, conn, id); err != nil {
		return nil, nil, err
	}
	if gone, err = lost(ctx, conn, id); err != nil {
		return nil, nil, err
	}
	for _, text := range []string{
		"DELETE FROM charges WHERE load_id = $load",
		"DELETE FROM keys WHERE scope_id IN (SELECT scope_id FROM scopes WHERE load_id = $load)",
		"DELETE FROM scopes WHERE load_id = $load",
		"DELETE FROM load_totals WHERE load_id = $load",
		"DELETE FROM load_flags WHERE load_id = $load",
		"DELETE FROM load_warnings WHERE load_id = $load",
		"DELETE FROM rejects WHERE load_id = $load",
		"DELETE FROM restatements WHERE load_id = $load",
		"DELETE FROM estimates WHERE load_id = $load",
		"DELETE FROM loads WHERE load_id = $load",
	} {
		if _, err := conn.ExecContext(ctx, text, sql.Named("load", id)); err != nil {
			return nil, nil, err
		}
	}
	return restored, gone, shadow(ctx, conn)
}

// DateOrder returns the order of dates, as --date-order has it, that all current loads of a format which show one have, and
// names the newest; "" where none does, or where they differ.
func DateOrder(ctx context.Context, conn *sql.Conn, format string) (order, ref string, err error) {
	err = conn.QueryRowContext(ctx, query("date_order"), sql.Named("format", format)).Scan(&order, &ref)
	if err != nil {
		err = fmt.Errorf("date_order: %w", err)
	}
	return order, ref, err
}

// lost returns the files whose charges would be current now that load id goes, if they
// were still kept.
func lost(ctx context.Context, conn *sql.Conn, id int64) (out []Lost, err error) {
	rows, err := conn.QueryContext(ctx, query("lost"), sql.Named("load", id))
	if err != nil {
		return nil, fmt.Errorf("lost: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var f Lost
		var periods []any
		if err := rows.Scan(&f.Ref, &f.SHA256, &f.Kept, (*anys)(&periods)); err != nil {
			return nil, err
		}
		for _, p := range periods {
			f.Periods = append(f.Periods, fmt.Sprint(p))
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// toldFrom returns the totals of the periods and currencies of d that were reported since
// it was loaded.
func (l *Ledger) toldFrom(ctx context.Context, d Description) (out []ToldTotal, err error) {
	all, err := l.ToldTotals(ctx)
	for _, t := range all {
		_, in := d.Totals[t.Currency]
		during := func(p usage.Period) bool { return p.From < t.Span.To && t.Span.From < p.To }
		if in && t.LastLoad >= d.ID && slices.ContainsFunc(d.Spans, during) {
			out = append(out, t)
		}
	}
	return out, err
}

// A Change is what a replacement changed of one day and service.
type Change struct {
	Replaced       int64 // the load that was replaced
	Period         string
	Currency       string
	Day            usage.Day
	Service        string
	Known          bool // the replaced data reached this day: it was restated, not only added to
	Added, Removed int64
	Changed        int64 // rows
	AddedCost      usage.Decimal
	RemovedCost    usage.Decimal
	ChangedCost    usage.Decimal // new minus old
}

// Delta returns by how much the day and service grew.
func (c Change) Delta() usage.Decimal { return c.AddedCost.Sub(c.RemovedCost).Add(c.ChangedCost) }

// Changes returns what load id changed of what it replaced.
func Changes(ctx context.Context, q queryer, id int64) (out []Change, err error) {
	rows, err := q.QueryContext(ctx, query("changes"), sql.Named("load", id))
	if err != nil {
		return nil, fmt.Errorf("changes: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var c Change
		if err := rows.Scan(&c.Replaced, &c.Period, &c.Currency, DayOf(&c.Day), &c.Service, &c.Known, &c.Added, &c.Removed, &c.Changed,
			Amount(&c.AddedCost), Amount(&c.RemovedCost), Amount(&c.ChangedCost)); err != nil {
			return nil, err
		}
		out = append(out, c)
	}
	return out, rows.Err()
}
