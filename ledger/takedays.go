package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"

	"usagereport/usage"
)

// leaveDays leaves days that l has, too, to o, which reaches farther, but for those of which o has
// markedly less: these l takes, so that the order of loading does not matter. It reports whether it took any.
func leaveDays(ctx context.Context, conn *sql.Conn, l Load, o overlap, both usage.Period, theirs []usage.Period, onlyOurs bool, percent int,
	accounts bool,
) (took bool, warning string, err error) {
	shared, err := readDays(ctx, conn, o.id, l.ID, both, percent, accounts)
	if err != nil {
		return false, "", err
	}
	var short []sharedDay
	var left []usage.Period
	alone := slices.DeleteFunc(costly(shared), func(d sharedDay) bool { return d.ourRows > 0 }) // o, the newer one here, has none of them
	for _, p := range theirs {
		from := p.From
		for _, d := range shared {
			if !d.short || d.day < from || p.To <= d.day {
				continue
			}
			short = append(short, d)
			if from < d.day {
				left = append(left, usage.Period{From: from, To: d.day})
			}
			from = d.day + 1
		}
		if from < p.To {
			left = append(left, usage.Period{From: from, To: p.To})
		}
	}
	if len(left) > 0 {
		warning = given(l, o, left, onlyOurs, alone)
	}
	if len(short) == 0 {
		return false, warning, giveDays(ctx, conn, l, o, left)
	}
	if less := shortDays(short, "it"); less != "" {
		warning = said(warning, fmt.Sprintf("%s reaches farther, but %s; this file's charges of these days count", o.name(), less))
	}
	return true, warning, takeDays(ctx, conn, l, o, both, left)
}

// given says that o, which reaches farther, speaks for days that l has, too; others says that l has
// charges of days between of which o has none, alone which of these cost something.
func given(l Load, o overlap, days []usage.Period, others bool, alone []sharedDay) string {
	text := fmt.Sprintf("%s reaches farther, so what it says of %s counts", o.name(), spans(days))
	if !others {
		return text
	}
	text += "; of days of which it says nothing this file's charges count"
	if len(alone) == 0 {
		return text
	}
	costs := map[string]usage.Decimal{}
	for _, d := range alone {
		costs[d.currency] = costs[d.currency].Add(d.theirs)
	}
	return text + fmt.Sprintf(", %s of %s; if they moved to another day, take this file back with 'usagereport loads remove %d'",
		side{currencies: slices.Sorted(maps.Keys(costs)), totals: costs}.total(), spans(daysOf(alone)), l.ID)
}

// takeDays lets l take the place of o on the days that both have, but for those that o keeps, in order,
// and notes what that changed.
func takeDays(ctx context.Context, conn *sql.Conn, l Load, o overlap, both usage.Period, kept []usage.Period) error {
	from := both.From
	for _, p := range append(slices.Clone(kept), usage.Period{From: both.To, To: both.To}) {
		if from < p.From {
			if err := splitOwn(ctx, conn, o.id, o, usage.Period{From: from, To: p.From}, l.ID, false); err != nil {
				return err
			}
		}
		from = p.To
	}
	if len(kept) > 0 {
		if err := giveDays(ctx, conn, l, o, kept); err != nil {
			return err
		}
	}
	for _, p := range kept {
		if _, err := conn.ExecContext(ctx, "DELETE FROM load_lines WHERE day >= $from::DATE AND day < $to::DATE",
			sql.Named("from", p.From.Time()), sql.Named("to", p.To.Time())); err != nil {
			return err
		}
	}
	_, err := conn.ExecContext(ctx, "DELETE FROM load_lines WHERE day < $from::DATE OR day >= $to::DATE",
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time()))
	if err != nil {
		return err
	}
	return restate(ctx, conn, l, o)
}

// bringDays lets l, which corrects some days of o, take the place of o on the days, of the accounts, of which it has charges.
func bringDays(ctx context.Context, conn *sql.Conn, l Load, o overlap, both usage.Period) (took bool, warning string, err error) {
	if _, err := conn.ExecContext(ctx, "DELETE FROM preferred_days"); err != nil {
		return false, "", err
	}
	if _, err := conn.ExecContext(ctx, query("days_brought"), sql.Named("load", l.ID)); err != nil {
		return false, "", fmt.Errorf("days_brought: %w", err)
	}
	days, err := preferredDays(ctx, conn)
	if err != nil {
		return false, "", err
	}
	for _, p := range days {
		if err := splitOwn(ctx, conn, o.id, o, p, l.ID, true); err != nil {
			return false, "", err
		}
	}
	if _, err := conn.ExecContext(ctx, query("days_left")); err != nil {
		return false, "", fmt.Errorf("days_left: %w", err)
	}
	we, they, err := sidesIn(ctx, conn, l.ID, o, both)
	if err != nil {
		return false, "", err
	}
	var taken []usage.Period
	for _, p := range days {
		if p = (usage.Period{From: max(p.From, both.From), To: min(p.To, both.To)}); p.From < p.To {
			taken = append(taken, p)
		}
	}
	warning = fmt.Sprintf("it takes the place of what %s says of %s: %s instead of %s", o.name(), spans(taken), we.total(), they.total())
	return true, warning, restate(ctx, conn, l, o)
}

// restate notes what l changed where it replaced o.
func restate(ctx context.Context, conn *sql.Conn, l Load, o overlap) error {
	if _, err := conn.ExecContext(ctx, query("restate"), sql.Named("new", l.ID), sql.Named("old", o.id),
		sql.Named("replaced_at", l.LoadedAt)); err != nil {
		return fmt.Errorf("restate: %w", err)
	}
	return nil
}

// giveDays leaves days of l to o, which is newer. Where nothing is left of l, it is
// older as a whole.
func giveDays(ctx context.Context, conn *sql.Conn, l Load, o overlap, days []usage.Period) error {
	for _, p := range days {
		if err := splitOwn(ctx, conn, l.ID, o, p, o.id, false); err != nil {
			return err
		}
	}
	var left int64
	err := conn.QueryRowContext(ctx, "SELECT count(*) FROM scopes WHERE load_id = $load AND state = 'current'", sql.Named("load",
		l.ID)).Scan(&left)
	if err == nil && left == 0 {
		err = fmt.Errorf("%w: %s holds all of its days", ErrOlder, o.name())
	}
	return err
}
