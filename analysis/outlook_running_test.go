package analysis_test

import (
	"testing"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/ledgertest"
	"usagereport/usage"
)

// How the cost adds up ends at the total, the period before at its own, the forecast's path at
// the forecast; what carries each reason of the change makes that reason; owners make the bill.
func TestRunningCarriersAndOwnersAddUp(t *testing.T) {
	l := ledgertest.Demo(t, 8)
	a, err := analysis.New(t.Context(), l, analysis.Options{})
	report := reportOf(t, a, err)
	p := report.Parts[0]
	r := p.Running
	if r == nil || len(r.Days) < 5 || len(r.Prior) != p.Priors[0].Span.Days() || len(r.Path) < 5 {
		t.Fatalf("the running cost is %+v", r)
	}
	if got := r.Days[len(r.Days)-1].Sum; got != p.Total {
		t.Errorf("it adds up to %s, the total is %s", got.Text(), p.Total.Text())
	}
	if got := r.Prior[len(r.Prior)-1].Sum; got != p.Priors[0].Total {
		t.Errorf("the period before adds up to %s, its total is %s", got.Text(), p.Priors[0].Total.Text())
	}
	end := r.Path[len(r.Path)-1]
	if end.Day != p.Period.Span.Last() || end.Expected != p.Outlook.End.Expected || r.Path[0].Day != r.Settled {
		t.Errorf("the path leads from %s to %s on %s, the forecast is %s", r.Path[0].Day, end.Expected.Text(), end.Day, p.Outlook.End.Expected.Text())
	}
	for i, d := range r.Path[1:] {
		if d.Day != r.Path[i].Day+1 || d.Low.Amount.Cmp(d.Expected.Amount) > 0 || d.High.Amount.Cmp(d.Expected.Amount) < 0 {
			t.Errorf("the path is at %+v", d)
		}
	}
	carried := 0
	for _, lane := range bridge.Lanes() {
		var sum usage.Decimal
		list := p.Change.Carriers(lane, 2)
		if len(list) > 3 {
			t.Errorf("%s: %d carriers", lane, len(list))
		}
		for _, c := range list {
			sum = sum.Add(c.Amount.Amount)
			carried += c.Count
		}
		if want := p.Change.Total.Bridge[lane]; sum != want {
			t.Errorf("%s is carried to %s, it is %s", lane, sum, want)
		}
	}
	if carried < 20 {
		t.Errorf("only %d carriers", carried)
	}
	var rules []usage.OwnerRule
	owners := []string{"shop", "Rest"}
	for i, rule := range []string{"Tags.owner=shop", "SubAccountId=*"} {
		terms, err := usage.ParseOwnerTerms(rule)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, usage.OwnerRule{Line: i + 2, Owner: owners[i], Terms: terms})
	}
	spent, delta := usage.Money{Currency: p.Currency}, usage.Money{Currency: p.Currency}
	for _, name := range owners {
		theirs, err := analysis.Look(t.Context(), l, analysis.Options{Owner: name}, rules)
		if err != nil {
			t.Fatal(err)
		}
		defer theirs.Close()
		list, err := theirs.Standings(t.Context())
		if err != nil || len(list) != 1 || list[0].Spent.Amount.Sign() <= 0 {
			t.Fatalf("%s has %+v, %v", name, list, err)
		}
		spent, delta = spent.Add(list[0].Spent), delta.Add(*list[0].Delta)
	}
	if spent != p.Total || delta != p.Priors[0].Delta {
		t.Errorf("the owners make %s, %s more; the bill is %s, %s more", spent.Text(), delta.Text(), p.Total.Text(), p.Priors[0].Delta.Text())
	}
}
