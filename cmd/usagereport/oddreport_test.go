package main

import (
	"archive/zip"
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"html"
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
	t.Parallel()
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
	add("one day of data", only(vm, "2026-11-23"), nil, "Data to 23 Nov 2026, 23 of 30 days", "- Spent to 23 Nov **EUR 250.00**", "No comparison yet", "| Virtual Machines | 250.00 | 100% |")
	add("one resource", vm.over("2026-09-01", "2026-11-23", about(40)), nil, "Spent to 23 Nov **EUR 922.00**", "Change **EUR +0.80 (+0.1%)**, against 23 days of October 2026", "Nothing unusual. No action needed.")
	add("two currencies", slices.Concat(vm.over("2026-09-01", "2026-11-23", about(40)), charge{service: "SQL Database", resource: "db", currency: "USD", account: "s2"}.over("2026-09-01", "2026-11-23", about(15))), nil, "Spent to 23 Nov **EUR 922.00**", "Spent to 23 Nov **USD 345.75**", "Costs are in 2 currencies. Each has its own section; they are never added up.", "The totals agree (EUR):", "The totals agree (USD):")
	add("only credits", credit.over("2026-10-01", "2026-11-23", func(_ int, day usage.Day) string { return "-" + about(40)(0, day) }), nil, "Data to 23 Nov 2026", "Spent to 23 Nov **EUR −922.00**", "Change **EUR −0.80**, against 23 days of October 2026", "| Credit | −922.00 |", "the ledger −2,158.40")
	add("only purchases", only(bought, "2026-09-05", "2026-10-05", "2026-11-05"), nil, "Data to 5 Nov 2026, 5 of 30 days", "Spent to 5 Nov **EUR 250.00**", "Change **EUR 0.00 (0%)**, against 5 days of October 2026", "| 2026-10 | 1 to 31 Oct 2026 | closed |", "| Purchase | 250.00 |")
	add("a negative total", slices.Concat(vm.over("2026-09-01", "2026-11-23", about(4)), credit.over("2026-09-01", "2026-11-23", each("-30"))), nil, "Spent to 23 Nov **EUR −597.80**", "Change **EUR +0.08**", "Nothing unusual", "| Credit | −690.00 |")
	add("nothing but zeros", vm.over("2026-09-01", "2026-11-23", each("0")), nil, "Spent to 23 Nov **EUR 0.00**", "Change **EUR 0.00**, against", "Not enough history yet to find unusual changes")
	add("a month without usage", slices.Concat(vm.over("2026-09-01", "2026-09-30", about(40)), vm.over("2026-11-01", "2026-11-23", about(40))), []string{"--month", "2026-10"}, "No charges to report", "month 2026-10: the ledger has no charges on its days; its usage goes from 1 Sep 2026 to 23 Nov 2026")
	runCases(t, cases)
}

// The first screen of the page says what is so, whatever there is or is not.
func TestFirstScreens(t *testing.T) {
	t.Parallel()
	vm := charge{service: "Virtual Machines", meter: "D4", resource: "vm"}
	credit := charge{service: "Credits", more: map[string]string{"ChargeCategory": "Credit", "ConsumedQuantity": ""}}
	steady := vm.over("2026-09-01", "2026-11-23", about(40))
	budget := func(amount string) string { return "name,rule,budget\nAda,SubAccountId=*," + amount + "\n" }
	raised := func(n int) (out []charge) {
		for i := range n {
			c := charge{service: "Storage", meter: "Hot", group: fmt.Sprint("rg", i), resource: fmt.Sprint("disk", i)}
			out = append(out, c.over("2026-08-15", "2026-11-05", about(20))...)
			out = append(out, c.over("2026-11-06", "2026-11-23", about(90))...)
		}
		return out
	}
	for name, c := range map[string]struct {
		charges []charge
		owners  string
		config  string
		args    []string
		says    []string
		lacks   []string
	}{
		"one file only": {
			vm.over("2026-10-01", "2026-10-31", about(40)), "", "", nil,
			[]string{"October 2026 cost EUR ", "Load the month before to compare.", "no comparison: the period before is not loaded"},
			[]string{"+100", "above", "Nothing unusual"},
		},
		"one day": {
			vm.over("2026-11-23", "2026-11-23", each("250")), "", "", nil,
			[]string{"EUR 250.00 spent to 23 Nov", "not enough history yet"},
			[]string{"Forecast", "Cumulative cost"},
		},
		"no period before": {
			vm.over("2026-11-01", "2026-11-23", about(40)), "", "", nil,
			[]string{"no comparison: the period before is not loaded"},
			[]string{"+100", "above October"},
		},
		"no owners": {steady, "", "", nil, []string{"Nothing unusual. No action needed.", "Forecast for November"}, []string{"budget", "Owner"}},
		"old data": {
			slices.Concat(vm.over("2017-12-01", "2018-01-31", about(40))), "", "", nil,
			[]string{"January cost EUR "},
			[]string{"may still change", "answer by", "Forecast"},
		},
		"over budget":   {steady, budget("100"), "", []string{"--owner", "Ada"}, []string{"Over budget by EUR 822 since 3 Nov: EUR 922 against 100."}, []string{"No action needed", "within"}},
		"likely over":   {steady, budget("1000"), "", []string{"--owner", "Ada"}, []string{"Over budget about 25 Nov", "will be exceeded about 25 Nov"}, []string{"No action needed", "within"}},
		"within budget": {steady, budget("9000"), "", []string{"--owner", "Ada"}, []string{"within budget", "No action needed"}, []string{"Over budget"}},
		"the bill's budget": {
			steady, "", "budget: {amount: 1000, period: month, currency: EUR}\n", nil,
			[]string{"Over budget about 25 Nov", "Budget for November", "budget 1,000"},
			[]string{"No action needed"},
		},
		"an owner's budget breaks": {
			steady, budget("1000"), "", nil, []string{"The budget will be exceeded: Ada about 25 Nov.", "▲ 1 of 1"}, []string{"No action needed"},
		},
		"credits only": {
			credit.over("2026-10-01", "2026-11-23", each("-40")), "", "", nil, []string{"Credits exceed the charges: EUR −920.00."}, []string{"%"},
		},
		"a negative total": {
			slices.Concat(vm.over("2026-09-01", "2026-11-23", about(4)), credit.over("2026-09-01", "2026-11-23", each("-30"))), "", "", nil,
			[]string{"Credits exceed the charges: EUR −597.80."},
			[]string{"%"},
		},
		"no findings":          {steady, "", "", nil, []string{"Nothing unusual. No action needed.", "✓ none"}, nil},
		"amounts below a cent": {vm.over("2026-09-01", "2026-11-23", each("0.00012")), "", "", nil, []string{"<0.01"}, []string{"EUR 0.00 "}},
		"billions": {
			vm.over("2026-09-01", "2026-11-23", each("1234567890.12")), "", "", nil, []string{"28,395,061,472.76", "37,000,000,000"}, []string{"e+", "Inf"},
		},
		"two currencies": {
			slices.Concat(steady, charge{service: "SQL Database", resource: "db", currency: "USD", account: "s2"}.over("2026-09-01", "2026-11-23", about(15))), "", "", nil,
			[]string{"EUR 922.00", "Also charged:", "USD 345.75 (forecast "},
			[]string{"1,267.75"},
		},
		"two languages of names": {
			slices.Concat(steady, charge{service: "虛擬機器", meter: "D4", resource: "伺服器一"}.over("2026-09-01", "2026-11-23", about(15))), "", "", nil,
			[]string{"1,267.75", "Nothing unusual."},
			nil,
		},
		"five hundred findings": {raised(500), "", "", nil, []string{"unusual increase"}, []string{"No action needed", "Nothing unusual"}},
	} {
		runCases(t, []namedCase{{name, func(d *desk) {
			d.take(focus().file(c.charges))
			args := c.args
			if c.owners != "" {
				args = append(args, "--owners", d.write("owners.csv", c.owners))
			}
			if c.config != "" {
				args = append(args, "--config", d.write("usagereport.yaml", c.config))
			}
			page := d.page(args...)
			screen := page[strings.Index(page, "<section class=\"answer\""):]
			screen = screen[:strings.Index(screen, "</section>")]
			screen = regexp.MustCompile(`(?s)<script.*?</script>|<table.*?</table>|<code>.*?</code>`).ReplaceAllString(screen, "")
			screen = html.UnescapeString(regexp.MustCompile(`<[^>]*>`).ReplaceAllString(screen, ""))
			screen = strings.Join(strings.Fields(screen), " ")
			d.has(screen, c.says...)
			d.lacks(screen, c.lacks...)
		}}})
	}
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
