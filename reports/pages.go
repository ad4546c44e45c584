package reports

import "usagereport/analysis"

// A Page is one section of a report: it chooses what to say from the model, and
// its template says it. The page named "movers" is templates/movers.html and
// the section #movers.
type Page struct {
	Name  string
	Title string

	// View returns the value that the template renders, or false where there
	// is nothing to say: the section is then left out, never empty. It formats
	// nothing: money and days reach the template as Money and Day.
	View func(r *analysis.Report, p *analysis.Part) (any, bool)

	// Zero is a zero value of what View returns. Tests check the template
	// against its type, so that a misspelled field fails without rendering.
	Zero any

	// Once is set where the page concerns the whole report: it comes after
	// all the parts, and View gets no part.
	Once bool
}

// Pages returns the pages of a report in reading order.
func Pages() []Page {
	return []Page{
		{Name: "answer", Title: "Summary", View: viewAnswer, Zero: answer{}},
		{Name: "compare", Title: "Against earlier periods", View: viewCompare, Zero: compare{}},
		{Name: "findings", Title: "Findings", View: viewFindings, Zero: findings{}},
		{Name: "days", Title: "Day by day", View: viewDays, Zero: days{}},
		{Name: "movers", Title: "What grew and shrank", View: viewMovers, Zero: movers{}},
		{Name: "breakdown", Title: "What it cost", View: viewBreakdown, Zero: breakdown{}},
		{Name: "sources", Title: "Where the numbers come from", View: viewSources, Zero: sources{}, Once: true},
	}
}
