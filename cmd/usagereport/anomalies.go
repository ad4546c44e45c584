package main

import (
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/sending"
	"usagereport/workspace"
)

// The formats for pipelines.
const (
	asSARIF query.Format = "sarif"
	asJUnit query.Format = "junit"
)

type anomaliesOptions struct {
	choosing
	failOn, sensitivity, owner, cost string
	tags, filters                    []string
	gate                             workspace.Gate // what failOn names
}

func newAnomaliesCommand(g *globals) *cobra.Command {
	var o anomaliesOptions
	p := g.printer()
	c := &cobra.Command{
		Use:     "anomalies",
		Aliases: []string{"findings"},
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return runAnomalies(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	o.addFlags(f)
	f.StringVar(&o.failOn, "fail-on", "", "exit with 3 if `THIS` stands: budget, forecast, unit-cost, new-high, high or any")
	addConvertFlag(f, g)
	addFormatFlag(c, &p, asSARIF, asJUnit)
	f.Lookup("format").Usage = "`FORMAT` of the output: table, json, csv, markdown, sarif or junit (the last two for a pipeline)"
	why := &cobra.Command{
		Use:  "why ID",
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			return runWhy(cmd.Context(), g, o, p, args[0])
		},
	}
	o.addFlags(why.Flags())
	addConvertFlag(why.Flags(), g)
	addEngineFlag(why.Flags(), g)
	addFormatFlag(why, &p)
	c.AddCommand(why)
	return c
}

func runAnomalies(ctx context.Context, g *globals, o anomaliesOptions, p terminal.Printer) (err error) {
	if o.gate, err = workspace.ParseGate(o.failOn); err != nil {
		return misuse.Of(fmt.Errorf("--fail-on %w", err))
	}
	if len(o.filters) > 0 && o.gate.OfBudgets() {
		return misuse.Of(fmt.Errorf("--fail-on %s: budgets are of all charges; leave out --filter", o.failOn))
	}
	format, err := p.Document(asSARIF, asJUnit)
	if err != nil {
		return err
	}
	if err := g.work.TakeAnswers(ctx, false); err != nil {
		return err
	}
	ao, err := o.asked(g)
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Analysis(ctx, ao)
	if err != nil {
		return err
	}
	defer a.Close()
	fs, warnings, err := s.Findings(ctx, a, ao)
	if err == nil {
		err = g.noteConversion(ctx, a)
	}
	if err != nil {
		return err
	}
	g.noteFilters(a)
	sent := map[string]bool{}
	if o.gate == workspace.GateNewHigh {
		records, err := s.Ledger.Records(ctx)
		if err != nil {
			return err
		}
		sent = sending.Told(records)
	}
	held, err := s.Budgets(ctx, ao)
	if err != nil {
		return err
	}
	says, failing := o.gate.Budgets(held)
	for _, b := range says {
		if err := p.Head("%s", b); err != nil {
			return err
		}
	}
	if err := o.print(ctx, g, a, p, format, fs, warnings, failing, sent); err != nil {
		return err
	}
	if len(failing) > 0 || slices.ContainsFunc(fs, func(f analysis.Finding) bool { return o.gate.Fails(f, sent) }) {
		return errCondition
	}
	return nil
}

// print prints findings in a format, below what is to be known of them.
func (o anomaliesOptions) print(ctx context.Context, g *globals, a *analysis.Analysis, p terminal.Printer, format query.Format,
	fs []analysis.Finding, warnings []string, budgets []string, sent map[string]bool,
) error {
	blocks := format == query.AsTable && len(p.Columns) == 0
	if blocks { // which are for people: what there is comes first
		periods, err := a.Chosen(ctx)
		if err != nil {
			return err
		}
		if err := text.FindingBlocks(p, periods, fs); err != nil {
			return err
		}
	}
	for _, w := range warnings {
		if err := p.Head("%s", w); err != nil {
			return err
		}
	}
	switch {
	case blocks:
		return nil
	case format == query.AsJSON:
		if fs == nil {
			fs = []analysis.Finding{}
		}
		return g.WriteJSON(fs)
	case format == asSARIF, format == asJUnit:
		return o.forPipeline(g, format, fs, budgets, sent)
	}
	return text.Findings(p, fs)
}

func (o *anomaliesOptions) addFlags(f *pflag.FlagSet) {
	o.choosing.addFlags(f)
	addOwnerFlag(f, &o.owner)
	addSensitivityFlag(f, &o.sensitivity)
	addCostFlag(f, &o.cost)
	addTagsFlag(f, &o.tags)
	addFilterFlag(f, &o.filters)
}

// asked reads what the flags choose.
func (o anomaliesOptions) asked(g *globals) (ao analysis.Options, err error) {
	if ao, err = o.options(g); err != nil {
		return ao, err
	}
	if ao.Cost, err = costOf(o.cost); err != nil {
		return ao, err
	}
	if err := sensitive(&ao, o.sensitivity); err != nil {
		return ao, err
	}
	ao.Tags, ao.Owner, ao.Whose = o.tags, o.owner, true
	ao.Filters, err = partOf(g, o.filters, "")
	return ao, err
}
