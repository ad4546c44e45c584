package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/terminal"
)

// addFormatFlag adds the flags of a command that prints data.
func addFormatFlag(c *cobra.Command, p *terminal.Printer) {
	f := c.Flags()
	f.StringVarP(&p.Format, "format", "f", "table", "`FORMAT` of the output: table, json, csv or markdown")
	f.StringSliceVar(&p.Columns, "columns", nil, "`NAMES` of the columns to print, separated by commas; all for all, whatever their width")
}

func addCostFlag(f *pflag.FlagSet, cost *string) {
	f.StringVar(cost, "cost", "", "the `COST` to show: billed, or effective, with commitments spread over their days (default billed)")
}

// addConvertFlag adds the flag with which all amounts are in the currency of --currency.
func addConvertFlag(f *pflag.FlagSet, g *globals) {
	f.BoolVar(&g.work.Convert, "convert", false, "convert all to the currency of --currency, at the rates that are loaded")
}

// noteConversion says what --convert does to the amounts of a command whose answer does not say it.
func (g *globals) noteConversion(ctx context.Context, a *analysis.Analysis) error {
	texts, err := a.Conversion(ctx)
	for _, t := range texts {
		g.Note("%s", t)
	}
	return err
}

// costOf reads --cost.
func costOf(flag string) (analysis.Cost, error) {
	switch c := analysis.Cost(flag); c {
	case "", analysis.Billed, analysis.Effective:
		return c, nil
	}
	return "", usageError{fmt.Errorf("--cost %s: use billed or effective", flag)}
}
