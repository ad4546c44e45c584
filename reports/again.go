package reports

import (
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
)

// WhyCommand is the command that shows the evidence for the finding id of r's part p.
func WhyCommand(id string, r *analysis.Report, p *analysis.Part) string {
	return "usagereport anomalies why " + id + foundWith(r, p)
}

// foundWith are the flags with which p's findings are found: those of chosen, and how the charges
// were looked at.
func foundWith(r *analysis.Report, p *analysis.Part) string {
	flags := chosen(r, p)
	if len(r.Tags) > 0 {
		flags += Flag("tags", strings.Join(r.Tags, ","))
	}
	if len(p.Converted) > 0 {
		flags += Flag("currency", p.Currency) + " --convert"
	}
	return flags
}

// chosen are the flags by which a command is about the same charges as r's part p.
func chosen(r *analysis.Report, p *analysis.Part) (flags string) {
	_, err := usage.ParseMonth(p.Period.Name)
	switch {
	case !p.Period.ByMonth:
		flags = Flag("period", p.Period.Name)
	case err == nil:
		flags = Flag("month", p.Period.Name)
	default:
		flags = Flag("from", p.Period.Span.From.String()) + Flag("to", p.Period.Span.Last().String())
	}
	if r.Owner != "" {
		flags += Flag("owner", r.Owner)
	}
	for _, f := range r.Filters {
		flags += Flag("filter", f.String())
	}
	return flags
}

// Flag is a flag of a shell command, with a blank before it.
func Flag(name, value string) string { return " --" + name + " " + shellQuote(value) }
