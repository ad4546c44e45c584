package main

import (
	"errors"
	"fmt"
	"os"
	"path"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// TestTrapsOfPeers holds the program to each bug that the study of its peers
// found in one of them, in its order. Most are about what is compared with what.
func TestTrapsOfPeers(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{
		{"what is new has no row of zero before", newWithoutZero},
		{"nothing yesterday, and more than one spike", severalSpikes},
		{"days without a row", daysWithoutRow},
		{"the clock is not an input", noClock},
		{"the last day is incomplete", partialLastDay},
		{"the same elapsed days across months", elapsedDays},
		{"amounts that a double would round", exactAmounts},
		{"a cost that never varies", constantCost},
		{"line ends in values, and values that are none", lineEndsInValues},
		{"two currencies", twoCurrencies},
		{"headers and meter ids of all kinds", headerVariants},
		{"a listing that breaks off, an analysis that fails", nothingSwallowed},
		{"reference data multiply no row", noFanOut},
		{"a savings plan's purchase that has both costs", savingsPlan},
		{"JSON on a terminal, in any language", plainJSON},
		{"all dimensions and deltas are in the output", everyColumn},
		{"the first load of a long history", longHistory},
		{"all prices change at once", exchangeRateStep},
		{"the parts add up to the total", partsAddUp},
		{"a big estate makes a small report", smallReport},
	})
}

// estate is five months of ordinary usage up to to: three things that vary a
// little.
func estate(to string) []charge {
	var out []charge
	for i, c := range []charge{{service: "Compute", resource: "vm"}, {service: "Storage", resource: "disk"}, {service: "SQL", resource: "db", group: "data"}} {
		out = append(out, c.over("2026-01-01", to, about(40+25*float64(i)))...)
	}
	return out
}

// byMonth writes a file for each calendar month of charges, oldest first.
func byMonth(l layout, charges []charge) []string {
	var names []string
	months := map[string][]charge{}
	for _, c := range charges {
		m := c.day[:7]
		if months[m] == nil {
			names = append(names, m)
		}
		months[m] = append(months[m], c)
	}
	var out []string
	for _, m := range names {
		out = append(out, l.file(months[m]))
	}
	return out
}

// azure-cost-cli's rule for new cost wants a row of zero before the first cost;
// files have none.
func newWithoutZero(d *desk) {
	d.take(byMonth(mosa(), append(estate("2026-06-20"), charge{service: "Compute", resource: "gpu"}.over("2026-06-09", "2026-06-20", each("35.5"))...))...)
	list, _ := d.findings()
	d.equal("findings", fmt.Sprint(list), "[high new up 2026-06-09..2026-06-20 map[ResourceId:/subscriptions/s1/resourcegroups/rg/providers/m.s/things/gpu ServiceName:Compute SubAccountId:s1 x_ResourceGroupName:rg] 426.00 EUR]")
	rows, _ := d.rows("compare", "--by", "resource")
	d.equal("the largest change", shown(rows[:1], "current", "prior", "delta", "percent", "status"), "426.00 0.00 426.00 null new")
}

// azure-cost-cli divides by yesterday's cost and keeps one spike for each item.
func severalSpikes(d *desk) {
	charges := append(estate("2026-06-27"), charge{service: "Batch", resource: "jobs"}.over("2026-01-01", "2026-06-27", func(_ int, day usage.Day) string {
		switch day.String() {
		case "2026-06-03", "2026-06-17":
			return "0"
		case "2026-06-04":
			return "400"
		case "2026-06-18":
			return "500"
		}
		return about(20)(0, day)
	})...)
	d.take(byMonth(mosa(), charges)...)
	list, _ := d.findings()
	var got []string
	for _, f := range list {
		got = append(got, f.Kind+" "+f.Start+" "+f.Actual+" "+f.Scope["ResourceId"])
	}
	id := " /subscriptions/s1/resourcegroups/rg/providers/m.s/things/jobs"
	d.equal("spikes", strings.Join(got, "\n"), "spike 2026-06-18 500.00"+id+"\nspike 2026-06-04 400.00"+id)
}

// azure-cost-cli, Costroid and others take the rows of a series for its days, so
// that Monday's cost is compared with that of the Monday before as if they were
// neighbours, or skip gaps; OptScale takes the mean of the days that have rows. A
// day that a source has not delivered is no zero.
func daysWithoutRow(d *desk) {
	charges := append(estate("2026-06-20"), charge{service: "Backup", resource: "weekly"}.over("2026-01-05", "2026-06-20", func(n int, _ usage.Day) string {
		if n%7 > 0 {
			return ""
		}
		return "140"
	})...)
	// Another subscription's file ends ten days before.
	charges = append(charges, charge{account: "s2", service: "Compute", resource: "late"}.over("2026-01-01", "2026-06-10", about(90))...)
	d.take(byMonth(mosa(), charges)...)
	d.quiet()
	_, stderr := d.rows("compare", "--by", "subscription")
	d.has(stderr, "2026-06 (2026-06-01 to 2026-06-30, open, data to 2026-06-20)")
	rows, _ := d.rows("compare", "--by", "subscription")
	prior := d.ask("SELECT SubAccountId, sum(BilledCost) FROM usage WHERE x_BillingPeriod = '2026-05' AND day(ChargePeriodStart) <= CASE SubAccountId WHEN 's1' THEN 20 ELSE 10 END GROUP BY 1 ORDER BY 1")
	got := map[string]string{}
	for _, r := range rows {
		got[r["sub_account_id"]] = r["prior"]
	}
	d.equal("each account over its own days", "s1,"+got["s1"]+"; s2,"+got["s2"], prior)
	// That is named wherever nothing else is said of those days.
	for _, command := range []string{"periods", "anomalies"} {
		_, stderr := d.rows(command)
		d.has(stderr, "s2 has data to 2026-06-10 only: what was used there since is not known")
		table, _ := d.run(0, command, "--as-of", "2026-06-10")
		d.lacks(table, "s2 has data to")
	}
	gone := d.other()
	gone.take(byMonth(mosa(), append(estate("2026-06-20"), charge{account: "s2", service: "Compute", resource: "late"}.over("2026-01-01", "2026-05-31", about(90))...))...)
	for _, command := range []string{"periods", "anomalies"} {
		table, stderr := gone.run(0, command)
		gone.has(table+stderr, "s2 has no data in 2026-06: what was used there is not known")
	}
}

// azure-cost-cli, koku and others ask the clock what today is: a report on old
// data changes with the day it is made.
func noClock(d *desk) {
	d.take(byMonth(mosa(), append(estate("2026-06-20"), charge{service: "Compute", resource: "gpu"}.over("2026-06-09", "2026-06-20", each("35.5"))...))...)
	ask := func() (out []string) {
		for _, args := range [][]string{
			{"periods", "--format", "json"}, {"compare", "--format", "json"}, {"compare", "--month", "last", "--format", "json"}, {"anomalies", "--format", "json"}, {"report", "-o", "-"},
		} {
			text, _ := d.run(0, args...)
			out = append(out, text)
		}
		return out
	}
	first := ask()
	for _, years := range []int{-20, 7} {
		d.now = d.now.AddDate(years, 1, 3)
		for i, text := range ask() {
			if text != first[i] {
				d.Errorf("answer %d is another one %d years later:\n%.3000s", i, years, text)
			}
		}
	}
	d.has(first[0], `"state":"open"`)
}

// Several peers call the last day, of which half has arrived, a fall; and a growth
// of many days ends with it.
func partialLastDay(d *desk) {
	charges := estate("2026-06-21")
	for i := range charges {
		if charges[i].day == "2026-06-21" {
			charges[i].cost = "0.40"
		}
	}
	d.take(byMonth(mosa(), charges)...)
	d.quiet()

	growing := d.other()
	growing.take(byMonth(mosa(), append(charges, charge{service: "Logs", resource: "log"}.over("2026-01-01", "2026-06-21", func(n int, day usage.Day) string {
		switch first := dayOf("2026-06-02"); {
		case day == dayOf("2026-06-21"):
			return "1"
		case day >= first:
			return fmt.Sprint(30 + 4*int(day-first))
		}
		return about(30)(n, day)
	})...))...)
	list, _ := growing.findings()
	if len(list) != 1 || list[0].Direction != "up" || !strings.HasSuffix(list[0].Scope["ResourceId"], "/log") || !list[0].Ongoing {
		d.Errorf("want the growth, told once and going on: %v", list)
	}
}

// Costroid sets 29 January to 28 February beside March. The n-th of March stands
// beside the n-th of February, as far as there is one, and a bill from the 12th
// beside the days from the 12th on. Each day costs its day of the month.
func elapsedDays(d *desk) {
	dated := func(_ int, day usage.Day) string { return fmt.Sprint(day.Time().Day()) }
	d.take(byMonth(mosa(), append(charge{}.over("2027-12-01", "2028-04-30", dated), charge{}.over("2026-12-01", "2027-03-31", dated)...))...)
	for _, c := range []struct{ asOf, want string }{
		{"2027-03-10", "55 55"},   // 1..10
		{"2027-03-28", "406 406"}, // all of February
		{"2027-03-30", "465 406"}, // February has no more
		{"2027-03-31", "496 406"}, // whole months
		{"2027-02-28", "406 496"}, // whole months
		{"2028-02-28", "406 406"}, // one day is missing in a leap year
		{"2028-02-29", "435 496"},
		{"2028-03-29", "435 435"},
		{"2028-03-30", "465 435"},
		{"2027-01-31", "496 496"},
	} {
		rows, _ := d.rows("compare", "--by", "account", "--as-of", c.asOf)
		d.equal(c.asOf, strings.ReplaceAll(shown(rows, "current", "prior"), ".00", ""), c.want)
	}
	bills := d.other()
	bills.take(
		version2("202608(7/12/2026 - 8/11/2026)", "2026-07-12", meter{"Disk", "31", "496.00", strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30 31")}),
		version2("202609(8/12/2026 - 9/11/2026)", "2026-08-12", meter{"Disk", "5", "50.00", strings.Fields("10 10 10 10 10")}),
	)
	rows, stderr := bills.rows("compare")
	d.equal("five days of a bill", shown(rows, "current", "prior"), "50.00 15.00")
	d.has(stderr, "2026-09 (2026-08-12 to 2026-09-11, open, data to 2026-08-16)", "2026-08 (2026-07-12 to 2026-08-11)")
}

// In DuckDB a quotient of decimals is a DOUBLE, and so is their median; a cast of
// a parameter rounds in silence (Costroid's notes on its decisions D25, D43, D44).
func exactAmounts(d *desk) {
	d.take(
		mosa().file([]charge{{day: "2026-02-01", resource: "a", cost: "123456789012345.000000000000000001"}, {day: "2026-02-01", resource: "b", cost: "0.1"}, {day: "2026-02-28", resource: "b", cost: "0.2"}}),
		mosa().file([]charge{{day: "2026-03-01", resource: "a", cost: "123456789012345.000000000000000003"}, {day: "2026-03-31", resource: "b", cost: "0.3"}}),
	)
	d.equal("sums", d.ask("SELECT x_BillingPeriod, sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 1"), "2026-02,123456789012345.300000000000000001; 2026-03,123456789012345.300000000000000003")
	rows, _ := d.rows("compare", "--by", "account")
	d.equal("comparison", shown(rows, "current", "prior", "delta"), "123456789012345.300000000000000003 123456789012345.300000000000000001 0.000000000000000002")
	rows, _ = d.rows("compare", "--by", "resource")
	d.equal("by resource", shown(rows, "delta"), "0.000000000000000002\n0.00")
	rows, _ = d.rows("periods")
	d.equal("periods", shown(rows, "total"), "123456789012345.300000000000000003\n123456789012345.300000000000000001")
	rows, _ = d.rows("query", "SELECT sum(BilledCost) AS cost FROM usage")
	d.equal("in JSON", shown(rows, "cost"), "246913578024690.600000000000000004")
}

// Where a cost never varies, its deviation is zero and any cent is infinitely
// unusual (one peer gives such scores a fixed 10).
func constantCost(d *desk) {
	constant := func(last string) []string {
		var out []charge
		for _, r := range []string{"a", "b", "c"} {
			out = append(out, charge{resource: r}.over("2026-01-01", "2026-06-20", func(_ int, day usage.Day) string {
				if r == "a" && day >= dayOf("2026-06-11") {
					return last
				}
				return "10"
			})...)
		}
		return byMonth(mosa(), out)
	}
	d.take(constant("10.01")...)
	d.quiet()
	jump := d.other()
	jump.take(constant("60")...)
	list, _ := jump.findings()
	if len(list) != 1 || list[0].Impact != "500.00" || list[0].Expected != "100.00" || list[0].Start != "2026-06-11" {
		d.Errorf("want the one jump, with finite numbers: %v", list)
	}
}

// Tailpipe splits files at line ends, also at those in quotes, and makes NULL of
// a date or amount that it cannot read; OpenCost picks the order of day and month
// row by row.
func lineEndsInValues(d *desk) {
	charges := charge{group: "line one\nline, \"two\""}.over("2026-03-01", "2026-03-03", each("1"))
	d.take(mosa().file(charges))
	d.equal("rows", d.ask("SELECT count(*), sum(BilledCost), count(DISTINCT x_ResourceGroupName), min(len(x_ResourceGroupName)) FROM usage"), "3,3.00,1,20")
	// The group stands in the id too, so a row takes three lines of the file.
	file := mosa().file(charges)
	for _, c := range []struct{ old, new, want string }{
		{"2026-03-03,Storage,Data,1,1,", "2026-03-03,Storage,Data,1,one,", `: PreTaxCost: "one": is not a decimal number`},
		{"2026-03-03,Storage,Data,1,1,", "2026-02-30,Storage,Data,1,1,", `: UsageDateTime: "2026-02-30": is not a date`},
		{"2026-03-03,Storage,Data,1,1,", ",Storage,Data,1,1,", `: UsageDateTime: "": is empty`},
		{"2026-03-03,Storage,Data,1,1,", "2026-03-03,Storage,Data,1,1 000,", `: PreTaxCost: "1 000": is not a decimal number`},
	} {
		bad := strings.Replace(file, c.old, c.new, 1)
		if bad == file {
			d.Fatal("nothing replaced")
		}
		line := 1 + strings.Count(bad[:strings.LastIndex(bad, "s1,\"line one")], "\n")
		d.has(d.refuse(bad), fmt.Sprint(line)+c.want)
	}
	d.equal("after the refusals", d.ask("SELECT count(*), (SELECT count(*) FROM loads) FROM usage"), "3,1")
	// 03/04 can be read both ways, 13/04 and 03/14 in one only: no order fits all.
	mixed := ea().file([]charge{
		{day: "2026-03-04", cost: "1"},
		{day: "2026-04-13", cost: "1", more: map[string]string{"Date": "13/04/2026"}},
		{day: "2026-03-14", cost: "1"},
	})
	d.has(d.refuse(mixed), `3: Date: "13/04/2026"`)
	d.has(d.refuse(mixed, "--date-order", "day-first"), `4: Date: "03/14/2026"`)
}

// A chart of Tailpipe adds up months over currencies.
func twoCurrencies(d *desk) {
	var charges []charge
	for _, c := range []charge{{currency: "EUR", resource: "a"}, {currency: "USD", resource: "b"}} {
		charges = append(charges, c.over("2026-01-01", "2026-06-20", about(map[string]float64{"EUR": 70, "USD": 11}[c.currency]))...)
		charges = append(charges, charge{currency: c.currency, resource: "new-" + c.currency}.over("2026-06-08", "2026-06-20", each(map[string]string{"EUR": "40", "USD": "50"}[c.currency]))...)
	}
	r := d.take(byMonth(mosa(), charges)...)
	last := r[len(r)-1]
	eur, usd := d.ask("SELECT sum(BilledCost) FROM usage WHERE x_BillingPeriod = '2026-06' AND BillingCurrency = 'EUR'"), d.ask("SELECT sum(BilledCost) FROM usage WHERE x_BillingPeriod = '2026-06' AND BillingCurrency = 'USD'")
	both := d.ask("SELECT sum(BilledCost) FROM usage WHERE x_BillingPeriod = '2026-06'")
	d.equal("the load", last.Totals["EUR"]+" "+last.Totals["USD"], eur+" "+usd)
	rows, _ := d.rows("compare", "--by", "account")
	d.equal("comparison", shown(rows, "current", "currency"), eur+" EUR\n"+usd+" USD")
	rows, _ = d.rows("periods")
	d.equal("periods", shown(rows[:1], "total", "currency"), eur+" EUR")
	d.equal("rows", fmt.Sprint(len(rows)), "12")
	list, _ := d.findings()
	var got []string
	for _, f := range list {
		got = append(got, f.Kind+" "+f.Impact+" "+f.Currency)
	}
	slices.Sort(got)
	d.equal("findings", strings.Join(got, ", "), "new 520.00 EUR, new 650.00 USD")
	page := d.report()
	d.has(page, eur, usd)
	d.lacks(page, both)
}

// project-koku/koku#3326: a meter's id may be "2core", no GUID. Costroid and
// others miss a header because of a mark before it, a language or a capital.
func headerVariants(d *desk) {
	charges := []charge{{day: "2026-03-04", cost: "1.5", more: map[string]string{"MeterId": "2core", "meterId": "2core"}}}
	for name, file := range map[string]string{
		"EA":          "\ufeff" + ea().file(charges),
		"EA, spaced":  ea().file(charges, "MeterCategory", "Meter Category", "SubscriptionId", "Subscription-Id"),
		"MCA":         mca().file(charges),
		"CSP":         csp().file(charges),
		"CSP, German": "\ufeff" + csp().file(charges, "meterId", "ID der Verbrauchseinheit (meterId)"),
	} {
		d := d.other()
		d.take(file)
		d.equal(name, d.ask("SELECT x_MeterId, ServiceName, BilledCost FROM usage"), "2core,Storage,1.50")
	}
	d.take(layout{
		"DepartmentName,AccountOwnerId,SubscriptionGuid,UsageDateTime,MeterCategory,MeterName,MeterId,UsageQuantity,ResourceRate,PreTaxCost,InstanceId",
		func(c charge) map[string]string {
			row := mosa().row(c)
			row["DepartmentName"], row["ResourceRate"] = "Sales", "0.75"
			return row
		},
	}.file(charges, "DepartmentName", "Name der Abteilung (DepartmentName)"))
	d.equal("EA of 2019", d.ask("SELECT x_InvoiceSectionName, ContractedUnitPrice, x_MeterId, BilledCost FROM usage"), "Sales,0.75,2core,1.50")
}

// Azure/azqr#1025: the second page was never asked for, and the result was
// shorter without a word. azure-cost-cli swallows what its forecast fails with.
func nothingSwallowed(d *desk) {
	content := mosa().file(charge{}.over("2026-03-01", "2026-03-05", each("1")))
	s := &scripted{content: content, breaks: errors.New("page 2 of the listing cannot be read")}
	d.equal("a listing that breaks off", s.load(d), "refused page 2 of the listing cannot be read, loaded 5, waited")

	d.take(content)
	for _, command := range []string{"compare", "anomalies", "report"} {
		args := []string{command}
		if command == "report" {
			args = append(args, "-o", d.path("none.html"))
		}
		_, stderr := d.run(1, append(args, "--period", "2020-01")...)
		d.has(stderr, "period 2020-01: the ledger has none")
		_, stderr = d.run(1, append(args, "--currency", "chf")...)
		d.has(stderr, "CHF")
	}
	ledger := d.env["USAGEREPORT_DB"]
	whole, err := os.ReadFile(ledger)
	if err != nil {
		d.Fatal(err)
	}
	if err := os.WriteFile(ledger, whole[:len(whole)/2], 0o644); err != nil {
		d.Fatal(err)
	}
	for _, args := range [][]string{{"compare"}, {"anomalies"}, {"periods"}, {"report", "-o", d.path("none.html")}} {
		if stdout, stderr := d.run(1, args...); stderr == "" || stdout != "" {
			d.Errorf("%v of a damaged ledger prints %q, %q", args, stdout, stderr)
		}
	}
	if _, err := os.Stat(d.path("none.html")); err == nil {
		d.Error("a report was written though the analysis failed")
	}
}

// microsoft/finops-toolkit#1920 and #1736: a join with reference data that have
// a key twice multiplies the rows, and with them the cost.
func noFanOut(d *desk) {
	charges := charge{}.over("2026-03-01", "2026-03-10", each("2"))
	for i := range charges {
		charges[i].more = map[string]string{"InstanceId": "/subscriptions/s1/resourceGroups/rg/providers/Microsoft.Compute/virtualMachines/vm"}
	}
	r := d.take(mosa().file(charges))
	d.load(0, d.write("rates.csv", "date,from,to,rate\n2026-01-01,EUR,USD,1.1\n2026-03-05,EUR,USD,1.2\n2026-03-05,EUR,USD,1.2\n"), d.write("more.csv", "date,from,to,rate\n2026-01-01,EUR,USD,1.1\n"))
	d.equal("usage", d.ask("SELECT count(*), sum(BilledCost) FROM usage"), fmt.Sprint(r[0].Rows)+",20.00")
	d.equal("with a category", d.ask("SELECT ServiceCategory, count(*) FROM usage GROUP BY 1"), "Compute,10")
	d.equal("converted", d.ask("SELECT count(*), sum(BilledCost), sum(x_ReportingBilledCost) FROM usage_converted"), "10,20.00,23.20")
	rows, _ := d.rows("compare")
	d.equal("comparison", shown(rows, "current"), "20.00")
}

// microsoft/finops-toolkit#1092 and #836: the purchase of a savings plan has its
// cost as EffectiveCost too, beside the usage over which the plan is spread; and
// usage under a plan is called Standard.
func savingsPlan(d *desk) {
	plan := func(more ...string) map[string]string {
		m := map[string]string{"PricingCategory": "Committed", "CommitmentDiscountId": "sp-1"}
		for i := 0; i < len(more); i += 2 {
			m[more[i]] = more[i+1]
		}
		return m
	}
	charges := charge{resource: "vm", more: plan("BilledCost", "0", "EffectiveCost", "3")}.over("2026-03-01", "2026-03-10", each("0"))
	charges = append(charges, charge{resource: "other"}.over("2026-03-01", "2026-03-10", each("1"))...)
	charges = append(charges, charge{day: "2026-03-01", resource: "plan", cost: "30", more: plan("ChargeCategory", "Purchase")})
	d.equal("total", d.take(focus().file(charges))[0].Total, "40.00")
	d.equal("the month", d.ask("SELECT sum(BilledCost), sum(EffectiveCost) FROM usage"), "40.00,40.00")
	d.equal("the purchase", d.ask("SELECT BilledCost, EffectiveCost FROM usage WHERE ChargeCategory = 'Purchase'"), "30.00,0.00")

	for _, model := range []string{"SavingsPlan", "Savings Plan", "Reservation"} {
		azure := d.other()
		azure.take(ea().file([]charge{
			{day: "2026-03-01", resource: "vm", cost: "3", more: map[string]string{"PricingModel": model}},
			{day: "2026-03-01", resource: "other", cost: "1"},
			{day: "2026-03-01", resource: "spot", cost: "1", more: map[string]string{"PricingModel": "Spot"}},
		}))
		d.equal(model, azure.ask("SELECT ResourceName, PricingCategory, x_CostType FROM usage ORDER BY 1"), "other,Standard,amortized; spot,Dynamic,amortized; vm,Committed,amortized")
	}
}

// azure-cost-cli #227 colours its JSON, and it wrote decimals as the user's
// language has them.
func plainJSON(d *desk) {
	file := d.write("march.csv", mosa().file(charge{group: "grün"}.over("2026-03-01", "2026-03-03", each("1234.5"))))
	for key, value := range map[string]string{"LANG": "de_DE.UTF-8", "LC_ALL": "de_DE.UTF-8", "LC_NUMERIC": "de_DE.UTF-8", "TERM": "xterm-256color", "CLICOLOR_FORCE": "1", "FORCE_COLOR": "1"} {
		d.env[key] = value
	}
	d.width = 80
	for _, args := range [][]string{
		{"load", file},
		{"inspect", file},
		{"loads"},
		{"loads", "show", "1"},
		{"periods"},
		{"compare", "--by", "resource-group"},
		{"anomalies"},
		{"query", "SELECT x_ResourceGroupName, sum(BilledCost) AS cost FROM usage GROUP BY 1"},
		{"report", "-o", "-", "--quiet"},
	} {
		formats := []string{"json", "csv"}
		if args[0] == "report" {
			formats = []string{""}
		}
		for _, format := range formats {
			all := args
			if format != "" {
				all = append(all[:len(all):len(all)], "--format", format)
			}
			out, _ := d.run(0, all...)
			d.lacks(out, "\x1b", "3703,5", "3.703,5")
			if format == "json" {
				var v any
				d.decode(out, &v)
			}
		}
	}
	out, _ := d.run(0, "periods", "--format", "csv")
	d.equal("CSV", out, "period,from,to,state,data_to,accounts,total,currency,estimate,final,invoice,number,difference,why\n"+
		"2026-03,2026-03-01,2026-03-31,open,2026-03-03,1,3703.50,EUR,3703.50,,,,,no invoice: open\n")
	out, _ = d.run(0, "compare", "--by", "resource-group", "--format", "csv")
	d.equal("compare", out, "x_resource_group_name,current,prior,delta,percent,status,currency,"+bridgeColumns+"\n"+
		`grün,3703.50,,,,"",EUR`+strings.Repeat(",", 16)+"\n")
}

// bridgeColumns are the columns of compare that say why.
const bridgeColumns = "price,quantity,calendar,missing_days,new,gone,resized,renamed,moved_in,moved_out,purchases,credits,tax,rounding,unattributed,delta_adjusted"

// azure-cost-cli #174, rilldata/rill#5295: an export lacks the dimension that it
// was asked for, or the deltas.
func everyColumn(d *desk) {
	d.take(
		mosa().file(charge{}.over("2026-02-01", "2026-02-28", each("1"))),
		mosa().file(append(charge{}.over("2026-03-01", "2026-03-03", each("2")), charge{day: "2026-03-02", service: "Compute", meter: "Hours", group: "web", resource: "vm", cost: "5"})),
	)
	dims := "account,subscription,resource-group,service,region,resource,meter"
	out, _ := d.run(0, "compare", "--by", dims, "--format", "csv")
	d.equal("CSV", out, strings.Join([]string{
		"billing_account_id,sub_account_id,x_resource_group_name,service_name,region_id,resource_id,sku_meter,current,prior,delta,percent,status,currency," + bridgeColumns,
		`s1,s1,web,Compute,"",/subscriptions/s1/resourcegroups/web/providers/m.s/things/vm,Hours,5.00,0.00,5.00,,new,EUR,0.00,0.00,0.00,0.00,5.00` + strings.Repeat(",0.00", 10) + ",5.00",
		`s1,s1,rg,Storage,"",/subscriptions/s1/resourcegroups/rg/providers/m.s/things/a,Data,6.00,3.00,3.00,100,"",EUR` + strings.Repeat(",0.00", 14) + ",3.00,3.00", "",
	}, "\n"))
	rows, _ := d.rows("compare", "--by", dims)
	d.equal("JSON", shown(rows, "sub_account_id", "x_resource_group_name", "service_name", "sku_meter", "current", "prior", "delta", "percent"), "s1 web Compute Hours 5.00 0.00 5.00 null\ns1 rg Storage Data 6.00 3.00 3.00 100")
	for _, dim := range strings.Split(dims, ",") {
		out, _ := d.run(0, "compare", "--by", dim, "--format", "csv")
		d.has(strings.SplitN(out, "\n", 2)[0], ",current,prior,delta,percent,status,currency")
	}
}

// Costroid learned to say nothing of the past when alerts are first switched on:
// a year of history has a year of steps, and only those of the period are news.
func longHistory(d *desk) {
	charges := estate("2026-11-20")
	for m := 2; m <= 11; m++ { // each month something begins to cost four times as much
		charges = append(charges, charge{service: "Compute", group: fmt.Sprintf("team%02d", m), resource: fmt.Sprintf("step%02d", m)}.over("2026-01-01", "2026-11-20", func(n int, day usage.Day) string {
			if day >= dayOf(fmt.Sprintf("2026-%02d-08", m)) {
				return about(80)(n, day)
			}
			return about(20)(n, day)
		})...)
	}
	var names []string
	for i, content := range byMonth(mosa(), charges) {
		names = append(names, d.write(fmt.Sprintf("history/%02d.csv", i), content))
	}
	if r := d.load(0, d.path("history")); len(r) != len(names) || len(r) != 11 {
		d.Fatalf("%d files loaded", len(r))
	}
	list, _ := d.findings()
	var got []string
	for _, f := range list {
		got = append(got, f.Start+" "+path.Base(f.Scope["ResourceId"]))
	}
	slices.Sort(got)
	// October's goes on and began within seven weeks; the eight before it are how
	// things are.
	d.equal("steps", strings.Join(got, ", "), "2026-10-08 step10, 2026-11-08 step11")
}

// chris-bowman/Azure-Cost-Reporting#28: another exchange rate, or the same amounts
// in another currency, looks like a spike of all there is.
func exchangeRateStep(d *desk) {
	charges := func(currency string) []string {
		var out []charge
		for i := range 60 {
			c := charge{service: []string{"Compute", "Storage", "SQL"}[i%3], meter: fmt.Sprint("m", i%6), group: fmt.Sprint("g", i%5), resource: fmt.Sprint("r", i)}
			for _, c := range c.over("2026-01-01", "2026-06-20", about(10+float64(i))) {
				if c.day >= "2026-06-01" {
					c.currency = currency
					c.cost = d.times(c.cost, 6)
				}
				out = append(out, c)
			}
		}
		return byMonth(mosa(), out)
	}
	d.take(charges("EUR")...)
	list, _ := d.findings()
	d.equal("six times the price", fmt.Sprint(list), "[high price up 2026-06-01..2026-06-20 map[SubAccountId:s1] 237000.00 EUR]")

	// The same step as another currency is no comparison at all.
	krone := d.other()
	krone.take(charges("DKK")...)
	list, _ = krone.findings()
	d.equal("another currency", fmt.Sprint(list), "[]")
	rows, stderr := krone.rows("compare", "--by", "account", "--currency", "dkk")
	d.equal("in kroner", shown(rows, "current", "prior", "currency"), "284400.00 null DKK")
	d.has(stderr, "284400.00 DKK; no comparison with ")
}

// microsoft/fabric-toolbox#635: meters that no table maps are in no part, so the
// parts do not add up to the total.
func partsAddUp(d *desk) {
	var charges []charge
	for i := range 40 { // more than the report lists
		charges = append(charges, charge{day: "2026-03-01", service: fmt.Sprintf("Service %02d", i), group: fmt.Sprint("g", i), resource: fmt.Sprint("r", i), cost: fmt.Sprintf("%d.01", i+1)})
	}
	charges = append(charges,
		charge{day: "2026-03-01", cost: "7.77", more: map[string]string{"MeterCategory": "", "ResourceGroup": "", "InstanceId": ""}},
		charge{day: "2026-03-01", cost: "-3.33", more: map[string]string{"MeterCategory": "", "MeterName": ""}},
	)
	total := d.take(mosa().file(charges))[0].Total
	d.equal("total", total, "824.84") // 820 + 40 * 0.01 + 7.77 - 3.33
	for _, by := range []string{"service", "resource-group", "resource", "meter", "region", "service,resource"} {
		for _, top := range []string{"0", "5"} {
			rows, _ := d.rows("compare", "--by", by, "--top", top)
			d.equal(by+" "+top, d.sum(rows, "current"), total)
		}
	}
	d.equal("by category", d.ask("SELECT ServiceCategory IS NULL, sum(BilledCost) FROM usage GROUP BY 1"), "true,824.84")
	page := d.page()
	d.has(page, "The totals agree (EUR)")
	_, costs, _ := strings.Cut(page, `name="cost-EUR"`)
	pane := regexp.MustCompile(`(?s)<div class="pane"><table class="movers">.*?<tbody>(.*?)</tbody>\s*<tfoot>(.*?)</tfoot>\s*</table>(.*?)</div>`)
	tables := pane.FindAllStringSubmatch(costs, -1)
	if len(tables) < 3 {
		d.Fatalf("%d tables of parts", len(tables))
	}
	for i, table := range tables {
		amounts := func(html string) (out []map[string]string) {
			for _, m := range regexp.MustCompile(`<td class="num[^"]*"><data value="([^"]*)">`).FindAllStringSubmatch(html, -1) {
				out = append(out, map[string]string{"cost": m[1]})
			}
			return out
		}
		foot := amounts(table[2])
		rest, all := foot[:len(foot)-1], foot[len(foot)-1:]
		d.equal(fmt.Sprintf("table %d", i), d.sum(slices.Concat(amounts(table[1]), rest), "cost")+" "+shown(all, "cost"), total+" "+total)
		if more := amounts(table[3]); len(more) > 0 {
			d.equal(fmt.Sprintf("the others of table %d", i), d.sum(more, "cost"), shown(rest, "cost"))
		}
	}
}

// evidentlyai/evidently#15 and #1046: a page with all rows in it that no browser
// opens.
func smallReport(d *desk) {
	var charges []charge
	for i := range 2000 {
		charges = append(charges, charge{service: fmt.Sprint("S", i%30), group: fmt.Sprint("g", i%200), resource: fmt.Sprint("resource-", i), meter: fmt.Sprint("m", i%90)}.over("2026-05-20", "2026-06-08", about(1+float64(i%17)))...)
	}
	d.take(byMonth(mosa(), charges)...)
	page := d.page()
	// 2,000 resources on 20 days; none of them stands out.
	if n := strings.Count(page, "resource-"); len(page) > 2<<20 || n > 200 || n == 0 {
		d.Errorf("%d bytes, %d mentions of resources", len(page), n)
	}
}
