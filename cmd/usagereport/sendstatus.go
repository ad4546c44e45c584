package main

import (
	"context"
	"slices"

	"usagereport/internal/terminal"
	"usagereport/reports/text"
)

// runSendStatus lists what was sent.
func runSendStatus(ctx context.Context, g *globals, p terminal.Printer) error {
	s, err := g.work.Open(ctx)
	if err != nil {
		return err
	}
	defer s.Close()
	all, err := s.Ledger.Records(ctx)
	if err != nil {
		return err
	}
	if len(all) == 0 && p.ForPeople() {
		return g.Say("nothing was sent or recorded; 'usagereport send --dry-run' shows what would be")
	}
	slices.Reverse(all)
	return text.Records(p, all)
}
