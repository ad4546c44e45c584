package ledger

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// splitOwn is splitOf for the current scopes of the load that is compared with another in o, where the days
// may be those of each account's place.
func splitOwn(ctx context.Context, conn *sql.Conn, load int64, o overlap, days usage.Period, by int64, preferred bool) error {
	if !o.own {
		return splitOf(ctx, conn, load, o.start, Current, days, by, preferred, everyPlace)
	}
	for ahead := range 2 {
		if err := splitOf(ctx, conn, load, o.start, Current, days, by, preferred, ahead); err != nil {
			return err
		}
	}
	return nil
}

// everyPlace stands for accounts of every place, with days that are UTC's.
const everyPlace = -1

// splitOf divides the scopes of a load in the billing period that begins on start: what
// they hold of days becomes a scope of its own, superseded by load by. state is that
// of the scopes to divide; they are those of all accounts, or those alone whose preferred days are days; and of every
// place, or of those alone whose days are so many ahead of UTC's. The charges keep their place; their keys hold the scope.
func splitOf(ctx context.Context, conn *sql.Conn, load int64, start time.Time, state ScopeState, days usage.Period, by int64,
	preferred bool, ahead int,
) error {
	exec := func(name string, args ...any) error {
		if _, err := conn.ExecContext(ctx, query(name), args...); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		return nil
	}
	for _, table := range []string{"split_scopes", "split_keys"} {
		if _, err := conn.ExecContext(ctx, "DELETE FROM "+table); err != nil {
			return err
		}
	}
	if ahead == everyPlace {
		if err := exec("split_utc", sql.Named("load", load), sql.Named("start", start), sql.Named("state", string(state))); err != nil {
			return err
		}
	}
	shift := usage.Day(max(ahead, 0))
	from, to := (days.From - shift).Time(), (days.To - shift).Time()
	err := exec("split_choose", sql.Named("load", load), sql.Named("start", start), sql.Named("state", string(state)),
		sql.Named("from", from), sql.Named("to", to), sql.Named("preferred", preferred),
		sql.Named("ahead", ahead))
	if err == nil && ahead != everyPlace {
		err = readPlaces(ctx, conn, load, load, start)
	}
	if err == nil && ahead != everyPlace {
		err = exec("split_places")
	}
	if err == nil {
		err = splitKeys(ctx, conn)
	}
	if err == nil {
		err = exec("split_scopes", sql.Named("from", from), sql.Named("to", to), sql.Named("state", string(Superseded)), sql.Named("by", by))
	}
	if err == nil {
		err = exec("split_copy")
	}
	if err == nil {
		err = exec("split_charges")
	}
	if err == nil {
		err = exec("split_move")
	}
	if err == nil {
		err = exec("split_keys_rows")
	}
	if err == nil {
		err = exec("split_sums")
	}
	if err == nil {
		err = exec("split_days", sql.Named("from", from), sql.Named("to", to))
	}
	if err == nil {
		err = exec("split_empty")
	}
	return err
}

// splitKeys numbers the keys that are needed once more.
func splitKeys(ctx context.Context, conn *sql.Conn) (err error) {
	free, err := FreeKeys(ctx, conn)
	if err != nil {
		return err
	}
	rows, err := conn.QueryContext(ctx, query("split_keys"))
	if err != nil {
		return fmt.Errorf("split_keys: %w", err)
	}
	defer rows.Close()
	var keys []int64
	for rows.Next() {
		var k int64
		if err := rows.Scan(&k); err != nil {
			return err
		}
		keys = append(keys, k)
	}
	if err := rows.Err(); err != nil || len(keys) == 0 {
		return err
	}
	return conn.Raw(func(c any) error {
		a, err := duckdb.NewAppender(c.(driver.Conn), "temp", "main", "split_keys")
		if err != nil {
			return err
		}
		for i, k := range keys {
			if err := a.AppendRow(k, free.Of(int64(i))); err != nil {
				return errors.Join(err, a.Close())
			}
		}
		return a.Close()
	})
}

// giveBack makes what load had replaced current again, but for the days on which a
// newer load has replaced load in turn, and for what is no longer kept.
func giveBack(ctx context.Context, conn *sql.Conn, load int64) error {
	if _, err := conn.ExecContext(ctx, query("work_tables")); err != nil {
		return fmt.Errorf("work_tables: %w", err)
	}
	rows, err := conn.QueryContext(ctx, query("replaced_in_turn"), sql.Named("load", load))
	if err != nil {
		return fmt.Errorf("replaced_in_turn: %w", err)
	}
	defer rows.Close()
	type turn struct {
		load, by int64
		start    time.Time
		account  string
		ahead    int
		days     usage.Period
	}
	var turns []turn
	for rows.Next() {
		var t turn
		if err := rows.Scan(&t.load, &t.by, &t.start, &t.account, &t.ahead, DayOf(&t.days.From), DayOf(&t.days.To)); err != nil {
			return err
		}
		turns = append(turns, t)
	}
	if err := rows.Err(); err != nil {
		return err
	}
	for _, t := range turns {
		if _, err := conn.ExecContext(ctx, "DELETE FROM preferred_days"); err != nil {
			return err
		}
		if _, err := conn.ExecContext(ctx, "INSERT INTO preferred_days VALUES ($account, $from::DATE, $to::DATE)",
			sql.Named("account", t.account), sql.Named("from", t.days.From.Time()), sql.Named("to", t.days.To.Time())); err != nil {
			return err
		}
		if err := splitReplaced(ctx, conn, load, t.load, t.start, t.days, t.by, t.ahead); err != nil {
			return err
		}
	}
	if _, err := conn.ExecContext(ctx, query("restore"), sql.Named("load", load)); err != nil {
		return fmt.Errorf("restore: %w", err)
	}
	return nil
}

// splitReplaced gives the days of a load that was replaced by one that goes to the
// one that replaced that in turn, of the account in preferred_days whose days are so many ahead of UTC's.
func splitReplaced(ctx context.Context, conn *sql.Conn, gone, load int64, start time.Time, days usage.Period, by int64, ahead int) error {
	// A state of its own keeps split from scopes that other loads have replaced.
	const between ScopeState = "between"
	set := func(from, to ScopeState) error {
		_, err := conn.ExecContext(ctx, "UPDATE scopes SET state = $to WHERE load_id = $load AND superseded_by = $gone AND "+
			"BillingPeriodStart = $start AND state = $from",
			sql.Named("to", string(to)), sql.Named("load", load), sql.Named("gone", gone), sql.Named("start", start), sql.Named("from",
				string(from)))
		return err
	}
	if err := set(Superseded, between); err != nil {
		return err
	}
	if err := splitOf(ctx, conn, load, start, between, days, by, true, ahead); err != nil {
		return err
	}
	return set(between, Superseded)
}
