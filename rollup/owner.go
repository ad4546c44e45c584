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
	if err := before(ctx, conn, "only", owner); err != nil {
		return err
	}
	for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services"} {
		if _, err := conn.ExecContext(ctx, text(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return before(ctx, conn, "elsewhere", owner)
}

// ByOwner makes the series that conn sees those of one owner each, or of nobody,
// by the same table: a series of several is divided.
func ByOwner(ctx context.Context, conn *sql.Conn) error { return before(ctx, conn, "by_owner", "") }

// before runs sql/NAME.sql, which puts temporary tables before the ledger's.
func before(ctx context.Context, conn *sql.Conn, name, owner string) error {
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return err
	}
	holes := strings.NewReplacer("{ledger}", `"`+strings.ReplaceAll(catalog, `"`, `""`)+`"`, "{owner}", usage.Literal(owner))
	if _, err := conn.ExecContext(ctx, holes.Replace(text(name))); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}
