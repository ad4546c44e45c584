// Package rollup adds up: rows in, sums per day out.
package rollup

import (
	"context"
	"database/sql"
	"embed"
	"errors"
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

// refreshLinks fills links, by the statements that can find any.
func refreshLinks(ctx context.Context, conn *sql.Conn) error {
	var meters, accounts, resources bool
	err := conn.QueryRowContext(ctx, text("links_possible")).Scan(&meters, &accounts, &resources)
	if err != nil && !errors.Is(err, sql.ErrNoRows) { // of a ledger without usage there are no spans
		return fmt.Errorf("links_possible: %w", err)
	}
	for _, of := range []struct {
		name     string
		possible bool
	}{{"meters", meters}, {"accounts", accounts}, {"resources", resources}} {
		if of.possible {
			if _, err := conn.ExecContext(ctx, text("refresh_links")+text("refresh_links_"+of.name)); err != nil {
				return fmt.Errorf("refresh_links_%s: %w", of.name, err)
			}
		}
	}
	if _, err = conn.ExecContext(ctx, text("refresh_linked")); err != nil {
		return fmt.Errorf("refresh_linked: %w", err)
	}
	return nil
}

func text(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	return string(b)
}
