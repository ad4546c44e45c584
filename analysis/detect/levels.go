package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A level that a resource had before.
const (
	hadSize = 0.25 // logarithm by which it is higher than what was expected, at least,
	hadPart = 0.97 // part of that by which the resource was higher before,
	hadDays = 5    // for so many days, at least,
	hadLow  = 0.3  // and part of what is expected that it cost before those, at least: else it had only begun
	hadLast = 14   // first days of a level that tell how high it is
)

// had returns by how much of the logarithm h, a rise of one resource, is above what was expected, where the resource was as
// high once before, for some days, and came back from that; else 0.
func (e *estate) had(h *hit) float64 {
	if h.sign < 0 || !h.node.resource || h.rule.Kind != RuleWindow || h.kind != usage.KindLevel && h.kind != usage.KindDrift {
		return 0
	}
	var now, was []float64
	for d := h.start; d <= min(h.end, e.settled, h.start+hadLast-1); d++ {
		if h.node.has[d] {
			now, was = append(now, h.actual[d]), append(was, h.expected[d])
		}
	}
	level, usual := Median(now), Median(was)
	if usual <= 0 || level <= usual*math.Exp(hadSize) {
		return 0
	}
	bar := usual * math.Pow(level/usual, hadPart)
	before, days, rose := 0.0, 0, false // the week before, and how long it has been high
	for d := 6; d < h.start; d++ {
		switch week := Median(slices.Clone(h.actual[d-6 : d+1])); {
		case week >= bar:
			if days == 0 {
				rose = before >= hadLow*usual
			}
			days++
		case rose && days >= hadDays:
			return math.Log(level / usual)
		default:
			before, days, rose = week, 0, false
		}
	}
	return 0
}
