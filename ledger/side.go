package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/usage"
)

// A side is what one of two loads has of the days that both have.
type side struct {
	accounts   map[string]bool
	currencies []string
	rows       int64
	totals     map[string]usage.Decimal // by currency
	back       bool                     // all of it is booked back
}

// otherCurrency reports whether two sides have charges, and none in one currency. What does not
// name its currency may be in any.
func (s side) otherCurrency(o side) bool {
	for _, c := range s.currencies {
		if c == usage.NoCurrency || slices.Contains(o.currencies, c) || slices.Contains(o.currencies, usage.NoCurrency) {
			return false
		}
	}
	return len(s.currencies) > 0 && len(o.currencies) > 0
}

// sidesOf returns all that load and o have (load_lines) of the period of o.
func sidesOf(ctx context.Context, conn *sql.Conn, load int64, o overlap) (we, they side, err error) {
	our, err := spanOf(ctx, conn, load, o.start, o.own)
	if err != nil {
		return we, they, err
	}
	their, err := spanOf(ctx, conn, o.id, o.start, o.own)
	if err != nil {
		return we, they, err
	}
	if we, err = sideOf(ctx, conn, load, our); err == nil {
		they, err = sideOf(ctx, conn, o.id, their)
	}
	return we, they, err
}

// sidesIn returns what load and o have (load_lines) of the same days.
func sidesIn(ctx context.Context, conn *sql.Conn, load int64, o overlap, days usage.Period) (we, they side, err error) {
	if we, err = sideOf(ctx, conn, load, days); err == nil {
		they, err = sideOf(ctx, conn, o.id, days)
	}
	return we, they, err
}

func sideOf(ctx context.Context, conn *sql.Conn, load int64, days usage.Period) (s side, err error) {
	rows, err := conn.QueryContext(ctx, query("window"), sql.Named("load", load), sql.Named("from", days.From.Time()), sql.Named("to",
		days.To.Time()))
	if err != nil {
		return s, fmt.Errorf("window: %w", err)
	}
	defer rows.Close()
	s.accounts, s.totals, s.back = map[string]bool{}, map[string]usage.Decimal{}, true
	for rows.Next() {
		var currency string
		var accounts []any
		var n int64
		var total usage.Decimal
		var back bool
		if err := rows.Scan(&currency, (*anys)(&accounts), &n, Amount(&total), &back); err != nil {
			return s, err
		}
		s.currencies = append(s.currencies, currency)
		s.totals[currency] = total
		s.rows += n
		s.back = s.back && back
		for _, a := range accounts {
			s.accounts[fmt.Sprint(a)] = true
		}
	}
	return s, rows.Err()
}

// add adds what another side costs.
func (s *side) add(o side) {
	if s.totals == nil {
		s.totals = map[string]usage.Decimal{}
	}
	for currency, t := range o.totals {
		s.totals[currency] = s.totals[currency].Add(t)
	}
	s.currencies = slices.Sorted(maps.Keys(s.totals))
}

// total says what a side costs, in each currency.
func (s side) total() string {
	var said []string
	for _, currency := range s.currencies {
		said = append(said, s.totals[currency].String()+" "+currency)
	}
	if len(said) == 0 {
		return "nothing"
	}
	return strings.Join(said, " and ")
}
