package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// A snapshot is what one load holds of one billing period.
type snapshot struct {
	accounts   map[string]bool
	rows       int64
	first, end usage.Day // days with usage; 0 where there is none
	ownFirst   usage.Day // first, as a day of its place
	name       string
}

func readSnapshot(ctx context.Context, conn *sql.Conn, load int64, start time.Time) (s snapshot, err error) {
	var accounts []any
	var periodEnd usage.Day
	err = conn.QueryRowContext(ctx, query("snapshot"), sql.Named("load", load), sql.Named("start", start)).Scan(
		(*anys)(&accounts), &s.rows, DayOf(&s.first), DayOf(&s.end), DayOf(&periodEnd), &s.name, DayOf(&s.ownFirst))
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
	outranks                        string // a format; "" for none
	start, end                      time.Time
	submitted                       time.Time    // zero where it had no manifest
	span                            usage.Period // for which it speaks by its manifest; zero where that has none
	beside                          bool         // some of what it has of days outside of these counts still
	own                             bool         // days are those of the accounts' places, of which one is east of UTC
}

func (o overlap) name() string { return fmt.Sprintf("%s (load %d)", o.ref, o.id) }

// supersede decides what the scopes of l replace, and marks it; or it refuses l.
func supersede(ctx context.Context, conn *sql.Conn, l Load, rules Rules, out *Outcome) (warnings []string, err error) {
	if rules.Whole {
		if warnings, err = succeed(ctx, conn, l, rules, out); err != nil {
			return nil, err
		}
	}
	others, err := overlaps(ctx, conn, "scopes_overlapping", sql.Named("load", l.ID))
	if err != nil {
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
		handed := false
		if mine, its := rules.Contracts[l.Format], rules.Contracts[o.format]; samePeriod && mine != "" && its != "" {
			if handed, err = accountsHanded(ctx, conn, l, o, mine != its); err != nil {
				return nil, err
			}
		}
		whole := true // all of o in this period is replaced, not only accounts that l has too
		switch {
		case o.outranks == l.Format:
			return nil, fmt.Errorf("%w: %s is loaded already from %s, which is %q and outranks it", ErrOlder, o.month, o.name(), o.title)
		case l.Outranks == o.format:
			// It wins, whatever either covers.
		case o.format != l.Format && samePeriod && theirs.end != 0 && ours.end != 0 && (theirs.end < ours.first || ours.end < theirs.first):
			continue // an account that moved from one agreement to another within the month
		case handed:
			continue // and of the day on which it moved each has its hours
		case o.cost != l.CostType || o.format != l.Format || !samePeriod:
			if o.own, err = ownDays(ctx, conn, l.ID, o); err != nil {
				return nil, err
			}
			switch rules.prefers(l, o) {
			case 1:
				days, partly, err := preferred(ctx, conn, l, o, l.ID)
				if err != nil {
					return nil, err
				}
				if partly && len(days) > 0 && !rules.AllowShrink {
					for _, p := range days {
						if err := splitOwn(ctx, conn, o.id, o, p, l.ID, true); err != nil {
							return nil, err
						}
					}
					out.replaced(o)
					warnings = append(warnings, fmt.Sprintf("it has other days than %s: this file counts on %s, the other on days outside them",
						o.name(), ofAccounts(days)))
					continue
				}
				if err := covers(ctx, conn, l, o, rules); err != nil {
					return nil, err
				}
				whole = false
			case -1:
				days, left, err := giveWay(ctx, conn, l, o)
				if err != nil {
					return nil, err
				}
				if left == 0 {
					return nil, fmt.Errorf("%w: it holds the same accounts and days as %s, which --prefer %s keeps", ErrOlder, o.name(), rules.Prefer)
				}
				warnings = append(warnings, fmt.Sprintf("on %s the accounts that %s has too are left out, which --prefer %s keeps",
					ofAccounts(days), o.name(), rules.Prefer))
				continue
			default:
				return nil, fmt.Errorf("it holds the same account and days as %s, which is %q: the two would count charges twice; "+
					"say which wins with --prefer (%s, %s, new or old), or take the other back with 'usagereport loads remove %d'",
					o.name(), o.title, l.Format, o.format, o.id)
			}
		default:
			done, warning, err := replaceDays(ctx, conn, l, o, ours, theirs, rules)
			if err != nil {
				return nil, err
			}
			if warning != "" {
				warnings = append(warnings, warning)
			}
			if done {
				out.replaced(o)
			}
			continue
		}
		if err := replace(ctx, conn, l, o, whole); err != nil {
			return nil, err
		}
		out.replaced(o)
	}
	return warnings, nil
}

// accountsHanded reports whether each account that l and o have both went from one to the other: from a contract, or a billing profile,
// to another.
func accountsHanded(ctx context.Context, conn *sql.Conn, l Load, o overlap, otherContract bool) (handed bool, err error) {
	if apart := otherContract; !apart {
		err = conn.QueryRowContext(ctx, query("profiles_apart"), sql.Named("new", l.ID), sql.Named("old", o.id),
			sql.Named("start", o.start)).Scan(&apart)
		if err != nil {
			return false, fmt.Errorf("profiles_apart: %w", err)
		}
		if !apart {
			return false, nil
		}
	}
	err = conn.QueryRowContext(ctx, query("accounts_handed"), sql.Named("new", l.ID), sql.Named("old", o.id),
		sql.Named("start", o.start)).Scan(&handed)
	if err != nil {
		err = fmt.Errorf("accounts_handed: %w", err)
	}
	return handed, err
}

// overlaps reads the overlaps that a query finds.
func overlaps(ctx context.Context, conn *sql.Conn, name string, args ...any) (out []overlap, err error) {
	rows, err := conn.QueryContext(ctx, query(name), args...)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		var o overlap
		var submitted sql.NullTime
		if err := rows.Scan(&o.id, &o.ref, &o.format, &o.title, &o.outranks, &o.cost, &o.month, &o.start, &o.end, &submitted,
			DayOf(&o.span.From), DayOf(&o.span.To)); err != nil {
			return nil, err
		}
		o.submitted = submitted.Time
		out = append(out, o)
	}
	return out, rows.Err()
}

// succeed lets l, which is all that its place has, take the place of all that was loaded from
// there before, also of days and accounts that l has not; or it refuses l for these.
func succeed(ctx context.Context, conn *sql.Conn, l Load, rules Rules, out *Outcome) (warnings []string, err error) {
	before, err := overlaps(ctx, conn, "scopes_before", sql.Named("load", l.ID), sql.Named("ref", l.Ref))
	if err != nil {
		return nil, err
	}
	for _, o := range before {
		theirs, err := readSnapshot(ctx, conn, o.id, o.start)
		if err != nil {
			return nil, err
		}
		ours, err := readSnapshot(ctx, conn, l.ID, o.start)
		if err != nil && !errors.Is(err, sql.ErrNoRows) {
			return nil, err
		}
		if less := ours.lessThan(theirs); less != "" && !rules.AllowShrink {
			return nil, fewer(o, less)
		}
		if err := readLines(ctx, conn, l, o); err != nil {
			return nil, err
		}
		we, they, err := sidesOf(ctx, conn, l.ID, o)
		if err != nil {
			return nil, err
		}
		if less := cheaper(o, we, they); less != "" {
			warnings = append(warnings, less)
		}
		if err := replace(ctx, conn, l, o, true); err != nil {
			return nil, err
		}
		out.replaced(o)
	}
	return warnings, nil
}

// lessThan says what a snapshot lacks of an older one of the same place, "" for nothing.
func (s snapshot) lessThan(o snapshot) string {
	missing := lacking(o.accounts, s.accounts)
	switch {
	case o.end > s.end:
		return fmt.Sprintf("its data reach to %s instead of %s", orNone(s.end), o.end)
	case missing > 0:
		return fmt.Sprintf("%d of %d accounts are missing", missing, len(o.accounts))
	case o.first != 0 && (s.first == 0 || s.first > o.first):
		return fmt.Sprintf("its data begin on %s instead of %s", orNone(s.first), o.first)
	case s.rows*100 < o.rows*enough:
		return fmt.Sprintf("%d rows instead of %d", s.rows, o.rows)
	}
	return ""
}

// fewer refuses a file that would replace o, with what it has less of.
func fewer(o overlap, what string) error {
	return fmt.Errorf("it covers less of %s than %s, which it would replace: %s; what corrects some days comes with all the others; "+
		"if these are to go, load it with --allow-shrink", o.month, o.name(), what)
}

// fewerDays refuses a file that lies inside o: it may be older, or correct some days.
func fewerDays(o overlap, what string) error {
	return fmt.Errorf("it covers less of %s than %s, which it would replace: %s; if it corrects the days that it has, load it with --prefer new: "+
		"it takes the place of these alone; if all others are to go, load it with --allow-shrink", o.month, o.name(), what)
}

// cheaper says by how much a period costs less than in o, by currency; "" where it does not. What is in
// another currency costs neither less nor more.
func cheaper(o overlap, we, they side) string {
	if we.otherCurrency(they) {
		return ""
	}
	var less []string
	for _, currency := range slices.Sorted(maps.Keys(they.totals)) {
		our, ok := we.totals[currency]
		if none, some := we.totals[usage.NoCurrency]; !ok && some && len(they.totals) == 1 {
			our = none // the same, of which it names no currency
		}
		if by := they.totals[currency].Sub(our); by.Sign() > 0 && (ok || currency != usage.NoCurrency) {
			less = append(less, by.String()+" "+currency)
		}
	}
	if len(less) == 0 {
		return ""
	}
	return fmt.Sprintf("%s costs %s less than in %s, which this file replaces", o.month, strings.Join(less, " and "), o.name())
}

func (out *Outcome) replaced(o overlap) {
	if !slices.Contains(out.Replaced, o.name()) {
		out.Replaced = append(out.Replaced, o.name())
	}
}

// readLines fills the temporary table load_lines with the lines of l and o in
// the period of o.
func readLines(ctx context.Context, conn *sql.Conn, l Load, o overlap) error {
	if o.own {
		if err := readPlaces(ctx, conn, l.ID, o.id, o.start); err != nil {
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM load_lines"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, query("lines"), sql.Named("new", l.ID), sql.Named("old", o.id),
		sql.Named("start", o.start), sql.Named("own", o.own)); err != nil {
		return fmt.Errorf("lines: %w", err)
	}
	return nil
}

// replace supersedes o by l in a period, the whole of it or the accounts that l
// has too, and notes what that changed.
func replace(ctx context.Context, conn *sql.Conn, l Load, o overlap, whole bool) error {
	if _, err := conn.ExecContext(ctx, query("scopes_supersede"), sql.Named("new", l.ID), sql.Named("old", o.id),
		sql.Named("start", o.start), sql.Named("whole", whole)); err != nil {
		return err
	}
	if o.format != l.Format || o.cost != l.CostType {
		return nil // what two formats call a line differs: nothing to compare
	}
	return restate(ctx, conn, l, o)
}

// covers says why l, which is preferred to o, may not replace it: for an account
// that both have, its days must reach as far in both directions.
func covers(ctx context.Context, conn *sql.Conn, l Load, o overlap, rules Rules) error {
	if rules.AllowShrink {
		return nil
	}
	var account string
	var first, end, theirFirst, theirEnd usage.Day
	err := conn.QueryRowContext(ctx, query("account_uncovered"), sql.Named("new", l.ID), sql.Named("old", o.id), sql.Named("start", o.start)).
		Scan(&account, DayOf(&first), DayOf(&end), DayOf(&theirFirst), DayOf(&theirEnd))
	if errors.Is(err, sql.ErrNoRows) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("account_uncovered: %w", err)
	}
	return fmt.Errorf("it is preferred to %s but covers less of %s for account %s: %s to %s instead of %s to %s; "+
		"if that is right, load it with --allow-shrink",
		o.name(), o.month, account, orNone(first), orNone(end), orNone(theirFirst), orNone(theirEnd))
}

// ownDays reports whether l and o are compared by the days of their accounts' places, of which one is east of UTC.
func ownDays(ctx context.Context, conn *sql.Conn, l int64, o overlap) (own bool, err error) {
	if err := readPlaces(ctx, conn, l, o.id, o.start); err != nil {
		return false, err
	}
	err = conn.QueryRowContext(ctx, query("places_ahead"), sql.Named("new", l), sql.Named("old", o.id), sql.Named("start", o.start)).Scan(&own)
	if err != nil {
		err = fmt.Errorf("places_ahead: %w", err)
	}
	return own, err
}

// readPlaces fills the temporary table places for two loads, in the billing period that begins on start.
func readPlaces(ctx context.Context, conn *sql.Conn, l, o int64, start time.Time) error {
	if _, err := conn.ExecContext(ctx, "DELETE FROM places"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, query("places"), sql.Named("new", l), sql.Named("old", o), sql.Named("start", start)); err != nil {
		return fmt.Errorf("places: %w", err)
	}
	return nil
}

// preferred returns the days of accounts (preferred_days), each once, that the one of the two that wins has, of those that l and o, in
// its period, both span; and whether each of the two has others.
func preferred(ctx context.Context, conn *sql.Conn, l Load, o overlap, wins int64) (days []usage.Period, partly bool, err error) {
	their, err := spanOf(ctx, conn, o.id, o.start, o.own)
	if err != nil {
		return nil, false, err
	}
	var our usage.Period
	if err := conn.QueryRowContext(ctx, query("span_near"), sql.Named("load", l.ID), sql.Named("start", o.start), sql.Named("end", o.end),
		sql.Named("own", o.own)).Scan(DayOf(&our.From), DayOf(&our.To)); err != nil {
		return nil, false, fmt.Errorf("span_near: %w", err)
	}
	both := usage.Period{From: max(our.From, their.From), To: min(our.To, their.To)}
	if _, err := conn.ExecContext(ctx, "DELETE FROM preferred_days"); err != nil {
		return nil, false, err
	}
	if _, err := conn.ExecContext(ctx, query("preferred"), sql.Named("load", wins), sql.Named("start", o.start), sql.Named("end", o.end),
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time()), sql.Named("own", o.own)); err != nil {
		return nil, false, fmt.Errorf("preferred: %w", err)
	}
	days, err = preferredDays(ctx, conn)
	return days, both != our && both != their, err
}

// preferredDays reads the stretches of preferred_days, each once.
func preferredDays(ctx context.Context, conn *sql.Conn) (days []usage.Period, err error) {
	rows, err := conn.QueryContext(ctx, "SELECT DISTINCT from_day, to_day FROM preferred_days ORDER BY ALL")
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var p usage.Period
		if err := rows.Scan(DayOf(&p.From), DayOf(&p.To)); err != nil {
			return nil, err
		}
		days = append(days, p)
	}
	return days, rows.Err()
}

// ofAccounts names days of accounts, which may have other days each.
func ofAccounts(days []usage.Period) string {
	if len(days) <= 1 {
		return spans(days)
	}
	return spans(days) + ", as it has them of each account"
}

// giveWay supersedes what l has of the accounts and days of o by o, and returns the days that both
// span, by account, and how many scopes of l are left.
func giveWay(ctx context.Context, conn *sql.Conn, l Load, o overlap) (days []usage.Period, left int64, err error) {
	if days, _, err = preferred(ctx, conn, l, o, o.id); err != nil {
		return days, 0, err
	}
	rows, err := conn.QueryContext(ctx, query("starts_near"), sql.Named("load", l.ID), sql.Named("start", o.start), sql.Named("end", o.end))
	if err != nil {
		return days, 0, fmt.Errorf("starts_near: %w", err)
	}
	defer rows.Close()
	var starts []time.Time
	for rows.Next() {
		var start time.Time
		if err := rows.Scan(&start); err != nil {
			return days, 0, err
		}
		starts = append(starts, start)
	}
	if err := rows.Err(); err != nil {
		return days, 0, err
	}
	for _, start := range starts {
		near := o
		near.start = start
		for _, p := range days {
			if err := splitOwn(ctx, conn, l.ID, near, p, o.id, true); err != nil {
				return days, 0, err
			}
		}
	}
	err = conn.QueryRowContext(ctx, "SELECT count(*) FROM scopes WHERE load_id = $load AND state = 'current'", sql.Named("load", l.ID)).
		Scan(&left)
	return days, left, err
}

// sideBySide says which cost types of one period live beside each other.
func sideBySide(a, b string) bool {
	return a == "actual" && b == "amortized" || a == "amortized" && b == "actual"
}

func minute(t time.Time) string { return t.UTC().Format("2006-01-02 15:04 UTC") }

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
