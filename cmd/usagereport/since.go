package main

import (
	"context"
	"errors"
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/reports/text"
)

// runSince prints why what was recorded costs something else now.
func runSince(ctx context.Context, g *globals, o compareOptions, p terminal.Printer) error {
	if o.isSet() || o.owner != "" || o.ownersAsOf != "" || len(o.filters) > 0 || o.by != "service" ||
		o.against != string(analysis.AgainstPrior) || o.cost != "" || o.holidays != "" {
		return usageError{errors.New("--since: the period and the owner are those of what was recorded, by subscription and service; leave " +
			"the other flags out")}
	}
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	rec, err := s.Ledger.Record(ctx, o.since)
	if errors.Is(err, ledger.ErrNoRecord) {
		return usageError{fmt.Errorf("--since %w", err)}
	}
	if err != nil {
		return err
	}
	all, err := s.Since(ctx, rec)
	if err != nil {
		return err
	}
	return text.Since(p, all, o.top)
}
