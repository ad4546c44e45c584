package text

import (
	"cmp"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports"
	"usagereport/sending"
)

// Letters prints what became of what was to be sent.
func Letters(p terminal.Printer, letters []*sending.Letter) error {
	type row = *sending.Letter
	return terminal.Rows(p, query.Columns[row]{
		{Name: "owner", Of: func(t row) any { return t.Owner }},
		{Name: "state", Of: func(t row) any { return string(t.State) }},
		{Name: "channel", Of: func(t row) any { return t.Channel }},
		{Name: "to", Of: func(t row) any { return orNil(strings.Join(t.To, "; ")) }},
		{Name: "cost", Of: func(t row) any { return orNil(t.Costs) }},
		{Name: "subject", Of: func(t row) any { return orNil(t.Subject) }},
		{Name: "detail", Of: func(t row) any { return orNil(t.Why) }},
		{Name: "id", Of: func(t row) any { return orNil(t.Record.ID) }},
	}, letters)
}

// Records prints what was sent or recorded.
func Records(p terminal.Printer, all []ledger.Record) error {
	type row = ledger.Record
	return terminal.Rows(p, query.Columns[row]{
		{Name: "at", Kind: query.Timestamp, Of: func(r row) any { return r.At }},
		{Name: "what", Of: func(r row) any { return string(r.What) }},
		{Name: "owner", Of: func(r row) any { return orNil(r.Owner) }},
		{Name: "period", Of: func(r row) any { return orNil(r.Period) }},
		{Name: "state", Of: func(r row) any {
			if r.State == ledger.Sending {
				return string(reports.SummaryUnsure)
			}
			return string(r.State)
		}},
		{Name: "channel", Of: func(r row) any { return orNil(r.Channel) }},
		{Name: "to", Of: func(r row) any { return orNil(strings.Join(r.To, "; ")) }},
		{Name: "cost", Of: func(r row) any { return orNil(sending.Costs(r)) }},
		{Name: "detail", Of: func(r row) any { return orNil(cmp.Or(r.Error, r.Where)) }},
		{Name: "reply", Of: func(r row) any { return orNil(r.Reply) }},
		{Name: "id", Of: func(r row) any { return r.ID }},
	}, all)
}
