package main

import (
	"cmp"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/reports"
	"usagereport/usage"
)

// findingBlocks prints findings for people: how many there are and what they make, then a
// block for each, which no width cuts: its name, its owner and amounts in a line, and
// below it in a sentence what happened and where.
func findingBlocks(p terminal.Printer, periods []analysis.Chosen, fs []analysis.Finding) error {
	width := cmp.Or(p.Width(), terminal.PipedWidth)
	for _, period := range periods {
		for _, line := range strings.Split(query.Wrap(reports.HeadOfFindings(period, fs), width), "\n") {
			if err := p.Say("%s", line); err != nil {
				return err
			}
		}
	}
	last := ""
	for _, f := range fs {
		group := ""
		switch {
		case f.Answer != nil:
			group = "Answered, no alert:"
		case f.Kind == usage.KindUnitCost:
			group = "What one costs, in no sum above:"
		case f.Kind == usage.KindUnused:
			group = "Commitments, in no sum above:"
		case f.Severity == usage.SeverityLow && f.Direction == usage.Down:
			group = "Decreases, no alert:"
		case f.Severity == usage.SeverityLow:
			group = "Smaller changes, no alert:"
		}
		if group != last {
			if err := p.Say("%s", group); err != nil {
				return err
			}
			last = group
		}
		for _, line := range reports.FindingBlock(f, width, len(periods) > 1) {
			if err := p.Say("%s", line); err != nil {
				return err
			}
		}
	}
	return nil
}
