package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"usagereport/usage"
)

// What can be answered to a finding.
const (
	Planned = "planned"  // the cost is wanted
	Fixed   = "fixed"    // what caused it has ended
	NotMine = "not mine" // another owner's cost
	Wrong   = "wrong"    // no incident
)

// holds is how many days an answer holds that names no last day:
// nothing is kept quiet for ever.
const holds = 90

// An Answer is what was answered to a finding.
type Answer struct {
	Finding string // its id
	Answer  string
	By      string
	At      time.Time
	Until   usage.Day // the last day on which it holds; 0 where none was named
	Note    string
}

// last returns the last day on which a holds, and nil for what was fixed: the
// data show whether it is.
func (a Answer) last() any {
	switch {
	case a.Answer == Fixed:
		return nil
	case a.Until == 0:
		return (usage.DayOf(a.At.UTC()) + holds).Time()
	}
	return a.Until.Time()
}

// ErrNoFinding says that an answer names a finding that was never reported.
var ErrNoFinding = errors.New("no such finding was told; 'usagereport anomalies' lists those that stand")

// AddAnswers notes what was answered, all or nothing, and returns how many of as
// were news: what the same person said last is not noted again, nor does it hold
// longer for being said twice.
func (l *Ledger) AddAnswers(ctx context.Context, as []Answer) (added int, err error) {
	return added, l.Update(ctx, func(conn *sql.Conn) error {
		for _, a := range as {
			var known, same bool
			err := conn.QueryRowContext(ctx, query("answered"), sql.Named("finding", a.Finding), sql.Named("answer", a.Answer),
				sql.Named("said_by", a.By), sql.Named("note", a.Note), sql.Named("until", a.last()), sql.Named("always", a.Until == 0)).
				Scan(&known, &same)
			if err != nil {
				return err
			}
			if !known {
				return fmt.Errorf("%s: %w", a.Finding, ErrNoFinding)
			}
			if same {
				continue
			}
			if _, err := conn.ExecContext(ctx, query("answers_new"), sql.Named("finding", a.Finding), sql.Named("answer", a.Answer),
				sql.Named("said_by", a.By), sql.Named("said_at", a.At.UTC()), sql.Named("until", a.last()), sql.Named("note", a.Note)); err != nil {
				return err
			}
			added++
		}
		return nil
	})
}

// ErrNoAnswer says that nothing was answered to a finding.
var ErrNoAnswer = errors.New("nothing was answered to it; 'usagereport answers' lists what was answered")

// RemoveAnswers takes back all that was said to a finding.
func (l *Ledger) RemoveAnswers(ctx context.Context, finding string) (removed int, err error) {
	return removed, l.Update(ctx, func(conn *sql.Conn) error {
		r, err := conn.ExecContext(ctx, query("answers_removed"), sql.Named("finding", finding))
		if err != nil {
			return err
		}
		n, err := r.RowsAffected()
		if err == nil && n == 0 {
			err = fmt.Errorf("%s: %w", finding, ErrNoAnswer)
		}
		removed = int(n)
		return err
	})
}

// A Said is an answer as the ledger keeps it, with what it was said to.
type Said struct {
	Answer
	Newest    bool // nothing was said to the finding since
	Kind      usage.Kind
	Direction usage.Direction
	Start     usage.Day
	Impact    usage.Money
}

// Answers returns all answers, the newest first.
func (l *Ledger) Answers(ctx context.Context) (out []Said, err error) {
	rows, err := l.db.QueryContext(ctx, query("answers"))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var s Said
		if err := rows.Scan(&s.Finding, &s.Answer.Answer, &s.By, &s.At, DayOf(&s.Until), &s.Note, &s.Newest,
			&s.Kind, &s.Direction, DayOf(&s.Start), Amount(&s.Impact.Amount), &s.Impact.Currency); err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, rows.Err()
}
