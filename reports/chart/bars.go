package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Bars draws one bar per share, upright or lying, the marked one in the
// accent colour; without a marked one (-1) all of them.
func Bars(l *locale.Locale, id, size, label, currency string, shares []Share, marked int, lying bool) Chart {
	if lying {
		rows := make([]row, len(shares))
		for i, s := range shares {
			rows[i] = row{Label: locale.Name(s.Name, 60), Text: l.Money(s.Amount), Kind: barKind(i, marked), to: drawn(s.Amount.Amount)}
		}
		return rowsChart(l, id, "rows", label, currency, rows, rowsLayout{pitch: 34, text: 13, bar: 23, thick: 9, width: 30})
	}
	lo, hi := 0.0, 0.0
	axis := make([]string, len(shares))
	bars := make([]opts.BarData, len(shares))
	for i, s := range shares {
		v := drawn(s.Amount.Amount)
		lo, hi = math.Min(lo, v), math.Max(hi, v)
		axis[i] = locale.Name(s.Name, 60)
		bars[i] = opts.BarData{Value: v, Name: barKind(i, marked)}
	}
	c := charts.NewBar()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", bars, as("actual", "--bar"))
	s := newScale(lo, hi, 3, plotTop, height(size)-plotBottom)
	ticks := nameTicks(axis)
	width := math.Min(0.7, 0.1*float64(len(shares)))
	return newChart(id, size, label, currency, plot{Kind: "bars", Scales: s.limits(), Ticks: axisTicks(ticks), Width: width}, c,
		barsSVG(size, label, bars, s, ticks, width))
}

func barKind(i, marked int) string {
	if i == marked || marked < 0 {
		return "day"
	}
	return "before"
}

// fewBars have room for a name and a number each.
const fewBars = 5

// nameTicks chooses the names that an axis has room for, the last one among
// them.
func nameTicks(names []string) []tick {
	every, width := 1, 8
	switch n := len(names); {
	case n > fewBars:
		every = (n + 3) / 4
	case n > 0:
		width = max(width, 40/n)
	}
	var list []tick
	for i, s := range names {
		if (len(names)-1-i)%every == 0 {
			list = append(list, tick{i, cut(s, width)})
		}
	}
	return list
}

func barsSVG(size, label string, bars []opts.BarData, s scale, ticks []tick, width float64) template.HTML {
	n := len(bars)
	var d drawing
	d.open("axis", height(size), label)
	d.numbers(s)
	d.tags(`<svg x="44">`)
	d.plane(float64(max(n, 1)), height(size))
	lines, zero := s.grid(float64(max(n, 1)))
	d.path("grid", lines)
	paths := map[string]string{}
	for i, b := range bars {
		if y, y0 := num(s.y(b.Value.(float64))), num(s.y(0)); y != y0 {
			paths[b.Name] += "M" + num(float64(i)+0.5) + " " + y0 + "V" + y
		}
	}
	d.path("b before", paths["before"], "stroke-width", num2(width))
	d.path("b day", paths["day"], "stroke-width", num2(width))
	d.path("zero", zero)
	d.tags(`</svg><g class="mid">`)
	for _, t := range ticks {
		x := (float64(t.At) + 0.5) / float64(n)
		class := ""
		if bars[t.At].Name == "day" {
			class = "ink"
		}
		if x > 0.93 {
			class, x = class+" end", 1
		}
		d.label(strings.TrimSpace(class), share(x), float64(height(size)-4), t.Text)
		if n <= fewBars {
			v := bars[t.At].Value.(float64)
			d.label("ink", share((float64(t.At)+0.5)/float64(n)), math.Min(s.y(v), s.y(0))-4, short(v))
		}
	}
	d.tags(`</g></svg></svg>`)
	return d.done()
}

// A Step is one line of a waterfall: a change of the amount so far, or, where
// Total is set, where it stands, as a bar from zero. Kind is the step's style:
// "up", "down", "even" for what is neither (the calendar, a currency), and
// otherwise what its sign says.
type Step struct {
	Label  string
	Amount usage.Decimal
	Total  bool
	Kind   string
}

// Waterfall draws the way from one total to another, a row a step. Each
// amount is shown exactly, to the currency's minor digits; a step begins where
// the one before it ended, which a thin line shows.
func Waterfall(l *locale.Locale, id, label, currency string, steps []Step) Chart {
	rows := make([]row, len(steps))
	var at usage.Decimal
	for i, s := range steps {
		m := usage.Money{Amount: s.Amount, Currency: currency}
		r := row{Label: locale.Name(s.Label, 60), Kind: s.Kind}
		if s.Total {
			at = s.Amount
			r.Text, r.Kind, r.to = l.Money(m), "total", drawn(at)
		} else {
			r.Text, r.from = l.Signed(m), drawn(at)
			at = at.Add(s.Amount)
			r.to = drawn(at)
			switch {
			case r.Kind == "up", r.Kind == "down", r.Kind == "even":
			case s.Amount.Sign() < 0:
				r.Kind = "down"
			default:
				r.Kind = "up"
			}
		}
		rows[i] = r
	}
	return rowsChart(l, id, "rows", label, currency, rows, rowsLayout{pitch: 32, text: 20, bar: 16, thick: 14, width: 15, beside: true})
}

// A row is a bar that lies, with its name and its amount as text.
type row struct {
	Label string `json:"label"`
	Text  string `json:"text"`
	Kind  string `json:"kind"` // "day", "before", "total", "up", "down", "even"

	from, to float64
}

// A rowsLayout says where a row's parts stand, in pixels from its top.
type rowsLayout struct {
	pitch, text, bar, thick int
	width                   int  // how much of a name is shown
	beside                  bool // names and amounts beside the bars, not above them; the bars are steps
}

// rowsChart draws bars that lie. There is a row's height for each of them, so
// that they read on a phone.
func rowsChart(l *locale.Locale, id, size, label, currency string, rows []row, by rowsLayout) Chart {
	lo, hi := 0.0, 0.0
	data := make([]opts.CustomData, len(rows))
	axis := make([]string, len(rows))
	for i, r := range rows {
		lo, hi = math.Min(lo, math.Min(r.from, r.to)), math.Max(hi, math.Max(r.from, r.to))
		data[i] = opts.CustomData{Value: []any{i, r.from, r.to}}
		axis[i] = r.Label
	}
	if lo == hi {
		hi = lo + 1
	}
	if by.beside {
		lo = math.Max(lo, tear(rows))
	}
	c := charts.NewCustom()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", data, as("actual", "--bar"))
	kind := "rows"
	if by.beside {
		kind = "steps"
	}
	return newChart(id, size, label, currency, plot{
		Kind: kind, Rows: rows, Pitch: by.pitch,
		Scales: [][3]float64{{lo, hi, hi - lo}},
	}, c, rowsSVG(l, label, rows, lo, hi, by))
}

// tear returns where the bars of a waterfall begin. Where all that happens is
// far above zero they are cut short, since else the steps, which are what the
// chart is about, could not be seen; otherwise there is no such place.
func tear(rows []row) float64 {
	least, most := math.Inf(1), 0.0
	for _, r := range rows {
		least, most = math.Min(least, r.to), math.Max(most, r.to)
		if r.Kind != "total" {
			least, most = math.Min(least, r.from), math.Max(most, r.from)
		}
	}
	if len(rows) == 0 || least < most/2 || least >= most {
		return math.Inf(-1)
	}
	return least - (most-least)/3
}

func rowsSVG(l *locale.Locale, label string, rows []row, lo, hi float64, by rowsLayout) template.HTML {
	const wide = 1000
	x := func(v float64) string { return num((math.Max(v, lo) - lo) / (hi - lo) * wide) }
	h := max(len(rows), 1) * by.pitch
	torn := lo > 0
	if torn {
		h += noteHeight
	}
	var d drawing
	class, right := "full", 0
	if by.beside {
		class, right = "sides", sideWidth
		for _, r := range rows {
			if utf8.RuneCountInString(r.Text) > 13 {
				class, right = "sides long", longWidth
			}
		}
	}
	d.open(class, h, label)
	paths := map[string]string{}
	var names, amounts drawing
	links := ""
	for i, r := range rows {
		top := i * by.pitch
		y := strconv.Itoa(top + by.bar)
		if a, b := x(r.from), x(r.to); torn && r.Kind == "total" {
			// A gap shows that there is more of it.
			paths[r.Kind] += "M0 " + y + "H40M60 " + y + "H" + b
		} else if a != b {
			paths[r.Kind] += "M" + a + " " + y + "H" + b
		}
		if !by.beside && lo < 0 {
			links += "M" + x(0) + " " + strconv.Itoa(top+by.bar-8) + "v16"
		}
		if by.beside && i+1 < len(rows) {
			links += "M" + x(r.to) + " " + strconv.Itoa(top+by.bar+by.thick/2) + "v" + strconv.Itoa(by.pitch-by.thick)
		}
		class := ""
		if r.Kind == "total" {
			class = "strong"
		}
		if first, second := fold(r.Label, by.width); by.beside && second != "" {
			names.label(class, "0", float64(top+by.text-7), first)
			names.label(class, "0", float64(top+by.text+7), second)
		} else {
			names.label(class, "0", float64(top+by.text), cut(r.Label, by.width))
		}
		amounts.label(class, "100%", float64(top+by.text), r.Text)
	}
	if by.beside {
		d.tags(`<g class="ink">`, names.String(), `</g><svg x="`, strconv.Itoa(sideWidth), `">`)
	} else {
		d.tags(`<g class="ink">`, names.String(), `</g><g class="ink end">`, amounts.String(), `</g>`)
	}
	d.plane(wide, h)
	if by.beside && !torn {
		d.path("zero", "M"+x(0)+" 0V"+strconv.Itoa(h))
	}
	d.path("link", links)
	for _, kind := range []string{"before", "day", "total", "up", "down", "even"} {
		d.path("b "+kind, paths[kind], "stroke-width", strconv.Itoa(by.thick))
	}
	d.tags(`</svg>`)
	if by.beside {
		d.tags(`</svg><svg x="`, strconv.Itoa(sideWidth+right), `"><g class="ink end">`, amounts.String(), `</g></svg>`)
	}
	if torn {
		d.label("", "0", float64(h-5), Words(l)["torn"])
	}
	d.tags(`</svg>`)
	return d.done()
}

// fold divides a name that is too wide for one line into two, between words.
func fold(s string, width int) (first, second string) {
	if cut(s, width) == s {
		return s, ""
	}
	for i, r := range s {
		if r == ' ' && cut(s[:i], width) == s[:i] {
			first, second = s[:i], s[i+1:]
		}
	}
	if second == "" {
		return cut(s, width), ""
	}
	return first, cut(second, width)
}

// noteHeight is the room for a line of text below the rows.
const noteHeight = 24

// The room beside a waterfall's bars, for names and for amounts, and for long
// amounts; report.css knows it too.
const (
	sideWidth = 96
	longWidth = 140
)

// num2 writes a width in bars, to a hundredth.
func num2(v float64) string {
	return strings.TrimRight(strings.TrimRight(strconv.FormatFloat(v, 'f', 2, 64), "0"), ".")
}
