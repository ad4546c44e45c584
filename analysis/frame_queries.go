package analysis

import (
	"fmt"
	"strings"

	"usagereport/internal/locale"
	"usagereport/ledger"
	"usagereport/usage"
)

// A Query is SQL with which a reader who has the ledger makes a number of the
// report again: 'usagereport query'.
type Query struct {
	Title locale.Text
	SQL   string // one statement on the view usage
}

// with begins a statement on usage that sees what is converted as the report does; "" where
// nothing is.
func (o Options) with() string {
	if !o.Convert {
		return ""
	}
	return "WITH " + ledger.ConvertedUsage(o.Currency) + "\n"
}

// queries returns the SQL behind the part's totals.
func (f *frame) queries(o Options, only []string) []Query {
	cost := f.cur.cost()
	where := []string{"BillingCurrency = " + usage.Literal(f.cur.code)}
	if f.sel.byMonth {
		where = append(where, fmt.Sprintf("ChargePeriodStart >= DATE '%s' AND ChargePeriodStart < DATE '%s'", f.sel.span.From, f.sel.span.To))
	} else {
		where = append(where, "x_BillingPeriod = "+usage.Literal(f.sel.name))
	}
	where = append(where, only...)
	if o.AsOf != 0 {
		where = append(where, fmt.Sprintf("ChargePeriodStart < DATE '%s'", o.AsOf+1))
	}
	by := func(columns, order string) string {
		text := o.with() + fmt.Sprintf("SELECT %ssum(%s) AS cost FROM usage WHERE %s", columns, cost, strings.Join(where, " AND "))
		if order != "" {
			text += " GROUP BY ALL ORDER BY " + order
		}
		return text
	}
	return []Query{
		{locale.T("The total"), by("", "")},
		{locale.T("What it cost, by service"), by("ServiceName, ", "cost DESC, ServiceName")},
		{locale.T("What it cost, by resource"), by("ResourceId, ", "cost DESC, ResourceId")},
		{locale.T("The days, by kind of charge"), by("ChargePeriodStart::DATE AS day, ChargeCategory, ", "day, ChargeCategory")},
	}
}
