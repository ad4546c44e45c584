package forecast

import (
	"math"
	"slices"

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
// more without a gap that are alike: a finding tells that as new, and what it makes a month.
func (l *lane) newborn(o, arrived int) (perDay float64, ok bool) {
	birth, end := l.birth(), min(arrived, len(l.y))
	for end > birth && math.IsNaN(l.y[end-1]) {
		end--
	}
	if birth < o-youngest || end-birth < youngest {
		return 0, false
	}
	for i := birth; i < end; i++ {
		if !alike(l.y[i], l.y[birth]) {
			return 0, false
		}
		perDay += l.y[i] / float64(end-birth)
	}
	return perDay, true
}

// ways foretells the days of p from origin on, knowing what lies before it and what
// has arrived of the days before arrived. It needs three weeks.
func (l *lane) ways(origin, arrived usage.Day, p usage.Period, earlier []usage.Period) (stretch, bool) {
	o := int(origin - l.from)
	if o > len(l.y) {
		o = len(l.y)
	}
	if o < 21 {
		return stretch{}, false
	}
	var p4, p8 [7]float64
	var buf [64]float64
	for w := range 7 {
		v := buf[:0]
		d := (int(origin.Weekday()) + w) % 7
		for j := o - 7 + w - int(origin-l.from-usage.Day(o)); j >= 0; j -= 7 {
			if j < o && !math.IsNaN(l.y[j]) {
				if v = append(v, l.y[j]); len(v) == weeks {
					break
				}
			}
		}
		if len(v) < 3 {
			return stretch{}, false
		}
		p4[d] = median(append(buf[32:32], v[:min(4, len(v))]...))
		p8[d] = median(v)
	}
	zero, flat := true, 0.0
	got, birth := 0, l.birth()
	for j := o - 1; j >= 0 && j >= o-14; j-- {
		if math.IsNaN(l.y[j]) {
			continue
		}
		zero = zero && l.y[j] == 0
		if got < 7 && j >= birth {
			flat += l.y[j]
			got++
		}
	}
	flat /= float64(max(got, 1))
	goesOn, largest := l.habit(o, int(arrived-l.from))
	if begun, ok := l.newborn(o, int(arrived-l.from)); ok {
		zero, flat, goesOn = false, begun, true
	}
	if l.weekdaysOnly(o, p4, p8) {
		goesOn, flat = true, 0 // nothing is to come on the other weekdays, and that is known
	}
	single := false
	now := l.level(o-1, 7, buf[:0])
	changed := false
	if r := l.ratio[o-1]; r > 0 {
		v := buf[:0]
		for j := o - 15; j >= 0 && len(v) < 26; j -= 7 {
			if l.ratio[j] > 0 {
				v = append(v, math.Abs(math.Log(l.ratio[j])))
			}
		}
		noise := 0.0
		if len(v) > 0 {
			noise = median(v)
		}
		changed = math.Abs(math.Log(r)) > 2*(1.4826*noise+0.02)
	}
	most := 0.0
	for _, y := range l.y[max(0, o-habitAmong):o] {
		if !math.IsNaN(y) {
			most = max(most, y)
		}
	}
	slope := l.slope(o)
	since, stepped := l.step(o)
	if !stepped {
		since, stepped = l.shortStep(o)
	}
	begun := since.start // what lies before it says nothing
	for back := 7; !stepped && back <= 56 && begun == 0; back += 21 {
		begun = l.stepBegun(o - back)
	}
	var last [3]usage.Period
	have := 0
	for k := len(earlier) - 1; k >= 0 && have < 3; k-- {
		last[have] = earlier[k]
		have++
	}
	plain := !stepped && !zero && (begun == 0 || o-begun >= followed)
	ahead, smoothed := l.smoothed(begun, o)
	line := l.line(begun, o)
	f := stretch{days: make([][ways]float64, max(0, int(p.To-origin)))}
	for i := range f.days {
		d := origin + usage.Day(i)
		w := d.Weekday()
		var x [ways]float64
		switch {
		case stepped:
			x[usual], x[follow] = since.on(int(d-l.from)), since.on(int(d-l.from))
		case begun > 0:
			x[usual], x[follow] = p4[w], p4[w]
		case zero:
		case p8[w] == 0 && p4[w] == 0 && !(l.ratio[o-1] > 0) && !goesOn:
			single = true
		case p8[w] == 0 && p4[w] == 0 && !(l.ratio[o-1] > 0):
			x[usual], x[follow] = flat, flat
		default:
			x[usual], x[follow] = (p4[w]+p8[w])/2, (p4[w]+p8[w])/2
			if now >= 0 {
				x[follow] = p8[w] * now
				if changed {
					x[usual] = p8[w] * now
				}
				for _, way := range [...]int{usual, follow} { // one weekday's change of level may not be another's
					x[way] = min(x[way], mostTimes*most)
				}
			}
		}
		c := l.calendar(d, p, last[:have])
		if c > 2*math.Abs(x[usual]) && !(begun > 0 && x[usual] == 0) {
			x[usual] += c
			x[follow] += c
		} else {
			c = 0
		}
		x[trend] = x[usual]
		if !changed && !zero && begun == 0 && x[usual] > 0 {
			x[trend] = max(0, x[usual]*(1+slope*(float64(i)+21)))
		}
		x[before], x[several], x[smooth], x[theta] = x[usual], x[usual], x[usual], x[usual]
		x[again] = x[usual]
		if plain && !(p8[w] == 0 && p4[w] == 0 && !(l.ratio[o-1] > 0)) {
			h := int(d-l.from-usage.Day(o)) % 7
			if smoothed {
				x[smooth] = ahead[h] + c
				x[theta] = x[smooth] + line/2*float64(i+1)
			}
			if y := l.y[o-7+h]; !math.IsNaN(y) {
				x[again] = y + c
			}
		}
		v := buf[:0]
		for k := range have {
			e := same(d, p, last[k])
			if y := l.at(e); !math.IsNaN(y) && int(e-l.from) >= max(begun, birth) {
				if k == 0 {
					x[before] = y
				}
				v = append(v, y)
			}
		}
		if len(v) > 0 {
			x[several] = median(v)
		}
		f.days[i] = x
	}
	switch {
	case begun > 0:
		f.doubt = since.doubt(len(f.days), f.total()[usual])
	case single && !l.falls(o, p, earlier):
		f.doubt = largest
	}
	return f, true
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
// known since the first cost. With nothing known, or single charges only, it is zero.
func (l *lane) mean(origin, arrived usage.Day, p usage.Period) stretch {
	f := stretch{days: make([][ways]float64, max(0, int(p.To-origin)))}
	begun, young := l.newborn(int(origin-l.from), int(arrived-l.from))
	if goesOn, largest := l.habit(int(origin-l.from), int(arrived-l.from)); !goesOn && !young {
		f.doubt = largest
		return f
	}
	s, n, birth := 0.0, 0, l.birth()
	if young {
		s, n = begun, 1
	}
	for i, v := range l.y {
		if i >= birth && l.from+usage.Day(i) < origin && !math.IsNaN(v) {
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
// without it the start is meant.
func (l *lane) calendar(d usage.Day, p usage.Period, last []usage.Period) float64 {
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
