package invoices

import "testing"

// A spreadsheet writes amounts as its country does.
func TestAmountsOfSpreadsheets(t *testing.T) {
	const head = "account;period;number;net;tax;total\n"
	for row, want := range map[string]string{
		"a;2026-03;1;6000,00;1.140,00;7.140,00\n": "7140",
		"a;2026-03;1;6 000,5;;\n":                 "6000.5",
		"a;2026-03;1;-12.5;;\n":                   "-12.5",
		"a;2026-03;1;;;7.140\n":                   `invoices.csv:2: total: "7.140": may mean a thousand times as much or as little: write 6000 or 6.00`,
	} {
		rows, err := ReadCSV("invoices.csv", []byte(head+row))
		got := ""
		if err != nil {
			got = err.Error()
		} else {
			got = rows[0].Total.String()
		}
		if got != want {
			t.Errorf("%q: %s, want %s", row, got, want)
		}
	}
}
