package main

import (
	"fmt"
	"html"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// What is hard to judge is answered, with a word on how far to trust it, and
// never with what is no number.
func TestBadInput(t *testing.T) {
	t.Parallel()
	vm := charge{service: "Virtual Machines", meter: "D4", resource: "vm"}
	db := charge{service: "SQL Database", meter: "vCore", resource: "db"}
	var cases []namedCase
	add := func(name string, charges []charge, says string, told ...string) {
		cases = append(cases, namedCase{name, func(d *desk) {
			d.take(focus().file(charges))
			d.sane(says, told)
			if today := "2026-11-23"; !strings.Contains(says, "too ") && !strings.Contains(says, "cost anything") {
				list, warnings := d.findings("--as-of", today)
				d.has(warnings, "data to "+today, "enough history")
				if len(list) != len(told) {
					d.Errorf("as of %s: %v", today, list)
				}
			}
		}})
	}
	year := func(c charge, cost func(int, usage.Day) string) []charge {
		return c.over("2025-10-20", "2026-11-23", cost)
	}

	add("three days of history", vm.over("2026-11-21", "2026-11-23", about(40)), "3 days of usage are too few to know what is usual. Load earlier months")
	add("one day", vm.over("2026-11-23", "2026-11-23", about(40)), "1 day of usage is too little to know what is usual")
	add("one series", year(vm, about(40)), "the one resource has enough history")
	add("all zeros", year(vm, each("0")), "No usage cost anything in 400 days of usage")
	add("one huge outlier", year(vm, func(_ int, d usage.Day) string {
		if d == dayOf("2026-11-18") {
			return "12000000000"
		}
		return about(40)(0, d)
	}), "enough history", "high spike up")
	add("an outlier long ago", year(vm, func(_ int, d usage.Day) string {
		if d == dayOf("2026-03-18") {
			return "12000000000"
		}
		return about(40)(0, d)
	}), "enough history")
	add("negative totals", slices.Concat(year(vm, func(_ int, d usage.Day) string { return "-" + about(40)(0, d) }), year(db, about(15))), "2 resources have enough history")
	add("credits that grow", year(vm, func(_ int, d usage.Day) string {
		if d >= dayOf("2026-11-02") {
			return "-160"
		}
		return "-" + about(40)(0, d)
	}), "enough history", "low level down")
	add("two currencies", slices.Concat(year(vm, about(40)), year(charge{service: "SQL Database", resource: "db", currency: "USD", account: "s2"}, about(15))), "USD: 2026-11")
	add("a gap of a month", year(vm, func(_ int, d usage.Day) string {
		if dayOf("2026-09-01").Month().Contains(d) {
			return ""
		}
		return about(40)(0, d)
	}), "no file covers 30 days of them")
	add("a gap of a month, just before", year(vm, func(_ int, d usage.Day) string {
		if dayOf("2026-10-01").Month().Contains(d) {
			return ""
		}
		return about(40)(0, d)
	}), "no file covers 31 days of them")
	stray := vm.over("2026-10-31", "2026-10-31", each("7"))
	stray[0].more = map[string]string{"BillingPeriodStart": "2026-11-01T00:00:00Z", "BillingPeriodEnd": "2026-12-01T00:00:00Z"}
	add("a stray hour of a month without a bill", slices.Concat(stray, year(vm, func(_ int, d usage.Day) string {
		switch {
		case dayOf("2026-10-01").Month().Contains(d):
			return ""
		case d >= dayOf("2026-11-10"):
			return "160"
		}
		return about(40)(0, d)
	})), "no file covers 31 days of them", "high level up")
	add("dated after today", slices.Concat(year(vm, about(40)), vm.over("2026-11-24", "2026-12-20", about(40))), "usage is dated up to 2026-12-20, which is after today")
	add("dated 2099", slices.Concat(year(vm, about(40)), vm.over("2099-01-01", "2099-01-02", about(40))), "usage is dated up to 2099-01-02, which is after today")

	cases = append(cases, namedCase{"from EA to MCA", func(d *desk) {
		d.take(agreements(d)...)
		if links := d.ask("SELECT count(*) AS n FROM links WHERE x_Dimension = 'BillingAccountId'"); !strings.Contains(links, "1") {
			d.Errorf("the change of agreement is no link: %s", links)
		}
		d.sane("enough history", nil)
	}}, namedCase{"from the files of EA to those of MCA", func(d *desk) {
		var before, after []charge
		for _, c := range []charge{vm, db} {
			before = append(before, c.over("2025-10-20", "2026-10-31", about(40))...)
			after = append(after, c.over("2026-11-01", "2026-11-23", about(40))...)
		}
		d.take(ea().file(before), mca().file(after))
		d.equal("billing accounts", d.ask("SELECT count(DISTINCT BillingAccountId) AS n FROM usage"), "2")
		d.sane("2 resources have enough history", nil)
	}}, namedCase{"a meter that is renamed everywhere", func(d *desk) {
		var charges []charge
		for i := range 6 {
			c := charge{service: "Virtual Machines", resource: fmt.Sprintf("vm%d", i), more: map[string]string{"x_SkuMeterId": "m1"}}
			for _, x := range c.over("2025-10-20", "2026-11-23", about(40)) {
				x.meter = "D2 v3"
				if x.day >= "2026-11-05" {
					x.meter = "D2 v3/D2s v3"
				}
				charges = append(charges, x)
			}
		}
		l := focus()
		l.header += ",x_SkuMeterId"
		d.take(l.file(charges))
		d.sane("6 resources have enough history", nil)
	}}, namedCase{"from EA to MCA, with new ids of the subscription", func(d *desk) {
		d.take(agreements(d, "moved")...)
		d.sane("3 resources have enough history", nil)
	}}, namedCase{"from EA to MCA, and a real incident", func(d *desk) {
		d.take(agreements(d, "moved", "incident")...)
		d.sane("3 resources have enough history", []string{"high level up"})
	}})
	runCases(t, cases)
}

// agreements are the files of 400 days, the last month under another agreement:
// of another billing account, "moved" with another id of the subscription, and
// with an "incident" of one machine that costs thrice as much since 10 November.
func agreements(d *desk, what ...string) []string {
	change := dayOf("2026-11-01")
	var old, new []charge
	for i, c := range []charge{
		{service: "Virtual Machines", meter: "D4", resource: "vm"}, {service: "SQL Database", meter: "vCore", resource: "db"}, {service: "Storage", meter: "Hot LRS", resource: "st"},
	} {
		for _, x := range c.over("2025-10-20", "2026-11-23", about(40*math.Pow(2, float64(i)))) {
			if x.day < change.String() {
				x.more = map[string]string{"SubAccountName": "Shop"}
				old = append(old, x)
				continue
			}
			if slices.Contains(what, "moved") {
				x.account = "s9"
			}
			if i == 0 && slices.Contains(what, "incident") && x.day >= "2026-11-10" {
				x.cost, x.quantity = "120", "120"
			}
			x.more = map[string]string{"BillingAccountId": "c"}
			new = append(new, x)
		}
	}
	l := focus()
	l.header += ",SubAccountName,ResourceName,ResourceType,x_ResourceGroupName"
	row := l.row
	l.row = func(c charge) map[string]string {
		out := row(c)
		out["SubAccountName"], out["ResourceName"], out["ResourceType"], out["x_ResourceGroupName"] = "Shop", c.resource, "M.S/things", c.group
		return out
	}
	return []string{l.file(old), l.file(new)}
}

// sane runs all that tells of findings, holds what it says to what is wanted, and
// looks for what is no number.
func (d *desk) sane(says string, told []string) {
	d.Helper()
	list, warnings := d.findings()
	d.has(warnings, says)
	var got []string
	for _, f := range list {
		got = append(got, fmt.Sprintf("%s %s %s", f.Severity, f.Kind, f.Direction))
	}
	if !slices.Equal(got, told) {
		d.Errorf("findings %q, want %q", got, told)
	}
	for _, f := range list {
		if err := checkEvidence(func(args ...string) string { out, _ := d.run(0, args...); return out }, f.ID); err != nil {
			d.Error(err)
		}
	}
	var all strings.Builder
	all.WriteString(warnings)
	collect := func(args ...string) {
		out, errs := d.run(0, args...)
		all.WriteString(out + errs)
	}
	for _, format := range []string{"table", "json"} {
		collect("anomalies", "--format", format)
		for _, f := range list {
			collect("anomalies", "why", f.ID, "--format", format)
		}
	}
	if !strings.Contains(says, "too ") { // else there is no last one
		collect("anomalies", "--period", "last")
	}
	all.WriteString(regexp.MustCompile(`(?s)<script>.*?</script>|<style.*?</style>`).ReplaceAllString(d.page(), ""))
	if at := regexp.MustCompile(`\bNaN\b|\bInf\b|%!|-0\.0+\b`).FindStringIndex(all.String()); at != nil {
		d.Errorf("there is no number in %q", all.String()[max(0, at[0]-200):at[1]])
	}
	d.chinese()
}

// chinese says that the report in Chinese has no English sentence: no two words
// in a row, but in names, other data and the names of the Azure portal.
func (d *desk) chinese(args ...string) {
	d.Helper()
	page := d.page(append(args, "--lang", "zh-Hant")...)
	for _, element := range []string{"script", "style", "pre", "code", "data", "bdi", "em"} {
		page = regexp.MustCompile(`(?s)<`+element+`\b.*?</`+element+`>`).ReplaceAllString(page, "|")
	}
	names, _ := d.rows("query", `SELECT DISTINCT unnest([ServiceName, SkuMeter, ResourceName, SubAccountName]) AS name FROM usage ORDER BY length(name) DESC, name`)
	said := regexp.MustCompile(`(?:aria-label|title|alt|placeholder)="([^"]*)"|>([^<]+)<`)
	english := regexp.MustCompile(`[A-Za-z]+[a-z'’](?: [A-Za-z]*[a-z'’])+`)
	for _, m := range said.FindAllStringSubmatch(page, -1) {
		text := html.UnescapeString(m[1] + m[2])
		for _, name := range names {
			if strings.Contains(name["name"], " ") {
				text = strings.ReplaceAll(text, name["name"], "|")
			}
		}
		if words := english.FindString(text); words != "" {
			d.Errorf("English on a Chinese page: %q in %q", words, m[0])
		}
	}
}

// The demo has most of what a report can say.
func TestChineseDemo(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	if err := demoOf(t).copyLedger(d.path("usage.duckdb")); err != nil {
		t.Fatal(err)
	}
	d.chinese()
	d.chinese("--period", "last")
	d.chinese("--month", "last")
}
