package main

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/reports"
	"usagereport/reports/text"
	"usagereport/usage"
	"usagereport/workspace"
)

type forecastOptions struct {
	cost              string
	by, period, owner string
	plans             string
	backtest          bool
	filters           []string
}

func newForecastCommand(g *globals) *cobra.Command {
	var o forecastOptions
	p := g.printer()
	c := &cobra.Command{
		Use:  "forecast",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runForecast(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	f.StringVar(&o.by, "by", "", "`DIMENSIONS`, separated by commas: account, subscription, resource-group, service, "+
		"region, resource, meter, Tags.KEY, a column, or what dimensions.csv makes")
	addCostFlag(f, &o.cost)
	addConvertFlag(f, g)
	f.StringVar(&o.period, "period", "", "billing period by its `NAME` (default current)")
	addOwnerFlag(f, &o.owner)
	addFilterFlag(f, &o.filters)
	f.BoolVar(&o.backtest, "backtest", false, "tell how wrong the forecast and simpler ones were in the last six periods, by day")
	addPlansFlag(f, &o.plans)
	addFormatFlag(c, &p)
	return c
}

// ask reads the flags: what to foretell, and by which dimensions.
func (o forecastOptions) ask(g *globals) (ao analysis.Options, dims []usage.Dimension, err error) {
	if ao, err = g.work.Options(o.period, ""); err == nil {
		ao.Cost, err = costOf(o.cost)
	}
	if err != nil {
		return ao, nil, err
	}
	if ao.Filters, err = partOf(g, o.filters, o.plans); err != nil {
		return ao, nil, err
	}
	ao.Owner = o.owner
	switch {
	case o.by != "" && o.backtest:
		return ao, nil, misuse.Of(errors.New("--by and --backtest: give one of them"))
	case o.plans != "" && o.backtest:
		return ao, nil, misuse.Of(errors.New("--plans and --backtest: give one of them; what was planned then is not known"))
	}
	if ao.Plans, err = g.work.ReadPlans(o.plans); err != nil || o.by == "" {
		return ao, nil, err
	}
	for name := range strings.SplitSeq(o.by, ",") {
		d, err := parseDimension(g, name)
		if err != nil {
			return ao, nil, err
		}
		dims = append(dims, d)
	}
	ao.Apart = workspace.Apart(dims)
	if slices.Contains(dims, usage.Owner) { // what changed hands lately would be divided by what it was
		return ao, nil, misuse.Of(errors.New("--by owner: a forecast is made for one owner, with --owner NAME; 'usagereport owners list' has " +
			"them all"))
	}
	return ao, dims, nil
}

func runForecast(ctx context.Context, g *globals, o forecastOptions, p terminal.Printer) error {
	read := p.Document
	if o.backtest { // a table in all formats
		read = p.Form
	}
	format, err := read()
	if err != nil {
		return err
	}
	ao, dims, err := o.ask(g)
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
	if err := g.noteConversion(ctx, a); err != nil {
		return err
	}
	g.noteFilters(a)
	if o.backtest {
		return runBacktest(ctx, g, a, p)
	}
	ask := a.Outlooks
	if format == query.AsJSON {
		ask = a.OutlooksByDay
	}
	list, err := ask(ctx, dims)
	if err != nil {
		return err
	}
	budgets, err := s.Budgets(ctx, ao)
	if err == nil {
		err = text.Budgets(p, budgets)
	}
	if err != nil {
		return err
	}
	if format == query.AsJSON {
		return reports.WriteOutlooks(g.env.stdout, list, dims)
	}
	return text.Outlooks(p, list, dims, o.plans != "")
}

// runBacktest prints errors in percent of the period's cost.
func runBacktest(ctx context.Context, g *globals, a *analysis.Analysis, p terminal.Printer) error {
	list, err := a.Backtests(ctx)
	if err != nil {
		return err
	}
	return text.Backtests(p, list)
}
