package reports

import (
	"fmt"
	"math"
	"time"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

// The fixtures are models of reports, as the analysis makes them; no ledger is
// needed to see a page.

func eur(s string) usage.Money { return usage.Money{Amount: usage.MustDecimal(s), Currency: "EUR"} }

func in(currency, s string) usage.Money {
	return usage.Money{Amount: usage.MustDecimal(s), Currency: currency}
}

func pct(v float64) *float64 { return &v }

func perMonth(s string) *usage.Money {
	m := eur(s)
	return &m
}

const indexBuilder = "/subscriptions/11111111-1111-4111-8111-111111111111/resourcegroups/rg-search-prod/providers/microsoft.compute/virtualmachinescalesets/vmss-index-builder"

func month(y int, m time.Month) usage.Period { return usage.Date(y, m, 1).Month() }

// dailies returns days from from to to: a week's rhythm around level, with a
// step of rise from the day step on.
func dailies(from, to usage.Day, period usage.Period, level, rise float64, step usage.Day) []analysis.DayCost {
	var list []analysis.DayCost
	for d := from; d <= to; d++ {
		shape := 1 + 0.06*math.Sin(float64(d))
		if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
			shape -= 0.22
		}
		expected := level * shape
		actual := expected * (1 + 0.03*math.Cos(3*float64(d)))
		if d >= step {
			actual += rise
		}
		c := analysis.DayCost{Day: d, InPeriod: period.Contains(d), Actual: usage.DecimalFromFloat(actual)}
		if d >= from+21 {
			c.HasBand = true
			c.Expected = usage.DecimalFromFloat(expected)
			c.Low, c.High = usage.DecimalFromFloat(expected*0.9), usage.DecimalFromFloat(expected*1.1)
		}
		if c.InPeriod {
			prior := usage.DecimalFromFloat(expected * (0.93 + 0.04*math.Sin(2*float64(d))))
			c.Prior = &prior
		}
		list = append(list, c)
	}
	return list
}

// rich is an open month with earlier ones, findings, five subscriptions of
// which one is missing and one behind.
func rich() *analysis.Report {
	used, usedBefore, covered, rate, saved := 90.0, 97.5, 32.5, 27.4, eur("712.9")
	nov := month(2026, time.November)
	reach := usage.Date(2026, time.November, 27)
	step := usage.Date(2026, time.November, 11)
	daily := dailies(usage.Date(2026, time.September, 1), reach, nov, 1290, 240, step)
	daily[20].NoData = true
	daily[20].Actual = usage.Decimal{}
	daily[len(daily)-1].Incomplete = true
	daily[len(daily)-1].Actual = usage.MustDecimal("610.2")
	daily[len(daily)-2].Incomplete = true
	var total usage.Decimal
	for _, d := range daily {
		if d.InPeriod {
			total = total.Add(d.Actual)
		}
	}
	tot := usage.Money{Amount: total, Currency: "EUR"}
	minus := func(s string) usage.Money {
		return usage.Money{Amount: total.Sub(usage.MustDecimal(s)), Currency: "EUR"}
	}
	expected := eur("41187.12")
	oct, sep, aug := month(2026, time.October), month(2026, time.September), month(2026, time.August)
	p := analysis.Part{
		Currency: "EUR",
		Period: analysis.PeriodInfo{
			Name: "2026-11", Span: nov, State: analysis.Open, Reach: reach, Elapsed: 27, ReplyBy: nov.Last(),
			Updated: "2026-11-28 06:12:44",
		},
		Accounts: []analysis.Account{
			{
				ID: "11111111-1111-4111-8111-111111111111", Name: "prod-search", Span: nov, Reach: reach, Total: eur("21022.905"),
				Last: eur("19870.44"),
			},
			{ID: "22222222-2222-4222-8222-222222222222", Name: "prod-shop", Span: nov, Reach: reach, Total: eur("9120.11"), Last: eur("9011.3")},
			{ID: "33333333-3333-4333-8333-333333333333", Name: "staging", Span: nov, Reach: reach, Total: eur("4410.07"), Last: eur("4390.01")},
			{
				ID: "44444444-4444-4444-8444-444444444444", Name: "dev-y", Span: nov, Reach: reach - 8, Total: eur("880.2"),
				Last: eur("1312.5"), Behind: true,
			},
			{ID: "55555555-5555-4555-8555-555555555555", Name: "prod-x", Span: nov, Total: eur("0"), Last: eur("3104.88"), Missing: true},
		},
		Total: tot,
		ByCharge: []analysis.Share{
			{Name: "Usage", Amount: minus("420.5")},
			{Name: "Purchase", Amount: eur("512.5")},
			{Name: "Credit", Amount: eur("-92")},
		},
		Expected: &expected,
		Outlook: &analysis.Outlook{
			End: analysis.Ending{Planned: eur("310.5"), Expected: expected, Range: &analysis.Range{
				Low80:  eur("40100"),
				High80: eur("42600"), Low95: eur("39000"), High95: eur("44000"), Months: 6,
			}},
			Plans: []analysis.PlannedChange{
				{
					From: reach + 1, Scope: "ServiceName=Storage", Amount: eur("120.5"), Per: analysis.PerDay, Note: "more backups", Line: 2,
					Counted: eur("361.5"),
				},
				{From: step, To: reach + 30, Amount: eur("-1500"), Per: analysis.PerMonth, Line: 3, Counted: eur("-150")},
				{From: reach + 2, To: reach + 2, Scope: "x_ResourceGroupName=rg-*", Amount: eur("99"), Per: analysis.Once, Line: 4, Counted: eur("99")},
			},
		},
		Priors: []analysis.Prior{
			{Name: "2026-10", Span: oct, Days: 27, Same: eur("31866.52"), Total: eur("36588.13"), Delta: minus("31866.52"), Percent: pct(9.41)},
			{Name: "2026-09", Span: sep, Days: 27, Same: eur("30871.09"), Total: eur("34284.57"), Delta: minus("30871.09"), Percent: pct(12.9)},
			{Name: "2026-08", Span: aug, Days: 27, Same: eur("29122.4"), Total: eur("33510.98"), Delta: minus("29122.4"), Percent: pct(19.7)},
		},
		Daily: daily,
		Invoices: []analysis.AccountInvoices{{
			Account: "11111111-1111-4111-8111-111111111111", Name: "prod-search", Files: eur("400"), Total: eur("476.5"), Difference: eur("76.5"),
			Invoices: []analysis.Invoice{
				{Number: "E0400ABCD", Kind: "invoice", Date: reach, Due: reach + 30, Total: eur("486.5")},
				{Number: "C17", Kind: "credit_note", Total: eur("-10")},
			},
			Steps: []analysis.InvoiceStep{
				{Kind: "usage", Label: locale.T("usage and what else the files have"), Amount: eur("400")},
				{Kind: "purchases", Label: locale.T("purchases and marketplace not in the files"), Amount: eur("0"), Why: locale.T("none stated")},
				{Kind: "tax", Label: locale.T("tax"), Amount: eur("76"), Why: locale.T("as the invoice states")},
				{Kind: "unexplained", Label: locale.T("unexplained"), Amount: eur("0.5"), Why: locale.T("load the period's usage first")},
			},
		}},
		Movers: []analysis.Movers{
			{
				Dimension: usage.Service, Title: "Service",
				Up: []analysis.Mover{
					{
						Value: "Virtual Machines", Label: "Virtual Machines", Current: eur("14022.18"), Prior: eur("11280.05"),
						Delta: eur("2742.13"), Percent: pct(24.3),
						Inside: []analysis.Mover{
							{
								Value: "/subscriptions/1/x", Label: "vmss-index-builder", Context: "rg-search-prod, Virtual Machines",
								Current: eur("4022.18"), Prior: eur("0"), Delta: eur("4022.18"), Status: "new",
							},
							{
								Value: "/subscriptions/1/y", Label: "vm-batch-02", Context: "rg-batch, Virtual Machines", Current: eur("0"),
								Prior: eur("1200.4"), Delta: eur("-1200.4"), Status: "gone",
							},
						},
						InsideCount: 12, InsideDelta: eur("-79.65"),
					},
					{
						Value: "Azure Cosmos DB", Label: "Azure Cosmos DB", Current: eur("3922.5"), Prior: eur("3301.11"), Delta: eur("621.39"),
						Percent: pct(18.8),
					},
					{Value: "Log Analytics", Label: "Log Analytics", Current: eur("512.31"), Prior: eur("0"), Delta: eur("512.31"), Status: "new"},
				},
				Down: []analysis.Mover{
					{Value: "Storage", Label: "Storage", Current: eur("2210.4"), Prior: eur("2944.81"), Delta: eur("-734.41"), Percent: pct(-24.9)},
					{Value: "Azure Databricks", Label: "Azure Databricks", Current: eur("0"), Prior: eur("201.12"), Delta: eur("-201.12"), Status: "gone"},
				},
				RestCount: 14, RestPrior: eur("14139.43"), RestCurrent: usage.Money{Amount: total.Sub(usage.MustDecimal("20667.39")), Currency: "EUR"},
				RestDelta: usage.Money{Amount: total.Sub(usage.MustDecimal("31866.52")).Sub(usage.MustDecimal("2940.3")), Currency: "EUR"},
			},
			{
				Dimension: usage.Resource, Title: "Resource",
				Up: []analysis.Mover{
					{
						Value: "/subscriptions/1/x", Label: "vmss-index-builder", Context: "rg-search-prod, Virtual Machines",
						Current: eur("4022.18"), Prior: eur("0"), Delta: eur("4022.18"), Status: "new",
					},
				},
				RestCount: 388, RestPrior: eur("31866.52"), RestCurrent: usage.Money{Amount: total.Sub(usage.MustDecimal("4022.18")), Currency: "EUR"},
				RestDelta: usage.Money{Amount: total.Sub(usage.MustDecimal("31866.52")).Sub(usage.MustDecimal("4022.18")), Currency: "EUR"},
			},
		},
		Commitments: &analysis.Commitments{
			Rows: []analysis.Commitment{{
				ID: "/providers/Microsoft.Capacity/reservationOrders/1", Name: "web-vms-3-years", Kind: "Reservation", Billed: eur("2100.5"),
				Used: eur("1710.25"), Unused: eur("190.03"), Utilisation: &used, Before: &usedBefore, Saved: &saved, Rate: &rate,
			}},
			Billed: eur("2100.5"), Used: eur("1710.25"), Unused: eur("190.03"), Utilisation: &used, Before: &usedBefore, Covered: &covered,
			Services: []analysis.CoveredService{{Service: "Virtual Machines", Covered: eur("2600.75"), Total: eur("8001.5"), CoveredOfTotal: &covered}},
			Hours: []analysis.ReservedHours{
				{ID: "0f8b1c2d-1111-4222-8333-444455556666", Name: "Standard_D4s_v5", Days: 27, Reserved: usage.MustDecimal("1296"), Used: usage.MustDecimal("1166.4"), Utilisation: &used},
			},
			Days: []analysis.CommitmentDay{
				{Day: step, ID: "/providers/Microsoft.Capacity/reservationOrders/1", Used: eur("55.1"), Unused: eur("6.13")},
			},
		},
		Turnover: &analysis.Turnover{
			New: analysis.Turned{
				Rows: []analysis.TurnedRow{{
					Value: "/subscriptions/1/x", Label: "vmss-index-builder",
					Context: "rg-search-prod, Virtual Machines", Day: step, Amount: eur("4022.18"),
				}},
				RestCount: 8, Rest: eur("288.89"), Count: 9, Total: eur("4311.07"),
			},
			Gone: analysis.Turned{
				Rows: []analysis.TurnedRow{{
					Value: "/subscriptions/1/y", Label: "vm-batch-02", Context: "rg-batch, Virtual Machines",
					Day: step - 20, Amount: eur("1200.4"),
				}},
				Rest: eur("0"), Count: 1, Total: eur("1200.4"),
			},
			Renamed: []analysis.Renaming{
				{
					Kind: "resized", Label: "vm-web-01", Context: "rg-web, Virtual Machines", Old: "D4s v5", New: "D8s v5", Since: step,
					Prior: eur("140.2"), Current: eur("281.4"),
				},
				{Kind: "renamed", Old: "D2 v3", New: "D2 v3/D2s v3", Since: step, Prior: eur("88.1"), Current: eur("88.9")},
			},
			MoreNames: 3,
		},
		Breakdowns: []analysis.Breakdown{
			{
				Dimension: usage.Service, Title: "Service",
				Rows: []analysis.BreakdownRow{
					{Value: "Virtual Machines", Label: "Virtual Machines", Amount: eur("14022.18"), Percent: pct(40.2)},
					{Value: "SQL Database", Label: "SQL Database", Amount: eur("6120.4"), Percent: pct(17.5)},
					{Value: "Azure Cosmos DB", Label: "Azure Cosmos DB", Amount: eur("3922.5"), Percent: pct(11.2)},
					{Value: "Storage", Label: "Storage", Amount: eur("2210.4"), Percent: pct(6.3)},
					{Value: "Azure App Service", Label: "Azure App Service", Amount: eur("1804.77"), Percent: pct(5.2)},
					{Value: "Bandwidth", Label: "Bandwidth", Amount: eur("0.0042"), Percent: pct(0.00001)},
				},
				RestCount: 12, Rest: minus("28080.2542"), Total: tot,
			},
			{
				Dimension: usage.ResourceGroup, Title: "Resource group",
				Rows: []analysis.BreakdownRow{
					{Value: "rg-search-prod", Label: "rg-search-prod", Context: "prod-search", Amount: eur("18022.18"), Percent: pct(51.6)},
					{Value: "", Label: "", Amount: eur("12.5"), Percent: pct(0.04)},
				},
				RestCount: 40, Rest: minus("18034.68"), Total: tot,
			},
		},
		Findings: []analysis.Finding{
			{
				ID: "F-K7Q2MZ", Kind: "level", Direction: "up", Severity: "high", Start: step, End: reach, Ongoing: true,
				Scope: usage.Series{usage.ResourceGroup: "rg-search-prod", usage.Service: "Virtual Machines"}, Currency: "EUR",
				Actual: eur("8420.34"), Expected: eur("4398.16"), Low: eur("4102.5"), High: eur("4690.02"), Impact: eur("4022.18"),
				PerMonth: perMonth("7097.7"),
				Drivers: []analysis.Driver{
					{
						Scope: usage.Series{usage.Resource: indexBuilder}, Label: locale.Said("vmss-index-builder, D16s v5"), Impact: eur("3880.1"),
						Price: eur("0"), Quantity: eur("3880.1"),
					},
					{Label: locale.T("all others"), Impact: eur("142.08"), Price: eur("31.2"), Quantity: eur("110.88")},
				},
				Reason: locale.Said("Up since 11 Nov: EUR 495 a day, was 259"), Explanation: locale.Said("Virtual Machines in rg-search-prod cost 495.31 a day since 11 Nov instead of the usual 258.72: vmss-index-builder runs 14 instances more than before."),
				Label: locale.Said("Virtual Machines"), Context: "rg-search-prod, prod-search",
				Days: dailies(usage.Date(2026, time.September, 20), reach, nov, 258, 240, step),
				Rule: locale.Said("same weekday median 258.72, robust spread 17.30, 16 days above the band"),
			},
			{
				ID: "F-PX41AB", Kind: "spike", Direction: "up", Severity: "medium", Start: step + 5, End: step + 5,
				Scope: usage.Series{usage.Service: "Azure Cosmos DB"}, Currency: "EUR",
				Actual: eur("511.02"), Expected: eur("122.44"), Low: eur("110"), High: eur("138.1"), Impact: eur("388.58"),
				Reason: locale.Said("Spike on 16 Nov, over since: EUR 511, normally 122"), Explanation: locale.Said("Azure Cosmos DB cost 511.02 on 16 Nov instead of about 122.44."),
				Label: locale.Said("Azure Cosmos DB"), Context: "rg-orders, prod-shop",
				Days: dailies(usage.Date(2026, time.October, 1), reach, nov, 122, 0, reach+1),
			},
			{
				ID: "F-QQ77RS", Kind: "new", Direction: "up", Severity: "medium", Start: step - 3, End: reach, Ongoing: true,
				Scope: usage.Series{usage.Service: "Log Analytics"}, Currency: "EUR",
				Actual: eur("512.31"), Expected: eur("0"), Low: eur("0"), High: eur("0"), Impact: eur("512.31"),
				Reason: locale.Said("New since 8 Nov: EUR 26 a day"), Explanation: locale.Said("Log Analytics is new since 8 Nov: 512.31 so far."), Label: locale.Said("Log Analytics"),
				Context: "rg-observability, prod-shop",
			},
			{
				ID: "F-AA22CC", Kind: "drift", Direction: "up", Severity: "medium", Start: step - 9, End: reach, Ongoing: true, Currency: "EUR",
				Actual: eur("1812.31"), Expected: eur("1604.02"), Low: eur("1500"), High: eur("1700"), Impact: eur("208.29"),
				PerMonth: perMonth("390.55"),
				Reason:   locale.Said("Growing daily since about 2 Nov: EUR 60 → 68 a day"), Explanation: locale.Said("SQL Database grows by 2% a week."), Label: locale.Said("SQL Database"), Context: "rg-orders, prod-shop",
			},
		},
		Minor: []analysis.Finding{{
			ID: "F-LL00AA", Kind: "price", Direction: "up", Severity: "low", Start: step, End: reach, Ongoing: true, Currency: "EUR",
			Actual: eur("44.1"), Expected: eur("40"), Low: eur("38"), High: eur("42"), Impact: eur("4.1"), PerMonth: perMonth("7.2"),
			Label: locale.Said("Bandwidth"), Context: "rg-edge", Reason: locale.Said("Price up 10% on 11 Nov: EUR 4 a day, was 3.60"), Explanation: locale.Said("The price per GB rose by 10%."),
		}},
		Down: []analysis.Finding{{
			ID: "F-DD00AA", Kind: "gone", Direction: "down", Severity: "low", Start: step, End: reach, Ongoing: true, Currency: "EUR",
			Actual: eur("0"), Expected: eur("120.5"), Low: eur("100"), High: eur("140"), Impact: eur("-120.5"),
			PerMonth: perMonth("-212.64"), Label: locale.Said("Azure Databricks"), Context: "rg-ml",
			Reason: locale.Said("No cost since 11 Nov; it was about EUR 7 a day"), Explanation: locale.Said("Azure Databricks has cost nothing since 11 Nov."),
		}},
		Answered: []analysis.Finding{{
			ID: "F-WW00AA", Kind: "level", Direction: "up", Severity: "high", Start: step, End: reach, Ongoing: true, Currency: "EUR",
			Actual: eur("900"), Expected: eur("300"), Low: eur("280"), High: eur("320"), Impact: eur("600"),
			Label: locale.Said("Load test"), Context: "rg-test", Reason: locale.Said("Up since 11 Nov: EUR 90 a day, was 30"), Explanation: locale.Said("Load test costs EUR 90 a day."),
			Answer: &analysis.Answer{Answer: "planned", By: "Ada", Note: "until the launch"},
		}},
		History: analysis.History{
			Days: 71, Series: 412, Unjudged: 12, CanDetect: true,
			Sentence: locale.Said("412 series judged against the same weekdays of 8 weeks; 12 have less history and were not judged."),
		},
		Warnings: []locale.Text{locale.Said("12 series have less than eight weeks of history and were not judged.")},
	}
	return &analysis.Report{
		Version: "v0.1.0 (DuckDB v1.5.6)",
		Parts:   []analysis.Part{p},
		Asked: []analysis.Asked{{
			Name: "untagged", Title: "What has no <b>tag</b>", More: true,
			Columns: []analysis.AskedColumn{
				{Name: "ServiceName"},
				{Name: "resources", Number: true},
				{Name: "cost", Number: true},
				{Name: "rate", Number: true},
			},
			Rows: [][]string{{"=Storage", "1200", "1234.5", "0.0000001"}, {"", "3", "-0.00042", ""}},
		}},
		Sources: []analysis.Source{
			{
				LoadID: 1, Ref: "exports/2026-10.csv", Format: "Azure, actual cost export (MCA)", CostType: "actual", Rows: 120442,
				Currency: "EUR", File: eur("36588.13"), Ledger: eur("36588.13"), Current: true, Shown: eur("0"), Periods: []string{"2026-10"},
			},
			{
				LoadID: 2, Ref: "exports/2026-11.csv", Format: "Azure, actual cost export (MCA)", CostType: "actual", Rows: 110442,
				Rejected: 2, Currency: "EUR", File: tot, Ledger: tot, Shown: tot, Current: true, Periods: []string{"2026-11"},
				Warnings: []string{"2 values were rounded to 18 digits"},
			},
			{
				LoadID: 0, Ref: "exports/2026-11 (1).csv", Format: "Azure, actual cost export (MCA)", CostType: "actual", Rows: 90442,
				Currency: "EUR", File: eur("30022"), Ledger: eur("0"), Shown: eur("0"), Periods: []string{"2026-11"},
			},
		},
	}
}

// single is what a first user has: one file, no history.
func single() *analysis.Report {
	span := usage.Period{From: usage.Date(2018, time.January, 1), To: usage.Date(2018, time.February, 1)}
	usd := func(s string) usage.Money { return in("USD", s) }
	return &analysis.Report{
		Version: "v0.1.0",
		Parts: []analysis.Part{{
			Currency: "USD",
			Period:   analysis.PeriodInfo{Name: "2018-02", Span: span, State: analysis.Closed, Reach: span.Last(), Elapsed: 31},
			Accounts: []analysis.Account{{ID: "6b0a", Name: "Pay-As-You-Go", Span: span, Reach: span.Last(), Total: usd("751.7")}},
			Total:    usd("751.7"), Outside: usd("1.41"),
			ByCharge: []analysis.Share{{Name: "Usage", Amount: usd("751.7")}},
			Daily:    dailies(span.From, span.Last(), span, 24, 0, span.To)[:20],
			Breakdowns: []analysis.Breakdown{{Dimension: usage.Service, Title: "Service", Total: usd("751.7"), Rows: []analysis.BreakdownRow{
				{Value: "Virtual Machines", Label: "Virtual Machines", Amount: usd("700.7"), Percent: pct(93.2)},
				{Value: "Storage", Label: "Storage", Amount: usd("51"), Percent: pct(6.8)},
			}}},
			History: analysis.History{Days: 31, Series: 9, Unjudged: 9},
		}},
		Sources: []analysis.Source{{
			LoadID: 1, Ref: "201802-v2.csv", Format: "Azure, usage details version 2", CostType: "statement",
			Rows: 540, Currency: "USD", File: usd("751.7"), Ledger: usd("751.7"), Shown: usd("751.7"), Current: true, Periods: []string{"2018-02"},
		}},
	}
}

// hostile is rich with every name replaced by s.
func hostile(s string) *analysis.Report {
	r := rich()
	p := &r.Parts[0]
	r.Version, r.Warnings, r.Partial, r.Refused = s, []locale.Text{locale.Said(s)}, true, []string{s}
	p.Period.Name, p.Period.Updated, p.Warnings, p.History.Sentence = s, s, []locale.Text{locale.Said(s)}, locale.Said(s)
	for i := range p.Accounts {
		p.Accounts[i].ID, p.Accounts[i].Name = s, s
	}
	for i := range p.ByCharge {
		p.ByCharge[i].Name = s
	}
	for i := range p.Priors {
		p.Priors[i].Name = s
	}
	for _, m := range p.Movers {
		for _, list := range [][]analysis.Mover{m.Up, m.Down} {
			for i := range list {
				list[i].Value, list[i].Label, list[i].Context = s, s, s
				for j := range list[i].Inside {
					in := &list[i].Inside[j]
					in.Value, in.Label, in.Context = s, s, s
				}
			}
		}
	}
	for _, list := range [][]analysis.TurnedRow{p.Turnover.New.Rows, p.Turnover.Gone.Rows} {
		for i := range list {
			list[i].Value, list[i].Label, list[i].Context = s, s, s
		}
	}
	for i := range p.Turnover.Renamed {
		x := &p.Turnover.Renamed[i]
		x.Label, x.Context, x.Old, x.New = s, s, s, s
	}
	for _, b := range p.Breakdowns {
		for i := range b.Rows {
			b.Rows[i].Value, b.Rows[i].Label, b.Rows[i].Context = s, s, s
		}
	}
	for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down, p.Answered} {
		for i := range list {
			f := &list[i]
			f.ID, f.Context, f.Kind = s, s, usage.Kind(s)
			f.Label, f.Reason, f.Explanation, f.Rule = locale.Said(s), locale.Said(s), locale.Said(s), locale.Said(s)
			f.Scope = usage.Series{usage.Service: s}
			if f.Answer != nil {
				f.Answer = &analysis.Answer{Answer: s, By: s, Note: s}
			}
			for j := range f.Drivers {
				f.Drivers[j].Label = locale.Said(s)
				f.Drivers[j].Scope = usage.Series{usage.Resource: s}
			}
		}
	}
	for i := range r.Sources {
		src := &r.Sources[i]
		src.Ref, src.Format, src.CostType, src.Warnings, src.Periods = s, s, s, []string{s}, []string{s}
	}
	return r
}

// twoCurrencies has a second part.
func twoCurrencies() *analysis.Report {
	r, s := rich(), single()
	r.Parts = append(r.Parts, s.Parts...)
	r.Sources = append(r.Sources, s.Sources...)
	return r
}

// negative has only credits.
func negative() *analysis.Report {
	r := single()
	p := &r.Parts[0]
	p.Total, p.Outside = in("USD", "-120.55"), in("USD", "0")
	p.ByCharge = []analysis.Share{{Name: "Credit", Amount: p.Total}}
	p.Breakdowns[0].Rows = []analysis.BreakdownRow{{Value: "Credit", Label: "Credit", Amount: p.Total}}
	p.Breakdowns[0].Total = p.Total
	p.Period.State = analysis.Closing
	r.Sources[0].Shown = p.Total
	return r
}

// emptyPart has a period and nothing in it.
func emptyPart() *analysis.Report {
	return &analysis.Report{Parts: []analysis.Part{{
		Currency: "JPY",
		Period:   analysis.PeriodInfo{Name: "2026-11", Span: month(2026, time.November), State: analysis.Open},
		Total:    in("JPY", "0"),
	}}}
}

// quiet has history and nothing unusual.
func quiet() *analysis.Report {
	r := rich()
	p := &r.Parts[0]
	p.Findings, p.Minor, p.Down, p.Answered, p.Warnings = nil, nil, nil, nil, nil
	p.Accounts = p.Accounts[:3]
	return r
}

// huge has long lists of everything.
func huge() *analysis.Report {
	r := rich()
	p := &r.Parts[0]
	for i := range 400 {
		f := p.Findings[0]
		f.ID = fmt.Sprintf("F-%06d", i)
		p.Findings = append(p.Findings, f)
		p.Minor = append(p.Minor, f)
		p.Findings[0].Drivers = append(p.Findings[0].Drivers, f.Drivers[0])
		p.Accounts = append(p.Accounts, analysis.Account{ID: f.ID, Name: "missing-" + f.ID, Missing: true, Last: eur("1")})
		p.Breakdowns[0].Rows = append(p.Breakdowns[0].Rows, analysis.BreakdownRow{Label: f.ID, Amount: eur("1")})
		p.Warnings = append(p.Warnings, locale.Said("warning "+f.ID))
		r.Sources = append(r.Sources, analysis.Source{Ref: f.ID + ".csv", Current: true, Currency: "EUR", Rows: 1})
		r.Refused = append(r.Refused, f.ID)
	}
	r.Partial = true
	return r
}

// all returns the fixtures by name.
// owned is rich with owners: one whose budget will break, one within it, what has none.
func owned() *analysis.Report {
	r := rich()
	p := &r.Parts[0]
	ends, percent := eur("21500"), 12.5
	likely := analysis.Budget{
		Amount: eur("20000"), Period: "month", Span: p.Period.Span, Spent: eur("19000.5"), Left: eur("999.5"), Expected: &ends, Over: p.Period.Reach + 1,
	}
	within := analysis.Budget{Amount: eur("90000"), Period: "year", Span: p.Period.Span, Spent: eur("9000"), Left: eur("81000")}
	rest, delta := p.Total.Sub(eur("28000.5")), p.Priors[0].Delta.Sub(eur("2500"))
	up, shared := eur("2500"), eur("120.25")
	p.Owners = []analysis.OwnerStanding{
		{Owner: "Search", Spent: eur("19000.5"), Shared: &shared, Delta: &up, Percent: &percent, Expected: &ends, Budget: &likely, Months: 2, Days: p.Daily},
		{Owner: "Shop", Spent: eur("9000"), Delta: &delta, Budget: &within},
		{Spent: rest, Delta: new(usage.Money)},
	}
	p.Owners[2].Delta.Currency = "EUR"
	return r
}

func all() map[string]*analysis.Report {
	return map[string]*analysis.Report{
		"rich": rich(), "owned": owned(), "single": single(), "quiet": quiet(), "two": twoCurrencies(), "negative": negative(),
		"empty": emptyPart(), "none": {}, "huge": huge(), "hostile": hostile(reportstest.Names()[0]), "long": hostile(reportstest.Names()[16]),
	}
}
