package loader_test

import (
	"encoding/binary"
	"strings"
	"testing"
	"unicode/utf16"

	"usagereport/loader"
)

// utf16Of writes a text as Excel's "Unicode text" does.
func utf16Of(text string) string {
	b := []byte{0xff, 0xfe}
	for _, u := range utf16.Encode([]rune(text)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return string(b)
}

func TestRates(t *testing.T) {
	l := open(t)
	rs := load(t, l, loader.Options{}, write(t, "usage.csv", mosa("s1", 1, 5)), write(t, "rates.csv", "Date,From,To,Rate\n2026-03-02,EUR,USD,1.1\n2026-03-04,eur,usd,1.15\n2026-01-01,JPY,USD,0.0066\n"))
	if rs[1].Status != loader.Loaded || rs[1].Format != "rates" || rs[1].Rows != 3 || rs[1].LoadID != 0 {
		t.Fatalf("%+v", rs[1])
	}
	// Day 1 has no rate yet; days 2 and 3 have one, days 4 and 5 another.
	if got := value(t, l, "SELECT string_agg(coalesce(x_ReportingBilledCost::VARCHAR, '-'), ' ' ORDER BY ChargePeriodStart) || ' ' || any_value(x_ReportingCurrency) || ' ' || sum(BilledCost) FROM usage_converted"); got != "- 1.100000000000000000 1.100000000000000000 1.150000000000000000 1.150000000000000000 USD 5.000000000000000000" {
		t.Errorf("got %s", got)
	}
	rs = load(t, l, loader.Options{}, write(t, "rates.csv", "date,from,to,rate\n2026-03-02,EUR,USD,1.1\n"), write(t, "rates.csv", "date,from,to,rate\n2026-03-02,EUR,USD,1.2\n"))
	if rs[0].Status != loader.Unchanged || rs[1].Status != loader.Loaded {
		t.Errorf("the same again: %s; another rate of the day: %s", rs[0].Status, rs[1].Status)
	}
	if got := value(t, l, "SELECT rate FROM rates WHERE date = '2026-03-02'"); got != "1.20000000" {
		t.Errorf("the day's rate is %s", got)
	}
	// As a spreadsheet writes it.
	for name, c := range map[string]struct{ file, rate string }{
		"semicolons": {"\ufeffDate;From;To;Rate\r\n2026-04-01;EUR;USD;1.3\r\n", "1.30000000"},
		"tabs":       {"date\tfrom\tto\trate\n2026-04-01\tEUR\tUSD\t1.4\n", "1.40000000"},
		"UTF-16":     {utf16Of("Date\tFrom\tTo\tRate\r\n2026-04-01\tEUR\tUSD\t1.5\r\n"), "1.50000000"},
	} {
		r := load(t, l, loader.Options{}, write(t, "rates.csv", c.file))[0]
		if r.Status != loader.Loaded || r.Format != "rates" || value(t, l, "SELECT rate FROM rates WHERE date = '2026-04-01'") != c.rate {
			t.Errorf("%s: %s as %q, %v", name, r.Status, r.Format, r.Err)
		}
	}
	for content, reason := range map[string]string{
		"date,from,to,rate\n02/03/2026,EUR,USD,1.1\n":                         `2: date: "02/03/2026"`,
		"date,from,to,rate\n2026-03-02,EUR,USD,1\n2026-03-02,EURO,USD,1.1\n":  `3: from: "EURO"`,
		"date,from,to,rate\n2026-03-02,EUR,USD,-1\n":                          `2: rate: "-1"`,
		"date;from;to;rate\n2026-03-02;EUR;USD\n":                             "2: has 3 values, the first line has 4",
		"date,from,to,rate\n2026-03-02,EUR,USD,1.123456789\n":                 "more than 8 fraction digits",
		"date,from,to,rate\n2026-03-02,eur,EUR,2\n":                           `2: to: "EUR": is the currency from which it leads`,
		"date;from;to;rate\n2026-03-02;EUR;KRW;1,450\n":                       `2: rate: "1,450": may mean a thousand times as much or as little: write 1450 or 1.450`,
		"date,from,to,rate\n2026-03-02,EUR,USD,1.1\n02.03.2026,eur,usd,1.2\n": `3: date: "02.03.2026": has another rate from EUR to USD on line 2`,
		"Date,USD,JPY,\n2026-03-02,1.1,150,\n2026-03-02,1.2,150,\n":           `3: date: "2026-03-02": is on line 2 already`,
		"Date,USD,USD,\n2026-03-02,1.1,1.2,\n":                                "is there twice",
	} {
		before := value(t, l, "SELECT count(*) FROM rates")
		r := load(t, l, loader.Options{}, write(t, "rates.csv", content))[0]
		if r.Status != loader.Refused || !strings.Contains(r.Err.Error(), reason) || value(t, l, "SELECT count(*) FROM rates") != before {
			t.Errorf("%q: %s, %v; want %s", content, r.Status, r.Err, reason)
		}
	}
}

// What no rate converts is counted and named, when the rates are loaded and when usage
// is, and a view has it.
func TestChargesWithoutARate(t *testing.T) {
	l := open(t)
	eur, gbp := write(t, "eur.csv", mosa("s1", 1, 20)), write(t, "gbp.csv", strings.ReplaceAll(mosa("s2", 1, 20), ",EUR\n", ",GBP\n"))
	rates := write(t, "rates.csv", "date;from;to;rate\n10.03.2026;EUR;USD;1,1\n")
	rs := load(t, l, loader.Options{}, eur, rates, gbp)
	if len(rs[0].Warnings) != 0 {
		t.Errorf("before there are rates: %q", rs[0].Warnings)
	}
	if got, want := strings.Join(rs[1].Warnings, "; "), "9 charges from 2026-03-01 to 2026-03-09, 9 EUR, have no rate to USD; usage_converted leaves their cost empty"; got != want {
		t.Errorf("rates: %q, want %q", got, want)
	}
	if got, want := strings.Join(rs[2].Warnings, "; "), "20 charges from 2026-03-01 to 2026-03-20, 20 GBP, have no rate to USD; usage_converted leaves their cost empty"; got != want {
		t.Errorf("usage: %q, want %q", got, want)
	}
	const all = "SELECT string_agg(concat_ws(' ', BillingCurrency, x_ReportingCurrency, x_FirstDay, x_LastDay, x_Rows, BilledCost::INT), '; ' ORDER BY BillingCurrency) FROM usage_unconverted"
	if got := value(t, l, all); got != "EUR USD 2026-03-01 2026-03-09 9 9; GBP USD 2026-03-01 2026-03-20 20 20" {
		t.Errorf("usage_unconverted: %s", got)
	}
	if got := value(t, l, "SELECT sum(x_ReportingBilledCost)::DECIMAL(9, 2) FROM usage_converted"); got != "12.10" {
		t.Errorf("usage_converted: %s", got)
	}
	// With rates for all there is nothing to say.
	rs = load(t, l, loader.Options{}, write(t, "rates.csv", "date,from,to,rate\n2026-01-01,EUR,USD,1.1\n2026-01-01,GBP,USD,1.3\n"))
	if len(rs[0].Warnings) != 0 || value(t, l, "SELECT count(*) FROM usage_unconverted") != "0" {
		t.Errorf("%q", rs[0].Warnings)
	}
}
