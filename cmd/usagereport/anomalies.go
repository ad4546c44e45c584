package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/query"
)

type anomaliesOptions struct {
	period, month, failOn string
}

func newAnomaliesCommand(g *globals) *cobra.Command {
	var o anomaliesOptions
	var p printer
	c := &cobra.Command{
		Use:     "anomalies",
		Aliases: []string{"findings"},
		Short:   "List what grew or shrank unexpectedly, worst first",
		Long: `List what grew or shrank unexpectedly in the period, worst first. Severity high
and medium are alarms; low is worth a look. With --fail-on the exit code is 3 when
such a finding stands.`,
		Example: `  usagereport anomalies
  usagereport anomalies --format json --fail-on high
  usagereport anomalies why F-7K3QAB`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runAnomalies(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	f.StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
	f.StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
	f.StringVar(&o.failOn, "fail-on", "", "exit with 3 if there is a finding of severity high, or any (high or medium)")
	p.addFlag(c)
	why := &cobra.Command{
		Use:     "why ID",
		Short:   "Print the evidence for a finding: its days, the expected cost, the rule",
		Example: "  usagereport anomalies why F-7K3QAB",
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), g, o, p, args[0])
		},
	}
	why.Flags().StringVar(&o.period, "period", "", "billing period by its `NAME`, current or last (default current)")
	why.Flags().StringVar(&o.month, "month", "", "calendar `MONTH` (2018-07), current or last")
	p.addFlag(why)
	c.AddCommand(why)
	return c
}

// findings returns all findings of the period, worst first: alarms, then what
// is worth a look; falls among them.
func (o anomaliesOptions) findings(ctx context.Context, g *globals) ([]analysis.Finding, []string, error) {
	ao, err := g.options(o.period, o.month)
	if err != nil {
		return nil, nil, err
	}
	a, done, err := g.analyse(ctx, ao)
	if err != nil {
		return nil, nil, err
	}
	defer done()
	return a.Findings(ctx)
}

func runAnomalies(ctx context.Context, g *globals, o anomaliesOptions, p printer) error {
	if o.failOn != "" && o.failOn != "high" && o.failOn != "any" {
		return usageError{fmt.Errorf("--fail-on %s: use high or any", o.failOn)}
	}
	format, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	fs, warnings, err := o.findings(ctx, g)
	if err != nil {
		return err
	}
	for _, w := range warnings {
		if err := p.head(g, "%s", w); err != nil {
			return err
		}
	}
	if format == query.AsJSON {
		if fs == nil {
			fs = []analysis.Finding{}
		}
		enc := json.NewEncoder(g.env.stdout)
		enc.SetIndent("", "  ")
		if err := enc.Encode(fs); err != nil {
			return err
		}
	} else {
		var rows [][]any
		for _, f := range fs {
			rows = append(rows, []any{f.ID, f.Severity, f.Kind, f.Direction, f.Start, f.End, f.Label, p.amount(f.Impact), f.Currency, f.Explanation})
		}
		err := p.print(g, query.Table{Columns: []query.Column{
			{Name: "id"},
			{Name: "severity"},
			{Name: "kind"},
			{Name: "direction"},
			{Name: "start", Kind: query.Date},
			{Name: "end", Kind: query.Date},
			{Name: "scope"},
			{Name: "impact", Kind: query.Decimal},
			{Name: "currency"},
			{Name: "explanation"},
		}, Rows: query.RowsOf(rows...)})
		if err != nil {
			return err
		}
	}
	for _, f := range fs {
		if o.failOn == "high" && f.Severity == "high" || o.failOn == "any" && f.Severity != "low" {
			return errCondition
		}
	}
	return nil
}

func runWhy(ctx context.Context, g *globals, o anomaliesOptions, p printer, id string) error {
	fs, _, err := o.findings(ctx, g)
	if err != nil {
		return err
	}
	for _, f := range fs {
		if !strings.EqualFold(f.ID, id) {
			continue
		}
		if err := errors.Join(p.head(g, "%s", f.Explanation), p.head(g, "rule: %s", f.Rule)); err != nil {
			return err
		}
		var rows [][]any
		for _, d := range f.Days {
			row := []any{d.Day, d.Actual, nil, nil, nil, d.Day >= f.Start && d.Day <= f.End}
			if d.HasBand {
				row[2], row[3], row[4] = d.Expected.Round(2), d.Low.Round(2), d.High.Round(2)
			}
			rows = append(rows, row)
		}
		return p.print(g, query.Table{Columns: []query.Column{
			{Name: "day", Kind: query.Date},
			{Name: "actual", Kind: query.Decimal},
			{Name: "expected", Kind: query.Decimal},
			{Name: "low", Kind: query.Decimal},
			{Name: "high", Kind: query.Decimal},
			{Name: "in_finding", Kind: query.Bool},
		}, Rows: query.RowsOf(rows...)})
	}
	return errors.New("finding " + id + ": the period has none with this id; 'usagereport anomalies' lists them")
}
