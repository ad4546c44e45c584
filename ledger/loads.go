package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"usagereport/usage"
)

// A Description is what the ledger knows of one load.
type Description struct {
	Load
	Held    map[string]usage.Decimal // what the ledger holds of it, by currency
	Periods []string
	Spans   []usage.Period
	State   string  // current, superseded, "current in part"
	Scopes  []Scope // by period and account
}

// A Scope is an account and billing period of a load.
type Scope struct {
	Account, SubAccount, Name string
	Period                    string
	Span                      usage.Period
	Rows                      int64
	First, Reach              usage.Day
	Cost                      usage.Money
	State                     string
	SupersededBy              int64
}

// queryer is what *sql.DB, *sql.Conn and *sql.Tx have in common for reading.
type queryer interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	QueryRowContext(ctx context.Context, query string, args ...any) *sql.Row
}

// ErrNoLoad says that the ledger has no load with a number.
var ErrNoLoad = errors.New("no such load; 'usagereport loads' lists them")

// Describe returns what the ledger knows of load id.
func Describe(ctx context.Context, q queryer, id int64) (d Description, err error) {
	err = q.QueryRowContext(ctx, "SELECT load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at FROM loads WHERE load_id = $1", id).
		Scan(&d.ID, &d.Ref, &d.SHA256, &d.Bytes, &d.Format, &d.Title, &d.CostType, &d.Rows, &d.Rejected, &d.Rounded, &d.LoadedAt)
	if errors.Is(err, sql.ErrNoRows) {
		return d, fmt.Errorf("load %d: %w", id, ErrNoLoad)
	}
	if err != nil {
		return d, err
	}
	if d.Totals, err = amounts(ctx, q, "SELECT currency, total FROM load_totals WHERE load_id = $1", id); err != nil {
		return d, err
	}
	if d.Held, err = amounts(ctx, q, query("held"), id); err != nil {
		return d, err
	}
	if d.Scopes, err = scopesOf(ctx, q, id); err != nil {
		return d, err
	}
	current := 0
	for _, s := range d.Scopes {
		if n := len(d.Periods); n == 0 || d.Periods[n-1] != s.Period || d.Spans[n-1] != s.Span {
			d.Periods, d.Spans = append(d.Periods, s.Period), append(d.Spans, s.Span)
		}
		if s.State == "current" {
			current++
		}
	}
	switch current {
	case len(d.Scopes):
		d.State = "current"
	case 0:
		d.State = "superseded"
	default:
		d.State = "current in part"
	}
	rows, err := q.QueryContext(ctx, "SELECT warning FROM load_warnings WHERE load_id = $1 ORDER BY position", id)
	if err != nil {
		return d, err
	}
	defer rows.Close()
	for rows.Next() {
		var w string
		if err := rows.Scan(&w); err != nil {
			return d, err
		}
		d.Warnings = append(d.Warnings, w)
	}
	return d, rows.Err()
}

func amounts(ctx context.Context, q queryer, text string, args ...any) (map[string]usage.Decimal, error) {
	rows, err := q.QueryContext(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	out := map[string]usage.Decimal{}
	for rows.Next() {
		var currency string
		var d usage.Decimal
		if err := rows.Scan(&currency, Amount(&d)); err != nil {
			return nil, err
		}
		out[currency] = d
	}
	return out, rows.Err()
}

func scopesOf(ctx context.Context, q queryer, id int64) ([]Scope, error) {
	rows, err := q.QueryContext(ctx, `SELECT BillingAccountId, SubAccountId, coalesce(SubAccountName, ''), x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd,
			rows, first_day, reach, CASE WHEN cost_type = 'focus' THEN BilledCost ELSE EffectiveCost END, BillingCurrency, state, coalesce(superseded_by, 0)
		FROM scopes WHERE load_id = $1 ORDER BY BillingPeriodStart, SubAccountId, BillingAccountId, BillingCurrency`, id)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []Scope
	for rows.Next() {
		var s Scope
		if err := rows.Scan(&s.Account, &s.SubAccount, &s.Name, &s.Period, DayOf(&s.Span.From), DayOf(&s.Span.To),
			&s.Rows, DayOf(&s.First), DayOf(&s.Reach), Amount(&s.Cost.Amount), &s.Cost.Currency, &s.State, &s.SupersededBy); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// Loads returns all loads, oldest first.
func (l *Ledger) Loads(ctx context.Context) ([]Description, error) {
	rows, err := l.db.QueryContext(ctx, "SELECT load_id FROM loads ORDER BY load_id")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var ids []int64
	for rows.Next() {
		var id int64
		if err := rows.Scan(&id); err != nil {
			return nil, err
		}
		ids = append(ids, id)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	var out []Description
	for _, id := range ids {
		d, err := Describe(ctx, l.db, id)
		if err != nil {
			return nil, err
		}
		out = append(out, d)
	}
	return out, nil
}

// Remove takes load id back and puts back what it had replaced; it returns the
// names of the loads that are current again.
func (l *Ledger) Remove(ctx context.Context, id int64) (restored []string, err error) {
	err = l.Update(ctx, func(conn *sql.Conn) error {
		if _, err := Describe(ctx, conn, id); err != nil {
			return err
		}
		if restored, err = strs(ctx, conn, "SELECT DISTINCT l.ref || ' (load ' || l.load_id || ')' FROM scopes s JOIN loads l USING (load_id) WHERE s.superseded_by = $1 ORDER BY 1", id); err != nil {
			return err
		}
		for _, text := range []string{
			query("restore"),
			"DELETE FROM charges WHERE key_id >= $1 << 32 AND key_id < ($1 + 1) << 32",
			"DELETE FROM keys WHERE key_id >= $1 << 32 AND key_id < ($1 + 1) << 32",
			"DELETE FROM scopes WHERE load_id = $1",
			"DELETE FROM load_totals WHERE load_id = $1",
			"DELETE FROM load_warnings WHERE load_id = $1",
			"DELETE FROM rejects WHERE load_id = $1",
			"DELETE FROM loads WHERE load_id = $1",
		} {
			if _, err := conn.ExecContext(ctx, text, id); err != nil {
				return err
			}
		}
		_, err := conn.ExecContext(ctx, query("scopes_shadow"))
		return err
	})
	return restored, err
}
