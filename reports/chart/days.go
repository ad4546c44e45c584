package chart

import (
	"html/template"
	"math"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A daysPlot is what a chart of days shows, as it is drawn: both drawings are
// made of it.
type daysPlot struct {
	days  []usage.Day
	bars  []bar
	bands []band
	prior []float64 // NaN where there is none
	scale scale
	ticks []tick
	width float64 // of a bar, in days
}

// A bar is an amount and the state that styles it: "day", "above",
// "incomplete", "above, incomplete", "before", or "no data".
type bar struct {
	value float64
	state string
}

// stateOf is the state of a day in the period.
func stateOf(d Day) string {
	switch {
	case d.NoData:
		return "no data"
	case d.Above() && d.Incomplete:
		return "above, incomplete"
	case d.Above():
		return "above"
	case d.Incomplete:
		return "incomplete"
	}
	return "day"
}

// A band is what a day usually costs.
type band struct {
	low, expected, high float64
	ok                  bool
}

func newDaysPlot(l *locale.Locale, size string, list []Day) daysPlot {
	p := daysPlot{width: math.Min(0.82, 0.06*float64(len(list)))}
	lo, hi := 0.0, 0.0
	hold := func(v float64) float64 {
		lo, hi = math.Min(lo, v), math.Max(hi, v)
		return v
	}
	for _, d := range list {
		b := bar{state: stateOf(d)}
		if b.state == "day" && !d.InPeriod {
			b.state = "before"
		}
		if !d.NoData {
			b.value = hold(drawn(d.Actual))
		}
		var u band
		if d.HasBand {
			// A usual range that reaches below zero makes no room for what is not there.
			u = band{low: drawn(d.Low), expected: hold(drawn(d.Expected)), ok: true}
			u.high = hold(math.Max(u.low, drawn(d.High)))
		}
		prior := math.NaN()
		if d.Prior != nil {
			prior = hold(drawn(*d.Prior))
		}
		p.days, p.bars, p.bands, p.prior = append(p.days, d.Day), append(p.bars, b), append(p.bands, u), append(p.prior, prior)
	}
	parts := 3
	if size == "tall" {
		parts = 4
	}
	p.scale = newScale(lo, hi, parts, plotTop, height(size)-plotBottom)
	p.ticks = dayTicks(l, p.days)
	return p
}

// Days draws days as bars against their usual band, with the prior
// period's aligned days as a thin line. Its size is "tall" or "small".
func Days(l *locale.Locale, id, size, label, currency string, list []Day) Chart {
	p := newDaysPlot(l, size, list)
	return newChart(id, size, label, currency,
		plot{Kind: "days", Scales: p.scale.limits(), Ticks: axisTicks(p.ticks), Width: p.width},
		p.options(), p.svg(size, label))
}

// options are those of ECharts.
func (p daysPlot) options() *charts.Bar {
	axis := make([]string, len(p.days))
	bars := make([]opts.BarData, len(p.days))
	low, width, expected, prior := make([]opts.LineData, len(p.days)), make([]opts.LineData, len(p.days)),
		make([]opts.LineData, len(p.days)), make([]opts.LineData, len(p.days))
	var hasBand, hasPrior bool
	for i, b := range p.bars {
		axis[i] = p.days[i].String()
		bars[i] = opts.BarData{Value: b.value, Name: b.state}
		if b.state == "no data" {
			bars[i].Value = gap
		}
		low[i].Value, width[i].Value, expected[i].Value, prior[i].Value = gap, gap, gap, gap
		if u := p.bands[i]; u.ok {
			hasBand = true
			low[i].Value, width[i].Value, expected[i].Value = u.low, u.high-u.low, u.expected
		}
		if !math.IsNaN(p.prior[i]) {
			hasPrior = true
			prior[i].Value = p.prior[i]
		}
	}
	c := charts.NewBar()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", bars, as("actual", "--bar"))
	line := charts.NewLine()
	line.SetXAxis(axis)
	if hasBand {
		line.AddSeries("Usual, low", low, as("low", "--band"), stacked)
		line.AddSeries("Usual, range", width, as("band", "--band"), stacked)
		line.AddSeries("Expected", expected, as("expected", "--ink"))
	}
	if hasPrior {
		line.AddSeries("Prior period", prior, as("prior", "--prior"))
	}
	c.Overlap(line)
	return c
}

func (p daysPlot) svg(size, label string) template.HTML {
	n := len(p.days)
	var d drawing
	d.open("axis", height(size), label)
	d.numbers(p.scale)
	d.tags(`<svg x="44">`)
	d.plane(float64(max(n, 1)), height(size))
	lines, zero := p.scale.grid(float64(max(n, 1)))
	d.path("grid", lines)
	area, expected := p.usual()
	d.path("band", area)
	var paths [6]strings.Builder
	states := []string{"day", "before", "above", "incomplete", "above, incomplete", "no data"}
	var marks []point
	for i, b := range p.bars {
		x := float64(i) + 0.5
		y0, y := p.scale.y(0), p.scale.y(b.value)
		for k, state := range states {
			if b.state != state {
				continue
			}
			w := &paths[k]
			switch state {
			case "no data":
				w.WriteString("M" + num2(x-p.width/2) + " " + num(y0) + "h" + num2(p.width))
			case "incomplete", "above, incomplete":
				w.WriteString("M" + num2(x-p.width/2) + " " + num(y0) + "V" + num(y) + "h" + num2(p.width) + "V" + num(y0))
			default:
				if num(y) != num(y0) {
					w.WriteString("M" + num(x) + " " + num(y0) + "V" + num(y))
				}
			}
		}
		if b.state == "above" || b.state == "above, incomplete" {
			marks = append(marks, point{x / float64(n), math.Min(y, y0) - 3})
		}
	}
	width := num2(p.width)
	d.path("b before", paths[1].String(), "stroke-width", width)
	d.path("b day", paths[0].String(), "stroke-width", width)
	d.path("b over", paths[2].String(), "stroke-width", width)
	d.path("hollow day", paths[3].String())
	d.path("hollow over", paths[4].String())
	d.path("none", paths[5].String())
	d.path("zero", zero)
	d.path("expected", expected)
	d.path("prior", line(p.prior, p.scale))
	d.tags(`</svg>`)
	class := "mark warn"
	if n > manyBars {
		class += " tiny"
	}
	d.marks(class, marks)
	d.days(p.ticks, n, float64(height(size)-4))
	d.tags(`</svg></svg>`)
	return d.done()
}

// usual returns the outline of the usual range, and the expected amounts as
// steps.
func (p daysPlot) usual() (area, expected string) {
	var around, middle strings.Builder
	for i := 0; i < len(p.bands); {
		if !p.bands[i].ok {
			i++
			continue
		}
		from := i
		around.WriteString("M" + num(float64(from)) + " " + num(p.scale.y(p.bands[from].high)))
		middle.WriteString("M" + num(float64(from)) + " " + num(p.scale.y(p.bands[from].expected)))
		for ; i < len(p.bands) && p.bands[i].ok; i++ {
			if i > from {
				around.WriteString("V" + num(p.scale.y(p.bands[i].high)))
				middle.WriteString("V" + num(p.scale.y(p.bands[i].expected)))
			}
			around.WriteString("h1")
			middle.WriteString("h1")
		}
		for k := i - 1; k >= from; k-- {
			around.WriteString("V" + num(p.scale.y(p.bands[k].low)) + "h-1")
		}
		around.WriteString("z")
	}
	return around.String(), middle.String()
}

// line returns values as a line through the middle of their days, broken where
// there is none. A day between two gaps is a short dash.
func line(values []float64, s scale) string {
	var b strings.Builder
	for i, v := range values {
		if math.IsNaN(v) {
			continue
		}
		x, y := num(float64(i)+0.5), num(s.y(v))
		if i > 0 && !math.IsNaN(values[i-1]) {
			b.WriteString("L" + x + " " + y)
			continue
		}
		if i+1 == len(values) || math.IsNaN(values[i+1]) {
			dash := math.Min(0.5, 0.04*float64(len(values)))
			b.WriteString("M" + num2(float64(i)+0.5-dash/2) + " " + y + "h" + num2(dash))
			continue
		}
		b.WriteString("M" + x + " " + y)
	}
	return b.String()
}
