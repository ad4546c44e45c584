package reports

import (
	"math"
	"slices"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/reports/chart"
	"usagereport/usage"
)

// A change leads from what the prior period cost to what this one costs, reason
// by reason.
type change struct {
	Part  *analysis.Part
	From  analysis.BasePeriod
	Says  locale.Text
	Bars  []changeBar
	Cut   *usage.Money // where the bars of the totals are cut; nil where they are whole
	Lanes []laneRow
	Used  []bridge.Lane // those of Lanes, the columns of Rows
	Rows  []changeRow
	More  []locale.Text // what must be known to read it
}

// A changeBar is a row of the way from one total to the other.
type changeBar struct {
	Name, Means locale.Text
	Amount      usage.Money
	Total       bool
	Class       string
	X, W        float64 // in percent of the width
	Torn        bool    // cut short
	Carriers    []analysis.Carrier
}

// A laneRow is one reason, with what it means.
type laneRow struct {
	Name, Means locale.Text
	Amount      usage.Money
}

// A changeRow is one service; Parts add up to its Delta.
type changeRow struct {
	analysis.ComparisonRow
	Label string
	Parts []usage.Money
}

func viewChange(l *locale.Locale, r *analysis.Report, p *analysis.Part) (any, bool) {
	c := p.Change
	if c == nil || len(c.Base) == 0 {
		return nil, false
	}
	v := change{Part: p, From: c.Base[0]}
	_, v.Lanes, v.Used = reasons(l, "change", *c, len(r.Filters) > 0)
	v.bars(c)
	money := func(d usage.Decimal) usage.Money { return usage.Money{Amount: d, Currency: p.Currency} }
	for _, of := range c.Rows {
		row := changeRow{ComparisonRow: of, Label: "(all others)"}
		if len(of.Labels) > 0 {
			row.Label = of.Labels[0]
		}
		for _, lane := range v.Used {
			row.Parts = append(row.Parts, money(of.Bridge[lane]))
		}
		v.Rows = append(v.Rows, row)
	}
	if c.Awaited.Amount.Sign() > 0 {
		v.More = append(v.More,
			locale.T("About %s of the last days has not arrived yet and counts here as less quantity.",
				estimated(p, c.Awaited)))
	}
	v.More = append(v.More, c.Warnings...)
	return v, true
}

// bars sets the reasons one after the other, from the earlier total to the later.
func (v *change) bars(c *analysis.Comparison) {
	T := locale.T
	before, now := daysText(v.From.Span, v.From.Days), daysText(c.Period.Span, c.Period.Elapsed)
	v.Bars = append(v.Bars, changeBar{Name: before, Amount: c.Total.Prior, Total: true, Class: "total"})
	for i, lane := range v.Lanes {
		if lane.Amount.Amount.Sign() == 0 {
			continue
		}
		b := changeBar{Name: lane.Name, Means: lane.Means, Amount: lane.Amount, Class: "up", Carriers: c.Carriers(v.Used[i], 2)}
		if lane.Amount.Amount.Sign() < 0 {
			b.Class = "down"
		}
		v.Bars = append(v.Bars, b)
	}
	v.Bars = append(v.Bars, changeBar{Name: now, Amount: c.Total.Current, Total: true, Class: "total"})
	lo, hi, at := math.Inf(1), math.Inf(-1), 0.0
	ends := make([][2]float64, len(v.Bars))
	for i, b := range v.Bars {
		amount := b.Amount.Amount.Float64()
		if b.Total {
			ends[i], at = [2]float64{0, amount}, amount
		} else {
			ends[i] = [2]float64{at, at + amount}
			at += amount
		}
		lo, hi = min(lo, max(ends[i][0], ends[i][1]), at), max(hi, ends[i][0], ends[i][1])
		if !b.Total {
			lo = min(lo, ends[i][0], ends[i][1])
		}
	}
	if base := lo - (hi-lo)/4; lo > hi/2 && hi > lo {
		cut := usage.Money{Amount: usage.DecimalFromFloat(base).Round(0), Currency: v.Part.Currency}
		v.Cut, lo = &cut, base
	} else {
		lo = min(0, lo)
	}
	for i, e := range ends {
		v.Bars[i].Torn = v.Cut != nil && v.Bars[i].Total
		from, to := max(lo, min(e[0], e[1])), max(e[0], e[1])
		if hi > lo {
			v.Bars[i].X, v.Bars[i].W = tenth((from-lo)/(hi-lo)*100), max(0.3, tenth((to-from)/(hi-lo)*100))
		}
	}
	v.Says = T("%s on %s, %s on %s", coded(v.Part, locale.Exact(c.Total.Prior)), before, locale.Exact(c.Total.Current), now)
	var most []locale.Text
	lanes := slices.Clone(v.Lanes)
	slices.SortStableFunc(lanes, func(x, y laneRow) int { return y.Amount.Amount.Abs().Cmp(x.Amount.Amount.Abs()) })
	for _, lane := range lanes[:min(2, len(lanes))] {
		// A second reason is named where it matters beside the first.
		if size := lane.Amount.Amount.Abs().Float64(); size > 0 && size >= lanes[0].Amount.Amount.Abs().Float64()/20 {
			most = append(most, T("%s (%s)", locale.Strong(lane.Name), locale.Rise(lane.Amount)))
		}
	}
	if len(most) > 0 {
		v.Says = T("%s: %s", v.Says, locale.Join(most, ", "))
	}
	v.Says = T("%s.", v.Says)
}

// daysText names the first days of a period; one that is whole by its month.
func daysText(span usage.Period, days int) locale.Text {
	if days >= span.Days() && span == span.From.Month() {
		return locale.T("%s", locale.Month(span.From))
	}
	return locale.T("%s", usage.Period{From: span.From, To: span.From + usage.Day(max(1, min(days, span.Days())))})
}

func tenth(v float64) float64 { return math.Round(v*10) / 10 }

// stepOf names a period beside its bar: by its month, or its days.
func stepOf(l *locale.Locale, name string, span usage.Period) string {
	if span.Empty() {
		return shown(l, name, 40)
	}
	return l.Say(locale.Dated(span))
}

// reasons returns of what the change of c is made: a waterfall, and what it shows. part says that
// more than owners divides the charges.
func reasons(l *locale.Locale, id string, c analysis.Comparison, part bool) (picture chart.Chart, rows []laneRow, used []bridge.Lane) {
	steps := []chart.Step{{Label: stepOf(l, c.Base[0].Name, c.Base[0].Span), Amount: c.Total.Prior.Amount, Total: true}}
	for _, lane := range bridge.Lanes() {
		amount := c.Total.Bridge[lane]
		if amount.Sign() == 0 && !laneInRows(c.Rows, lane) {
			continue
		}
		name, means := laneText(lane, part)
		rows = append(rows, laneRow{name, means, usage.Money{Amount: amount, Currency: c.Currency}})
		used = append(used, lane)
		if amount.Sign() != 0 {
			steps = append(steps, chart.Step{Label: l.Say(name), Amount: amount})
		}
	}
	steps = append(steps, chart.Step{Label: stepOf(l, c.Period.Name, c.Period.Span), Amount: c.Total.Current.Amount, Total: true})
	label := l.Say(locale.T("Waterfall from %s to %s by reason; the table has the numbers.", l.Money(c.Total.Prior), l.Money(c.Total.Current)))
	return chart.Waterfall(l, id, label, c.Currency, steps), rows, used
}

func laneInRows(rows []analysis.ComparisonRow, lane bridge.Lane) bool {
	for _, r := range rows {
		if r.Bridge[lane].Sign() != 0 {
			return true
		}
	}
	return false
}

// laneText returns a reason for a change in a word, and what it means; part is that of reasons.
func laneText(lane bridge.Lane, part bool) (name, means locale.Text) {
	switch {
	case part && lane == bridge.MovedIn:
		return locale.T("Moved in"), locale.T("not among these charges before")
	case part && lane == bridge.MovedOut:
		return locale.T("Moved out"), locale.T("no longer among these charges")
	}
	switch lane {
	case bridge.Price:
		return locale.T("Price"), locale.T("unit prices changed")
	case bridge.Quantity:
		return locale.T("Quantity"), locale.T("more or less used")
	case bridge.ModelMix:
		return locale.T("Model mix"), locale.T("other models for as many tokens")
	case bridge.TokenKind:
		return locale.T("Length of answers"), locale.T("more or less output for as much input")
	case bridge.CacheShare:
		return locale.T("Cache share"), locale.T("more or less of the input from a cache")
	case bridge.Calendar:
		return locale.T("Calendar"), locale.T("other weekdays or days")
	case bridge.Missing:
		return locale.T("Missing days"), locale.T("days without data")
	case bridge.New:
		return locale.T("New"), locale.T("not there before")
	case bridge.Gone:
		return locale.T("Gone"), locale.T("no cost any more")
	case bridge.Resized:
		return locale.T("Resized"), locale.T("same resource, other size")
	case bridge.Renamed:
		return locale.T("Renamed"), locale.T("same resource, other name")
	case bridge.MovedIn:
		return locale.T("Moved in"), locale.T("another owner’s before")
	case bridge.MovedOut:
		return locale.T("Moved out"), locale.T("another owner’s now")
	case bridge.Purchases:
		return locale.T("Purchases"), locale.T("purchases and one-time charges")
	case bridge.Credits:
		return locale.T("Credits"), locale.T("credits, refunds and corrections")
	case bridge.Tax:
		return locale.T("Taxes"), locale.T("tax on the bill")
	case bridge.Exchange:
		return locale.T("Exchange rate"), locale.T("other exchange rates; all else is at the older ones")
	case bridge.Rounding:
		return locale.T("Rounding"), locale.T("rounding of the bill’s lines, and the free allowance")
	}
	return locale.T("Not explained"), locale.T("no meter, unit or quantity to go by")
}
