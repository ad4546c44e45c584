package reports_test

import (
	"testing"

	"usagereport/analysis"
	"usagereport/reports"
	"usagereport/usage"
)

// A command has the flags without which it would be about other charges, each as one word of a
// shell.
func TestWhyCommand(t *testing.T) {
	span := usage.Period{From: usage.Date(2026, 11, 1), To: usage.Date(2026, 11, 8)}
	bill := analysis.PeriodInfo{Name: "2026-11", Span: span}
	month, days := bill, bill
	month.ByMonth, days.ByMonth, days.Name = true, true, "2026-W45"
	filters := []analysis.Filter{{Dimension: usage.TagDimension("team"), Value: "$(x)"}, {Dimension: usage.Service, Value: "Storage"}}
	for want, c := range map[string]struct {
		r analysis.Report
		p analysis.Part
	}{
		"--period 2026-11":                     {p: analysis.Part{Period: bill}},
		"--month 2026-11":                      {p: analysis.Part{Period: month}},
		"--from 2026-11-01 --to 2026-11-07":    {p: analysis.Part{Period: days}},
		`--period 2026-11 --owner 'O'\''Hara'`: {analysis.Report{Owner: "O'Hara"}, analysis.Part{Period: bill}},
		"--period 2026-11 --owner '--all'":     {analysis.Report{Owner: "--all"}, analysis.Part{Period: bill}},
		"--period 2026-11 --filter 'Tags.team=$(x)' --filter ServiceName=Storage --tags team,env --currency EUR --convert": {
			analysis.Report{Filters: filters, Tags: []string{"team", "env"}},
			analysis.Part{Period: bill, Currency: "EUR", Converted: make([]analysis.Converted, 1)},
		},
	} {
		if got := reports.WhyCommand("F-7K3QAB", &c.r, &c.p); got != "usagereport anomalies why F-7K3QAB "+want {
			t.Errorf("%s, want %s", got, want)
		}
	}
}
