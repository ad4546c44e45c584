package analysis

import (
	"slices"

	"usagereport/usage"
)

// A BudgetWarning is something that a budget has reached and that is told once for its span.
type BudgetWarning struct {
	Percent int       // of the budget that is spent; 0 where it is likely to be exceeded
	On      usage.Day // when it was reached; 0 where it is likely to be exceeded
	Asked   bool      // the owner asked to be warned at Percent
}

// Where nobody asked for other percentages, half and four fifths of a budget are told when
// they are spent sooner than the days pass, and all of it always. (Azure's and AWS's budgets
// warn at any percentage on any day, and so each month of everybody.)
const (
	halfSpent = 50
	mostSpent = 80
	allSpent  = 100
)

// likelyOver is the chance in percent from which a budget is told to be likely exceeded.
const likelyOver = 80

// reachedOn is the day from which on what was spent up to each day is enough; 0 where it is not.
func reachedOn(spent []DayCost, enough func(usage.Decimal) bool) (on usage.Day) {
	for _, d := range spent {
		if is := enough(d.Actual); is && on == 0 {
			on = d.Day
		} else if !is {
			on = 0
		}
	}
	return on
}

// warnings returns what b has reached, given what was spent up to each day: the largest
// percentage, and that it is likely to be exceeded. A budget that is too small warns only
// at what was asked for.
func (b *Budget) warnings(spent []DayCost, asked []int) (out []BudgetWarning) {
	amount := b.Amount.Amount
	if amount.Sign() <= 0 {
		return nil
	}
	at := slices.Clone(asked)
	if len(asked) == 0 {
		at = []int{halfSpent, mostSpent}
	}
	if !b.TooSmall && !slices.Contains(at, allSpent) {
		at = append(at, allSpent)
	}
	slices.Sort(at)
	for _, percent := range slices.Backward(at) {
		part := usage.DecimalFromFloat(amount.Float64() * float64(percent) / 100)
		on := reachedOn(spent, func(d usage.Decimal) bool { return d.Cmp(part) > 0 || percent != allSpent && d.Cmp(part) == 0 })
		if on == 0 {
			continue
		}
		wanted := slices.Contains(asked, percent)
		passed := float64(on+1-b.Span.From) / float64(b.Span.Days()) * 100
		if !wanted && (b.TooSmall || percent < allSpent && float64(percent) <= passed) {
			continue
		}
		out = append(out, BudgetWarning{Percent: percent, On: on, Asked: wanted})
		break
	}
	if likely := b.Chance != nil && *b.Chance >= likelyOver || b.Chance == nil; likely && b.State() == BudgetLikely && !b.TooSmall {
		out = append(out, BudgetWarning{})
	}
	return out
}
