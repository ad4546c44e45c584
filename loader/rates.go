package loader

import (
	"context"
	"database/sql"
	"errors"
	"io"
	"slices"
	"strings"
	"time"

	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// rateColumns are those of a rates file.
func rateColumns() []string { return []string{"date", "from", "to", "rate"} }

// rateDigits is how many fraction digits a rate may have.
const rateDigits = 8

// isRates says whether a header is that of a rates file.
func isRates(h Header) bool {
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
	for _, r := range table.Rows {
		n, err := loadRate(ctx, conn, r)
		if err != nil {
			return 0, 0, rejected(err)
		}
		changed += n
	}
	return int64(len(table.Rows)), changed, nil
}

// rejected says of what is wrong in a small file what is said of one of usage.
func rejected(err error) error {
	if e := (*smallcsv.Error)(nil); errors.As(err, &e) {
		return &RejectedError{First: Reject{Line: int64(e.Line), Column: e.Column, Value: e.Value, Reason: e.Reason}}
	}
	return err
}

// loadRate puts a line into the table rates and returns how many rows that changed:
// one, or none.
func loadRate(ctx context.Context, conn *sql.Conn, r smallcsv.Row) (int64, error) {
	if _, err := time.Parse(time.DateOnly, r.Get("date")); err != nil {
		return 0, r.Wrong("date", "is not a date like 2026-03-31")
	}
	codes := map[string]string{}
	for _, column := range []string{"from", "to"} {
		code := strings.ToUpper(r.Get(column))
		if len(code) != 3 || strings.Trim(code, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "" {
			return 0, r.Wrong(column, "is not a currency's code, like EUR")
		}
		codes[column] = code
	}
	d, _, err := usage.ParseDecimal(r.Get("rate"))
	if err != nil || d.Sign() <= 0 {
		return 0, r.Wrong("rate", "is not a positive decimal number")
	}
	if d.Round(rateDigits) != d || d.Cmp(usage.DecimalOf(1_000_000)) >= 0 {
		return 0, r.Wrong("rate", "has more than 8 fraction digits, or more than 6 before them")
	}
	done, err := conn.ExecContext(ctx, query("rate"), sql.Named("date", r.Get("date")), sql.Named("from", codes["from"]),
		sql.Named("to", codes["to"]), sql.Named("rate", d.String()))
	if err != nil {
		return 0, err
	}
	return done.RowsAffected()
}
