package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"usagereport/usage"
)

// A Fetched is a billing period that the ledger has of an account, and the load
// that it is from.
type Fetched struct {
	Period  string
	Span    usage.Period
	Ref     string
	Version string
	Told    time.Time // when the export ran, else when it was loaded
}

// Fetched returns the billing periods that the ledger has of a subscription, or of
// a billing account, by its id; of amortized cost or of any other.
func (l *Ledger) Fetched(ctx context.Context, account string, amortized bool) ([]Fetched, error) {
	rows, err := l.db.QueryContext(ctx, query("fetched"), sql.Named("account", account), sql.Named("amortized", amortized))
	if err != nil {
		return nil, fmt.Errorf("fetched: %w", err)
	}
	defer rows.Close()
	var out []Fetched
	for rows.Next() {
		var f Fetched
		if err := rows.Scan(&f.Period, DayOf(&f.Span.From), DayOf(&f.Span.To), &f.Ref, &f.Version, &f.Told); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}
