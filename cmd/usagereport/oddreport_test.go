package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"usagereport/usage"
)

// What there is little of, or nothing, or what goes the other way, is a report,
// too, in every form.
func TestOddReports(t *testing.T) {
	vm := charge{service: "Virtual Machines", meter: "D4", resource: "vm"}
	credit := charge{service: "Credits", more: map[string]string{"ChargeCategory": "Credit", "ConsumedQuantity": ""}}
	bought := charge{service: "Reservations", resource: "ri", more: map[string]string{"ChargeCategory": "Purchase", "ConsumedQuantity": ""}}
	only := func(c charge, days ...string) (out []charge) {
		for _, d := range days {
			out = append(out, c.over(d, d, each("250"))...)
		}
		return out
	}
	var cases []namedCase
	add := func(name string, charges []charge, args []string, says ...string) {
		cases = append(cases, namedCase{name, func(d *desk) {
			d.take(focus().file(charges))
			d.has(d.forms(args...), says...)
		}})
	}
	add("one day of data", only(vm, "2026-11-23"), nil, "Data to 23 Nov 2026, 23 of 30 days", "- So far **250.00 EUR**", "No comparison yet", "| Virtual Machines | 250.00 | 100 % |")
	add("one resource", vm.over("2026-09-01", "2026-11-23", about(40)), nil, "So far **922.00 EUR**", "More **+0.80 EUR (+0.1 %)**, against 23 days of 2026-10", "Nothing unusual; no action needed.")
	add("two currencies", slices.Concat(vm.over("2026-09-01", "2026-11-23", about(40)), charge{service: "SQL Database", resource: "db", currency: "USD", account: "s2"}.over("2026-09-01", "2026-11-23", about(15))), nil, "So far **922.00 EUR**", "So far **345.75 USD**", "the ledger holds 2 currencies", "The totals reconcile in EUR:", "The totals reconcile in USD:")
	add("only credits", credit.over("2026-10-01", "2026-11-23", func(_ int, day usage.Day) string { return "-" + about(40)(0, day) }), nil, "Data to 23 Nov 2026", "So far **−922.00 EUR**", "Less **−0.80 EUR**, against 23 days of 2026-10", "| Credit | −922.00 |", "the ledger −2,158.40")
	add("only purchases", only(bought, "2026-09-05", "2026-10-05", "2026-11-05"), nil, "Data to 5 Nov 2026, 5 of 30 days", "So far **250.00 EUR**", "Unchanged **0.00 EUR (0 %)**, against 5 days of 2026-10", "| 2026-10 | 1 to 31 Oct 2026 | closed |", "| Purchase | 250.00 |")
	add("a negative total", slices.Concat(vm.over("2026-09-01", "2026-11-23", about(4)), credit.over("2026-09-01", "2026-11-23", each("-30"))), nil, "So far **−597.80 EUR**", "More **+0.08 EUR**", "Nothing unusual", "| Credit | −690.00 |")
	add("nothing but zeros", vm.over("2026-09-01", "2026-11-23", each("0")), nil, "So far **0.00 EUR**", "Unchanged **0.00 EUR**, against", "Too little history to say what is unusual")
	add("a month without usage", slices.Concat(vm.over("2026-09-01", "2026-09-30", about(40)), vm.over("2026-11-01", "2026-11-23", about(40))), []string{"--month", "2026-10"}, "No charges to report", "month 2026-10: the ledger has no charges on its days; its usage goes from 1 Sep 2026 to 23 Nov 2026")
	runCases(t, cases)
}

// forms makes the report in every form, looks for what is no number, and returns
// the message, whose first lines are the answer.
func (d *desk) forms(args ...string) string {
	d.Helper()
	page := d.page(args...)
	form := func(name string, more ...string) string {
		path := d.path(name)
		d.run(0, slices.Concat([]string{"report", "--quiet", "-o", path}, args, more)...)
		b, err := os.ReadFile(path)
		if err != nil {
			d.Fatal(err)
		}
		return string(b)
	}
	message, model := form("report.md", "--format", "markdown"), form("report.json", "--format", "json")
	if !json.Valid([]byte(model)) {
		d.Errorf("no JSON: %.300s", model)
	}
	code := regexp.MustCompile(`(?s)<script.*?</script>|<style.*?</style>`)
	all := code.ReplaceAllString(page+form("zh.html", "--lang", "zh-Hant"), "") + message + model + d.sheets(form("report.xlsx", "--xlsx"))
	if at := regexp.MustCompile(`\bNaN\b|\bInf\b|%!|-0\.0+\b|#(NUM|DIV/0|VALUE|REF)!`).FindStringIndex(all); at != nil {
		d.Errorf("there is no number in %q", all[max(0, at[0]-200):at[1]])
	}
	return message
}

// sheets is the markup of a workbook's sheets, each of which must be whole.
func (d *desk) sheets(book string) string {
	d.Helper()
	z, err := zip.NewReader(bytes.NewReader([]byte(book)), int64(len(book)))
	if err != nil {
		d.Fatal(err)
	}
	var all strings.Builder
	for _, f := range z.File {
		if !strings.HasPrefix(f.Name, "xl/worksheets/sheet") && f.Name != "xl/sharedStrings.xml" {
			continue
		}
		r, err := f.Open()
		if err != nil {
			d.Fatal(err)
		}
		defer r.Close()
		tokens := xml.NewDecoder(io.TeeReader(r, &all))
		for err == nil {
			_, err = tokens.Token()
		}
		if !errors.Is(err, io.EOF) {
			d.Errorf("%s: %v", f.Name, err)
		}
	}
	if all.Len() == 0 {
		d.Error("the workbook has no sheet")
	}
	return all.String()
}
