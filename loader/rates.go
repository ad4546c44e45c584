package loader

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/gocarina/gocsv"

	"usagereport/usage"
)

// A rate is a line of a rates file: one unit of From is worth Rate of To from
// Date on, until a later line of the two currencies.
type rate struct {
	Date string `csv:"date"`
	From string `csv:"from"`
	To   string `csv:"to"`
	Rate string `csv:"rate"`
}

// rateDigits is how many fraction digits a rate may have.
const rateDigits = 8

// isRates says whether a header is that of a rates file.
func isRates(h Header) bool {
	names := lowered(h)
	slices.Sort(names)
	return slices.Equal(names, []string{"date", "from", "rate", "to"})
}

func lowered(h Header) []string {
	out := make([]string, len(h))
	for i, name := range h {
		out[i] = strings.ToLower(name)
	}
	return out
}

// loadRates reads a rates file's lines into the table rates, where they replace
// those of the same day and currencies. It returns how many lines there are and
// how many of them were new or other.
func loadRates(ctx context.Context, conn *sql.Conn, h Header, in io.Reader) (lines, changed int64, err error) {
	var rates []rate
	in = io.MultiReader(strings.NewReader(strings.Join(lowered(h), ",")+"\n"), in)
	if err := gocsv.Unmarshal(in, &rates); err != nil && !errors.Is(err, gocsv.ErrEmptyCSVFile) {
		return 0, 0, fmt.Errorf("the rates cannot be read: %w", err)
	}
	for i, r := range rates {
		bad := func(column, value, reason string) error {
			return &RejectedError{First: Reject{Line: int64(i) + 2, Column: column, Value: value, Reason: reason}}
		}
		if _, err := time.Parse(time.DateOnly, r.Date); err != nil {
			return 0, 0, bad("date", r.Date, "is not a date like 2026-03-31")
		}
		r.From, r.To = strings.ToUpper(strings.TrimSpace(r.From)), strings.ToUpper(strings.TrimSpace(r.To))
		for column, code := range map[string]string{"from": r.From, "to": r.To} {
			if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
				return 0, 0, bad(column, code, "is not a currency's code, like EUR")
			}
		}
		d, _, err := usage.ParseDecimal(strings.TrimSpace(r.Rate))
		if err != nil || d.Sign() <= 0 {
			return 0, 0, bad("rate", r.Rate, "is not a positive decimal number")
		}
		if d.Round(rateDigits) != d || d.Cmp(usage.DecimalOf(1_000_000)) >= 0 {
			return 0, 0, bad("rate", r.Rate, "has more than 8 fraction digits, or more than 6 before them")
		}
		done, err := conn.ExecContext(ctx, `INSERT INTO rates SELECT $1::DATE, $2, $3, $4::VARCHAR::DECIMAL(14,8)
				WHERE NOT EXISTS (SELECT 1 FROM rates WHERE date = $1::DATE AND "from" = $2 AND "to" = $3 AND rate = $4::VARCHAR::DECIMAL(14,8))
			ON CONFLICT DO UPDATE SET rate = excluded.rate`, r.Date, r.From, r.To, d.String())
		if err != nil {
			return 0, 0, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, 0, err
		}
		changed += n
	}
	return int64(len(rates)), changed, nil
}
