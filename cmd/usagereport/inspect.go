package main

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/query"
	"usagereport/usage"
)

func newInspectCommand(g *globals) *cobra.Command {
	var o loadOptions
	var p printer
	c := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Say what a usage file is, without loading it",
		Long: `Say what a usage file is, without loading it: its format, encoding, dates,
currency, the periods and days it covers, its total, the columns that are not
read, and every problem, with its address. The ledger is not touched.`,
		Example: `  usagereport inspect 201807-v2.csv
  usagereport inspect exports/ --format json`,
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runInspect(cmd.Context(), g, o, p, args)
		},
	}
	o.addFlags(c.Flags())
	p.addFlag(c)
	return c
}

// An inspection is what inspect says of one file.
type inspection struct {
	Ref        string                 `json:"ref"`
	Format     string                 `json:"format"`
	Title      string                 `json:"title"`
	CostType   string                 `json:"cost_type"`
	Encoding   string                 `json:"encoding"`
	FirstDate  string                 `json:"first_date"` // as the file writes it
	Columns    int                    `json:"columns"`
	Unknown    []string               `json:"unknown_columns"`
	Rows       int64                  `json:"rows"`
	Rejected   int64                  `json:"rejected"`
	Currencies []string               `json:"currencies"`
	Totals     map[string]usage.Money `json:"totals"`
	Periods    []inspectedPeriod      `json:"periods"`
	Problems   []string               `json:"problems"`
	OK         bool                   `json:"ok"` // load would take it
}

type inspectedPeriod struct {
	Name     string    `json:"name"`
	From     usage.Day `json:"from"`
	To       usage.Day `json:"to"` // inclusive
	FirstDay usage.Day `json:"first_day"`
	Reach    usage.Day `json:"reach"`
	Account  string    `json:"account"`
	Rows     int64     `json:"rows"`
}

func runInspect(ctx context.Context, g *globals, o loadOptions, p printer, refs []string) error {
	lo, err := o.options(g)
	if err != nil {
		return err
	}
	format, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	allowed := lo.MaxRejects
	lo.MaxRejects = math.MaxInt // a look at a file shows all that is wrong
	var all []inspection
	failed := false
	places := sources(g.env)
	for _, ref := range refs {
		r := loader.ParseRef(ref)
		source := places[r.Scheme]
		if source == nil {
			return usageError{fmt.Errorf("inspect %s: only files can be inspected", ref)}
		}
		n := 0
		for obj, err := range source.List(ctx, r) {
			n++
			if err != nil {
				return fmt.Errorf("inspect: %w", err)
			}
			found, err := inspectOne(ctx, places, lo, obj, allowed)
			if err != nil {
				return err
			}
			for _, in := range found {
				failed = failed || !in.OK
			}
			all = append(all, found...)
		}
		if n == 0 {
			return fmt.Errorf("inspect %s: %w", ref, loader.ErrNothing)
		}
	}
	if format == query.AsJSON {
		enc := json.NewEncoder(g.env.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(map[string]any{"files": all}); err != nil {
			return err
		}
	} else {
		for i, in := range all {
			if i > 0 {
				if err := g.say(""); err != nil {
					return err
				}
			}
			if err := p.print(g, in.table()); err != nil {
				return err
			}
		}
	}
	if failed {
		return errReported
	}
	return nil
}

// inspectOne loads a file into a ledger in memory and says what came of it, of
// each file in it if it is a zip file.
func inspectOne(ctx context.Context, places map[string]loader.Source, lo loader.Options, obj loader.Object, allowed int) ([]inspection, error) {
	l, err := ledger.Open(ctx, "", ledger.Options{Create: true})
	if err != nil {
		return nil, err
	}
	defer l.Close()
	results, err := loader.Load(ctx, l, places, []string{obj.Ref}, lo)
	if err != nil {
		return nil, err
	}
	var found []inspection
	for _, r := range results {
		in, err := inspected(ctx, l, r, allowed)
		if err != nil {
			return nil, err
		}
		found = append(found, in)
	}
	return found, nil
}

func inspected(ctx context.Context, l *ledger.Ledger, r loader.FileResult, allowed int) (inspection, error) {
	in := inspection{
		Ref: r.Ref, Format: r.Format, Title: r.Title, CostType: r.CostType, Encoding: r.Encoding, FirstDate: r.FirstDate, Columns: r.Columns,
		Unknown: r.Unknown, Rows: r.Rows, Rejected: r.Rejected, Problems: slices.Clone(r.Warnings), OK: r.Status == loader.Loaded && len(r.Rejects) <= allowed,
		Currencies: slices.Sorted(maps.Keys(r.Totals)), Totals: map[string]usage.Money{},
	}
	for c, t := range r.Totals {
		in.Totals[c] = usage.Money{Amount: t, Currency: c}
	}
	if r.Err != nil {
		in.Problems = append(in.Problems, r.Err.Error())
	}
	for _, rej := range r.Rejects {
		in.Problems = append(in.Problems, r.Ref+":"+rej.String())
	}
	if r.LoadID == 0 {
		return in, nil
	}
	d, err := ledger.Describe(ctx, l.DB(), r.LoadID)
	if err != nil {
		return in, err
	}
	for _, s := range d.Scopes {
		in.Periods = append(in.Periods, inspectedPeriod{
			Name: s.Period, From: s.Span.From, To: s.Span.Last(), FirstDay: s.First, Reach: s.Reach,
			Account: strings.TrimSpace(s.Name + " " + s.SubAccount), Rows: s.Rows,
		})
	}
	return in, nil
}

func (in inspection) table() query.Table {
	rows := [][]any{{"file", in.Ref}}
	add := func(name, value string) {
		if value != "" {
			rows = append(rows, []any{name, value})
		}
	}
	title := in.Title
	if in.Format != "" {
		title += " (" + in.Format + ", " + in.CostType + " cost)"
	}
	add("format", title)
	add("encoding", in.Encoding)
	if in.FirstDate != "" {
		add("dates", "like "+in.FirstDate)
	}
	add("rows", fmt.Sprintf("%d, %d rejected", in.Rows, in.Rejected))
	for _, c := range in.Currencies {
		add("total", in.Totals[c].Text()+" "+c)
	}
	for i, p := range in.Periods {
		if i == 12 {
			add("period", fmt.Sprintf("… and %d more", len(in.Periods)-i))
			break
		}
		add("period", fmt.Sprintf("%s (%s to %s): usage from %s to %s, %d rows, %s", p.Name, p.From, p.To, p.FirstDay, p.Reach, p.Rows, p.Account))
	}
	if n := len(in.Unknown); n > 0 {
		add("not read", fmt.Sprintf("%d of %d columns: %s", n, in.Columns, strings.Join(in.Unknown, ", ")))
	}
	for i, p := range in.Problems {
		if i == 20 {
			add("problem", fmt.Sprintf("… and %d more", len(in.Problems)-i))
			break
		}
		add("problem", p)
	}
	verdict := "load would take it"
	if !in.OK {
		verdict = "load would refuse it"
	}
	add("verdict", verdict)
	return query.Table{Columns: []query.Column{{Name: "what"}, {Name: "is"}}, Rows: query.RowsOf(rows...)}
}
