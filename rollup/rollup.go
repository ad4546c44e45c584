// Package rollup adds up: rows in, sums per day out.
package rollup

import (
	"context"
	"database/sql"
	"embed"
	"fmt"

	"usagereport/ledger"
)

//go:embed sql/*.sql
var files embed.FS

// RefreshDaily makes up what the ledger holds of all loads together, in one transaction:
// the spellings of names, and the tables series, daily, daily_services and links from all
// current charges.
func RefreshDaily(ctx context.Context, l *ledger.Ledger) error {
	err := l.Update(ctx, func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "DELETE FROM daily; DELETE FROM daily_services; DELETE FROM series;"); err != nil {
			return err
		}
		if err := ledger.Spell(ctx, conn); err != nil {
			return err
		}
		for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services", "refresh_spans"} {
			if _, err := conn.ExecContext(ctx, text(name)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return refreshLinks(ctx, conn)
	})
	if err != nil {
		return fmt.Errorf("add up the daily costs: %w", err)
	}
	return nil
}

// refreshLinks fills links. Where all things begin on one day, none goes on in another.
func refreshLinks(ctx context.Context, conn *sql.Conn) error {
	var later bool
	if err := conn.QueryRowContext(ctx, "SELECT coalesce(max(first) > min(first), false) FROM spans").Scan(&later); err != nil {
		return fmt.Errorf("refresh_links: %w", err)
	}
	if later {
		if _, err := conn.ExecContext(ctx, text("refresh_links")); err != nil {
			return fmt.Errorf("refresh_links: %w", err)
		}
	}
	_, err := conn.ExecContext(ctx, "DROP TABLE spans")
	return err
}

func text(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	return string(b)
}
