package detect

import "slices"

// A record is a day that costs more than any before it by far. By the deviations of its days a series that varies a lot is never sure
// of one: four times the usual day may be four of them. But that the highest day so far is passed by so much is as rare there.
const (
	recordKnown = 14  // days before it, at least
	recordTimes = 1.8 // times the usual day, at least
	recordFar   = 2.5 // times as far above it as any day before, in a bill of few resources,
	recordFew   = 8.0 // of up to so many by then: with twice as many, one passes twice as far by chance
)

// record is the rule for a day that costs more than any before it by far. What begins or ends a month may come every month.
func (p *pool) record(n *node, s *series) *hit {
	e := p.e
	if !n.resource {
		return nil
	}
	for d := e.last; d > max(s.birth, e.last-Review); d-- {
		if day := e.day(d); day == day.Month().From || day == day.Month().Last() || s.y[d] <= slices.Max(s.y[s.birth:d]) {
			continue
		}
		usual, is := p.recordOn(s.y, d, d)
		if !is {
			continue
		}
		h := e.farDay(n, s, d, usual, slices.Clone(s.y[s.birth:d]))
		for h.end < e.last && h.end < d+briefDays-1 && s.y[h.end+1] > (usual+s.y[d])/2 {
			h.end++
		}
		h.ongoing = h.end == e.last
		h.beyond = h.impact()
		return h
	}
	return nil
}

// recordOn reports whether the highest of the days of y from start to end costs more than any before them by far, and what is usual on
// the first: the median of the days before it or, if more, of the same weekday. It does not hang on what comes after them.
func (p *pool) recordOn(y []float64, start, end int) (usual float64, is bool) {
	e := p.e
	if start < 0 || end < start || !e.has[start] {
		return 0, false
	}
	var before, weekday []float64
	begun := false
	for d := range start {
		if begun = begun || y[d] > 0; !begun || !e.has[d] {
			continue
		}
		before = append(before, y[d])
		if (start-d)%7 == 0 {
			weekday = append(weekday, y[d])
		}
	}
	if len(before) < recordKnown {
		return 0, false
	}
	most := slices.Max(before)
	usual = max(Median(before), Median(weekday))
	others, _ := slices.BinarySearch(p.begun, start+1)
	far := recordFar * max(1, float64(others)/recordFew)
	now := slices.Max(y[start : end+1])
	return usual, now >= recordTimes*usual && now-usual >= far*(most-usual)
}

// begins returns the days on which resources cost something for the first time, in their order.
func (e *estate) begins() (days []int) {
	for _, n := range e.resources {
		first := e.days
		for _, i := range n.leaves {
			if k := slices.IndexFunc(e.full[i].v, func(v float64) bool { return v != 0 }); k >= 0 {
				first = min(first, e.full[i].first+k)
			}
		}
		days = append(days, first)
	}
	slices.Sort(days)
	return days
}
