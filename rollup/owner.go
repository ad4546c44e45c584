package rollup

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Only makes conn see what is one owner's and nothing else, by the temporary table
// owned (ledger.OwnersSQL): temporary tables stand before those of the ledger,
// charges and sums alike, so that whoever asks on conn cannot meet another
// owner's row. Which days the files of the owner's accounts hold stays known, and on
// which days a series of the owner's is another's, too.
func Only(ctx context.Context, conn *sql.Conn, owner string) error {
	if _, err := conn.ExecContext(ctx, text("mine"), sql.Named("owner", owner)); err != nil {
		return fmt.Errorf("mine: %w", err)
	}
	if err := before(ctx, conn, "only"); err != nil {
		return err
	}
	for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services"} {
		if _, err := conn.ExecContext(ctx, text(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return before(ctx, conn, "days_elsewhere")
}

// ByOwner makes the series that conn sees those of one owner each, or of nobody,
// by the same table: a series of several is divided.
func ByOwner(ctx context.Context, conn *sql.Conn) error { return before(ctx, conn, "by_owner") }

// before runs sql/NAME.sql, which puts temporary tables before the ledger's.
func before(ctx context.Context, conn *sql.Conn, name string) error {
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return err
	}
	statements := strings.ReplaceAll(text(name), "{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`)
	if _, err := conn.ExecContext(ctx, statements); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
