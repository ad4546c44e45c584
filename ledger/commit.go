package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"usagereport/usage"
)

// A Load is one file on its way into the ledger.
type Load struct {
	ID       int64
	Ref      string
	SHA256   string
	Bytes    int64
	Format   string
	Title    string
	CostType string
	Rows     int64
	Rejected int64
	Rounded  int64
	LoadedAt time.Time
	Totals   map[string]usage.Decimal // the file's own, by currency
	Warnings []string
}

// FirstKey is the key before the first of this load.
func (l Load) FirstKey() int64 { return l.ID << 32 }

// Rules say what a load may do to what is already there.
type Rules struct {
	AllowShrink bool
	// SameRun holds the loads of this invocation: a shorter snapshot after a
	// longer one of the same run is simply older.
	SameRun map[int64]bool
}

// An Outcome says what became of a load.
type Outcome struct {
	Replaced []string // "201807.csv (load 3)"
	First    []string // subscriptions that the ledger had not seen
}

// ErrOlder says that a newer snapshot of the file's data is already there; the
// file is left out, which is no failure.
var ErrOlder = errors.New("superseded")

// NextID returns the number of the next load.
func NextID(ctx context.Context, conn *sql.Conn) (id int64, err error) {
	err = conn.QueryRowContext(ctx, "SELECT coalesce(max(load_id), 0) + 1 FROM loads").Scan(&id)
	return id, err
}

// Known returns the load that holds a content, if there is one, and whether any
// of it is current.
func Known(ctx context.Context, conn *sql.Conn, sha256 string) (id int64, current bool, err error) {
	err = conn.QueryRowContext(ctx, `SELECT l.load_id, l.rows = 0 OR EXISTS (SELECT 1 FROM scopes s WHERE s.load_id = l.load_id AND s.state = 'current')
		FROM loads l WHERE l.sha256 = $1 ORDER BY l.load_id DESC LIMIT 1`, sha256).Scan(&id, &current)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, current, err
}

// SameSize reports whether a load with a content of this size exists: only then
// can a file of this size be one that is already there.
func (l *Ledger) SameSize(ctx context.Context, bytes int64) (same bool, err error) {
	err = l.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM loads WHERE bytes = $1)", bytes).Scan(&same)
	return same, err
}

// Commit completes a load whose charges stand in the ledger and whose keys
// stand in the temporary table load_keys: it finds the accounts and periods
// that the load holds, replaces what they supersede, and records the load. It
// runs inside the transaction that wrote the charges; on an error the caller
// rolls back.
func Commit(ctx context.Context, conn *sql.Conn, l Load, rules Rules) (out Outcome, err error) {
	exec := func(name string, args ...any) error {
		if _, err := conn.ExecContext(ctx, query(name), args...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if _, err := conn.ExecContext(ctx, "INSERT INTO loads VALUES ($1,$2,$3,$4,$5,$6,$7,$8,$9,$10,$11)",
		l.ID, l.Ref, l.SHA256, l.Bytes, l.Format, l.Title, l.CostType, l.Rows, l.Rejected, l.Rounded, l.LoadedAt); err != nil {
		return out, err
	}
	for _, currency := range slices.Sorted(maps.Keys(l.Totals)) {
		if _, err := conn.ExecContext(ctx, "INSERT INTO load_totals VALUES ($1,$2,$3::VARCHAR::DECIMAL(38,18))", l.ID, currency, l.Totals[currency].String()); err != nil {
			return out, err
		}
	}
	if out.First, err = firstSeen(ctx, conn); err != nil {
		return out, err
	}
	if err := exec("scopes_new", l.ID, l.FirstKey(), l.CostType); err != nil {
		return out, err
	}
	if err := exec("keys_new", l.FirstKey(), l.ID); err != nil {
		return out, err
	}
	warnings, err := supersede(ctx, conn, l, rules, &out)
	if err != nil {
		return out, err
	}
	l.Warnings = append(l.Warnings, warnings...)
	for _, name := range []string{"spellings", "spellings_resource"} {
		if err := exec(name, l.FirstKey()); err != nil {
			return out, err
		}
	}
	if err := exec("scopes_shadow"); err != nil {
		return out, err
	}
	for i, w := range l.Warnings {
		if _, err := conn.ExecContext(ctx, "INSERT INTO load_warnings VALUES ($1,$2,$3)", l.ID, i, w); err != nil {
			return out, err
		}
	}
	return out, nil
}

// firstSeen returns the subscriptions of load_keys that no load had, where the
// ledger is not empty.
func firstSeen(ctx context.Context, conn *sql.Conn) ([]string, error) {
	return strs(ctx, conn, `SELECT DISTINCT coalesce(SubAccountName || ' (' || SubAccountId || ')', SubAccountId) FROM load_keys
		WHERE SubAccountId NOT IN (SELECT SubAccountId FROM scopes) AND EXISTS (SELECT 1 FROM scopes) ORDER BY 1`)
}

func strs(ctx context.Context, conn *sql.Conn, query string, args ...any) ([]string, error) {
	rows, err := conn.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var out []string
	for rows.Next() {
		var s string
		if err := rows.Scan(&s); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}

// A snapshot is what one load holds of one billing period.
type snapshot struct {
	accounts   map[string]bool
	rows       int64
	first, end usage.Day // days with usage; 0 where there is none
	total      usage.Decimal
	name       string
}

func readSnapshot(ctx context.Context, conn *sql.Conn, load int64, start time.Time) (s snapshot, err error) {
	var accounts []any
	var periodEnd usage.Day
	err = conn.QueryRowContext(ctx, query("snapshot"), load, start).Scan(
		(*anys)(&accounts), &s.rows, DayOf(&s.first), DayOf(&s.end), Amount(&s.total), DayOf(&periodEnd), &s.name)
	s.accounts = map[string]bool{}
	for _, a := range accounts {
		s.accounts[fmt.Sprint(a)] = true
	}
	return s, err
}

// anys scans a LIST.
type anys []any

// Scan implements sql.Scanner.
func (a *anys) Scan(v any) error {
	list, ok := v.([]any)
	if !ok {
		return fmt.Errorf("read list: %T is not a list", v)
	}
	*a = list
	return nil
}

// An overlap is another load's current scope on the same account and days.
type overlap struct {
	id                              int64
	ref, format, title, cost, month string
	start, end                      time.Time
}

func (o overlap) name() string { return fmt.Sprintf("%s (load %d)", o.ref, o.id) }

// supersede decides what the scopes of l replace, by DESIGN section 5, and
// marks it; or it refuses l.
func supersede(ctx context.Context, conn *sql.Conn, l Load, rules Rules, out *Outcome) (warnings []string, err error) {
	rows, err := conn.QueryContext(ctx, query("overlaps"), l.ID)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var others []overlap
	for rows.Next() {
		var o overlap
		if err := rows.Scan(&o.id, &o.ref, &o.format, &o.title, &o.cost, &o.month, &o.start, &o.end); err != nil {
			return nil, err
		}
		others = append(others, o)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	for _, o := range others {
		if sideBySide(l.CostType, o.cost) {
			continue
		}
		theirs, err := readSnapshot(ctx, conn, o.id, o.start)
		if err != nil {
			return nil, err
		}
		ours, err := readSnapshot(ctx, conn, l.ID, o.start)
		samePeriod := !errors.Is(err, sql.ErrNoRows)
		if err != nil && samePeriod {
			return nil, err
		}
		switch {
		case o.format == "azure_account_v2" && l.Format == "azure_account_v1":
			return nil, fmt.Errorf("%w: version 2 of %s is loaded already, from %s", ErrOlder, o.month, o.name())
		case o.format == "azure_account_v1" && l.Format == "azure_account_v2":
			// Version 2 wins, whatever either covers.
		case o.format != l.Format && samePeriod && theirs.end != 0 && ours.end != 0 && (theirs.end < ours.first || ours.end < theirs.first):
			continue // an account that moved from one agreement to another within the month
		case o.cost != l.CostType || o.format != l.Format || !samePeriod:
			return nil, fmt.Errorf("it holds the same account and days as %s, which is %q: the two would count charges twice; load one of them, or take the other back with 'usagereport loads remove %d'",
				o.name(), o.title, o.id)
		default:
			if err := mayReplace(ctx, conn, l, o, ours, theirs, rules); err != nil {
				return nil, err
			}
			if ours.total.Cmp(theirs.total) < 0 {
				warnings = append(warnings, fmt.Sprintf("%s costs %s less than in %s, which this file replaces", o.month, theirs.total.Sub(ours.total), o.name()))
			}
		}
		if _, err := conn.ExecContext(ctx, "UPDATE scopes SET state = 'superseded', superseded_by = $1 WHERE load_id = $2 AND BillingPeriodStart = $3 AND state = 'current'", l.ID, o.id, o.start); err != nil {
			return nil, err
		}
		if !slices.Contains(out.Replaced, o.name()) {
			out.Replaced = append(out.Replaced, o.name())
		}
	}
	return warnings, nil
}

// sideBySide says which cost types of one period live beside each other.
func sideBySide(a, b string) bool {
	return a == "actual" && b == "amortized" || a == "amortized" && b == "actual"
}

// mayReplace says why l, whose snapshot of a period is ours, may not replace o.
func mayReplace(ctx context.Context, conn *sql.Conn, l Load, o overlap, ours, theirs snapshot, rules Rules) error {
	missing := lacking(theirs.accounts, ours.accounts)
	extra := lacking(ours.accounts, theirs.accounts)
	if missing > 0 && extra > 0 {
		return fmt.Errorf("its accounts overlap in part with those of %s: %d of them are only there and %d only here; load files of the same scope", o.name(), missing, extra)
	}
	var all, shared int64
	if err := conn.QueryRowContext(ctx, query("shared"), l.ID, o.id, o.start).Scan(&all, &shared); err != nil {
		return err
	}
	older := theirs.end > ours.end && rules.SameRun[o.id]
	switch {
	case older && shared*2 >= min(all, ours.rows):
		return fmt.Errorf("%w: %s reaches to %s, this file to %s", ErrOlder, o.name(), theirs.end, ours.end)
	case rules.AllowShrink && !older:
		return nil
	case ours.rows > 0 && shared*2 < min(all, ours.rows):
		return fmt.Errorf("it has the accounts and days of %s but shares only %d of its %d lines: it looks like another part of the same export, not like another copy; load the parts as one file", o.name(), shared, all)
	}
	refuse := func(format string, args ...any) error {
		return fmt.Errorf("it covers less of %s than %s, which it would replace: %s; if that is right, load it with --allow-shrink", o.month, o.name(), fmt.Sprintf(format, args...))
	}
	switch {
	case missing > 0:
		return refuse("%d of %d accounts are missing", missing, len(theirs.accounts))
	case theirs.end > ours.end:
		return refuse("its data reach to %s instead of %s", orNone(ours.end), theirs.end)
	case theirs.first != 0 && (ours.first == 0 || ours.first > theirs.first):
		return refuse("its data begin on %s instead of %s", orNone(ours.first), theirs.first)
	case ours.rows*100 < theirs.rows*95:
		return refuse("%d rows instead of %d", ours.rows, theirs.rows)
	}
	return nil
}

func orNone(d usage.Day) string {
	if d == 0 {
		return "no day"
	}
	return d.String()
}

// lacking counts the members of a that b lacks.
func lacking(a, b map[string]bool) int {
	n := 0
	for k := range a {
		if !b[k] {
			n++
		}
	}
	return n
}
