package analysis_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// estate is a ledger of three months of the invented estate, to 15 November 2026.
func estate(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := ledgertest.Demo(t, 3)
	return l
}

// through is an analysis that looks through rules, at all or at the options' owner.
func through(t *testing.T, l *ledger.Ledger, rules []usage.OwnerRule, o analysis.Options) *analysis.Analysis {
	t.Helper()
	a, err := analysis.Look(t.Context(), l, o, rules)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { a.Close() })
	return a
}

func rule(t *testing.T, line int, owner, text, share string) usage.OwnerRule {
	t.Helper()
	terms, err := usage.ParseOwnerTerms(text)
	if err != nil {
		t.Fatal(err)
	}
	r := usage.OwnerRule{Line: line, Owner: owner, Terms: terms}
	if share != "" {
		s, err := usage.ParseShare(share)
		if err != nil {
			t.Fatal(err)
		}
		r.Share = &s
	}
	return r
}

func TestShared(t *testing.T) {
	l := estate(t)
	t.Run("adds up", func(t *testing.T) { sharedAddsUp(t, l) })
	t.Run("moved", func(t *testing.T) { movedAddsUp(t, l) })
	t.Run("whose", func(t *testing.T) { saysWhose(t, l) })
	t.Run("quarter", func(t *testing.T) { sharedInQuarter(t, l) })
}

// Whatever is shared, and how: what each owner bears and what is nobody's add up
// to the bill, to the last digit, and an owner's own report says the same.
func sharedAddsUp(t *testing.T, l *ledger.Ledger) {
	random := rand.New(rand.NewPCG(7, 8))
	names := []string{"Ada", "Ben", "Cyd"}
	texts := []string{
		"ServiceName=Storage", "Tags.owner=platform", "Tags.owner=shop", "x_ResourceGroupName=*o*", "RegionId=*europe",
		"SubAccountName=*Production", "ChargeCategory=Purchase", "ServiceName=V*", "ServiceName=*",
	}
	shares := []string{
		"even", "proportional", "Ada=33.3; Ben=66.7", "even: Ada; Cyd", "proportional: Ben; Cyd", "Cyd=100",
		"Ada=0.000001;Ben=99.999999",
	}
	day := func() usage.Day { return usage.Date(2026, time.September, 1+random.IntN(70)) }
	sharing := 0
	for try := range 4 {
		var rules []usage.OwnerRule
		for line := 2; line < 8; line++ {
			share := ""
			if line == 2 || random.IntN(3) == 0 {
				share = shares[random.IntN(len(shares))]
			}
			name := names[random.IntN(len(names))]
			if share != "" {
				name = []string{"Net", "Log"}[random.IntN(2)]
			}
			r := rule(t, line, name, texts[random.IntN(len(texts))], share)
			if random.IntN(2) == 0 {
				r.From = day()
			}
			if random.IntN(3) == 0 {
				r.To = max(r.From, day())
			}
			rules = append(rules, r)
		}
		o := []analysis.Options{{}, {Period: "2026-10"}, {Month: "2026-10"}, {AsOf: usage.Date(2026, time.November, 7)}}[try%4]
		all, err := through(t, l, rules, o).Ownerships(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		got := all[0]
		sum := got.Owned[""].Amount
		for _, name := range names {
			cost, _ := got.Cost(name)
			sum = sum.Add(cost.Amount)
			delete(got.Owned, name)
		}
		if sum != got.Total.Amount {
			t.Fatalf("%v: the owners bear %s, the bill is %s", rules, sum, got.Total.Amount)
		}
		if len(got.Owned) > 1 {
			t.Fatalf("owners that are none: %v", slices.Collect(maps.Keys(got.Owned)))
		}
		for _, name := range names {
			o.Owner = name
			o.Budget = analysis.OwnerBudget{Amount: usage.DecimalOf(5000), Period: []string{"month", "quarter"}[try%2]}
			parts, err := through(t, l, rules, o).Budgets(t.Context())
			part, bears := got.Shared[name]
			if analysis.IsNothing(err) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			if parts[0].Period.Name != got.Period.Name {
				continue // the owner's data end earlier
			}
			var theirs usage.Decimal
			p := parts[0]
			if p.Shared != nil {
				sharing++
				theirs = p.Shared.Amount.Amount
				if p.Shared.Total.Amount != p.Total.Amount.Add(theirs) {
					t.Fatalf("%s: own and shared cost do not make the total: %+v", name, p.Shared)
				}
			}
			if theirs != part.Amount || bears != (p.Shared != nil) {
				t.Fatalf("%v: %s bears %s of shared cost by the owner's part, %s by the whole", rules, name, theirs, part.Amount)
			}
			if o.Budget.Period == "month" && p.Budget.Spent.Amount != p.Total.Amount.Add(theirs) {
				t.Fatalf("%s: spent are %s, the cost is %s and %s", name, p.Budget.Spent.Amount, p.Total.Amount, theirs)
			}
		}
	}
	if sharing < 4 {
		t.Errorf("only %d owners bore shared cost: the rules try nothing", sharing)
	}
}

// A budget of a quarter holds what each of its months shared.
func sharedInQuarter(t *testing.T, l *ledger.Ledger) {
	rules := []usage.OwnerRule{
		rule(t, 2, "Net", "Tags.owner=platform", "proportional"), rule(t, 3, "Ada", "Tags.owner=shop", ""),
		rule(t, 4, "Ben", "Tags.owner=finance", ""),
	}
	var want usage.Decimal
	for _, month := range []string{"2026-10", "2026-11"} {
		all, err := through(t, l, rules, analysis.Options{Month: month}).Ownerships(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		cost, _ := all[0].Cost("Ada")
		want = want.Add(cost.Amount)
	}
	parts, err := through(t, l, rules, analysis.Options{
		Owner:  "Ada",
		Budget: analysis.OwnerBudget{Amount: usage.DecimalOf(5000), Period: "quarter"},
	}).Budgets(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if got := parts[0].Budget.Spent.Amount; got != want {
		t.Errorf("spent in the quarter are %s, in its months %s", got, want)
	}
	if s := parts[0].Shared; s.Expected == nil || s.Expected.Amount.Cmp(s.Amount.Amount) <= 0 {
		t.Errorf("half a month is still to come: %s", fmt.Sprint(s))
	}
}

// Whatever changes hands and when: the parts of every row add up to its change, by
// whatever dimensions; what one owner loses comes to others; and the whole change is
// the same as without owners.
func movedAddsUp(t *testing.T, l *ledger.Ledger) {
	whole, err := through(t, l, nil, analysis.Options{Period: "2026-10"}).Compare(t.Context(), analysis.CompareOptions{})
	if err != nil {
		t.Fatal(err)
	}
	moved := 0
	for i, to := range []usage.Day{
		usage.Date(2026, time.September, 30), usage.Date(2026, time.October, 13),
		usage.Date(2026, time.September, 9),
	} {
		before, after := rule(t, 2, "Ada", "Tags.owner=platform", ""), rule(t, 3, "Ben", "Tags.owner=platform", "")
		before.To, after.From = to, to+1
		rules := []usage.OwnerRule{before, after, rule(t, 4, "Ada", "ServiceName=V*", "")}
		var net usage.Decimal
		for _, o := range []analysis.Options{{ByOwner: true}, {Owner: "Ada"}, {Owner: "Ben"}} {
			o.Period = "2026-10"
			all, err := through(t, l, rules, o).Compare(t.Context(), analysis.CompareOptions{By: []usage.Dimension{usage.Owner, usage.Service}})
			if err != nil {
				t.Fatal(err)
			}
			c := all[0]
			var sum usage.Decimal
			for _, r := range append(c.Rows, c.By([]usage.Dimension{usage.Resource}, 5)...) {
				if r.Bridge.Sum() != r.Delta.Amount {
					t.Fatalf("%d, %+v: the parts of %v make %s, the change is %s", i, o, r.Values, r.Bridge.Sum(), r.Delta.Amount)
				}
			}
			for _, r := range c.Rows {
				sum = sum.Add(r.Delta.Amount)
			}
			in, out := c.Total.Bridge[bridge.MovedIn], c.Total.Bridge[bridge.MovedOut]
			if sum != c.Total.Delta.Amount || c.Total.Bridge.Sum() != sum || in.Sign() < 0 || out.Sign() > 0 {
				t.Fatalf("%d, %+v: the rows make %s, the total is %+v", i, o, sum, c.Total)
			}
			if o.ByOwner && (in.Add(out).Sign() != 0 || sum != whole[0].Total.Delta.Amount) {
				t.Fatalf("%d: %s moved in and %s out, of a change of %s that is %s without owners", i, in, out, sum, whole[0].Total.Delta.Amount)
			}
			if in.Sign() != 0 || out.Sign() != 0 {
				moved++
			}
			net = net.Add(in)
		}
		if net.Sign() == 0 {
			t.Errorf("%d: nothing moved", i)
		}
	}
	if moved < 7 {
		t.Errorf("something moved in %d of 9 comparisons only", moved)
	}
}

// A finding says whose it is; what is nobody's, whose it may be; and so does what
// nobody owns, which adds up.
func saysWhose(t *testing.T, l *ledger.Ledger) {
	rules := []usage.OwnerRule{
		rule(t, 2, "Net", "x_ResourceGroupName=rg-monitor", "even"),
		rule(t, 3, "Ada", "SubAccountName=*Production", ""), rule(t, 4, "Ben", "x_ResourceGroupName=rg-lake-prod & ServiceName!=Storage", ""),
	}
	o := analysis.Options{Whose: true}
	found, _, err := through(t, l, rules, o).Findings(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]int{}
	for _, f := range found {
		var want string
		sub := ""
		if err := l.DB().QueryRowContext(t.Context(), "SELECT coalesce(max(SubAccountName), '') FROM usage WHERE SubAccountId = $1", f.Scope[usage.SubAccount]).Scan(&sub); err != nil {
			t.Fatal(err)
		}
		switch {
		case strings.HasSuffix(sub, "Production"):
			want = "Ada"
		case f.Scope[usage.ResourceGroup] == "rg-monitor":
			want = "shared: Net"
		case f.Scope[usage.ResourceGroup] == "rg-lake-prod":
			want = "unassigned, probably Ben: same resource group"
		case strings.HasSuffix(sub, "Data Platform"):
			want = "unassigned, probably Ben: same subscription"
		case sub != "":
			want = "unassigned"
		default:
			continue // of several subscriptions
		}
		if got := f.Whose.String(); got != want || (f.Owner == "Ada") != (want == "Ada") {
			t.Errorf("%s %v: whose it is, is %q, owner %q; want %q", f.Label, f.Scope, got, f.Owner, want)
		}
		said[want]++
	}
	if len(said) < 4 || len(found) < 5 {
		t.Errorf("the findings say only %v", said)
	}
	none, _, err := through(t, l, nil, analysis.Options{}).Findings(t.Context())
	if err != nil || len(none) == 0 || none[0].Owner != "" || !none[0].Whose.Empty() {
		t.Errorf("without an owners file: %v, %+v", err, none)
	}
	a := through(t, l, rules, o)
	all, err := a.Ownerships(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	unowned, err := a.Unowned(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	var sum usage.Decimal
	for _, u := range unowned {
		sum = sum.Add(u.Cost.Amount)
	}
	if sum != all[0].Owned[""].Amount {
		t.Errorf("what is named as nobody's is %s, all of it %s", sum, all[0].Owned[""].Amount)
	}
}
