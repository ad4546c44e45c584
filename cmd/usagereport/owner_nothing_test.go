package main

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
)

// An owner without charges in the period stands with the budget as the owner's own report has it: with what was spent of it
// earlier in its year, or of what several share.
func TestBudgetOfAnOwnerWithoutCharges(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	of := func(account, from, to, cost string) []charge {
		return charge{account: account}.over(from, to, each(cost))
	}
	d.take(
		focus().file(of("gone", "2026-05-01", "2026-05-31", "5")),
		focus().file(of("one", "2026-09-01", "2026-09-30", "10")),
		focus().file(of("one", "2026-10-01", "2026-10-31", "10")),
		focus().file(of("one", "2026-11-01", "2026-11-15", "10")),
	)
	owners := d.write("owners.csv", `name,rule,budget,period,share
Gone,SubAccountId=gone,100,year,
Past,SubAccountId=gone,1000,month,
Idle,SubAccountId=none,100,month,
Plain,SubAccountId=none,,,
Bears,,60,month,
Network,SubAccountId=one & x_ResourceGroupName=rg,,,Bears=50;One=50
One,SubAccountId=one,,,
`)
	listed, _ := d.rows("owners", "list", "--owners", owners)
	d.equal("owners list", shown(listed, "owner", "cost", "spent", "left", "expected", "over_on"), `Gone 0.00 155.00 -55.00 null 2026-05-21
Past 0.00 0.00 1000.00 null null
Idle 0.00 0.00 100.00 null null
Plain 0.00 null null null null
Bears 75.00 75.00 -15.00 150.00 2026-11-13
One 75.00 null null 150.00 null
(nobody) 0.00 null null null null`)

	type standing struct {
		Owner, Spent    string
		Delta, Expected *string
		Budget          *struct{ Spent, Left string }
	}
	var report struct {
		Parts []struct {
			Total  string
			Owners []standing
			Budget *struct {
				Spent, Left     string
				Exceeded, Ended int
			}
		}
	}
	out, _ := d.run(exitDone, "report", "--owners", owners, "--format", "json", "-o", "-")
	d.decode(out, &report)
	var told []string
	for _, row := range listed {
		i := slices.IndexFunc(report.Parts[0].Owners, func(o standing) bool { return o.Owner == row["owner"] })
		if i < 0 {
			continue
		}
		o := report.Parts[0].Owners[i]
		told = append(told, o.Owner)
		d.equal("cost of "+o.Owner, o.Spent, row["cost"])
		if o.Budget != nil {
			d.equal("budget of "+o.Owner, o.Budget.Spent+" "+o.Budget.Left, row["spent"]+" "+row["left"])
		}
	}
	names, _ := json.Marshal(told)
	d.equal("the page's owners", string(names), `["Gone","Past","Idle","Bears","One"]`)

	for _, row := range listed {
		if row["spent"] == "null" {
			continue
		}
		out, _ := d.run(exitDone, "report", "--owners", owners, "--owner", row["owner"], "--period", "2026-11", "--format", "json", "-o", "-")
		d.decode(out, &report)
		b := report.Parts[0].Budget
		d.equal("the report of "+row["owner"], b.Spent+" "+b.Left, row["spent"]+" "+row["left"])
	}
	page, said := d.run(exitDone, "report", "--owners", owners, "--owner", "Bears", "--period", "2026-11", "-o", "-")
	d.has(page, "Forecast for November", "150.00")
	if strings.Contains(page+said, "Load the month before") || strings.Contains(said, "no charges") {
		t.Errorf("of an owner of shared cost alone: %s", said)
	}
	said, _ = d.run(exitCondition, "anomalies", "--owners", owners, "--fail-on", "budget")
	d.has(said, "Gone: the budget of EUR 100.00 for 2026-01-01 to 2026-12-31 is over: 155.00 spent", "Bears: the budget of EUR 60.00")
}

// What is shared goes on in the months of a year's budget after the current one, as what is the owner's own does.
func TestYearsBudgetOfSharedCost(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	var files []string
	for _, month := range [][2]string{{"2026-08-01", "2026-08-31"}, {"2026-09-01", "2026-09-30"}, {"2026-10-01", "2026-10-31"}, {"2026-11-01", "2026-11-15"}} {
		files = append(files, focus().file(charge{account: "one"}.over(month[0], month[1], each("10"))))
	}
	d.take(files...)
	expected := func(owners string) string {
		listed, _ := d.rows("owners", "list", "--owners", d.write("owners.csv", owners))
		return listed[0]["budget_expected"]
	}
	d.equal("the owner's own", expected("name,rule,budget,period\nOne,SubAccountId=one,900,year\n"), "1530.00") // 107 days, 46 to come
	d.equal("half of it, shared", expected(`name,rule,budget,period,share
Bears,,700,year,
Network,SubAccountId=one,,,Bears=50;Rest=50
Rest,SubAccountId=none,,,
`), "765.00")
}
