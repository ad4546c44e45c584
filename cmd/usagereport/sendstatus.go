package main

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"usagereport/ledger"
	"usagereport/query"
	"usagereport/reports"
	"usagereport/sending"
)

func printLetters(g *globals, p printer, letters []*sending.Letter) error {
	var rows [][]any
	for _, t := range letters {
		rows = append(rows, []any{t.Owner, string(t.State), t.Channel, orNil(strings.Join(t.To, "; ")), orNil(t.Costs), orNil(t.Subject), orNil(t.Why), orNil(t.Record.ID)})
	}
	columns := []query.Column{{Name: "owner"}, {Name: "state"}, {Name: "channel"}, {Name: "to"}, {Name: "cost"}, {Name: "subject"}, {Name: "detail"}, {Name: "id"}}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}

// runSendStatus lists what was sent.
func runSendStatus(ctx context.Context, g *globals, p printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	all, err := s.Ledger.Records(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 && p.forPeople() {
		return g.say("nothing was sent or recorded; 'usagereport send --dry-run' shows what would be")
	}
	slices.Reverse(all)
	var rows [][]any
	for _, r := range all {
		state := r.State
		if state == ledger.Sending {
			state = ledger.RecordState(reports.SummaryUnsure)
		}
		rows = append(rows, []any{r.At, r.What, orNil(r.Owner), orNil(r.Period), state, orNil(r.Channel), orNil(strings.Join(r.To, "; ")), orNil(sending.Costs(r)), orNil(cmp.Or(r.Error, r.Where)), orNil(r.Reply), r.ID})
	}
	columns := []query.Column{{Name: "at", Kind: query.Timestamp}, {Name: "what"}, {Name: "owner"}, {Name: "period"}, {Name: "state"}, {Name: "channel"}, {Name: "to"}, {Name: "cost"}, {Name: "detail"}, {Name: "reply"}, {Name: "id"}}
	return p.print(g, query.Table{Columns: columns, Rows: query.RowsOf(rows...)})
}
