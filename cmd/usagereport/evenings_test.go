package main

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// On the evening after the last day of a bill, of which a part has arrived, nothing that is missing is taken for a fall: the report and
// what a person reads first say about how much is to come. A bill whose last days are whole, or were loaded a week after them, says nothing.
func TestEveningAfterTheLastDay(t *testing.T) {
	t.Parallel()
	bill := func(from, to string) charge {
		return charge{more: map[string]string{"BillingPeriodStart": from + "T00:00:00Z", "BillingPeriodEnd": to + "T00:00:00Z"}}
	}
	var cases []namedCase
	for _, c := range []struct {
		name, first, second, end, last string // days of the clock, 23 November
		late                           bool
	}{
		{"a third has arrived", "2026-09-23", "2026-10-23", "2026-11-23", "35", true},
		{"all has arrived", "2026-09-23", "2026-10-23", "2026-11-23", "99", false},
		{"loaded a week later", "2026-09-16", "2026-10-16", "2026-11-16", "35", false},
	} {
		cases = append(cases, namedCase{c.name, func(d *desk) {
			before := func(text string, days usage.Day) string { return (dayOf(text) - days).String() }
			last := before(c.end, 1)
			d.take(
				focus().file(bill(c.first, c.second).over(c.first, before(c.second, 1), each("100"))),
				focus().file(slices.Concat(bill(c.second, c.end).over(c.second, before(c.end, 2), each("110")), bill(c.second, c.end).over(last, last, each(c.last)))),
			)
			page := d.report()
			_, said := d.run(exitDone, "report", "-o", d.path("page.html"))
			lines, _ := d.run(exitDone, "report", "--format", "markdown", "-o", "-")
			if !c.late {
				foretold, _ := d.run(exitDone, "forecast")
				d.has(foretold, ", and there is nothing left to forecast")
				d.lacks(page+said+lines+foretold, "has not arrived yet")
				return
			}
			foretold, _ := d.run(exitDone, "forecast")
			d.has(foretold, "is closing: it cost EUR 3,335.00 so far, and about EUR 74 of its last days has not arrived yet")
			d.has(lines, "bill 2026-09, 23 Sep to 22 Oct 2026; about EUR 74 has not arrived yet")
			d.has(said, "EUR 3,335.00 so far; about EUR 74 has not arrived yet, with it 14% above")
			d.has(page, "About EUR 74 of the last days has not arrived yet and counts here as less quantity.")
		}})
	}
	runCases(t, cases)
}

// A budget of a bill that has just ended counts what has not arrived yet of the bill's last days, in each form in which it is told.
func TestBudgetOfABillThatHasJustEnded(t *testing.T) {
	t.Parallel()
	bill := func(from, to string) charge {
		return charge{more: map[string]string{"BillingPeriodStart": from + "T00:00:00Z", "BillingPeriodEnd": to + "T00:00:00Z"}}
	}
	for _, c := range []struct {
		name, budget string
		says, lacks  string
		code         int
	}{
		{"exceeded with it", "3390", "Over budget with what has not arrived yet: about EUR 3,409 against 3,390", "within", exitCondition},
		{"within with it", "3500", "about EUR 74 has not arrived yet", "Over budget", exitDone},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			d.take(
				focus().file(bill("2026-09-23", "2026-10-23").over("2026-09-23", "2026-10-22", each("100"))),
				focus().file(slices.Concat(
					bill("2026-10-23", "2026-11-23").over("2026-10-23", "2026-11-21", each("110")),
					bill("2026-10-23", "2026-11-23").over("2026-11-22", "2026-11-22", each("35")))),
			)
			config := d.write("usagereport.yaml", "budget: {amount: "+c.budget+", period: month, currency: EUR}\n")
			owners := d.write("owners.csv", "name,rule,budget\nAda,SubAccountId=*,"+c.budget+"\n")
			_, said := d.run(exitDone, "report", "--config", config, "-o", d.path("page.html"))
			d.has(said, c.says)
			d.lacks(said, c.lacks)
			found, _ := d.run(c.code, "anomalies", "--config", config, "--fail-on", "budget")
			page := d.page("--owners", owners)
			held, _ := d.run(exitDone, "owners", "list", "--owners", owners, "--format", "json")
			d.has(held, `"budget_expected":"3408.74"`)
			if c.code == exitCondition {
				d.has(found, "is likely over: 3335.00 spent, about 3408.74 expected, with what has not arrived yet")
				d.has(page, "The budget will be exceeded: Ada with what has not arrived yet.", "over with what has not arrived yet")
			}
		})
	}
}

// Where an account has no data yet, the forecast counts it as usual: so does what it is compared with.
func TestForecastWithAMissingAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	of := func(account, from, to string) []charge { return charge{account: account}.over(from, to, each("100")) }
	d.take(
		focus().file(slices.Concat(of("one", "2026-09-01", "2026-09-30"), of("two", "2026-09-01", "2026-09-30"))),
		focus().file(slices.Concat(of("one", "2026-10-01", "2026-10-31"), of("two", "2026-10-01", "2026-10-31"))),
		focus().file(of("one", "2026-11-01", "2026-11-22")),
	)
	_, said := d.run(exitDone, "report", "-o", d.path("page.html"))
	d.has(said, "Forecast EUR 6,000, 3% below October.")
}

// What was foretold of earlier months, and what became of them, is of the accounts that the forecast counts, those without data too.
func TestTrackRecordWithAMissingAccount(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	of := func(account, from, to string) []charge { return charge{account: account}.over(from, to, each("100")) }
	var files []string
	for _, month := range [][2]string{{"2026-07-01", "2026-07-31"}, {"2026-08-01", "2026-08-31"}, {"2026-09-01", "2026-09-30"}, {"2026-10-01", "2026-10-31"}} {
		files = append(files, focus().file(slices.Concat(of("one", month[0], month[1]), of("two", month[0], month[1]))))
	}
	d.take(append(files, focus().file(of("one", "2026-11-01", "2026-11-22")))...)
	out, _ := d.run(exitDone, "forecast")
	d.has(out, "on this day of 2026-10: said 6200.00, became 6200.00", "on this day of 2026-09: said 6000.00, became 6000.00")
	d.run(exitDone, "audit")
}

// Of an account whose data end before the others' nothing more is awaited where it is compared over its days, and all that it lacks
// where the whole of a bill is compared.
func TestAwaitedOfAnAccountBehind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, first, second, end, reach, says, warns string }{
		{
			"open", "2026-10-01", "2026-11-01", "2026-12-01", "2026-11-23", "About EUR 60.00 of the last days has not arrived yet",
			"the data of two end on 19 Nov 2026, before the others'; it is compared over those days",
		},
		{
			"open, without one", "2026-10-01", "2026-11-01", "2026-12-01", "2026-11-04", "About EUR 60.00 of the last days has not arrived yet",
			"two has no data in this period",
		},
		{
			"just ended", "2026-09-23", "2026-10-23", "2026-11-23", "2026-11-22", "About EUR 460 of the last days has not arrived yet",
			"the data of two end on 18 Nov 2026, before the others'; what is missing counts as less",
		},
		{
			"ended two days ago", "2026-09-22", "2026-10-22", "2026-11-22", "2026-11-21", "About EUR 400 of the last days has not arrived yet",
			"the data of two end on 17 Nov 2026, before the others'; what is missing counts as less",
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			bill := func(account, from, to string) charge {
				return charge{account: account, more: map[string]string{"BillingPeriodStart": from + "T00:00:00Z", "BillingPeriodEnd": to + "T00:00:00Z"}}
			}
			before := func(text string, days usage.Day) string { return (dayOf(text) - days).String() }
			var old, now []charge
			for _, account := range []string{"one", "two"} {
				old = append(old, bill(account, c.first, c.second).over(c.first, before(c.second, 1), each("100"))...)
			}
			now = append(now, bill("one", c.second, c.end).over(c.second, before(c.reach, 1), each("100"))...)
			now = append(now, bill("one", c.second, c.end).over(c.reach, c.reach, each("40"))...)
			now = append(now, bill("two", c.second, c.end).over(c.second, before(c.reach, 4), each("100"))...)
			d.take(focus().file(old), focus().file(now))
			out, _ := d.run(exitDone, "compare", "--as-of", c.reach)
			d.has(out, c.says, c.warns)
		})
	}
}

// A sentence says the amount that stands beside it, in a currency without cents, too.
func TestSentenceSaysTheImpact(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var old, now []charge
	for i := range 8 {
		c := charge{resource: fmt.Sprintf("vm-%d", i), currency: "JPY", service: "Compute"}
		usual := about(150.37 + 31.7*float64(i))
		old = append(old, c.over("2026-08-01", "2026-10-31", func(n int, day usage.Day) string { return strings.Split(usual(n, day), ".")[0] })...)
		now = append(now, c.over("2026-11-01", "2026-11-19", func(n int, day usage.Day) string { return strings.Split(usual(n, day), ".")[0] })...)
		now = append(now, c.over("2026-11-20", "2026-11-23", each(fmt.Sprint(600+100*i)))...)
	}
	d.take(focus().file(old), focus().file(now))
	list, _ := d.findings()
	if len(list) == 0 {
		t.Fatal("nothing is unusual")
	}
	for _, f := range list {
		if amount := locale.InEnglish().Money(usage.Money{Amount: d.decimal(f.Impact), Currency: "JPY"}); !strings.Contains(f.Explanation, "JPY "+amount+" more") {
			t.Errorf("%s stands beside: %s", amount, f.Explanation)
		}
	}
}

// A price that has risen is told of its resource first, and of the meter once its days are enough. What was answered then still holds.
func TestAnswerOfAPriceThatGetsItsMeter(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	month := func(from, to string) string {
		var out []charge
		for i, c := range []charge{
			{resource: "vm", service: "Compute", meter: "D4"},
			{resource: "other", service: "Compute", meter: "D4"},
			{resource: "disk", service: "Storage", meter: "P10"},
		} {
			for _, x := range c.over(from, to, about(40+25*float64(i))) {
				x.more = map[string]string{"ListUnitPrice": "1"}
				if i == 0 && x.day >= "2026-11-15" {
					x.cost, x.more = d.times(x.cost, 3), map[string]string{"ListUnitPrice": "3"}
				}
				out = append(out, x)
			}
		}
		return focus().file(out)
	}
	d.take(month("2026-08-01", "2026-08-31"), month("2026-09-01", "2026-09-30"), month("2026-10-01", "2026-10-31"))
	d.take(month("2026-11-01", "2026-11-18"))
	d.report()
	first, _ := d.findings()
	d.equal("findings", fmt.Sprint(len(first)), "1")
	d.run(exitDone, "answers", "add", first[0].ID, "planned")
	d.take(month("2026-11-01", "2026-11-23"))
	later, _ := d.run(exitDone, "anomalies", "--format", "json")
	d.has(later, `"SkuMeter"`, `"planned"`)
}

// While the last day of a bill runs its report is not sent, however early files reach that day: that goes once, and would lack the most of it.
func TestSendAfterTheLastDay(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.write("owners.csv", "name,rule\nAda,SubAccountId=*\n")
	d.take(
		focus().file(charge{}.over("2026-09-01", "2026-09-30", each("10"))),
		focus().file(charge{}.over("2026-10-01", "2026-10-31", each("10"))),
		focus().file(charge{}.over("2026-11-01", "2026-11-30", each("20"))),
	)
	send := []string{"send", "--dry-run", "--owners", d.path("owners.csv")}
	for _, c := range []struct{ at, flag, period, cost, says string }{
		{"2026-11-30T23:00:00Z", "", "", "310.00 EUR", "2026-11 has not ended: 2026-11-30 is not over; reports are of 2026-10, and --period 2026-11 sends what there is"},
		{"2026-12-01T07:00:00+08:00", "", "", "310.00 EUR", "reports are of 2026-10"},
		{"2026-11-30T23:00:00Z", "--month", "last", "310.00 EUR", "reports are of 2026-10, and --month 2026-11 sends what there is"},
		{"2026-11-30T23:00:00Z", "--period", "2026-11", "600.00 EUR", ""},
		{"2026-12-01T00:15:00Z", "", "", "600.00 EUR", ""},
	} {
		at, err := time.Parse(time.RFC3339, c.at)
		if err != nil {
			t.Fatal(err)
		}
		d.now = at
		args := send
		if c.flag != "" {
			args = append(slices.Clone(send), c.flag, c.period)
		}
		out, errs := d.run(exitDone, args...)
		d.has(out, c.cost)
		d.has(errs, c.says)
	}
	d.now = time.Date(2026, time.September, 30, 20, 0, 0, 0, time.UTC)
	_, errs := d.run(exitFailed, append(send, "--as-of", "2026-09-30")...)
	d.has(errs, "2026-09 has not ended: 2026-09-30 is not over, and there is none before it; --period 2026-09 sends what there is")
}

// What befalls a cost that nobody owns, or that several share, no owner's mail tells: who looks after all of it is told, once.
func TestFindingsOfNobody(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	month := func(from, to string) string {
		var out []charge
		for i, name := range []string{"ada", "lab", "hub"} {
			x := charge{resource: name, service: "Compute " + name, meter: "D4"}
			for _, x := range x.over(from, to, about(40+25*float64(i))) {
				if name != "ada" && x.day >= "2026-11-10" || x.day >= "2026-11-16" {
					x.cost = d.times(x.cost, 3)
				}
				out = append(out, x)
			}
		}
		return focus().file(out)
	}
	d.write("owners.csv", "name,email,rule,share\nNetwork,,ResourceName=hub,even\nAda,ada@example.org,ResourceName=ada,\n")
	d.write("usagereport.yaml", "sender: finops@example.org\nadmin: boss@example.org\nchannels:\n  folder: {kind: folder, dir: "+d.path("sent")+"}\n")
	d.take(month("2026-08-01", "2026-08-31"), month("2026-09-01", "2026-09-30"), month("2026-10-01", "2026-10-31"), month("2026-11-01", "2026-11-14"))
	gate := func(code int, command ...string) {
		t.Helper()
		d.run(code, append(command, "--fail-on", "new-high", "--owners", d.path("owners.csv"), "--config", d.path("usagereport.yaml"))...)
	}
	gate(exitCondition, "anomalies")
	gate(exitCondition, "send", "--findings", "--dry-run")
	said := func() (mails string) {
		d.run(exitDone, "send", "--findings", "--owners", d.path("owners.csv"), "--config", d.path("usagereport.yaml"))
		paths, err := filepath.Glob(d.path("sent/administrator-*/*/mail.eml"))
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range paths {
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			mails += strings.NewReplacer("=\r\n", "", "=\n", "").Replace(string(b))
			if err := os.Remove(path); err != nil {
				t.Fatal(err)
			}
		}
		return mails
	}
	d.has(said(), "Findings of no owner", ", unassigned, probably Ada: same resource group: ", ", shared: Network: ")
	d.take(month("2026-11-01", "2026-11-15"))
	d.equal("what is told again", said(), "")
	gate(exitDone, "anomalies")
	gate(exitDone, "send", "--findings", "--dry-run")
	d.take(month("2026-11-01", "2026-11-19"))
	mail := said() // of what befell Ada
	d.has(mail, "sent: Ada", "Open findings", "unassigned, probably Ada: same resource group: ", "reported on 23 Nov 2026")
	d.lacks(mail, "Findings of no owner")
}

// A price that rises is one finding from its first evening on, under one number: what several machines share is told of their meter
// once its days are enough, and of one machine or of their group before. So nobody is told of it twice.
func TestPriceKeepsItsNumber(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		disks []string
	}{{"of one resource", []string{"disk"}}, {"of several", []string{"disk", "disk2", "disk3"}}} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			d := newDesk(t)
			month := func(from, to string) string {
				var out []charge
				for i, name := range append(slices.Clone(c.disks), "vm", "gateway") {
					x := charge{resource: name, service: "Storage", meter: "Hot LRS"}
					if i >= len(c.disks) {
						x.service, x.meter = "Compute", "D4"
					}
					for _, x := range x.over(from, to, about(40+25*float64(i))) {
						x.more = map[string]string{"ListUnitPrice": "1"}
						if x.service == "Storage" && x.day >= "2026-11-10" {
							x.cost, x.more = d.times(x.cost, 2), map[string]string{"ListUnitPrice": "2"}
						}
						out = append(out, x)
					}
				}
				return focus().file(out)
			}
			d.take(month("2026-08-01", "2026-08-31"), month("2026-09-01", "2026-09-30"), month("2026-10-01", "2026-10-31"))
			told := map[string]string{}
			for day := 11; day <= 20; day++ {
				evening := fmt.Sprintf("2026-11-%d", day)
				d.take(month("2026-11-01", evening))
				found, _ := d.findings()
				for _, f := range found {
					if told[f.ID] == "" {
						told[f.ID] = evening
					}
				}
			}
			if len(told) != 1 {
				t.Errorf("%d numbers, first told on %v, want one", len(told), told)
			}
		})
	}
}

// What several resources of one owner share has one number in the report on everything and in the owner's own: an answer to it holds in
// both, and a gate for what nobody was told of knows that the owner was. It keeps it while its days show more of what it is.
func TestOneNumberForOwnerAndAll(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	month := func(from, to string) string {
		var out []charge
		for _, name := range []string{"sql-1", "sql-2", "sql-3", "law", "vm"} {
			x, cost := charge{resource: name, group: "data", service: "PostgreSQL", meter: "vCore"}, each("19.20")
			switch name {
			case "law":
				x.service, x.meter, cost = "Log Analytics", "Ingestion", about(46)
			case "vm":
				x.group, x.service, x.meter = "search", "Compute", "D4"
			}
			for _, x := range x.over(from, to, cost) {
				x.more = map[string]string{"ListUnitPrice": "0.2"}
				if x.meter == "vCore" && x.day >= "2026-11-01" {
					x.cost, x.quantity, x.more = "23.808", "19.20", map[string]string{"ListUnitPrice": "0.248"}
				}
				out = append(out, x)
			}
		}
		return focus().file(out)
	}
	d.write("owners.csv", "name,email,rule\nData,data@example.org,x_ResourceGroupName=data\nSearch,,x_ResourceGroupName=search\n")
	d.write("usagereport.yaml", "sender: finops@example.org\nadmin: boss@example.org\nchannels:\n  folder: {kind: folder, dir: "+d.path("sent")+"}\n")
	flags := []string{"--owners", d.path("owners.csv"), "--config", d.path("usagereport.yaml")}
	d.take(month("2026-07-01", "2026-07-31"), month("2026-08-01", "2026-08-31"), month("2026-09-01", "2026-09-30"), month("2026-10-01", "2026-10-31"))
	told := map[string]bool{}
	for _, evening := range []string{"2026-11-03", "2026-11-04", "2026-11-05", "2026-11-08", "2026-11-16"} {
		d.take(month("2026-11-01", evening))
		d.now = d.now.Add(24 * time.Hour)
		for _, who := range [][]string{nil, {"--owner", "Data"}} {
			found, _ := d.findings(append(who, flags...)...)
			for _, f := range found {
				told[f.ID] = true
			}
		}
		d.run(exitDone, append([]string{"send", "--findings"}, flags...)...)
		d.run(exitDone, append([]string{"anomalies", "--fail-on", "new-high"}, flags...)...)
	}
	if len(told) != 1 {
		t.Fatalf("numbers of one price: %v", told)
	}
	for id := range told {
		d.run(exitDone, "answers", "add", id, "planned")
	}
	for _, who := range [][]string{nil, {"--owner", "Data"}} {
		out, _ := d.run(exitDone, append(append([]string{"anomalies", "--format", "json"}, flags...), who...)...)
		d.has(out, `"planned"`)
	}
}
