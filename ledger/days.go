package ledger

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/usage"
)

// replaceDays decides what l and o, two files of one format and cost type, hold of
// each other's days in the period of o: the newer one speaks for the days that it
// spans, the older one for those outside them. It reports whether l took any of o's
// place, and what the reader must know.
//
// Newer is what the export submitted later, else what reaches farther, else what is
// loaded later. An older file that lies inside what is loaded is refused, as is a
// newer one that holds less of the days that both have and has no others. Where it
// has others, the older one keeps the days of which the newer one holds less. Where no
// manifest says for which days a file speaks, it says nothing of a day without charges: what fills
// another's gap stands beside it.
func replaceDays(ctx context.Context, conn *sql.Conn, l Load, o overlap, ours, theirs snapshot, rules Rules) (done bool,
	warning string, err error,
) {
	if o.own, err = ownDays(ctx, conn, l.ID, o); err != nil {
		return false, "", err
	}
	our, err := spanOf(ctx, conn, l.ID, o.start, o.own)
	if err != nil {
		return false, "", err
	}
	their, err := spanOf(ctx, conn, o.id, o.start, o.own)
	if err != nil {
		return false, "", err
	}
	if l.Span != (usage.Period{}) && !within(our, l.Span) {
		if done, _, warning, err = weighOutside(ctx, conn, l, o, true, beyond(our, l.Span), rules); err != nil {
			return false, "", err
		}
		our = usage.Period{From: max(our.From, l.Span.From), To: min(our.To, l.Span.To)}
	}
	if o.span != (usage.Period{}) && !within(their, o.span) && !l.Submitted.IsZero() && our.From < our.To {
		parts := beyond(their, o.span)
		for i, part := range parts {
			parts[i] = usage.Period{From: max(part.From, our.From), To: min(part.To, our.To)}
		}
		more, beside, text, err := weighOutside(ctx, conn, l, o, false, parts, rules)
		if err != nil {
			return false, "", err
		}
		done, warning, o.beside = done || more, said(warning, text), beside
		if beside {
			their = usage.Period{From: max(their.From, o.span.From), To: min(their.To, o.span.To)}
		}
	}
	if our.To <= their.From || their.To <= our.From {
		return done, warning, nil
	}
	more, text, err := replaceSpan(ctx, conn, l, o, ours, theirs, rules, our, their)
	return done || more, said(warning, text), err
}

// said joins what there is to say.
func said(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), "; ")
}

// within reports whether all days of p are some of q.
func within(p, q usage.Period) bool { return q.From <= p.From && p.To <= q.To }

// replaceSpan decides what l and o hold of the days that both span.
func replaceSpan(ctx context.Context, conn *sql.Conn, l Load, o overlap, ours, theirs snapshot, rules Rules, our, their usage.Period,
) (done bool, warning string, err error) {
	m := &meeting{l: l, o: o, ours: ours, theirs: theirs, rules: rules}
	if err := m.measure(ctx, conn, our, their); err != nil {
		return false, "", err
	}
	settled, done, warning, err := m.apart(ctx, conn)
	if settled || err != nil {
		return done, warning, err
	}
	return m.decide(ctx, conn)
}

// sameElsewhere reports whether loads l and o have the same charges under two billing accounts: half of the lines of one of the
// two, or more, cost the same. Of a day on which a subscription moved each account has a part.
func sameElsewhere(ctx context.Context, conn *sql.Conn, l, o int64, both usage.Period) (bool, error) {
	var same, lines int64
	err := conn.QueryRowContext(ctx, query("lines_elsewhere"), sql.Named("new", l), sql.Named("old", o),
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time())).Scan(&same, &lines)
	if err != nil {
		return false, fmt.Errorf("lines_elsewhere: %w", err)
	}
	return lines > 0 && same*2 >= lines, nil
}

// accountLess says of which account load l has markedly less than load o on days of both, and none of its first or last days; ""
// for none. mostly says that the account costs something on most days.
func accountLess(ctx context.Context, conn *sql.Conn, l, o int64, both usage.Period) (account string, mostly bool, err error) {
	var first, last, theirFirst, theirLast usage.Day
	err = conn.QueryRowContext(ctx, query("account_less"), sql.Named("new", l), sql.Named("old", o), sql.Named("enough", enough),
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time())).
		Scan(&account, DayOf(&first), DayOf(&last), DayOf(&theirFirst), DayOf(&theirLast), &mostly)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return "", false, nil
	case err != nil:
		return "", false, fmt.Errorf("account_less: %w", err)
	}
	return fmt.Sprintf("of account %s it has %s to %s instead of %s to %s", account, first, last, theirFirst, theirLast), mostly, nil
}

// partOf says what l is, which has other lines of the days of o, and what brings the charges of both. What was loaded by
// a manifest is a whole run; inside says that l has no days but those of o.
func partOf(l Load, o overlap, inside bool) string {
	const part = "part of the same export, not like another copy; "
	switch {
	case l.Submitted.IsZero() && o.submitted.IsZero():
		return part + "load the run's folder with its manifest.json, so that its parts are one load; without one, put the parts one below " +
			"the other into one file"
	case l.Submitted.IsZero():
		return part + "the other was loaded by its manifest, so load this one's folder with its manifest.json, too"
	case o.submitted.IsZero():
		return part + fmt.Sprintf("the other was loaded without its manifest: take it back with 'usagereport loads remove %d', and load its "+
			"run's folder with its manifest.json if this run does not hold it", o.id)
	}
	text := fmt.Sprintf("export, not like another run of this one; where both have the same charges under other names, take the other back "+
		"with 'usagereport loads remove %d' and load this one again", o.id)
	if inside {
		text += ", or load it with --allow-shrink"
	}
	return text + "; where each has a part of them, let one export write both, for files of one account and day replace each other"
}

// readDayRows returns the days of which o has charges, whether l has charges of any other, and whether
// there is no day of which both have some of one account.
func readDayRows(ctx context.Context, conn *sql.Conn, l, o int64, both usage.Period) (theirs []usage.Period, onlyOurs, apart bool,
	err error,
) {
	rows, err := conn.QueryContext(ctx, query("days_rows"), sql.Named("new", l), sql.Named("old", o),
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time()))
	if err != nil {
		return nil, false, false, fmt.Errorf("days_rows: %w", err)
	}
	defer rows.Close()
	apart = true
	for rows.Next() {
		var day usage.Day
		var their int64
		var shared bool
		if err := rows.Scan(DayOf(&day), &their, &shared); err != nil {
			return nil, false, false, err
		}
		apart = apart && !shared
		onlyOurs = onlyOurs || their == 0
		switch last := len(theirs) - 1; {
		case their == 0:
		case last >= 0 && theirs[last].To == day:
			theirs[last].To = day + 1
		default:
			theirs = append(theirs, usage.Period{From: day, To: day + 1})
		}
	}
	return theirs, onlyOurs, apart, rows.Err()
}

// spans names days.
func spans(days []usage.Period) string {
	const most = 5
	var said []string
	for i, p := range days {
		if i == most {
			said = append(said, fmt.Sprintf("and %d more", len(days)-most))
			break
		}
		if p.Days() == 1 {
			said = append(said, p.From.String())
		} else {
			said = append(said, fmt.Sprintf("%s to %s", p.From, p.To-1))
		}
	}
	return strings.Join(said, ", ")
}

// lateParts: of so many charges of a file at most one is late; datedParts: of a run that a manifest dates,
// whose copies are known by their days.
const (
	lateParts  = 20
	datedParts = 5
)

// lateCharges says that l or o has a few charges of days that the other speaks for, or l some of days for
// which it does not speak by its manifest, and that the other has none of them: usage that arrived when
// its month was closed, or a refund that is booked on the day of the purchase. They stand beside it.
// we and they are what both have of those days, ours and theirs what they have of the period: charges
// that are many beside the other's are no late ones; where they are next to none, the files may have
// other days in common, as rolling days do. "" says that they are no such charges.
func lateCharges(ctx context.Context, conn *sql.Conn, l Load, o overlap, both usage.Period, we, they side, ours,
	theirs snapshot, dated bool,
) (string, error) {
	parts := int64(lateParts)
	if dated {
		parts = datedParts
	}
	few := func(load, other int64, late side, all snapshot) (bool, error) {
		var rows, beside int64
		if err := conn.QueryRowContext(ctx, query("rows_beside"), sql.Named("load", load), sql.Named("other", other)).
			Scan(&rows, &beside); err != nil {
			return false, fmt.Errorf("rows_beside: %w", err)
		}
		part := beside*parts <= rows || late.rows*parts <= all.rows && late.rows*2 <= rows
		return beside > 0 && part && late.rows*2 <= all.rows, nil
	}
	late, other, cost, text := l.ID, o.id, we, lateText
	ok, err := few(late, other, we, theirs)
	ok = ok || we.back && !they.back
	if err == nil && !ok {
		late, other, cost, text = o.id, l.ID, they, missedText
		ok, err = few(late, other, they, ours)
		ok = ok || they.back && !we.back
	}
	if err != nil || !ok {
		return "", err
	}
	days, _, _, err := readDayRows(ctx, conn, other, late, both)
	return fmt.Sprintf(text, spans(days), o.name(), cost.total()), err
}

// apartParts: of so many hours of a part at most one is in another part, too.
const apartParts = 20

// hoursApart reports whether l and o have charges of hours, and next to none of the same
// hour, service, resource and meter: the files of an export that was divided by size or at
// some hour of the day. A copy, or a later run, has the hours that the other has.
func hoursApart(ctx context.Context, conn *sql.Conn, l Load, o overlap, both usage.Period) (bool, error) {
	var theirs, ours, shared int64
	both.From-- // of a place east of UTC the first hours lie on UTC's day before
	err := conn.QueryRowContext(ctx, query("hours_shared"), sql.Named("old", o.id), sql.Named("new", l.ID), sql.Named("start", o.start),
		sql.Named("from", both.From.Time()), sql.Named("to", both.To.Time())).Scan(&theirs, &ours, &shared)
	if err != nil {
		return false, fmt.Errorf("hours_shared: %w", err)
	}
	return theirs > 0 && ours > 0 && shared*apartParts <= min(theirs, ours), nil
}

// enough is the share of the older file's rows, in percent, that the newer one must have.
const enough = 95

// fewest returns the share of its rows, in percent, that the newer one of two files must have of a day that the
// older one has: where it has less of all days, it is held to each.
func fewest(newer, older side) int {
	if newer.rows*100 < older.rows*enough {
		return enough
	}
	return 1 // a day without any row
}

// daysOf are the days of what is shared of them.
func daysOf(shared []sharedDay) (out []usage.Period) {
	for _, d := range shared {
		out = append(out, usage.Period{From: d.day, To: d.day + 1})
	}
	return out
}

// A sharedDay is what two loads have of one day in one currency. It is short where
// the newer one has markedly less.
type sharedDay struct {
	day                usage.Day
	currency           string
	ourRows, theirRows int64
	ours, theirs       usage.Decimal
	short              bool
}

// readDays returns the days on which the older one of two loads has anything.
func readDays(ctx context.Context, conn *sql.Conn, newer, older int64, days usage.Period, percent int, accounts bool,
) (shared []sharedDay, err error) {
	rows, err := conn.QueryContext(ctx, query("days_shared"), sql.Named("new", newer), sql.Named("old", older),
		sql.Named("from", days.From.Time()), sql.Named("to", days.To.Time()), sql.Named("percent", percent), sql.Named("enough", enough),
		sql.Named("accounts", accounts))
	if err != nil {
		return nil, fmt.Errorf("days_shared: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var d sharedDay
		if err := rows.Scan(DayOf(&d.day), &d.currency, &d.ourRows, &d.theirRows, Amount(&d.ours), Amount(&d.theirs), &d.short); err != nil {
			return nil, err
		}
		shared = append(shared, d)
	}
	return shared, rows.Err()
}

// keptDays says which days o keeps though l is newer, and how that is changed; "" where they cost nothing in either.
func keptDays(l Load, o overlap, short []sharedDay) string {
	days := shortDays(short, "this file")
	if days == "" {
		return ""
	}
	return fmt.Sprintf("%s: %s keeps what it says of them, which counts; if this file is right, as where charges moved to another day, take it "+
		"back with 'usagereport loads remove %d' and load it with --allow-shrink", days, o.name(), l.ID)
}

// costly returns the days that cost anything in one of the two.
func costly(days []sharedDay) []sharedDay {
	return slices.DeleteFunc(slices.Clone(days), func(d sharedDay) bool { return d.ours.Sign() == 0 && d.theirs.Sign() == 0 })
}

// shortDays says of which days the newer one has how much less; "" where they cost nothing in either.
func shortDays(short []sharedDay, newer string) string {
	const most = 3
	short = costly(short)
	var said []string
	for _, d := range short[:min(most, len(short))] {
		said = append(said, fmt.Sprintf("of %s %s has %d of %d rows and %s instead of %s %s", d.day, newer, d.ourRows, d.theirRows, d.ours,
			d.theirs, d.currency))
	}
	if n := len(short) - most; n > 0 {
		said = append(said, fmt.Sprintf("so it is of %d more", n))
	}
	return strings.Join(said, ", ")
}

func spanOf(ctx context.Context, conn *sql.Conn, load int64, start time.Time, own bool) (p usage.Period, err error) {
	err = conn.QueryRowContext(ctx, query("span"), sql.Named("load", load), sql.Named("start", start),
		sql.Named("own", own)).Scan(DayOf(&p.From), DayOf(&p.To))
	if err != nil {
		err = fmt.Errorf("span: %w", err)
	}
	return p, err
}

// dayOrNull returns a day as SQL takes it, NULL for none.
func dayOrNull(d usage.Day) any {
	if d == 0 {
		return nil
	}
	return d.Time()
}
