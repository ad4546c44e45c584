package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

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
	// Agreement is what the load's bills belong to, by its format; Outranks the
	// format whose files this one's replace, whatever either covers, "" for none.
	Agreement Agreement
	Outranks  string
	Rows      int64
	Rejected  int64
	Rounded   int64
	LoadedAt  time.Time
	// Submitted is when the export ran, by its manifest; zero where there is
	// none. Of two loads that have it the later one is newer.
	Submitted time.Time
	// Span is the days for which the load speaks, by its manifest; zero where that
	// has none, and they are those from its first charge to its last.
	Span     usage.Period
	Version  string                   // the source's mark of the content, "" for local files
	Kept     string                   // where the file was stored
	Totals   map[string]usage.Decimal // the file's own, by currency
	Warnings []string
	Flags    map[string]string // that said how it is read and weighed; nil where that is not known
	// DateOrder is which of day and month comes first in its dates, as --date-order has it, where it shows
	// that or something said so; "" else.
	DateOrder string
}

// FlagsText returns the flags as a command has them.
func (l Load) FlagsText() string {
	var words []string
	for _, name := range slices.Sorted(maps.Keys(l.Flags)) {
		switch value := l.Flags[name]; value {
		case "false":
		case "true":
			words = append(words, "--"+name)
		default:
			words = append(words, "--"+name, value)
		}
	}
	return strings.Join(words, " ")
}

// An Agreement is the contract that bills belong to: by it they are invoiced, or not.
type Agreement string

// The agreements that a format can have; "" is an unknown one.
const (
	Enterprise Agreement = "enterprise" // the enrolment administrator gets the invoice
	Partner    Agreement = "partner"    // the partner gets it, and writes one of his own
	Sponsored  Agreement = "sponsored"  // credit pays
)

// Agreements lists those that a format can have.
func Agreements() []Agreement { return []Agreement{Enterprise, Partner, Sponsored} }

// Rules say what a load may do to what is already there.
type Rules struct {
	AllowShrink bool
	// Prefer resolves an overlap of files of different formats or cost types: the
	// one whose format or cost type this is wins, or the one being loaded where it
	// is PreferNew, or the one that is there where it is PreferOld.
	Prefer string
	// SameRun holds the loads of this invocation: a shorter snapshot after a
	// longer one of the same run is simply older.
	SameRun map[int64]bool
	// Contracts says of formats which of a cloud's contracts bills what their files hold. What is of none
	// may be of any.
	Contracts map[string]string
	// Whole says that the load is all that its place has: it takes the place of what was
	// loaded from there before, whatever the two share.
	Whole bool
}

// What Rules.Prefer may be beside a format or cost type.
const (
	PreferNew = "new"
	PreferOld = "old"
)

// prefers says which of two overlapping loads wins: 1 for the one being loaded,
// -1 for the one that is there, 0 where the rules do not decide.
func (r Rules) prefers(l Load, o overlap) int {
	ours, theirs := r.Prefer == l.Format, r.Prefer == o.format
	if ours == theirs { // a cost type may be called as a format is
		ours, theirs = r.Prefer == l.CostType, r.Prefer == o.cost
	}
	switch {
	case r.Prefer == "" || ours && theirs:
		return 0
	case r.Prefer == PreferNew || ours:
		return 1
	case r.Prefer == PreferOld || theirs:
		return -1
	}
	return 0
}

// An Outcome says what became of a load.
type Outcome struct {
	Replaced []string // "201807.csv (load 3)"
	Changed  []Change // what the replacements changed
	First    []string // subscriptions that the ledger had not seen
	Beside   []string // what counts otherwise, or twice, because of the files beside it
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
// of it is current. A load whose charges are no longer kept, and whose place
// nothing has taken, is not known: it may come again. costType, if it is known,
// must be the load's.
func Known(ctx context.Context, conn *sql.Conn, sha256, costType string) (id int64, current bool, err error) {
	err = conn.QueryRowContext(ctx, query("known"), sql.Named("sha256", sha256), sql.Named("cost_type", costType)).Scan(&id, &current)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, false, nil
	}
	return id, current, err
}

// KnownVersion returns the load that holds what a place had under a name and
// version, 0 where there is none or where none of it is current.
func (l *Ledger) KnownVersion(ctx context.Context, ref, version string) (id int64, err error) {
	err = l.db.QueryRowContext(ctx, query("known_version"), sql.Named("ref", ref), sql.Named("version", version)).Scan(&id)
	if errors.Is(err, sql.ErrNoRows) {
		return 0, nil
	}
	return id, err
}

// Contents returns the contents that loads have, by their hashes, with their sizes,
// whatever became of them: only of these does Known know anything.
func Contents(ctx context.Context, q queryer) (map[string]int64, error) {
	rows, err := q.QueryContext(ctx, "SELECT sha256, bytes FROM loads")
	if err != nil {
		return nil, fmt.Errorf("ask for the contents of loads: %w", err)
	}
	defer rows.Close()
	sizes := map[string]int64{}
	for rows.Next() {
		var sha256 string
		var bytes int64
		if err := rows.Scan(&sha256, &bytes); err != nil {
			return nil, err
		}
		sizes[sha256] = bytes
	}
	return sizes, rows.Err()
}

// NewestLoad returns when the newest load was made; the zero time where there is none.
func (l *Ledger) NewestLoad(ctx context.Context) (time.Time, error) {
	at, err := answered(l, "newest load", func() ([]sql.NullTime, error) {
		var at sql.NullTime
		err := l.db.QueryRowContext(ctx, "SELECT max(loaded_at) FROM loads").Scan(&at)
		return []sql.NullTime{at}, err
	})
	if err != nil {
		return time.Time{}, fmt.Errorf("ask for the newest load: %w", err)
	}
	return at[0].Time.UTC(), nil
}

// LastLoad returns the number of the newest load, 0 where there is none.
func (l *Ledger) LastLoad(ctx context.Context) (int64, error) {
	id, err := answered(l, "last load", func() ([]int64, error) {
		var id int64
		err := l.db.QueryRowContext(ctx, "SELECT coalesce(max(load_id), 0) FROM loads").Scan(&id)
		return []int64{id}, err
	})
	if err != nil {
		return 0, fmt.Errorf("ask for the newest load: %w", err)
	}
	return id[0], nil
}

// An AloneError says that of several loads that would be committed together one must be
// committed by itself, after those before it: it may hold what another load holds, and
// the two are to be weighed against each other.
type AloneError struct{ Load int64 }

func (e *AloneError) Error() string {
	return fmt.Sprintf("load %d is to be loaded by itself", e.Load)
}

// Commit completes loads whose charges stand in the ledger and whose keys stand in
// the temporary table load_keys: it finds the accounts and periods that each load
// holds, replaces what they supersede, and records the loads. Their numbers follow
// each other. Where one of several must be committed by itself, the error is an
// AloneError. It runs inside the transaction that wrote the charges; on an error
// the caller rolls back.
func Commit(ctx context.Context, conn *sql.Conn, loads []Load, rules Rules) ([]Outcome, error) {
	first, last := loads[0].ID, loads[len(loads)-1].ID
	exec := func(name string, args ...any) error {
		if _, err := conn.ExecContext(ctx, query(name), args...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	if err := exec("work_tables"); err != nil {
		return nil, err
	}
	if err := writeLoads(conn, loads); err != nil {
		return nil, err
	}
	out := make([]Outcome, len(loads))
	if err := firstSeen(ctx, conn, func(load int64, account string) {
		o := &out[load-first]
		o.First = append(o.First, account)
	}); err != nil {
		return nil, err
	}
	if err := exec("load_days", sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	err := farDays(ctx, conn, func(load int64, warning string) {
		l := &loads[load-first]
		l.Warnings = append(l.Warnings, warning)
	})
	if err != nil {
		return nil, err
	}
	if err := exec("scopes_new", sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	if err := exec("keys_new", sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	if err := noRoundedID(ctx, conn, first, last); err != nil {
		return nil, err
	}
	if len(loads) > 1 {
		err = noOverlap(ctx, conn, first, last)
	} else {
		var warnings []string
		warnings, err = supersede(ctx, conn, loads[0], rules, &out[0])
		loads[0].Warnings = append(loads[0].Warnings, warnings...)
	}
	if err != nil {
		return nil, err
	}
	if err := exec("estimates_new", sql.Named("first", first), sql.Named("last", last)); err != nil {
		return nil, err
	}
	if len(out[0].Replaced) > 0 {
		if err := purge(ctx, conn); err != nil {
			return nil, err
		}
		if out[0].Changed, err = Changes(ctx, conn, first); err != nil {
			return nil, err
		}
	}
	if err := shadow(ctx, conn); err != nil {
		return nil, err
	}
	warn := func(load int64, warning string) {
		o := &out[load-first]
		o.Beside = append(o.Beside, warning)
	}
	if err := warnBeside(ctx, conn, first, last, warn); err != nil {
		return nil, err
	}
	if err := warnNameless(ctx, conn, first, last, warn); err != nil {
		return nil, err
	}
	return out, writeWarnings(conn, loads)
}

// writeLoads records loads and the totals of their files.
func writeLoads(conn *sql.Conn, loads []Load) error {
	var rows, totals, spans, flags [][]driver.Value
	for _, l := range loads {
		rows = append(rows, []driver.Value{
			l.ID, l.Ref, l.SHA256, l.Bytes, l.Format, l.Title, l.CostType, l.Rows, l.Rejected, l.Rounded, l.LoadedAt.UTC(),
			textOrNull(l.Version), orNull(l.Submitted), textOrNull(l.Kept), string(l.Agreement), l.Outranks,
			dayOrNull(l.Span.From), dayOrNull(l.Span.To), l.DateOrder,
		})
		for _, currency := range slices.Sorted(maps.Keys(l.Totals)) {
			totals = append(totals, []driver.Value{l.ID, currency, duckdb.Decimal{Width: 38, Scale: usage.Scale, Value: l.Totals[currency].Big()}})
		}
		for _, name := range slices.Sorted(maps.Keys(l.Flags)) {
			flags = append(flags, []driver.Value{l.ID, name, l.Flags[name]})
		}
		if l.Span != (usage.Period{}) {
			spans = append(spans, []driver.Value{l.ID, dayOrNull(l.Span.From), dayOrNull(l.Span.To)})
		}
	}
	return errors.Join(appendRows(conn, "loads", rows), appendRows(conn, "load_totals", totals), appendRows(conn, "load_spans", spans),
		appendRows(conn, "load_flags", flags))
}

func writeWarnings(conn *sql.Conn, loads []Load) error {
	var rows [][]driver.Value
	for _, l := range loads {
		for i, w := range l.Warnings {
			rows = append(rows, []driver.Value{l.ID, int32(i), w})
		}
	}
	return appendRows(conn, "load_warnings", rows)
}

// noOverlap returns an AloneError where one of several loads may hold what another
// load holds.
func noOverlap(ctx context.Context, conn *sql.Conn, first, last int64) error {
	var id sql.NullInt64
	err := conn.QueryRowContext(ctx, query("scopes_meeting"), sql.Named("first", first), sql.Named("last", last)).Scan(&id)
	if err == nil && id.Valid {
		return &AloneError{Load: id.Int64}
	}
	return err
}

// noRoundedID refuses a load that has an account under an id that a spreadsheet has rounded where another load has it whole, or
// the other way round: it would count twice. Of several loads that is an AloneError.
func noRoundedID(ctx context.Context, conn *sql.Conn, first, last int64) error {
	var load, other int64
	var rounded bool
	var id, otherID, ref string
	err := conn.QueryRowContext(ctx, query("ids_rounded"), sql.Named("first", first), sql.Named("last", last)).
		Scan(&load, &id, &rounded, &otherID, &other, &ref)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return nil
	case err != nil:
		return fmt.Errorf("ids_rounded: %w", err)
	case first < last:
		return &AloneError{Load: load}
	case rounded:
		return fmt.Errorf("its account %s was rounded by a spreadsheet, and %s (load %d) has the same days of account %s: the two would count "+
			"charges twice; load the file as it was exported", id, ref, other, otherID)
	}
	return fmt.Errorf("%s (load %d) has the same days of account %s as account %s, which a spreadsheet has rounded: the two would count "+
		"charges twice; take the other back with 'usagereport loads remove %d'", ref, other, id, otherID, other)
}

// appendRows adds rows to a table of the ledger, or a temporary one, with all of its
// columns in their order.
func appendRows(conn *sql.Conn, table string, rows [][]driver.Value) error {
	if len(rows) == 0 {
		return nil
	}
	err := conn.Raw(func(c any) error {
		a, err := duckdb.NewAppenderFromConn(c.(driver.Conn), "", table)
		if err != nil {
			return err
		}
		for _, row := range rows {
			if err := a.AppendRow(row...); err != nil {
				return errors.Join(err, a.Close())
			}
		}
		return a.Close()
	})
	if err != nil {
		return fmt.Errorf("write %s: %w", table, err)
	}
	return nil
}

func textOrNull(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// A charge may come in a later bill than that of its day, and a purchase may begin in
// days to come; farther away its day or its billing period is wrong.
const (
	mostBefore = 62 // days before the billing period begins
	mostAfter  = 31 // days after it ends
)

// farDays warns of charges that lie far outside their billing period.
func farDays(ctx context.Context, conn *sql.Conn, warn func(load int64, warning string)) error {
	rows, err := conn.QueryContext(ctx, query("days_far"), sql.Named("before", mostBefore), sql.Named("after", mostAfter))
	if err != nil {
		return fmt.Errorf("days_far: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var currency string
		var start, end, first, last usage.Day
		var load, n int64
		var cost usage.Decimal
		if err := rows.Scan(&load, &currency, DayOf(&start), DayOf(&end), DayOf(&first), DayOf(&last), &n, Amount(&cost)); err != nil {
			return err
		}
		charges, days := "charges", first.String()
		if n == 1 {
			charges = "charge"
		}
		if last != first {
			days += " to " + last.String()
		}
		warn(load, fmt.Sprintf("%d %s of %s %s on %s, far outside the billing period of %s to %s, in which it counts",
			n, charges, cost, currency, days, start, end-1))
	}
	return rows.Err()
}

// Spell shows names and the keys of tags in their most frequent spelling in the ledger,
// where Azure spells them in several ways. Most ledgers have one spelling of each, and
// then there is nothing to write.
func Spell(ctx context.Context, conn *sql.Conn) error {
	for _, name := range []string{"spellings", "spellings_resource", "spellings_tags"} {
		if _, err := conn.ExecContext(ctx, query(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	var several bool
	if err := conn.QueryRowContext(ctx, "SELECT count(*) > 0 FROM tag_spellings").Scan(&several); err != nil || !several {
		return err
	}
	if _, err := conn.ExecContext(ctx, query("spellings_tags_shown")); err != nil {
		return fmt.Errorf("spellings_tags_shown: %w", err)
	}
	return nil
}

// purge lets go of the charges of superseded snapshots but the newest of each
// account and period.
func purge(ctx context.Context, conn *sql.Conn) error {
	done, err := conn.ExecContext(ctx, query("purge_scopes"))
	if err != nil {
		return fmt.Errorf("purge_scopes: %w", err)
	}
	if n, err := done.RowsAffected(); err != nil || n == 0 {
		return err
	}
	for _, name := range []string{"purge_charges", "purge_keys"} {
		if _, err := conn.ExecContext(ctx, query(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func orNull(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.UTC()
}

// firstSeen tells of the subscriptions of load_keys that no load before theirs had,
// where the ledger is not empty.
func firstSeen(ctx context.Context, conn *sql.Conn, tell func(load int64, account string)) error {
	rows, err := conn.QueryContext(ctx, query("first_seen"))
	if err != nil {
		return fmt.Errorf("first_seen: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var load int64
		var account string
		if err := rows.Scan(&load, &account); err != nil {
			return err
		}
		tell(load, account)
	}
	return rows.Err()
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
