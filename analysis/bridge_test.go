package analysis_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/ledger"
	"usagereport/rollup"
	"usagereport/usage"
)

// anyUsage invents four months in two currencies: every category, negative and no
// quantities, missing units and meters, columns that change from month to month,
// meters that follow one another, resources and subscriptions that go on under
// another id, gaps.
func anyUsage(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 7))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	var b bytes.Buffer
	last := usage.Date(2026, 10, 1) + usage.Day(5+r.IntN(20))
	for line := range 40 {
		category := pick("Usage", "Usage", "Usage", "Usage", "Usage", "Usage", "Purchase", "Credit", "Tax", "Adjustment")
		unit, group, region := pick("Hours", "Hours", "Hours", "GB/Month", ""), pick("", fmt.Sprintf("g%d", line%5)), pick("west", "")
		meter, id := pick("", "m", fmt.Sprintf("m%d", line)), pick(fmt.Sprintf("r%d", line), "")
		for m, month := 0, usage.Date(2026, 7, 1).Month(); m < 4; m, month = m+1, month.To.Month() {
			from, to := month.From, min(month.Last(), last)
			sub, quantity, class := fmt.Sprintf("s%d", line%3), pick("24", "24", "7.5", "0.000001"), ""
			switch r.IntN(12) {
			case 0:
				continue
			case 1:
				from += usage.Day(r.IntN(int(to-from) + 1))
			case 2:
				unit = pick("Hours", "GB", "")
			case 3:
				meter += "-" // a new size
			case 4:
				id = fmt.Sprintf("r%d-%d", line, m)
			case 5:
				quantity = pick("", "0", "-3")
			case 6:
				class = "Correction"
			case 7:
				group, region = group+"x", region+"x"
			}
			if line%3 == 2 && m == 3 { // its name goes on under another id
				sub = "s9"
			}
			fmt.Fprintf(&b, "%s service%d %s..%s %s %s SubAccountName=n%d ChargeCategory=%s ChargeClass=%s", sub, line%4, from, to,
				pick("0", "1", "0.333333333333333333", "-2.5", "1000000.01", fmt.Sprintf("%d.%d", r.IntN(100), r.IntN(1000000))),
				[]string{"EUR", "USD"}[line%2], line%3, category, class)
			fmt.Fprintf(&b, " ConsumedQuantity=%s ConsumedUnit=%s SkuMeter=%s ResourceId=%s ResourceName=r%d ResourceType=vm x_ResourceGroupName=%s RegionId=%s\n",
				quantity, unit, meter, id, line, group, region)
		}
	}
	return b.Bytes()
}

// Whatever the usage is, each row's parts add up to its delta, and the rows of
// every level to the total, to the last digit.
func TestBridgeAddsUp(t *testing.T) {
	levels := [][]usage.Dimension{{usage.Region}, {usage.ResourceGroup, usage.Service}, usage.Dimensions()}
	filled := map[bridge.Lane]bool{}
	for seed := range uint64(2) {
		l, err := ledger.Open(t.Context(), "", ledger.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		load(t, l, txtar.File{Name: "any.days", Data: anyUsage(seed)})
		if err := (rollup.DuckDB{Ledger: l}).RefreshDaily(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, o := range []analysis.Options{{}, {Period: "last"}, {Month: "current"}} {
			a, err := analysis.New(t.Context(), l, o)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			report, err := a.Report(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, against := range []analysis.Against{analysis.AgainstPrior, analysis.AgainstMean3} {
				for _, by := range levels {
					cs, err := a.Compare(t.Context(), analysis.CompareOptions{By: by, Against: against})
					if err != nil {
						t.Fatal(err)
					}
					for i, c := range cs {
						at := fmt.Sprintf("seed %d, %+v, against %s by %v, %s", seed, o, against, by, c.Currency)
						if got, want := c.Total.Current, report.Parts[i].Total; got != want {
							t.Errorf("%s: the total is %s, the report's is %s", at, got.Text(), want.Text())
						}
						checkRows(t, at, c, filled)
					}
				}
			}
		}
	}
	for _, l := range bridge.Lanes() {
		if !filled[l] && l != bridge.Rounding { // which only Azure's own statements have
			t.Errorf("no row had anything in %s: the test does not reach it", l)
		}
	}
}

func checkRows(t *testing.T, at string, c analysis.Comparison, filled map[bridge.Lane]bool) {
	t.Helper()
	var current, prior, delta usage.Decimal
	var parts bridge.Bridge
	for _, r := range c.Rows {
		if got := r.Bridge.Sum(); got != r.Delta.Amount || r.Delta.Amount != r.Current.Amount.Sub(r.Prior.Amount) {
			t.Errorf("%s: %v: the parts add up to %s, delta is %s = %s - %s", at, r.Values, got, r.Delta.Text(), r.Current.Text(), r.Prior.Text())
		}
		current, prior, delta = current.Add(r.Current.Amount), prior.Add(r.Prior.Amount), delta.Add(r.Delta.Amount)
		parts = parts.Add(r.Bridge)
		for l, d := range r.Bridge {
			filled[bridge.Lane(l)] = filled[bridge.Lane(l)] || d.Sign() != 0
		}
	}
	if current != c.Total.Current.Amount || prior != c.Total.Prior.Amount || delta != c.Total.Delta.Amount || parts != c.Total.Bridge {
		t.Errorf("%s: the rows add up to %s - %s = %s, %v, the total is %s - %s = %s, %v", at, current, prior, delta, parts,
			c.Total.Current.Text(), c.Total.Prior.Text(), c.Total.Delta.Text(), c.Total.Bridge)
	}
}
