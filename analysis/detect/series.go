package detect

import (
	"math"
	"slices"

	"usagereport/usage"
)

// A calendar knows, for each day, the same day of the three months before:
// counted from the month's start and from its end. -1 where there is none. It brings
// the thresholds to the series.
type calendar struct {
	t                *Thresholds
	from             usage.Day
	fromHead, toTail [][3]int32
	rest             []bool // where history is short, the days of rest; else nil
}

func newCalendar(from usage.Day, days int, t *Thresholds) *calendar {
	c := &calendar{t: t, from: from, fromHead: make([][3]int32, days), toTail: make([][3]int32, days)}
	for i := range days {
		d := from + usage.Day(i)
		month := d.Month()
		for j := range 3 {
			prior := (month.From - 1).Month()
			c.fromHead[i][j], c.toTail[i][j] = -1, -1
			if p := prior.From + d - d.Month().From; prior.Contains(p) && p >= from {
				c.fromHead[i][j] = int32(p - from)
			}
			if p := prior.To - (d.Month().To - d); prior.Contains(p) && p >= from {
				c.toTail[i][j] = int32(p - from)
			}
			month = prior
		}
	}
	return c
}

// A series is daily cost with what was expected of it.
type series struct {
	y        []float64
	has      []bool
	m        []float64 // expected: weekday median plus cal; 0 where not ok
	cal      []float64 // what comes on this day of the month, every month
	ok       []bool    // expected is defined
	birth    int       // first day with cost; len(y) if there is none
	first    int       // first day that is ok; len(y) if there is none
	ce, cm   []float64 // prefix sums of y-m and |m|
	calendar *calendar

	typical [len(lengths)]float64 // of windows: the middle of what bound has seen; negative before

	sum, ahead []float64 // memory for y and for frozenSpan
	summed     *node     // whose cost is in sum, but for so many first days
	missing    int
}

// threeMonths is how far back the terms of a calendar look, in days, at most.
const threeMonths = 92

// fill computes the expected cost of y. It reuses s's memory.
func (s *series) fill(c *calendar, y []float64, has []bool) { s.fillFrom(c, y, has, 0) }

// fillFrom computes the expected cost of the days from day from on; excess and
// expected then hold for windows that begin no earlier, but for rounding.
func (s *series) fillFrom(c *calendar, y []float64, has []bool, from int) {
	n := len(y)
	if cap(s.ce) <= n {
		s.m, s.cal, s.ok = make([]float64, n), make([]float64, n), make([]bool, n)
		s.ce, s.cm = make([]float64, n+1), make([]float64, n+1)
	}
	s.m, s.cal, s.ok, s.ce, s.cm = s.m[:n], s.cal[:n], s.ok[:n], s.ce[:n+1], s.cm[:n+1]
	s.y, s.has, s.calendar = y, has, c
	s.typical = [len(lengths)]float64{-1, -1, -1}
	medians := max(0, from-threeMonths)
	clear(s.m[medians:])
	clear(s.cal[medians:])
	clear(s.ok[medians:])
	s.birth = 0
	for s.birth < n && (y[s.birth] == 0 || !has[s.birth]) {
		s.birth++
	}
	for first := medians; first < min(n, medians+7); first++ {
		var win window
		for d := first - 56; d < first; d += 7 {
			if d >= s.birth && has[d] {
				win.insert(y[d])
			}
		}
		for d := first; d < n; d += 7 {
			if win.n >= 3 && has[d] {
				s.m[d], s.ok[d] = win.Median(), true
			}
			old := d - 56
			out, in := old >= s.birth && has[old], d >= s.birth && has[d]
			switch {
			case out && in:
				win.replace(y[old], y[d])
			case out:
				win.remove(y[old])
			case in:
				win.insert(y[d])
			}
		}
	}
	for d := n - 1; d >= max(from, s.birth); d-- { // backwards: terms read earlier medians as they were
		if s.ok[d] && (s.recurs(&c.fromHead[d]) || s.recurs(&c.toTail[d])) {
			s.cal[d] = s.term(d)
			s.m[d] += s.cal[d]
		}
	}
	s.first = n
	s.ce[from], s.cm[from] = 0, 0
	for d := from; d < n; d++ {
		s.ce[d+1], s.cm[d+1] = s.ce[d], s.cm[d]
		if s.ok[d] {
			s.first = min(s.first, d)
			s.ce[d+1] += y[d] - s.m[d]
			s.cm[d+1] += math.Abs(s.m[d])
		}
	}
}

// recurs reports whether the last two of prior cost more than usual: without that,
// there is no term.
func (s *series) recurs(prior *[3]int32) bool { return s.over(prior[0]) && s.over(prior[1]) }

func (s *series) over(p int32) bool {
	return p >= 0 && s.ok[p] && s.y[p]-s.m[p] > s.calendar.t.RecursPart*math.Abs(s.m[p])
}

// term returns what the same day of each of the last two or three months cost
// beyond its weekday, if it did so every time and by much the same amount.
func (s *series) term(d int) float64 {
	best := 0.0
	for _, prior := range []*[3]int32{&s.calendar.fromHead[d], &s.calendar.toTail[d]} {
		var v [3]float64
		n := 0
		for _, p := range prior {
			if p < 0 || !s.ok[p] {
				break
			}
			x := s.y[p] - s.m[p]
			if x <= s.calendar.t.RecursPart*math.Abs(s.m[p]) {
				n = 0
				break
			}
			v[n] = x
			n++
		}
		if n < 2 {
			continue
		}
		slices.Sort(v[:n])
		if mid := v[(n-1)/2]; v[0] >= s.calendar.t.RecursAlike*mid {
			best = max(best, mid)
		}
	}
	return best
}

// excess returns what k days ending at b cost beyond expectation.
func (s *series) excess(k, b int) float64 { return s.ce[b+1] - s.ce[b+1-k] }

// expected returns the size of what was expected of k days ending at b.
func (s *series) expected(k, b int) float64 { return s.cm[b+1] - s.cm[b+1-k] }

// frozen returns the expected cost as it stood when day start came: the later
// days do not learn from themselves.
func (s *series) frozen(start int) []float64 {
	out := make([]float64, len(s.y))
	copy(out, s.m[:start])
	s.freeze(out[start:], start)
	return out
}

// frozenSpan returns what frozen does for the days from start to end of y,
// without filling s for the days before. It uses s's memory.
func (s *series) frozenSpan(c *calendar, y []float64, has []bool, start, end int) []float64 {
	s.fillFrom(c, y[:end+1], has[:end+1], start)
	if cap(s.ahead) < len(y) {
		s.ahead = make([]float64, len(y))
	}
	out := s.ahead[:end+1-start]
	s.freeze(out, start)
	return out
}

// freeze sets out to what is expected from day start on.
func (s *series) freeze(out []float64, start int) {
	recent := s.before(start, 1, 28)
	work, rest := s.apart(start, recent)
	for w := range min(7, len(out)) {
		d := start + w
		var v [8]float64
		n := 0
		for p := d - 7; p >= max(s.birth, d-56); p -= 7 {
			if s.has[p] {
				v[n] = s.y[p]
				n++
			}
		}
		for known := n >= 3; d-start < len(out); d += 7 {
			level := work
			switch {
			case known:
				level = Median(v[:n])
			case s.calendar.rest != nil && s.calendar.rest[d]:
				level = rest
			}
			out[d-start] = level + s.cal[d]
		}
	}
}

// apart returns the median cost of the working days and of the days of rest of the four weeks before
// start, where history is short and both are known; else recent for both.
func (s *series) apart(start int, recent float64) (work, rest float64) {
	days := s.calendar.rest
	if days == nil {
		return recent, recent
	}
	var v [2][]float64
	for d := max(s.birth, start-28); d < start; d++ {
		if s.has[d] {
			kind := int(share(days[d]))
			v[kind] = append(v[kind], s.y[d])
		}
	}
	if len(v[0]) < 3 || len(v[1]) < 2 {
		return recent, recent
	}
	return Median(v[0]), Median(v[1])
}

// before returns the median cost of the days from back+n-1 to back days before
// start, 0 if less than three exist: a day or two of cost are no habit.
func (s *series) before(start, back, n int) float64 {
	v := make([]float64, 0, 84)
	for d := max(s.birth, start-back-n+1); d <= start-back; d++ {
		if s.has[d] {
			v = append(v, s.y[d])
		}
	}
	if len(v) < 3 {
		return 0
	}
	return Median(v)
}

// spread returns how far a normal day lies from its expectation: the robust
// standard deviation of the eight weeks before start, at least 3 %.
func (s *series) spread(start int) float64 {
	var v, m []float64
	for d := max(s.first, start-56); d < start; d++ {
		if s.ok[d] {
			v, m = append(v, math.Abs(s.y[d]-s.m[d])), append(m, math.Abs(s.m[d]))
		}
	}
	return max(sigmas*Median(v), s.calendar.t.LeastSpread*Median(m))
}

// Band returns the expected cost of each day of a series (the median of the
// last eight same weekdays), and the range in which a normal day lies. ok is
// false on days without data, and where fewer than a week of days before say how far such days lie from
// what is expected: with less than four weeks of history.
func Band(cost []float64, hasData []bool, from usage.Day) (expected, low, high []float64, ok []bool) {
	n := len(cost)
	if hasData == nil {
		hasData = slices.Repeat([]bool{true}, n)
	}
	var s series
	t := DefaultThresholds()
	s.fill(newCalendar(from, n, &t), cost, hasData)
	low, high, ok = make([]float64, n), make([]float64, n), make([]bool, n)
	known := 0
	for d := range n {
		if !s.ok[d] {
			continue
		}
		if ok[d] = known >= 7; ok[d] {
			half := 2 * max(s.spread(d), t.LeastSpread*math.Abs(s.m[d]))
			low[d], high[d] = s.m[d]-half, s.m[d]+half
			if s.m[d] >= 0 {
				low[d] = max(0, low[d])
			}
		}
		known++
	}
	return s.m, low, high, ok
}

// A window is up to eight values in order, as integers in the same order as the
// numbers: processors choose between those without a guess that may be wrong.
type window struct {
	v [9]int64
	n int
}

// ordered returns an integer for x; they compare as the numbers do. It is its
// own inverse.
func ordered(x int64) int64 { return x ^ int64(uint64(x>>63)>>1) }

func (w *window) insert(x float64) {
	k := ordered(int64(math.Float64bits(x)))
	i := w.n
	for i > 0 && w.v[i-1] > k {
		w.v[i] = w.v[i-1]
		i--
	}
	w.v[i] = k
	w.n++
}

func (w *window) remove(x float64) {
	k := ordered(int64(math.Float64bits(x)))
	i := 0
	for w.v[i] != k {
		i++
	}
	copy(w.v[i:w.n], w.v[i+1:w.n])
	w.n--
}

// replace is remove(old) and insert(x) in one.
func (w *window) replace(old, x float64) {
	if w.n != 8 {
		w.remove(old)
		w.insert(x)
		return
	}
	out, in := ordered(int64(math.Float64bits(old))), ordered(int64(math.Float64bits(x)))
	below := int64(math.MinInt64)
	for i := range 8 {
		// What is from out on moves down by one; then each takes its place above
		// in or leaves it to in.
		k := w.v[i]
		if next := w.v[i+1]; k >= out {
			k = next
		}
		if i == 7 {
			k = math.MaxInt64
		}
		w.v[i] = min(k, max(below, in))
		below = k
	}
}

func (w *window) Median() float64 {
	return (w.at((w.n-1)/2) + w.at(w.n/2)) / 2
}

func (w *window) at(i int) float64 { return math.Float64frombits(uint64(ordered(w.v[i]))) }

// Median sorts v and returns its median; 0 for none.
func Median(v []float64) float64 {
	if len(v) == 0 {
		return 0
	}
	slices.Sort(v)
	return (v[(len(v)-1)/2] + v[len(v)/2]) / 2
}

// middle is Median for many values, which it need not sort.
func middle(v []float64) float64 {
	if len(v) < 20 {
		return Median(v)
	}
	k := len(v) / 2
	lo, hi := 0, len(v)-1
	for lo < hi {
		pivot := v[(lo+hi)/2]
		i, j := lo, hi
		for i <= j {
			for v[i] < pivot {
				i++
			}
			for v[j] > pivot {
				j--
			}
			if i <= j {
				v[i], v[j] = v[j], v[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			lo, hi = k, k
		}
	}
	if len(v)%2 == 1 {
		return v[k]
	}
	return (slices.Max(v[:k]) + v[k]) / 2
}
