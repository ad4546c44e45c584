package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/usage"
)

func newLoadsCommand(g *globals) *cobra.Command {
	p := g.printer()
	var wait, changes bool
	c := &cobra.Command{
		Use:  "loads",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runLoads(cmd.Context(), g, p) },
	}
	addFormatFlag(c, &p)
	show := &cobra.Command{
		Use:  "show ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsShow(cmd.Context(), g, p, args[0], changes)
		},
	}
	show.Flags().BoolVar(&changes, "changes", false, "only what it changed of what it replaced")
	addFormatFlag(show, &p)
	remove := &cobra.Command{
		Use:  "remove ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoadsRemove(cmd.Context(), g, args[0], wait)
		},
	}
	addWaitFlag(remove.Flags(), &wait)
	c.AddCommand(show, remove)
	return c
}

func runLoads(ctx context.Context, g *globals, p terminal.Printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	loads, err := s.Ledger.Loads(ctx)
	if err != nil {
		return err
	}
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
		{Name: "loaded_at", Kind: query.Timestamp, Rank: 3, Of: func(r row) any { return r.LoadedAt }},
		{Name: "ref", Of: func(r row) any { return r.Ref }},
		{Name: "format", Rank: 2, Of: func(r row) any { return r.Format }},
		{Name: "rows", Kind: query.Integer, Of: once(func(r row) int64 { return r.Rows })},
		{Name: "rejected", Kind: query.Integer, Rank: 1, Of: once(func(r row) int64 { return r.Rejected })},
		{Name: "periods", Of: func(r row) any { return periodList(r.Periods) }},
		{Name: "total", Kind: query.Decimal, Of: func(r row) any {
			return p.Amount(usage.Money{Amount: r.Totals[r.currency], Currency: r.currency})
		}},
		{Name: "currency", Rank: 1, Of: func(r row) any { return r.currency }},
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
	if n := len(names); n > 2 {
		return names[0] + " … " + names[n-1]
	}
	return strings.Join(names, ", ")
}

func loadID(text string) (int64, error) {
	id, err := strconv.ParseInt(text, 10, 64)
	if err != nil {
		return 0, usageError{fmt.Errorf("load %q: is not a number; 'usagereport loads' lists them", text)}
	}
	return id, nil
}

// orNoID is nothing for a load that is none.
func orNoID(id int64) any {
	if id == 0 {
		return nil
	}
	return id
}
