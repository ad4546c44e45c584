package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"

	"usagereport/rollup"
)

// An everyone asks a statement once for all owners that EachOwner tells apart, and hands each
// what is the owner's of the answer: to plan it for each would cost more than to run it.
type everyone struct {
	conn  *sql.Conn
	parts map[string]int64 // the owners' numbers; one without charges has none
	shown string           // the owner whose tables conn shows
	said  map[string]map[int64][]keptRow
	// summed are the currencies of which the sums of all owners' windows are known.
	summed map[currency]bool
}

// A seat is one owner's among everyone.
type seat struct {
	*everyone
	owner string
}

func newEveryone(ctx context.Context, conn *sql.Conn) (*everyone, error) {
	parts, err := rollup.Parts(ctx, conn)
	return &everyone{conn: conn, parts: parts, said: map[string]map[int64][]keptRow{}, summed: map[currency]bool{}}, err
}

// look makes the connection show the owner's tables, for a statement that is not asked for all.
func (s *seat) look(ctx context.Context) error {
	if s == nil || s.shown == s.owner {
		return nil
	}
	s.shown = s.owner
	return rollup.Standing(ctx, s.conn, s.owner)
}

// learn asks a statement for all owners, if that has not been done: of the tables of each, by
// ofEach, or where that is nil of tables that are the same for all.
func (e *everyone) learn(ctx context.Context, statement string, ofEach func(string) string, args []any) error {
	if e.said[statement] != nil {
		return nil
	}
	said := map[int64][]keptRow{}
	if ofEach == nil {
		rows, err := readRows(ctx, e.conn, statement, args)
		if err == nil {
			said[0], e.said[statement] = rows, said
		}
		return err
	}
	rows, err := readRows(ctx, e.conn, ofEach(statement), args)
	if err != nil {
		return err
	}
	for _, r := range rows {
		var of int64
		if err := r[:1].Scan(&of); err != nil {
			return err
		}
		said[of] = append(said[of], r[1:])
	}
	e.said[statement] = said
	return nil
}

// theirs are the rows of a statement's answer that are the owner's or, where whole, all.
func (s *seat) theirs(statement string, whole bool) []keptRow {
	if whole {
		return s.said[statement][0]
	}
	return s.said[statement][s.parts[s.owner]] // none for 0, which no part is
}

// ask is query of a statement on one owner's tables that, where owners are told apart, is asked
// once for all of them. It has the same parameters for most owners, and its order is
// rollup.OfEach's.
func (a *Analysis) ask(ctx context.Context, name string, scan func(row) error, args ...any) error {
	if a.seat == nil {
		return a.query(ctx, name, func(r *sql.Rows) error { return scan(r) }, args...)
	}
	return a.keep(ctx, name, rollup.OfEach, scan, args)
}

// askOnce is ask of a statement whose answer is small and is asked for again: it is kept.
func (a *Analysis) askOnce(ctx context.Context, name string, scan func(row) error, args ...any) error {
	return a.keep(ctx, name, rollup.OfEach, scan, args)
}

// askWhole is askOnce of a statement that asks nothing of which owners see their part alone.
func (a *Analysis) askWhole(ctx context.Context, name string, scan func(row) error, args ...any) error {
	return a.keep(ctx, name, nil, scan, args)
}

// keep asks a statement, if that has not been done, and calls scan for each row that was kept.
func (a *Analysis) keep(ctx context.Context, name string, ofEach func(string) string, scan func(row) error, args []any) (err error) {
	statement, args := given(text(name), args)
	var rows []keptRow
	switch known := false; {
	case a.seat != nil:
		err = a.seat.learn(ctx, statement, ofEach, args)
		rows = a.seat.theirs(statement, ofEach == nil)
	case a.kept == nil || len(args) > 0:
		rows, err = readRows(ctx, a.conn, statement, args)
	default:
		if rows, known = a.kept[statement]; !known {
			if rows, err = readRows(ctx, a.conn, statement, nil); err == nil {
				a.kept[statement] = rows
			}
		}
	}
	for i := 0; err == nil && i < len(rows); i++ {
		err = scan(rows[i])
	}
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// readRows returns a statement's answer.
func readRows(ctx context.Context, conn *sql.Conn, statement string, args []any) (out []keptRow, err error) {
	rows, err := conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	columns, err := rows.Columns()
	if err != nil {
		return nil, err
	}
	into := make([]any, len(columns))
	for rows.Next() {
		r := make(keptRow, len(columns))
		for i := range r {
			into[i] = &r[i]
		}
		if err := rows.Scan(into...); err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, rows.Err()
}

// A row is one of a statement's answer.
type row interface{ Scan(into ...any) error }

// A keptRow is a row's values, as the driver has them.
type keptRow []any

// Scan implements row, as sql.Rows does.
func (r keptRow) Scan(into ...any) error {
	if len(into) != len(r) {
		return fmt.Errorf("read %d columns into %d values", len(r), len(into))
	}
	for i, to := range into {
		if s, ok := to.(sql.Scanner); ok {
			if err := s.Scan(r[i]); err != nil {
				return err
			}
			continue
		}
		target, v := reflect.ValueOf(to).Elem(), reflect.ValueOf(r[i])
		if !v.IsValid() || !v.CanConvert(target.Type()) || target.Kind() == reflect.String && v.Kind() != reflect.String {
			return fmt.Errorf("read column %d, %v, into %s", i+1, r[i], target.Type())
		}
		target.Set(v.Convert(target.Type()))
	}
	return nil
}
