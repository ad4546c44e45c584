package audit

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/usage"
)

// A charge is a row of a file.
type charge struct {
	billing, sub   string
	day            usage.Day
	month          usage.Period // of its bill
	service, meter string
	unit, resource string
	group          string
	kind           string // ChargeType
	quantity, cost float64
	currency       string
	file           string // "" is that of its bill
	load           int    // files are loaded in this order
}

// An estate is a small bill of some months, of which the last is not over.
type estate struct {
	charges []charge
	from    usage.Day
	reach   usage.Day // the last day that is in the files
	owners  string    // rules, a line each
	owner   string    // whose report is made
	truth   float64   // what the last month costs in all, in EUR
}

// newEstate returns machines that cost the same each day, but for 2 percent, in two
// subscriptions.
func newEstate(r *rand.Rand, months int) *estate {
	reach := usage.Date(2026, 5, 20)
	e := &estate{from: usage.Date(2026, 6, 1), reach: reach}
	for range months {
		e.from = (e.from - 1).Month().From
	}
	end := reach.Month().To
	for i := range 6 {
		perDay := 5 + 20*r.Float64()
		sub := fmt.Sprintf("%08d-2222-4333-8444-555555555555", i%2+1)
		for d := e.from; d < end; d++ {
			group := fmt.Sprintf("rg%d", i/2)
			name := fmt.Sprintf("vm%d", i)
			e.charges = append(e.charges, charge{
				billing: "1234567", sub: sub, day: d, month: d.Month(), service: "Virtual Machines", meter: fmt.Sprintf("D%d v3", i%3), unit: "1 Hour",
				resource: id(sub, group, name), group: group, kind: "Usage", quantity: 24, cost: perDay * (0.98 + 0.04*r.Float64()), currency: "EUR",
			})
		}
	}
	return e
}

func id(sub, group, name string) string {
	return "/subscriptions/" + sub + "/resourceGroups/" + group + "/providers/Microsoft.Compute/virtualMachines/" + name
}

// purchase makes c one of a subscription that has nothing else.
func (c *charge) purchase() {
	c.sub, c.service, c.meter, c.resource, c.group, c.kind = "99999999-2222-4333-8444-555555555555", "", "", "", "", "Purchase"
	c.quantity, c.cost = 1, 438
}

// each changes every charge; it drops those of which change says so.
func (e *estate) each(change func(c *charge) (keep bool)) {
	var kept []charge
	for _, c := range e.charges {
		if change(&c) {
			kept = append(kept, c)
		}
	}
	e.charges = kept
}

// copied adds a changed copy of the charges that change takes.
func (e *estate) copied(change func(c *charge) (take bool)) {
	for _, c := range slices.Clone(e.charges) {
		if change(&c) {
			e.charges = append(e.charges, c)
		}
	}
}

const header = "BillingAccountId,BillingAccountName,BillingPeriodStartDate,BillingPeriodEndDate,AccountOwnerId,AccountName," +
	"SubscriptionId,SubscriptionName,Date,MeterId,MeterCategory,MeterName,Quantity,EffectivePrice,Cost,UnitPrice,BillingCurrency," +
	"ResourceLocation,ResourceId,UnitOfMeasure,ResourceGroup,ChargeType,Frequency,PricingModel"

// write writes the estate's files, one for each bill unless charges name others, and
// returns those that are loaded together, in the order of loading.
func (e *estate) write(t testing.TB) (runs [][]string) {
	t.Helper()
	dir := t.TempDir()
	rows := map[string][]string{}
	for _, c := range e.charges {
		if c.day > e.reach {
			if c.currency == "EUR" && c.month.Contains(e.reach) {
				e.truth += c.cost
			}
			continue
		}
		if c.currency == "EUR" && c.month.Contains(e.reach) {
			e.truth += c.cost
		}
		name := c.file
		if name == "" {
			name = c.month.From.String() + ".csv"
		}
		name = fmt.Sprintf("%d-%s", c.load, name)
		price := 0.0
		if c.quantity != 0 {
			price = c.cost / c.quantity
		}
		frequency := map[bool]string{true: "UsageBased", false: "Recurring"}[c.kind == "Usage"]
		number := func(v float64) string { return fmt.Sprintf("%.9f", v) }
		us := func(d usage.Day) string { return d.Time().Format("01/02/2006") }
		rows[name] = append(rows[name], strings.Join([]string{
			c.billing, "Contoso", us(c.month.From), us(c.month.Last()), "a@example.com", "A", c.sub, "Sub " + c.sub[:8], us(c.day),
			"m-" + c.meter, c.service, c.meter, number(c.quantity), number(price), number(c.cost), number(price), c.currency,
			"westeurope", c.resource, c.unit, c.group, c.kind, frequency, "OnDemand",
		}, ","))
	}
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(header+"\n"+strings.Join(rows[name], "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		var load int
		if _, err := fmt.Sscanf(name, "%d-", &load); err != nil {
			t.Fatal(err)
		}
		for len(runs) <= load {
			runs = append(runs, nil)
		}
		runs[load] = append(runs[load], path)
	}
	return runs
}

// loaded loads the estate's files, those of one load together; those that are refused are claims
// that failed.
func (e *estate) loaded(t testing.TB) (*ledger.Ledger, []Claim) {
	t.Helper()
	l := ledgertest.Empty(t)
	var refused []Claim
	files := map[string]loader.Source{"file": file.Source{}}
	for _, paths := range e.write(t) {
		results, err := loader.Load(t.Context(), l, files, paths, loader.Options{Now: ledgertest.Now})
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range results {
			if x.Status != loader.Loaded {
				refused = append(refused, Claim{Kind: "load", Text: filepath.Base(x.Ref), Said: string(x.Status), Found: fmt.Sprint(x.Err)})
			}
		}
	}
	ledgertest.AddUp(t, l)
	return l, refused
}
