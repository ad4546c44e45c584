package analysis_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/demo"
	"usagereport/internal/ledgertest"
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
			known := []usage.Period{{From: from, To: to + 1}}
			if hole := (usage.Period{From: month.From + 10, To: month.From + 14}); seed == 1 && m == 2 { // no file has these days
				known = []usage.Period{{From: from, To: min(hole.From, to+1)}, {From: max(hole.To, from), To: to + 1}}
			}
			for _, p := range slices.DeleteFunc(known, usage.Period.Empty) {
				fmt.Fprintf(&b, "%s service%d %s..%s %s %s SubAccountName=n%d ChargeCategory=%s ChargeClass=%s", sub, line%4, p.From, p.Last(),
					pick("0", "1", "0.333333333333333333", "-2.5", "1000000.01", fmt.Sprintf("%d.%d", r.IntN(100), r.IntN(1000000))),
					[]string{"EUR", "USD"}[line%2], line%3, category, class)
				fmt.Fprintf(&b,
					" ConsumedQuantity=%s ConsumedUnit=%s SkuMeter=%s ResourceId=%s ResourceName=r%d ResourceType=vm x_ResourceGroupName=%s RegionId=%s\n",
					quantity, unit, meter, id, line, group, region)
			}
		}
	}
	for m, month := 0, usage.Date(2026, 7, 1).Month(); m < 4; m, month = m+1, month.To.Month() {
		for i, meter := range []string{"in", "cached", "out", "small-in"} { // of one key, each month more of another
			fmt.Fprintf(&b, "s0 OpenAI %s..%s 1.3%d EUR ConsumedQuantity=%d ConsumedUnit=1K SkuMeter=%s ResourceId=key ResourceType=key\n",
				month.From, min(month.Last(), last), i, 1+(i+m)%4*7, meter)
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
		l := ledgertest.Empty(t)
		load(t, l, txtar.File{Name: "any.days", Data: anyUsage(seed)})
		ledgertest.AddUp(t, l)
		_, err := l.DB().ExecContext(t.Context(), "INSERT INTO rates SELECT DATE '2026-07-03' + (i * 9)::INTEGER, 'USD', 'EUR', 0.87123456 + (i % 5) * 0.01 FROM range(20) t(i)")
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range []analysis.Options{{}, {Period: "last"}, {Month: "current"}, {Currency: "EUR", Convert: true}} {
			a, err := analysis.New(t.Context(), l, o)
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			report, err := a.Report(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			for _, against := range []analysis.Against{analysis.AgainstPrior, analysis.AgainstMean3, analysis.AgainstYear} {
				cs, err := a.Compare(t.Context(), analysis.CompareOptions{Against: against})
				if err != nil {
					t.Fatal(err)
				}
				for i, c := range cs {
					at := fmt.Sprintf("seed %d, %+v, against %s, %s", seed, o, against, c.Currency)
					if got, want := c.Total.Current, report.Parts[i].Total; got != want {
						t.Errorf("%s: the total is %s, the report's is %s", at, got.Text(), want.Text())
					}
					for _, by := range levels {
						checkRows(t, fmt.Sprint(at, " by ", by), c.Total, c.By(by, 0), filled)
						checkRows(t, fmt.Sprint(at, " by ", by, ", the top"), c.Total, c.By(by, 3), filled)
					}
				}
			}
		}
	}
	for _, l := range bridge.Lanes() {
		// Only Azure's own statements round, and only owners move (TestShared).
		if !filled[l] && !slices.Contains([]bridge.Lane{bridge.Rounding, bridge.MovedIn, bridge.MovedOut}, l) {
			t.Errorf("no row had anything in %s: the test does not reach it", l)
		}
	}
}

func checkRows(t *testing.T, at string, total analysis.ComparisonRow, rows []analysis.ComparisonRow, filled map[bridge.Lane]bool) {
	t.Helper()
	var current, prior, delta usage.Decimal
	var parts bridge.Bridge
	for _, r := range rows {
		if got := r.Bridge.Sum(); got != r.Delta.Amount || r.Delta.Amount != r.Current.Amount.Sub(r.Prior.Amount) {
			t.Errorf("%s: %v: the parts add up to %s, delta is %s = %s - %s", at, r.Values, got, r.Delta.Text(), r.Current.Text(), r.Prior.Text())
		}
		current, prior, delta = current.Add(r.Current.Amount), prior.Add(r.Prior.Amount), delta.Add(r.Delta.Amount)
		parts = parts.Add(r.Bridge)
		for l, d := range r.Bridge {
			filled[bridge.Lane(l)] = filled[bridge.Lane(l)] || d.Sign() != 0
		}
	}
	if current != total.Current.Amount || prior != total.Prior.Amount || delta != total.Delta.Amount || parts != total.Bridge {
		t.Errorf("%s: the rows add up to %s - %s = %s, %v, the total is %s - %s = %s, %v", at, current, prior, delta, parts,
			total.Current.Text(), total.Prior.Text(), total.Delta.Text(), total.Bridge)
	}
}

// On an invented estate the bridge tells the planted changes with their exact
// amounts. It is billed in the currency of its prices, so that no exchange rate
// moves them.
func TestBridgeOfTheDemo(t *testing.T) {
	dir := t.TempDir()
	planted, err := demo.Write(t.Context(), dir, demo.Options{Months: 3, Currency: "USD"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(planted.Truth)
	if err != nil {
		t.Fatal(err)
	}
	var truth demo.Truth
	if err := json.Unmarshal(b, &truth); err != nil {
		t.Fatal(err)
	}
	l := ledgertest.Of(t, dir)
	compared := func(o analysis.Options) analysis.Comparison {
		t.Helper()
		a, err := analysis.New(t.Context(), l, o)
		if err != nil {
			t.Fatal(err)
		}
		defer a.Close()
		cs, err := a.Compare(t.Context(), analysis.CompareOptions{})
		if err != nil {
			t.Fatal(err)
		}
		return cs[0]
	}
	now, before := compared(analysis.Options{}), compared(analysis.Options{Period: "2026-10"})
	// row returns the row of a change's scope.
	row := func(c analysis.Comparison, scope usage.Series) analysis.ComparisonRow {
		t.Helper()
		var dims []usage.Dimension
		var values []string
		for _, d := range usage.Dimensions() {
			if v, ok := scope[d]; ok {
				dims, values = append(dims, d), append(values, v)
			}
		}
		for _, r := range c.By(dims, 0) {
			if strings.EqualFold(strings.Join(r.Values, "/"), strings.Join(values, "/")) {
				return r
			}
		}
		t.Fatalf("no row has %v", scope)
		return analysis.ComparisonRow{}
	}
	told := map[usage.Kind]bool{}
	all := func(of demo.Incident, r analysis.ComparisonRow, lane bridge.Lane) {
		t.Helper()
		told[of.Kind] = true
		if r.Bridge[lane] != r.Delta.Amount || r.Delta.Amount.Sign() == 0 {
			t.Errorf("%s\n%s is %s of %s", of.Sentence, lane, r.Bridge[lane], r.Delta.Text())
		}
	}
	for _, in := range append(truth.Incidents, truth.Accepted...) {
		switch {
		case in.Kind == usage.KindPrice:
			told[in.Kind] = true
			if r := row(now, in.Scope); r.Bridge[bridge.Price].String() != in.Excess {
				t.Errorf("%s\nprice is %s, want %s", in.Sentence, r.Bridge[bridge.Price], in.Excess)
			}
		case in.Kind == usage.KindNew && in.Start >= usage.Date(2026, 10, 20):
			all(*in, row(now, in.Scope), bridge.New)
		case in.Kind == usage.KindGone && in.Start >= usage.Date(2026, 10, 20):
			all(*in, row(now, in.Scope), bridge.Gone)
		case in.Kind == usage.KindMissing:
			all(*in, row(now, in.Scope), bridge.Purchases)
		case in.Kind == demo.Replaced:
			r := row(now, in.Scope)
			told[in.Kind] = true
			if got := r.Bridge[bridge.Resized]; got.Sign() == 0 || r.Bridge[bridge.New].Sign() != 0 || r.Bridge[bridge.Gone].Sign() != 0 {
				t.Errorf("%s\nresized %s, new %s, gone %s", in.Sentence, got, r.Bridge[bridge.New], r.Bridge[bridge.Gone])
			}
		case in.Kind == demo.Refund:
			told[in.Kind] = true
			if got := row(before, in.Scope).Bridge[bridge.Credits]; got.String() != in.Excess {
				t.Errorf("%s\ncredits are %s, want %s", in.Sentence, got, in.Excess)
			}
		}
	}
	for _, kind := range []usage.Kind{usage.KindPrice, usage.KindNew, usage.KindGone, usage.KindMissing, demo.Replaced, demo.Refund} {
		if !told[kind] {
			t.Errorf("no planted change of kind %s was looked at", kind)
		}
	}
	// Beyond the planted price nothing became dearer or cheaper.
	for _, r := range now.By([]usage.Dimension{usage.Meter}, 0) {
		if p := r.Bridge[bridge.Price]; p.Abs().Cmp(usage.MustDecimal("0.01")) > 0 && r.Values[0] != "vCore" {
			t.Errorf("%s: a price effect of %s", r.Values[0], p)
		}
	}
}
