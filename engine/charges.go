package engine

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
)

// Charges writes the charges of a month as a CSV file of FOCUS, and returns how many there
// are. What it wrote is worth something only if it returns no error: an engine may break
// off after many rows, and what was read is held to what the engine said before.
func (t *Table) Charges(ctx context.Context, m Month, g Grouping, to io.Writer) (rows int64, err error) {
	w := bufio.NewWriterSize(to, 1<<18)
	w.WriteString(g.header(m))
	read := map[string]Total{}
	var of int64
	err = t.each(ctx, t.charges(m, g), 5, func(v []sql.NullString) error {
		rows++
		n, err := strconv.ParseInt(v[4].String, 10, 64)
		if err != nil {
			return err
		}
		of += n
		currency := currencyOf(v[1])
		billed, err1 := amountOf(v[2])
		effective, err2 := amountOf(v[3])
		if err := errors.Join(err1, err2); err != nil {
			return err
		}
		sum := read[currency]
		read[currency] = Total{sum.Billed.Add(billed), sum.Effective.Add(effective)}
		w.WriteString(v[0].String)
		_, err = w.WriteString(",actual,\n")
		return err
	})
	if err != nil {
		return rows, fmt.Errorf("%s: %w", m.Name, err)
	}
	if err := w.Flush(); err != nil {
		return rows, fmt.Errorf("%s: keep its charges: %w", m.Name, err)
	}
	if err := t.engine.Unchanged(ctx, m.files); err != nil {
		return rows, fmt.Errorf("%s: %w", m.Name, err)
	}
	if of != m.Rows { // those that cost nothing change no sum
		return rows, &TotalError{m.Name, "rows:", fmt.Sprint(of), fmt.Sprint(m.Rows)}
	}
	return rows, m.held(read)
}

// held says how what was read of a month differs from what the engine said of it.
func (m Month) held(read map[string]Total) error {
	for _, currency := range slices.Sorted(maps.Keys(union(m.Totals, read))) {
		said, got := m.Totals[currency], read[currency]
		if said.Billed != got.Billed {
			return &TotalError{m.Name, "a BilledCost in " + currency + " of", got.Billed.String(), said.Billed.String()}
		}
		if said.Effective != got.Effective {
			return &TotalError{m.Name, "an EffectiveCost in " + currency + " of", got.Effective.String(), said.Effective.String()}
		}
	}
	return nil
}

func union(a, b map[string]Total) map[string]Total {
	out := maps.Clone(a)
	maps.Copy(out, b)
	return out
}
