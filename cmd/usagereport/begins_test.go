package main

import "testing"

// Files that begin within the days that are compared with are no cost of nothing before: each form says so.
func TestDataThatBeginWithin(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	const begins = "The data begin on 10 Sep 2026: what was used in 2026-09 before is not known"
	of := func(from, to string) []charge { return charge{account: "one"}.over(from, to, each("10")) }
	d.take(focus().file(of("2026-09-10", "2026-09-20")))
	d.lacks(d.page(), "The data begin") // nothing is compared with it
	d.take(focus().file(of("2026-09-21", "2026-09-30")), focus().file(of("2026-10-01", "2026-10-15")))
	said, told := d.run(exitDone, "compare")
	d.has(said+told, begins)
	d.has(d.page(), begins)
}

// A currency that began later, an owner's first charge and that of a service tell nothing of where the data begin.
func TestDataThatBeginEarlier(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(
		focus().file(charge{account: "one"}.over("2026-09-01", "2026-09-30", each("10"))),
		focus().file(append(charge{account: "one"}.over("2026-10-01", "2026-10-15", each("10")),
			charge{account: "one", service: "New", currency: "USD"}.over("2026-10-05", "2026-10-15", each("10"))...)),
	)
	owners := d.write("owners.csv", "name,rule\nNew,ServiceName=New\n")
	for _, args := range [][]string{
		{"compare"}, {"compare", "--currency", "USD"}, {"compare", "--filter", "service=New"}, {"compare", "--owners", owners, "--owner", "New"},
	} {
		said, told := d.run(exitDone, args...)
		d.lacks(said+told, "The data begin")
	}
}

// A period that none of several currencies has is one that there is not; where one has it, the others have no figures.
func TestForecastOfAPeriodWithoutACurrency(t *testing.T) {
	t.Parallel()
	d := newDesk(t)
	d.take(
		focus().file(charge{account: "one"}.over("2026-09-01", "2026-09-30", each("10"))),
		focus().file(charge{account: "two", currency: "USD"}.over("2026-10-01", "2026-10-15", each("10"))),
	)
	for _, format := range []string{"table", "json"} {
		_, told := d.run(exitFailed, "forecast", "--period", "2026-01", "--format", format)
		d.has(told, "period 2026-01: the ledger has none")
	}
	out, _ := d.run(exitDone, "forecast", "--period", "2026-10", "--format", "json")
	var list []map[string]any
	d.decode(out, &list)
	for _, o := range list {
		for _, key := range []string{"period", "from", "to", "state", "known", "planned", "expected"} {
			if v, there := o[key]; !there || (v == nil) != (o["currency"] == "EUR") {
				t.Errorf("%s: %s is %v", o["currency"], key, v)
			}
		}
	}
}
