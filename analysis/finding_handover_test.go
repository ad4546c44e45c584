package analysis_test

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/usage"
)

// TestHandover hands machines over on 1 June: one that goes on as it was, one that doubles
// a week later, one that is deleted a week later. Neither owner has a finding of the
// handover; what happens later is the new owner's.
func TestHandover(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-06-20 100 ResourceId=a ResourceName=same x_ResourceGroupName=g1
s1 Compute 2026-01-01..2026-06-07 100 ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Compute 2026-06-08..2026-06-20 200 ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Compute 2026-01-01..2026-06-07 50 ResourceId=c ResourceName=ends x_ResourceGroupName=g3
s1 Storage 2026-01-01..2026-06-20 10 ResourceId=d ResourceName=theirs x_ResourceGroupName=g4
s1 purchase-plan 2026-03-10 300 ResourceId=p ResourceName=plan
s1 purchase-plan 2026-04-10 300 ResourceId=p ResourceName=plan
s1 purchase-plan 2026-05-10 300 ResourceId=p ResourceName=plan
s1 purchase-plan 2026-06-10 300 ResourceId=p ResourceName=plan
`)
	rule := func(line int, owner, term string, from, to usage.Day) usage.OwnerRule {
		terms, err := usage.ParseOwnerTerms(term)
		if err != nil {
			t.Fatal(err)
		}
		return usage.OwnerRule{Line: line, Owner: owner, Terms: terms, From: from, To: to}
	}
	june := usage.Date(2026, 6, 1)
	rules := []usage.OwnerRule{
		rule(2, "Old", "ServiceName=Storage", 0, 0), rule(3, "Old", "ServiceName=*", 0, june-1), rule(4, "New", "ServiceName=*", june, 0),
	}
	part := func(t *testing.T, o analysis.Options) analysis.Part {
		t.Helper()
		a, err := analysis.Look(t.Context(), l, o, rules)
		r := reportOf(t, a, err)
		return r.Parts[0]
	}
	t.Run("all", func(t *testing.T) {
		p := part(t, analysis.Options{Whose: true})
		found := slices.Concat(p.Findings, p.Minor, p.Down)
		if len(found) != 2 {
			t.Errorf("%d findings, want what doubles and what ends", len(found))
		}
		for _, f := range found {
			if got := f.Whose.String(); got != "New" {
				t.Errorf("%s is of %q", f.Label, got)
			}
		}
	})
	for owner, want := range map[string]struct {
		findings []string
		moved    string
	}{
		"New": {[]string{"price doubles 1300.00", "gone ends"}, "moved in from others since 1 Jun 2026: 4 resources, EUR 5,950.00 so far; that is no new cost"},
		"Old": {nil, "moved out to others since 1 Jun 2026: 4 resources, EUR 7,000.00 in the four weeks before; that is no saving"},
	} {
		t.Run(owner, func(t *testing.T) {
			p := part(t, analysis.Options{Owner: owner})
			var got []string
			for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down} {
				for _, f := range list {
					got = append(got, fmt.Sprint(f.Kind, " ", f.Label, " ", f.Impact.Text()))
				}
			}
			if len(got) != len(want.findings) {
				t.Fatalf("findings %q, want %q", got, want.findings)
			}
			for i, f := range want.findings {
				if !strings.HasPrefix(got[i], f) {
					t.Errorf("finding %q, want %q", got[i], f)
				}
			}
			if said := fmt.Sprint(p.Moved); said != "["+want.moved+"]" {
				t.Errorf("said %s, want %s", said, want.moved)
			}
			if p.Turnover.New.Count+p.Turnover.Gone.Count > 0 {
				t.Errorf("new and gone are %+v, of what changed hands", p.Turnover)
			}
			statuses := map[analysis.Status]int{}
			for _, m := range p.Movers {
				for _, x := range slices.Concat(m.Up, m.Down) {
					statuses[x.Status]++
				}
			}
			if moved := map[string]analysis.Status{"New": analysis.MovedIn, "Old": analysis.MovedOut}[owner]; statuses[moved] < 4 ||
				statuses[analysis.IsNew]+statuses[analysis.IsGone] > 0 {
				t.Errorf("what changed hands is called %v", statuses)
			}
		})
	}
}

// TestRisenBeforeHandover hands over on 1 June what has cost twice as much since 18 May: the new owner's finding is of the owner's
// days, and says since when it is up.
func TestRisenBeforeHandover(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-05-17 100 ConsumedQuantity=24 ConsumedUnit=Hours ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Compute 2026-05-18..2026-06-20 200 ConsumedQuantity=48 ConsumedUnit=Hours ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Storage 2026-01-01..2026-06-20 10 ResourceId=d ResourceName=theirs x_ResourceGroupName=g4
`)
	terms, err := usage.ParseOwnerTerms("ServiceName=Compute")
	if err != nil {
		t.Fatal(err)
	}
	june := usage.Date(2026, 6, 1)
	a, err := analysis.Look(t.Context(), l, analysis.Options{Owner: "New"}, []usage.OwnerRule{
		{Line: 2, Owner: "Old", Terms: terms, To: june - 1}, {Line: 3, Owner: "New", Terms: terms, From: june},
	})
	p := reportOf(t, a, err).Parts[0]
	if len(p.Findings) != 1 {
		t.Fatalf("%d findings, want one", len(p.Findings))
	}
	f := p.Findings[0]
	if f.Start != june || f.Actual.Text() != "4000.00" {
		t.Errorf("from %v, %s, want the owner's days alone", f.Start, f.Actual.Text())
	}
	for _, said := range []string{f.Reason.String(), f.Explanation.String()} {
		if !strings.Contains(said, "since 18 May") || strings.Contains(said, "since 1 Jun") {
			t.Errorf("said %q, it is up since 18 May", said)
		}
	}
}

// TestHandoverFiltered has the same machines under another value of a dimension since 1 June:
// a filter by either value has what befalls a machine itself, and no finding of the change.
func TestHandoverFiltered(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-06-20 100 ResourceId=a ResourceName=same x_ResourceGroupName=g1
s1 Compute 2026-01-01..2026-06-07 100 ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Compute 2026-06-08..2026-06-20 200 ResourceId=b ResourceName=doubles x_ResourceGroupName=g2
s1 Storage 2026-01-01..2026-06-20 10 ResourceId=d ResourceName=theirs x_ResourceGroupName=g4
`)
	june := usage.Date(2026, 6, 1)
	rule := func(line int, value, term string, from, to usage.Day) usage.OwnerRule {
		terms, err := usage.ParseOwnerTerms(term)
		if err != nil {
			t.Fatal(err)
		}
		return usage.OwnerRule{Line: line, Owner: value, Terms: terms, From: from, To: to}
	}
	product := usage.Virtual{Name: "Product", Rest: "none", Rules: []usage.OwnerRule{
		rule(2, "Old", "ServiceName=Storage", 0, 0), rule(3, "Old", "ServiceName=Compute", 0, june-1), rule(4, "New", "ServiceName=Compute", june, 0),
	}}
	for value, want := range map[string]struct {
		findings []string
		moved    string
	}{
		"New": {[]string{"doubles"}, "among these charges since 1 Jun 2026 and not before: 2 resources, EUR 5,300.00 so far; that is no new cost"},
		"Old": {nil, "no longer among these charges since 1 Jun 2026: 2 resources, EUR 5,600.00 in the four weeks before; that is no saving"},
	} {
		t.Run(value, func(t *testing.T) {
			a, err := analysis.New(t.Context(), l, analysis.Options{
				Virtual: []usage.Virtual{product}, Filters: []analysis.Filter{{Dimension: product.Dimension(), Value: value}},
			})
			r := reportOf(t, a, err)
			p := r.Parts[0]
			var got []string
			for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
				got = append(got, f.Label.String())
			}
			if !slices.Equal(got, want.findings) {
				t.Errorf("findings %q, want %q", got, want.findings)
			}
			if said := fmt.Sprint(p.Moved); said != "["+want.moved+"]" {
				t.Errorf("said %s, want %s", said, want.moved)
			}
		})
	}
}

// TestHandoverByMove moves a machine on 1 June into another owner's group, where it has another id, and
// another into another group under its id: each is moved in and out, and no finding.
func TestHandoverByMove(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-05-31 100 SkuMeter=D2 ConsumedUnit=Hours ResourceId=old/a ResourceName=a ResourceType=vm x_ResourceGroupName=old
s1 Compute 2026-06-01..2026-06-20 100 SkuMeter=D2 ConsumedUnit=Hours ResourceId=new/a ResourceName=a ResourceType=vm x_ResourceGroupName=new
s1 Compute 2026-01-01..2026-05-31 50 SkuMeter=D2 ConsumedUnit=Hours ResourceId=b ResourceName=b ResourceType=vm x_ResourceGroupName=old
s1 Compute 2026-06-01..2026-06-20 50 SkuMeter=D2 ConsumedUnit=Hours ResourceId=b ResourceName=b ResourceType=vm x_ResourceGroupName=new
s1 Storage 2026-01-01..2026-06-20 10 ResourceId=c ResourceName=c ResourceType=disk x_ResourceGroupName=old
s1 Storage 2026-01-01..2026-06-20 10 ResourceId=d ResourceName=d ResourceType=disk x_ResourceGroupName=new
`)
	var rules []usage.OwnerRule
	for i, group := range []string{"old", "new"} {
		terms, err := usage.ParseOwnerTerms("x_ResourceGroupName=" + group)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, usage.OwnerRule{Line: i + 2, Owner: group, Terms: terms})
	}
	for owner, want := range map[string]string{
		"new": "moved in from others since 1 Jun 2026: 2 resources, EUR 3,000.00 so far; that is no new cost",
		"old": "moved out to others since 1 Jun 2026: 2 resources, EUR 4,200.00 in the four weeks before; that is no saving",
	} {
		t.Run(owner, func(t *testing.T) {
			a, err := analysis.Look(t.Context(), l, analysis.Options{Owner: owner}, rules)
			r := reportOf(t, a, err)
			p := r.Parts[0]
			for _, f := range slices.Concat(p.Findings, p.Minor, p.Down) {
				t.Errorf("finding: %s %s", f.Kind, f.Label)
			}
			if got := fmt.Sprint(p.Moved); got != "["+want+"]" {
				t.Errorf("%s, want %s", got, want)
			}
		})
	}
}

// TestHandoverForecast hands over a machine of 100 a day within the open month: the forecast of each owner goes by what is the
// owner's now, and nothing of what has gone is awaited.
func TestHandoverForecast(t *testing.T) {
	l := ledgerOf(t, `
s1 Compute 2026-01-01..2026-06-14 100 ResourceId=m ResourceName=machine x_ResourceGroupName=g1
s1 Compute 2026-01-01..2026-06-14 50 ResourceId=n ResourceName=news x_ResourceGroupName=g2
s1 Compute 2026-01-01..2026-06-14 20 ResourceId=o ResourceName=olds x_ResourceGroupName=g3
s1 Storage 2026-01-01..2026-06-14 30 ResourceId=p ResourceName=disk x_ResourceGroupName=g1
`)
	turn := usage.Date(2026, 6, 11)
	var rules []usage.OwnerRule
	for i, r := range []struct {
		owner, term string
		from, to    usage.Day
	}{
		{"Old", "x_ResourceGroupName=g1", 0, turn - 1},
		{"New", "x_ResourceGroupName=g1", turn, 0},
		{"New", "x_ResourceGroupName=g2", 0, 0},
		{"Old", "x_ResourceGroupName=g3", 0, 0},
	} {
		terms, err := usage.ParseOwnerTerms(r.term)
		if err != nil {
			t.Fatal(err)
		}
		rules = append(rules, usage.OwnerRule{Line: i + 2, Owner: r.owner, Terms: terms, From: r.from, To: r.to})
	}
	check := func(t *testing.T, r *analysis.Report, want float64) {
		t.Helper()
		p := r.Parts[0]
		if p.Outlook == nil {
			t.Fatal("there is no forecast")
		}
		if got := p.Outlook.End.Expected.Amount.Float64(); math.Abs(got-want) > 0.03*want {
			t.Errorf("it ends at %s, want about %.0f", p.Outlook.End.Expected.Text(), want)
		}
		if got := p.Change.Awaited.Amount.Float64(); math.Abs(got) > 0.01*want {
			t.Errorf("%s has not arrived, of days that are whole", p.Change.Awaited.Text())
		}
	}
	want := map[string]float64{"New": 50*30 + 130*20, "Old": 20*30 + 130*10}
	for owner, end := range want {
		t.Run(owner, func(t *testing.T) {
			a, err := analysis.Look(t.Context(), l, analysis.Options{Owner: owner}, rules)
			check(t, reportOf(t, a, err), end)
		})
	}
}
