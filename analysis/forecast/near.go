package forecast

import (
	"math"
	"slices"

	"usagereport/usage"
)

// What is said where a history has fewer periods than a range needs: chosen on seeds 1 to 6 of the
// test of such ranges.
const (
	knownLeast = 10   // days that are known, without which there is no range
	nearLeast  = 7    // days before a day on which the question is put
	nearMost   = 8    // such days
	nearPart   = 0.33 // part of the known days that it is asked of, at most
	nearError  = 0.09 // relative error of rests, as it is measured where more is known,
	nearFew    = 1.5  // more by so much over the known days,
	nearWeight = 3.0  // and as good as so many days on which it was put
	nearPast   = 0.5  // what an earlier period counts for: less was known then
	young80    = 1.15 // multiples of it that ranges have
	young95    = 2.6
)

// knownDays counts the days before one that are known.
func (l *lane) knownDays(to usage.Day) (n int) {
	for i := l.birth(); i < min(int(to-l.from), len(l.y)); i++ {
		if !math.IsNaN(l.y[i]) {
			n++
		}
	}
	return n
}

// near foretells days that are known from days before them. What comes once a month is none of the error:
// it is expected now.
func (l *lane) near(settled, to usage.Day, periods []usage.Period) (out []Past) {
	o := min(int(settled-l.from), len(l.y))
	days := min(int(to-settled), int(nearPart*float64(o)))
	if days < 1 {
		return nil
	}
	spikes := l.spikes()
	for at := o - days; at >= nearLeast && len(out) < nearMost; at -= max(1, days/2) {
		origin := l.from + usage.Day(at)
		p := usage.Period{From: origin, To: origin + usage.Day(days)}
		real, whole := l.sum(p.From, p.To)
		if !whole {
			continue
		}
		for d := p.From; d < p.To; d++ {
			real -= l.fee(spikes, d, periods)
		}
		f, ok := l.ways(origin, origin, p, nil)
		if !ok {
			f = l.mean(origin, origin, p)
		}
		stretched := math.Sqrt(float64(to-settled) / float64(days))
		said := f.total()[usual]
		out = append(out, Past{Period: p, Said: said, Became: said + (real-said)*stretched, OK: true})
	}
	return out
}

// fee is what day d has of spikes that came in another period, too.
func (l *lane) fee(spikes []float64, d usage.Day, periods []usage.Period) float64 {
	at := slices.IndexFunc(periods, func(p usage.Period) bool { return p.Contains(d) })
	if at < 0 {
		return 0
	}
	if _, ever := monthly(spikes, l.from, d, periods[:max(at+1, len(periods)-1)], at, around); !ever {
		return 0
	}
	return day(spikes, l.from, d)
}

// young is the usual relative error of an e with few earlier periods or none, by theirs and by what was
// said on other days.
func young(e Estimate, missed []float64) float64 {
	sum, n := nearWeight*(nearError+nearFew/float64(e.Known)), nearWeight
	for _, p := range e.Near {
		sum += min(math.Abs(p.Became-p.Said)/scale(p.Said, 0), farthest)
		n++
	}
	sum, n = borrowed*sum/n, borrowed
	for _, v := range missed {
		sum += nearPast * math.Abs(v)
		n += nearPast
	}
	return sum / n
}

// What may become a new level.
const (
	mayLeast  = 2   // days of it that are no single one, at least
	maySingle = 5.0 // times the noise by which a single one differs
	mayMost   = 8   // and at most
	mayPart   = 0.2 // part of what is said by which each differs, at least,
	mayNoise  = 3.0 // and times the noise before
)

// mayGoOn returns by how much more or less there is to come than f has if the last days before one, all of
// which lie far from what f has of their weekdays, go on. What comes once a month does not.
func (l *lane) mayGoOn(settled usage.Day, periods []usage.Period, f stretch) (up, down float64) {
	o := min(int(settled-l.from), len(l.y))
	noise := l.jitter(max(0, o-mayMost))
	// Where few days are left, f has no day of some weekdays: they are as much beside what they usually cost as those that it has.
	var moved []float64
	for j := range min(7, len(f.days)) {
		if i := o - 7 + j; i >= 0 && i < len(l.m) && l.m[i] > 0 {
			moved = append(moved, f.days[j][usual]/l.m[i])
		}
	}
	said := func(i int) float64 {
		switch j := (i - o + 7*mayMost) % 7; {
		case j < len(f.days):
			return f.days[j][usual]
		case i < len(l.m) && len(moved) > 0:
			return l.m[i] * median(moved)
		}
		return math.NaN()
	}
	var times []float64
	side, apart := 0.0, 0.0
	spikes := l.spikes()
	for i := o - 1; i >= max(0, o-mayMost); i-- {
		y, m := l.y[i]-l.fee(spikes, l.from+usage.Day(i), periods), said(i)
		if math.IsNaN(y) {
			continue
		}
		if math.IsNaN(m) || m <= 0 || math.Abs(y-m) < max(mayPart*m, mayNoise*noise) || side*(y-m) < 0 {
			break
		}
		side = y - m
		apart += side
		times = append(times, y/m)
	}
	if len(times) == 0 || len(times) < mayLeast && math.Abs(side) < maySingle*noise {
		return 0, 0
	}
	// By the part of the usual, but by no more a day than on those days: where next to nothing is usual on some, a part says too much.
	more := (median(times) - 1) * f.total()[usual]
	if most := apart / float64(len(times)) * float64(len(f.days)); math.Abs(most) < math.Abs(more) {
		more = most
	}
	return max(0, more), max(0, -more)
}

// jitter is how far the days before index o usually lie from those a week before them: what a step of some days
// adds to what lies far from the usual, it adds to few of these.
func (l *lane) jitter(o int) float64 {
	var apart []float64
	for i := max(7, o-7*weeks); i < o; i++ {
		if d := math.Abs(l.y[i] - l.y[i-7]); !math.IsNaN(d) {
			apart = append(apart, d)
		}
	}
	if len(apart) == 0 {
		return 0
	}
	return median(apart)
}
