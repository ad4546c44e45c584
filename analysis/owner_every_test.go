//go:build unix

package analysis_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"usagereport/analysis"
	"usagereport/internal/demo"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// rules are lines of an owners file, each a name and its terms.
func rules(t *testing.T, lines ...[2]string) (out []usage.OwnerRule) {
	t.Helper()
	for i, x := range lines {
		terms, err := usage.ParseOwnerTerms(x[1])
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, usage.OwnerRule{Line: i + 2, Owner: x[0], Terms: terms})
	}
	return out
}

// What is asked once for all owners is for each what it is when the owner alone is looked at.
func TestEachOwnerIsTheOwner(t *testing.T) {
	demo := rules(t, [2]string{"O'Hara \"x\"", "Tags.owner=platform"}, [2]string{"数据", "ServiceName=S*"}, [2]string{"Nobody", "ServiceName=no such"},
		[2]string{"Rest", "SubAccountName=*Production"}, [2]string{"Network", "x_ResourceGroupName=*hub*"})
	demo[1].From = usage.Date(2026, 10, 10)
	samples := ledgertest.Of(t, "../testdata/usage/aws_cur/cur2-2026-10.csv", "../testdata/usage/gcp_billing/detailed-2026-10.csv", "../testdata/usage/oci_cost/2026-10.csv")
	clouds := rules(t, [2]string{"A", "ServiceName=A*"}, [2]string{"C", "ServiceName=C*"}, [2]string{"Rest", "ServiceName=*"})
	const vm = " SkuMeter=D2 ConsumedUnit=Hours ResourceName=vm ResourceType=vm ResourceId="
	moved := ledgerOf(t, "s1 Compute 2026-09-01..2026-10-10 10 x_ResourceGroupName=a"+vm+"/s1/vm\n"+
		"s2 Compute 2026-10-11..2026-11-20 10 x_ResourceGroupName=b"+vm+"/s2/vm\ns1 Storage 2026-09-01..2026-11-20 5\ns2 Storage 2026-09-01..2026-11-20 5")
	three := ledgertest.Demo(t, 3)
	for name, x := range map[string]struct {
		of    *ledger.Ledger
		rules []usage.OwnerRule
		o     analysis.Options
	}{
		"the newest period":  {three, demo, analysis.Options{}},
		"as of a day":        {three, demo, analysis.Options{AsOf: usage.Date(2026, 11, 6)}},
		"a calendar month":   {three, demo, analysis.Options{Month: "2026-10"}},
		"one that has ended": {three, demo, analysis.Options{Period: "2026-10"}},
		"effective cost":     {three, demo, analysis.Options{Cost: analysis.Effective}},
		"several currencies": {samples, clouds, analysis.Options{}},
		"a machine moved":    {moved, clouds, analysis.Options{}},
	} {
		var owners []analysis.BudgetedOwner
		for i, r := range x.rules {
			b := analysis.OwnerBudget{Amount: usage.DecimalOf(int64(900 * (i + 1))), Period: []string{"month", "quarter", "year"}[i%3]}
			owners = append(owners, analysis.BudgetedOwner{Name: r.Owner, Budget: b})
		}
		said := map[string]string{}
		all, err := analysis.Look(t.Context(), x.of, x.o, x.rules)
		if err != nil {
			t.Fatal(err)
		}
		err = all.EachOwner(t.Context(), owners, func(owner string, theirs *analysis.Analysis) error {
			said[owner] = standings(t, x.of, x.o, theirs)
			return nil
		})
		if err != nil {
			t.Fatal(name, err)
		}
		all.Close()
		for _, b := range owners {
			o := x.o
			o.Owner, o.Budget = b.Name, b.Budget
			one, err := analysis.Look(t.Context(), x.of, o, x.rules)
			if err != nil {
				t.Fatal(err)
			}
			if want := standings(t, x.of, x.o, one); said[b.Name] != want {
				t.Errorf("%s: %s among all has\n%s\nalone\n%s", name, b.Name, said[b.Name], want)
			}
			one.Close()
		}
	}
}

// standings are those of a, as text. Of an owner without charges it is what the owner's report says.
func standings(t *testing.T, of *ledger.Ledger, o analysis.Options, a *analysis.Analysis) string {
	t.Helper()
	list, err := a.Standings(t.Context())
	if analysis.IsNothing(err) {
		all, newErr := analysis.New(t.Context(), of, o)
		if newErr != nil {
			t.Fatal(newErr)
		}
		defer all.Close()
		var r *analysis.Report
		if r, err = analysis.Nothing(t.Context(), all, a); err == nil {
			list = []analysis.OwnerStanding{{Owner: r.Owner, Spent: r.Parts[0].Total, Delta: &r.Parts[0].Total, Budget: r.Parts[0].Budget}}
		}
	}
	if err != nil {
		return err.Error()
	}
	b, err := json.Marshal(list)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// Eight times as many owners take little more: statements are asked once for all.
func TestManyOwners(t *testing.T) {
	l := ledgertest.Demo(t, 3)
	rows, err := l.DB().QueryContext(t.Context(), "SELECT ResourceId FROM series WHERE ResourceId <> '' GROUP BY ALL ORDER BY ALL LIMIT 64")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	var lines [][2]string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		lines = append(lines, [2]string{fmt.Sprintf("owner %d", len(lines)), "ResourceId=" + id})
	}
	if err := rows.Err(); err != nil || len(lines) != 64 {
		t.Fatal(len(lines), err)
	}
	of := func(n int) float64 {
		cpu, _ := spent(t, func() {
			a, err := analysis.Look(t.Context(), l, analysis.Options{}, rules(t, lines[:n]...))
			if err != nil {
				t.Fatal(err)
			}
			defer a.Close()
			var owners []analysis.BudgetedOwner
			for _, x := range lines[:n] {
				owners = append(owners, analysis.BudgetedOwner{Name: x[0]})
			}
			said := 0
			err = a.EachOwner(t.Context(), owners, func(_ string, theirs *analysis.Analysis) error {
				list, err := theirs.Standings(t.Context())
				said += len(list)
				return err
			})
			if err != nil || said == 0 {
				t.Fatal(said, err)
			}
		})
		return cpu
	}
	few, many := 1e9, 1e9
	for range 3 {
		few, many = min(few, of(8)), min(many, of(64))
	}
	t.Logf("8 owners %.3f s, 64 owners %.3f s", few, many)
	if many > 2.5*few {
		t.Errorf("64 owners take %.1f times as long as 8, want at most 2.5", many/few)
	}
}

// A report of one among many, of which each takes what was asked of all at once, says what it says alone.
func TestReportsOfManyAreEachs(t *testing.T) {
	dir := t.TempDir()
	if _, err := demo.Write(t.Context(), dir, demo.Options{Months: 3}); err != nil {
		t.Fatal(err)
	}
	shared := rules(t, [2]string{"Network", "x_ResourceGroupName=*hub*"}, [2]string{"O'Hara \"x\"", "Tags.owner=platform"}, [2]string{"数据", "ServiceName=S*"}, [2]string{"Nobody", "ServiceName=no such"},
		[2]string{"Late", "x_ResourceGroupName=*shop*"}, [2]string{"Rest", "SubAccountName=*Production"})
	shared[0].Share = &usage.Share{By: usage.InProportion}
	shared[2].From, shared[2].To = usage.Date(2026, 10, 10), usage.Date(2026, 11, 2)
	shared[4].From = usage.Date(2026, 10, 20)
	clouds := []string{
		"../testdata/usage/aws_cur/cur2-2026-10.csv", "../testdata/usage/gcp_billing/detailed-2026-10.csv", "../testdata/usage/oci_cost/2026-10.csv",
		"../testdata/usage/azure_csp", "../testdata/usage/azure_account_v2",
	}
	letters := [][2]string{}
	for _, c := range "AEICSV" {
		letters = append(letters, [2]string{"of " + string(c), "ServiceName=" + string(c) + "*"})
	}
	made := []usage.Virtual{{Name: "stage", Rules: rules(t, [2]string{"prod", "x_ResourceGroupName=*prod"}), Rest: "rest"}}
	events := []usage.Event{{Line: 2, Day: usage.Date(2026, 11, 3), Text: "freeze", Rules: rules(t, [2]string{"", "ServiceName=S*"})}}
	type ledgers struct{ many, one *ledger.Ledger }
	both := func(paths ...string) ledgers {
		l := ledgers{ledgertest.ToRead(t, paths...), ledgertest.ToRead(t, paths...)}
		l.many.KeepCommon(50)
		return l
	}
	estate, several := both(dir), both(clouds...)
	for name, x := range map[string]struct {
		ledgers
		rules []usage.OwnerRule
		o     analysis.Options
	}{
		"the newest period":            {estate, shared, analysis.Options{ResourceDays: true, Events: events}},
		"as of a day, with dimensions": {estate, shared, analysis.Options{AsOf: usage.Date(2026, 11, 6), Virtual: made}},
		"a calendar month":             {estate, shared, analysis.Options{Month: "2026-10", Cost: analysis.Effective}},
		"several currencies":           {several, rules(t, letters...), analysis.Options{}},
	} {
		wants := map[string]string{}  // by owner
		var before *analysis.Analysis // that stays open while the next is asked
		for round := range 2 {        // what is made for all is used up in the first
			for i, r := range x.rules[:len(x.rules)/(1+2*round)] {
				o := x.o
				o.Owner, o.Budget = r.Owner, analysis.OwnerBudget{Amount: usage.DecimalOf(int64(90 * (i + 1))), Period: []string{"month", "quarter", "year"}[i%3]}
				among, err := analysis.Look(t.Context(), x.many, o, x.rules)
				if err != nil {
					t.Fatal(name, err)
				}
				if round == 0 { // alone an owner is the same in each
					alone, err := analysis.Look(t.Context(), x.one, o, x.rules)
					if err != nil {
						t.Fatal(name, err)
					}
					wants[r.Owner] = reported(t, alone)
					alone.Close()
				}
				if got, want := reported(t, among), wants[r.Owner]; got != want {
					t.Errorf("%s, round %d: %s among many has\n%s\nalone\n%s", name, round, r.Owner, got, want)
				}
				if before != nil && round > 0 {
					reported(t, before)
				}
				before = among
			}
		}
	}
}

// reported is what a's report says, as text, or why there is none.
func reported(t *testing.T, a *analysis.Analysis) string {
	t.Helper()
	r, err := a.Report(t.Context())
	if err != nil {
		return err.Error()
	}
	b, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
