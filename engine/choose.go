package engine

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strconv"
)

// Choose returns the finest columns by which these months have no more charges and series
// than the limits. They are counted about, and exactly where that is too near to a limit
// to tell.
func (t *Table) Choose(ctx context.Context, months []Month) (Grouping, error) {
	return t.choose(ctx, months, nil)
}

// choose is Choose, which counts no grouping anew that is counted about.
func (t *Table) choose(ctx context.Context, months []Month, counted []Grouping) (Grouping, error) {
	var rows int64
	for _, m := range months {
		rows += m.Rows
	}
	var g Grouping
	for s := kept; s < coarsest; s++ {
		next := t.grouping(s)
		if s > kept && len(next.LeftOut) == len(g.LeftOut) {
			continue // there was nothing of it to leave out
		}
		g = next
		if rows <= min(t.opts.Rows, t.opts.Series) {
			g.Rows, g.Series = rows, rows
			return g, nil
		}
		for _, exact := range []bool{false, true} {
			var err error
			if i := slices.IndexFunc(counted, func(o Grouping) bool { return o.step == g.step }); i >= 0 && !exact {
				g = counted[i]
			} else if g, err = t.Count(ctx, months, g, exact); err != nil {
				return g, err
			}
			g.Rows = min(g.Rows, rows)
			if clear(g.Rows, t.opts.Rows) && clear(g.Series, t.opts.Series) {
				break
			}
		}
		if g.Rows <= t.opts.Rows && g.Series <= t.opts.Series {
			return g, nil
		}
	}
	if g.Rows > t.opts.Rows {
		return g, &TooManyError{t.engine.Name(), g.Rows, t.opts.Rows, "charges", t.opts.Keep}
	}
	return g, &TooManyError{t.engine.Name(), g.Series, t.opts.Series, "series", t.opts.Keep}
}

// clear reports whether a number that is known to a tenth tells on which side of a limit
// it is.
func clear(about, limit int64) bool { return about*10 < limit*9 || about*10 > limit*11 }

// Count says how many charges and series a grouping makes of these months.
func (t *Table) Count(ctx context.Context, months []Month, g Grouping, exact bool) (Grouping, error) {
	if !exact {
		one := []Grouping{g}
		err := t.count(ctx, months, one)
		return one[0], err
	}
	g.Exact = true
	err := t.each(ctx, t.countsExactly(months, g), 2, func(v []sql.NullString) error { return t.counted(v, &g) })
	return g, err
}

// count is Count of several groupings, about, by one statement.
func (t *Table) count(ctx context.Context, months []Month, groupings []Grouping) error {
	return t.each(ctx, t.counts(months, groupings), 2*len(groupings), func(v []sql.NullString) error {
		for i := range groupings {
			groupings[i].Exact = false
			if err := t.counted(v[2*i:], &groupings[i]); err != nil {
				return err
			}
		}
		return nil
	})
}

// counted reads the two numbers of a grouping.
func (t *Table) counted(v []sql.NullString, g *Grouping) (err error) {
	for i, to := range []*int64{&g.Rows, &g.Series} {
		if *to, err = strconv.ParseInt(v[i].String, 10, 64); err != nil {
			return fmt.Errorf("count the charges of %s: %w", t.engine.Name(), err)
		}
	}
	return nil
}
