package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A Running is what a chart of a cost that adds up shows: each list has the sum up to the
// end of a day, the first day of the period first.
type Running struct {
	Span    usage.Period
	Now     []usage.Decimal
	Settled int // how many of Now are known in full; the others are dotted
	Prior   []usage.Decimal
	Path    []Point // from the last settled day to the end
	Budget  *usage.Decimal
	// The words at the ends of the lines.
	NowText, PathText, PriorText, BudgetText, CrossText string
}

// A Point is a forecast sum and its range, at a day of the period, the first being 0.
type Point struct {
	At             int
	Mid, Low, High usage.Decimal
}

// RunningChart draws how a cost adds up, beside the period before, its forecast and a budget.
func RunningChart(l *locale.Locale, label string, r Running) Chart {
	n := r.days()
	lo, hi := r.extent()
	const high = tallHeight
	s := newScale(lo, hi, 4, plotTop, high-plotBottom)
	var d drawing
	d.open("ends", high, label)
	d.numbers(s)
	d.tags(`<svg x="44">`)
	d.plane(float64(n), high)
	lines, zero := s.grid(float64(n))
	d.path("grid", lines)
	d.path("zero", zero)
	d.path("fan", fan(r.Path, s))
	d.path("before-line", sums(r.Prior, 0, s))
	if r.Budget != nil {
		d.path("budget", "M0 "+num(s.y(drawn(*r.Budget)))+"H"+num(float64(n)))
	}
	d.path("way", way(r.Path, s))
	d.path("now open", sums(r.Now, max(0, r.Settled-1), s))
	d.path("now", sums(r.Now[:min(r.Settled, len(r.Now))], 0, s))
	d.tags(`</svg>`)
	at := func(i int) string { return share((float64(i) + 0.5) / float64(n)) }
	if k := len(r.Now); k > 0 {
		y := s.y(drawn(r.Now[k-1]))
		d.tags(`<circle class="dot" r="3.5" cx="`, at(k-1), `" cy="`, num(y), `"/>`)
		class := "end ink strong"
		if k < n/3 {
			class = "start ink strong"
		}
		above := math.Max(12, y-9)
		if c := r.crossing(); c > 0 && c-k < n/4 { // whose words stand above it
			above = math.Min(y+26, high-plotBottom-6)
		}
		if len(r.Path) > 0 || k < n {
			d.label(class, at(k-1), above, r.NowText)
		}
	}
	if c := r.crossing(); c > 0 {
		d.tags(`<circle class="cross" r="5" cx="`, at(c), `" cy="`, num(s.y(drawn(*r.Budget))), `"/>`)
		d.label("end warn", at(c), math.Max(12, s.y(drawn(*r.Budget))-9), r.CrossText)
	}
	if r.Budget != nil {
		d.label("start ink", "6", math.Max(11, s.y(drawn(*r.Budget))-5), r.BudgetText)
	}
	r.ends(&d, s)
	d.days(r.ticks(l), n, float64(high-4))
	d.tags(`</svg></svg>`)
	return Chart{Label: label, SVG: d.done()}
}

// days is how many days the drawing has.
func (r Running) days() int { return max(r.Span.Days(), len(r.Prior), 1) }

// extent returns the least and the largest sum.
func (r Running) extent() (lo, hi float64) {
	hold := func(d usage.Decimal) {
		lo, hi = math.Min(lo, drawn(d)), math.Max(hi, drawn(d))
	}
	for _, d := range r.Now {
		hold(d)
	}
	for _, d := range r.Prior {
		hold(d)
	}
	for _, p := range r.Path {
		hold(p.Low)
		hold(p.High)
	}
	if r.Budget != nil {
		hold(*r.Budget)
	}
	return lo, hi
}

// An ending is what stands at the right end of a line.
type ending struct {
	text   string
	strong bool
	y      float64
}

// ended returns the words at the right ends of the lines, apart from each other.
func (r Running) ended(s scale, apart float64) []ending {
	var words []ending
	switch n := r.days(); {
	case len(r.Path) > 0:
		words = append(words, ending{r.PathText, true, s.y(drawn(r.Path[len(r.Path)-1].Mid))})
	case len(r.Now) == n && n > 1:
		words = append(words, ending{r.NowText, true, s.y(drawn(r.Now[n-1]))})
	}
	if k := len(r.Prior); k > 0 {
		words = append(words, ending{r.PriorText, false, s.y(drawn(r.Prior[k-1]))})
	}
	if len(words) == 2 && math.Abs(words[0].y-words[1].y) < apart {
		first, second := 0, 1
		if words[0].y > words[1].y {
			first, second = 1, 0
		}
		gap := apart - (words[second].y - words[first].y)
		words[first].y -= gap / 2
		words[second].y += gap / 2
	}
	lowest := s.bottom - 14
	for i := range words {
		words[i].y = math.Min(math.Max(words[i].y, 10), lowest)
	}
	if len(words) == 2 && math.Abs(words[0].y-words[1].y) < apart { // pushed together by an edge
		i := 0
		if words[0].y <= words[1].y {
			i = 1
		}
		if words[1-i].y+apart <= lowest {
			words[i].y = words[1-i].y + apart
		} else {
			words[1-i].y = words[i].y - apart
		}
	}
	return words
}

// ends writes the words at the right ends of the lines.
func (r Running) ends(d *drawing, s scale) {
	const apart = 32 // two lines of a word
	d.tags(`<svg x="100%">`)
	for _, w := range r.ended(s, apart) {
		class := "start"
		if w.strong {
			class = "start accent strong"
		}
		a, b, _ := strings.Cut(w.text, "\n")
		d.label(class, "8", w.y+2, a)
		d.label("start", "8", w.y+16, b)
	}
	d.tags(`</svg>`)
}

// crossing is the day on which the forecast passes the budget; 0 where it does not.
func (r Running) crossing() int {
	if r.Budget == nil || r.CrossText == "" {
		return 0
	}
	for _, p := range r.Path {
		if p.Mid.Cmp(*r.Budget) > 0 {
			return p.At
		}
	}
	return 0
}

// ticks are the first day of each week of the period, and its last day.
func (r Running) ticks(l *locale.Locale) (out []tick) {
	n := r.Span.Days()
	for i := 0; i < n; i += 7 {
		text := l.ShortDay(r.Span.From + usage.Day(i))
		if i > 0 && r.Span.From.Time().Day() == 1 && n <= 31 {
			text = strconv.Itoa(i + 1)
		}
		if n-i > 3 || i == 0 {
			out = append(out, tick{i, text})
		}
	}
	if n > 1 {
		out = append(out, tick{n - 1, l.ShortDay(r.Span.Last())})
	}
	return out
}

// sums draws the line through list from its i-th day on.
func sums(list []usage.Decimal, i int, s scale) string {
	var b strings.Builder
	for k := i; k < len(list); k++ {
		op := "L"
		if k == i {
			op = "M"
		}
		b.WriteString(op + num(float64(k)+0.5) + " " + num(s.y(drawn(list[k]))))
	}
	if len(list)-i < 2 {
		return ""
	}
	return b.String()
}

func way(path []Point, s scale) string {
	var b strings.Builder
	for i, p := range path {
		op := "L"
		if i == 0 {
			op = "M"
		}
		b.WriteString(op + num(float64(p.At)+0.5) + " " + num(s.y(drawn(p.Mid))))
	}
	return b.String()
}

// fan outlines the range of a path.
func fan(path []Point, s scale) string {
	var up, down strings.Builder
	for i, p := range path {
		op := "L"
		if i == 0 {
			op = "M"
		}
		up.WriteString(op + num(float64(p.At)+0.5) + " " + num(s.y(drawn(p.High))))
		q := path[len(path)-1-i]
		down.WriteString("L" + num(float64(q.At)+0.5) + " " + num(s.y(drawn(q.Low))))
	}
	if len(path) == 0 {
		return ""
	}
	return up.String() + down.String() + "z"
}

// Spark draws days as a small line without an axis, from zero; those between the first and
// the last marked day stand out. Days without data break it.
func Spark(list []Day, from, to usage.Day) template.HTML {
	const width, high, pad = 132.0, 30.0, 2.5
	lo, hi := 0.0, 0.0
	for _, d := range list {
		if !d.NoData {
			lo, hi = math.Min(lo, drawn(d.Actual)), math.Max(hi, drawn(d.Actual))
		}
	}
	if len(list) < 2 || lo == hi {
		return ""
	}
	y := func(v float64) string { return num(high - pad - (v-lo)/(hi-lo)*(high-2*pad)) }
	x := func(i int) string { return num(pad + float64(i)*(width-2*pad)/float64(len(list)-1)) }
	var all, marked strings.Builder
	draw := func(b *strings.Builder, in func(Day) bool) {
		op := "M"
		for i, d := range list {
			if d.NoData || !in(d) {
				op = "M"
				continue
			}
			b.WriteString(op + x(i) + " " + y(drawn(d.Actual)))
			op = "L"
		}
	}
	draw(&all, func(Day) bool { return true })
	draw(&marked, func(d Day) bool { return d.Day >= from && d.Day <= to })
	var d drawing
	d.tags(`<svg class="spark" viewBox="0 0 132 30" aria-hidden="true">`)
	d.path("base", "M0 "+y(0)+"H132")
	d.path("line", all.String())
	if to >= from && to != 0 {
		d.path("hot", marked.String())
	}
	d.tags(`</svg>`)
	return d.done()
}

// A Stack is a day's cost by part, the first at the bottom.
type Stack struct {
	Day     usage.Day
	Parts   []usage.Decimal
	Usual   *usage.Decimal // the top of the usual range; nil where that is not known
	Open    bool           // forecast, or not all has arrived
	Marked  bool           // above the usual range, and a finding says why
	Events  int            // how many events it has
	NoData  bool
	Awaited usage.Decimal // what is expected beyond the parts; outlined
}

// Stacked draws days as columns of parts.
func Stacked(l *locale.Locale, label string, list []Stack, split usage.Day) Chart {
	n := len(list)
	lo, hi := 0.0, 0.0
	for _, s := range list {
		up, down := 0.0, 0.0
		for _, p := range s.Parts {
			if v := drawn(p); v > 0 {
				up += v
			} else {
				down += v
			}
		}
		up += math.Max(0, drawn(s.Awaited))
		if s.Usual != nil {
			up = math.Max(up, drawn(*s.Usual))
		}
		lo, hi = math.Min(lo, down), math.Max(hi, up)
	}
	const high = tallHeight
	s := newScale(lo, hi, 4, plotTop, high-plotBottom)
	var d drawing
	d.open("axis", high, label)
	d.numbers(s)
	d.tags(`<svg x="44">`)
	d.plane(float64(max(n, 1)), high)
	lines, zero := s.grid(float64(max(n, 1)))
	d.path("grid", lines)
	const wide = 0.82
	parts, open := make([]string, MaxParts), make([]string, MaxParts)
	outlined, none, usual := "", "", ""
	var marks []point
	for i, day := range list {
		x := float64(i) + 0.5
		up, down := 0.0, 0.0
		for k, p := range day.Parts {
			v := drawn(p)
			from := &up
			if v < 0 {
				from = &down
			}
			a, b := num(s.y(*from)), num(s.y(*from+v))
			*from += v
			if a == b || k >= MaxParts {
				continue
			}
			if stroke := "M" + num(x) + " " + a + "V" + b; day.Open {
				open[k] += stroke
			} else {
				parts[k] += stroke
			}
		}
		if day.NoData {
			none += "M" + num2(x-wide/2) + " " + num(s.y(0)) + "h" + num2(wide)
		}
		if v := drawn(day.Awaited); v > 0 {
			outlined += "M" + num2(x-wide/2) + " " + num(s.y(up)) + "V" + num(s.y(up+v)) + "h" + num2(wide) + "V" + num(s.y(up))
		}
		if day.Usual != nil {
			usual += "M" + num(float64(i)) + " " + num(s.y(drawn(*day.Usual))) + "h1"
		}
		if day.Marked {
			marks = append(marks, point{x / float64(n), s.y(up) - 3})
		}
	}
	for k := range parts {
		d.path("b s"+strconv.Itoa(k), parts[k], "stroke-width", num2(wide))
		d.path("b open s"+strconv.Itoa(k), open[k], "stroke-width", num2(wide))
	}
	d.path("hollow", outlined)
	d.path("none", none)
	d.path("zero", zero)
	d.path("usual", usual)
	events := ""
	for i, day := range list {
		if day.Events > 0 {
			events += "M" + num(float64(i)+0.5) + " " + num(plotTop) + "V" + num(s.bottom)
		}
	}
	d.path("event", events)
	if i := int(split - list[0].Day); i > 0 && i < n {
		d.path("split", "M"+strconv.Itoa(i)+" "+num(plotTop)+"V"+num(s.bottom))
	}
	d.tags(`</svg>`)
	class := "mark warn"
	if n > manyBars {
		class += " tiny"
	}
	d.marks(class, marks)
	for i, day := range list {
		if day.Events > 0 {
			d.label("event-mark", share((float64(i)+0.5)/float64(n)), plotTop-4, "◆")
		}
	}
	days := make([]usage.Day, n)
	for i, x := range list {
		days[i] = x.Day
	}
	d.days(dayTicks(l, days), n, float64(high-4))
	d.tags(`</svg></svg>`)
	return Chart{Label: label, SVG: d.done()}
}

// MaxParts is how many parts a column may have; the last is of all the others.
const MaxParts = 6

// A Column is a bill: its first days and the whole. Of the one that is Now, the whole is
// what is expected.
type Column struct {
	Name        string
	Same, Whole usage.Decimal
	Now         bool
	NoRate      bool // it is not known in the currency that is drawn
}

// History draws bills as columns in two parts.
func History(l *locale.Locale, label string, list []Column) Chart {
	n := len(list)
	lo, hi := 0.0, 0.0
	for _, c := range list {
		lo, hi = math.Min(lo, math.Min(drawn(c.Same), drawn(c.Whole))), math.Max(hi, math.Max(drawn(c.Same), drawn(c.Whole)))
	}
	const high, wide = tallHeight, 0.74
	s := newScale(lo, hi, 4, plotTop+8, high-plotBottom)
	var d drawing
	d.open("axis", high, label)
	d.numbers(s)
	d.tags(`<svg x="44">`)
	d.plane(float64(max(n, 1)), high)
	lines, zero := s.grid(float64(max(n, 1)))
	d.path("grid", lines)
	same, rest, now, coming := "", "", "", ""
	for i, c := range list {
		x := float64(i) + 0.5
		y0, a, b := num(s.y(0)), num(s.y(drawn(c.Same))), num(s.y(drawn(c.Whole)))
		stroke := "M" + num(x) + " " + y0 + "V" + a
		switch {
		case c.NoRate: // its label says so
		case c.Now:
			now += stroke
			if a != b {
				coming += "M" + num2(x-wide/2) + " " + a + "V" + b + "h" + num2(wide) + "V" + a
			}
		default:
			same += stroke
			rest += "M" + num(x) + " " + a + "V" + b
		}
	}
	d.path("b same", same, "stroke-width", num2(wide))
	d.path("b rest", rest, "stroke-width", num2(wide))
	d.path("b s0", now, "stroke-width", num2(wide))
	d.path("hollow", coming)
	d.path("zero", zero)
	d.tags(`</svg><g class="mid">`)
	every := (n + 7) / 8
	for i, c := range list {
		x := share((float64(i) + 0.5) / float64(n))
		class := ""
		if c.Now {
			class = "ink strong"
		}
		if (n-1-i)%every == 0 {
			d.label(class, x, float64(high-4), cut(c.Name, 9))
		}
		if c.NoRate {
			d.label(class, x, s.y(0)-5, l.Say(locale.T("no rate")))
		} else if v := drawn(c.Whole); i == n-1 || i == n-2 || i == n-13 {
			if i == n-1 && n > 8 { // wider than its column
				class, x = "end "+class, "100%"
			}
			d.label(strings.TrimSpace(class+" ink"), x, math.Min(s.y(v), s.y(0))-5, short(v))
		}
	}
	d.tags(`</g></svg></svg>`)
	return Chart{Label: label, SVG: d.done()}
}
