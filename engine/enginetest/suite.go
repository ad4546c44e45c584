package enginetest

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/engine"
	"usagereport/loader"
	"usagereport/usage"
)

// names are the columns that a question may group by, each as the reference says it.
func names() map[string]string {
	out := map[string]string{
		"ChargePeriodEnd": "CASE WHEN ChargePeriodEnd::DATE > ChargePeriodStart::DATE + 1 THEN ChargePeriodEnd::DATE::VARCHAR END",
		"Tags":            "Tags::JSON::VARCHAR",
	}
	for _, n := range []string{
		"BillingAccountId", "BillingAccountName", "SubAccountId", "SubAccountName", "ChargeCategory", "CommitmentDiscountId", "ServiceName",
		"ServiceCategory", "RegionId", "ResourceId", "SkuMeter", "ConsumedUnit",
	} {
		out[n] = "nullif(" + n + ", '')"
	}
	return out
}

// TestEngine holds an engine over f to what the reference has. questions is how many of
// them are asked at random.
func TestEngine(t *testing.T, f *Fixture, questions int, open func(t *testing.T) engine.Engine) {
	e := open(t)
	table, err := engine.Open(t.Context(), e, engine.Options{})
	if err != nil {
		t.Fatal(err)
	}
	months, err := table.Months(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	t.Run("the months are those of the newest runs", func(t *testing.T) {
		var got []string
		for _, m := range months {
			rows := f.Number(t, "SELECT count(*) FROM usage WHERE x_BillingPeriod = '"+m.Name+"'")
			if m.Rows != rows {
				t.Errorf("%s has %d rows, want %d", m.Name, m.Rows, rows)
			}
			got = append(got, m.Name+" "+m.Run+" "+strings.Join(m.Older, ","))
		}
		if want := []string{"2026-08 r2 r1", "2026-09 r2 ", "2026-10 r2 "}; !slices.Equal(got, want) {
			t.Errorf("got %q, want %q", got, want)
		}
	})
	t.Run("they add up exactly", func(t *testing.T) {
		for _, m := range months {
			for _, currency := range []string{"EUR", "USD", "TWD"} {
				var billed, effective string
				err := f.DB.QueryRowContext(t.Context(), "SELECT sum(BilledCost)::VARCHAR, sum("+Spread+")::VARCHAR FROM usage "+
					"WHERE x_BillingPeriod = $month AND BillingCurrency = $currency", m.Name, currency).Scan(&billed, &effective)
				if err != nil {
					t.Fatal(err)
				}
				got := m.Totals[currency]
				if got.Billed != usage.MustDecimal(billed) || got.Effective != usage.MustDecimal(effective) {
					t.Errorf("%s %s: %s and %s, want %s and %s", m.Name, currency, got.Billed, got.Effective, billed, effective)
				}
			}
		}
	})
	t.Run("all columns", func(t *testing.T) {
		all := append(slices.Sorted(maps.Keys(names())), "ChargePeriodStart", "BillingCurrency")
		for _, m := range months {
			f.ask(t, table, m, all)
		}
	})
	t.Run("questions at random", func(t *testing.T) {
		r := rand.New(rand.NewPCG(22, 1)) //nolint:gosec // the same questions each time
		for range questions {
			var by []string
			for _, n := range slices.Sorted(maps.Keys(names())) {
				if r.IntN(3) == 0 {
					by = append(by, n)
				}
			}
			by = append(by, "BillingCurrency")
			if r.IntN(2) == 0 {
				by = append(by, "ChargePeriodStart")
			}
			f.ask(t, table, months[r.IntN(len(months))], by)
		}
	})
	t.Run("groups are counted", func(t *testing.T) {
		g := table.By("ChargePeriodStart", "BillingCurrency", "ServiceName", "ResourceId")
		want := f.Number(t, "SELECT count(*) FROM (SELECT DISTINCT ChargePeriodStart::DATE, BillingCurrency, ServiceName, ResourceId FROM usage)")
		exact, err := table.Count(t.Context(), months, g, true)
		if err != nil || exact.Rows != want {
			t.Errorf("exactly %d, %v, want %d", exact.Rows, err, want)
		}
		about, err := table.Count(t.Context(), months, g, false)
		if err != nil || about.Rows*10 < want*9 || about.Rows*10 > want*11 {
			t.Errorf("about %d, %v, want %d", about.Rows, err, want)
		}
	})
	t.Run("the finest columns under the limit are taken", func(t *testing.T) {
		finest, err := table.Count(t.Context(), months, table.By(slices.Collect(maps.Keys(names()))...), true)
		if err != nil {
			t.Fatal(err)
		}
		coarse, err := engine.Open(t.Context(), e, engine.Options{Series: finest.Series * 8 / 10})
		if err != nil {
			t.Fatal(err)
		}
		g, err := coarse.Choose(t.Context(), months)
		if err != nil {
			t.Fatal(err)
		}
		if len(g.LeftOut) == 0 || g.LeftOut[0] != "resources" {
			t.Errorf("left out: %q", g.LeftOut)
		}
	})
	t.Run("charges by resource", func(t *testing.T) { f.finer(t, table) })
	t.Run("the source gives what was counted", func(t *testing.T) {
		s := &engine.Source{Table: table, Dir: t.TempDir()}
		n := 0
		for obj, err := range s.List(t.Context(), loader.Ref{}) {
			if err != nil {
				t.Fatal(err)
			}
			r, err := s.Open(t.Context(), obj, 0)
			if err != nil {
				t.Fatal(err)
			}
			if err := r.Close(); err != nil {
				t.Fatal(err)
			}
			n++
		}
		if err := s.Close(); err != nil {
			t.Error(err)
		}
		if n != len(months) {
			t.Errorf("%d objects of %d months", n, len(months))
		}
	})
}

// finer holds the charges of some days and texts by their resources to those of the reference.
func (f *Fixture) finer(t *testing.T, table *engine.Table) {
	t.Helper()
	s := &engine.Source{Table: table, Dir: t.TempDir()}
	for _, err := range s.List(t.Context(), loader.Ref{}) {
		if err != nil {
			t.Fatal(err)
		}
	}
	n := engine.Narrow{
		Days: usage.Period{From: usage.Date(2026, 8, 25), To: usage.Date(2026, 9, 5)}, By: []string{"SkuMeter"},
		Only: []engine.Only{
			{Column: "SubAccountId", Values: []string{"sub-1", "sub-2", "sub-7"}},
			{Column: "RegionId", Values: []string{"", "eastasia"}},
			{Column: "ServiceName", Values: []string{"資料庫", "compute", "bandwidth"}}, // not ASCII, so all services are read
		},
	}
	path := filepath.Join(t.TempDir(), "charges.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := s.Finer(t.Context(), n, file)
	if err := errors.Join(err, file.Close()); err != nil || rows == 0 {
		t.Fatalf("%d rows, %v", rows, err)
	}
	const by = "ChargePeriodStart::DATE, SubAccountId, ServiceName, SkuMeter, BillingCurrency, nullif(ResourceId, ''), "
	f.Same(t, fmt.Sprintf("%d charges by resource", rows),
		"SELECT "+by+"sum(BilledCost::DECIMAL(38,18)), sum(EffectiveCost::DECIMAL(38,18)) FROM read_csv("+usage.Literal(path)+
			", all_varchar = true, header = true, allow_quoted_nulls = false) GROUP BY ALL",
		"SELECT "+by+"sum(BilledCost), sum("+Spread+") FROM usage WHERE ChargePeriodStart >= '2026-08-25' AND ChargePeriodStart < '2026-09-05' "+
			"AND SubAccountId IN ('sub-1', 'sub-2', 'sub-7') AND coalesce(RegionId, '') IN ('', 'eastasia') GROUP BY ALL")
}

// Spread is the effective cost as the loader takes it from a row.
const Spread = `CASE WHEN ChargeCategory = 'Purchase' AND CommitmentDiscountId IS NOT NULL AND coalesce(EffectiveCost, BilledCost) =
        BilledCost
    THEN 0 ELSE coalesce(EffectiveCost, BilledCost) END`

// ask holds the charges of a month, added up by some columns, to those of the reference.
func (f *Fixture) ask(t *testing.T, table *engine.Table, m engine.Month, by []string) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "charges.csv")
	file, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	_, err = table.Charges(t.Context(), m, table.By(append(by, "BilledCost", "EffectiveCost", "ConsumedQuantity", "ListCost")...), file)
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if err != nil {
		t.Fatalf("by %s: %v", strings.Join(by, ", "), err)
	}
	var got, want []string
	for _, n := range by {
		got = append(got, n)
		switch expr := names()[n]; n {
		case "ChargePeriodStart":
			want = append(want, "ChargePeriodStart::DATE::VARCHAR")
		case "BillingCurrency":
			want = append(want, n)
		default:
			want = append(want, expr)
		}
	}
	for _, n := range []string{"BilledCost", "EffectiveCost", "ConsumedQuantity", "ListCost"} {
		got = append(got, n+"::DECIMAL(38,18)")
	}
	known := "CASE WHEN ListCost <> 0 OR BilledCost = 0 THEN ListCost END"
	want = append(want, "sum(BilledCost)::DECIMAL(38,18)", "sum("+Spread+")::DECIMAL(38,18)", "sum(ConsumedQuantity)::DECIMAL(38,18)",
		"CASE WHEN count("+known+") = count(*) THEN sum("+known+") END::DECIMAL(38,18)")
	numbers := make([]string, len(by))
	for i := range by {
		numbers[i] = fmt.Sprint(i + 1)
	}
	f.Same(t, m.Name+" by "+strings.Join(by, ", "),
		"SELECT "+strings.Join(got, ", ")+" FROM read_csv("+usage.Literal(path)+", all_varchar = true, header = true, allow_quoted_nulls = "+
			"false)",
		"SELECT "+strings.Join(want, ", ")+" FROM usage WHERE x_BillingPeriod = '"+m.Name+"' GROUP BY "+strings.Join(numbers, ", "))
}
