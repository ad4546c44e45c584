package reports

import (
	"usagereport/analysis"
	"usagereport/internal/locale"
)

// A Page is one section of a report: it chooses what to say from the model, and
// its template says it. The page named "movers" is templates/movers.html and
// the section #movers.
type Page struct {
	Name  string
	Title locale.Text

	// View returns the value that the template renders, or false where there
	// is nothing to say: the section is then left out, never empty. It formats
	// nothing but the names in charts: money and days reach the template as Money
	// and Day.
	View func(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool)

	// Zero is a zero value of what View returns. Tests check the template
	// against its type, so that a misspelled field fails without rendering.
	Zero any

	// Tables returns what the page says in rows, for the renderers that know no
	// pages; nothing where there is nothing to say.
	Tables func(r *analysis.Report, p *analysis.Part) []Table

	// Once is set where the page concerns the whole report: it comes after
	// all the parts, and View gets no part.
	Once bool
}

// Pages returns the pages of a report in reading order.
func Pages() []Page {
	return []Page{
		{Name: "answer", Title: locale.T("Summary"), View: viewAnswer, Zero: answer{}, Tables: answerTables},
		{Name: "change", Title: locale.T("Where the change comes from"), View: viewChange, Zero: change{}, Tables: changeTables},
		{Name: "compare", Title: locale.T("Billing history"), View: viewCompare, Zero: compare{}, Tables: compareTables},
		{Name: "invoices", Title: locale.T("Invoices"), View: viewInvoices, Zero: invoiced{}, Tables: invoicesTables},
		{Name: "findings", Title: locale.T("Findings"), View: viewFindings, Zero: findings{}, Tables: findingsTables},
		{Name: "days", Title: locale.T("The month, day by day"), View: viewDays, Zero: days{}, Tables: daysTables},
		{Name: "movers", Title: locale.T("What grew and shrank"), View: viewMovers, Zero: movers{}, Tables: moversTables},
		{Name: "breakdown", Title: locale.T("What it cost"), View: viewBreakdown, Zero: breakdown{}, Tables: breakdownTables},
		{Name: "forecast", Title: locale.T("Where it will end"), View: viewForecast, Zero: forecast{}, Tables: forecastTables},
		{Name: "asked", Title: locale.T("Your questions"), View: viewAsked, Zero: askedView{}, Tables: askedTables, Once: true},
		{Name: "sources", Title: locale.T("Where the numbers come from"), View: viewSources, Zero: sources{}, Tables: sourcesTables, Once: true},
	}
}
