package workspace

import (
	"context"
	"errors"

	"usagereport/internal/query"
	"usagereport/ledger"
)

// Views returns what statements can ask, with comments: those of an empty ledger,
// which are those of all.
func Views(ctx context.Context) (out []query.View, err error) {
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, l.Close()) }()
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	var catalog string
	if err := conn.QueryRowContext(ctx, "SELECT current_database()").Scan(&catalog); err != nil {
		return nil, err
	}
	if _, err := conn.ExecContext(ctx, ledger.ViewsSQL(catalog, 0, true)); err != nil {
		return nil, err
	}
	return query.Views(ctx, conn)
}
