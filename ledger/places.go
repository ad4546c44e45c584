package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"

	"usagereport/usage"
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

// DimensionsOf returns the dimensions, of those that a place may be without, of which the charges
// of the places whose names begin so have any value; any is false where there is no such charge.
func (l *Ledger) DimensionsOf(ctx context.Context, begin string) (has []usage.Dimension, any bool, err error) {
	dims := []usage.Dimension{usage.Resource, usage.ResourceGroup, usage.Region, usage.Meter}
	values := make([]bool, len(dims))
	err = l.db.QueryRowContext(ctx, query("held_columns"), sql.Named("begin", begin)).Scan(&values[0], &values[1], &values[2], &values[3])
	if errors.Is(err, sql.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("held_columns: %w", err)
	}
	for i, d := range dims {
		if values[i] {
			has = append(has, d)
		}
	}
	return has, true, nil
}
