package loader_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"usagereport/loader"
)

// The files of one export that was divided by size, or at some hour, without a manifest: each
// has hours that no other has, so they stand side by side, in whatever order they come. A
// copy of one, or of all, replaces what it is a copy of.
func TestPartsOfHours(t *testing.T) {
	const days, machines = 6, 3
	header := "BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart," +
		"ChargePeriodEnd,ServiceName,SubAccountId,ResourceId\n"
	row := func(h, m int, cost string) string {
		at := func(h int) string { return fmt.Sprintf("2026-03-%02dT%02d:00:00Z", 1+h/24, h%24) }
		return fmt.Sprintf("%s,%s,x,EUR,2026-03-01T00:00:00Z,2026-04-01T00:00:00Z,Usage,%s,%s,VM,s%d,/m%d\n", cost, cost, at(h), at(h+1), m%2, m)
	}
	part := func(take func(h, m int) bool, cost string) string {
		var b strings.Builder
		for h := range days * 24 {
			for m := range machines {
				if take(h, m) {
					b.WriteString(row(h, m, cost))
				}
			}
		}
		return header + b.String()
	}
	all := func(int, int) bool { return true }
	r := rand.New(rand.NewPCG(1, 1))
	var of [days * 24][machines]int
	for h := range of {
		for m := range of[h] {
			of[h][m] = r.IntN(3)
		}
	}
	shuffled := func(k int) func(h, m int) bool { return func(h, m int) bool { return of[h][m] == k } }
	nameless := strings.NewReplacer("/m0", "", "/m1", "") // one of each account
	inTurn := func(k int) string {
		return nameless.Replace(part(func(h, m int) bool { return m < 2 && (h+m)%2 == k }, "1"))
	}
	atEight := func(k int) func(h, m int) bool { return func(h, _ int) bool { return (h+16)/24 == k } }
	for name, c := range map[string]struct {
		files []string
		want  string
	}{
		"shuffled":                     {[]string{part(shuffled(0), "1"), part(shuffled(1), "1"), part(shuffled(2), "1")}, "432"},
		"from eight to eight":          {[]string{part(atEight(2), "1"), part(atEight(0), "1"), part(atEight(1), "1")}, "168"},
		"without resources":            {[]string{inTurn(0), inTurn(1)}, "288"},
		"then all of it":               {[]string{part(shuffled(0), "1"), part(shuffled(1), "1"), part(all, "2")}, "864"},
		"then one of them, restated":   {[]string{part(atEight(1), "1"), part(atEight(2), "1"), part(atEight(1), "3")}, "288"},
		"a part of what is there":      {[]string{part(all, "1"), part(shuffled(1), "1")}, "432"},
		"the same machine, other days": {[]string{part(func(h, _ int) bool { return h < 48 }, "1"), part(func(h, _ int) bool { return h >= 48 }, "1")}, "432"},
	} {
		t.Run(name, func(t *testing.T) {
			l := open(t)
			for i, text := range c.files {
				for _, x := range load(t, l, loader.Options{}, write(t, fmt.Sprintf("part%d.csv", i), text)) {
					if fails := x.Status == loader.Refused; fails != (name == "a part of what is there" && i == 1) {
						t.Errorf("file %d: %s (%v)", i, x.Status, x.Err)
					}
				}
			}
			if got := value(t, l, "SELECT sum(BilledCost)::DECIMAL(9,0) FROM usage"); got != c.want {
				t.Errorf("the ledger's total is %s, want %s", got, c.want)
			}
		})
	}
}
