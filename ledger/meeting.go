package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"slices"
	"strings"

	"usagereport/usage"
)

// A meeting is what two loads of one format and cost type, the newly loaded l and o, hold of the days that both span.
type meeting struct {
	l            Load
	o            overlap
	ours, theirs snapshot
	rules        Rules

	both   usage.Period // the days that both span
	inside bool         // l has no others
	whole  bool         // o has no others
	we     side         // what l has of both
	they   side         // what o has of it

	all, shared int64 // lines of o on days of which l has any, and how many of these l has, too
	alike       bool  // it is half of the lines or more
	dated       bool  // manifests say when each was submitted
	older       bool  // l is, by these, else by its reach
	missing     int   // accounts that only o has
	extra       int   // accounts that only l has

	theirDays []usage.Period // that o speaks for: by its manifest, else those of which it has charges
	onlyOurs  bool           // l has charges of others between
}

// measure fills in what the two loads have.
func (m *meeting) measure(ctx context.Context, conn *sql.Conn, our, their usage.Period) (err error) {
	l, o := m.l, m.o
	if err := readLines(ctx, conn, l, o); err != nil {
		return err
	}
	m.both = usage.Period{From: max(our.From, their.From), To: min(our.To, their.To)}
	m.inside, m.whole = m.both == our, m.both == their && !o.beside
	if m.we, m.they, err = sidesIn(ctx, conn, l.ID, o, m.both); err != nil {
		return err
	}
	err = conn.QueryRowContext(ctx, query("lines_shared"), sql.Named("old", o.id), sql.Named("new", l.ID),
		sql.Named("from", m.both.From.Time()), sql.Named("to", m.both.To.Time())).Scan(&m.all, &m.shared)
	if err != nil {
		return fmt.Errorf("lines_shared: %w", err)
	}
	for id, end := range map[int64]*usage.Day{l.ID: &m.ours.end, o.id: &m.theirs.end} {
		if err := conn.QueryRowContext(ctx, query("reach"), sql.Named("load", id), sql.Named("start", o.start),
			sql.Named("own", o.own)).Scan(DayOf(end)); err != nil {
			return fmt.Errorf("reach: %w", err)
		}
	}
	if o.own {
		m.ours.first, m.theirs.first = m.ours.ownFirst, m.theirs.ownFirst
	}
	m.dated = !l.Submitted.IsZero() && !o.submitted.IsZero()
	m.older = m.theirs.end > m.ours.end
	if m.dated {
		m.older = l.Submitted.Before(o.submitted)
	}
	m.alike = m.shared*2 >= min(m.all, m.we.rows)
	m.missing, m.extra = lacking(m.they.accounts, m.we.accounts), lacking(m.we.accounts, m.they.accounts)
	m.theirDays = []usage.Period{m.both}
	return nil
}

// apart settles what needs no choice, for the two are no copies of each other: they are in other currencies, have other hours, days or
// accounts, or one has late charges of the other's days.
func (m *meeting) apart(ctx context.Context, conn *sql.Conn) (settled, done bool, warning string, err error) {
	l, o, we, they := m.l, m.o, m.we, m.they
	if we.otherCurrency(they) && !m.rules.AllowShrink && (!m.dated || m.shared == 0) {
		return true, false, fmt.Sprintf("its charges of %s are in %s, those of the same days in %s in %s: both count, each in its currency; "+
			"if they are the same charges, take one of the two back with 'usagereport loads remove'",
			o.month, strings.Join(we.currencies, " and "), o.name(), strings.Join(they.currencies, " and ")), nil
	}
	if !m.dated && !m.rules.AllowShrink {
		if apart, err := hoursApart(ctx, conn, l, o, m.both); err != nil || apart {
			return true, false, "", err // two parts of one export, each with hours of its own
		}
		var apart bool
		if m.theirDays, m.onlyOurs, apart, err = readDayRows(ctx, conn, l.ID, o.id, m.both); err != nil {
			return true, false, "", err
		}
		if apart {
			done, warning, err = m.otherDays(ctx, conn)
			return true, done, warning, err
		}
	}
	if m.shared == 0 && we.rows > 0 && they.rows > 0 && !m.rules.AllowShrink {
		late, err := lateCharges(ctx, conn, l, o, m.both, we, they, m.ours, m.theirs, m.dated)
		return err != nil || late != "", false, late, err
	}
	return false, false, "", nil
}

// otherDays settles what becomes of two files of which each has days that the other lacks, or other accounts.
func (m *meeting) otherDays(ctx context.Context, conn *sql.Conn) (done bool, warning string, err error) {
	l, o := m.l, m.o
	same, err := sameElsewhere(ctx, conn, l.ID, o.id, m.both)
	switch {
	case err != nil:
		return false, "", err
	case same && m.rules.Prefer == PreferNew:
		return bringDays(ctx, conn, l, o, m.both)
	case same:
		return false, fmt.Sprintf("it has the charges of %s that %s has of the same subscriptions, under another billing account: both count; "+
			"if they are the same charges, take one of the two back with 'usagereport loads remove', or load with --prefer new", o.month, o.name()), nil
	case m.whole && m.we.rows == 0 && m.they.rows > 0:
		days, err := readDays(ctx, conn, l.ID, o.id, m.both, 1, false)
		return false, keptDays(l, o, days), err
	}
	return false, "", nil
}

// chosen reports whether l corrects some days of o, as was said.
func (m *meeting) chosen() bool {
	return m.rules.Prefer == PreferNew && m.alike && !m.dated && !m.rules.SameRun[m.o.id]
}

// leave leaves days to o, which reaches farther.
func (m *meeting) leave(ctx context.Context, conn *sql.Conn) (took bool, warning string, err error) {
	return leaveDays(ctx, conn, m.l, m.o, m.both, m.theirDays, m.onlyOurs, fewest(m.they, m.we), m.extra > 0)
}

// refuse refuses l, which has less than o, unless it is chosen.
func (m *meeting) refuse(ctx context.Context, conn *sql.Conn, format string, args ...any) (took bool, warning string, err error) {
	switch {
	case m.chosen():
		return bringDays(ctx, conn, m.l, m.o, m.both)
	case m.alike && !m.dated:
		return false, "", fewerDays(m.o, fmt.Sprintf(format, args...))
	}
	return false, "", fewer(m.o, fmt.Sprintf(format, args...))
}

// decide decides which of two copies speaks for which days, or refuses l.
func (m *meeting) decide(ctx context.Context, conn *sql.Conn) (done bool, warning string, err error) {
	l, o, ours, theirs, we, they := m.l, m.o, m.ours, m.theirs, m.we, m.they
	account, mostly := "", false
	if !m.dated && (m.inside || m.whole) {
		if account, mostly, err = accountLess(ctx, conn, l.ID, o.id, m.both); err != nil {
			return false, "", err
		}
	}
	switch {
	case m.missing > 0 && m.extra > 0:
		return false, "", fmt.Errorf("its accounts overlap in part with those of %s: %d of them are only there and %d only here; load "+
			"files of the same scope, or, where each has a part of what an account cost, put them one below the other into one file", o.name(), m.missing, m.extra)
	case m.older && m.dated && m.inside:
		return false, "", fmt.Errorf("%w: %s is of a later run of the export, of %s; this one ran on %s", ErrOlder, o.name(),
			minute(o.submitted), minute(l.Submitted))
	case m.chosen() && m.inside:
		return bringDays(ctx, conn, l, o, m.both)
	case m.older && m.inside && m.onlyOurs && m.alike:
		return m.leave(ctx, conn)
	case m.older && m.inside && m.rules.SameRun[o.id] && m.alike:
		return false, "", fmt.Errorf("%w: %s reaches to %s, this file to %s", ErrOlder, o.name(), theirs.end, ours.end)
	case m.rules.AllowShrink && m.inside:
		m.whole = true // all of o goes, as was asked for
	case they.rows > 0 && we.rows > 0 && !m.alike:
		return false, "", fmt.Errorf("it has the accounts and days of %s but shares only %d of its %d lines: it looks like another %s",
			o.name(), m.shared, m.all, partOf(l, o, m.inside))
	case m.older && !m.inside:
		done, warning, err = m.leave(ctx, conn)
		if m.dated && !done {
			warning = ""
		}
		return done, warning, err
	case m.older, m.whole && theirs.end > ours.end:
		return m.refuse(ctx, conn, "its data reach to %s instead of %s", orNone(ours.end), theirs.end)
	case m.rules.AllowShrink:
	case m.missing > 0 && (m.inside || m.whole):
		return m.refuse(ctx, conn, "%d of %d accounts are missing", m.missing, len(they.accounts))
	case mostly:
		return m.refuse(ctx, conn, "%s", account)
	case m.whole && theirs.first != 0 && (ours.first == 0 || ours.first > theirs.first):
		return m.refuse(ctx, conn, "its data begin on %s instead of %s", orNone(ours.first), theirs.first)
	case m.inside && we.rows*100 < they.rows*enough:
		return m.refuse(ctx, conn, "%d rows instead of %d", we.rows, they.rows)
	case !m.inside:
		days, err := readDays(ctx, conn, l.ID, o.id, m.both, fewest(we, they), m.missing > 0)
		if err != nil {
			return false, "", err
		}
		short := slices.DeleteFunc(slices.Clone(days), func(d sharedDay) bool { return !d.short })
		if m.whole && len(short) > 0 && len(short) == len(days) {
			return m.refuse(ctx, conn, "%d rows instead of %d", we.rows, they.rows)
		}
		if len(short) > 0 {
			return len(short) < len(days), said(keptDays(l, o, short), account), takeDays(ctx, conn, l, o, m.both, daysOf(short))
		}
	}
	return m.take(ctx, conn, account)
}

// take lets l take the place of o on the days that both span.
func (m *meeting) take(ctx context.Context, conn *sql.Conn, account string) (done bool, warning string, err error) {
	warning = said(account, cheaper(m.o, m.we, m.they))
	switch {
	case m.whole:
		err = replace(ctx, conn, m.l, m.o, true)
		return true, warning, err
	case m.they.rows == 0:
		return false, "", nil // o says nothing of those days
	}
	err = takeDays(ctx, conn, m.l, m.o, m.both, nil)
	return err == nil, warning, err
}
