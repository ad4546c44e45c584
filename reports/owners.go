package reports

import (
	"html/template"
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// The owners are who has what of the period, and how their budgets stand.
type ownersView struct {
	Part    *analysis.Part
	Says    locale.Text
	Rows    []ownerRow
	Unowned *analysis.OwnerStanding // what has no owner
	Delta   *usage.Money            // of all; nil where nothing is compared
	Budgets bool                    // any owner has one
	Shared  bool                    // any owner bears shared cost
}

// An ownerRow is one owner.
type ownerRow struct {
	analysis.OwnerStanding
	Findings int
	Spark    template.HTML
	Bullet   bullet
	Outlook  []locale.Text // what becomes of the budget, in a line or two
	Warn     bool
}

// A bullet is a bar of what is spent and expected against a budget, in percent of the
// width: the budget stands at the same place in every row.
type bullet struct {
	Spent, Forecast, Over float64 // lengths, one after the other
	At                    float64 // of the budget
}

// bulletWide is how much of a budget a bullet has room for.
const bulletWide = 1.4

func viewOwners(_ *locale.Locale, _ *analysis.Report, p *analysis.Part) (any, bool) {
	if len(p.Owners) == 0 {
		return nil, false
	}
	v := ownersView{Part: p}
	if len(p.Priors) > 0 && !p.Priors[0].NoRate {
		v.Delta = &p.Priors[0].Delta
	}
	found := map[string]int{}
	for _, f := range p.Findings {
		found[f.Owner]++
	}
	for _, o := range p.Owners {
		if o.Owner == "" {
			v.Unowned = &o
			continue
		}
		row := ownerRow{OwnerStanding: o, Findings: found[o.Owner]}
		days := o.Days
		for len(days) > 0 && days[len(days)-1].Incomplete {
			days = days[:len(days)-1]
		}
		row.Spark = chart.Spark(charted(days), 1, 0)
		row.outlook()
		v.Budgets, v.Shared = v.Budgets || o.Budget != nil, v.Shared || o.Shared != nil
		v.Rows = append(v.Rows, row)
	}
	slices.SortStableFunc(v.Rows, func(x, y ownerRow) int {
		if a, b := x.rank(), y.rank(); a != b {
			return a - b
		}
		if x.Budget != nil && y.Budget != nil {
			return y.Budget.Amount.Amount.Cmp(x.Budget.Amount.Amount)
		}
		return y.Spent.Amount.Cmp(x.Spent.Amount)
	})
	v.says()
	return v, true
}

// close reports whether a budget holds and nearly is used up.
func (o ownerRow) close() bool {
	return o.Budget != nil && o.Budget.State() == "" && o.Budget.Expected != nil &&
		o.Budget.Expected.Amount.Float64() >= 0.97*o.Budget.Amount.Amount.Float64()
}

// rank puts budgets that break first, then those that come close, then the others, then
// owners without one.
func (o ownerRow) rank() int {
	switch {
	case o.Budget == nil:
		return 3
	case o.Budget.State() != "":
		return 0
	case o.close():
		return 1
	}
	return 2
}

// outlook says what becomes of the budget.
func (o *ownerRow) outlook() {
	T := locale.T
	b := o.Budget
	if b == nil {
		o.Outlook = []locale.Text{T("no budget")}
		return
	}
	end := b.Spent
	if b.Expected != nil {
		end = *b.Expected
	}
	budget := b.Amount.Amount.Float64()
	part := func(m usage.Money) float64 {
		if budget <= 0 { // of which anything is more
			return 100 * float64(max(0, m.Amount.Sign()))
		}
		return math.Min(math.Max(0, m.Amount.Float64()/budget), bulletWide) / bulletWide * 100
	}
	at := 100 / bulletWide
	o.Bullet = bullet{
		Spent: tenth(math.Min(part(b.Spent), at)), At: tenth(at),
		Forecast: tenth(math.Max(0, math.Min(part(end), at)-part(b.Spent))), Over: tenth(math.Max(0, part(end)-at)),
	}
	risk := locale.Text{}
	if b.Chance != nil {
		risk = T("%s risk", locale.Share(*b.Chance))
	}
	switch b.State() {
	case analysis.BudgetOver:
		o.Warn = true
		o.Outlook = []locale.Text{T("over budget")}
		if b.Over != 0 {
			o.Outlook = []locale.Text{T("over since %s", locale.Short(b.Over))}
		}
		o.Outlook = append(o.Outlook, T("by %s", locale.Whole(negated(b.Left))))
	case analysis.BudgetLikely:
		o.Warn = true
		if b.Awaited != nil {
			o.Outlook = []locale.Text{T("over with what has not arrived yet"), T("by about %s", locale.About(end.Sub(b.Amount)))}
			break
		}
		o.Outlook = []locale.Text{T("over about %s", locale.Short(b.Over)), T("by about %s", locale.About(end.Sub(b.Amount)))}
	default:
		if len(b.Unloaded) > 0 {
			o.Outlook = []locale.Text{T("%s left", locale.Whole(b.Left)), uncounted(b)}
			break
		}
		state := T("within")
		if o.close() {
			state = T("close")
		}
		if !risk.Empty() {
			state = T("%s, %s", state, risk)
		}
		o.Outlook = []locale.Text{state, T("%s to spare", locale.About(b.Amount.Sub(end)))}
	}
	switch {
	case b.TooSmall:
		o.Outlook = append(o.Outlook, tooSmall(b))
	case o.Warn && o.Months > 1:
		o.Outlook = append(o.Outlook, T("over %d months running", o.Months+1))
	}
	if b.Period != "month" {
		o.Outlook = append(o.Outlook, T("for %s", b.Span))
	}
}

func (v *ownersView) says() {
	T := locale.T
	var over, likely, near []locale.Text
	for _, o := range v.Rows {
		switch {
		case o.Budget.State() == analysis.BudgetLikely:
			likely = append(likely, locale.Said(o.Owner))
		case o.Warn:
			over = append(over, locale.Said(o.Owner))
		case o.close():
			near = append(near, locale.Said(o.Owner))
		}
	}
	var said []locale.Text
	if len(over) > 0 {
		said = append(said, T("Budgets that are exceeded: %s.", locale.Strong(locale.Join(over, ", "))))
	}
	if len(likely) > 0 {
		said = append(said, T("Budgets that will be exceeded: %s.", locale.Strong(locale.Join(likely, ", "))))
	}
	if len(near) > 0 {
		said = append(said, T("Close: %s.", locale.Join(near, ", ")))
	}
	if u := v.Unowned; u != nil && u.Spent.Amount.Sign() != 0 {
		said = append(said, T("Unassigned: %s.", locale.Exact(u.Spent)))
	} else {
		said = append(said, T("All of the cost has an owner."))
	}
	v.Says = locale.Sentences(said)
}
