package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/usage"
)

func newInspectCommand(g *globals) *cobra.Command {
	var o loadOptions
	var p printer
	c := &cobra.Command{
		Use:   "inspect FILE...",
		Short: "Describe a usage file without loading it",
		Long: `Describe a usage file without loading it: its format, encoding, dates,
currency, the periods and days it covers, its total, the columns that are not
read, how its charges are read (categories, tags, spellings, commitments, what has
no service category), and every problem, with its address. The ledger is not
touched.`,
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
	Content    *inspectedContent      `json:"content,omitempty"`
	Problems   []string               `json:"problems"`
	OK         bool                   `json:"ok"` // load would take it
}

// An inspectedContent says how the rows of a file are read.
type inspectedContent struct {
	Services            int64              `json:"services"`
	Resources           int64              `json:"resources"`
	Meters              int64              `json:"meters"`
	Charges             []inspectedCharges `json:"charges"`
	TaggedRows          int64              `json:"tagged_rows"`
	UnreadableTags      int64              `json:"unreadable_tag_rows"` // kept under the key x_Unreadable
	TagKeys             []string           `json:"tag_keys"`            // by frequency
	CategorisedRows     int64              `json:"service_category_rows"`
	UnmappedTypes       []string           `json:"unmapped_resource_types"` // "" where a charge has none
	RespelledGroups     int64              `json:"resource_groups_spelled_in_several_ways"`
	RespelledResources  int64              `json:"resources_spelled_in_several_ways"`
	CommitmentUsed      int64              `json:"commitment_used_rows"`
	CommitmentUnused    int64              `json:"commitment_unused_rows"`
	CommitmentPurchases int64              `json:"commitment_purchase_rows"`
	NoListPrice         int64              `json:"usage_rows_without_list_price"`
	Rounded             int64              `json:"rounded_numbers"`
}

type inspectedCharges struct {
	Category string      `json:"charge_category"`
	Class    string      `json:"charge_class,omitempty"`
	Rows     int64       `json:"rows"`
	Cost     usage.Money `json:"cost"`
	Currency string      `json:"currency"`
}

type inspectedPeriod struct {
	Name     string     `json:"name"`
	From     usage.Day  `json:"from"`
	To       usage.Day  `json:"to"`        // inclusive
	FirstDay *usage.Day `json:"first_day"` // null where nothing was used
	Reach    *usage.Day `json:"reach"`
	Account  string     `json:"account"`
	Rows     int64      `json:"rows"`
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
	places, done := sources(g, nil)
	defer done()
	err = loader.Inspect(ctx, places, refs, lo, func(l *ledger.Ledger, r loader.FileResult) error {
		if errors.Is(r.Err, fs.ErrNotExist) || errors.Is(r.Err, loader.ErrNothing) {
			return fmt.Errorf("%s: %w", r.Ref, r.Err)
		}
		in, err := inspected(ctx, l, r, allowed)
		if err != nil {
			return err
		}
		failed = failed || !in.OK
		all = append(all, in)
		return nil
	})
	if err != nil {
		return fmt.Errorf("inspect: %w", err)
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

// inspected says what came of loading a file into a ledger in memory.
func inspected(ctx context.Context, l *ledger.Ledger, r loader.FileResult, allowed int) (in inspection, err error) {
	in = inspection{
		Ref: r.Ref, Format: r.Format, Title: r.Title, CostType: r.CostType, Encoding: r.Encoding, FirstDate: r.FirstDate, Columns: r.Columns,
		Unknown: r.Unknown, Rows: r.Rows, Rejected: r.Rejected, Problems: append([]string{},
			r.Warnings...), OK: r.Status != loader.Refused && len(r.Rejects) <= allowed,
		Currencies: slices.Sorted(maps.Keys(r.Totals)), Totals: map[string]usage.Money{},
	}
	for c, t := range r.Totals {
		in.Totals[c] = usage.Money{Amount: t, Currency: c}
	}
	if r.Err != nil {
		in.Problems = append(in.Problems, r.Err.Error())
	}
	for _, rej := range r.Rejects {
		in.Problems = append(in.Problems, cmp.Or(rej.Ref, r.Ref)+":"+rej.String())
	}
	if r.LoadID == 0 {
		return in, nil
	}
	d, err := ledger.Describe(ctx, l.DB(), r.LoadID)
	if err != nil {
		return in, err
	}
	for _, s := range d.Scopes {
		p := inspectedPeriod{
			Name: s.Period, From: s.Span.From, To: s.Span.Last(), Account: strings.TrimSpace(s.Name + " " + s.SubAccount), Rows: s.Rows,
		}
		if s.Reach != 0 {
			p.FirstDay, p.Reach = &s.First, &s.Reach
		}
		in.Periods = append(in.Periods, p)
	}
	p, err := ledger.ProfileOf(ctx, l.DB(), r.LoadID)
	if err != nil {
		return in, err
	}
	in.Content = &inspectedContent{
		Services: p.Services, Resources: p.Resources, Meters: p.Meters, Rounded: d.Rounded,
		TaggedRows: p.Tagged, UnreadableTags: p.Unreadable, TagKeys: []string{},
		CategorisedRows: p.Categorised, UnmappedTypes: []string{},
		RespelledGroups: p.Groups, RespelledResources: p.Names,
		CommitmentUsed: p.CommitmentUsed, CommitmentUnused: p.CommitmentUnused, CommitmentPurchases: p.CommitmentPurchases,
		NoListPrice: p.NoListPrice,
	}
	for _, c := range p.Charges {
		in.Content.Charges = append(in.Content.Charges, inspectedCharges{c.Category, c.Class, c.Rows, c.Cost, c.Cost.Currency})
	}
	for _, t := range p.TagKeys {
		in.Content.TagKeys = append(in.Content.TagKeys, t.Name)
	}
	for _, t := range p.Unmapped {
		in.Content.UnmappedTypes = append(in.Content.UnmappedTypes, t.Name)
	}
	return in, nil
}
