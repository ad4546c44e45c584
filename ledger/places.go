package ledger

import (
	"context"
	"database/sql"
	"fmt"
)

// A Place is what the ledger has of one place: its newest load.
type Place struct {
	Ref     string
	Load    int64
	Version string
}

// Places returns what the ledger has of the places whose names begin so.
func (l *Ledger) Places(ctx context.Context, begin string) (out []Place, err error) {
	rows, err := l.db.QueryContext(ctx, query("held_places"), sql.Named("begin", begin))
	if err != nil {
		return nil, fmt.Errorf("held_places: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var p Place
		if err := rows.Scan(&p.Ref, &p.Load, &p.Version); err != nil {
			return nil, err
		}
		out = append(out, p)
	}
	return out, rows.Err()
}
