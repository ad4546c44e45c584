// Package detect finds unexpected cost in arrays of daily cost, and returns each
// incident once, at the level that explains it. It is plain Go over
// float64: findings carry estimates and the leaves they cover; whoever shows
// money takes the exact amounts of those leaves from the ledger.
//
// The expected cost of a day is the median of the last eight same weekdays. A
// run of 1, 7 or 28 days is unexpected when its excess is more than a factor
// times the worst such run of a normal month of the same series. The order of
// work is the order in which an incident finds its name:
//
//  1. what is booked once a month, a quarter or a year, and changes;
//  2. price changes, by meter;
//  3. replaced resources (gone and new at the same cost) become one series;
//  4. what is new or gone;
//  5. resources, then what rose together folded into its container;
//  6. containers, small to large, without what earlier steps found.
//
// The same Input gives the same Result, whatever the number of processors.
package detect

import (
	"cmp"
	"slices"

	"usagereport/usage"
)

// Review is how many days, up to the last with data, are looked at for what is
// unexpected. The days before show what is normal.
const Review = 35

// A Leaf is one resource and meter, with all its dimensions, and what it cost
// and used each day.
type Leaf struct {
	Dims     usage.Series
	First    int       // the day of Input with which Cost and Quantity begin
	Cost     []float64 // one per day; on days of Input that it does not have there is none
	Quantity []float64 // likewise; nil where unknown
	Unit     string

	grade []float64 // by which Cost is to be multiplied to be as charged; nil where it is. See evened
}

// Between returns what the leaf has of the costs of the days from first to, not including, end.
func (l Leaf) Between(first, end int) []float64 {
	return l.Cost[min(len(l.Cost), max(0, first-l.First)):max(0, min(len(l.Cost), end-l.First))]
}

// An Input is an estate's usage charges, day by day. Purchases and other
// one-time charges do not belong in it.
type Input struct {
	From    usage.Day
	Days    int
	HasData []bool // per day: false where no file covers it; nil means all have
	Leaves  []Leaf

	// Levels are further dimensions of the leaves' Dims, like that of a tag: the
	// leaves of each of their values are judged together, too. What has no value is
	// in no container of that level.
	Levels []usage.Dimension

	// Settle is the number of last days that are incomplete (default 2; negative
	// for none). They can raise an alarm; they are never a fall.
	Settle int

	// Focus is the report's period. Days after it are not looked at; findings
	// that ended before it are left out. The zero Period is all days.
	Focus usage.Period

	// MinImpact is the least sum worth a thought, in the currency of the costs
	// (by default a hundredth of a mean resource's month). A finding has ten times
	// that, or 0.5 % of its own expected month.
	MinImpact float64

	// Scale is about how many of the currency make a euro, as a power of ten (default 1):
	// without MinImpact, no sum is so small that it is not worth a thought in any bill.
	Scale float64

	// Sensitivity multiplies how far beyond the worst of a normal month is
	// unexpected (default 1): with more there are fewer findings, and fewer are wrong.
	Sensitivity float64

	// Thresholds are DefaultThresholds where they are the zero value.
	Thresholds Thresholds
}

// A Finding is one unexpected change.
type Finding struct {
	Kind      usage.Kind
	Direction usage.Direction
	Severity  usage.Severity

	Start, End usage.Day // End is the last day so far, inclusive
	Ongoing    bool
	Scope      usage.Series // the dimensions that name its level; empty for the total. An empty resource stands for charges without one

	// Part is how many of Scope's resources it is about, where it is not about all
	// that cost anything: those, and not the scope, are new, or gone, or cost this much.
	Part int

	// Sums over Start to End. Impact is Actual minus Expected: negative for falls. What other
	// findings explain of the same cost is in Actual and in Expected, and is Elsewhere.
	Actual, Expected, Low, High, Impact, Elsewhere float64

	Eased   usage.Day // the first day since which it is lower than it was at first, but still above; else 0
	AtFirst float64   // what a day cost until then
	Grown   usage.Day // the last day of the growth by which it came to its level, which began on Start; else 0
	OneDay  bool      // it shows on one day only, on none of the last, or is new on few of its days, which is no pace

	Leaves  []int // the leaves of Input that it covers, in order
	Drivers []Driver
	Series  Series
	Rule    Rule

	PerDayBefore, PerDayNow float64   // without what is Elsewhere
	ProjectedPerMonth       float64   // 30 days of the last week's excess; 0 when it is over, or has no pace
	PriceShare              float64   // part of Impact that the unit price explains, 0 to 1
	PriceSince              usage.Day // with QuantitySince, where each changed on its own and both make the finding; else 0,
	PriceChange             float64   // by which part; else 0
	QuantitySince           usage.Day
	OldPrice, NewPrice      bool      // another finding says that the price of some of it changed since; this is told at that price
	Until                   usage.Day // of a price: the day from which the quantity is another, too, as a later finding says; else 0
	Unpriced                bool      // what part that is cannot be told, for there are no quantities to go by
	QuantityChange          float64   // relative; 0 where quantities cannot be added
	UnitPriceChange         float64   // relative; of a price that is seen by what days cost, of which the quantity has a part
	Unit                    string    // of the quantity; "" where they cannot be added

	beyond float64   // money beyond the worst of a normal month, for the order
	own    Rule      // instead of Rule, of one of several rises; else empty
	small  bool      // it was told until it was known to be over
	habit  bool      // what it is about did as much before, so that it is no alarm
	had    float64   // logarithm of a rise to a level that it had before, and left; else 0
	beside []float64 // what another finding of the same series explains, by day

	charged *Finding // with its sums as charged, where prices are graduated
}

// A RuleKind is a way in which a cost can be unexpected.
type RuleKind string

// The kinds of rules.
const (
	RuleWindow  RuleKind = "window"  // some days cost more than the worst such days of a normal month
	RuleDay     RuleKind = "day"     // a day lies far above what was expected, and next to none before it did
	RuleSlow    RuleKind = "slow"    // the last weeks grew as none before did
	RuleLevel   RuleKind = "level"   // one of several rises: days since one and those before it lie on different levels
	RuleStep    RuleKind = "step"    // days since one and before it differ, in a short history
	RuleRest    RuleKind = "rest"    // days of rest since one and before it differ, in a short history
	RuleStretch RuleKind = "stretch" // some days and those before them differ, in a short history
	RuleOutlier RuleKind = "outlier" // a day lies far above the usual one, and none before it half as far, in a short history
	RuleNew     RuleKind = "new"     // no cost before
	RuleGone    RuleKind = "gone"    // no cost since
	RulePrice   RuleKind = "price"   // the unit price is another on all days since
	RuleBooked  RuleKind = "booked"  // what is booked once a month, or more rarely, costs another amount or comes twice
)

// A Rule is the rule that fired, with its numbers; those that the kind does not
// have are 0.
type Rule struct {
	Kind RuleKind
	Day  usage.Day // the last of a window; of an outlier, its day; else the first of the change
	Last usage.Day // of a booking: the last day of its parts

	Days       int // of the window; since a step; without cost; of bookings before, how many
	DaysBefore int // before a step; without cost before what is new

	Amount float64 // a window's excess; an outlier's cost; the median day since a step; a booking; the growth a week, in percent
	Usual  float64 // the worst window of a normal month; the usual day, or that before a step; a booking before, 0 for one on top; growth
	Times  float64 // what is unexpected, of Usual; an outlier, of the usual day; the price, of the old one
	Noise  float64 // how far days usually lie from a step's levels

	Varies bool // the price is not the same on all days since
	Evened bool // its sums are at one price for all days: the price falls in each month
}

// byDays reports whether the rule compares days with each other where no months are known.
func (r Rule) byDays() bool {
	return r.Kind == RuleStep || r.Kind == RuleRest || r.Kind == RuleStretch || r.Kind == RuleOutlier
}

// A Driver carries part of a finding. The drivers' impacts add up to the
// finding's, and a driver's effects add up to its impact.
type Driver struct {
	Scope  usage.Series // empty for all others
	Leaves []int

	Impact, PriceEffect, QuantityEffect float64
}

// A Series is the days around a change, for a small chart. Expected, Low and
// High are those that held when the change began.
type Series struct {
	From                        usage.Day
	Actual, Expected, Low, High []float64
}

// A Result is what Detect found.
type Result struct {
	Findings []Finding // most unexpected money first

	Judged, Unjudged int // resources with and without enough history for a test
	HistoryDays      int // days with data before the review's 35 days
}

// settle returns how many of the last days are incomplete.
func (in Input) settle() int {
	if in.Settle == 0 {
		return 2
	}
	return max(0, in.Settle)
}

// Detect compares each series with its own past. Where Judged is 0 the history
// is too short for that; what can be said then is found by comparing the days
// with each other.
func Detect(in Input) Result {
	// What is said of a change must not depend on the day with which the report begins: all of the review is looked at.
	r := detect(evened(in))
	for i, f := range r.Findings {
		if f.charged != nil {
			r.Findings[i].charge(f.charged)
		}
		if f.own.Kind != "" {
			r.Findings[i].Rule = f.own // by then nothing depends on what all of the rises were seen by
		}
	}
	last := in.From - 1 // day with data
	for d := in.Days - 1; d >= 0 && last < in.From; d-- {
		if in.HasData == nil || in.HasData[d] {
			last = in.From + usage.Day(d)
		}
	}
	r.Findings = slices.DeleteFunc(r.Findings, func(f Finding) bool {
		// Where it is only the last days that do not show it, which have not settled, it may go on in a report that begins with these.
		goesOn := f.Ongoing && last >= in.Focus.From && f.End >= last-usage.Day(in.settle())
		return f.End < in.Focus.From && !goesOn
	})
	return r
}

func detect(in Input) Result {
	e := newEstate(in)
	if e == nil {
		return Result{}
	}
	e.rule = e.unexpected
	r := Result{Findings: e.findings()}
	for _, n := range e.resources {
		if e.judged(n) {
			r.Judged++
		} else {
			r.Unjudged++
		}
	}
	for d := 0; d < e.lo; d++ {
		if e.has[d] {
			r.HistoryDays++
		}
	}
	history := r.HistoryDays + Review
	var late *estate
	var known []Finding
	if r.Judged > 0 && history >= stepHistory {
		late = e.recent()
		known = late.rests(r.Findings)
	} else {
		if history >= shortHistory {
			in = recent(in, e)
		}
		if late = newEstate(in); late == nil { // nothing has cost anything lately
			order(r.Findings)
			return r
		}
		known = late.steps()
	}
	if late != e {
		late.longer = e
	}
	// What is new, gone, dearer or back after a pause is judged by all days. What rests no more rested before: that is no pause.
	if history >= shortHistory {
		known = slices.DeleteFunc(known, func(f Finding) bool {
			h := &hit{start: int(f.Start - e.in.From), end: int(f.End - e.in.From)}
			return !f.Rule.byDays() || !e.current(h) || f.Rule.Kind != RuleRest && e.afterPause(f)
		})
	}
	r.Findings = withSteps(r.Findings, known)
	for _, f := range slices.Concat(e.ended, late.ended) {
		if !slices.ContainsFunc(r.Findings, func(t Finding) bool {
			return t.Direction == usage.Up && f.Start <= t.End && t.Start <= f.End && overlap(f.Leaves, t.Leaves)
		}) {
			r.Findings = append(r.Findings, f)
		}
	}
	r.Findings = late.tiers(r.Findings, history < shortHistory, history < stepHistory)
	order(r.Findings)
	return r
}

// recent is in, of which e is made, with its last days alone.
func recent(in Input, e *estate) Input {
	cut := e.days - recentDays
	if cut <= 0 {
		return in
	}
	in.From, in.Days = in.From+usage.Day(cut), in.Days-cut
	if in.HasData != nil {
		in.HasData = in.HasData[cut:]
	}
	leaves := make([]Leaf, len(in.Leaves))
	for i, l := range in.Leaves {
		before := max(0, cut-l.First)
		l.First = max(0, l.First-cut)
		l.Cost, l.Quantity = l.Cost[min(before, len(l.Cost)):], l.Quantity[min(before, len(l.Quantity)):]
		l.grade = l.grade[min(before, len(l.grade)):]
		leaves[i] = l
	}
	in.Leaves = leaves
	return in
}

const lesserPart = 0.5 // part of the money of what lasts that high days in its midst have, at most, to be a part of it

// withSteps adds the steps that known does not tell, each leaf's once: what is a part of a step is
// told with it, and so is a change of price.
func withSteps(known, steps []Finding) []Finding {
	known = slices.DeleteFunc(known, func(f Finding) bool {
		return f.Kind == usage.KindPrice && slices.ContainsFunc(steps, func(s Finding) bool {
			return s.PriceSince == f.Start && s.Direction == f.Direction && within(f.Leaves, s.Leaves)
		})
	})
	// What is left on at weekends is told weekend by weekend, or from the second on, where more is known.
	for _, s := range steps {
		if s.Rule.Kind == RuleRest {
			known = slices.DeleteFunc(known, func(t Finding) bool {
				return t.Direction == usage.Up && s.Start-1 <= t.Start && within(t.Leaves, s.Leaves) &&
					(t.Kind == usage.KindSpike || t.Kind == usage.KindLevel)
			})
		}
	}
	// The rule for single days does not see what goes on: where what lasts begins with its days, or they are the lesser part of
	// it, they are no spike, and what follows is a part of it, too.
	for _, s := range steps {
		if s.Direction != usage.Up || s.Rule.Kind == RuleRest {
			continue
		}
		part := func(t Finding) bool {
			return t.Direction == usage.Up && (t.Kind == usage.KindSpike || t.Kind == usage.KindLevel) && s.Start-1 <= t.Start && t.End <= s.End &&
				slices.Equal(t.Leaves, s.Leaves)
		}
		if slices.ContainsFunc(known, func(t Finding) bool {
			return t.Kind == usage.KindSpike && (t.Start <= s.Start+1 || t.Impact < lesserPart*s.Impact) && t.End < s.End && part(t)
		}) {
			known = slices.DeleteFunc(known, part)
		}
	}
	meet := func(s, t Finding) bool {
		return s.Direction == t.Direction && s.Start <= t.End && t.Start <= s.End &&
			(s.Scope.Key() == t.Scope.Key() || s.Direction == usage.Down) && overlap(s.Leaves, t.Leaves)
	}
	// Of what is told in parts by all of its days, others are no more of it.
	steps = slices.DeleteFunc(slices.Clone(steps), func(s Finding) bool {
		return s.beside != nil && slices.ContainsFunc(known, func(t Finding) bool { return t.beside != nil && meet(s, t) })
	})
	same := func(s, t Finding) bool {
		onTop := s.beside != nil && t.beside != nil && (s.Start > t.Start+3 || t.Start > s.Start+3)
		return meet(s, t) && !onTop
	}
	for _, s := range steps {
		if slices.ContainsFunc(known, func(t Finding) bool { return same(s, t) && !within(t.Leaves, s.Leaves) }) {
			continue // a part of it is told
		}
		known = slices.DeleteFunc(known, func(t Finding) bool { return same(s, t) && len(t.Leaves) < len(s.Leaves) })
		if !slices.ContainsFunc(known, func(t Finding) bool { return same(s, t) }) {
			known = append(known, s)
		}
	}
	return known
}

// within reports whether all of part is in whole; both are in order.
func within(part, whole []int) bool {
	return !slices.ContainsFunc(part, func(i int) bool { _, found := slices.BinarySearch(whole, i); return !found })
}

// findings runs the steps of the package comment.
func (e *estate) findings() []Finding {
	var out []Finding
	var prices []*priced
	take := func(hits []*hit) {
		for k := 0; k < len(hits); k++ {
			later, h := e.retold(hits[k])
			for _, next := range later {
				out = append(out, e.finding(next))
				e.takeOut(next)
			}
			partOf := func(o *hit) bool {
				return h.sign > 0 && o.node == h.node && overlap(o.leaves, h.leaves) && o.start <= h.end && h.start <= o.end
			}
			hits = hits[:k+1+len(slices.DeleteFunc(hits[k+1:], partOf))] // it began earlier than was seen
			e.untilGone(h)
			if last, pending, over := e.pending(h); pending {
				h.ongoing = !over
				if h.end, h.pending = last, !over; h.kind != usage.KindNew {
					h.kind = usage.KindSpike
				}
			}
			if hits[k], prices = e.besidePrices(h, prices); hits[k].price == nil || e.material(hits[k]) { // else one undoes the other
				f := e.finding(hits[k])
				if next := repricedSince(hits[k], prices); f.Kind == usage.KindPrice && next > 0 { // it held until then
					hits[k].end, hits[k].ongoing = next-1, false
					f = e.finding(hits[k])
				}
				out = append(out, f)
			}
			e.explained(hits[k]) // what follows, of more leaves, knows of it
		}
		for _, h := range hits {
			e.takeOut(h)
		}
		prices = e.revised(prices)
	}
	rebooked := map[int]bool{} // leaves of which that is told: what is left of them is not all that they cost
	for _, h := range e.booked() {
		for _, i := range h.leaves {
			rebooked[i] = true
		}
		out = append(out, e.finding(h))
		e.takeOut(h)
	}
	for _, sign := range []float64{1, -1} {
		found := e.prices(sign)
		for _, h := range found {
			prices = append(prices, &priced{hit: h, finding: e.finding(h)})
		}
		for _, h := range found {
			e.takeOut(h)
		}
	}
	e.net()
	take(slices.DeleteFunc(e.births(), func(h *hit) bool {
		return !slices.ContainsFunc(h.leaves, func(i int) bool { return !rebooked[i] })
	}))
	take(e.deaths())
	parallel(len(e.cells), func(_ *series, k int) { e.cellCost(int32(k)) })
	for _, sign := range []float64{1, -1} {
		take(e.gather(e.fold(e.awakened(e.test(e.resources, sign)), sign), sign))
		for _, level := range e.levels {
			take(e.fold(e.ownHistory(e.test(level, sign)), sign))
		}
	}
	e.ended, prices = e.passed(prices)
	for _, p := range prices {
		out = append(out, p.finding)
	}
	order(out)
	return out
}

// order sorts findings, those of the most unexpected money first.
func order(fs []Finding) {
	slices.SortStableFunc(fs, func(a, b Finding) int {
		return cmp.Or(a.Severity.Compare(b.Severity), -cmp.Compare(a.beyond, b.beyond),
			cmp.Compare(a.Start, b.Start), cmp.Compare(a.Scope.Key(), b.Scope.Key()), cmp.Compare(a.Kind, b.Kind))
	})
}
