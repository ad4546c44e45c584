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

	"usagereport/internal/smallcsv"
	"usagereport/ledger"
	"usagereport/usage"
)

// rateColumns are those of a rates file.
func rateColumns() []string { return []string{"date", "from", "to", "rate"} }

// rateDigits is how many fraction digits a rate may have.
const rateDigits = 8

// isRates says whether a header is that of a rates file.
func isRates(h Header) bool { return isOwnRates(h) || isECB(h) }

// isOwnRates says whether it is that of one that people keep.
func isOwnRates(h Header) bool {
	names := make([]string, len(h))
	for i, name := range h {
		names[i] = smallcsv.Name(name)
	}
	slices.Sort(names)
	return slices.Equal(names, []string{"date", "from", "rate", "to"})
}

// loadRates reads a rates file's lines into the table rates, where they replace
// those of the same day and currencies. It returns how many lines there are and
// how many of them were new or other.
func loadRates(ctx context.Context, conn *sql.Conn, in io.Reader) (lines, changed int64, err error) {
	table, err := smallcsv.Read("", in, smallcsv.Columns{Known: rateColumns(), Must: rateColumns()})
	if err != nil {
		return 0, 0, rejected(err)
	}
	type line struct {
		rate usage.Decimal
		line int
	}
	seen := map[ratedDay]line{}
	for _, r := range table.Rows {
		rate, of, err := readRate(r)
		if known, has := seen[of]; err == nil && has && known.rate != rate { // the same line twice does no harm
			err = r.Wrong("date", fmt.Sprintf("has another rate from %s to %s on line %d", of.from, of.to, known.line))
		}
		if err != nil {
			return 0, 0, rejected(err)
		}
		seen[of] = line{rate, r.Line}
		done, err := conn.ExecContext(ctx, query("rate"), sql.Named("date", of.date), sql.Named("from", of.from), sql.Named("to", of.to),
			sql.Named("rate", rate.String()))
		if err != nil {
			return 0, 0, err
		}
		n, err := done.RowsAffected()
		if err != nil {
			return 0, 0, err
		}
		changed += n
	}
	return int64(len(table.Rows)), changed, nil
}

// unrated says which charges no rate converts, by load: those that a query names.
func unrated(ctx context.Context, conn *sql.Conn, name string, args ...any) (warnings map[int64][]string, err error) {
	rows, err := conn.QueryContext(ctx, query(name), args...)
	if err != nil {
		return nil, fmt.Errorf("look for charges without a rate: %w", err)
	}
	warnings = map[int64][]string{}
	defer rows.Close()
	for rows.Next() {
		var currency, reporting string
		var first, last usage.Day
		var load, n int64
		var cost usage.Decimal
		if err := rows.Scan(&load, &currency, &reporting, ledger.DayOf(&first), ledger.DayOf(&last), &n, ledger.Amount(&cost)); err != nil {
			return nil, err
		}
		span := fmt.Sprintf("on %s", first)
		if last != first {
			span = fmt.Sprintf("from %s to %s", first, last)
		}
		warnings[load] = append(warnings[load], fmt.Sprintf("%d %s %s, %s %s, %s no rate to %s; usage_converted leaves their cost empty", n,
			plural(int(n), "charge", "charges"), span, cost, currency, plural(int(n), "has", "have"), reporting))
	}
	return warnings, rows.Err()
}

// rejected says of what is wrong in a small file what is said of one of usage.
func rejected(err error) error {
	if e := (*smallcsv.Error)(nil); errors.As(err, &e) {
		return &RejectedError{First: Reject{Line: int64(e.Line), Column: e.Column, Value: e.Value, Reason: e.Reason}}
	}
	return err
}

// A ratedDay is what a rate is of. A file says it once: of two lines one would count in silence.
type ratedDay struct{ date, from, to string }

// readRate returns a line's rate and what it is of.
func readRate(r smallcsv.Row) (rate usage.Decimal, of ratedDay, err error) {
	of.date = r.Get("date")
	if strings.Count(of.date, ".") == 2 { // 31.03.2026, where the day is first everywhere
		if t, err := parseTime([]byte(of.date), DayFirst); err == nil {
			of.date = dayOfMicros(t).String()
		}
	}
	if _, err := time.Parse(time.DateOnly, of.date); err != nil {
		return rate, of, r.Wrong("date", "is not a date like 2026-03-31")
	}
	of.from, of.to = strings.ToUpper(r.Get("from")), strings.ToUpper(r.Get("to"))
	for column, code := range map[string]string{"from": of.from, "to": of.to} {
		if !isCode(code) {
			return rate, of, r.Wrong(column, "is not a currency's code, like EUR")
		}
	}
	if of.from == of.to {
		return rate, of, r.Wrong("to", "is the currency from which it leads")
	}
	text := r.Get("rate")
	if whole, part, _ := strings.Cut(text, ","); len(part) == 3 && len(whole) <= 3 && strings.Trim(whole, "0") != "" {
		reason := fmt.Sprintf("may mean a thousand times as much or as little: write %[1]s%[2]s or %[1]s.%[2]s", whole, part)
		return rate, of, r.Wrong("rate", reason)
	}
	rate, _, err = usage.ParseDecimal(strings.Replace(text, ",", ".", 1))
	if err != nil || rate.Sign() <= 0 {
		return rate, of, r.Wrong("rate", "is not a positive decimal number")
	}
	if rate.Round(rateDigits) != rate || rate.Cmp(usage.DecimalOf(1_000_000)) >= 0 {
		return rate, of, r.Wrong("rate", "has more than 8 fraction digits, or more than 6 before them")
	}
	return rate, of, nil
}
