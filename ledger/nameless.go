package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// warnNameless says of which of the loads from first to last the charges are those of another, where one of the two has no accounts, as an
// export without that column: both count.
func warnNameless(ctx context.Context, conn *sql.Conn, first, last int64, warn func(load int64, warning string)) error {
	rows, err := conn.QueryContext(ctx, query("accounts_nameless"), sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return fmt.Errorf("accounts_nameless: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var load, other int64
		var period, ref string
		if err := rows.Scan(&load, &period, &other, &ref); err != nil {
			return fmt.Errorf("accounts_nameless: %w", err)
		}
		warn(load, fmt.Sprintf("it has the charges of %s that %s (load %d) has, and one of the two names no accounts: both count; if they are the "+
			"same charges, take one of the two back with 'usagereport loads remove'", period, ref, other))
	}
	return rows.Err()
}
