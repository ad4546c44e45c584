package ledger

import (
	"bytes"
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"slices"
	"strconv"
	"syscall"
	"time"

	"usagereport/usage"
)

// Notes are what commands that read the ledger remember: the findings that they
// reported, so that an incident keeps its id, and the totals that they showed.
// Readers do not write the ledger; they add a line to a file beside it, which
// the next writer folds into its tables.
type Notes struct {
	Findings []ToldFinding `json:"findings,omitempty"`
	Totals   []ToldTotal   `json:"totals,omitempty"`
	Owners   []OwnersFile  `json:"owners,omitempty"` // that the ledger was looked at through, oldest first

	Records     []Record     `json:"records,omitempty"` // a later one with the same id takes the place of an earlier
	OwnersTexts []OwnersText `json:"owners_texts,omitempty"`
}

// A ToldFinding is a finding that has an id.
type ToldFinding struct {
	ID        string          `json:"id"`
	Series    string          `json:"series"` // the scope and direction, as one text
	Kind      usage.Kind      `json:"kind"`
	Direction usage.Direction `json:"direction"`
	Currency  string          `json:"currency"`
	Start     usage.Day       `json:"start"`
	End       usage.Day       `json:"end"`
	Impact    usage.Decimal   `json:"impact"`
}

// A ToldTotal is a period's total as a report showed it.
type ToldTotal struct {
	At       time.Time     `json:"at"`
	What     string        `json:"what"` // report
	To       string        `json:"to"`   // whose report it was; "" for all owners
	Period   string        `json:"period"`
	Span     usage.Period  `json:"span"`
	Reach    usage.Day     `json:"reach"`
	Currency string        `json:"currency"`
	Total    usage.Decimal `json:"total"`
	LastLoad int64         `json:"last_load"` // the newest load it was made from
}

const (
	notesEnd   = ".notes"
	foldingEnd = ".folding" // notes that a writer is taking up
)

func readNotes(path string) (all Notes, err error) {
	for _, end := range []string{foldingEnd, notesEnd} {
		b, err := os.ReadFile(path + end)
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return all, fmt.Errorf("read what was told before: %w", err)
		}
		for line := range bytes.Lines(b) {
			var n Notes
			if json.Unmarshal(line, &n) != nil {
				continue // a line that a killed process did not finish
			}
			all.Findings = append(all.Findings, n.Findings...)
			all.Totals = append(all.Totals, n.Totals...)
			all.Owners = append(all.Owners, n.Owners...)
			all.Records = append(all.Records, n.Records...)
			all.OwnersTexts = append(all.OwnersTexts, n.OwnersTexts...)
		}
	}
	return all, nil
}

// Remember keeps notes: in the tables of a ledger that is open to write, else
// beside the file.
func (l *Ledger) Remember(ctx context.Context, n Notes) error {
	if len(n.Findings)+len(n.Totals)+len(n.Owners)+len(n.Records)+len(n.OwnersTexts) == 0 {
		return nil
	}
	if !l.readOnly {
		return l.Update(ctx, func(conn *sql.Conn) error { return n.insert(ctx, conn) })
	}
	b, err := json.Marshal(n)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(l.file+notesEnd, os.O_APPEND|os.O_CREATE|os.O_WRONLY, ModeOf(l.file))
	l.saidLock.Lock()
	l.said = append(l.said, n.Findings...)
	l.notes.Owners = append(l.notes.Owners, n.Owners...) // or it would be noted each time that it is asked
	l.saidLock.Unlock()
	if len(n.Records) == 0 && (errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.EROFS)) {
		return nil // whoever may only read remembers nothing, and can still read
	}
	if err != nil {
		return fmt.Errorf("note what was told beside the ledger: %w", err)
	}
	if err := f.Chmod(ModeOf(l.file)); err != nil && !errors.Is(err, fs.ErrPermission) { // it is another user's
		return errors.Join(err, f.Close())
	}
	// One write, so that two processes do not mix their lines; the line end
	// before it closes one that a killed process left open.
	_, err = f.Write(append(append([]byte{'\n'}, b...), '\n'))
	if err == nil && len(n.Records) > 0 {
		err = f.Sync() // what was sent must not be sent again after a crash
	}
	return errors.Join(err, f.Close())
}

// fold takes the notes that readers have left into the tables.
func (l *Ledger) fold(ctx context.Context) error {
	path := l.work.path
	n, err := readNotes(path)
	if err != nil {
		return err
	}
	// Notes written from now on wait for the next writer. A folding file of a
	// process that was killed is read as well, and goes with this one.
	if b, err := os.ReadFile(path + foldingEnd); err == nil && len(b) > 0 {
		more, err := os.ReadFile(path + notesEnd)
		if err == nil {
			err = os.WriteFile(path+foldingEnd, append(append(b, '\n'), more...), ModeOf(path))
		}
		if err == nil {
			err = os.Remove(path + notesEnd)
		}
		if err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	} else if err := patient(func() error { return os.Rename(path+notesEnd, path+foldingEnd) }); err != nil &&
		!errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return l.Update(ctx, func(conn *sql.Conn) error { return n.insert(ctx, conn) })
}

// insertFindings keeps what was reported last of each finding. It takes one statement:
// each has memory of its own until the transaction ends, and there can be thousands.
func insertFindings(ctx context.Context, conn *sql.Conn, fs []ToldFinding) error {
	if len(fs) == 0 {
		return nil
	}
	last := map[string]ToldFinding{}
	for _, f := range fs {
		last[f.ID] = f
	}
	var columns [8][]string
	for _, id := range slices.Sorted(maps.Keys(last)) {
		f := last[id]
		for i, v := range []string{
			f.ID, f.Series, string(f.Kind), string(f.Direction), f.Currency, f.Start.String(), f.End.String(),
			f.Impact.String(),
		} {
			columns[i] = append(columns[i], v)
		}
	}
	_, err := conn.ExecContext(ctx, query("findings_told"), sql.Named("ids", columns[0]), sql.Named("series", columns[1]),
		sql.Named("kinds", columns[2]),
		sql.Named("directions", columns[3]), sql.Named("currencies", columns[4]), sql.Named("starts", columns[5]), sql.Named("ends", columns[6]),
		sql.Named("impacts", columns[7]))
	return err
}

// insertTotals keeps totals that were shown, in one statement as well: whoever reports
// often and loads seldom leaves many. Of one that was noted twice the first counts.
func insertTotals(ctx context.Context, conn *sql.Conn, ts []ToldTotal) error {
	var columns [10][]string
	type key [6]string
	seen := map[key]bool{}
	for _, t := range ts {
		k := key{t.At.UTC().Format("2006-01-02 15:04:05.999999"), t.What, t.To, t.Period, t.Span.From.String(), t.Currency}
		if seen[k] {
			continue
		}
		seen[k] = true
		reach := ""
		if t.Reach != 0 {
			reach = t.Reach.String()
		}
		for i, v := range []string{
			k[0], t.What, t.To, t.Period, k[4], t.Span.To.String(), reach, t.Currency, t.Total.String(), strconv.FormatInt(t.LastLoad, 10),
		} {
			columns[i] = append(columns[i], v)
		}
	}
	if len(seen) == 0 {
		return nil
	}
	_, err := conn.ExecContext(ctx, query("totals_told"), sql.Named("told", columns[0]), sql.Named("what", columns[1]),
		sql.Named("to", columns[2]), sql.Named("periods", columns[3]), sql.Named("first_days", columns[4]),
		sql.Named("end_days", columns[5]), sql.Named("reaches", columns[6]),
		sql.Named("currencies", columns[7]), sql.Named("totals", columns[8]), sql.Named("last_loads", columns[9]))
	return err
}

func (n Notes) insert(ctx context.Context, conn *sql.Conn) error {
	if err := insertFindings(ctx, conn, n.Findings); err != nil {
		return err
	}
	if err := insertTotals(ctx, conn, n.Totals); err != nil {
		return err
	}
	for _, o := range n.Owners {
		if _, err := conn.ExecContext(ctx, "INSERT INTO owners_files VALUES ($path, $sha256, $used_at)",
			sql.Named("path", o.Path), sql.Named("sha256", o.SHA256), sql.Named("used_at", o.At)); err != nil {
			return err
		}
	}
	for _, r := range n.Records {
		if err := r.insert(ctx, conn); err != nil {
			return err
		}
	}
	for _, t := range n.OwnersTexts {
		if _, err := conn.ExecContext(ctx, query("owners_text"), sql.Named("sha256", t.SHA256), sql.Named("text", t.Text)); err != nil {
			return err
		}
	}
	return nil
}

// ToldFindings returns the findings that were reported before, by id.
func (l *Ledger) ToldFindings(ctx context.Context) ([]ToldFinding, error) {
	kept, err := answered(l, "findings", func() ([]ToldFinding, error) { return l.keptFindings(ctx) })
	if err != nil {
		return nil, err
	}
	var out []ToldFinding
	at := map[string]int{}
	add := func(f ToldFinding) {
		if i, ok := at[f.ID]; ok {
			out[i] = f
			return
		}
		at[f.ID] = len(out)
		out = append(out, f)
	}
	for _, f := range kept {
		add(f)
	}
	for _, f := range l.notes.Findings {
		add(f)
	}
	l.saidLock.Lock()
	defer l.saidLock.Unlock()
	for _, f := range l.said {
		add(f)
	}
	return out, nil
}

// keptFindings are those of the table.
func (l *Ledger) keptFindings(ctx context.Context) (out []ToldFinding, err error) {
	rows, err := l.db.QueryContext(ctx, `SELECT id, series, kind, direction, currency, start, "end", impact FROM findings ORDER BY id`)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var f ToldFinding
		if err := rows.Scan(&f.ID, &f.Series, &f.Kind, &f.Direction, &f.Currency, DayOf(&f.Start), DayOf(&f.End), Amount(&f.Impact)); err != nil {
			return nil, err
		}
		out = append(out, f)
	}
	return out, rows.Err()
}

// ToldTotals returns the totals that were shown before, oldest first.
func (l *Ledger) ToldTotals(ctx context.Context) ([]ToldTotal, error) {
	kept, err := answered(l, "totals", func() ([]ToldTotal, error) { return l.keptTotals(ctx) })
	return append(kept, l.notes.Totals...), err
}

// keptTotals are those of the table.
func (l *Ledger) keptTotals(ctx context.Context) (out []ToldTotal, err error) {
	rows, err := l.db.QueryContext(ctx, query("told_totals"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var t ToldTotal
		if err := rows.Scan(&t.At, &t.What, &t.To, &t.Period, DayOf(&t.Span.From), DayOf(&t.Span.To), DayOf(&t.Reach),
			&t.Currency, Amount(&t.Total), &t.LastLoad); err != nil {
			return nil, err
		}
		out = append(out, t)
	}
	return out, rows.Err()
}
