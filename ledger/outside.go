package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"

	"usagereport/usage"
)

// keepOutside is replaceOutside for what o has of days for which it does not speak by its manifest, where l does: so that
// the order of loading changes nothing. It reports whether l took any of it, and whether any of it is left.
func keepOutside(ctx context.Context, conn *sql.Conn, l Load, o overlap, our, their usage.Period, rules Rules) (done bool, warning string,
	left bool, err error,
) {
	var late []usage.Period
	var kept []sharedDay
	for _, part := range []usage.Period{{From: their.From, To: min(their.To, o.span.From)}, {From: max(their.From, o.span.To), To: their.To}} {
		part = usage.Period{From: max(part.From, our.From), To: min(part.To, our.To)}
		if part.To <= part.From {
			continue
		}
		if err := readLines(ctx, conn, l, o); err != nil {
			return false, "", false, err
		}
		outside, err := daysOutside(ctx, conn, o.id, l.ID, part)
		if err != nil {
			return false, "", false, err
		}
		newer := o.submitted.Before(l.Submitted)
		for _, d := range outside {
			if !d.copied {
				late, left = append(late, d.day), true
				continue
			}
			if err := readLines(ctx, conn, l, o); err != nil { // the days before it have changed hands
				return false, "", false, err
			}
			switch {
			case newer || d.part && !rules.AllowShrink:
				if !newer {
					days, err := readDays(ctx, conn, o.id, l.ID, d.day, 1, false)
					if err != nil {
						return false, "", false, err
					}
					kept = append(kept, days...)
				}
				done = true
				err = takeDays(ctx, conn, l, o, d.day, nil)
			default:
				left = true
				err = giveDays(ctx, conn, l, o, []usage.Period{d.day})
			}
			if err != nil {
				return false, "", false, err
			}
		}
	}
	var said []string
	if len(late) > 0 {
		said = append(said, fmt.Sprintf(missedText, spans(late), o.name()))
	}
	if len(kept) > 0 {
		said = append(said, fmt.Sprintf("%s is of a later run, but %s; this file's charges of these days count", o.name(), shortDays(kept, "it")))
	}
	return done, strings.Join(said, "; "), left, nil
}

// replaceOutside decides what becomes of the charges that l has of days for which it does not speak
// by its manifest, where o has some of these days, too: a copy takes their place, or gives way where
// o is of a later run or has more of the day; what is no copy is late or booked back, and stands beside them.
func replaceOutside(ctx context.Context, conn *sql.Conn, l Load, o overlap, our usage.Period, rules Rules) (done bool, warning string,
	err error,
) {
	var late []usage.Period
	var kept []sharedDay
	for _, part := range []usage.Period{{From: our.From, To: min(our.To, l.Span.From)}, {From: max(our.From, l.Span.To), To: our.To}} {
		if part.To <= part.From {
			continue
		}
		if err := readLines(ctx, conn, l, o); err != nil {
			return false, "", err
		}
		outside, err := daysOutside(ctx, conn, l.ID, o.id, part)
		if err != nil {
			return false, "", err
		}
		older := l.Submitted.Before(o.submitted)
		for _, d := range outside {
			if !d.copied {
				late = append(late, d.day)
				continue
			}
			if err := readLines(ctx, conn, l, o); err != nil { // the days before it have changed hands
				return false, "", err
			}
			switch {
			case older || d.part && !rules.AllowShrink:
				var days []sharedDay
				if days, err = readDays(ctx, conn, l.ID, o.id, d.day, 1, false); err == nil && !older {
					kept = append(kept, days...)
				}
				err = errors.Join(err, giveDays(ctx, conn, l, o, []usage.Period{d.day}))
			default:
				done = true
				err = takeDays(ctx, conn, l, o, d.day, nil)
			}
			if err != nil {
				return false, "", err
			}
		}
	}
	var said []string
	if len(late) > 0 {
		said = append(said, fmt.Sprintf(lateText, spans(late), o.name()))
	}
	if len(kept) > 0 {
		said = append(said, keptDays(l, o, kept))
	}
	return done, strings.Join(said, "; "), nil
}

// missedText says the same of charges that another file has.
const missedText = "it has none of the charges of %s in %s, which count beside it: late usage, or what was booked back"

// lateText says of which days a file has charges that stand beside those of another.
const lateText = "its charges of %s are not in %s and count beside it: late usage, or what was booked back"

// An outsideDay is a day of which a load has charges, but for which it does not speak by its manifest.
type outsideDay struct {
	day    usage.Period
	copied bool // what the load has of it, another one has, too
	part   bool // the other has lines besides
}

// daysOutside returns the days of a part of which l and o both have any.
func daysOutside(ctx context.Context, conn *sql.Conn, l, o int64, part usage.Period) (out []outsideDay, err error) {
	rows, err := conn.QueryContext(ctx, query("days_outside"), sql.Named("new", l), sql.Named("old", o),
		sql.Named("from", part.From.Time()), sql.Named("to", part.To.Time()))
	if err != nil {
		return nil, fmt.Errorf("days_outside: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d outsideDay
		if err := rows.Scan(DayOf(&d.day.From), &d.copied, &d.part); err != nil {
			return nil, err
		}
		d.day.To = d.day.From + 1
		out = append(out, d)
	}
	return out, rows.Err()
}
