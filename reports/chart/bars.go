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
	return rowsChart(l, id, label, currency, rows)
}

// A row is a bar that lies, with its name and its amount as text.
type row struct {
	Label string `json:"label"`
	Text  string `json:"text"`
	Kind  string `json:"kind"` // "total", "up", "down", "even"

	from, to float64
}

// Where a row's parts stand, in pixels from its top.
const (
	rowPitch   = 32
	rowText    = 20
	rowBar     = 16
	rowThick   = 14
	rowLetters = 15 // of a name that are shown in one line
)

// rowsChart draws bars that lie. There is a row's height for each of them, so
// that they read on a phone.
func rowsChart(l *locale.Locale, id, label, currency string, rows []row) Chart {
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
	lo = math.Max(lo, tear(rows))
	c := charts.NewCustom()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", data, as("actual", "--bar"))
	return newChart(id, "rows", label, currency, plot{
		Kind: "steps", Rows: rows, Pitch: rowPitch,
		Scales: [][3]float64{{lo, hi, hi - lo}},
	}, c, rowsSVG(l, label, rows, lo, hi))
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

func rowsSVG(l *locale.Locale, label string, rows []row, lo, hi float64) template.HTML {
	const wide = 1000
	x := func(v float64) string { return num((math.Max(v, lo) - lo) / (hi - lo) * wide) }
	h := max(len(rows), 1) * rowPitch
	torn := lo > 0
	if torn {
		h += noteHeight
	}
	var d drawing
	class, right := "sides", sideWidth
	for _, r := range rows {
		if utf8.RuneCountInString(r.Text) > 13 {
			class, right = "sides long", longWidth
		}
	}
	d.open(class, h, label)
	paths := map[string]string{}
	var names, amounts drawing
	links := ""
	for i, r := range rows {
		top := i * rowPitch
		y := strconv.Itoa(top + rowBar)
		if a, b := x(r.from), x(r.to); torn && r.Kind == "total" {
			// A gap shows that there is more of it.
			paths[r.Kind] += "M0 " + y + "H40M60 " + y + "H" + b
		} else if a != b {
			paths[r.Kind] += "M" + a + " " + y + "H" + b
		}
		if i+1 < len(rows) {
			links += "M" + x(r.to) + " " + strconv.Itoa(top+rowBar+rowThick/2) + "v" + strconv.Itoa(rowPitch-rowThick)
		}
		class := ""
		if r.Kind == "total" {
			class = "strong"
		}
		if first, second := fold(r.Label, rowLetters); second != "" {
			names.label(class, "0", float64(top+rowText-7), first)
			names.label(class, "0", float64(top+rowText+7), second)
		} else {
			names.label(class, "0", float64(top+rowText), cut(r.Label, rowLetters))
		}
		amounts.label(class, "100%", float64(top+rowText), r.Text)
	}
	d.tags(`<g class="ink">`, names.String(), `</g><svg x="`, strconv.Itoa(sideWidth), `">`)
	d.plane(wide, h)
	if !torn {
		d.path("zero", "M"+x(0)+" 0V"+strconv.Itoa(h))
	}
	d.path("link", links)
	for _, kind := range []string{"total", "up", "down", "even"} {
		d.path("b "+kind, paths[kind], "stroke-width", strconv.Itoa(rowThick))
	}
	d.tags(`</svg>`)
	d.tags(`</svg><svg x="`, strconv.Itoa(sideWidth+right), `"><g class="ink end">`, amounts.String(), `</g></svg>`)
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
