// Package audit checks a report against the ledger: it takes the model from which
// every form of the report is made, and recomputes each claim of it by SQL of its own
// (sql/*.sql) over the view usage. It shares no statement and no sum with the
// analysis, so that a mistake there is seen here.
package audit

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"slices"
	"strings"
	"time"

	"usagereport/analysis"
	"usagereport/ledger"
	"usagereport/usage"
)

//go:embed sql/*.sql
var files embed.FS

// A Kind groups claims of one sort.
type Kind string

// The kinds of claims.
const (
	Total     Kind = "total"      // what the period cost, by account and kind of charge
	Prior     Kind = "prior"      // what the same days before cost
	Delta     Kind = "delta"      // a difference
	Percent   Kind = "percent"    // a share, or a change in percent
	Row       Kind = "row"        // an amount in a table
	Sum       Kind = "sum"        // rows add up to what stands above them
	More      Kind = "more"       // how many values a table leaves out
	Day       Kind = "day"        // what a day cost, and whether there are data
	Coverage  Kind = "coverage"   // how far the data reach, and what is missing
	State     Kind = "state"      // how final the period is
	NoPrior   Kind = "no-prior"   // a period with which nothing is compared is not loaded
	New       Kind = "new"        // what is new cost nothing before
	Gone      Kind = "gone"       // what is gone costs nothing any more
	Price     Kind = "price"      // the unit price changed
	Impact    Kind = "impact"     // of a finding, and what it is made of
	Expected  Kind = "expected"   // what a finding's scope usually costs
	Span      Kind = "span"       // of a finding
	Scope     Kind = "scope"      // of a finding's drivers
	Label     Kind = "label"      // what a resource is called by: where most of its cost is
	Owner     Kind = "owner"      // of a finding
	Known     Kind = "known"      // the forecast holds what is known
	Range     Kind = "range"      // the forecast's range holds its own point
	ToCome    Kind = "to-come"    // the days to come cost no more than days do since a fall
	Budget    Kind = "budget"     // what is spent of it
	Source    Kind = "source"     // what the period has of a file
	Deadline  Kind = "deadline"   // what is planned, and until when to answer, lies ahead
	Age       Kind = "age"        // old data are called old
	Comparing Kind = "comparison" // the bridge adds up, over the same days
)

// A Claim is one thing that a report says, beside what the ledger says.
type Claim struct {
	Kind  Kind
	Text  string // what it is about
	Said  string
	Found string
	Holds bool
	Open  bool   // it could not be checked: the view usage does not say
	SQL   string // what was asked of the view usage; "" where the report itself denies it
}

// Options say how the report was made.
type Options struct {
	AsOf  usage.Day // charges after it are left out; 0 keeps all
	Today usage.Day // when the report is read; 0 is not known
	// Whole sees all owners' charges, where conn sees one's: which days there are data of
	// is known of accounts, not of owners.
	Whole *sql.DB
}

// Of checks every claim of r. conn is the connection that r was made on: it may look
// at one owner's part of the ledger.
func Of(ctx context.Context, conn *sql.Conn, r *analysis.Report, o Options) (claims []Claim, err error) {
	if o.AsOf == 0 {
		o.AsOf = usage.Date(9999, time.January, 1)
	}
	var last usage.Day
	if err := conn.QueryRowContext(ctx, text("check_last"), sql.Named("last", o.AsOf.Time())).Scan(scanDay(&last)); err != nil {
		return nil, fmt.Errorf("check_last: %w", err)
	}
	for i := range r.Parts {
		a := &auditor{ctx: ctx, conn: conn, options: o, report: r, part: &r.Parts[i], last: last, claims: &claims}
		if err := a.check(); err != nil {
			return nil, fmt.Errorf("audit %s: %w", a.part.Currency, err)
		}
	}
	return claims, nil
}

// Checked returns how many claims could be checked.
func Checked(claims []Claim) (n int) {
	for _, c := range claims {
		if !c.Open {
			n++
		}
	}
	return n
}

// Failed returns the claims that do not hold.
func Failed(claims []Claim) (failed []Claim) {
	for _, c := range claims {
		if !c.Holds {
			failed = append(failed, c)
		}
	}
	return failed
}

// An auditor checks what a report says in one currency.
type auditor struct {
	ctx     context.Context
	conn    *sql.Conn
	options Options
	report  *analysis.Report
	part    *analysis.Part
	last    usage.Day // with a charge, in any currency
	claims  *[]Claim

	usage            string // what begins a statement on what is converted; "" where nothing is
	charges, windows string // the statements of the tables audited and compared
	bills            string // and of bills
	reach            reach
	turned           map[string]usage.Day // accounts charged in another currency since, and its last day
	unbased          map[int]int          // accounts of which an earlier period is not loaded, by how much earlier
	gaps             map[int]int          // days of an account without usage among those compared, by how much earlier

	grouped map[string]map[string]pair // what groups returns, by dimension; nil until it is asked for
}

func (a *auditor) check() error {
	if err := a.prepare(); err != nil {
		return err
	}
	for _, check := range []func() error{
		a.coverage, a.totals, a.tables, a.days, a.meters, a.turnover, a.labels, a.sources, a.commitments, a.comparison, a.findings, a.outlook,
		a.budget,
	} {
		if err := check(); err != nil {
			return err
		}
	}
	_, err := a.conn.ExecContext(a.ctx, "DROP TABLE temp.audited; DROP TABLE temp.bills; DROP TABLE temp.compared")
	return err
}

// prepare makes the tables that the statements ask: audited has the charges, compared the
// days of each account that the report is about.
func (a *auditor) prepare() (err error) {
	p := a.part.Period
	if len(a.part.Converted) > 0 {
		a.usage = ledger.ConvertedUsage(a.part.Currency) + ", "
	}
	moves, err := a.moves()
	if err != nil {
		return err
	}
	a.charges, err = a.table("audited", "check_charges", sql.Named("currency", a.part.Currency), sql.Named("last", a.options.AsOf.Time()),
		sql.Named("first", a.part.Period.Span.From.Time()), sql.Named("moves", moves), sql.Named("effective", a.effective()))
	if err != nil {
		return err
	}
	if err := a.turns(); err != nil {
		return err
	}
	if a.bills, err = a.table("bills", "check_bills", sql.Named("by_day", a.part.Period.ByMonth)); err != nil {
		return err
	}
	if a.report.Limited() && a.options.Whole != nil {
		if err := a.wholeBills(); err != nil {
			return fmt.Errorf("check_bills: %w", err)
		}
	}
	accounts, reaches := []string{}, []string{}
	for _, acc := range a.part.Accounts {
		if acc.Reach != 0 {
			accounts, reaches = append(accounts, acc.ID), append(reaches, acc.Reach.String())
		}
	}
	a.windows, err = a.table("compared", "check_windows", sql.Named("bill", a.bill()), sql.Named("first", p.Span.From.Time()),
		sql.Named("end", p.Span.To.Time()), sql.Named("open", p.State == analysis.Open), sql.Named("accounts", accounts),
		sql.Named("reaches", reaches), sql.Named("rhythm_days", rhythmDays), sql.Named("months", wholeMonths(p.Span)))
	return err
}

// turns finds the accounts that are charged in another currency since.
func (a *auditor) turns() error {
	a.turned = map[string]usage.Day{}
	if a.usage != "" { // all is in one currency
		return nil
	}
	rows, err := a.conn.QueryContext(a.ctx, text("check_currencies"), sql.Named("currency", a.part.Currency),
		sql.Named("last", a.options.AsOf.Time()))
	if err != nil {
		return fmt.Errorf("check_currencies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var account string
		var last usage.Day
		if err := rows.Scan(&account, scanDay(&last)); err != nil {
			return fmt.Errorf("check_currencies: %w", err)
		}
		a.turned[account] = last
	}
	return rows.Err()
}

// effective reports whether effective cost was asked for; nil where none was.
func (a *auditor) effective() any {
	if a.report.Cost == "" {
		return nil
	}
	return a.report.Cost == analysis.Effective
}

// moves returns the accounts that go on in others, as all owners' charges show them, for one
// owner's report; nil for that of all.
func (a *auditor) moves() (any, error) {
	if !a.report.Limited() || a.options.Whole == nil {
		return nil, nil
	}
	moves := []string{}
	rows, err := a.options.Whole.QueryContext(a.ctx, "WITH "+a.usage+"audited AS ("+text("check_charges")+
		") SELECT DISTINCT id, coalesce(goes_on, account) FROM audited WHERE coalesce(goes_on, account) <> id",
		sql.Named("currency", a.part.Currency), sql.Named("last", a.options.AsOf.Time()),
		sql.Named("first", a.part.Period.Span.From.Time()), sql.Named("moves", nil), sql.Named("effective", a.effective()))
	if err != nil {
		return nil, fmt.Errorf("check_charges: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var old, next string
		if err := rows.Scan(&old, &next); err != nil {
			return nil, err
		}
		moves = append(moves, old+" "+next)
	}
	return moves, rows.Err()
}

// wholeMonths is how many calendar months span is; 0 where it is not whole ones.
func wholeMonths(span usage.Period) int {
	n := 0
	for day := span.From; day.Month().From == day && day < span.To; day = day.Month().To {
		if day.Month().To > span.To {
			return 0
		}
		n++
	}
	return n
}

// wholeBills puts the bills of the owner's accounts, as all owners' charges show them, in the
// place of those of the owner's own charges. Of an owner without charges they are those of
// all accounts.
func (a *auditor) wholeBills() error {
	rows, err := a.options.Whole.QueryContext(a.ctx, "WITH "+a.usage+"audited AS ("+a.charges+")\n"+text("check_bills"),
		sql.Named("by_day", a.part.Period.ByMonth))
	if err != nil {
		return err
	}
	defer rows.Close()
	if _, err := a.conn.ExecContext(a.ctx, "CREATE OR REPLACE TEMP TABLE bills AS SELECT * FROM bills LIMIT 0"); err != nil {
		return err
	}
	for rows.Next() {
		v := make([]any, 6)
		if err := rows.Scan(&v[0], &v[1], &v[2], &v[3], &v[4], &v[5]); err != nil {
			return err
		}
		if _, err := a.conn.ExecContext(a.ctx, "INSERT INTO bills VALUES ($account, $bill, $first, $end, $reach, $latest)",
			sql.Named("account", v[0]), sql.Named("bill", v[1]), sql.Named("first", v[2]), sql.Named("end", v[3]),
			sql.Named("reach", v[4]), sql.Named("latest", v[5])); err != nil {
			return err
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	_, err = a.conn.ExecContext(a.ctx, "DELETE FROM bills WHERE account NOT IN (SELECT account FROM audited) AND EXISTS (SELECT "+
		"1 FROM audited)")
	return err
}

// bill is the name of the bill that the report is about; nil where it is about a month.
func (a *auditor) bill() any {
	if a.part.Period.ByMonth {
		return nil
	}
	return a.part.Period.Name
}

// table makes a table by sql/STATEMENT.sql, which it returns as it is asked: with the parameters' values
// in their places, for a statement with parameters is planned twice.
func (a *auditor) table(name, statement string, args ...any) (string, error) {
	asked := filled(text(statement), args)
	if _, err := a.conn.ExecContext(a.ctx, "CREATE OR REPLACE TEMP TABLE "+name+" AS "+asked); err != nil {
		return "", fmt.Errorf("%s: %w", statement, err)
	}
	return asked, nil
}

// asking runs a statement of this package: of what the report sees, or of the whole.
type asking func(name string, scan func(*sql.Rows) error, args ...any) (string, error)

// ask runs sql/NAME.sql, calls scan for each row, and returns the statement as it can be
// asked of the view usage.
func (a *auditor) ask(name string, scan func(*sql.Rows) error, args ...any) (string, error) {
	rows, err := a.conn.QueryContext(a.ctx, text(name), args...)
	if err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return "", fmt.Errorf("%s: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("%s: %w", name, err)
	}
	return a.standing(name, args...), nil
}

// standing returns sql/NAME.sql as it can be asked of the view usage.
func (a *auditor) standing(name string, args ...any) string {
	statement := filled(text(name), args)
	if rest, ok := strings.CutPrefix(statement, "WITH "); ok {
		statement = ", " + rest
	}
	return "WITH RECURSIVE " + a.usage + "audited AS (\n" + a.charges + "), bills AS (\n" + a.bills + "), compared AS (\n" +
		a.windows + ")\n" + statement
}

// askWhole is ask of all owners' charges, where the report is one owner's.
func (a *auditor) askWhole(name string, scan func(*sql.Rows) error, args ...any) (string, error) {
	if !a.report.Limited() || a.options.Whole == nil {
		return a.ask(name, scan, args...)
	}
	statement := text(name)
	if rest, ok := strings.CutPrefix(statement, "WITH "); ok {
		statement = ", " + rest
	}
	statement = "WITH " + a.usage + "audited AS (\n" + a.charges + "), bills AS (\n" + a.bills + ")\n" + statement
	rows, err := a.options.Whole.QueryContext(a.ctx, statement, args...)
	if err != nil {
		return "", fmt.Errorf("%s of all owners: %w", name, err)
	}
	defer rows.Close()
	for rows.Next() {
		if err := scan(rows); err != nil {
			return "", fmt.Errorf("%s of all owners: %w", name, err)
		}
	}
	if err := rows.Err(); err != nil {
		return "", fmt.Errorf("%s of all owners: %w", name, err)
	}
	return filled(statement, args), nil
}

// distinct returns the values of an expression over the charges audited.
func (a *auditor) distinct(expression string) (values []string, err error) {
	err = a.conn.QueryRowContext(a.ctx, "SELECT coalesce(string_agg(DISTINCT "+expression+", chr(10)), '') FROM audited").Scan(&expression)
	return strings.Split(expression, "\n"), err
}

// claim keeps a claim.
func (a *auditor) claim(kind Kind, holds bool, said, found, sql, format string, args ...any) {
	*a.claims = append(*a.claims, Claim{
		Kind: kind, Text: a.part.Currency + ": " + fmt.Sprintf(format, args...), Said: said, Found: found, Holds: holds, SQL: sql,
	})
}

// open keeps a claim that cannot be checked.
func (a *auditor) open(kind Kind, said, why, format string, args ...any) {
	a.claim(kind, true, said, why, "", format, args...)
	(*a.claims)[len(*a.claims)-1].Open = true
}

// amount claims that an amount is what the ledger says, to the last digit.
func (a *auditor) amount(kind Kind, said, found usage.Decimal, sql, format string, args ...any) {
	a.claim(kind, said == found, said.String(), found.String(), sql, format, args...)
}

// percent claims that a percentage is that of part in whole.
func (a *auditor) percent(said *float64, part, whole usage.Decimal, format string, args ...any) {
	var found *float64
	if whole.Sign() > 0 {
		v := 100 * part.Float64() / whole.Float64()
		found = &v
	}
	holds := (said == nil) == (found == nil)
	if said != nil && found != nil {
		holds = near(*said, *found)
	}
	write := func(v *float64) string {
		if v == nil {
			return "none"
		}
		return fmt.Sprintf("%.2f %%", *v)
	}
	a.claim(Percent, holds, write(said), write(found), "", format, args...)
}

// change claims that a percentage is that of a change against the k-th earlier period, or
// that there is none where that period is not known of all, or days of the two have no data.
func (a *auditor) change(k int, said *float64, part, whole usage.Decimal, format string, args ...any) {
	if a.gaps[k] > 0 && said == nil {
		a.claim(Percent, true, "none", fmt.Sprintf("%d days of an account without usage", a.gaps[k]), "", format, args...)
		return
	}
	if (a.unbased[k] > 0 || a.unrated(k)) && said == nil {
		a.claim(Percent, true, "none", fmt.Sprintf("%d accounts have no such period", a.unbased[k]), "", format, args...)
		return
	}
	a.percent(said, part, whole, format, args...)
}

// unrated reports whether some of what the k-th earlier period costs has no rate.
func (a *auditor) unrated(k int) bool {
	return slices.ContainsFunc(a.part.Unconverted, func(u analysis.Unconverted) bool {
		return k <= len(a.part.Priors) && a.part.Priors[k-1].Span.Overlaps(usage.Period{From: u.First, To: u.Last + 1})
	})
}

// near reports whether two numbers differ by no more than doubles round.
func near(x, y float64) bool { return x == y || max(x, y)-min(x, y) <= 1e-9*max(1, x, y, -x, -y) }

func text(name string) string {
	b, err := files.ReadFile("sql/" + name + ".sql")
	if err != nil {
		panic(err) // a name of this package
	}
	var code strings.Builder // without the comments at its head
	for line := range strings.Lines(string(b)) {
		if !strings.HasPrefix(line, "--") {
			code.WriteString(line)
		}
	}
	return code.String()
}

// filled writes the parameters' values in their places.
func filled(statement string, args []any) string {
	var named []sql.NamedArg
	for _, arg := range args {
		if n, ok := arg.(sql.NamedArg); ok {
			named = append(named, n)
		}
	}
	slices.SortFunc(named, func(x, y sql.NamedArg) int { return len(y.Name) - len(x.Name) }) // one may begin another
	var pairs []string
	for _, n := range named {
		value := "NULL"
		switch v := n.Value.(type) {
		case string:
			value = usage.Literal(v)
		case time.Time:
			value = "DATE '" + v.Format(time.DateOnly) + "'"
		case []string:
			quoted := make([]string, len(v))
			for i, s := range v {
				quoted[i] = usage.Literal(s)
			}
			value = "[" + strings.Join(quoted, ", ") + "]"
		case nil:
		default:
			value = fmt.Sprint(v)
		}
		pairs = append(pairs, "$"+n.Name, value)
	}
	return strings.NewReplacer(pairs...).Replace(statement) // at once: a value may hold what looks like a parameter
}

// scanAmount and scanDay read what DuckDB answers; NULL is nothing.
func scanAmount(d *usage.Decimal) sql.Scanner { return ledger.Amount(d) }

func scanDay(d *usage.Day) sql.Scanner { return ledger.DayOf(d) }

func day(d usage.Day) string {
	if d == 0 {
		return "none"
	}
	return d.String()
}
