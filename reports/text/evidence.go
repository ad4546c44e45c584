package text

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/usage"
)

// drivers prints what carries a finding.
func drivers(p terminal.Printer, e analysis.Evidence) error {
	type row = analysis.Driver
	return terminal.Rows(p, query.Columns[row]{
		{Name: "driver", Of: func(d row) any { return d.Label.String() }},
		{Name: "impact", Kind: query.Decimal, Of: func(d row) any { return p.Amount(d.Impact) }},
		{Name: "by_price", Kind: query.Decimal, Of: func(d row) any { return p.Amount(d.Price) }},
		{Name: "by_quantity", Kind: query.Decimal, Of: func(d row) any { return p.Amount(d.Quantity) }},
	}, e.Drivers)
}

// shownResources is how many of a finding's resources a person reads.
const shownResources = 20

// resources prints what a finding's resources cost, which the ledger does not have.
func resources(p terminal.Printer, e analysis.Evidence) error {
	r := e.Resources
	of := ""
	if n := len(r.List); n > shownResources {
		of = fmt.Sprintf(", the %d of %d that changed most (--format json has all)", shownResources, n)
	}
	if err := p.Head("Its resources, read from %s, for the ledger has none%s:", r.From, of); err != nil {
		return err
	}
	type row = analysis.ResourceCost
	amount := func(d usage.Decimal) any { return p.Amount(usage.Money{Amount: d, Currency: e.Currency}) }
	return terminal.Rows(p, query.Columns[row]{
		{Name: "resource", Of: func(c row) any { return cmp.Or(c.Name, c.ID, "(none)") }},
		{Name: "before", Kind: query.Decimal, Of: func(c row) any { return amount(c.Before) }},
		{Name: "in_finding", Kind: query.Decimal, Of: func(c row) any { return amount(c.Inside) }},
		{Name: "a_day_before", Kind: query.Decimal, Of: func(c row) any { return orNone(c.PerDayBefore) }},
		{Name: "a_day", Kind: query.Decimal, Of: func(c row) any { return orNone(c.PerDay) }},
		{Name: "resource_id", Of: func(c row) any { return c.ID }},
	}, r.List[:min(len(r.List), shownResources)])
}

// days prints what a finding's days cost and were expected to cost.
func days(p terminal.Printer, e analysis.Evidence) error {
	type row = analysis.EvidenceDay
	return terminal.Rows(p, query.Columns[row]{
		{Name: "day", Kind: query.Date, Of: func(d row) any { return d.Day }},
		{Name: "actual", Kind: query.Decimal, Of: func(d row) any { return p.Amount(usage.Money{Amount: d.Actual, Currency: e.Currency}) }},
		{Name: "expected", Kind: query.Decimal, Of: func(d row) any { return orNone(d.Expected) }},
		{Name: "low", Kind: query.Decimal, Of: func(d row) any { return orNone(d.Low) }},
		{Name: "high", Kind: query.Decimal, Of: func(d row) any { return orNone(d.High) }},
		{Name: "in_finding", Kind: query.Bool, Of: func(d row) any { return d.Inside }},
	}, e.Days)
}

// Evidence prints the evidence for a finding.
func Evidence(p terminal.Printer, e analysis.Evidence) (err error) {
	say := func(format string, args ...any) { err = errors.Join(err, p.Head(format, args...)) }
	say("%s", e.Explanation)
	say("rule: %s", e.Rule)
	if e.Answer != nil {
		say("answer: %s", e.Answer.Text())
	}
	if p.ForPeople() && len(e.Drivers) > 0 {
		err = errors.Join(err, drivers(p, e))
	}
	if p.ForPeople() && e.Resources != nil {
		err = errors.Join(err, resources(p, e))
	}
	err = errors.Join(err, days(p, e))
	say("The actual cost of these days, for 'usagereport query':")
	for line := range strings.Lines(e.SQL) {
		say("%s", strings.TrimSuffix(line, "\n"))
	}
	return err
}
