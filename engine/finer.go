package engine

import (
	"bufio"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"usagereport/usage"
)

// A Narrow says which charges are asked for by finer columns than a load takes: those of some
// days, as far as their texts tell no others, with their resources.
type Narrow struct {
	Days usage.Period
	By   []string // columns of FOCUS besides the resource's and those that each charge needs
	All  bool     // by all columns but the details
	Only []Only   // all of which hold
}

// Only is what a column's text is in lower case: one of some values, of which "" is none.
type Only struct {
	Column string
	Values []string
}

// A FinerError says that the charges of a Narrow are too many.
type FinerError struct {
	Relation string
	Days     usage.Period
	Limit    int64
}

func (e *FinerError) Error() string {
	return fmt.Sprintf("%s has over %d charges by resource on %s, which is as many as are read; allow more (--engine-rows)", e.Relation,
		e.Limit, e.Days)
}

// ErrNoResources says that a relation names no resources.
var ErrNoResources = errors.New("has no column ResourceId, so there is nothing to tell resources by")

// Finer writes charges of some days of the months that were listed last by their resources, as a
// CSV file of FOCUS, and returns how many there are.
func (s *Source) Finer(ctx context.Context, n Narrow, to io.Writer) (rows int64, err error) {
	s.working.Lock()
	defer s.working.Unlock()
	return s.Table.finer(ctx, s.months(), n, to)
}

// months are those that were listed last.
func (s *Source) months() (out []Month) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.plans {
		out = append(out, p.month)
	}
	slices.SortFunc(out, func(a, b Month) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (t *Table) finer(ctx context.Context, months []Month, n Narrow, to io.Writer) (rows int64, err error) {
	if !t.has("ResourceId") {
		return 0, fmt.Errorf("%s: %w", t.engine.Name(), ErrNoResources)
	}
	g := t.grouping(details)
	if !n.All {
		g = t.By(slices.Concat(required(), n.By, t.opts.Keep, []string{
			"SubAccountId", "x_BillingPeriod", "ConsumedUnit", "ConsumedQuantity", "ResourceId", "ResourceName",
		})...)
	}
	w := bufio.NewWriterSize(to, 1<<18)
	w.WriteString(g.header(Month{}))
	for _, m := range months {
		if m.first >= n.Days.To || m.last < n.Days.From {
			continue
		}
		err := t.each(ctx, t.charges(m, g, t.narrow(n)...), 5, func(v []sql.NullString) error {
			if rows++; rows > t.opts.Rows {
				return &FinerError{t.engine.Name(), n.Days, t.opts.Rows}
			}
			w.WriteString(v[0].String)
			_, err := w.WriteString(",actual,\n")
			return err
		})
		if err == nil {
			err = t.engine.Unchanged(ctx, m.files)
		}
		if err != nil {
			return rows, fmt.Errorf("%s: %w", m.Name, err)
		}
	}
	if err := w.Flush(); err != nil {
		return rows, fmt.Errorf("keep the charges by resource: %w", err)
	}
	return rows, nil
}

// narrow are the conditions of n. A text that is not ASCII is none: what its small letters are
// differs from engine to engine, and what is read too much is left out later.
func (t *Table) narrow(n Narrow) []string {
	day := t.day("ChargePeriodStart")
	and := []string{day + " >= DATE " + usage.Literal(n.Days.From.String()), day + " < DATE " + usage.Literal(n.Days.To.String())}
	for _, o := range n.Only {
		i := slices.IndexFunc(fields(), func(f field) bool { return f.name == o.Column })
		foreign := func(v string) bool { return strings.ContainsFunc(v, func(r rune) bool { return r > '~' }) }
		if !t.has(o.Column) || len(o.Values) == 0 || slices.ContainsFunc(o.Values, foreign) {
			continue
		}
		var values []string
		for _, v := range o.Values {
			values = append(values, usage.Literal(v))
			if o.Column == "SubAccountId" && v != "" { // as Azure writes it
				values = append(values, usage.Literal("/subscriptions/"+v))
			}
		}
		and = append(and, "lower(trim(coalesce("+t.expression(fields()[i])+", ''))) IN ("+strings.Join(values, ", ")+")")
	}
	return and
}
