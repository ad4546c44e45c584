package audit

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// An account that is charged in another currency from a day on is there, in both: nothing is
// missing or behind or to come in the old one, and no file is asked for that is loaded.
func TestAuditCurrencyChange(t *testing.T) {
	for name, c := range map[string]struct {
		turns, last usage.Day
		accounts    []string // the first of which turns
		ends        bool     // nothing more is to come in the old currency
	}{
		"with the month":       {usage.Date(2026, 6, 1), usage.Date(2026, 6, 20), []string{"s1"}, true},
		"within the month":     {usage.Date(2026, 6, 10), usage.Date(2026, 6, 20), []string{"s1"}, true},
		"of one account":       {usage.Date(2026, 6, 10), usage.Date(2026, 6, 25), []string{"s1", "s2"}, false},
		"in the month before":  {usage.Date(2026, 6, 10), usage.Date(2026, 7, 15), []string{"s1", "s2"}, false},
		"of all, a month past": {usage.Date(2026, 6, 10), usage.Date(2026, 7, 15), []string{"s1"}, true},
	} {
		b := &bill{files: map[usage.Day]*strings.Builder{}}
		for d := usage.Date(2026, 4, 1); d <= c.last; d++ {
			for i, account := range c.accounts {
				currency := "EUR"
				if i == 0 && d >= c.turns {
					currency = "USD"
				}
				b.row(d, 20, currency, account, "Usage", "VMs", "rg", "/subscriptions/"+account+"/m"+account, "D2", "Hours", 24)
			}
		}
		dir := t.TempDir()
		for month, text := range b.files {
			if err := os.WriteFile(filepath.Join(dir, month.String()+".csv"), []byte(text.String()), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		l := ledgertest.Of(t, dir)
		r, claims := audited(t, l, analysis.Options{Today: c.last + 1})
		expect(t, Failed(claims))
		if !slices.ContainsFunc(r.Parts, func(p analysis.Part) bool { return p.CurrencyChange != nil && p.CurrencyChange.Day == c.turns }) {
			t.Errorf("%s: no part says that the currency changed on %s", name, c.turns)
		}
		for _, p := range r.Parts {
			for _, x := range p.Accounts {
				if x.Missing || x.Behind {
					t.Errorf("%s, %s: %s is missing or behind", name, p.Currency, x.ID)
				}
			}
			if p.Currency == "EUR" && (p.Expected == nil) != c.ends {
				t.Errorf("%s: expects %v in EUR", name, p.Expected)
			}
			for _, says := range append([]locale.Text{p.History.Sentence}, p.Warnings...) {
				if said := strings.ToLower(says.String()); p.Currency == "USD" && strings.Contains(said, "load ") || strings.Contains(said, "data are old") {
					t.Errorf("%s, %s: %s", name, p.Currency, says)
				}
			}
		}
		if last := r.Parts[len(r.Parts)-1]; c.ends && len(r.Parts) > 1 && last.Currency != "EUR" {
			t.Errorf("%s: the currency that has ended does not come last", name)
		}
	}
}

// What is usual is told at the newest rate, while each day costs what its own rate makes of it.
func TestAuditConvertedFinding(t *testing.T) {
	b := &bill{files: map[usage.Day]*strings.Builder{}}
	last := usage.Date(2026, 6, 25)
	for d := usage.Date(2026, 4, 1); d <= last; d++ {
		for _, machine := range []string{"m1", "m2"} {
			if machine == "m1" || d < usage.Date(2026, 6, 5) {
				b.row(d, 20, "EUR", "s1", "Usage", "VMs", "rg", "/subscriptions/s1/"+machine, "D2", "Hours", 24)
			}
		}
	}
	dir := t.TempDir()
	for month, text := range b.files {
		if err := os.WriteFile(filepath.Join(dir, month.String()+".csv"), []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	rates := filepath.Join(t.TempDir(), "rates.csv")
	if err := os.WriteFile(rates, []byte("date,from,to,rate\n2026-04-01,EUR,USD,1.1\n2026-06-20,EUR,USD,1.9\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	_, claims := audited(t, ledgertest.Of(t, dir, rates), analysis.Options{Today: last + 1, Currency: "USD", Convert: true})
	expect(t, Failed(claims))
	if !slices.ContainsFunc(claims, func(c Claim) bool { return strings.Contains(c.Text, "a month, of its dearest day") }) {
		t.Error("no finding says what is gone a month")
	}
}

// What an account bought in another currency, as its actual file has it and the amortized file beside it has not, is
// there: a report on that currency says so, and the ledger has it.
func TestAuditPurchaseInAnotherCurrency(t *testing.T) {
	row := func(day int, cost, currency, kind, model, reservation string) string {
		return fmt.Sprintf("88,03/01/2026,03/31/2026,o,s1,03/%02d/2026,m,VM,D2,1,1,%s,1,%s,,%s,UsageBased,%s,%s\n", day, cost, currency, kind, model,
			reservation)
	}
	const header = "BillingAccountId,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,SubscriptionId,Date,MeterId,MeterCategory,MeterName," +
		"Quantity,EffectivePrice,Cost,UnitPrice,BillingCurrency,ResourceId,ChargeType,Frequency,PricingModel,ReservationId\n"
	for name, bought := range map[string]string{
		"a reservation": row(4, "50", "USD", "Purchase", "Reservation", "r2"), "anything else": row(4, "50", "USD", "Purchase", "OnDemand", ""),
	} {
		actual, amortized := header, header
		for day := range 31 {
			actual += row(day+1, "0", "EUR", "Usage", "Reservation", "r1")
			amortized += row(day+1, "1", "EUR", "Usage", "Reservation", "r1")
		}
		dir := t.TempDir()
		var paths []string
		for file, text := range map[string]string{"actual.csv": actual + row(1, "31", "EUR", "Purchase", "Reservation", "r1") + bought, "amortized.csv": amortized} {
			paths = append(paths, filepath.Join(dir, file))
			if err := os.WriteFile(paths[len(paths)-1], []byte(text), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		r, claims := audited(t, ledgertest.Of(t, paths...), analysis.Options{Today: usage.Date(2026, 4, 20)})
		expect(t, Failed(claims))
		if !slices.ContainsFunc(r.Parts, func(p analysis.Part) bool { return p.Currency == "USD" && p.Total.Amount.String() == "50" }) {
			t.Errorf("%s: no part has the 50 USD", name)
		}
	}
}
