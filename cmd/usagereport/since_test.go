package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// The difference to what was told is divided to the last digit: by what was known
// then of which days, subscriptions and owners.
func TestSince(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{
		{"each lane", func(d *desk) {
			disk := charge{account: "one", service: "Storage", meter: "Data", resource: "disk"}
			vm := charge{account: "one", service: "Compute", meter: "D2", resource: "vm", group: "web"}
			september := slices.Concat(disk.over("2026-09-01", "2026-09-30", each("10.00")), vm.over("2026-09-01", "2026-09-30", each("5")))
			d.take(focus().file(september), focus().file(slices.Concat(disk.over("2026-10-01", "2026-10-20", each("10.00")), vm.over("2026-10-01", "2026-10-20", each("5")))))
			d.write("owners.csv", "name,rule\nAda,SubAccountId=*\n")
			owners := d.path("owners.csv")
			d.run(exitDone, "report", "--record", "--owners", owners, "--owner", "Ada", "--period", "2026-10", "-o", d.path("told.html"), "-q")
			status, _ := d.rows("send", "--status")
			id := status[0]["id"]
			// Two days dearer by 0.123456789, the other eleven days, a tax, a credit, a
			// subscription; and the vm becomes somebody else's.
			tax := charge{account: "one", service: "Tax", meter: "VAT", resource: "tax", more: map[string]string{"ChargeCategory": "Tax"}}
			credit := charge{account: "one", service: "Credit", meter: "Credit", resource: "credit", more: map[string]string{"ChargeCategory": "Credit"}}
			d.take(focus().file(slices.Concat(
				disk.over("2026-10-01", "2026-10-02", each("10.123456789")), disk.over("2026-10-03", "2026-10-31", each("10.00")), vm.over("2026-10-01", "2026-10-31", each("5")),
				tax.over("2026-10-31", "2026-10-31", each("19.5")), credit.over("2026-10-31", "2026-10-31", each("-7.25")),
			)))
			more := disk
			more.account, more.resource = "two", "other"
			d.take(focus().file(more.over("2026-10-01", "2026-10-31", each("1"))))
			d.write("owners.csv", "name,rule\nBen,ServiceName=Compute\nAda,SubAccountId=*\n")
			rows, said := d.rows("compare", "--since", id, "--owners", owners)
			total := rows[len(rows)-1]
			for key, want := range map[string]string{
				"subscription": "(total)", "was": "300.00", "now": "353.496913578", "delta": "53.496913578",
				"restated": "0.246913578", "late": "165.00", "owner_moved": "-155.00", "newly_loaded": "31.00", "tax": "19.50", "credits": "-7.25", "shared": "0.00",
			} {
				if total[key] != want {
					d.Errorf("%s is %s, want %s", key, total[key], want)
				}
			}
			d.has(said, id+" of 2026-11-23, Ada, 2026-10 (2026-10-01 to 2026-10-31): 300.00 EUR then, 353.50 now, difference +53.50 EUR", "owner moved -155.00")
			for _, r := range rows { // each row adds up, and the rows do
				sum, delta := sumOf(d, r, "restated", "late", "owner_moved", "newly_loaded", "tax", "credits", "shared"), sumOf(d, r, "delta")
				if sum.Cmp(delta) != 0 {
					d.Errorf("%s %s: the lanes make %v of %v", r["subscription"], r["service"], sum, delta)
				}
			}
			// The next report says so, and with which it compares.
			page := d.report("--owners", owners, "--owner", "Ada", "--period", "2026-10")
			d.has(page, "Since you last read (23 Nov 2026, "+id+"): 1 to 31 Oct 2026 cost EUR 300.00 then and costs EUR 353.50 now,", "corrected by the cloud", "moved between owners −155.00,")
			html, _ := d.run(exitDone, "report", "--owners", owners, "--owner", "Ada", "--period", "2026-10", "-o", "-", "-q")
			if !regexp.MustCompile(`It compares with <bdi>` + id + `</bdi> of`).MatchString(html) {
				d.Error("the footer does not name what the report compares with")
			}
		}},
		{"of the last days", func(d *desk) {
			disk := charge{account: "one", service: "Storage", meter: "Data", resource: "disk"}
			october := func(cost string) string { return focus().file(disk.over("2026-10-01", "2026-10-31", each(cost))) }
			november := func(last string) string {
				return focus().file(append(disk.over("2026-11-01", "2026-11-22", each("10")), disk.over("2026-11-23", "2026-11-23", each(last))...))
			}
			d.take(october("10"), november("4"))
			d.run(exitDone, "report", "--record", "--period", "2026-10", "-o", d.path("told.html"), "-q")
			d.take(october("11"))
			page := d.report("--period", "2026-10")
			d.has(page, "costs EUR 341.00 now", "corrected by the cloud")
			d.lacks(page, "arrived late")
			d.run(exitDone, "report", "--record", "-o", d.path("told.html"), "-q")
			d.take(november("10"))
			told, _ := d.rows("send", "--status")
			for _, r := range told {
				if r["period"] == "2026-11" {
					d.has(d.report("--since", r["id"]), "costs EUR 230.00 now", "arrived late, or corrected by the cloud")
					return
				}
			}
			d.Errorf("of November nothing is recorded: %v", told)
		}},
		{"nothing", func(d *desk) {
			disk := charge{account: "one", service: "Storage", meter: "Data", resource: "disk"}
			d.take(focus().file(disk.over("2026-09-01", "2026-10-31", about(10))))
			d.run(exitDone, "report", "--record", "--period", "2026-10", "-o", d.path("told.html"), "-q")
			status, _ := d.rows("send", "--status")
			out, _ := d.run(exitDone, "compare", "--since", strings.ToLower(status[0]["id"]))
			d.has(out, "nothing has changed")
			if page := d.report("--period", "2026-10"); strings.Contains(page, "Since you last read") {
				d.Error("the report tells of a change that is none")
			}
			_, errs := d.run(exitUsage, "compare", "--since", "R-NONE")
			d.has(errs, "--since R-NONE: nothing was sent or recorded with this id")
			for _, other := range []string{"--period=2026-09", "--unit=orders", "--filter=service=Storage", "--against=year", "--cost=effective"} {
				_, errs = d.run(exitUsage, "compare", "--since", status[0]["id"], other)
				d.has(errs, "leave the other flags out")
			}
			d.write("owners.csv", "name,rule\nAda,SubAccountId=*\n")
			_, errs = d.run(exitUsage, "report", "--since", status[0]["id"], "--owners", d.path("owners.csv"), "--owner", "Ada", "-o", "-")
			d.has(errs, "it is of another owner")
			// Of an owner who had nothing, and still has.
			none := d.write("none.csv", "name,rule\nAda,SubAccountId=nix\n")
			for range 2 {
				d.run(exitDone, "report", "--record", "--owners", none, "--owner", "Ada", "--period", "2026-10", "-o", "-", "-q")
			}
		}},
	})
}

func sumOf(d *desk, row map[string]string, keys ...string) (sum usage.Decimal) {
	d.Helper()
	for _, k := range keys {
		v, _, err := usage.ParseDecimal(row[k])
		if err != nil {
			d.Fatal(k, row, err)
		}
		sum = sum.Add(v)
	}
	return sum
}
