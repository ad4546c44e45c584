package chart

import (
	"html/template"
	"math"
	"strconv"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A Pair is what a day cost and what was used for it.
type Pair struct {
	Day            usage.Day
	Cost, Quantity usage.Decimal
	NoData         bool // no file covers the day: not a zero
	Incomplete     bool // not all usage has arrived
}

// The two parts of a chart of lines, in pixels from its top.
const (
	linesHeight = 212
	costTop     = 22
	costBottom  = 92
	usedTop     = 122
	usedBottom  = linesHeight - plotBottom
)

// Lines draws what was paid above what was used, in its unit, over the
// same days: where the two part, the price has changed.
func Lines(l *locale.Locale, id, label, currency, unit string, days []Pair) Chart {
	axis := make([]string, len(days))
	var dates []usage.Day
	var values [2][]float64
	var data [2][]opts.LineData
	var lo, hi [2]float64
	for i, d := range days {
		axis[i] = d.Day.String()
		dates = append(dates, d.Day)
		for k, v := range []float64{drawn(d.Cost), drawn(d.Quantity)} {
			item := opts.LineData{Value: v}
			if d.NoData {
				v, item.Value = math.NaN(), gap
			} else {
				lo[k], hi[k] = math.Min(lo[k], v), math.Max(hi[k], v)
			}
			if d.Incomplete {
				item.Name = "incomplete"
			}
			values[k], data[k] = append(values[k], v), append(data[k], item)
		}
	}
	scales := [2]scale{newScale(lo[0], hi[0], 3, costTop, costBottom), newScale(lo[1], hi[1], 3, usedTop, usedBottom)}
	ticks := dayTicks(l, dates)
	c := charts.NewLine()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", data[0], as("cost", "--bar"))
	c.AddSeries("Quantity", data[1], as("quantity", "--prior"))
	unit = locale.Name(unit, 40)
	return newChart(id, "lines", label, currency,
		plot{Kind: "lines", Unit: unit, Scales: append(scales[0].limits(), scales[1].limits()...), Ticks: axisTicks(ticks)}, c,
		linesSVG(label, CurrencyCode(currency), unit, days, values, scales, ticks))
}

func linesSVG(label, currency, unit string, days []Pair, values [2][]float64, scales [2]scale, ticks []tick) template.HTML {
	n := len(days)
	var d drawing
	d.open("axis", linesHeight, label)
	d.label("ink", "0", costTop-10, currency)
	d.label("ink", "0", usedTop-10, cut(unit, 40))
	d.numbers(scales[0])
	d.numbers(scales[1])
	d.tags(`<svg x="`, strconv.Itoa(axisWidth), `">`)
	d.plane(float64(max(n, 1)), linesHeight)
	for k, s := range scales {
		lines, zero := s.grid(float64(max(n, 1)))
		d.path("grid", lines)
		d.path("zero", zero)
		// A line to a day that still fills up is dashed.
		whole, partial := append([]float64(nil), values[k]...), append([]float64(nil), values[k]...)
		for i := range days {
			if days[i].Incomplete {
				whole[i] = math.NaN()
			} else if i+1 == n || !days[i+1].Incomplete {
				partial[i] = math.NaN()
			}
		}
		class := []string{"cost", "quantity"}[k]
		d.path("line "+class, line(whole, s))
		d.path("line partial "+class, line(partial, s))
	}
	d.tags(`</svg>`)
	d.days(ticks, n, linesHeight-4)
	d.tags(`</svg></svg>`)
	return d.done()
}
