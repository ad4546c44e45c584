package main

import (
	"context"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
	"usagereport/usage"
	"usagereport/workspace"
)

func runPeriodsShow(ctx context.Context, g *globals, p terminal.Printer, name string) error {
	if err := g.work.TakeInvoices(ctx, false); err != nil {
		return err
	}
	o, err := g.work.Options("", "")
	if err != nil {
		return err
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	a, err := s.Analysis(ctx, o)
	if err != nil {
		return err
	}
	defer a.Close()
	h, err := workspace.HistoryOf(ctx, a)
	if err != nil {
		return err
	}
	if err := text.PeriodHead(p, h, name); err != nil {
		return err
	}
	facts, err := s.Facts(ctx, a, h, name, func(m usage.Money) string { return p.Amount(m).Text() })
	if err != nil {
		return err
	}
	return text.PeriodFacts(p, facts)
}
