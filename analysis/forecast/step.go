package forecast

import (
	"math"
	"slices"
)

// How a new level is distinguished from days that are merely unusual: chosen on the tuning
// seeds of the package's test.
const (
	stepDays   = 5    // days that a level must hold before it is one
	stepBefore = 28   // days before it that it is held against
	stepLeast  = 14   // of which so many must be known
	stepPart   = 0.05 // of the old level, by which the new one must differ
	stepDoubt  = 0.01 // of what is to come, at least, by which it may be off
	stepMost   = 2    // times the old level: what lies beyond is taken for that when days are compared
	stepQuiet  = 0.1  // of the dearest weekday's usual cost: a day on which less is usual tells of no level
)

// A newLevel is what days cost since a step, by how many days they lie after it,
// modulo seven.
type newLevel struct {
	start, days int
	week        [7]float64
	noise       float64 // how far a day usually lies from it
}

func (n newLevel) on(i int) float64 { return n.week[(i-n.start)%7] }

// doubt is how far the sum of so many days to come may be off.
func (n newLevel) doubt(days int, sum float64) float64 {
	ahead, known := float64(days), float64(max(n.days, 1))
	return n.noise*(ahead/math.Sqrt(known)+math.Sqrt(ahead)) + stepDoubt*math.Abs(sum)
}

// stepBegun is where a step begins that was seen on the day of index o; 0 for none.
func (l *lane) stepBegun(o int) int {
	if o < stepLeast {
		return 0
	}
	n, _ := l.step(o)
	return n.start
}

// A short history says what is usual on few of its days or none.
const (
	shortMost  = 49  // days
	shortWeek  = 7   // days before a step and since, at least
	shortApart = 0.7 // of the lower of all days before, that all days since are at most; or the other way round
)

// shortStep looks for a new level before index o of a short history: all days since lie far from all
// before, and both are a week at least, so that no weekday explains it.
func (l *lane) shortStep(o int) (newLevel, bool) {
	birth := l.birth()
	if o-birth > shortMost {
		return newLevel{}, false
	}
	ends := func(a, b int) (low, high float64, known int) {
		low, high = math.Inf(1), math.Inf(-1)
		for i := a; i < b; i++ {
			if y := l.y[i]; !math.IsNaN(y) {
				low, high, known = min(low, y), max(high, y), known+1
			}
		}
		return low, high, known
	}
	for start := o - shortWeek; start >= birth+shortWeek; start-- {
		low, high, before := ends(birth, start)
		lowNow, highNow, since := ends(start, o)
		if before < shortWeek || since < shortWeek || low <= 0 || highNow > shortApart*low && high > shortApart*lowNow {
			continue
		}
		n := newLevel{start: start, days: since, noise: (highNow - lowNow) / 2}
		for w := range n.week {
			var same []float64
			for i := start + w; i < o; i += 7 {
				if y := l.y[i]; !math.IsNaN(y) {
					same = append(same, y)
				}
			}
			if len(same) == 0 { // there are no data of it
				same = slices.DeleteFunc(slices.Clone(l.y[start:o]), math.IsNaN)
			}
			n.week[w] = median(same)
		}
		return n, true
	}
	return newLevel{}, false
}

// stopped finds that next to nothing has cost anything before index o for longer than ever between two charges, as habitRest has it:
// three days at least, as a finding tells what is gone. The days are those of the weekdays that mostly cost something while it ran.
// A few days of something small beside it, which go on, are no charges of it.
func (l *lane) stopped(o int) (newLevel, bool) {
	const small, few = 0.25, 0.25 // of the usual charge, and of the days since
	birth := l.birth()
	var charges []float64
	for _, y := range l.y[birth:max(birth, o)] {
		if y = math.Abs(y); y > smallest {
			charges = append(charges, y)
		}
	}
	if len(charges) < shortWeek {
		return newLevel{}, false
	}
	least := max(smallest, small*median(charges))
	last := o - 1
	for last >= birth && !(math.Abs(l.y[last]) > least) {
		last--
	}
	var cost, known [7]int
	for i := birth; i <= last; i++ {
		if y := l.y[i]; !math.IsNaN(y) {
			known[i%7]++
			if math.Abs(y) > smallest {
				cost[i%7]++
			}
		}
	}
	count, gap, silent := 0, 0, 0
	beside, sum, days := 0, 0.0, 0.0
	for i := birth; i < o; i++ {
		y := math.Abs(l.y[i])
		if math.IsNaN(y) {
			continue
		}
		switch {
		case y > least:
			count, gap, silent = count+1, max(gap, silent), 0
		case 2*cost[i%7] > known[i%7]:
			silent++
		}
		if i > last {
			sum, days = sum+l.y[i], days+1
			if y > smallest {
				beside++
			}
		}
	}
	if count < shortWeek || silent <= gap+habitRest || float64(beside) > few*float64(silent) {
		return newLevel{}, false
	}
	n := newLevel{start: last + 1, days: silent}
	for w := range n.week {
		n.week[w] = sum / days
	}
	return n, true
}

// step looks for a new level on the days before index o: all of the last days, five
// at least, lie nearer to it than to what was usual, and at most one of the four
// weeks before them does.
func (l *lane) step(o int) (newLevel, bool) {
	var buf [weeks * 7]float64
	// times is a day's cost, of what was usual; what cost nothing as ever says nothing, and as little says what is small beside it.
	times := func(i int) (float64, bool) {
		switch y, m := l.y[i], l.m[i]; {
		case math.IsNaN(y) || math.IsNaN(m) || m < 0 || m == 0 && y <= 0 || l.quiet(i) && y < 2*m:
			return 0, false
		case m == 0:
			return stepMost, true
		default:
			return min(y/m, stepMost), true
		}
	}
	v := buf[:0]
	for i := o - 1; i >= max(0, o-2*stepDays) && len(v) < stepDays; i-- {
		if r, known := times(i); known {
			v = append(v, r)
		}
	}
	if len(v) < stepDays {
		return newLevel{}, false
	}
	level := median(v)
	if math.Abs(level-1) < stepPart {
		return newLevel{}, false
	}
	n := newLevel{start: o}
	for i := o - 1; i >= max(0, o-len(buf)); i-- {
		if r, known := times(i); known && math.Abs(r-level) >= math.Abs(r-1) {
			break
		} else if known {
			n.start = i
		}
	}
	held, alike := 0, 0
	for i := n.start - 1; i >= max(0, n.start-stepBefore); i-- {
		if math.IsNaN(l.y[i]) || math.IsNaN(l.m[i]) {
			continue
		}
		held++
		if r, known := times(i); known && math.Abs(r-level) < math.Abs(r-1) {
			alike++
		}
	}
	if held < stepLeast || alike > 1 {
		return newLevel{}, false
	}
	if !l.since(&n, o) {
		return newLevel{}, false
	}
	off := buf[:0]
	for i := n.start; i < o; i++ {
		if y := l.y[i]; !math.IsNaN(y) {
			off = append(off, math.Abs(y-n.on(i)))
		}
	}
	n.days, n.noise = len(off), 1.4826*median(off)
	return n, true
}

// quiet reports whether little is usual on the weekday of index i beside the dearest of its week.
func (l *lane) quiet(i int) bool {
	most := 0.0
	for _, m := range l.m[max(0, i-6) : i+1] {
		if m > most {
			most = m
		}
	}
	return l.m[i] < stepQuiet*most
}

// since fills in what n costs, by the days from its start up to index o: the weekdays
// as they were before it, times what these days cost of them; where nothing was
// usual, or these weekdays fit worse than none, the mean of the last week, or of each weekday
// once each was seen twice.
func (l *lane) since(n *newLevel, o int) bool {
	var buf [weeks * 7]float64
	v := buf[:0]
	for w := range n.week {
		if i := n.start + w; i < len(l.m) && l.m[i] > 0 {
			n.week[w] = l.m[i]
		}
	}
	var sums, seen [7]float64
	mean, days := 0.0, 0.0
	for i := o - 1; i >= max(n.start, l.whole(o)); i-- {
		y, w := l.y[i], (i-n.start)%7
		if math.IsNaN(y) {
			continue
		}
		if u := n.week[w]; u > 0 {
			v = append(v, y/u)
		}
		if sums[w], seen[w] = sums[w]+y, seen[w]+1; days < 7 {
			mean, days = mean+y, days+1
		}
	}
	if 0 < len(v) && len(v) < stepDays || days < stepDays {
		return false
	}
	if times := median(v); len(v) > 0 && l.missed(n, o, func(w int) float64 { return n.week[w] * times }) <=
		l.missed(n, o, func(int) float64 { return mean / days }) {
		for w := range n.week {
			n.week[w] *= times
		}
		return true
	}
	for w := range n.week {
		n.week[w] = mean / days
		if o-n.start >= 14 && seen[w] > 0 {
			n.week[w] = sums[w] / seen[w]
		}
	}
	return true
}

// missed is how far the days from n's start up to index o lie from what is said of each
// weekday.
func (l *lane) missed(n *newLevel, o int, said func(w int) float64) (sum float64) {
	for i := n.start; i < o; i++ {
		if y := l.y[i]; !math.IsNaN(y) {
			sum += math.Abs(y - said((i-n.start)%7))
		}
	}
	return sum
}
