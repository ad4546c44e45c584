// Package rollup adds up: rows in, sums per day out. The Engine is the one seam
// for scale; everything after the sums is DuckDB and Go.
package rollup

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"iter"
	"maps"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

//go:embed sql/*.sql
var files embed.FS

// An Engine adds up cost per day. The built-in engine groups the rows of the
// local ledger; others leave the rows where they are and bring back only the
// sums. All engines return the same sums for the same rows; rolluptest.TestEngine
// holds them to it.
type Engine interface {
	// Daily yields one row for each day of span, currency, and distinct
	// combination of by, in no particular order. Amounts are exact. Days without
	// usage yield no row.
	Daily(ctx context.Context, span usage.Period, by Grouping) iter.Seq2[DailyCost, error]
}

// A Grouping is what to group by.
type Grouping struct {
	By   []usage.Dimension
	Only usage.Series // values that rows must have; the zero Series keeps all
}

// A DailyCost is the sum of one day and series in one currency.
type DailyCost struct {
	Day       usage.Day
	Series    usage.Series
	Currency  string
	Billed    usage.Decimal
	Effective usage.Decimal
	Quantity  usage.Decimal
}

// A LocalEngine can fill the ledger's daily table where it stands.
type LocalEngine interface {
	Engine
	RefreshDaily(ctx context.Context) error
}

// DuckDB is the built-in engine.
type DuckDB struct{ Ledger *ledger.Ledger }

// RefreshDaily fills the tables series, daily, daily_services and links from all current charges,
// in one transaction.
func (e DuckDB) RefreshDaily(ctx context.Context) error {
	err := e.Ledger.Update(ctx, func(conn *sql.Conn) error {
		if _, err := conn.ExecContext(ctx, "DELETE FROM daily; DELETE FROM daily_services; DELETE FROM series;"); err != nil {
			return err
		}
		for _, name := range []string{"refresh_series", "refresh_daily", "refresh_services", "refresh_links"} {
			if _, err := conn.ExecContext(ctx, text(name)); err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("add up the daily costs: %w", err)
	}
	return nil
}

// Daily implements Engine.
func (e DuckDB) Daily(ctx context.Context, span usage.Period, by Grouping) iter.Seq2[DailyCost, error] {
	return func(yield func(DailyCost, error) bool) {
		args := []any{span.From.Time(), span.To.Time()}
		var groups, only strings.Builder
		for _, d := range by.By {
			fmt.Fprintf(&groups, ", coalesce(u.%s, '')", d)
		}
		for _, d := range slices.Sorted(maps.Keys(by.Only)) {
			args = append(args, by.Only[d])
			fmt.Fprintf(&only, " AND coalesce(u.%s, '') = $%d", d, len(args))
		}
		rows, err := e.Ledger.DB().QueryContext(ctx, fmt.Sprintf(text("daily"), groups.String(), only.String()), args...)
		if err != nil {
			yield(DailyCost{}, err)
			return
		}
		defer rows.Close()
		for rows.Next() {
			c := DailyCost{Series: usage.Series{}}
			values := make([]string, len(by.By))
			into := []any{ledger.DayOf(&c.Day), &c.Currency}
			for i := range values {
				into = append(into, &values[i])
			}
			into = append(into, ledger.Amount(&c.Billed), ledger.Amount(&c.Effective), ledger.Amount(&c.Quantity))
			if err := rows.Scan(into...); err != nil {
				yield(DailyCost{}, err)
				return
			}
			for i, d := range by.By {
				c.Series[d] = values[i]
			}
			if !yield(c, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(DailyCost{}, err)
		}
	}
}

func text(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	return string(b)
}
