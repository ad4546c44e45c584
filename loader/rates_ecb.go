package loader

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// isECB says whether a header is that of the European Central Bank's reference rates,
// eurofxref-hist.csv: a date, then a currency a column.
func isECB(h Header) bool {
	names := slices.DeleteFunc(slices.Clone([]string(h)), func(n string) bool { return n == "" }) // its lines end in a comma
	if len(names) < 3 || fold(names[0]) != "date" || !slices.Contains(names, "USD") {
		return false
	}
	return !slices.ContainsFunc(names[1:], func(n string) bool { return !isCode(n) })
}

func isCode(s string) bool { return len(s) == 3 && strings.Trim(s, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") == "" }

// loadECB reads the European Central Bank's file into the table rates, as loadRates does. It
// says what a euro is worth; what is kept is what the other currency is worth in euros.
func loadECB(ctx context.Context, conn *sql.Conn, in io.Reader) (lines, changed int64, err error) {
	table, err := smallcsv.Read("", in, smallcsv.Columns{Known: []string{"date"}, Must: []string{"date"}, Others: true})
	if err != nil {
		return 0, 0, rejected(err)
	}
	var rates [][]driver.Value
	seen := map[time.Time]int{}
	for _, r := range table.Rows {
		day, err := ecbDay(r)
		if err == nil && seen[day] > 0 {
			err = r.Wrong("date", fmt.Sprintf("is on line %d already", seen[day]))
		}
		if err != nil {
			return 0, 0, rejected(err)
		}
		seen[day] = r.Line
		for _, column := range table.Header {
			value := r.Get(column)
			if column == "" || column == "date" || value == "" || strings.EqualFold(value, "N/A") {
				continue
			}
			d, _, err := usage.ParseDecimal(value)
			if err != nil || d.Sign() <= 0 {
				return 0, 0, rejected(r.Wrong(column, "is not a positive decimal number, nor N/A"))
			}
			rate, ok := inverse(d)
			if !ok {
				return 0, 0, rejected(r.Wrong(column, "is a rate that no currency has"))
			}
			rates = append(rates, []driver.Value{day, strings.ToUpper(column), rate.String()})
		}
	}
	if _, err := conn.ExecContext(ctx, query("rates_ecb_table")); err != nil {
		return 0, 0, err
	}
	err = conn.Raw(func(c any) error {
		a, err := duckdb.NewAppender(c.(*duckdb.Conn), "temp", "main", "ecb_rates")
		if err != nil {
			return err
		}
		for _, r := range rates {
			if err := a.AppendRow(r...); err != nil {
				return errors.Join(err, a.Close())
			}
		}
		return a.Close()
	})
	if err != nil {
		return 0, 0, err
	}
	done, err := conn.ExecContext(ctx, query("rates_ecb"))
	if err != nil {
		return 0, 0, err
	}
	changed, err = done.RowsAffected()
	return int64(len(table.Rows)), changed, err
}

// ecbDay returns a line's date: 2026-11-27, and in the daily file 27 November 2026.
func ecbDay(r smallcsv.Row) (time.Time, error) {
	t, err := time.Parse(time.DateOnly, r.Get("date"))
	if err != nil {
		t, err = time.Parse("2 January 2006", r.Get("date"))
	}
	if err != nil {
		return t, r.Wrong("date", "is not a date like 2026-03-31")
	}
	return t, nil
}

// inverse returns 1 / d, rounded as rates are; ok is false where that is none.
func inverse(d usage.Decimal) (out usage.Decimal, ok bool) {
	one := usage.DecimalOf(1).Big()
	q, _ := usage.DecimalFromBig(new(big.Int).Quo(new(big.Int).Mul(one, one), d.Big()))
	out = q.Round(rateDigits)
	return out, out.Sign() > 0 && out.Cmp(usage.DecimalOf(1_000_000)) < 0
}
