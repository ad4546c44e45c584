package forecast

import (
	"math"

	"usagereport/usage"
)

// A known is what a lane shows before an origin, from which each way foretells the days
// of a period.
type known struct {
	lane   *lane
	o      int // the index of the first day to foretell
	origin usage.Day
	period usage.Period
	last   []usage.Period // the last three before it, the newest first

	p4, p8 [7]float64 // of each weekday the median of four and of eight weeks
	now    float64    // the level of the last seven days; NaN where it is not known
	most   float64    // the dearest of the last days
	slope  float64    // of the last eight weeks, a day

	birth   int     // index of the first cost
	zero    bool    // the last two weeks cost nothing
	flat    float64 // the mean of the last seven days
	goesOn  bool    // single days of cost are a habit
	largest float64 // of them
	single  bool    // a day was foretold to cost nothing, though single days did

	changed  bool     // the level of the last days is clearly another
	stepped  bool     // since a step there is a new level
	since    newLevel // that
	begun    int      // index of the step, before which nothing counts; 0 without one
	ahead    [7]float64
	least    float64 // what a day costs at least, by the ways smooth and theta
	smoothed bool    // ahead has the next seven days by the way smooth
	line     float64 // of the line through all days, a day
}

// known gathers that. It needs three weeks.
func (l *lane) known(origin, arrived usage.Day, p usage.Period, earlier []usage.Period) (*known, bool) {
	k := &known{lane: l, o: min(int(origin-l.from), len(l.y)), origin: origin, period: p, birth: l.birth()}
	if k.o < 21 || !k.weekdays() {
		return nil, false
	}
	k.lately(int(arrived - l.from))
	var buf [7]float64
	k.now, k.changed, k.slope = l.level(k.o-1, 7, buf[:0]), l.changed(k.o), l.slope(k.o)
	k.findStep()
	for i := len(earlier) - 1; i >= 0 && len(k.last) < 3; i-- {
		k.last = append(k.last, earlier[i])
	}
	k.ahead, k.least, k.smoothed = l.smoothed(k.begun, k.o)
	k.line = l.line(k.begun, k.o)
	return k, true
}

// weekdays finds the medians of the weekdays, of three weeks at least.
func (k *known) weekdays() bool {
	l, o := k.lane, k.o
	var buf [64]float64
	for w := range 7 {
		v := buf[:0]
		d := (int(k.origin.Weekday()) + w) % 7
		for j := o - 7 + w - int(k.origin-l.from-usage.Day(o)); j >= 0; j -= 7 {
			if j < o && !math.IsNaN(l.y[j]) {
				if v = append(v, l.y[j]); len(v) == weeks {
					break
				}
			}
		}
		if len(v) < 3 {
			return false
		}
		k.p4[d] = median(append(buf[32:32], v[:min(4, len(v))]...))
		k.p8[d] = median(v)
	}
	return true
}

// lately looks at the days just before the origin, and at what has arrived of those from it up to
// index arrived.
func (k *known) lately(arrived int) {
	l, o := k.lane, k.o
	k.zero = true
	got, first := 0, l.whole(o)
	for j := o - 1; j >= 0 && j >= o-14; j-- {
		if math.IsNaN(l.y[j]) {
			continue
		}
		k.zero = k.zero && l.y[j] == 0
		if got < 7 && j >= first {
			k.flat += l.y[j]
			got++
		}
	}
	k.flat /= float64(max(got, 1))
	k.goesOn, k.largest = l.habit(o, arrived)
	if begun, ok := l.newborn(o, arrived); ok {
		k.zero, k.flat, k.goesOn = false, begun, true
	}
	if l.weekdaysOnly(o, k.p4, k.p8) {
		k.goesOn, k.flat = true, 0 // nothing is to come on the other weekdays, and that is known
	}
	for _, y := range l.y[max(0, o-habitAmong):o] {
		if !math.IsNaN(y) {
			k.most = max(k.most, y)
		}
	}
}

// changed reports whether the level before index o is clearly another, by how it went on the
// days a week apart.
func (l *lane) changed(o int) bool {
	r := l.ratio[o-1]
	if !(r > 0) {
		return false
	}
	var buf [26]float64
	v := buf[:0]
	for j := o - 15; j >= 0 && len(v) < len(buf); j -= 7 {
		if l.ratio[j] > 0 {
			v = append(v, math.Abs(math.Log(l.ratio[j])))
		}
	}
	noise := 0.0
	if len(v) > 0 {
		noise = median(v)
	}
	return math.Abs(math.Log(r)) > 2*(1.4826*noise+0.02)
}

// begun is the index of the step behind which what is usual on a day begins; 0 without one.
func (l *lane) begun(day usage.Day) int {
	k := &known{lane: l, o: min(int(day-l.from), len(l.y))}
	k.findStep()
	return k.begun
}

// findStep finds the step since which a new level holds, or one of the last weeks behind which
// what is usual begins.
func (k *known) findStep() {
	l := k.lane
	for _, look := range []func(int) (newLevel, bool){l.step, l.shortStep, l.stopped} {
		if k.since, k.stepped = look(k.o); k.stepped {
			break
		}
	}
	k.begun = k.since.start // what lies before it says nothing
	for back := 7; !k.stepped && back <= 56 && k.begun == 0; back += 21 {
		k.begun = l.stepBegun(k.o - back)
	}
}
