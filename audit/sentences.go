package audit

import (
	"database/sql"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"usagereport/analysis"
	"usagereport/usage"
)

// The changes in percent that the sentences on a finding say.
var (
	pricedBy   = regexp.MustCompile(`(?i)\bprice(?: of.*?)? (rose by|fell by|up|down) ([0-9.,]+)%(?: on ([0-9]+ [A-Z][a-z]+))?`)
	quantityBy = regexp.MustCompile(`(?i)\b(?:hours|GB|quantity) (up|down) ([0-9.,]+)%(?: since ([0-9]+ [A-Z][a-z]+))?`)
	usedPart   = regexp.MustCompile(`([0-9.,]+)% of it used on the last ([0-9]+) days? up to`)
	priceShare = regexp.MustCompile(`the price is ([0-9.,]+)% of the change`)
)

// untilCredit is in the sentence on a credit that has ended.
var untilCredit = regexp.MustCompile(` was credited with about .* a day until `)

// How far what is said may lie from what is found.
const (
	wholePercent = 1.0  // points: it is said in whole ones
	nearPrice    = 0.01 // part of a price: amounts are rounded
	nearQuantity = 0.05 // part of a quantity: the analysis weighs days by weekday
)

const changesBefore = 56 // days before a finding that say what price and quantity were

// sentences checks the percentages in the sentences on a finding: what is said of price and of quantity lies
// between the least and the most that the days make of it.
func (a *auditor) sentences(f analysis.Finding) error {
	said := strings.ReplaceAll(f.Explanation.String(), f.Label.String(), "")
	reason := f.Reason.String()
	if m := priceShare.FindStringSubmatch(said); m != nil {
		a.share(f, m[1])
	}
	prices := append(pricedBy.FindAllStringSubmatch(said, -1), pricedBy.FindAllStringSubmatch(reason, -1)...)
	quantities := append(quantityBy.FindAllStringSubmatch(said, -1), quantityBy.FindAllStringSubmatch(reason, -1)...)
	if len(prices)+len(quantities) == 0 {
		return nil
	}
	first := f.Start
	type change struct {
		ranges map[string][][2]float64
		text   string
	}
	since := map[usage.Period]change{} // of price and quantity that changed on days of their own each says its own
	for _, of := range []string{"price", "quantity"} {
		list, near := prices, nearPrice
		if of == "quantity" {
			list, near = quantities, nearQuantity
		}
		for _, m := range list {
			f.Start = sinceDay(m[3], first)
			from, last := a.changedDays(f, of)
			days := usage.Period{From: f.Start, To: last + 1}
			c, asked := since[days]
			if !asked {
				var err error
				if c.ranges, c.text, err = a.changes(f, from, last); err != nil {
					return err
				}
				since[days] = c
			}
			by := percentage(m[2])
			if strings.HasPrefix(strings.ToLower(m[1]), "fell") || strings.EqualFold(m[1], "down") {
				by = -by
			}
			if len(c.ranges[of]) == 0 {
				a.open(Percent, m[0], "no day before has a quantity and a cost", "%s, %s", f.ID, of)
				continue
			}
			holds, found := false, []string{}
			for _, r := range c.ranges[of] {
				off := wholePercent + near*(100+math.Abs(by))
				holds = holds || by >= 100*(r[0]-1)-off && by <= 100*(r[1]-1)+off
				found = append(found, fmt.Sprintf("%+.1f to %+.1f %%", 100*(r[0]-1), 100*(r[1]-1)))
			}
			a.claim(Percent, holds, m[0], strings.Join(found, ", "), c.text, "%s, change of %s in its sentence", f.ID, of)
		}
	}
	return nil
}

// beforeStart is how many days before a finding's first its sentence may name: one owner's begins where it is the owner's.
const beforeStart = 91

// sinceDay is the day that a sentence names without its year, near a finding's first or after it; without one, that.
func sinceDay(named string, start usage.Day) usage.Day {
	if named == "" {
		return start
	}
	for d := start - beforeStart; d < start+366-beforeStart; d++ {
		if d.Time().Format("2 Jan") == named {
			return d
		}
	}
	return start
}

// share checks which part of a change is said to be the price: that of the drivers.
func (a *auditor) share(f analysis.Finding, said string) {
	price := 0.0
	for _, d := range f.Drivers {
		price += d.Price.Amount.Float64()
	}
	found := 100 * min(1, max(0, price/f.Impact.Amount.Float64()))
	a.claim(Percent, math.Abs(percentage(said)-found) <= 2*wholePercent, said+" %", fmt.Sprintf("%.1f %%", found), "",
		"%s, part of the price in its sentence", f.ID)
}

// percentage reads a percentage as a sentence in English has it.
func percentage(s string) float64 {
	v, err := strconv.ParseFloat(strings.ReplaceAll(s, ",", ""), 64)
	if err != nil {
		return math.NaN() // which nothing is near
	}
	return v
}

// changes asks by which factors price and quantity changed, at least and at most, up to the last day, of which those from since on tell.
func (a *auditor) changes(f analysis.Finding, since, last usage.Day) (ranges map[string][][2]float64, text string, err error) {
	ranges = map[string][][2]float64{}
	of, resources := about(f)
	until := f.Start - 1
	if f.Kind == usage.KindSpike && strings.Contains(f.Rule.String(), "times the usual day of") {
		until = a.reach.last
	}
	text, err = a.ask("check_changes", func(r *sql.Rows) error {
		var name string
		var between [2]float64
		err := r.Scan(&name, &between[0], &between[1])
		ranges[name] = append(ranges[name], between)
		return err
	}, sql.Named("one", f.Scope[usage.Resource] != ""), sql.Named("start", f.Start.Time()), sql.Named("end", last.Time()),
		sql.Named("since", since.Time()), sql.Named("resources", resources),
		sql.Named("apart", a.spikes(f, last)), sql.Named("until", until.Time()),
		sql.Named("billing", value(of, usage.BillingAccount)), sql.Named("account", value(of, usage.SubAccount)),
		sql.Named("group", value(of, usage.ResourceGroup)), sql.Named("service", value(of, usage.Service)),
		sql.Named("region", value(of, usage.Region)), sql.Named("resource", value(of, usage.Resource)),
		sql.Named("meter", value(of, usage.Meter)))
	return ranges, text, err
}

// changedDays returns the days by which to see what f says of its price or its quantity: the first that tells of before, and the last.
// Of two rises of the same, one on top of the other, each is told for itself, and so are two changes of a price.
func (a *auditor) changedDays(f analysis.Finding, of string) (since, last usage.Day) {
	rises := func(f analysis.Finding) bool {
		return f.Direction == usage.Up && (f.Kind == usage.KindLevel || f.Kind == usage.KindDrift)
	}
	since, last = f.Start-changesBefore, f.End
	for _, o := range slices.Concat(a.part.Findings, a.part.Minor, a.part.Down, a.part.Answered) {
		switch {
		case o.ID == f.ID:
		case of == "price" && o.Kind == usage.KindPrice && o.Scope.Meets(f.Scope) && o.Start > f.Start && o.Start <= last:
			last = o.Start - 1
		case of == "price" || !rises(f) || !rises(o) || o.Scope.Key() != f.Scope.Key():
		case o.Start > f.Start && o.Start <= last:
			last = o.Start - 1
		case o.Start < f.Start && o.Start > since && o.End >= f.Start:
			since = o.Start
		}
	}
	return since, last
}

// spikes returns the days from f's first to the last of which another finding says that they, some days only, are not as others.
func (a *auditor) spikes(f analysis.Finding, last usage.Day) []string {
	days := []string{}
	for _, o := range slices.Concat(a.part.Findings, a.part.Minor, a.part.Down, a.part.Answered) {
		if o.Kind == usage.KindSpike && o.ID != f.ID && o.Scope.Key() == f.Scope.Key() && o.Start > f.Start && o.End < last {
			for d := o.Start; d <= o.End; d++ {
				days = append(days, d.String())
			}
		}
	}
	return days
}

// usedPart checks which part of a commitment is said to be used of late.
func (a *auditor) usedPart(id string, f analysis.Finding) error {
	m := usedPart.FindStringSubmatch(f.Reason.String())
	if m == nil {
		return nil
	}
	days, err := strconv.Atoi(m[2])
	if err != nil {
		return fmt.Errorf("%s: %q: %w", f.ID, m[0], err)
	}
	var used, unused usage.Decimal
	text, err := a.ask("check_usedpart", func(r *sql.Rows) error { return r.Scan(scanAmount(&used), scanAmount(&unused)) },
		sql.Named("currency", a.part.Currency), sql.Named("id", id), sql.Named("days", days), sql.Named("end", f.End.Time()))
	if err != nil {
		return err
	}
	found := 100 * used.Float64() / used.Add(unused).Float64()
	a.claim(Percent, math.Abs(percentage(m[1])-found) <= wholePercent, m[0], fmt.Sprintf("%.1f %%", found), text,
		"%s, part of the commitment that is used", f.ID)
	return nil
}
