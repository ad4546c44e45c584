package text

import (
	"cmp"
	"slices"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query"
	"usagereport/internal/terminal"
	"usagereport/reports"
	"usagereport/usage"
)

// FindingBlocks prints findings for people: how many there are and what they make, then a
// block for each, which no width cuts: its name, its owner and amounts in a line, and
// below it in a sentence what happened and where.
func FindingBlocks(p terminal.Printer, periods []analysis.Chosen, fs []analysis.Finding) error {
	width := cmp.Or(p.Width(), terminal.PipedWidth)
	for _, period := range periods {
		if err := p.SayLines(strings.Split(query.Wrap(reports.HeadOfFindings(period, fs, len(periods) > 1), width), "\n")...); err != nil {
			return err
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
		if err := p.SayLines(reports.FindingBlock(f, width, len(periods) > 1)...); err != nil {
			return err
		}
	}
	return nil
}

// Findings prints a table of findings, with their answers if they have any.
func Findings(p terminal.Printer, fs []analysis.Finding) error {
	type row = analysis.Finding
	columns := query.Columns[row]{
		{Name: "id", Of: func(f row) any { return f.ID }},
		{Name: "severity", Of: func(f row) any { return string(f.Severity) }},
		{Name: "kind", Of: func(f row) any { return string(f.Kind) }},
		{Name: "direction", Of: func(f row) any { return string(f.Direction) }},
		{Name: "start", Kind: query.Date, Of: func(f row) any { return f.Start }},
		{Name: "end", Kind: query.Date, Of: func(f row) any { return f.End }},
		{Name: "scope", Of: func(f row) any { return f.Label.String() }},
		{Name: "impact", Kind: query.Decimal, Of: func(f row) any { return p.Amount(f.Impact) }},
		{Name: "currency", Of: func(f row) any { return f.Currency }},
		{Name: "explanation", Of: func(f row) any { return f.Explanation.String() }},
	}
	if slices.ContainsFunc(fs, func(f row) bool { return !f.Whose.Empty() }) {
		columns = append(columns, query.Field[row]{Name: "whose", Of: func(f row) any { return f.Whose.String() }})
	}
	if slices.ContainsFunc(fs, func(f row) bool { return f.Answer != nil }) {
		columns = append(columns, query.Field[row]{Name: "answer", Of: func(f row) any { return f.Answer.Text().String() }})
	}
	return terminal.Rows(p, columns, fs)
}
