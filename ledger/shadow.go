package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// shadow marks what counts in amortized scopes alone: actual scopes beside them, and purchases of what
// they spread. Where an account bought that and something else besides, that becomes a scope of its own.
func shadow(ctx context.Context, conn *sql.Conn) error {
	exec := func(name string) (int64, error) {
		done, err := conn.ExecContext(ctx, query(name))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		return done.RowsAffected()
	}
	if _, err := exec("scopes_shadow"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM split_scopes"); err != nil {
		return err
	}
	if n, err := exec("bought_choose"); err != nil || n == 0 {
		return err
	}
	for _, name := range []string{"bought_scopes", "bought_move", "split_sums", "scopes_shadow"} {
		if _, err := exec(name); err != nil {
			return err
		}
	}
	return nil
}
