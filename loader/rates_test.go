package loader_test

import (
	"strings"
	"testing"

	"usagereport/loader"
)

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
	for content, reason := range map[string]string{
		"date,from,to,rate\n02/03/2026,EUR,USD,1.1\n":                        `2: date: "02/03/2026"`,
		"date,from,to,rate\n2026-03-02,EUR,USD,1\n2026-03-02,EURO,USD,1.1\n": `3: from: "EURO"`,
		"date,from,to,rate\n2026-03-02,EUR,USD,-1\n":                         `2: rate: "-1"`,
		"date,from,to,rate\n2026-03-02,EUR,USD,1.123456789\n":                "more than 8 fraction digits",
	} {
		before := value(t, l, "SELECT count(*) FROM rates")
		r := load(t, l, loader.Options{}, write(t, "rates.csv", content))[0]
		if r.Status != loader.Refused || !strings.Contains(r.Err.Error(), reason) || value(t, l, "SELECT count(*) FROM rates") != before {
			t.Errorf("%q: %s, %v; want %s", content, r.Status, r.Err, reason)
		}
	}
}
