package text

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/invoices"
	"usagereport/ledger"
	"usagereport/usage"
)

// headReconciled says which invoices are led to, and how that ends.
func headReconciled(p terminal.Printer, r invoices.Reconciliation) error {
	var numbers []string
	for _, i := range r.Invoices {
		numbers = append(numbers, i.Number)
	}
	name := r.Account
	if r.Name != "" && r.Name != r.Account {
		name = r.Name + " (" + r.Account + ")"
	}
	when := ""
	if !r.Span.Empty() {
		when = fmt.Sprintf(" (%s, %s)", r.Span, r.State)
	}
	end := "all explained"
	if r.Unexplained.Sign() != 0 {
		end = fmt.Sprintf("%s %s unexplained", rounded(usage.Money{Amount: r.Unexplained, Currency: r.Currency}), r.Currency)
	}
	return p.Head("%s, %s%s, %s: %s", name, r.Period, when, strings.Join(numbers, " and "), end)
}

// accountText is how an account is shown: for people by its name where it has one.
func accountText(p terminal.Printer, id, name string) string {
	if p.ForPeople() {
		return cmp.Or(name, id)
	}
	return id
}

// MissingInvoices prints why periods have no invoice, and what to do.
func MissingInvoices(p terminal.Printer, all []invoices.Missing) error {
	type row = invoices.Missing
	return terminal.Rows(p, query.Columns[row]{
		{Name: "period", Of: func(m row) any { return m.Period }},
		{Name: "from", Kind: query.Date, Of: func(m row) any { return m.Span.From }},
		{Name: "to", Kind: query.Date, Of: func(m row) any { return m.Span.Last() }},
		{Name: "account", Of: func(m row) any { return accountText(p, m.Account, m.Name) }},
		{Name: "name", Of: func(m row) any { return orNil(m.Name) }, For: query.ForPrograms}, // people read it in the column account
		{Name: "state", Of: func(m row) any { return string(m.State) }},
		{Name: "total", Kind: query.Decimal, Of: func(m row) any { return p.Amount(usage.Money{Amount: m.Total, Currency: m.Currency}) }},
		{Name: "currency", Of: func(m row) any { return m.Currency }},
		{Name: "reason", Of: func(m row) any { return string(m.Reason) }},
		{Name: "why", Of: func(m row) any { return "likely: " + m.Likely }},
		{Name: "do", Of: func(m row) any { return m.Do }},
	}, all)
}

// Reconciled prints the way from what the usage files cost to what was invoiced.
func Reconciled(p terminal.Printer, all []invoices.Reconciliation) error {
	type row struct {
		invoices.Line
		of invoices.Reconciliation
	}
	var rows []row
	for _, r := range all {
		if err := headReconciled(p, r); err != nil {
			return err
		}
		for _, l := range r.Lines {
			rows = append(rows, row{l, r})
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "account", Of: func(r row) any { return accountText(p, r.of.Account, r.of.Name) }},
		{Name: "line", Of: func(r row) any { return string(r.Kind) }},
		{Name: "title", Of: func(r row) any { return r.Kind.Title().String() }},
		{Name: "amount", Kind: query.Decimal, Of: func(r row) any { return p.Amount(usage.Money{Amount: r.Amount, Currency: r.of.Currency}) }},
		{Name: "currency", Of: func(r row) any { return r.of.Currency }},
		{Name: "why", Of: func(r row) any { return orNil(r.Why.String()) }},
	}, rows)
}

// Invoices prints the invoices, the newest period first, and among them the periods that have none.
func Invoices(p terminal.Printer, bills []invoices.Bill, is []ledger.Invoice) error {
	type row struct {
		ledger.Invoice
		name  string
		spans []usage.Period  // its bills' in all; none where no file has one
		why   invoices.Reason // there is none
	}
	var rows []row
	for _, m := range invoices.Explain(bills, is) {
		i := ledger.Invoice{Period: m.Period, Account: m.Account, Currency: m.Currency}
		rows = append(rows, row{Invoice: i, name: m.Name, spans: []usage.Period{m.Span}, why: m.Reason})
	}
	for _, i := range is {
		var spans []usage.Period
		for _, b := range bills {
			if invoices.Covers(i, b) {
				spans = []usage.Period{spanning(append(spans, b.Span))}
			}
		}
		rows = append(rows, row{Invoice: i, name: invoices.NameOf(bills, i.Account), spans: spans})
	}
	slices.SortStableFunc(rows, func(x, y row) int { return strings.Compare(y.Period, x.Period) })
	money := func(of func(row) usage.Decimal) func(row) any {
		return func(r row) any {
			if r.why != "" {
				return nil
			}
			return p.Amount(usage.Money{Amount: of(r), Currency: r.Currency})
		}
	}
	return terminal.Rows(p, query.Columns[row]{
		{Name: "period", Of: func(r row) any { return periodsNamed(p, []string{r.Period}, r.spans) }},
		{Name: "from", Kind: query.Date, Of: func(r row) any { return orNoDay(spanning(r.spans).From) }, For: query.ForPrograms},
		{Name: "to", Kind: query.Date, Of: func(r row) any { return orNoDay(lastOf(spanning(r.spans))) }, For: query.ForPrograms},
		{Name: "account", Of: func(r row) any { return accountText(p, r.Account, r.name) }},
		{Name: "number", Of: func(r row) any { return orNil(r.Number) }},
		{Name: "kind", Of: func(r row) any { return orNil(r.Kind) }},
		{Name: "date", Kind: query.Date, Of: func(r row) any { return orNoDay(r.Date) }},
		{Name: "due", Kind: query.Date, Of: func(r row) any { return orNoDay(r.Due) }},
		{Name: "net", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Net })},
		{Name: "tax", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Tax })},
		{Name: "credits", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Credits })},
		{Name: "total", Kind: query.Decimal, Of: money(func(r row) usage.Decimal { return r.Total })},
		{Name: "currency", Of: func(r row) any { return r.Currency }},
		{Name: "file", Of: func(r row) any { return orNil(r.File) }},
		{Name: "sha256", Of: func(r row) any { return orNil(r.SHA256) }, For: query.ForPrograms}, // the file's name is its hash
		{Name: "why_none", Of: func(r row) any { return orNil(string(r.why)) }},
	}, rows)
}
