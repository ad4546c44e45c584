package analysis

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/rollup"
)

// An everyone asks a statement once for all owners that EachOwner tells apart, or whose reports are made one after the
// other, and hands each what is the owner's of the answer: to plan it for each would cost more than to run it.
type everyone struct {
	conn  *sql.Conn
	parts map[string]int64 // the owners' numbers; one without charges has none
	shown string           // the owner whose tables conn shows
	said  map[string]map[int64][]keptRow
	times map[string]int // how often each statement was asked for all, each time with other parameters
	// windows are what all owners compare, where that is known before it is asked about; filled are those that
	// the table all_windows has.
	windows []*partWindows
	filled  *partWindows
}

// partWindows are windows of owners, each with the owner's number.
type partWindows struct {
	parts []int64
	ws    []window
	all   bool // of all owners
}

func (w *partWindows) add(part int64, ws []window) {
	for range ws {
		w.parts = append(w.parts, part)
	}
	w.ws = append(w.ws, ws...)
}

// of are those of one owner.
func (w *partWindows) of(part int64) (ws []window) {
	for i, p := range w.parts {
		if p == part {
			ws = append(ws, w.ws[i])
		}
	}
	return ws
}

// A seat is one owner's among everyone.
type seat struct {
	*everyone
	owner string
	about *partWindows // what statements on windows are asked about
}

// mostTimes is how often a statement is asked for all owners: of owners that each have other days it is asked alone.
const mostTimes = 4

func newEveryone(ctx context.Context, conn *sql.Conn) (*everyone, error) {
	parts, err := rollup.Parts(ctx, conn)
	e := &everyone{conn: conn, parts: parts, said: map[string]map[int64][]keptRow{}, times: map[string]int{}}
	if err == nil {
		err = e.fill(ctx, &partWindows{})
	}
	if err == nil {
		_, err = conn.ExecContext(ctx, text("windows_shown")+ledger.TokensSQL())
	}
	return e, err
}

// fill lets the table all_windows have w.
func (e *everyone) fill(ctx context.Context, w *partWindows) error {
	if e.filled == w {
		return nil
	}
	e.filled = w
	return fillWindows(ctx, e.conn, "all_windows", w.parts, w.ws)
}

// hold lets statements be asked about ws: among those of all owners, where these are the owner's of them.
func (s *seat) hold(ws []window) {
	part := s.parts[s.owner]
	for _, w := range s.windows {
		if slices.Equal(w.of(part), ws) {
			s.about = w
			return
		}
	}
	s.about = &partWindows{}
	s.about.add(part, ws)
}

// look makes the connection show the owner's tables, for a statement that is not asked for all.
func (s *seat) look(ctx context.Context, statement string) error {
	if s == nil {
		return nil
	}
	if s.about != nil && onWindows(statement) {
		if err := s.fill(ctx, s.about); err != nil {
			return err
		}
	}
	if s.shown == s.owner {
		return nil
	}
	s.shown = s.owner
	return rollup.Standing(ctx, s.conn, s.owner)
}

func onWindows(statement string) bool { return strings.Contains(statement, "windows") }

// answer returns what of a statement's answer is the owner's: it is asked for all owners, if that has
// not been done, of the tables of each, by ofEach, or where that is nil of tables that are the same for all.
func (s *seat) answer(ctx context.Context, name, statement string, ofEach func(string) string, args []any) ([]keptRow, error) {
	key := statement
	alone := len(args) > 0
	if onWindows(statement) {
		key = fmt.Sprintf("%d of %s", slices.Index(s.windows, s.about), statement)
		alone = alone || s.about == nil || !s.about.all
	}
	said, known := s.said[key]
	if alone || !known && ofEach != nil && s.times[name] == mostTimes {
		if err := s.look(ctx, statement); err != nil {
			return nil, err
		}
		return readRows(ctx, s.conn, statement, args)
	}
	part := s.parts[s.owner] // 0 is no owner's
	if ofEach == nil {
		part = 0
	}
	if known {
		return said[part], nil
	}
	said = map[int64][]keptRow{}
	if ofEach == nil {
		rows, err := readRows(ctx, s.conn, statement, args)
		if err == nil {
			said[0], s.said[key] = rows, said
		}
		return said[0], err
	}
	if onWindows(statement) {
		if err := s.fill(ctx, s.about); err != nil {
			return nil, err
		}
	}
	rows, err := readRows(ctx, s.conn, ofEach(statement), args)
	if err != nil {
		return nil, err
	}
	for _, r := range rows {
		var of int64
		if err := r[:1].Scan(&of); err != nil {
			return nil, err
		}
		said[of] = append(said[of], r[1:])
	}
	s.said[key] = said
	s.times[name]++
	return said[part], nil
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
		rows, err = a.seat.answer(ctx, name, statement, ofEach, args)
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
