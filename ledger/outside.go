package ledger

import (
	"context"
	"database/sql"
	"fmt"

	"usagereport/usage"
)

// beyond returns the days of p before and after those of span.
func beyond(p, span usage.Period) []usage.Period {
	return []usage.Period{{From: p.From, To: min(p.To, span.From)}, {From: max(p.From, span.To), To: p.To}}
}

// weighOutside decides what becomes of the charges that l, or o where ours is false, has of days for which it does not speak
// by its manifest, where the other has some of these days, too: a copy takes the other's place, or gives way where
// the other is of a later run or has more of the day; what is no copy is late or booked back, and stands beside them. It reports
// whether l took any of o's place, and whether o keeps any of these charges.
func weighOutside(ctx context.Context, conn *sql.Conn, l Load, o overlap, ours bool, parts []usage.Period, rules Rules) (took, left bool,
	warning string, err error,
) {
	has, other, older := l.ID, o.id, l.Submitted.Before(o.submitted)
	if !ours {
		has, other, older = o.id, l.ID, o.submitted.Before(l.Submitted)
	}
	var late []usage.Period
	var costs side // of these days
	var kept []sharedDay
	for _, part := range parts {
		if part.To <= part.From {
			continue
		}
		if err := readLines(ctx, conn, l, o); err != nil {
			return false, false, "", err
		}
		outside, err := daysOutside(ctx, conn, has, other, part)
		if err != nil {
			return false, false, "", err
		}
		for _, d := range outside {
			if !d.copied {
				cost, err := sideOf(ctx, conn, has, d.day)
				if err != nil {
					return false, false, "", err
				}
				costs.add(cost)
				late, left = append(late, d.day), left || !ours
				continue
			}
			if err := readLines(ctx, conn, l, o); err != nil { // the days before it have changed hands
				return false, false, "", err
			}
			givesWay := older || d.part && !rules.AllowShrink
			if givesWay && !older {
				days, err := readDays(ctx, conn, has, other, d.day, 1, false)
				if err != nil {
					return false, false, "", err
				}
				kept = append(kept, days...)
			}
			if ours != givesWay {
				took = true
				err = takeDays(ctx, conn, l, o, d.day, nil)
			} else {
				left = left || !ours
				err = giveDays(ctx, conn, l, o, []usage.Period{d.day})
			}
			if err != nil {
				return false, false, "", err
			}
		}
	}
	text, stays := lateText, func() string { return keptDays(l, o, kept) }
	if !ours {
		text, stays = missedText, func() string {
			if less := shortDays(kept, "it"); less != "" {
				return fmt.Sprintf("%s is of a later run, but %s; this file's charges of these days count", o.name(), less)
			}
			return ""
		}
	}
	if len(late) > 0 {
		warning = fmt.Sprintf(text, spans(late), o.name(), costs.total()) + "; if they correct charges of these days, load a later run of these"
	}
	return took, left, said(warning, stays()), nil
}

// missedText says the same of charges that another file has.
const missedText = "it has none of the charges of %s in %s, which count beside it, %s: late usage, or what was booked back"

// lateText says of which days a file has charges that stand beside those of another.
const lateText = "its charges of %s are not in %s and count beside it, %s: late usage, or what was booked back"

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
