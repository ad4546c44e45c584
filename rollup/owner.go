package rollup

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"usagereport/usage"
)

// Only makes conn see what is one owner's and nothing else, by the temporary table
// owned (ledger.OwnersSQL): temporary tables stand before those of the ledger,
// charges and sums alike, so that whoever asks on conn cannot meet another
// owner's row. Which days the files of the owner's accounts hold stays known, and on
// which days a series of the owner's is another's, too.
func Only(ctx context.Context, conn *sql.Conn, owner string) error {
	if err := mine(ctx, conn, owner); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, text("whole")); err != nil {
		return fmt.Errorf("whole: %w", err)
	}
	if err := only(ctx, conn, text("charges_mine"), "TABLE"); err != nil {
		return err
	}
	return before(ctx, conn, "days_elsewhere")
}

// Every prepares conn for Standing, by the temporary table owned.
func Every(ctx context.Context, conn *sql.Conn) error {
	if _, err := conn.ExecContext(ctx, text("every")); err != nil {
		return fmt.Errorf("every: %w", err)
	}
	return nil
}

// Standing makes conn, which Every has prepared, see the sums of one owner after the other:
// what Only shows, but for the single charges and for the days on which others have a series.
// It costs no more than the owner has.
func Standing(ctx context.Context, conn *sql.Conn, owner string) error {
	if _, err := conn.ExecContext(ctx, text("forget")); err != nil {
		return fmt.Errorf("forget: %w", err)
	}
	if err := mine(ctx, conn, owner); err != nil {
		return err
	}
	// Few columns of the texts are asked for: there are over a hundred.
	return only(ctx, conn, strings.ReplaceAll(text("charges_days"), "{owner}", usage.Literal(owner)), "VIEW")
}

func mine(ctx context.Context, conn *sql.Conn, owner string) error {
	if _, err := conn.ExecContext(ctx, text("mine"), sql.Named("owner", owner)); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	return nil
}

// only puts temporary tables of the ledger's names before the ledger's, of the charges that
// a statement has; keys says whether their texts are a TABLE or a VIEW.
func only(ctx context.Context, conn *sql.Conn, charges, keys string) error {
	if err := before(ctx, conn, "only", "{charges}", strings.TrimSpace(charges), "{keys}", keys); err != nil {
		return err
	}
	for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services"} {
		if _, err := conn.ExecContext(ctx, text(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// ByOwner makes the series that conn sees those of one owner each, or of nobody,
// by the same table: a series of several is divided.
func ByOwner(ctx context.Context, conn *sql.Conn) error { return before(ctx, conn, "by_owner") }

// before runs sql/NAME.sql, which puts temporary tables before the ledger's.
// replace are pairs of a place in it and what stands there.
func before(ctx context.Context, conn *sql.Conn, name string, replace ...string) error {
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return err
	}
	statements := strings.NewReplacer(replace...).Replace(text(name))
	statements = strings.ReplaceAll(statements, "{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`)
	if _, err := conn.ExecContext(ctx, statements); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
