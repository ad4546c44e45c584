// Package rolluptest holds the suite that every rollup.Engine must pass.
package rolluptest

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"usagereport/rollup"
	"usagereport/usage"
)

// Rows are what an engine under test holds: a pay-as-you-go export of two
// subscriptions in two currencies, with hours, a refund, and a day without
// usage.
const Rows = `BilledCost,EffectiveCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,ServiceName,SubAccountId,ConsumedQuantity,x_ResourceGroupName
0.1,0.1,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-01T00:00:00Z,2026-03-01T01:00:00Z,Storage,s1,1,g1
0.2,0.15,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-01T23:00:00Z,2026-03-02T00:00:00Z,Storage,s1,2,g1
100000000000.000000000000000001,1,A,EUR,2026-03-01,2026-04-01,Usage,2026-03-03T00:00:00Z,2026-03-04T00:00:00Z,Compute,s1,,g2
-0.3,-0.3,A,EUR,2026-03-01,2026-04-01,Credit,2026-03-03T00:00:00Z,2026-03-04T00:00:00Z,Compute,s1,,
7,7,A,USD,2026-03-01,2026-04-01,Usage,2026-03-01T00:00:00Z,2026-03-02T00:00:00Z,Storage,s2,3,g1
`

// TestEngine holds an engine that holds Rows to what rollup.Engine promises.
func TestEngine(t *testing.T, e rollup.Engine) {
	march := usage.Period{From: usage.Date(2026, 3, 1), To: usage.Date(2026, 4, 1)}
	for name, c := range map[string]struct {
		span usage.Period
		by   rollup.Grouping
		want []string
	}{
		"per day and currency": {march, rollup.Grouping{}, []string{
			"2026-03-01 EUR 0.3 0.25 3", "2026-03-01 USD 7 7 3", "2026-03-03 EUR 99999999999.700000000000000001 0.7 0",
		}},
		"by dimensions": {march, rollup.Grouping{By: []usage.Dimension{usage.Service, usage.ResourceGroup}}, []string{
			"2026-03-01 EUR 0.3 0.25 3 Storage g1", "2026-03-01 USD 7 7 3 Storage g1",
			"2026-03-03 EUR -0.3 -0.3 0 Compute ", "2026-03-03 EUR 100000000000.000000000000000001 1 0 Compute g2",
		}},
		"a shorter span, only one series": {
			usage.Period{From: march.From, To: march.From + 1},
			rollup.Grouping{Only: usage.Series{usage.SubAccount: "s1", usage.Service: "Storage"}},
			[]string{"2026-03-01 EUR 0.3 0.25 3"},
		},
		"a span without usage": {usage.Period{From: march.To, To: march.To + 1}, rollup.Grouping{}, nil},
	} {
		t.Run(name, func(t *testing.T) {
			var got []string
			for d, err := range e.Daily(t.Context(), c.span, c.by) {
				if err != nil {
					t.Fatal(err)
				}
				line := fmt.Sprint(d.Day, " ", d.Currency, " ", d.Billed, " ", d.Effective, " ", d.Quantity)
				for _, dim := range c.by.By {
					line += " " + d.Series[dim]
				}
				got = append(got, line)
			}
			slices.Sort(got)
			if !slices.Equal(got, c.want) {
				t.Errorf("got\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(c.want, "\n"))
			}
		})
	}
}
