package text

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/usage"
)

// Loads prints what was loaded, a line for each currency.
func Loads(p terminal.Printer, loads []ledger.Description) error {
	type row struct {
		ledger.Description
		currency string
		further  bool // a further currency of the same load
	}
	var rows []row
	for _, d := range loads {
		for i, c := range currenciesOf(d.Totals) {
			rows = append(rows, row{d, c, i > 0})
		}
	}
	once := func(of func(row) int64) func(row) any {
		return func(r row) any {
			if r.further {
				return nil
			}
			return of(r)
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "load_id", Kind: query.Integer, Of: func(r row) any { return r.ID }},
		{Name: "loaded_at", Kind: query.Timestamp, Rank: 4, Of: func(r row) any { return r.LoadedAt }},
		{Name: "ref", Of: func(r row) any { return r.Ref }},
		{Name: "format", Rank: 3, Of: func(r row) any { return r.Format }},
		{Name: "rows", Kind: query.Integer, Rank: 1, Of: once(func(r row) int64 { return r.Rows })},
		{Name: "rejected", Kind: query.Integer, Rank: 2, Of: once(func(r row) int64 { return r.Rejected })},
		{Name: "periods", Of: func(r row) any { return periodsNamed(p, r.Periods, r.Spans) }},
		{Name: "from", Kind: query.Date, Of: func(r row) any { return orNoDay(spanning(r.Spans).From) }, For: query.ForPrograms},
		{Name: "to", Kind: query.Date, Of: func(r row) any { return orNoDay(lastOf(spanning(r.Spans))) }, For: query.ForPrograms},
		{Name: "total", Kind: query.Decimal, Of: func(r row) any {
			return p.Amount(usage.Money{Amount: r.Totals[r.currency], Currency: r.currency})
		}},
		{Name: "currency", Rank: 2, Of: func(r row) any { return r.currency }},
		{Name: "state", Of: func(r row) any { return stateText(string(r.State)) }},
	}, rows)
}

// stateText is a load's state as it is shown: superseded, whether the charges are still
// kept or not.
func stateText(state string) string {
	if state == string(ledger.Purged) {
		return "superseded"
	}
	return state
}

// currenciesOf returns the currencies of a load; a load without rows has one
// line of its own.
func currenciesOf(totals map[string]usage.Decimal) []string {
	if len(totals) == 0 {
		return []string{""}
	}
	return slices.Sorted(maps.Keys(totals))
}

func periodList(names []string) string {
	if n := len(names); n > 2 && names[0] == names[n-1] {
		return names[0]
	} else if n > 2 {
		return names[0] + " … " + names[n-1]
	}
	return strings.Join(names, ", ")
}

// periodsNamed is what bills are called: for people with their dates, where these are not what the names say.
func periodsNamed(p terminal.Printer, names []string, spans []usage.Period) string {
	says := true
	for i, s := range spans {
		says = says && s == s.From.Month() && s.Name() == names[i]
	}
	if says || !p.ForPeople() {
		return periodList(names)
	}
	return fmt.Sprintf("%s (%s)", periodList(names), spanning(spans))
}

// spanning returns the days from the first of spans to the last, none of no span.
func spanning(spans []usage.Period) (all usage.Period) {
	for i, s := range spans {
		if i == 0 {
			all = s
		}
		all.From, all.To = min(all.From, s.From), max(all.To, s.To)
	}
	return all
}

// lastOf returns the last day of a period, 0 of an empty one.
func lastOf(p usage.Period) usage.Day {
	if p.Empty() {
		return 0
	}
	return p.Last()
}

// Load prints a load: its accounts and periods, and for people what it changed.
func Load(p terminal.Printer, d ledger.Description, changes []ledger.Change) error {
	if err := p.Head("load %d: %s, %s, %d rows, loaded %s, sha256 %s", d.ID, d.Ref, d.Title, d.Rows,
		d.LoadedAt.Format("2006-01-02 15:04 UTC"), d.SHA256); err != nil {
		return err
	}
	if !d.Submitted.IsZero() {
		if err := p.Head("exported %s", d.Submitted.Format("2006-01-02 15:04 UTC")); err != nil {
			return err
		}
	}
	if d.Kept != "" {
		if err := p.Head("kept as %s", d.Kept); err != nil {
			return err
		}
	}
	if d.State == ledger.Purged {
		if err := p.Head("its charges are no longer kept; should what replaced it be taken back, load it again"); err != nil {
			return err
		}
	}
	for _, w := range d.Warnings {
		if err := p.Head("warning: %s", w); err != nil {
			return err
		}
	}
	if err := p.Print(scopesTable(d.Scopes)); err != nil {
		return err
	}
	if len(changes) == 0 || !p.ForPeople() {
		return nil
	}
	totals := map[string]usage.Decimal{}
	for _, c := range changes {
		totals[c.Currency] = totals[c.Currency].Add(c.Delta())
	}
	if err := p.Say(""); err != nil {
		return err
	}
	for _, c := range slices.Sorted(maps.Keys(totals)) {
		if err := p.Say("what it changed of what it replaced: %s %s in all", p.Amount(usage.Money{Amount: totals[c], Currency: c}).Text(),
			c); err != nil {
			return err
		}
	}
	return Changes(p, changes)
}

// Changes prints what a load changed of what it replaced.
func Changes(p terminal.Printer, changes []ledger.Change) error {
	type row = ledger.Change
	money := func(of func(row) usage.Decimal) func(row) any {
		return func(c row) any { return p.Amount(usage.Money{Amount: of(c), Currency: c.Currency}) }
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "day", Kind: query.Date, Of: func(c row) any { return c.Day }},
		{Name: "service", Of: func(c row) any { return c.Service }},
		{Name: "what", Of: func(c row) any {
			if c.Known {
				return "restated"
			}
			return "new day"
		}},
		{Name: "rows_added", Kind: query.Integer, Of: func(c row) any { return c.Added }},
		{Name: "rows_removed", Kind: query.Integer, Of: func(c row) any { return c.Removed }},
		{Name: "rows_changed", Kind: query.Integer, Of: func(c row) any { return c.Changed }},
		{Name: "cost_added", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.AddedCost })},
		{Name: "cost_removed", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.RemovedCost })},
		{Name: "cost_changed", Kind: query.Decimal, Of: money(func(c row) usage.Decimal { return c.ChangedCost })},
		{Name: "delta", Kind: query.Decimal, Of: money(row.Delta)},
		{Name: "currency", Of: func(c row) any { return c.Currency }},
		{Name: "replaced_load_id", Kind: query.Integer, Of: func(c row) any { return c.Replaced }},
	}, changes)
}

func scopesTable(scopes []ledger.Scope) query.Table {
	type row = ledger.Scope
	return query.Columns[row]{
		{Name: "period", Of: func(s row) any { return s.Period }},
		{Name: "from", Kind: query.Date, Of: func(s row) any { return s.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(s row) any { return s.Span.Last() }},
		{Name: "sub_account_id", Of: func(s row) any { return s.SubAccount }},
		{Name: "name", Of: func(s row) any { return s.Name }},
		{Name: "rows", Kind: query.Integer, Of: func(s row) any { return s.Rows }},
		{Name: "first_day", Kind: query.Date, Of: func(s row) any { return s.First }},
		{Name: "reach", Kind: query.Date, Of: func(s row) any { return s.Reach }},
		{Name: "cost", Kind: query.Decimal, Of: func(s row) any { return s.Cost }},
		{Name: "currency", Of: func(s row) any { return s.Cost.Currency }},
		{Name: "state", Of: func(s row) any { return stateText(string(s.State)) }},
		{Name: "superseded_by", Kind: query.Integer, Of: func(s row) any { return orNoID(s.SupersededBy) }},
	}.Table(query.ForAll, scopes)
}

// Removed says what taking a load back has done.
func Removed(id int64, done ledger.Removal) []string {
	lines := []string{fmt.Sprintf("removed load %d", id)}
	for _, r := range done.Restored {
		lines = append(lines, "restored what it had replaced of "+r)
	}
	for _, f := range done.Lost {
		from := f.Ref
		if f.Kept != "" {
			from = f.Kept
		}
		lines = append(lines, fmt.Sprintf("%s is without charges now: load %s again (sha256 %s)", strings.Join(f.Periods, ", "), from, f.SHA256))
	}
	for _, t := range done.Told {
		lines = append(lines, fmt.Sprintf("the %s of %s for %s (%s) showed %s %s with it", t.What, t.At.Format("2006-01-02 15:04 UTC"),
			t.Period, t.Span,
			usage.Money{Amount: t.Total, Currency: t.Currency}.Text(), t.Currency))
	}
	return lines
}

// Damage prints what is damaged of a ledger, and what brings it back.
func Damage(p terminal.Printer, found []ledger.Damage) error {
	return terminal.Rows(p, query.Columns[ledger.Damage]{
		{Name: "load_id", Kind: query.Integer, Of: func(d ledger.Damage) any { return orNoID(d.Load) }},
		{Name: "damaged", Of: func(d ledger.Damage) any { return d.What }},
		{Name: "said", Of: func(d ledger.Damage) any { return d.Said }},
		{Name: "found", Of: func(d ledger.Damage) any { return d.Found }},
		{Name: "comes_back_by", Of: func(d ledger.Damage) any { return d.Mend }},
	}, found)
}
