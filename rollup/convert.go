package rollup

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"usagereport/usage"
)

// Convert makes conn see all charges in one currency, each at the newest rate that is
// not after its day: temporary tables stand before those of the ledger, as they do for
// one owner. What has no rate is left out, and stands in the temporary table unconverted.
// Only, Every and ByOwner, which may follow, divide what it made.
func Convert(ctx context.Context, conn *sql.Conn, to string) error {
	if err := before(ctx, conn, "convert", "{to}", usage.Literal(to)); err != nil {
		return err
	}
	for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services"} {
		if _, err := conn.ExecContext(ctx, text(name)); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := steady(ctx, conn, "daily"); err != nil {
		return err
	}
	// What is divided among owners is made of these, not of what stands before them.
	for _, name := range []string{"series", "daily"} {
		if _, err := conn.ExecContext(ctx, "CREATE OR REPLACE TEMP TABLE converted_"+name+" AS FROM temp.main."+name); err != nil {
			return fmt.Errorf("converted_%s: %w", name, err)
		}
	}
	return nil
}

// ofConverted names the tables that Convert made, where it made any, as statements name those of the
// ledger that they stand for.
func ofConverted(is bool) *strings.Replacer {
	if !is {
		return strings.NewReplacer("{converted}", "")
	}
	return strings.NewReplacer("{converted}", "CREATE TEMP TABLE series AS FROM converted_series;",
		"{ledger}.charges", "converted_charges", "{ledger}.scopes", "converted_scopes", "{ledger}.series", "converted_series",
		"{ledger}.daily_services", "{ledger}.daily_services", "{ledger}.daily", "converted_daily")
}

// isConverted reports whether Convert has prepared conn.
func isConverted(ctx context.Context, conn *sql.Conn) (is bool, err error) {
	err = conn.QueryRowContext(ctx, "SELECT getvariable('converted') IS NOT NULL").Scan(&is)
	return is, err
}

// steady makes the costs for statistics in the table sums those at the newest rates, where
// anything is converted.
func steady(ctx context.Context, conn *sql.Conn, sums string) error {
	is, err := isConverted(ctx, conn)
	if err == nil && is {
		_, err = conn.ExecContext(ctx, strings.ReplaceAll(text("steady"), "{sums}", sums))
	}
	if err != nil {
		return fmt.Errorf("steady: %w", err)
	}
	return nil
}
