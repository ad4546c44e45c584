package loader

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/usage"
)

// A firstRow is the first row of a content, and how many times it came again. Where it did not, and no line repeats the
// header, the content is no file that was put together from copies.
type firstRow struct {
	taken   bool
	key     uint32
	days    []int64
	numbers []usage.Decimal
	again   int64
}

// look compares rows with the first.
func (f *firstRow) look(rs *rows) {
	for i, key := range rs.keys {
		switch {
		case !f.taken:
			f.taken, f.key = true, key
			for _, d := range rs.days {
				f.days = append(f.days, d[i])
			}
			for _, n := range rs.numbers {
				f.numbers = append(f.numbers, n[i])
			}
		case key == f.key && f.is(rs, i):
			f.again++
		}
	}
}

// is reports whether row i has the days and numbers of the first.
func (f *firstRow) is(rs *rows, i int) bool {
	for at, d := range rs.days {
		if d[i] != f.days[at] {
			return false
		}
	}
	for at, n := range rs.numbers {
		if n[i] != f.numbers[at] {
			return false
		}
	}
	return true
}

// A series is what lies between the headers of a content: of each part how many rows it has, and a sum of what they say.
type series []partSum

type partSum struct {
	rows int64
	sum  uint64
}

// look adds rows to the parts in which they are. By columns that takes a third of the time that it takes by rows.
func (s *series) look(rs *rows) {
	sums := make([]uint64, len(rs.keys))
	for i, key := range rs.keys {
		sums[i] = uint64(key)
	}
	for _, d := range rs.days {
		for i := range sums {
			sums[i] = sums[i]*spread + uint64(d[i])
		}
	}
	for _, n := range rs.numbers {
		for i := range sums {
			hi, lo := n[i].Words()
			sums[i] = sums[i]*spread + (lo ^ uint64(hi)*spread)
		}
	}
	heads := rs.heads
	for i, sum := range sums {
		for ; len(heads) > 0 && heads[0] == i; heads = heads[1:] {
			s.begin()
		}
		if len(*s) == 0 {
			s.begin()
		}
		last := &(*s)[len(*s)-1]
		last.rows, last.sum = last.rows+1, last.sum+mixed(sum)
	}
	if len(heads) > 0 {
		s.begin()
	}
}

// begin begins a part, unless the last one is still without a row.
func (s *series) begin() {
	if n := len(*s); n == 0 || (*s)[n-1].rows > 0 {
		*s = append(*s, partSum{})
	}
}

// spread is odd, with bits all over it.
const spread = 0x9e3779b97f4a7c15

// mixed spreads the bits of x over all of it.
func mixed(x uint64) uint64 {
	x = (x ^ x>>32) * spread
	return x ^ x>>29
}

// copies returns how many times the same parts come, one below the other, 1 where they differ.
func (s series) copies() int64 {
	if n := len(s); n > 0 && s[n-1].rows == 0 {
		s = s[:n-1]
	}
	for n := 1; n*2 <= len(s); n++ { // parts of one copy
		if len(s)%n == 0 && slices.Equal(s[n:], s[:len(s)-n]) {
			return int64(len(s) / n)
		}
	}
	return 1
}

// again is what of a content stands in it before.
type again struct {
	rows, again int64
	least       int64 // times that the rarest row is there
	even        bool  // each row is there as often as there are copies, or a multiple of that
	costs       []string
}

// once takes a file that was put together from copies of one, each with its header, as that one: it is the same again. Where no
// header tells the copies apart, or the parts have some rows in common, all count, for rows alike are common,
// and what is there before is told.
func (c *content) once(ctx context.Context) error {
	if c.headers == 0 {
		alone := c.first.again == 0
		if !alone { // a look at some rows, for one at all of them takes a third of a load's time
			err := c.conn.QueryRowContext(ctx, query("rows_alone"), sql.Named("load", c.load.ID)).Scan(&alone)
			if err != nil {
				return fmt.Errorf("rows_alone: %w", err)
			}
		}
		if alone {
			return nil
		}
	}
	a, err := c.again(ctx)
	if err != nil || a.again == 0 {
		return err
	}
	warn := func(format string, args ...any) {
		c.res.Warnings = append(c.res.Warnings, fmt.Sprintf(format, args...))
	}
	switch different, copies := a.rows-a.again, c.series.copies(); {
	case copies > 1 && a.even:
		if _, err := c.conn.ExecContext(ctx, query("rows_once"), sql.Named("load", c.load.ID), sql.Named("copies", copies)); err != nil {
			return fmt.Errorf("rows_once: %w", err)
		}
		c.res.Rows /= copies
		for currency, t := range c.totals {
			c.totals[currency], _ = usage.DecimalFromBig(new(big.Int).Quo(t.Big(), big.NewInt(copies)))
		}
		warn("it is %d copies of one file, one below the other, each with its header; it counts once", copies)
	case a.least > 1 && different > 1:
		warn("each of its rows stands in it at least %d times, %d rows of %d kinds: where it was put together from copies of one file, load one "+
			"of these instead; all rows count", a.least, a.rows, different)
	case c.headers > 0 && a.again*parts >= a.rows:
		warn("%d of its rows, of %s, are there before, and a line repeats the header: where the files that were put together have days in "+
			"common, these count twice; load the files one by one instead", a.again, strings.Join(a.costs, " and "))
	}
	return nil
}

// parts: of so many rows of a file one may well be there twice.
const parts = 20

func (c *content) again(ctx context.Context) (a again, err error) {
	rows, err := c.conn.QueryContext(ctx, query("rows_again"), sql.Named("load", c.load.ID), sql.Named("copies", c.series.copies()))
	if err != nil {
		return a, fmt.Errorf("rows_again: %w", err)
	}
	defer rows.Close()
	a.even = true
	for rows.Next() {
		var currency string
		var n, again, least int64
		var cost usage.Decimal
		var even bool
		if err := rows.Scan(&currency, &n, &again, ledger.Amount(&cost), &least, &even); err != nil {
			return a, fmt.Errorf("rows_again: %w", err)
		}
		a.rows, a.again, a.even = a.rows+n, a.again+again, a.even && even
		if a.least == 0 || least < a.least {
			a.least = least
		}
		if again > 0 {
			a.costs = append(a.costs, cost.String()+" "+currency)
		}
	}
	return a, rows.Err()
}
