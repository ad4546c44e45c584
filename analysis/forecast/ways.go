package forecast

import (
	"math"
	"slices"
	"time"

	"usagereport/usage"
)

// The ways of foretelling a day.
const (
	usual   = iota // the weekday's median of four and eight weeks, at a new level where it clearly changed
	follow         // the weekday's median of eight weeks, at the level of the last seven days
	trend          // usual, going on as the last eight weeks went
	before         // the same day of the period before
	several        // the same day of the last three periods, their median
	smooth         // the weekday's, of a level and a week that follow the days
	theta          // smooth, going on half as the line through all days does
	again          // the same weekday of the last week
	ways
)

// How the ways are mixed: chosen on the tuning seeds of the package's test.
const (
	mixPast = 6    // earlier periods that count
	fading  = 0.8  // of a period's weight, per period of age
	sharp   = 2.0  // how strongly a smaller error counts
	floor   = 0.01 // of the size: errors below it are the same
	apart   = 3.0  // times the noise that what other periods had may lie from the usual
)

// A stretch has each day to come by each way, and how far their sum may be off
// because it rests on the days since a step alone.
type stretch struct {
	days  [][ways]float64
	doubt float64
}

func (f stretch) total() (s [ways]float64) {
	for _, d := range f.days {
		for j, v := range d {
			s[j] += v
		}
	}
	return s
}

// What makes single days of cost a habit where nothing is usual on their weekdays.
const (
	habitDays  = 3  // days with cost
	youngest   = 2  // alike days in a row with cost, of what is new
	habitAmong = 28 // of as many days
	habitRest  = 2  // days without, more than ever between them, after which it has ended

	mostTimes = 1.5 // times the dearest of as many days that a day to come costs at most by its weekday
)

// habit reports whether the days with cost before index o are more than single
// charges: enough of them, and they go on. What has arrived of the days from o up to
// arrived counts as well. The largest of the charges is what another would cost.
func (l *lane) habit(o, arrived int) (goesOn bool, largest float64) {
	count, gap, silent := 0, 0, 0
	for i := max(0, o-habitAmong); i < min(arrived, len(l.y)); i++ {
		switch y := math.Abs(l.y[i]); {
		case math.IsNaN(y):
		case y > smallest:
			if count > 0 {
				gap = max(gap, silent)
			}
			count, silent, largest = count+1, 0, max(largest, y)
		case i < o:
			silent++
		}
	}
	return count >= habitDays && silent <= gap+habitRest, largest
}

// weekdaysOnly reports whether all cost of the last weeks before index o fell on the weekdays that are
// usual, by their medians p4 and p8 of four and eight weeks, like a job of each Monday.
func (l *lane) weekdaysOnly(o int, p4, p8 [7]float64) bool {
	some := false
	for i := max(0, o-7*weeks); i < o; i++ {
		w := (l.from + usage.Day(i)).Weekday()
		usual := p4[w] != 0 && p8[w] != 0
		some = some || usual
		if !usual && math.Abs(l.y[i]) > smallest {
			return false
		}
	}
	return some
}

// newborn is what a day costs of what first cost anything two days before index o or later, on two days or
// more without a gap: a finding tells that as new, and what it makes a month. Of these the whole ones that have settled, and the second,
// are alike.
func (l *lane) newborn(o, arrived int) (perDay float64, ok bool) {
	birth, end := l.birth(), min(arrived, len(l.y))
	for end > birth && math.IsNaN(l.y[end-1]) {
		end--
	}
	if birth < o-youngest || end-birth < youngest {
		return 0, false
	}
	whole := l.whole(end)
	known := min(end, max(o, birth+youngest))
	for i := birth; i < end; i++ {
		if y := l.y[i]; y*l.y[whole] <= 0 || whole <= i && i < known && !alike(y, l.y[whole]) {
			return 0, false
		}
	}
	for _, y := range l.y[whole:known] {
		perDay += y / float64(known-whole)
	}
	return perDay, true
}

// whole is the first day before index end of which all may count for what a day costs: the second with cost where the first has less, as
// it began at some hour of that.
func (l *lane) whole(end int) int {
	birth := l.birth()
	if next := birth + 1; birth > 0 && next < end && l.y[next]*l.y[birth] > 0 && math.Abs(l.y[next]) > math.Abs(l.y[birth]) {
		return next
	}
	return birth
}

// ways foretells the days of p from origin on, knowing what lies before it and what
// has arrived of the days before arrived. It needs three weeks.
func (l *lane) ways(origin, arrived usage.Day, p usage.Period, earlier []usage.Period) (stretch, bool) {
	k, ok := l.known(origin, arrived, p, earlier)
	if !ok {
		return stretch{}, false
	}
	f := stretch{days: make([][ways]float64, max(0, int(p.To-origin)))}
	for i := range f.days {
		f.days[i] = k.day(i)
	}
	switch {
	case k.begun > 0:
		f.doubt = k.since.doubt(len(f.days), f.total()[usual])
	case k.single && !l.falls(k.o, p, earlier):
		f.doubt = k.largest
	}
	return f, true
}

// day foretells the i-th day to come by each way.
func (k *known) day(i int) (x [ways]float64) {
	l, d := k.lane, k.origin+usage.Day(i)
	w := d.Weekday()
	x[usual], x[follow] = k.byWeekday(d)
	c := l.calendar(d, k.period, k.last, k.begun)
	if c > 2*math.Abs(x[usual]) && !(k.begun > 0 && x[usual] == 0) {
		x[usual] += c
		x[follow] += c
	} else {
		c = 0
	}
	x[trend] = x[usual]
	if !k.changed && !k.zero && k.begun == 0 && x[usual] > 0 {
		x[trend] = max(0, x[usual]*(1+k.slope*(float64(i)+21)))
	}
	x[before], x[several], x[smooth], x[theta] = x[usual], x[usual], x[usual], x[usual]
	x[again] = x[usual]
	if plain := !k.stepped && !k.zero && (k.begun == 0 || k.o-k.begun >= followed); plain && !k.nothingOn(w) {
		h := int(d-l.from-usage.Day(k.o)) % 7
		if k.smoothed {
			x[smooth] = k.ahead[h] + c
			x[theta] = max(x[smooth]+k.line/2*float64(i+1), k.least)
		}
		if y := l.y[k.o-7+h]; !math.IsNaN(y) {
			x[again] = y + c
		}
	}
	var buf [3]float64
	v := buf[:0]
	for n, q := range k.last {
		e := same(d, k.period, q)
		if y := l.at(e); !math.IsNaN(y) && int(e-l.from) >= max(k.begun, k.birth) {
			if n == 0 {
				x[before] = y
			}
			v = append(v, y)
		}
	}
	if len(v) > 0 {
		x[several] = median(v)
	}
	return x
}

// byWeekday is what a day costs by its weekday: as is usual there, and at the level of the last
// seven days.
func (k *known) byWeekday(d usage.Day) (asUsual, asLately float64) {
	w := d.Weekday()
	switch {
	case k.stepped:
		y := k.since.on(int(d - k.lane.from))
		return y, y
	case k.begun > 0:
		return k.p4[w], k.p4[w]
	case k.zero:
		return 0, 0
	case k.nothingOn(w) && !k.goesOn:
		k.single = true
		return 0, 0
	case k.nothingOn(w):
		return k.flat, k.flat
	}
	asUsual = (k.p4[w] + k.p8[w]) / 2
	asLately = asUsual
	if !(k.now >= 0) { // NaN, too
		return asUsual, asLately
	}
	asLately = k.p8[w] * k.now
	if k.changed {
		asUsual = asLately
	}
	most := mostTimes * k.most // one weekday's change of level may not be another's
	return min(asUsual, most), min(asLately, most)
}

// nothingOn reports whether nothing is usual on a weekday, nor lately.
func (k *known) nothingOn(w time.Weekday) bool {
	return k.p8[w] == 0 && k.p4[w] == 0 && !(k.lane.ratio[k.o-1] > 0)
}

// falls reports whether each charge of the last weeks before index o comes once a month, as
// the calendar has it: then another is not to come.
func (l *lane) falls(o int, p usage.Period, earlier []usage.Period) bool {
	periods := append(slices.Clone(earlier), p)
	for i := max(0, o-habitAmong); i < o; i++ {
		if y := l.y[i]; math.IsNaN(y) || math.Abs(y) <= smallest {
			continue
		}
		d := l.from + usage.Day(i)
		at := slices.IndexFunc(periods, func(q usage.Period) bool { return q.Contains(d) })
		if at < 0 {
			return false
		}
		if before, _ := monthly(l.y, l.from, d, periods[:at+1], at, 0); before < 2 {
			return false
		}
	}
	return true
}

// mean is what can be said with less than three weeks: the mean of what is
// known since the first cost, or since a step. With nothing known, or single charges only, it is zero.
func (l *lane) mean(origin, arrived usage.Day, p usage.Period) stretch {
	f := stretch{days: make([][ways]float64, max(0, int(p.To-origin)))}
	begun, young := l.newborn(int(origin-l.from), int(arrived-l.from))
	if goesOn, largest := l.habit(int(origin-l.from), int(arrived-l.from)); !goesOn && !young {
		f.doubt = largest
		return f
	}
	s, n, first := 0.0, 0, max(l.whole(int(origin-l.from)), l.begun(origin))
	if young {
		s, n, first = begun, 1, len(l.y)
	}
	for i, v := range l.y {
		if i >= first && l.from+usage.Day(i) < origin && !math.IsNaN(v) {
			s += v
			n++
		}
	}
	for i := range f.days {
		for j := range f.days[i] {
			f.days[i][j] = s / float64(max(n, 1))
		}
	}
	return f
}

// same is day d of period p in another period q: as many days after its start,
// or before its end in the last five.
func same(d usage.Day, p, q usage.Period) usage.Day {
	if left := p.To - d; left <= 5 {
		return q.To - left
	}
	return min(q.From+(d-p.From), q.Last())
}

// calendar is what comes on this day of the period beside what is usual: the
// median over the last three periods, where at least two had it. Two periods of one length
// do not tell whether a charge is counted from their start or their end: a third does, and
// without it the start is meant. Before the step of index begun, what lies among the noise of then is none.
func (l *lane) calendar(d usage.Day, p usage.Period, last []usage.Period, begun int) float64 {
	best := 0.0
	for _, tail := range []bool{false, true} {
		var buf [3]float64
		v := buf[:0]
		up := 0
		length, alike := 0, true // of the periods that had it
		for _, q := range last {
			e := q.From + (d - p.From)
			if tail {
				e = q.To - (p.To - d)
			}
			i := int(e - l.from)
			if !q.Contains(e) || i < 0 || i >= len(l.y) || math.IsNaN(l.y[i]) || math.IsNaN(l.m[i]) {
				continue
			}
			x := l.y[i] - l.m[i]
			if i < begun && x <= apart*l.noise(e) {
				x = 0
			}
			if x > 0 {
				up++
				alike = alike && (length == 0 || length == q.Days())
				length = q.Days()
			}
			v = append(v, x)
		}
		other := alike && length != p.Days() && (tail || up < len(v)) // then it is another day of this period
		if up >= 2 && !other {
			best = max(best, median(v))
		}
	}
	return best
}

// slope is the daily growth, as a share of the level: the median of the slopes
// between the weeks of the last eight (Theil 1950, Sen 1968), at most 1 % a day.
func (l *lane) slope(o int) float64 {
	var week [weeks]float64
	n := 0
	for k := range weeks {
		s, c := 0.0, 0
		for j := o - 7*(k+1); j < o-7*k; j++ {
			if j >= 0 && !math.IsNaN(l.y[j]) {
				s += l.y[j]
				c++
			}
		}
		if c < 7 {
			break
		}
		week[k] = s
		n++
	}
	if n < 4 {
		return 0
	}
	var buf [weeks * weeks / 2]float64
	v := buf[:0]
	total := 0.0
	for a := range n {
		total += week[a]
		for b := a + 1; b < n; b++ {
			v = append(v, (week[a]-week[b])/float64(7*(b-a)))
		}
	}
	if total <= 0 {
		return 0
	}
	return min(max(median(v)/(total/float64(n)), -0.01), 0.01)
}

// weights mixes the ways by the errors miss of seen earlier periods. With none
// it is the usual way. Where that was right before, what the days of other periods had counts
// less the farther it lies from it, in all, beside what noise takes these days: a weekly job that
// fell on the same days of two periods by chance may not do so in the third.
func weights(miss, all [ways]float64, noise, seen, size float64) (w [ways]float64) {
	if seen == 0 {
		w[usual] = 1
		return w
	}
	prior := [ways]float64{usual: 1, follow: 0.5, trend: 0.5, before: 0.3, several: 0.3, smooth: 0.5, theta: 0.25, again: 0.1}
	total := 0.0
	for j := range w {
		w[j] = prior[j] / math.Pow(miss[j]/seen+floor*size+1e-9, sharp)
		if (j == before || j == several) && miss[usual]/seen <= 2*floor*size {
			w[j] /= 1 + math.Pow((all[j]-all[usual])/(apart*noise+floor*size+1e-9), 4)
		}
		total += w[j]
	}
	for j := range w {
		w[j] /= total
	}
	return w
}

// peers are the simple forecasts that ours is measured against: the same days of
// the period before, the mean of the period so far, a line through 30 days.
func (l *lane) peers(origin usage.Day, p usage.Period, earlier []usage.Period) (naive, rate, linear float64) {
	all := func(d usage.Day) float64 {
		v := l.at(d)
		if math.IsNaN(v) {
			v = 0
		}
		if i := int(d - l.from); i >= 0 && i < len(l.other) {
			v += l.other[i]
		}
		return v
	}
	left := float64(p.To - origin)
	for d := origin; len(earlier) > 0 && d < p.To; d++ {
		q := earlier[len(earlier)-1]
		naive += all(min(q.From+(d-p.From), q.Last()))
	}
	for d := p.From; d < origin; d++ {
		rate += all(d) * left / float64(origin-p.From)
	}
	var n, sx, sy, sxx, sxy float64
	for d := max(l.from, origin-30); d < origin; d++ {
		x, y := float64(d-origin), all(d)
		n, sx, sy, sxx, sxy = n+1, sx+x, sy+y, sxx+x*x, sxy+x*y
	}
	if div := n*sxx - sx*sx; div > 0 {
		b := (n*sxy - sx*sy) / div
		a := (sy - b*sx) / n
		for d := origin; d < p.To; d++ {
			linear += a + b*float64(d-origin)
		}
	}
	return naive, rate, linear
}

// How a charge recurs.
const (
	around   = 3   // days around its usual day
	arrives  = 2   // days until it stands in the file
	likeness = 0.5 // the smaller of two charges that are alike, at least, of the larger
)
