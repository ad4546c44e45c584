package detect

import (
	"fmt"
	"math/rand/v2"
	"testing"

	"usagereport/usage"
)

// TestFadingCredit has a credit, booked as usage, that shrinks for thirty days and is no more since some: it is told
// once, since it began to shrink, as ended since it has. One that ends on a day is told since then.
func TestFadingCredit(t *testing.T) {
	for _, days := range []int{87, 200, 396} {
		for _, since := range []int{4, 8, 14, 20} {
			for _, fading := range []int{1, 30} {
				r := rand.New(rand.NewPCG(1, 3))
				end := days - 3 - since // the last day with some of it
				in := Input{From: usage.Date(2025, 10, 1), Days: days}
				for i := range 12 {
					y := make([]float64, days)
					for d := range y {
						if y[d] = 40 * (1 + 0.02*r.NormFloat64()); i == 3 {
							y[d] *= -min(1, max(0, float64(end+1-d)/float64(fading)))
						}
					}
					in.Leaves = append(in.Leaves, Leaf{Cost: y, Dims: usage.Series{
						usage.SubAccount: "sub", usage.ResourceGroup: "rg", usage.Service: "vm", usage.Resource: fmt.Sprint("vm", i),
					}})
				}
				found := Detect(in).Findings
				first, ended := end+2-fading, in.From+usage.Day(end)+1
				if len(found) != 1 || found[0].Direction != usage.Up || found[0].Severity == usage.SeverityLow || found[0].Rule.Kind != RuleGone ||
					found[0].Rule.Day != ended || int(found[0].Start-in.From) < first || int(found[0].Start-in.From) > first+5 {
					t.Errorf("%d days, faded for %d, ended %d settled days ago: want one alarm since day %d, ended on %s:%s", days, fading, since, first,
						ended, describe(found))
				}
			}
		}
	}
}
