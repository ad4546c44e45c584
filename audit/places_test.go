package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// The last day of a month in India lasts into the last one of UTC's, so the month is over; and a month that is not has
// as many days to come as it has there.
func TestAuditBillsOfIndia(t *testing.T) {
	const east = 5*time.Hour + 30*time.Minute
	for last, state := range map[usage.Day]analysis.State{
		usage.Date(2026, 5, 10): analysis.Open, usage.Date(2026, 5, 30): analysis.Open, usage.Date(2026, 5, 31): analysis.Closing,
		usage.Date(2026, 6, 4): analysis.Open,
	} {
		var text strings.Builder
		text.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory," +
			"ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId\n")
		at := func(d usage.Day) string { return d.Time().Add(-east).Format(time.RFC3339) }
		for d := usage.Date(2026, 2, 1); d <= last; d++ {
			fmt.Fprintf(&text, "10,10,a,INR,%s,%s,Usage,%s,%s,VM,m\n", at(d.Month().From), at(d.Month().To), at(d), at(d+1))
		}
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		l := ledgertest.Of(t, path)
		r, claims := audited(t, l, analysis.Options{Today: last + 1})
		expect(t, Failed(claims))
		p := r.Parts[0]
		if last == usage.Date(2026, 5, 31) { // as of the day before it was not over
			before, claims := audited(t, l, analysis.Options{AsOf: last - 1})
			expect(t, Failed(claims))
			if state := before.Parts[0].Period.State; state != analysis.Open {
				t.Errorf("as of %s: %s, want open", last-1, state)
			}
		}
		if p.Period.State != state {
			t.Errorf("to %s: %s is %s, want %s", last, p.Period.Name, p.Period.State, state)
		}
		if p.Expected == nil {
			if state == analysis.Open && last.Time().Day() > 4 {
				t.Errorf("to %s: nothing is expected", last)
			}
			continue
		}
		want := float64(10 * last.Month().Days())
		if got := p.Expected.Amount.Float64(); got < want-2 || got > want+2 {
			t.Errorf("to %s: expects %.2f, want %.2f", last, got, want)
		}
	}
}

// Bills of a day, a week or half a month are one bill of the month, which ends with the last of them that begins in it.
func TestAuditBillsOfDays(t *testing.T) {
	for name, bill := range map[string]func(usage.Day) usage.Period{
		"day":  func(d usage.Day) usage.Period { return usage.Period{From: d, To: d + 1} },
		"week": func(d usage.Day) usage.Period { return usage.Period{From: d - (d+3)%7, To: d - (d+3)%7 + 7} },
		"half": func(d usage.Day) usage.Period {
			if m := d.Month(); d >= m.From+15 {
				return usage.Period{From: m.From + 15, To: m.To}
			}
			return usage.Period{From: d.Month().From, To: d.Month().From + 15}
		},
	} {
		var text strings.Builder
		text.WriteString("BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory," +
			"ChargePeriodStart,ChargePeriodEnd,ServiceName,ResourceId,SubAccountId\n")
		for d := usage.Date(2026, 3, 4); d <= usage.Date(2026, 6, 14); d++ {
			for account, days := range map[string]usage.Day{"all": 7, "work": 5} { // from Monday on
				if (d+3)%7 < days {
					fmt.Fprintf(&text, "10,10,a,EUR,%s,%s,Usage,%s,%s,VM,m,%s\n", bill(d).From, bill(d).To, d, d+1, account)
				}
			}
		}
		path := filepath.Join(t.TempDir(), "a.csv")
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		l := ledgertest.Of(t, path)
		for _, o := range []analysis.Options{{}, {AsOf: usage.Date(2026, 5, 20)}, {Period: "last"}, {Month: "current"}} {
			_, claims := audited(t, l, o)
			expect(t, Failed(claims))
		}
		r, _ := audited(t, l, analysis.Options{})
		p := r.Parts[0]
		if p.Period.State != analysis.Open || p.Expected == nil || p.Priors[0].Days != p.Period.Elapsed {
			t.Errorf("bills of a %s: %s is %s, expects %v, %d days against %d", name, p.Period.Span, p.Period.State, p.Expected,
				p.Period.Elapsed, p.Priors[0].Days)
		}
	}
}
