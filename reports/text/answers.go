package text

import (
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/usage"
)

// Answers prints what was answered to findings, and whether it holds today.
func Answers(p terminal.Printer, list []ledger.Said, today usage.Day) error {
	type row = ledger.Said
	return terminal.Rows(p, query.Columns[row]{
		{Name: "id", Of: func(s row) any { return s.Finding }},
		{Name: "answer", Of: func(s row) any { return s.Answer.Answer }},
		{Name: "until", Kind: query.Date, Of: func(s row) any { return orNoDay(s.Until) }},
		{Name: "state", Of: func(s row) any {
			switch {
			case !s.Newest:
				return "replaced"
			case s.Until != 0 && s.Until < today:
				return "over"
			}
			return "holds"
		}},
		{Name: "said_by", Of: func(s row) any { return s.By }},
		{Name: "said_at", Kind: query.Timestamp, Of: func(s row) any { return s.At }},
		{Name: "kind", Of: func(s row) any { return string(s.Kind) }},
		{Name: "direction", Of: func(s row) any { return string(s.Direction) }},
		{Name: "start", Kind: query.Date, Of: func(s row) any { return s.Start }},
		{Name: "impact", Kind: query.Decimal, Of: func(s row) any { return p.Amount(s.Impact) }},
		{Name: "currency", Of: func(s row) any { return s.Impact.Currency }},
		{Name: "note", Of: func(s row) any { return s.Note }},
	}, list)
}
