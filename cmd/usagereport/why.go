package main

import (
	"context"
	"encoding/json"
	"errors"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/usage"
)

func runWhy(ctx context.Context, g *globals, o anomaliesOptions, p printer, id string) error {
	format, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
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
	e, err := s.Why(ctx, ao, id)
	if err != nil {
		return err
	}
	if format == query.AsJSON {
		enc := json.NewEncoder(g.env.stdout)
		enc.SetIndent("", "  ")
		return enc.Encode(e)
	}
	say := func(format string, args ...any) { err = errors.Join(err, p.head(g, format, args...)) }
	say("%s", e.Explanation)
	say("rule: %s", e.Rule)
	if e.Answer != nil {
		say("answer: %s", e.Answer.Text())
	}
	if p.forPeople() && len(e.Drivers) > 0 {
		err = errors.Join(err, p.drivers(g, e))
	}
	err = errors.Join(err, p.days(g, e))
	say("The actual cost of these days, for 'usagereport query':")
	for line := range strings.Lines(e.SQL) {
		say("%s", strings.TrimSuffix(line, "\n"))
	}
	return err
}

// drivers prints what carries a finding.
func (p printer) drivers(g *globals, e analysis.Evidence) error {
	type row = analysis.Driver
	return printRows(g, p, query.Columns[row]{
		{Name: "driver", Of: func(d row) any { return d.Label.String() }},
		{Name: "impact", Kind: query.Decimal, Of: func(d row) any { return p.amount(d.Impact) }},
		{Name: "by_price", Kind: query.Decimal, Of: func(d row) any { return p.amount(d.Price) }},
		{Name: "by_quantity", Kind: query.Decimal, Of: func(d row) any { return p.amount(d.Quantity) }},
	}, e.Drivers)
}

// days prints what a finding's days cost and were expected to cost.
func (p printer) days(g *globals, e analysis.Evidence) error {
	type row = analysis.EvidenceDay
	return printRows(g, p, query.Columns[row]{
		{Name: "day", Kind: query.Date, Of: func(d row) any { return d.Day }},
		{Name: "actual", Kind: query.Decimal, Of: func(d row) any { return p.amount(usage.Money{Amount: d.Actual, Currency: e.Currency}) }},
		{Name: "expected", Kind: query.Decimal, Of: func(d row) any { return orNone(d.Expected) }},
		{Name: "low", Kind: query.Decimal, Of: func(d row) any { return orNone(d.Low) }},
		{Name: "high", Kind: query.Decimal, Of: func(d row) any { return orNone(d.High) }},
		{Name: "in_finding", Kind: query.Bool, Of: func(d row) any { return d.Inside }},
	}, e.Days)
}
