package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/query"
	"usagereport/usage"
)

type forecastOptions struct {
	by, period, owner string
	plans             string
	backtest          bool
}

func newForecastCommand(g *globals) *cobra.Command {
	var o forecastOptions
	var p printer
	c := &cobra.Command{
		Use:   "forecast",
		Short: "Tell where the open period ends, with a range and a track record",
		Long: `Tell what the open period will cost at its end: what is known, what is expected,
and the ranges that hold the end four times out of five and nineteen times out of twenty.
Beside it stands what would have been said on this day of earlier periods, and
what they became. The rows of --by add up to the bill. --plans adds changes that are
known before the data show them: one line each, of what is more (or less) a day, a
month or once, and of what it concerns.`,
		Example: `  usagereport forecast
  usagereport forecast --by service
  usagereport forecast --by account,service --format json
  usagereport forecast --plans plans.csv --by service
  usagereport forecast --backtest`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runForecast(cmd.Context(), g, o, p) },
	}
	f := c.Flags()
	f.StringVar(&o.by, "by", "", "`DIMENSIONS`, separated by commas: account, subscription, resource-group, service, region, resource, meter")
	f.StringVar(&o.period, "period", "", "billing period by its `NAME` (default current)")
	addOwnerFlag(f, &o.owner)
	f.BoolVar(&o.backtest, "backtest", false, "tell how wrong the forecast and simpler ones were in the last six periods, by day")
	addPlansFlag(f, &o.plans)
	p.addFlag(c)
	return c
}

// runBacktest prints errors in percent of the period's cost.
func runBacktest(ctx context.Context, g *globals, a *analysis.Analysis, p printer) error {
	list, err := a.Backtests(ctx)
	if err != nil {
		return err
	}
	if err := p.head(g, "Errors in percent of the cost of the last up to six ended periods, foretold from the days that had gone by then: in as_known of the periods by what was known on that day, in the others as the files have them now."); err != nil {
		return err
	}
	var rows [][]any
	for _, b := range list {
		if b.Periods == 0 {
			continue
		}
		percent := func(v float64) float64 { return math.Round(1000*v) / 10 }
		rows = append(rows, []any{b.Currency, b.Day, b.Periods, b.AsKnown, percent(b.Ours), percent(b.LastSame), percent(b.RunRate), percent(b.Line), b.WithRange, b.In80, b.In95})
	}
	if len(rows) == 0 && p.forPeople() {
		return g.say("Too little history: a period can be tested that has three weeks of usage before its day.")
	}
	return p.print(g, query.Table{Columns: []query.Column{
		{Name: "currency"},
		{Name: "day", Kind: query.Integer},
		{Name: "periods", Kind: query.Integer},
		{Name: "as_known", Kind: query.Integer},
		{Name: "ours", Kind: query.Float},
		{Name: "last_period", Kind: query.Float},
		{Name: "run_rate", Kind: query.Float},
		{Name: "line_30_days", Kind: query.Float},
		{Name: "with_range", Kind: query.Integer},
		{Name: "in_80", Kind: query.Integer},
		{Name: "in_95", Kind: query.Integer},
	}, Rows: query.RowsOf(rows...)})
}

func runForecast(ctx context.Context, g *globals, o forecastOptions, p printer) error {
	ao, err := g.work.Options(o.period, "")
	if err != nil {
		return err
	}
	ao.Owner = o.owner
	format, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	var dims []usage.Dimension
	if o.by != "" && o.backtest {
		return usageError{errors.New("--by and --backtest: give one of them")}
	}
	if o.plans != "" && o.backtest {
		return usageError{errors.New("--plans and --backtest: give one of them; what was planned then is not known")}
	}
	if ao.Plans, err = readPlans(o.plans); err != nil {
		return err
	}
	if o.by != "" {
		for name := range strings.SplitSeq(o.by, ",") {
			d, err := usage.ParseDimension(strings.TrimSpace(name))
			if err != nil {
				return usageError{err}
			}
			dims = append(dims, d)
		}
	}
	if slices.Contains(dims, usage.Owner) { // what changed hands lately would be divided by what it was
		return usageError{errors.New("--by owner: a forecast is made for one owner, with --owner NAME; 'usagereport owners list' has them all")}
	}
	a, done, err := g.work.Analyse(ctx, ao)
	if err != nil {
		return err
	}
	defer done()
	if o.backtest {
		return runBacktest(ctx, g, a, p)
	}
	list, err := a.Outlooks(ctx, dims)
	if err != nil {
		return err
	}
	if format == query.AsJSON {
		return g.writeOutlooks(list, dims)
	}
	var rows [][]any
	for _, l := range list {
		for _, line := range describeOutlook(l) {
			if err := p.head(g, "%s", line); err != nil {
				return err
			}
		}
		if !l.Refusal.Empty() {
			continue
		}
		ending := func(row []any, e analysis.Ending) []any {
			row = append(row, p.amount(e.Known))
			if o.plans != "" {
				row = append(row, p.amount(e.Planned))
			}
			row = append(row, p.amount(e.Expected))
			if r := e.Range; r != nil {
				row = append(row, p.amount(r.Low80), p.amount(r.High80), p.amount(r.Low95), p.amount(r.High95))
			} else {
				row = append(row, nil, nil, nil, nil)
			}
			return append(row, l.Currency)
		}
		if len(dims) == 0 {
			rows = append(rows, ending([]any{l.Period.Name, l.Period.Reach}, l.End))
		}
		for _, r := range l.Rows {
			var row []any
			for _, v := range r.Values {
				row = append(row, v)
			}
			rows = append(rows, ending(row, r.Ending))
		}
	}
	if len(rows) == 0 && p.forPeople() {
		return nil // nothing is open, which has been said
	}
	var cols []query.Column
	if len(dims) == 0 {
		cols = append(cols, query.Column{Name: "period"}, query.Column{Name: "data_to", Kind: query.Date})
	}
	for _, d := range dims {
		cols = append(cols, query.Column{Name: snake(d)})
	}
	for _, name := range []string{"known", "planned", "expected", "low_80", "high_80", "low_95", "high_95"} {
		if name == "planned" && o.plans == "" {
			continue
		}
		cols = append(cols, query.Column{Name: name, Kind: query.Decimal})
	}
	return p.print(g, query.Table{Columns: append(cols, query.Column{Name: "currency"}), Rows: query.RowsOf(rows...)})
}

// describeOutlook says a forecast in sentences.
func describeOutlook(l analysis.Outlook) (out []string) {
	if !l.Refusal.Empty() {
		return []string{l.Currency + ": " + l.Refusal.String()}
	}
	s := l.Period.Name + " (" + l.Period.Span.String() + ", " + string(l.Period.State) + ", data to " + l.Period.Reach.String() + "): " +
		rounded(l.End.Known) + " " + l.Currency + " so far, about " + rounded(l.End.Expected) + " at its end; "
	if r := l.End.Range; r != nil {
		s += fmt.Sprintf("four times out of five %s to %s, nineteen times out of twenty %s to %s, by the errors in %d earlier periods", rounded(r.Low80), rounded(r.High80), rounded(r.Low95), rounded(r.High95), r.Months)
	} else {
		s += "too little history for an interval: load earlier periods"
	}
	out = append(out, s)
	for _, x := range l.Plans {
		out = append(out, "planned: "+describePlan(x))
	}
	for _, t := range slices.Concat(l.Arrived, l.Warnings) {
		out = append(out, t.String())
	}
	for _, t := range l.Past {
		s := fmt.Sprintf("on this day of %s: said %s, became %s", t.Period, rounded(t.Said), rounded(t.Became))
		if t.Percent != nil {
			s += fmt.Sprintf(" (%+.1f %%)", *t.Percent)
		}
		out = append(out, s)
	}
	return out
}

// describePlan says a plan and what the forecast holds of it.
func describePlan(x analysis.PlannedChange) string {
	s := rounded(x.Amount) + " " + x.Amount.Currency
	switch {
	case x.Per == analysis.Once:
		s += " once on " + x.From.String()
	case x.To != 0:
		s += fmt.Sprintf(" a %s from %s to %s", x.Per, x.From, x.To)
	default:
		s += fmt.Sprintf(" a %s from %s", x.Per, x.From)
	}
	if x.Scope != "" {
		s += ", " + x.Scope
	}
	if x.Note != "" {
		s += " (" + x.Note + ")"
	}
	return s + ": " + rounded(x.Counted) + " in the days to come"
}

// An endingJSON is an analysis.Ending for programs: exact.
type endingJSON struct {
	Known    usage.Money  `json:"known"`
	Planned  usage.Money  `json:"planned"`
	Expected usage.Money  `json:"expected"`
	Low80    *usage.Money `json:"low_80"`
	High80   *usage.Money `json:"high_80"`
	Low95    *usage.Money `json:"low_95"`
	High95   *usage.Money `json:"high_95"`
}

func endingOf(e analysis.Ending) endingJSON {
	out := endingJSON{Known: e.Known, Planned: e.Planned, Expected: e.Expected}
	if r := e.Range; r != nil {
		out.Low80, out.High80, out.Low95, out.High95 = &r.Low80, &r.High80, &r.Low95, &r.High95
	}
	return out
}

// writeOutlooks writes forecasts as JSON: one object per currency.
func (g *globals) writeOutlooks(list []analysis.Outlook, dims []usage.Dimension) error {
	type track struct {
		Period  string      `json:"period"`
		Said    usage.Money `json:"said"`
		Became  usage.Money `json:"became"`
		Percent *float64    `json:"percent"`
	}
	type row struct {
		Scope map[string]string `json:"scope"`
		endingJSON
	}
	type plan struct {
		Line     int          `json:"line"`
		From     usage.Day    `json:"from"`
		To       *usage.Day   `json:"to"`
		Scope    string       `json:"scope"`
		Amount   usage.Money  `json:"amount"`
		Per      analysis.Per `json:"per"`
		Note     string       `json:"note"`
		Expected usage.Money  `json:"planned"`
	}
	type outlook struct {
		Currency string     `json:"currency"`
		Period   string     `json:"period"`
		From     usage.Day  `json:"from"`
		To       usage.Day  `json:"to"`
		State    string     `json:"state"`
		DataTo   *usage.Day `json:"data_to"`
		Refusal  string     `json:"refusal,omitempty"`
		endingJSON
		Months   int           `json:"interval_periods"`
		Rows     []row         `json:"rows"`
		Track    []track       `json:"track_record"`
		Plans    []plan        `json:"plans"`
		Arrived  []locale.Text `json:"arrived"`
		Warnings []locale.Text `json:"warnings"`
	}
	out := []outlook{}
	for _, l := range list {
		o := outlook{
			Currency: l.Currency, Period: l.Period.Name, From: l.Period.Span.From, To: l.Period.Span.Last(), State: string(l.Period.State),
			Refusal: l.Refusal.String(), endingJSON: endingOf(l.End), Rows: []row{}, Track: []track{}, Plans: []plan{},
			Arrived: append([]locale.Text{}, l.Arrived...), Warnings: append([]locale.Text{}, l.Warnings...),
		}
		if l.Period.Reach != 0 {
			o.DataTo = &l.Period.Reach
		}
		if r := l.End.Range; r != nil {
			o.Months = r.Months
		}
		for _, r := range l.Rows {
			scope := map[string]string{}
			for i, d := range dims {
				scope[snake(d)] = r.Values[i]
			}
			o.Rows = append(o.Rows, row{scope, endingOf(r.Ending)})
		}
		for _, x := range l.Plans {
			to := &x.To
			if x.To == 0 {
				to = nil
			}
			o.Plans = append(o.Plans, plan{x.Line, x.From, to, x.Scope, x.Amount, x.Per, x.Note, x.Counted})
		}
		for _, t := range l.Past {
			x := track{t.Period, t.Said, t.Became, nil}
			if t.Percent != nil {
				v := math.Round(*t.Percent*10) / 10
				x.Percent = &v
			}
			o.Track = append(o.Track, x)
		}
		out = append(out, o)
	}
	enc := json.NewEncoder(g.env.stdout)
	enc.SetIndent("", "  ")
	return enc.Encode(out)
}
