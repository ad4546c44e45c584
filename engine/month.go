package engine

import (
	"cmp"
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/hex"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"usagereport/usage"
)

// A Month is what a relation has of one billing period, of its newest run.
type Month struct {
	Name   string // 2026-10
	Run    string // "" where there is none
	Older  []string
	Rows   int64
	Totals map[string]Total // by currency

	named       bool // there are rows that carry its name
	unnamed     bool // there are others, whose bills begin in it
	first, last usage.Day
	files       []string // with rows of it; nil where the engine does not say
	without     int64    // rows without a day
	costs       int64    // rows with a cost
	spread      int64    // rows with an effective cost
	after       int64    // the load that it may take the place of; 0 for none
}

// A Total is what the rows of one currency add up to.
type Total struct{ Billed, Effective usage.Decimal }

// Months asks what there is, oldest first.
func (t *Table) Months(ctx context.Context) ([]Month, error) {
	parts, err := t.parts(ctx)
	if err != nil {
		return nil, err
	}
	return t.together(parts)
}

// together makes months of their parts, and refuses what a load cannot take.
func (t *Table) together(parts []Month) ([]Month, error) {
	if len(parts) == 0 {
		return nil, &EmptyError{t.engine.Name()}
	}
	byName := map[string][]Month{}
	var all, costs, without int64
	var in string
	for _, m := range parts {
		all, costs, without = all+m.Rows, costs+m.costs, without+m.without
		if m.without > 0 {
			in = t.shown(m.files)
		}
		runs := byName[m.Name]
		if i := slices.IndexFunc(runs, func(o Month) bool { return o.Run == m.Run }); i >= 0 {
			runs[i] = runs[i].with(m)
			continue
		}
		byName[m.Name] = append(runs, m)
	}
	switch {
	case costs == 0:
		return nil, &NullError{t.engine.Name(), "BilledCost", all, all, ""}
	case without > 0:
		return nil, &NullError{t.engine.Name(), "ChargePeriodStart", without, all, in}
	}
	var out []Month
	for _, name := range slices.Sorted(maps.Keys(byName)) {
		m, err := t.newest(byName[name])
		if err != nil {
			return nil, err
		}
		out = append(out, m)
	}
	return out, nil
}

// parts reads the rows of the statement months.
func (t *Table) parts(ctx context.Context) (out []Month, err error) {
	var all, none int64
	var in string
	err = t.each(ctx, t.months(), 13, func(v []sql.NullString) error {
		m := Month{Run: v[2].String, Totals: map[string]Total{}, named: v[1].Valid}
		if v[3].Valid {
			m.files = []string{v[3].String}
		}
		days := int64(0)
		for at, to := range map[int]*int64{5: &m.Rows, 6: &days, 7: &m.costs, 12: &m.spread} {
			if *to, err = strconv.ParseInt(v[at].String, 10, 64); err != nil {
				return fmt.Errorf("count the rows of %s: %w", t.engine.Name(), err)
			}
		}
		m.without = m.Rows - days
		if all += m.Rows; !v[0].Valid {
			none, in = none+m.Rows, t.shown(m.files)
			return nil
		}
		start, err := usage.ParseDay(v[0].String)
		if err != nil {
			return fmt.Errorf("%s: BillingPeriodStart: %w", t.engine.Name(), err)
		}
		if m.Name = v[1].String; !m.named {
			m.Name, m.unnamed = start.String()[:7], true
		}
		currency := currencyOf(v[4])
		var total Total
		if total.Billed, err = amountOf(v[8]); err != nil {
			return err
		}
		if total.Effective, err = amountOf(v[9]); err != nil {
			return err
		}
		m.Totals[currency] = total
		for at, to := range map[int]*usage.Day{10: &m.first, 11: &m.last} {
			if v[at].Valid {
				if *to, err = usage.ParseDay(v[at].String); err != nil {
					return err
				}
			}
		}
		out = append(out, m)
		return nil
	})
	if err == nil && none > 0 {
		err = &NullError{t.engine.Name(), "BillingPeriodStart", none, all, in}
	}
	return out, err
}

// shown is the first of some files, as the user knows it.
func (t *Table) shown(files []string) string {
	for _, f := range t.engine.Files() {
		if slices.Contains(files, f.Path) {
			return f.Shown
		}
	}
	return ""
}

// currencyOf reads a currency's code as the loader does.
func currencyOf(v sql.NullString) string {
	return cmp.Or(strings.ToUpper(strings.TrimSpace(v.String)), usage.NoCurrency)
}

// amountOf reads an exact sum; none is 0.
func amountOf(v sql.NullString) (usage.Decimal, error) {
	if !v.Valid {
		return usage.Decimal{}, nil
	}
	d, rounded, err := usage.ParseDecimal(v.String)
	if err == nil && rounded {
		err = errors.New("has more than 18 fraction digits")
	}
	if err != nil {
		return d, fmt.Errorf("read the amount %s: %w", v.String, err)
	}
	return d, nil
}

// with returns a month with the rows of another part of it.
func (m Month) with(o Month) Month {
	m.Rows, m.costs, m.without, m.spread = m.Rows+o.Rows, m.costs+o.costs, m.without+o.without, m.spread+o.spread
	m.named, m.unnamed = m.named || o.named, m.unnamed || o.unnamed
	m.first, m.last = min(m.first, o.first), max(m.last, o.last)
	for _, f := range o.files {
		if !slices.Contains(m.files, f) {
			m.files = append(m.files, f)
		}
	}
	m.Totals = maps.Clone(m.Totals)
	for currency, more := range o.Totals {
		t := m.Totals[currency]
		m.Totals[currency] = Total{t.Billed.Add(more.Billed), t.Effective.Add(more.Effective)}
	}
	return m
}

// newest returns the newest of a month's runs. Their ids tell it by their order, in which r10
// comes after r9, but for GUIDs, which have none: then the times of their files do, where they
// are known.
func (t *Table) newest(runs []Month) (Month, error) {
	if len(runs) == 1 {
		return runs[0], nil
	}
	if i := slices.IndexFunc(runs, func(m Month) bool { return m.Run == "" }); i >= 0 { // of which run they are nothing tells
		var all int64
		for _, m := range runs {
			all += m.Rows
		}
		return Month{}, &NullError{t.engine.Name(), t.run.Name, runs[i].Rows, all, t.shown(runs[i].files)}
	}
	guid := regexp.MustCompile(`(?i)^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$`)
	order := func(a, b Month) int { return compareRuns(a.Run, b.Run) }
	if slices.ContainsFunc(runs, func(m Month) bool { return guid.MatchString(m.Run) }) {
		written := func(m Month) (last time.Time) {
			for _, f := range t.engine.Files() {
				if slices.Contains(m.files, f.Path) && f.Modified.After(last) {
					last = f.Modified
				}
			}
			return last
		}
		order = func(a, b Month) int { return written(a).Compare(written(b)) }
		if a, b := slices.MaxFunc(runs, order), slices.MinFunc(runs, order); order(a, b) == 0 {
			return Month{}, &RunsError{t.engine.Name(), runs[0].Name, t.run.Name}
		}
	}
	slices.SortFunc(runs, order)
	m := runs[len(runs)-1]
	for _, o := range runs[:len(runs)-1] {
		m.Older = append(m.Older, o.Run)
	}
	return m, nil
}

// compareRuns compares ids by their text, and by their number where they end in one and what
// goes before is the same.
func compareRuns(a, b string) int {
	number := func(id string) (before string, n int64, ok bool) {
		before = strings.TrimRight(id, "0123456789")
		n, err := strconv.ParseInt(id[len(before):], 10, 64)
		return before, n, err == nil
	}
	beforeA, x, okA := number(a)
	beforeB, y, okB := number(b)
	if okA && okB && beforeA == beforeB {
		return cmp.Compare(x, y)
	}
	return strings.Compare(a, b)
}

// mark changes whenever what a month holds may have: its rows, what they add up to, its
// run, its files.
func (t *Table) mark(m Month) string {
	h := sha256.New()
	h.Write(fmt.Appendln(nil, m.Name, m.Run, m.Rows, m.first, m.last))
	for _, currency := range slices.Sorted(maps.Keys(m.Totals)) {
		h.Write(fmt.Appendln(nil, currency, m.Totals[currency].Billed, m.Totals[currency].Effective))
	}
	for _, f := range t.engine.Files() {
		if slices.Contains(m.files, f.Path) {
			h.Write(fmt.Appendln(nil, f.Path, f.Size, f.Mark))
		}
	}
	return hex.EncodeToString(h.Sum(nil)[:16])
}

// filesOf returns the files with rows of any of these months, nil where the engine does
// not say.
func filesOf(months []Month) (out []string) {
	for _, m := range months {
		for _, f := range m.files {
			if !slices.Contains(out, f) {
				out = append(out, f)
			}
		}
	}
	return out
}

// each calls f with each row of a statement's result, which has n columns.
func (t *Table) each(ctx context.Context, statement string, n int, f func(v []sql.NullString) error) error {
	rows, err := t.engine.Query(ctx, statement)
	if err != nil {
		return t.explain(ctx, err)
	}
	defer rows.Close()
	values := make([]sql.NullString, n)
	to := make([]any, n)
	for i := range values {
		to[i] = &values[i]
	}
	for rows.Next() {
		if err := rows.Scan(to...); err != nil {
			return t.explain(ctx, err)
		}
		if err := f(values); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return t.explain(ctx, err)
	}
	return nil
}

// explain leaves an end that the caller wanted as it is.
func (t *Table) explain(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return t.engine.Explain(ctx, err)
}
