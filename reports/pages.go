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
	Short locale.Text // in the navigation
	Title locale.Text // where the view has none of its own (headed)

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
	T := locale.T
	return []Page{
		{Name: "answer", Short: T("Summary"), Title: T("Summary"), View: viewAnswer, Zero: answer{}, Tables: answerTables},
		{Name: "findings", Short: T("Findings"), Title: T("Findings"), View: viewFindings, Zero: findings{}, Tables: findingsTables},
		{Name: "owners", Short: T("Owners"), Title: T("Owners and budgets"), View: viewOwners, Zero: ownersView{}, Tables: ownersTables},
		{Name: "change", Short: T("Change"), Title: T("Why it changed"), View: viewChange, Zero: change{}, Tables: changeTables},
		{Name: "days", Short: T("Days"), Title: T("Day by day"), View: viewDays, Zero: days{}, Tables: daysTables},
		{Name: "movers", Short: T("Movers"), Title: T("What grew and what shrank"), View: viewMovers, Zero: movers{}, Tables: moversTables},
		{Name: "breakdown", Short: T("Cost"), Title: T("Cost by service"), View: viewBreakdown, Zero: breakdown{}, Tables: breakdownTables},
		{Name: "units", Short: T("Unit cost"), Title: T("Unit cost"), View: viewUnits, Zero: unitsView{}, Tables: unitsTables},
		{
			Name: "commitments", Short: T("Commitments"), Title: T("Commitments"),
			View: viewCommitments, Zero: commitments{}, Tables: commitmentsTables,
		},
		{Name: "compare", Short: T("History"), Title: T("Billing history"), View: viewCompare, Zero: compare{}, Tables: compareTables},
		{
			Name: "forecast", Short: T("Forecast"), Title: T("How good the forecast is"),
			View: viewForecast, Zero: forecast{}, Tables: forecastTables,
		},
		{Name: "invoices", Short: T("Invoices"), Title: T("Invoices"), View: viewInvoices, Zero: invoiced{}, Tables: invoicesTables},
		{Name: "asked", Short: T("Questions"), Title: T("Your questions"), View: viewAsked, Zero: askedView{}, Tables: askedTables, Once: true},
		{
			Name: "sources", Short: T("Sources"), Title: T("Where the numbers come from"),
			View: viewSources, Zero: sources{}, Tables: sourcesTables, Once: true,
		},
	}
}

// A headed view has a heading of its own.
type headed interface{ heading() locale.Text }
