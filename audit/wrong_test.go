package audit

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// A lie is a change of a report that makes one of its claims false.
type lie struct {
	kind   Kind
	estate string // the mutation that makes the estate; "" is a machine that doubles
	tell   func(p *analysis.Part, r *analysis.Report)
}

// says puts other words into the sentences on f.
func says(f *analysis.Finding, was, now string) {
	f.Explanation = locale.Said(strings.ReplaceAll(f.Explanation.String(), was, now))
}

func lies() []lie {
	one := usage.DecimalOf(1)
	more := func(m *usage.Money) { m.Amount = m.Amount.Add(one) }
	finding := func(p *analysis.Part) *analysis.Finding {
		for _, list := range [][]analysis.Finding{p.Findings, p.Minor, p.Down} {
			if len(list) > 0 {
				return &list[0]
			}
		}
		return &analysis.Finding{}
	}
	resources := func(p *analysis.Part) *analysis.Breakdown {
		i := slices.IndexFunc(p.Breakdowns, func(b analysis.Breakdown) bool { return b.Dimension == usage.Resource })
		return &p.Breakdowns[i]
	}
	return []lie{
		{Total, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Total) }},
		{Total, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Accounts[0].Total) }},
		{Total, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Outside) }},
		{Prior, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Priors[0].Same) }},
		{Prior, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Priors[1].Total) }},
		{Delta, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Priors[0].Delta) }},
		{Delta, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Movers[0].Up[0].Delta) }},
		{Percent, "", func(p *analysis.Part, _ *analysis.Report) { *p.Priors[0].Percent += 0.01 }},
		{Percent, "", func(p *analysis.Part, _ *analysis.Report) { p.Breakdowns[0].Rows[0].Percent = nil }},
		{Percent, "", func(p *analysis.Part, _ *analysis.Report) { says(finding(p), "up 100%", "up 120%") }},
		{Percent, "", func(p *analysis.Part, _ *analysis.Report) { says(finding(p), "up 100%", "down 100%") }},
		{Percent, "dearer", func(p *analysis.Part, _ *analysis.Report) { says(finding(p), "40%", "46%") }},
		{Row, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Breakdowns[0].Rows[0].Amount) }},
		{Row, "", func(p *analysis.Part, _ *analysis.Report) { resources(p).Rows[0].Value = resources(p).Rows[1].Value }},
		{Row, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.ByCharge[0].Amount) }},
		{Row, "", func(p *analysis.Part, _ *analysis.Report) { p.Meters[0].Quantity = p.Meters[0].Quantity.Add(one) }},
		{Row, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Movers[0].Up[0].Prior) }},
		{Sum, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Breakdowns[0].Rest) }},
		{Sum, "", func(p *analysis.Part, _ *analysis.Report) { p.Accounts = p.Accounts[1:] }},
		{More, "", func(p *analysis.Part, _ *analysis.Report) { p.Breakdowns[0].RestCount++ }},
		{More, "", func(p *analysis.Part, _ *analysis.Report) { p.Movers[0].RestCount++ }},
		{More, "", func(p *analysis.Part, _ *analysis.Report) { p.Turnover.New.Count++ }},
		{Day, "", func(p *analysis.Part, _ *analysis.Report) { p.Daily[5].Actual = p.Daily[5].Actual.Add(one) }},
		{Day, "", func(p *analysis.Part, _ *analysis.Report) { p.Daily = slices.Delete(p.Daily, 3, 4) }},
		{Coverage, "", func(p *analysis.Part, _ *analysis.Report) { p.Period.Reach++ }},
		{Coverage, "", func(p *analysis.Part, _ *analysis.Report) { p.Period.Elapsed = 31 }},
		{Coverage, "", func(p *analysis.Part, _ *analysis.Report) { p.Daily[5].NoData = true }},
		{Coverage, "", func(p *analysis.Part, _ *analysis.Report) { p.Accounts[0].Missing = true }},
		{Coverage, "an account behind", func(p *analysis.Part, _ *analysis.Report) {
			for i := range p.Accounts {
				p.Accounts[i].Behind = false
			}
		}},
		{Coverage, "an account dropped", func(p *analysis.Part, _ *analysis.Report) {
			p.Accounts = slices.DeleteFunc(p.Accounts, func(a analysis.Account) bool { return a.Missing })
		}},
		{State, "", func(p *analysis.Part, _ *analysis.Report) { p.Period.State = analysis.Closed }},
		{NoPrior, "", func(p *analysis.Part, _ *analysis.Report) { p.Priors = nil }},
		{NoPrior, "", func(p *analysis.Part, _ *analysis.Report) { p.Change.Missing = []string{"2026-04"} }},
		{NoPrior, "an account's month dropped", func(p *analysis.Part, _ *analysis.Report) { p.Priors[0].Without = 0 }},
		{New, "a new group", func(p *analysis.Part, _ *analysis.Report) { finding(p).Start += 3 }},
		{New, "", func(p *analysis.Part, _ *analysis.Report) { p.Movers[0].Up[0].Status = analysis.IsNew }},
		{New, "", func(p *analysis.Part, _ *analysis.Report) {
			p.Turnover.New.Rows = append(p.Turnover.New.Rows, analysis.TurnedRow{Value: resources(p).Rows[0].Value})
		}},
		{Gone, "stopped", func(p *analysis.Part, _ *analysis.Report) { finding(p).Start -= 3 }},
		{Gone, "", func(p *analysis.Part, _ *analysis.Report) { p.Movers[0].Up[0].Status = analysis.IsGone }},
		{Price, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Kind = usage.KindPrice }},
		{Impact, "", func(p *analysis.Part, _ *analysis.Report) { more(&finding(p).Impact) }},
		{Impact, "", func(p *analysis.Part, _ *analysis.Report) { more(&finding(p).Actual) }},
		{Impact, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Direction = usage.Down }},
		{Impact, "", func(p *analysis.Part, _ *analysis.Report) { more(&finding(p).Drivers[0].Price) }},
		{Impact, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).PerMonth.Amount = usage.DecimalOf(9999) }},
		{Expected, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Expected.Amount = usage.Decimal{} }},
		{Span, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).End += 30 }},
		{Span, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Start-- }},
		{Scope, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Drivers[0].Scope[usage.Service] = "Storage" }},
		{Label, "", func(p *analysis.Part, _ *analysis.Report) { resources(p).Rows[0].Context = "Bandwidth, rg1" }},
		{Owner, "", func(p *analysis.Part, _ *analysis.Report) { finding(p).Owner = "Ada" }},
		{Known, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Outlook.End.Known) }},
		{Known, "", func(p *analysis.Part, _ *analysis.Report) { p.Outlook.End.Expected.Amount = one }},
		{Known, "", func(p *analysis.Part, _ *analysis.Report) { more(p.Expected) }},
		{Range, "", func(p *analysis.Part, _ *analysis.Report) {
			p.Outlook.End.Range = &analysis.Range{Low80: p.Total, Low95: p.Total, High80: p.Total, High95: p.Total}
		}},
		{ToCome, "", func(p *analysis.Part, _ *analysis.Report) { p.Outlook.End.Expected.Amount = usage.DecimalOf(100000) }},
		{Budget, "", func(p *analysis.Part, _ *analysis.Report) {
			p.Budget = &analysis.Budget{Period: "month", Span: p.Period.Span, Spent: usage.Money{Amount: one, Currency: "EUR"}}
		}},
		{Source, "", func(_ *analysis.Part, r *analysis.Report) { more(&r.Sources[0].Shown) }},
		{Deadline, "", func(p *analysis.Part, _ *analysis.Report) {
			p.Outlook.Plans = []analysis.PlannedChange{{To: p.Period.Reach - 5, Counted: p.Total}}
		}},
		{Deadline, "", func(p *analysis.Part, _ *analysis.Report) { p.Period.ReplyBy = p.Period.Span.Last() }},
		{Age, "", func(p *analysis.Part, _ *analysis.Report) { p.Warnings = nil }},
		{Comparing, "", func(p *analysis.Part, _ *analysis.Report) {
			b := &p.Change.Total.Bridge
			b[bridge.New], b[bridge.Price] = b[bridge.New].Add(usage.DecimalOf(100)), b[bridge.Price].Sub(usage.DecimalOf(100))
		}},
		{Comparing, "another model", func(p *analysis.Part, _ *analysis.Report) {
			b, much := &p.Change.Total.Bridge, usage.DecimalOf(100000)
			b[bridge.ModelMix], b[bridge.Price] = b[bridge.ModelMix].Add(much), b[bridge.Price].Sub(much)
		}},
		{Comparing, "", func(p *analysis.Part, _ *analysis.Report) {
			b := &p.Change.Total.Bridge
			b[bridge.CacheShare], b[bridge.Price] = b[bridge.CacheShare].Add(one), b[bridge.Price].Sub(one)
		}},
		{Comparing, "", func(p *analysis.Part, _ *analysis.Report) { more(&p.Change.Total.Prior) }},
	}
}

// The auditor notices each kind of claim that is wrong.
func TestAuditCatchesLies(t *testing.T) {
	type made struct {
		analysis *analysis.Analysis
		report   *analysis.Report
	}
	later := usage.Date(2026, 7, 10)
	reports := map[string]made{}
	truth := map[string]map[Kind]int{} // how many claims fail of each kind where nothing is made up
	count := func(a *analysis.Analysis, r *analysis.Report) map[Kind]int {
		claims, err := Of(t.Context(), a.Conn(), r, Options{Today: later})
		if err != nil {
			t.Fatal(err)
		}
		n := map[Kind]int{}
		for _, c := range Failed(claims) {
			n[c.Kind]++
		}
		return n
	}
	caught := map[Kind]bool{}
	for i, x := range lies() {
		name := x.estate
		if name == "" {
			name = "doubled"
		}
		m, ok := reports[name]
		if !ok {
			e := newEstate(rand.New(rand.NewPCG(1, 4)), 4)
			all := mutations()
			all[slices.IndexFunc(all, func(m mutation) bool { return m.name == name })].change(e, rand.New(rand.NewPCG(1, 99)))
			l, _ := e.loaded(t)
			a, err := analysis.New(t.Context(), l, analysis.Options{Today: later})
			if err != nil {
				t.Fatal(err)
			}
			t.Cleanup(func() { a.Close() })
			r, err := a.Report(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			m = made{a, r}
			reports[name], truth[name] = m, count(a, r)
		}
		r := cloned(reflect.ValueOf(m.report)).Interface().(*analysis.Report)
		x.tell(&r.Parts[0], r)
		if count(m.analysis, r)[x.kind] <= truth[name][x.kind] {
			t.Errorf("lie %d, %s, of the estate %s: nothing of it fails", i, x.kind, name)
		}
		caught[x.kind] = true
	}
	for _, c := range []Kind{
		Total, Prior, Delta, Percent, Row, Sum, More, Day, Coverage, State, NoPrior, New, Gone, Price, Impact, Expected, Span, Scope, Label,
		Owner, Known, Range, ToCome, Budget, Source, Deadline, Age, Comparing,
	} {
		if !caught[c] {
			t.Errorf("no lie of the kind %s is told", c)
		}
	}
}

// cloned returns a copy of a value that shares with it only what is not exported.
func cloned(v reflect.Value) reflect.Value {
	out := reflect.New(v.Type()).Elem()
	out.Set(v)
	switch v.Kind() {
	case reflect.Pointer:
		if !v.IsNil() {
			out.Set(reflect.New(v.Type().Elem()))
			out.Elem().Set(cloned(v.Elem()))
		}
	case reflect.Slice:
		if !v.IsNil() {
			out.Set(reflect.MakeSlice(v.Type(), v.Len(), v.Len()))
			for i := range v.Len() {
				out.Index(i).Set(cloned(v.Index(i)))
			}
		}
	case reflect.Map:
		if !v.IsNil() {
			out.Set(reflect.MakeMap(v.Type()))
			for _, k := range v.MapKeys() {
				out.SetMapIndex(k, cloned(v.MapIndex(k)))
			}
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				out.Field(i).Set(cloned(v.Field(i)))
			}
		}
	}
	return out
}

// The SQL of a claim can be asked as it is, and says what was found.
func TestAuditSQLStandsAlone(t *testing.T) {
	e := newEstate(rand.New(rand.NewPCG(1, 2)), 2)
	l, _ := e.loaded(t)
	r, claims := audited(t, l, analysis.Options{})
	asked, totals := map[string]bool{}, false
	for _, c := range claims {
		if c.SQL == "" || asked[c.SQL] {
			continue
		}
		asked[c.SQL] = true
		func() {
			rows, err := l.DB().QueryContext(t.Context(), c.SQL)
			if err != nil {
				t.Fatalf("%s: %s: %v", c.Kind, c.Text, err)
			}
			defer rows.Close()
			if rows.Next() && c.Text == "EUR: 2026-05 cost" {
				totals = true
				var k int
				var same, whole usage.Decimal
				if err := rows.Scan(&k, scanAmount(&same), scanAmount(&whole)); err != nil || k != 0 || whole != r.Parts[0].Total.Amount {
					t.Errorf("%s: %v %d %v", c.Text, err, k, whole)
				}
			}
			if err := rows.Err(); err != nil {
				t.Error(err)
			}
		}()
	}
	if !totals || len(asked) < 10 {
		t.Errorf("%d statements, the total's among them: %v", len(asked), totals)
	}
}
