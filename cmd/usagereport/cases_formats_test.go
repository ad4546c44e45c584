package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"time"

	"usagereport/loader"
	"usagereport/usage"
)

// TestWhatBitesPeople holds the program to each trap of the usage files that the
// study of the formats found, in its order: numbers that people got wrong, with
// the public issue in which they said so.
func TestWhatBitesPeople(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{
		{"a second byte order mark at the first row", secondByteOrderMark},
		{"localised headers", localisedHeaders},
		{"the columns and the dates change from one month to the next", changedSchema},
		{"partner exports begin their names in lower case", camelCase},
		{"the portal's download names columns otherwise than the export", portalNames},
		{"month-first dates", monthFirst},
		{"tags without braces", tagsWithoutBraces},
		{"runs and exports of the same month count once", rerunsCountOnce},
		{"a run in several files", severalFiles},
		{"a price of zero that is unknown", zeroForUnknown},
		{"an actual and an amortized export of one month", amortizedBesideActual},
		{"what the invoice has beside usage", invoiceLines},
		{"a later fetch has other numbers", laterFetch},
		{"a place that asks to wait", tooManyRequests},
		{"answers that come later, now and then, or never", lateAnswers},
		{"a month that was never delivered", missingMonth},
		{"a refund in a month that was closed", refundInClosedMonth},
		{"the daily quantities are not those of the statement", statementIsTheMoney},
	})
}

// Azure/azure-sdk-for-net#34129: the mark stands again before the first row, so
// the first cell, there the invoice's number, is another text than in all rows
// after it.
func secondByteOrderMark(d *desk) {
	invoice := map[string]string{"invoiceId": "G001"}
	file := mca().file([]charge{{day: "2026-03-01", cost: "1", more: invoice}, {day: "2026-03-02", cost: "2", more: invoice}})
	d.take("\ufeff" + strings.Replace(file, "\nG001", "\n\ufeffG001", 1))
	d.equal("invoices", d.ask("SELECT InvoiceId, length(InvoiceId), count(*), sum(BilledCost) FROM usage GROUP BY ALL"), "G001,4,2,3.00")
}

// kubecost/kubecost#414 and #1526, project-koku/koku#2284: a header is the
// portal's word with the column's name in brackets.
func localisedHeaders(d *desk) {
	charges := []charge{{day: "2026-03-04", service: "Storage", cost: "1.25"}, {day: "2026-03-05", service: "Compute", cost: "2.50"}}
	r := d.take(ea().file(charges, "MeterCategory", "Kategorie der Verbrauchseinheit (MeterCategory)", ",Date", ",Datum (Date)",
		"CostInBillingCurrency", "Kosten in Abrechnungswährung (CostInBillingCurrency)", ",ResourceGroup", ",Ressourcengruppe (ResourceGroup)"))
	d.equal("format", r[0].Format, "azure_ea")
	d.equal("usage", d.ask("SELECT ChargePeriodStart::DATE, ServiceName, x_ResourceGroupName, BilledCost FROM usage ORDER BY 1"),
		"2026-03-04,Storage,rg,1.25; 2026-03-05,Compute,rg,2.50")
	// The words before the bracket alone name nothing.
	d.has(d.refuse(ea().file(charges, "CostInBillingCurrency", "Kosten in Abrechnungswährung")), "lack Cost")
}

// kubecost/kubecost#1526 and #917: between two months UsageDateTime became Date,
// PreTaxCost CostInBillingCurrency, and 2022-04-03 05/03/2022; what read by
// position or took April's names reported nonsense for weeks.
func changedSchema(d *desk) {
	april := charge{service: "Compute"}.over("2022-04-01", "2022-04-30", each("2"))
	may := charge{service: "Compute"}.over("2022-05-01", "2022-05-12", each("3"))
	old := layout{
		"AccountOwnerId,SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId",
		func(c charge) map[string]string {
			row := mosa().row(c)
			row["AccountOwnerId"] = "o"
			return row
		},
	}
	for name, first := range map[string]string{"pay-as-you-go": mosa().file(april), "enterprise": old.file(april)} {
		d := d.other()
		r := d.load(0, "--assume-currency", "eur", d.write("april.csv", first), d.write("may.csv", ea().file(may)))
		d.equal(name, r[0].Total+" "+r[1].Total, "60.00 36.00")
		d.equal("days", d.ask("SELECT x_BillingPeriod, min(ChargePeriodStart)::DATE, max(ChargePeriodStart)::DATE, count(DISTINCT ChargePeriodStart) FROM usage GROUP BY 1 ORDER BY 1"),
			"2022-04,2022-04-01,2022-04-30,30; 2022-05,2022-05-01,2022-05-12,12")
		rows, _ := d.rows("compare")
		d.equal("comparison", shown(rows, "service_name", "current", "prior", "delta"), "Compute 36.00 24.00 12.00")
	}
	// A mixture that nobody has seen is not guessed at.
	d.has(d.refuse(mosa().file(april, "UsageDateTime", "Date", "PreTaxCost", "CostInBillingCurrency")), "lack UsageDateTime, PreTaxCost")
}

// finopsfoundation/focus_converters#253: to a reader of "SubscriptionId" and
// "CostInBillingCurrency" every column of a partner's export was missing.
func camelCase(d *desk) {
	charges := []charge{{day: "2026-03-04", account: "S-1", service: "Compute", cost: "1.5", tags: `{"env":"prod"}`}}
	upper := strings.NewReplacer("SubscriptionId", "subscriptionId", "ResourceId", "resourceId")
	for format, l := range map[string]layout{"azure_csp": csp(), "azure_mca": mca()} {
		for _, file := range []string{l.file(charges), upper.Replace(l.file(charges)), l.file(charges, "costInBillingCurrency", "CostInBillingCurrency", "meterCategory", "MeterCategory", "date", "Date")} {
			d := d.other()
			d.equal("format", d.take(file)[0].Format, format)
			d.equal("row", d.ask("SELECT SubAccountId, ServiceName, SkuMeter, ChargeCategory, Tags['env'], ChargePeriodStart::DATE, BilledCost, BillingCurrency FROM usage"),
				"s-1,Compute,Data,Usage,prod,2026-03-04,1.50,EUR")
		}
	}
}

// finopsfoundation/focus_converters#304 and #336: the portal writes Cost,
// BillingCurrency and Product where the export writes CostInBillingCurrency,
// BillingCurrencyCode and ProductName, and leaves required columns empty.
func portalNames(d *desk) {
	empty := map[string]string{"ProductName": "VM", "BillingPeriodStartDate": "", "BillingPeriodEndDate": ""}
	charges := charge{service: "Compute", more: empty}.over("2026-02-27", "2026-03-02", each("1.5"))
	for _, names := range [][]string{nil, {"CostInBillingCurrency", "Cost", "BillingCurrencyCode", "BillingCurrency", "ProductName", "Product"}} {
		d := d.other()
		d.equal("format", d.take(ea().file(charges, names...))[0].Format, "azure_ea")
		d.equal("usage", d.ask("SELECT x_BillingPeriod, BillingPeriodStart, BillingPeriodEnd, ChargeDescription, BillingCurrency, sum(BilledCost) FROM usage GROUP BY ALL ORDER BY 1"),
			"2026-02,2026-02-01,2026-03-01,VM,EUR,3.00; 2026-03,2026-03-01,2026-04-01,VM,EUR,3.00")
	}
}

// Azure/azure-powershell#20185, microsoft/finops-toolkit#512: 03/04/2026 is the
// fourth of March in all of a file, also where later rows could be read in the
// other order only.
func monthFirst(d *desk) {
	d.take(ea().file([]charge{{day: "2026-03-04", cost: "1"}, {day: "2026-03-11", cost: "2"}}))
	d.equal("days", d.ask("SELECT ChargePeriodStart::DATE, BilledCost FROM usage ORDER BY 1"), "2026-03-04,1.00; 2026-03-11,2.00")

	dayFirst := ea().file([]charge{
		{day: "2026-05-03", cost: "1", more: map[string]string{"Date": "03/05/2026"}},
		{day: "2026-05-25", cost: "2", more: map[string]string{"Date": "25/05/2026"}},
	})
	d.has(d.refuse(dayFirst), `3: Date: "25/05/2026"`, "--date-order day-first")
	d.equal("after the refusal", d.ask("SELECT count(*), max(ChargePeriodStart)::DATE FROM usage"), "2,2026-03-11")
	told := d.other()
	told.load(0, "--date-order", "day-first", told.write("a.csv", dayFirst))
	d.equal("days as told", told.ask("SELECT ChargePeriodStart::DATE, BilledCost FROM usage ORDER BY 1"), "2026-05-03,1.00; 2026-05-25,2.00")
	d.has(told.refuse(ea().file([]charge{{day: "2026-06-30", cost: "1"}}), "--date-order", "day-first"), `"06/30/2026"`, "--date-order day-first asked for")
}

// project-koku/koku#2284, kubecost/kubecost#414: tags are JSON whose outer braces
// are missing, and a key comes twice. No row is lost to its tags.
func tagsWithoutBraces(d *desk) {
	var charges []charge
	for i, tags := range []string{`"env": "prod","team": "a ""b"" c"`, `{"env": "prod"}`, `"env": "old","env": "prod"`, `"env": "prod",`, `env=prod`, ""} {
		charges = append(charges, charge{day: "2026-03-01", resource: fmt.Sprint(i), cost: "1", tags: strings.ReplaceAll(tags, `""`, `\"`)})
	}
	d.take(mosa().file(charges))
	d.equal("tags", d.ask("SELECT Tags['env'], Tags['team'], Tags['x_Unreadable'], BilledCost FROM usage ORDER BY ResourceId"),
		`prod,"a ""b"" c",,1.00; prod,,,1.00; prod,,,1.00; prod,,,1.00; ,,env=prod,1.00; ,,,1.00`)
}

// microsoft/finops-toolkit#320, #566, #966 and #1896, project-koku/koku#1180,
// hashicorp/terraform-provider-azurerm#27098: a month is exported by a daily and
// by a one-time export, and each run writes all of it again into a new folder.
func rerunsCountOnce(d *desk) {
	month := func(to string) string { return mosa().file(charge{}.over("2026-03-01", to, each("1"))) }
	d.exportRun("daily/20260301-20260331/11111111-0000-4000-8000-000000000001", "daily", "2026-03-10T02:00:00Z", month("2026-03-09"))
	d.exportRun("daily/20260301-20260331/00000000-0000-4000-8000-000000000002", "daily", "2026-03-11T02:00:00Z", month("2026-03-10"))
	d.exportRun("once/20260301-20260331/22222222-0000-4000-8000-000000000003", "once", "2026-03-12T02:00:00Z", month("2026-03-11"))
	// The older exports: a growing file each day, under a new name, no manifest.
	for i, to := range []string{"2026-04-02", "2026-04-03"} {
		path := d.write(fmt.Sprintf("old/20260401-20260430/old_%d0000000-0000-4000-8000-000000000000.csv", 9-i), mosa().file(charge{}.over("2026-04-01", to, each("1"))))
		at := time.Date(2026, time.April, 4+i, 2, 0, 0, 0, time.UTC)
		if err := os.Chtimes(path, at, at); err != nil {
			d.Fatal(err)
		}
	}
	want := "2026-03,11,11.00; 2026-04,3,3.00"
	for range 2 { // and again, from the same folder
		d.load(0, d.dir)
		d.equal("rows and cost", d.ask("SELECT x_BillingPeriod, count(*), sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 1"), want)
	}
	rows, _ := d.rows("periods")
	d.equal("periods", shown(rows, "period", "total"), "2026-04 3.00\n2026-03 11.00")
}

// kubecost/kubecost#3451, microsoft/finops-toolkit#2096: exports come in parts;
// who reads one file, or lets one part take the place of another, loses data.
func severalFiles(d *desk) {
	part := func(resource string) string {
		return mosa().file(charge{resource: resource}.over("2026-03-01", "2026-03-05", each("1")))
	}
	d.exportRun("run", "daily", "2026-03-06T02:00:00Z", part("a"), part("b"), part("c"))
	r := d.load(0, d.path("run"))
	d.equal("loads", fmt.Sprintf("%d of %d rows, %s", len(r), r[0].Rows, r[0].Total), "1 of 15 rows, 15.00")
	d.equal("resources", d.ask("SELECT ResourceName, sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 1"), "a,5.00; b,5.00; c,5.00")

	// Without a manifest a part passes neither for a newer copy nor for more.
	loose := d.other()
	loose.take(part("a"))
	d.has(loose.refuse(part("b")), "another part of the same export")
	d.equal("what is there", loose.ask("SELECT ResourceName, sum(BilledCost) FROM usage GROUP BY 1"), "a,5.00")
}

// microsoft/finops-toolkit#873, #874, #2307 (and #836): ListCost, ContractedCost
// and prices are written 0 where they are not known, which makes savings
// negative.
func zeroForUnknown(d *desk) {
	lists := func(v string) map[string]string {
		return map[string]string{"ListCost": v, "ContractedCost": v, "ListUnitPrice": v, "paygCostInBillingCurrency": v, "PayGPrice": v}
	}
	charges := []charge{
		{day: "2026-03-01", cost: "5", more: lists("0")},
		{day: "2026-03-02", cost: "6", more: lists("8")},
		{day: "2026-03-03", cost: "0", more: lists("0")}, // what is free has a price of zero, where the format can tell
	}
	for _, c := range []struct {
		format, want string
		layout       layout
	}{
		{"focus", "2,2.00,2,1", focus()},
		{"azure_mca", "1,2.00,0,1", mca()},
		{"azure_ea", "0,,0,1", ea()},
		{"azure_csp", "0,,0,1", csp()},
	} {
		d := d.other()
		d.equal("format", d.take(c.layout.file(charges))[0].Format, c.format)
		d.equal(c.format, d.ask("SELECT count(ListCost), sum(ListCost - EffectiveCost), count(ContractedCost), count(ListUnitPrice) FROM usage"), c.want)
	}
}

// microsoft/finops-toolkit#1092, MicrosoftDocs/azure-docs#58651 and #104016: the
// purchase of a reservation stands in the actual export and, spread over the
// hours it covers, in the amortized one.
func amortizedBesideActual(d *desk) {
	plan := map[string]string{"PricingModel": "Reservation", "ReservationId": "r-1", "ReservationName": "VM_RI"}
	covered := func(cost string) []charge {
		return charge{service: "Compute", resource: "vm", more: plan}.over("2026-03-01", "2026-03-31", each(cost))
	}
	other := charge{service: "Storage"}.over("2026-03-01", "2026-03-31", each("2"))
	bought := charge{day: "2026-03-01", service: "Compute", resource: "order", kind: "Purchase", cost: "365", more: map[string]string{
		"PricingModel": "Reservation", "ReservationId": "r-1", "Frequency": "OneTime",
	}}
	unused := charge{day: "2026-03-31", service: "Compute", resource: "order", kind: "UnusedReservation", cost: "0.5", more: plan}
	r := d.take(ea().file(append(append(covered("0"), other...), bought)), ea().file(append(append(covered("1"), other...), unused)))
	d.equal("cost types", r[0].CostType+" "+r[0].Total+", "+r[1].CostType+" "+r[1].Total, "actual 427.00, amortized 93.50")
	d.equal("billed and effective", d.ask("SELECT sum(BilledCost), sum(EffectiveCost) FROM usage"), "427.00,93.50")
	d.equal("the purchase", d.ask("SELECT count(*), sum(BilledCost), sum(EffectiveCost) FROM usage WHERE ChargeCategory = 'Purchase'"), "1,365.00,0.00")
	rows, _ := d.rows("periods")
	d.equal("the bill", shown(rows, "period", "total"), "2026-03 427.00")
}

// microsoft/finops-toolkit#1231, #875 and #1794, MicrosoftDocs/azure-docs#87180:
// a sum of usage is not the invoice; credits, tax, refunds and the rounding of
// the invoice are rows too.
func invoiceLines(d *desk) {
	charges := charge{}.over("2026-03-01", "2026-03-10", each("1.111"))
	for kind, cost := range map[string]string{"RoundingAdjustment": "0.004", "Credit": "-2", "Tax": "1.9", "Refund": "-1.01", "Purchase": "3"} {
		charges = append(charges, charge{day: "2026-03-10", resource: kind, kind: kind, cost: cost})
	}
	// 11.11 + 0.004 - 2 + 1.9 - 1.01 + 3
	d.equal("total", d.take(ea().file(charges))[0].Total, "13.004")
	d.equal("by category", d.ask("SELECT ChargeCategory, sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 1"),
		"Adjustment,0.004; Credit,-3.01; Purchase,3.00; Tax,1.90; Usage,11.11")
	d.equal("corrections", d.ask("SELECT ResourceName, BilledCost FROM usage WHERE ChargeClass = 'Correction'"), "Refund,-1.01")
	rows, _ := d.rows("compare", "--by", "account")
	d.equal("in the comparison", shown(rows, "current"), "13.004")
	page := d.report()
	d.has(page, "Adjustment", "Credit", "Tax")
}

// Azure/azure-rest-api-specs#3553, #3531, #6131 and #8131,
// Azure/azure-powershell#5631: what is fetched later has other numbers, rows
// twice, days missing. What changed is said, and rows that come twice count as
// often as they come.
func laterFetch(d *desk) {
	first := charge{}.over("2026-03-01", "2026-03-05", each("1"))
	later := charge{}.over("2026-03-01", "2026-03-06", func(n int, _ usage.Day) string { return []string{"1", "1.25", "1", "1", "1", "7"}[n] })
	r := d.take(mosa().file(first), mosa().file(later))
	if len(r[1].Replaced) != 1 {
		d.Errorf("replaced %v", r[1].Replaced)
	}
	rows, _ := d.rows("loads", "show", "2", "--changes")
	d.equal("changes", shown(rows, "day", "service", "what", "rows_added", "rows_changed", "delta"), "2026-03-02 Storage restated 0 1 0.25\n2026-03-06 Storage new day 1 0 7.00")
	d.equal("now", d.ask("SELECT count(*), sum(BilledCost) FROM usage"), "6,12.25")
	// A fetch that lost days does not take the place of one that has them.
	d.has(d.refuse(mosa().file(charge{}.over("2026-03-01", "2026-03-05", each("9")))), "its data reach to 2026-03-05 instead of 2026-03-06")
}

// Azure/azure-rest-api-specs#24407, Azure/azqr#745, cloudquery/cloudquery#9860,
// electrolux-oss/azure-cost-exporter#8: who answers 429 with a time to wait is
// asked again after that time, not before, and not for ever.
func tooManyRequests(d *desk) {
	busy := func(n int) error {
		return &loader.TemporaryError{Err: errors.New("429 Too Many Requests"), RetryAfter: []time.Duration{2 * time.Hour, 3 * time.Hour}[n%2]}
	}
	content := mosa().file(charge{}.over("2026-03-01", "2026-03-05", each("1")))
	s := &scripted{content: content, open: func(n int) error {
		if n < 3 {
			return busy(n)
		}
		return nil
	}}
	d.equal("in the end", s.load(d), "loaded 5, waited 2h0m0s 3h0m0s 2h0m0s")
	s = &scripted{content: content, list: func(n int) error {
		if n == 0 {
			return busy(n)
		}
		return nil
	}}
	d.equal("the listing", s.load(d), "loaded 5, waited 2h0m0s")
	s = &scripted{content: content, open: busy}
	d.equal("never", s.load(d), "refused 429 Too Many Requests; tried 4 times, so try again later, waited 2h0m0s 3h0m0s 2h0m0s")
}

// Azure/azure-rest-api-specs#24014 and #23859, Azure/azure-sdk-for-python#34096,
// Azure/azure-powershell#20922: a report that is not ready yet is no failure, an
// answer of 406 now and then is tried again, 404 is final at once, and a report
// that never comes ends the wait.
func lateAnswers(d *desk) {
	content := mosa().file(charge{}.over("2026-03-01", "2026-03-05", each("1")))
	notYet := &loader.TemporaryError{Err: errors.New("202 Accepted, no report yet"), RetryAfter: time.Minute}
	for _, c := range []struct {
		open func(int) error
		want string
	}{
		{func(n int) error { return []error{notYet, notYet, nil}[n] }, "loaded 5, waited 1m0s 1m0s"},
		{func(n int) error {
			return []error{&loader.TemporaryError{Err: errors.New("406"), RetryAfter: time.Second}, nil}[n]
		}, "loaded 5, waited 1s"},
		{func(int) error { return notYet }, "refused 202 Accepted, no report yet; tried 4 times, so try again later, waited 1m0s 1m0s 1m0s"},
		{func(n int) error { return fmt.Errorf("404: %w", fs.ErrNotExist) }, "refused 404: file does not exist, waited"},
	} {
		d.equal("a late answer", (&scripted{content: content, open: c.open}).load(d), c.want)
	}
}

// MicrosoftDocs/azure-docs#113232: an export that is made in the first days of a
// month never delivers the month before. What is missing is not zero: February is
// no saving, March no rise from nothing.
func missingMonth(d *desk) {
	for _, month := range []string{"2025-09", "2025-10", "2025-11", "2025-12", "2026-01", "2026-03"} {
		m := dayOf(month + "-01").Month()
		d.take(mosa().file(charge{service: "Compute"}.over(m.From.String(), m.Last().String(), about(40))))
	}
	rows, _ := d.rows("periods")
	d.equal("periods", shown(rows, "period", "data_to"),
		"2026-03 2026-03-31\n2026-01 2026-01-31\n2025-12 2025-12-31\n2025-11 2025-11-30\n2025-10 2025-10-31\n2025-09 2025-09-30")
	_, stderr := d.rows("compare")
	d.has(stderr, "2026-03 (2026-03-01 to 2026-03-31", "no comparison with 2026-02: load its files")
	d.lacks(stderr, "difference")
	_, stderr = d.run(1, "compare", "--month", "2026-02")
	d.has(stderr, "month 2026-02: the ledger has no charges on its days")
	d.quiet()
	_, stderr = d.run(1, "compare", "--period", "2026-02")
	d.has(stderr, "period 2026-02: the ledger has none; it has 2026-03, 2026-01")
	rows, stderr = d.rows("compare", "--period", "2026-01")
	d.has(stderr, "2026-01 (2026-01-01 to 2026-01-31", "2025-12 (2025-12-01 to 2025-12-31)")
	if rows[0]["prior"] == "0.00" {
		d.Errorf("January has a month before it: %v", rows)
	}
}

// MicrosoftDocs/azure-docs#98634: a refund is booked into the month of the
// purchase, which had been closed and reported.
func refundInClosedMonth(d *desk) {
	charges := charge{service: "Compute"}.over("2026-08-01", "2026-08-31", each("10"))
	d.take(ea().file(charges))
	d.lacks(d.report("--period", "2026-08"), "after it was last reported")
	refund := charge{day: "2026-08-01", service: "Marketplace", resource: "order", kind: "Refund", cost: "-99.50"}
	r := d.take(ea().file(append(charges, refund)), ea().file(charge{service: "Compute"}.over("2026-09-01", "2026-09-07", each("10"))))
	d.has(strings.Join(r[0].Warnings, "\n"), "2026-08 costs 99.5 EUR less than in")
	d.has(d.report(), "August 2026 fell by EUR 99.50 after it was last reported, on 23 Nov 2026; the largest part is Marketplace with EUR 99.50")
	rows, _ := d.rows("periods")
	d.equal("periods", shown(rows, "period", "total"), "2026-09 70.00\n2026-08 210.50")
	d.equal("the refund", d.ask("SELECT ChargeCategory, ChargeClass, BilledCost FROM usage WHERE BilledCost < 0"), "Credit,Correction,-99.50")
}

// Found in real files of version 2: the quantities per day add up to up to half a
// per cent more or less than the statement's, and its rates are computed from
// rounded amounts, so that a tiny consumption has a rate without meaning. The
// statement's money is the bill's, to the cent.
func statementIsTheMoney(d *desk) {
	r := d.take(version2("202608(7/12/2026 - 8/11/2026)", "2026-07-12",
		meter{"Disk", "30.00000000", "10.00", []string{"10.05", "10.05", "10.05"}},      // 30.15
		meter{"Writes", "700.00000000", "33.33", []string{"100", "298.253", "298.247"}}, // 696.5
		meter{"Tiny", "0.00000100", "0.01", []string{"0.000001"}},
		meter{"Free", "5.00000000", "0.00", []string{"2", "3"}},
	))
	d.equal("total", r[0].Total, "43.34")
	d.equal("by meter", d.ask("SELECT SkuMeter, sum(BilledCost), sum(ConsumedQuantity) FROM usage GROUP BY 1 ORDER BY 1"),
		"Disk,10.00,30.15; Free,0.00,5.00; Tiny,0.01,0.000001; Writes,33.33,696.50")
	// A day's share is that of the daily rows, not quantity times the rate.
	d.equal("the third day", d.ask("SELECT SkuMeter, BilledCost::DECIMAL(18,6) FROM usage WHERE ChargePeriodStart = '2026-07-14' ORDER BY 1"), "Disk,3.333333; Writes,14.272179")
	rows, _ := d.rows("periods")
	d.equal("the bill", shown(rows, "period", "from", "to", "total"), "2026-08 2026-07-12 2026-08-11 43.34")
}
