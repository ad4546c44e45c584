package audit

import (
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/ledger"
	"usagereport/usage"
)

// A mutation changes one thing about an estate.
type mutation struct {
	name   string
	change func(e *estate, r *rand.Rand)
	months int  // of history; 0 is 4
	idle   bool // change does nothing
	month  bool // the report on the calendar month is checked, too
	// What must hold beside the claims:
	nothing bool    // nothing happened, and the report says so
	same    bool    // the report says the same as without the change
	scaled  float64 // the findings are those of this one times as much money
	others  bool    // days that the change does not touch cost what they did
}

const may = 5

// inMay reports whether a charge is of the last month.
func inMay(c *charge) bool { return c.day >= usage.Date(2026, may, 1) }

// mutations lists what is done to estates.
func mutations() []mutation {
	one := func(c *charge) bool { return c.group == "rg1" && c.sub[7] == '1' } // one machine
	step := func(f float64) func(e *estate, r *rand.Rand) {
		return func(e *estate, r *rand.Rand) {
			from := usage.Date(2026, may, 1+r.IntN(8))
			e.each(func(c *charge) bool {
				if one(c) && c.day >= from {
					c.cost, c.quantity = c.cost*f, c.quantity*f
				}
				return c.quantity != 0
			})
		}
	}
	times := func(f float64, then func(e *estate, r *rand.Rand)) func(e *estate, r *rand.Rand) {
		return func(e *estate, r *rand.Rand) {
			then(e, r)
			e.each(func(c *charge) bool { c.cost *= f; return true })
		}
	}
	nothing := func(*estate, *rand.Rand) {}
	return []mutation{
		{name: "nothing", change: nothing, idle: true, nothing: true},
		{name: "one file", change: nothing, idle: true, months: 1},
		{name: "two files", change: nothing, idle: true, months: 2, nothing: true},
		{name: "three files", change: nothing, idle: true, months: 3, nothing: true},
		{name: "days dropped", nothing: true, others: true, change: func(e *estate, r *rand.Rand) {
			from := usage.Date(2026, may-1, 5+r.IntN(10))
			e.each(func(c *charge) bool { return c.day < from || c.day >= from+5 })
		}},
		{name: "days dropped, of one file", months: 1, nothing: true, others: true, change: func(e *estate, r *rand.Rand) {
			from := usage.Date(2026, may, 6+r.IntN(8))
			e.each(func(c *charge) bool { return c.day < from || c.day >= from+3 })
		}},
		{name: "days dropped at the month's turn", nothing: true, others: true, change: func(e *estate, r *rand.Rand) {
			from := usage.Date(2026, may, 1) - usage.Day(1+r.IntN(4))
			to := usage.Date(2026, may, 1+r.IntN(2))
			e.each(func(c *charge) bool { return c.day < from || c.day >= to })
		}},
		{name: "a day dropped", nothing: true, others: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 3+r.IntN(10))
			e.each(func(c *charge) bool { return c.day != d })
		}},
		// That it was off is what its file tells: others have these days there.
		{name: "an account's days dropped", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 3+r.IntN(10))
			e.each(func(c *charge) bool { return c.sub[7] != '2' || c.day < d || c.day >= d+2 })
		}},
		{name: "an account dropped", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool { return c.sub[7] != '2' || !inMay(c) })
		}},
		{name: "the dearest account dropped", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if c.sub[7] == '2' {
					c.cost *= 9
				}
				return c.sub[7] != '2' || !inMay(c)
			})
		}},
		{name: "a job on Mondays", change: func(e *estate, _ *rand.Rand) {
			e.copied(func(c *charge) bool {
				take := one(c)
				c.sub, c.cost, c.resource, c.group = "99999999-2222-4333-8444-555555555555", 70, "", ""
				return take && c.day.Weekday() == time.Monday
			})
		}},
		{name: "an account's month dropped", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool { return c.sub[7] != '2' || c.month.From != usage.Date(2026, may-1, 1) })
			e.each(func(c *charge) bool {
				c.billing = c.sub[:8]
				c.file = c.month.From.String() + c.sub[:8] + ".csv"
				return true
			})
		}},
		{name: "a file dropped", change: func(e *estate, r *rand.Rand) {
			m := usage.Date(2026, 3, 1).Month()
			if r.IntN(2) == 0 {
				m = usage.Date(2026, 4, 1).Month()
			}
			e.each(func(c *charge) bool { return c.month != m })
		}},
		{name: "an account behind", change: func(e *estate, r *rand.Rand) {
			d := e.reach - usage.Day(3+r.IntN(5))
			e.each(func(c *charge) bool { return c.sub[7] != '2' || c.day < d || c.day > e.reach })
		}},
		{name: "a file for each account", same: true, change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool { c.file = c.month.From.String() + c.sub[:8] + ".csv"; return true })
		}},
		{name: "a file for each week", same: true, change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				c.file = fmt.Sprintf("%s-%02d.csv", c.month.From, (c.day-c.month.From)/7)
				return true
			})
		}},
		{name: "restated", change: func(e *estate, _ *rand.Rand) {
			e.copied(func(c *charge) bool { c.cost, c.load = c.cost*1.05, 1; return c.month.From == usage.Date(2026, 4, 1) })
		}},
		{name: "handed over", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 2+r.IntN(8))
			e.owner = "New"
			e.owners = fmt.Sprintf("name,rule,from,to\nOld,x_ResourceGroupName=rg1,,%s\nNew,x_ResourceGroupName=rg1,%s,\n", d-1, d) +
				"New,x_ResourceGroupName=rg2,,\nOld,x_ResourceGroupName=rg0,,\n"
		}},
		{name: "a day dropped, of an owner", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 3+r.IntN(10))
			e.owner, e.owners = "Ada", "name,rule,from,to\nAda,x_ResourceGroupName=rg1,,\n"
			e.each(func(c *charge) bool { return c.day != d })
		}},
		{name: "one day of data", nothing: true, months: 1, change: func(e *estate, _ *rand.Rand) {
			e.reach = usage.Date(2026, may, 5)
			e.each(func(c *charge) bool { return c.day >= e.reach })
		}},
		{name: "handed over lately", change: func(e *estate, _ *rand.Rand) {
			e.reach = usage.Date(2026, may, 10)
			d := e.reach - 6
			e.owner = "New"
			e.owners = fmt.Sprintf("name,rule,from,to\nOld,x_ResourceGroupName=rg1,,%s\nNew,x_ResourceGroupName=rg1,%s,\n", d-1, d) +
				"New,x_ResourceGroupName=rg2,,\nOld,x_ResourceGroupName=rg0,,\n"
			e.each(func(c *charge) bool {
				if c.group == "rg2" {
					c.cost /= 20
				}
				return true
			})
		}},
		{name: "gone a day after it was handed over", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 3+r.IntN(8))
			e.owner = "New"
			e.owners = fmt.Sprintf("name,rule,from,to\nOld,x_ResourceGroupName=rg1,,%s\nNew,x_ResourceGroupName=rg1,%s,\n", d-1, d) +
				"New,x_ResourceGroupName=rg2,,\nOld,x_ResourceGroupName=rg0,,\n"
			e.each(func(c *charge) bool { return !one(c) || c.day <= d })
		}},
		{name: "moved to another bill", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may-1, 10+r.IntN(10))
			e.each(func(c *charge) bool {
				if c.day >= d {
					c.billing, c.file = "7654321", c.month.From.String()+"-moved.csv"
				}
				return true
			})
		}},
		{name: "charged once a month", nothing: true, change: func(e *estate, _ *rand.Rand) {
			d := usage.Day(1) // 2 May is a Saturday, 2 April a Thursday
			e.each(func(c *charge) bool {
				if one(c) {
					c.cost, c.quantity = 900, 1
				}
				return !one(c) || c.day == c.month.From+d
			})
		}},
		{name: "a monthly fee that changes", change: func(e *estate, r *rand.Rand) {
			cost := []float64{600, 900, 300, 0}[r.IntN(4)]
			e.each(func(c *charge) bool {
				if one(c) {
					c.cost, c.quantity = 600, float64(r.IntN(2))
					if inMay(c) {
						c.cost = cost
					}
				}
				return !one(c) || c.day == c.month.From+1 && c.cost != 0 || c.day == c.month.From+15 && inMay(c) && cost == 600
			})
		}},
		{name: "a monthly purchase that changes", change: func(e *estate, r *rand.Rand) {
			cost := []float64{600, 900, 300, 0}[r.IntN(4)]
			e.copied(func(c *charge) bool {
				take := one(c) && (c.day == c.month.From+1 || c.day == c.month.From+15 && inMay(c) && cost == 600)
				c.purchase()
				c.cost, c.quantity = 600, 1
				if inMay(c) {
					c.cost = cost
				}
				return take && c.cost != 0
			})
		}},
		{name: "a credit that ends", change: func(e *estate, r *rand.Rand) {
			d, kind, monthly := usage.Date(2026, may, 2+r.IntN(10)), []string{"Refund", "Usage"}[r.IntN(2)], r.IntN(2) == 0
			e.copied(func(c *charge) bool {
				take := one(c) && c.day < d && (!monthly || c.day == c.month.From && !inMay(c))
				c.kind, c.resource, c.quantity, c.cost = kind, "", 0, -4
				if monthly {
					c.cost = -120
				}
				return take
			})
		}},
		{name: "charged daily from now on", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if one(c) && !inMay(c) {
					c.cost, c.quantity = 300, 24*30
				}
				return !one(c) || inMay(c) || c.day == c.month.From
			})
		}},
		{name: "purchases alone", month: true, nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Day(2 + r.IntN(10))
			e.copied(func(c *charge) bool {
				take := one(c) && c.day == c.month.From+d
				c.purchase()
				return take
			})
		}},
		{name: "purchases alone, beside what doubled", month: true, change: func(e *estate, r *rand.Rand) {
			step(2)(e, r)
			e.copied(func(c *charge) bool {
				take := one(c) && c.day == c.month.From
				c.purchase()
				return take
			})
		}},
		{name: "purchases alone, in some months", month: true, nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.copied(func(c *charge) bool {
				take := one(c) && c.day == c.month.From && c.month.From != usage.Date(2026, may-1, 1)
				c.purchase()
				c.cost = 3
				return take
			})
		}},
		{name: "purchases alone, long ago", nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.copied(func(c *charge) bool {
				take := one(c) && c.day == c.month.From && c.month.From < usage.Date(2026, may-1, 1)
				c.purchase()
				c.cost = 3
				return take
			})
		}},
		{name: "purchases alone, later in the month", nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.copied(func(c *charge) bool {
				take := one(c) && c.day == c.month.From+24
				c.purchase()
				return take
			})
		}},
		{name: "renamed", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may-1, 5+r.IntN(20))
			e.each(func(c *charge) bool {
				if one(c) && c.day >= d {
					c.resource = id(c.sub, "rg1", "renamed")
				}
				return true
			})
		}},
		{name: "moved to another group", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 1+r.IntN(8))
			e.each(func(c *charge) bool {
				if c.group == "rg1" && c.day >= d {
					c.resource, c.group = strings.Replace(c.resource, "/rg1/", "/moved/", 1), "moved"
				}
				return true
			})
		}},
		{name: "moved to another subscription", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 3+r.IntN(12))
			e.each(func(c *charge) bool {
				if c.sub[7] == '2' && c.day >= d {
					moved := "99999999" + c.sub[8:]
					c.resource, c.sub = strings.Replace(c.resource, c.sub, moved, 1), moved
				}
				return true
			})
		}},
		{name: "another scale of unit", nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if inMay(c) {
					c.quantity *= 10
				}
				return true
			})
		}},
		{name: "another unit", nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if inMay(c) {
					c.quantity, c.unit = c.quantity/10, "10 Hours"
				}
				return true
			})
		}},
		{name: "another model", nothing: true, change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if one(c) {
					c.service, c.meter, c.unit = "Azure OpenAI", "gpt 4o Inp glbl Tokens", "1K"
					if inMay(c) {
						c.meter = "gpt 5 Inp glbl Tokens"
					}
				}
				return true
			})
		}},
		{name: "tiny", scaled: 1e-4, change: times(1e-4, nothing)},
		{name: "huge", scaled: 1e6, change: times(1e6, step(3))},
		{name: "seven times", scaled: 7, change: times(7, step(4))},
		{name: "refunds", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 4+r.IntN(8))
			e.copied(func(c *charge) bool { c.kind, c.cost, c.quantity = "Refund", -3*c.cost, 0; return one(c) && c.day == d })
		}},
		{name: "less than nothing", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if one(c) {
					c.cost = -c.cost
				}
				return true
			})
		}},
		{name: "two currencies", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if c.sub[7] == '2' {
					c.currency = "USD"
				}
				return true
			})
		}},
		{name: "stopped", change: step(0)},
		{name: "doubled", change: step(2)},
		{name: "halved", change: step(0.5)},
		{name: "new in a group", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 2+r.IntN(8))
			for i := range 3 {
				e.copied(func(c *charge) bool {
					c.resource, c.service = id(c.sub, c.group, fmt.Sprintf("new%d", i)), []string{"Azure DevOps", "App Service", "Storage"}[i]
					return one(c) && c.day >= d
				})
			}
		}},
		{name: "a new group", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 2+r.IntN(8))
			e.copied(func(c *charge) bool {
				take := one(c) && c.day >= d
				c.group, c.resource, c.cost = "fresh", id(c.sub, "fresh", "vm"), 5*c.cost
				return take
			})
		}},
		{name: "some of a group", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 2+r.IntN(6))
			for i := range 4 {
				e.copied(func(c *charge) bool { c.resource = id(c.sub, c.group, fmt.Sprintf("more%d", i)); return one(c) })
			}
			e.each(func(c *charge) bool {
				if _, number, more := strings.Cut(c.resource, "more"); more && number > "0" && c.day >= d {
					c.cost, c.quantity = 3*c.cost, 3*c.quantity
				}
				return true
			})
		}},
		{name: "a spike", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 4+r.IntN(12))
			e.each(func(c *charge) bool {
				if one(c) && c.day == d {
					c.cost, c.quantity = 20*c.cost, 20*c.quantity
				}
				return true
			})
		}},
		{name: "dearer", change: func(e *estate, _ *rand.Rand) {
			e.each(func(c *charge) bool {
				if inMay(c) && c.meter == "D1 v3" {
					c.cost *= 1.4
				}
				return true
			})
		}},
		{name: "one day of cost", nothing: true, change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may-1, 28) + usage.Day(r.IntN(8))
			e.copied(func(c *charge) bool { c.resource = id(c.sub, c.group, "once"); c.cost = 2; return one(c) && c.day == d })
		}},
		{name: "no resource", change: func(e *estate, r *rand.Rand) {
			d := usage.Date(2026, may, 2+r.IntN(8))
			e.copied(func(c *charge) bool {
				take := one(c) && c.day >= d
				c.resource, c.group, c.meter = "", "", "Unused"
				return take
			})
		}},
	}
}

// seedsOf returns the seeds of the estates that the i-th mutation makes: one of four, by turns, to save time. Of half of the
// mutations it is odd, so that the last bill is audited too; each of the days on which reports are made is that of a quarter. With
// $AUDIT_ESTATES they are so many that there are that many estates in all: 220 are all four of each.
func seedsOf(t *testing.T, i, kinds int) []uint64 {
	v := os.Getenv("AUDIT_ESTATES")
	if v == "" {
		return []uint64{uint64(1 + i%4)}
	}
	n, err := strconv.Atoi(v)
	if err != nil {
		t.Fatalf("AUDIT_ESTATES: %v", err)
	}
	var seeds []uint64
	for seed := range uint64(max(1, (n+kinds-1)/kinds)) {
		seeds = append(seeds, seed+1)
	}
	return seeds
}

// Estates in which one thing was changed say nothing that their ledger denies, and nothing
// of the kind that the change rules out.
func TestAuditMutations(t *testing.T) {
	all := mutations()
	var estates, claims atomic.Int64
	t.Run("all", func(t *testing.T) {
		for i, m := range all {
			t.Run(m.name, func(t *testing.T) {
				t.Parallel()
				var failed []Claim
				for _, seed := range seedsOf(t, i, len(all)) {
					t.Run(fmt.Sprint(seed), func(t *testing.T) { // its ledgers end with it
						found, checked := m.audit(t, seed)
						estates.Add(1)
						claims.Add(int64(checked))
						failed = append(failed, found...)
					})
				}
				expect(t, failed)
			})
		}
	})
	t.Logf("%d claims over %d estates", claims.Load(), estates.Load())
}

// audit makes an estate, and returns what is false about its report.
func (m mutation) audit(t *testing.T, seed uint64) (failed []Claim, checked int) {
	months := m.months
	if months == 0 {
		months = 4
	}
	random := func() *rand.Rand { return rand.New(rand.NewPCG(seed, uint64(months))) }
	e := newEstate(random(), months)
	before := slices.Clone(e.charges)
	m.change(e, rand.New(rand.NewPCG(seed, 99)))
	if !m.idle && e.owners == "" && slices.Equal(before, e.charges) {
		t.Fatal("the mutation changes nothing")
	}
	l, refused := e.loaded(t)
	o := analysis.Options{Today: e.reach + usage.Day(seed*5)%40} // 5 days old, 10, ...
	r, claims := e.audited(t, l, o)
	failed = append(refused, Failed(claims)...)
	checked = len(claims)
	if months > 1 && seed%2 == 1 { // it is half of the time
		_, last := e.audited(t, l, analysis.Options{Period: "last", Today: o.Today})
		failed, checked = append(failed, Failed(last)...), checked+len(last)
	}
	if m.month {
		_, month := e.audited(t, l, analysis.Options{Month: "current", Today: o.Today})
		failed, checked = append(failed, Failed(month)...), checked+len(month)
	}
	fail := func(kind Kind, said, found, format string, args ...any) {
		failed = append(failed, Claim{Kind: kind, Text: fmt.Sprintf(format, args...), Said: said, Found: found})
	}
	if m.nothing {
		saysNothing(r, e, fail)
	}
	if !m.same && m.scaled == 0 && !m.others {
		return failed, checked
	}
	plain := newEstate(random(), months)
	if m.scaled != 0 {
		m.change(plain, rand.New(rand.NewPCG(seed, 99)))
		plain.each(func(c *charge) bool { c.cost /= m.scaled; return true })
	}
	lp, _ := plain.loaded(t)
	a, rp := reported(t, lp, o) // what it says is held against the other, not audited
	a.Close()
	switch {
	case m.same:
		if x, y := sentences(t, r), sentences(t, rp); x != y {
			fail("same", x, y, "the report says the same, whatever files its charges come in")
		}
	case m.scaled != 0:
		if x, y := found(r), found(rp); x != y {
			fail("scaled", x, y, "the findings are the same for %g times the money", m.scaled)
		}
	case m.others:
		was := map[usage.Day]usage.Decimal{}
		for _, d := range rp.Parts[0].Daily {
			was[d.Day] = d.Actual
		}
		for _, d := range r.Parts[0].Daily {
			if d.Actual.Sign() != 0 && d.Actual != was[d.Day] {
				fail("others", d.Actual.String(), was[d.Day].String(), "%s costs what it did", d.Day)
			}
		}
	}
	return failed, checked
}

// audited makes the estate's report, or that of its owner, and checks it.
func (e *estate) audited(t *testing.T, l *ledger.Ledger, o analysis.Options) (*analysis.Report, []Claim) {
	t.Helper()
	if e.owner == "" {
		return audited(t, l, o)
	}
	o.Budget = analysis.OwnerBudget{Amount: usage.DecimalOf(600), Period: "month"}
	return auditedOwner(t, l, o, e.owner, e.owners)
}

// saysNothing checks that a report speaks of no change.
func saysNothing(r *analysis.Report, e *estate, fail func(kind Kind, said, found, format string, args ...any)) {
	p := r.Parts[0]
	for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
		fail("nothing", f.Explanation.String(), "nothing", "finding %s", f.ID)
	}
	for _, a := range p.Accounts {
		if a.Missing || a.Behind {
			fail("nothing-missing", "missing or behind", "nothing", "account %s", a.ID)
		}
	}
	if e.owner != "" || len(p.Priors) == 0 {
		return
	}
	same := p.Priors[0].Same.Amount.Float64()
	delta := p.Priors[0].Delta.Amount
	if p.Change != nil { // days without data are told beside it
		delta = delta.Sub(p.Change.Total.Bridge[bridge.Missing])
	}
	if change := delta.Float64() / same; math.Abs(change) > 0.03 {
		fail("nothing-changed", fmt.Sprintf("%+.0f %%", 100*change), "about 0", "change from %s", p.Priors[0].Name)
	}
	if p.Change != nil {
		for _, lane := range []bridge.Lane{bridge.New, bridge.Gone, bridge.Calendar, bridge.Quantity, bridge.Price} {
			if part := p.Change.Total.Bridge[lane].Float64() / same; math.Abs(part) > 0.03 {
				fail("nothing-moved", fmt.Sprintf("%+.0f %%", 100*part), "about 0", "of the change, %s", lane)
			}
		}
	}
	if p.Expected != nil {
		if off := p.Expected.Amount.Float64()/e.truth - 1; math.Abs(off) > 0.06 {
			fail("nothing-to-come", p.Expected.Text(), fmt.Sprintf("%.2f", e.truth), "forecast, %+.0f %%", 100*off)
		}
	}
}

// sentences returns all that a report says, but for the files that it is made from.
func sentences(t *testing.T, r *analysis.Report) string {
	t.Helper()
	var out string
	for _, p := range r.Parts {
		p.Queries = nil
		b, err := json.Marshal(p)
		if err != nil {
			t.Fatal(err)
		}
		out += string(b) + "\n"
	}
	return out
}

// found returns what was found, without amounts.
func found(r *analysis.Report) (out string) {
	for _, p := range r.Parts {
		for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
			out += fmt.Sprintf("%s %s %s %s to %s: %s\n", f.Severity, f.Kind, f.Direction, f.Start, f.End, f.Scope.Key())
		}
	}
	return out
}
