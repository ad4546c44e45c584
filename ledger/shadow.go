package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"usagereport/usage"
)

// shadow marks what counts in amortized scopes alone: actual scopes beside them, and purchases of what
// they spread. Where an account bought that and something else besides, that becomes a scope of its own.
func shadow(ctx context.Context, conn *sql.Conn) error {
	exec := func(name string) (int64, error) {
		done, err := conn.ExecContext(ctx, query(name))
		if err != nil {
			return 0, fmt.Errorf("%s: %w", name, err)
		}
		return done.RowsAffected()
	}
	if _, err := exec("scopes_shadow"); err != nil {
		return err
	}
	if _, err := conn.ExecContext(ctx, "DELETE FROM split_scopes"); err != nil {
		return err
	}
	if n, err := exec("bought_choose"); err != nil || n == 0 {
		return err
	}
	for _, name := range []string{"bought_scopes", "bought_move", "split_sums", "scopes_shadow"} {
		if _, err := exec(name); err != nil {
			return err
		}
	}
	return nil
}

// A billedBeside is what an account costs in a bill of which an actual and an amortized file stand side by side.
type billedBeside struct {
	load                    int64
	period, currency        string
	account                 string
	shown, actual           usage.Decimal
	actualEnd, amortizedEnd usage.Day // the last days with usage; 0 for none
}

// warnBeside says of which of the loads from first to last an amortized file and the purchases of the actual one beside
// it bill another sum than the actual file, and by how much. It is no warning that the ledger keeps: the
// next file may change it, and reports ask anew.
func warnBeside(ctx context.Context, conn *sql.Conn, first, last int64, warn func(load int64, warning string)) error {
	rows, err := conn.QueryContext(ctx, query("billed_beside"), sql.Named("first", first), sql.Named("last", last))
	if err != nil {
		return fmt.Errorf("billed_beside: %w", err)
	}
	defer rows.Close()
	var of []billedBeside // one bill in one currency
	said := func() {
		if len(of) > 0 {
			warn(of[0].load, billedOtherwise(of))
		}
	}
	for rows.Next() {
		var b billedBeside
		if err := rows.Scan(&b.load, &b.period, &b.currency, &b.account, Amount(&b.shown), Amount(&b.actual), DayOf(&b.actualEnd),
			DayOf(&b.amortizedEnd)); err != nil {
			return err
		}
		if len(of) > 0 && (of[0].load != b.load || of[0].period != b.period || of[0].currency != b.currency) {
			said()
			of = nil
		}
		of = append(of, b)
	}
	said()
	return rows.Err()
}

// billedOtherwise says by how much the accounts of a bill cost something other than by their actual file.
func billedOtherwise(of []billedBeside) string {
	const most = 3
	than := func(by usage.Decimal) string {
		if by.Sign() < 0 {
			return by.Neg().String() + " " + of[0].currency + " less"
		}
		return by.String() + " " + of[0].currency + " more"
	}
	var all usage.Decimal
	var said []string
	for i, b := range of {
		by := b.shown.Sub(b.actual)
		all = all.Add(by)
		if i >= most {
			continue
		}
		text := fmt.Sprintf("account %s costs %s instead of %s %s", b.account, b.shown, b.actual, b.currency)
		if b.actualEnd != b.amortizedEnd {
			text += fmt.Sprintf(" (the actual file reaches to %s, the amortized one to %s)", orNone(b.actualEnd), orNone(b.amortizedEnd))
		}
		said = append(said, text)
	}
	if n := len(of) - most; n > 0 {
		said = append(said, fmt.Sprintf("and so do %d more", n))
	}
	return fmt.Sprintf("%s: the amortized file and the purchases of the actual one bill %s than the actual file alone: %s", of[0].period,
		than(all), strings.Join(said, ", "))
}
