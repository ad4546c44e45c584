package analysis

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

//go:embed sql/*.sql
var files embed.FS

// Options choose what to analyse.
type Options struct {
	Period string // a bill's name, "current" or "last"; "" is current
	Month  string // YYYY-MM, "current" or "last": calendar days instead of bills
	// Days are any days instead of a bill, and Before those that they are compared with;
	// without these the same length before them.
	Days, Before usage.Period
	// Span is a length of days instead of a bill, of which Period then chooses one. It is
	// made into Days before anything is analysed.
	Span     Span
	AsOf     usage.Day // leaves out charges after this day; 0 keeps all
	Currency string    // chooses one; "" takes all
	Convert  bool      // what is billed in other currencies is converted to Currency, at the ledger's rates
	// Today is the day on which it is asked, or the data were loaded; 0 is not known. It decides which deadlines have
	// passed and whether the data are old, and nothing else.
	Today usage.Day
	// Cost is the cost that is shown; "" is billed cost, or effective cost where only
	// amortized files are loaded.
	Cost Cost

	Sensitivity Sensitivity // of the detector; "" is normal
	Plans       []Plan      // of cost to come, for the forecast
	// Tags are keys, in any case of letters: what befell all that has one value of
	// one of these is one finding.
	Tags []string

	// Owner names the owner to which the connection is limited; "" for all (Look).
	Owner  string
	Budget OwnerBudget // of Owner
	// YearBegins is the month with which fiscal years, and their quarters, begin; 0 is January.
	YearBegins time.Month
	// Apart are dimensions that the daily sums do not keep, by which the connection divides what
	// it sees: columns of text, and those of Virtual.
	Apart   []usage.Dimension
	Virtual []usage.Virtual // what people made of other dimensions
	Given   []usage.TagRule // the tags that a file gives
	Events  []usage.Event   // what people know of; where an owner is named, those of the owner's charges count
	// Filters limit the connection to the charges that have one of the values of each dimension that
	// they name. Those of Virtual stand there, too.
	Filters []Filter
	// ByOwner says that the connection knows the owner of each charge (Look).
	ByOwner bool
	// Whose says that each finding gets its owner, by an owners file through which the
	// connection looks (Look).
	Whose bool
	// ResourceDays asks for what each resource cost on each day, too.
	ResourceDays bool
	// OwnersAsOf is the day whose rules the connection takes for all days; 0 takes
	// each day's own.
	OwnersAsOf usage.Day
}

// A Span is a length of calendar days.
type Span string

// The spans. Fiscal years, and quarters with them, begin with the month that YearBegins names.
const (
	Week       Span = "week" // from Monday on
	Month      Span = "month"
	Quarter    Span = "quarter"
	FiscalYear Span = "fiscal-year"
)

// Spans lists them.
func Spans() []Span { return []Span{Week, Month, Quarter, FiscalYear} }

// Of returns the days of this span that hold d.
func (s Span) Of(d usage.Day, begins time.Month) usage.Period {
	switch s {
	case Week:
		monday := d - usage.Day((d.Weekday()+6)%7)
		return usage.Period{From: monday, To: monday + 7}
	case Quarter:
		return calendar(d, "quarter", begins)
	case FiscalYear:
		return calendar(d, "year", begins)
	}
	return d.Month()
}

// An Analysis answers questions about one ledger.
type Analysis struct {
	ledger  *ledger.Ledger
	options Options
	conn    *sql.Conn
	through bool // conn has tables of its own
	rules   []usage.OwnerRule

	filtered []rollup.Value // what the options' filters mean (filter)

	portions map[string]map[bill][]portion // of shared cost, by owner (Look)
	pooled   map[string]bool               // what shared cost is called

	events *seenEvents // of the options, by what they are of
	strays []string    // what metrics are of and no charge is (UnitCosts)

	// lessons are what completeness has learned, for several owners of the same bills; it
	// may be nil.
	lessons map[lesson]map[string][]arrival

	seat     *seat                // among all owners that EachOwner tells apart; nil elsewhere
	outlines map[string]*frame    // of the owner, by currency, where EachOwner has made them
	wholes   []*frame             // outlines of all that EachOwner divides, a currency each
	invoices *[]ledger.Invoice    // all that are known; nil before they were asked for
	kept     map[string][]keptRow // answers that are asked for again; nil while the connection is made ready
}

// ErrEmpty says that the ledger has nothing to analyse.
var ErrEmpty = errors.New("the ledger holds no usage; load some first: 'usagereport load FILE...'")

// An earlyError is ErrEmpty of a day before the ledger's first one; of one before the first that an
// owner's accounts have it says, too, that nothing is the owner's.
type earlyError struct {
	owner       string
	asOf, first usage.Day
}

func (e *earlyError) Error() string {
	if e.owner != "" {
		return fmt.Sprintf("owner %s: as of %s their accounts hold no usage; they have some from %s on: name a later day", e.owner, e.asOf, e.first)
	}
	return fmt.Sprintf("as of %s the ledger holds no usage; it has some from %s on: name a later day", e.asOf, e.first)
}

// Is implements errors.Is.
func (e *earlyError) Is(target error) bool {
	return target == ErrEmpty || e.owner != "" && target == errNothing
}

// New returns an Analysis of all charges of l. Close it. One owner's, or owners
// told apart, are Look's.
func New(ctx context.Context, l *ledger.Ledger, o Options) (*Analysis, error) {
	if o.Owner != "" || o.ByOwner {
		return nil, errors.New("analysis: an owner's charges are seen through an owners file only")
	}
	a, err := open(ctx, l, o)
	if err != nil {
		return nil, err
	}
	return a, a.divide(ctx)
}

// Look returns an Analysis of l through the rules of an owners file: of what is
// o.Owner's, with the owner of each (o.ByOwner), or of all. Close it.
func Look(ctx context.Context, l *ledger.Ledger, o Options, rules []usage.OwnerRule) (*Analysis, error) {
	if a, err := inCrowd(ctx, l, o, rules); a != nil || err != nil {
		return a, err
	}
	a, err := open(ctx, l, o)
	if err != nil {
		return nil, err
	}
	a.through, a.rules = true, rules
	owned := ledger.OwnersSQL(rules)
	if o.Convert { // what has no rate is somebody's, too
		owned = text("owned_unrated") + owned + text("owned_rated")
	}
	through := func(conn *sql.Conn) error {
		return a.common(ctx, conn, owned, []string{"owned"}, func() error {
			_, err := conn.ExecContext(ctx, owned)
			return err
		})
	}
	if err = through(a.conn); err == nil {
		err = a.share(ctx, rules)
	}
	switch {
	case err != nil:
	case len(o.Filters) > 0: // what several share is divided of all that they have
		a.portions = nil
	case o.Owner != "":
		err = a.only(ctx, owned, through)
	case o.ByOwner && len(o.Apart) == 0:
		err = rollup.ByOwner(ctx, a.conn)
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("look through the owners file: %w", err), a.Close())
	}
	return a, a.divide(ctx)
}

// only makes the connection see what is the owner's: of the parts of all owners, where these are
// kept for many. owned says whose the charges are, and through makes a connection look so.
func (a *Analysis) only(ctx context.Context, owned string, through func(*sql.Conn) error) error {
	if !a.asKept() {
		return rollup.Only(ctx, a.conn, a.options.Owner)
	}
	parts, err := a.ledger.CommonToMany(ctx, "parts by "+owned, rollup.PartTables(), func(conn *sql.Conn) error {
		if err := through(conn); err != nil {
			return err
		}
		return rollup.EveryPart(ctx, conn)
	})
	switch {
	case err != nil:
		return err
	case parts == "":
		return rollup.Only(ctx, a.conn, a.options.Owner)
	}
	return rollup.OnlyPart(ctx, a.conn, a.options.Owner, parts)
}

// limited reports whether the connection sees a part of the ledger alone.
func (o Options) limited() bool { return o.Owner != "" || len(o.Filters) > 0 }

// divide makes the connection see what the options' filters and dimensions say.
func (a *Analysis) divide(ctx context.Context) error {
	if err := a.filter(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	if err := a.apart(ctx); err != nil {
		return err
	}
	a.kept = map[string][]keptRow{}
	return nil
}

// apart makes the connection see the dimensions that people made, and divides what it sees by
// those that the options name.
func (a *Analysis) apart(ctx context.Context) error {
	o := a.options
	if len(o.Apart) == 0 && len(o.Virtual) == 0 {
		return nil
	}
	a.through = true
	_, err := a.conn.ExecContext(ctx, ledger.DimensionsSQL(o.Virtual))
	if err == nil && len(o.Apart) > 0 {
		err = rollup.Apart(ctx, a.conn, o.Apart, o.Virtual, o.limited())
	}
	if err != nil {
		return errors.Join(fmt.Errorf("divide by %v: %w", o.Apart, err), a.Close())
	}
	return nil
}

func open(ctx context.Context, l *ledger.Ledger, o Options) (*Analysis, error) {
	conn, err := l.DB().Conn(ctx)
	if err != nil {
		return nil, err
	}
	a := &Analysis{ledger: l, options: o, conn: conn, events: &seenEvents{}, invoices: new([]ledger.Invoice)}
	if o.Convert {
		a.through = true
		if err := a.convert(ctx); err != nil {
			return nil, errors.Join(err, a.Close())
		}
	}
	err = a.common(ctx, conn, "told up to "+a.lastDay().String(), []string{"quiet_days", "used_runs", "bill_reaches"}, func() error {
		_, err := conn.ExecContext(ctx, text("told_days")) // while it sees all owners' charges
		if err == nil {
			_, err = conn.ExecContext(ctx, text("told_reaches"), sql.Named("last", a.lastDay().Time()))
		}
		return err
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("told_days: %w", err), a.Close())
	}
	if len(o.Given) > 0 {
		a.through = true
		if _, err := conn.ExecContext(ctx, ledger.TagsSQL(o.Given)); err != nil {
			return nil, errors.Join(fmt.Errorf("give tags by the file of tags: %w", err), a.Close())
		}
	}
	return a, nil
}

// asKept reports whether what the connection sees is made of the ledger as it is, as ledger.Common
// keeps it: not of converted charges, nor of texts with the tags that a file gives.
func (a *Analysis) asKept() bool { return !a.options.Convert && len(a.options.Given) == 0 }

// common is ledger.Common where that may be.
func (a *Analysis) common(ctx context.Context, conn *sql.Conn, what string, tables []string, make func() error) error {
	if !a.asKept() {
		return make()
	}
	return a.ledger.Common(ctx, conn, what, tables, make)
}

// Close releases the Analysis's connection.
func (a *Analysis) Close() error {
	if a.seat != nil { // others' connection
		return nil
	}
	if a.through { // it has temporary tables of one owner
		_ = a.conn.Raw(func(any) error { return driver.ErrBadConn }) // which closes it
		return nil
	}
	return a.conn.Close()
}

// query runs sql/NAME.sql and calls scan for each row.
func (a *Analysis) query(ctx context.Context, name string, scan func(*sql.Rows) error, args ...any) error {
	statement, args := given(text(name), args)
	if err := a.seat.look(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	rows, err := a.conn.QueryContext(ctx, statement, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// exec runs statements on what the connection shows.
func (a *Analysis) exec(ctx context.Context, statements string, args ...any) error {
	err := a.seat.look(ctx, statements)
	if err == nil {
		_, err = a.conn.ExecContext(ctx, statements, args...)
	}
	return err
}

func text(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	return string(b)
}

// A currency is one currency of the ledger.
type currency struct {
	code      string
	amortized bool // no file shows the bill itself, so EffectiveCost is shown
	alone     bool // no other is analysed
}

// shown is what of the currency sums depend on.
func (c currency) shown() currency {
	c.alone = false
	return c
}

// cost names the column that is shown.
func (c currency) cost() string {
	if c.amortized {
		return "EffectiveCost"
	}
	return "BilledCost"
}

func (a *Analysis) currencies(ctx context.Context) ([]currency, error) {
	var out []currency
	err := a.askOnce(ctx, "currencies", func(r row) error {
		var c currency
		var rows int64
		if err := r.Scan(&c.code, &rows, &c.amortized); err != nil {
			return err
		}
		if a.options.Cost != "" {
			c.amortized = a.options.Cost == Effective
		}
		out = append(out, c)
		return nil
	})
	if err != nil {
		return nil, err
	}
	if len(out) == 0 && len(a.options.Filters) > 0 {
		without, err := a.unconvertedIf(ctx)
		if len(without) > 0 {
			return nil, fmt.Errorf("filter %s: no charge that is left has a rate to %s; %s", a.options.filterText(), a.options.Currency, loadRates)
		}
		return nil, errors.Join(fmt.Errorf("filter %s: no charge is left", a.options.filterText()), err)
	}
	if len(out) == 0 && a.options.Owner != "" {
		return nil, fmt.Errorf("owner %s: %w", a.options.Owner, errNothing)
	}
	if len(out) == 0 && a.options.Convert {
		if without, err := a.unconverted(ctx); err != nil {
			return nil, err
		} else if len(without) == 0 {
			return nil, ErrEmpty
		}
		return nil, fmt.Errorf("no charge has a rate to %s; %s", a.options.Currency, loadRates)
	}
	if len(out) == 0 {
		return nil, ErrEmpty
	}
	if want := a.options.Currency; want != "" {
		i := slices.IndexFunc(out, func(c currency) bool { return c.code == want })
		if i < 0 && len(a.options.Filters) > 0 {
			return nil, fmt.Errorf("filter %s: no charge that is left is in %s", a.options.filterText(), want)
		}
		if i < 0 && a.options.Owner != "" { // others may have some
			return nil, fmt.Errorf("owner %s, currency %s: %w", a.options.Owner, want, errNothing)
		}
		if i < 0 {
			var have []string
			for _, c := range out {
				have = append(have, c.code)
			}
			return nil, &unknownCurrencyError{fmt.Sprintf("currency %s: the ledger has none; it has %s", want, strings.Join(have, ", "))}
		}
		out = out[i : i+1]
	}
	out[0].alone = len(out) == 1
	return out, nil
}

// A standing is one account in one billing period.
type standing struct {
	billing       string // the account that is billed; of several, one
	billings      string // all of them, a line each
	account, name string
	period        string
	span          usage.Period
	first, reach  usage.Day // days with usage; 0 where there is none
	ahead         usage.Day // how many days after UTC's its own days are
	through       usage.Day // last of its own days with usage, or reach where that is later
	loaded        time.Time
	owing         bool // something else than 0 is billed
	invoiced      bool // its invoice is known

	charged   usage.Day   // last day with any charge
	billReach usage.Day   // last day with usage of all that is billed with it; 0 where there is none
	loads     string      // the files that hold it, their numbers
	unused    bool        // nothing was used up to its end: reach is that of its bill
	empty     bool        // no file has a charge of it, but its bill is there
	goesOn    usage.Day   // last day with usage in the currency that the account is charged in since; 0 where it is this one
	lacks     []usage.Day // days of it up to the end of the data on which its files have nothing at all
	pauses    []usage.Day // days of it on which it has nothing, though it is used more often, and its files have others
	unrated   []usage.Day // those of lacks, and others, that no rate converts
	bills     int         // how many have its name: one of days or weeks is one of several
	longest   int         // the days of the longest of them
}

// charges returns the days of UTC on which the charges of s stand.
func (s standing) charges() usage.Period {
	return usage.Period{From: s.span.From - s.ahead, To: s.span.To - s.ahead}
}

// standings returns every account's periods, by account and start, as of the
// day that the options name.
func (a *Analysis) standings(ctx context.Context, cur string) ([]standing, error) {
	return a.standingsTo(ctx, cur, a.options.AsOf)
}

// standingsTo is standings as of a day; 0 is the last.
func (a *Analysis) standingsTo(ctx context.Context, cur string, asOf usage.Day) ([]standing, error) {
	known, err := a.Invoices(ctx)
	if err != nil {
		return nil, err
	}
	var out []standing
	err = a.askOnce(ctx, "standings", func(r row) error {
		var s standing
		var begins usage.Day // with any charge
		if err := r.Scan(&s.billing, &s.account, &s.name, &s.period, ledger.DayOf(&s.span.From), ledger.DayOf(&s.span.To),
			ledger.DayOf(&s.first), ledger.DayOf(&s.reach), &s.ahead, &s.loaded, &s.owing, ledger.DayOf(&s.billReach), &s.loads,
			ledger.DayOf(&s.charged), &s.billings, ledger.DayOf(&begins), &s.bills, &s.longest); err != nil {
			return err
		}
		s.invoiced = invoiced(known).has(s, cur)
		s.through = s.reach + s.ahead
		if d := asOf; d != 0 {
			known := len(out) > 0 && out[len(out)-1].account == s.account
			if s.span.From > d || !known && begins > d {
				return nil // it was not there yet
			}
			s.reach, s.billReach, s.charged = min(s.reach, d), min(s.billReach, d), min(s.charged, d)
			if s.first > d {
				s.first, s.reach = 0, 0
			}
			s.through = min(s.through, d)
		}
		if n := len(out) - 1; s.first == 0 && n >= 0 && out[n].account == s.account {
			s.ahead = out[n].ahead // of the same place, though nothing says so
		}
		out = append(out, s)
		return nil
	}, sql.Named("currency", cur), sql.Named("whole", asOf == 0))
	if err != nil {
		return nil, err
	}
	partsOfMonths(out)
	if out, err = a.heard(ctx, cur, out); err != nil {
		return nil, err
	}
	turns, err := a.turns(ctx)
	for i := range out {
		for _, t := range turns[out[i].account] {
			if t.before == cur {
				out[i].goesOn = t.last
			}
		}
	}
	return out, errors.Join(err, a.lacking(ctx, cur, out), a.unrated(ctx, out))
}

// Conn returns the connection that the Analysis asks, for other questions about the same charges:
// it may see one owner's alone, or that of several whose was asked last. It is closed with the Analysis.
func (a *Analysis) Conn() *sql.Conn { return a.conn }
