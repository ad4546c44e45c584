package reports

import (
	"encoding/json"
	"html/template"
	"math"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/analysis"
	"usagereport/usage"
)

// A chart is what a page needs to draw one: go-echarts builds its options, as
// data; the page's own script draws it. Colours are names of the style sheet's
// custom properties ("--accent"), which the script resolves, so that one set of
// options serves light, dark and print.
type chart struct {
	ID    string
	Size  string // "tall", "small", or "rows-N" for N horizontal bars
	Label string // what the chart shows, for those who do not see it
	Data  template.JS
}

// A plot is the content of a chart's data block.
type plot struct {
	Kind     string         `json:"kind"` // which tooltip: "days", "bars"
	Currency string         `json:"currency"`
	Digits   int            `json:"digits"`
	Option   map[string]any `json:"option"`
}

// newChart makes a chart of c's options. json.Marshal escapes <, >, & and the
// line separators, so that no name can end the data block. It cannot fail on
// texts and finite numbers; a chart without Data is left out.
func newChart(id, size, label, kind, currency string, c *charts.Bar) chart {
	c.Validate()
	b, err := json.Marshal(plot{Kind: kind, Currency: unit(currency), Digits: usage.MinorDigits(currency), Option: c.JSON()})
	if err != nil {
		return chart{}
	}
	return chart{ID: "chart-" + id + "-" + slug(currency), Size: size, Label: label, Data: template.JS(b)}
}

// unit is the currency as a tooltip writes it; nothing where the files name none.
func unit(currency string) string {
	if currency == usage.NoCurrency {
		return ""
	}
	return name(currency, 12)
}

// base returns an empty bar chart; the script adds what depends on the device.
func base() *charts.Bar {
	c := charts.NewBar()
	c.SetGlobalOptions(
		charts.WithAnimation(false),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true)}),
	)
	// The colours are the style sheet's, and so is the identity of the chart.
	c.Theme, c.ChartID = "", "chart"
	return c
}

// drawn returns an amount as a chart draws it. A chart is no place for digits
// beyond a cent.
func drawn(d usage.Decimal) float64 { return d.Round(4).Float64() }

// gap is ECharts' value for "no value here".
const gap = "-"

// daysChart draws days as bars against their usual band, with the prior
// period's aligned days as a thin line.
func daysChart(id, size, label, currency string, list []analysis.DayCost) chart {
	axis := make([]string, len(list))
	bars := make([]opts.BarData, len(list))
	low, band, expected, prior := make([]opts.LineData, len(list)), make([]opts.LineData, len(list)), make([]opts.LineData, len(list)), make([]opts.LineData, len(list))
	var hasBand, hasPrior bool
	for i, d := range list {
		axis[i] = d.Day.String()
		bars[i] = opts.BarData{Value: drawn(d.Actual), Name: "day"}
		switch {
		case d.NoData:
			bars[i] = opts.BarData{Value: gap, Name: "no data"}
		case above(d):
			bars[i].Name = "above"
		case d.Incomplete:
			bars[i].Name = "incomplete"
		case !d.InPeriod:
			bars[i].Name = "before"
		}
		low[i].Value, band[i].Value, expected[i].Value, prior[i].Value = gap, gap, gap, gap
		if d.HasBand {
			hasBand = true
			low[i].Value = drawn(d.Low)
			band[i].Value = math.Max(0, drawn(d.High.Sub(d.Low)))
			expected[i].Value = drawn(d.Expected)
		}
		if d.Prior != nil {
			hasPrior = true
			prior[i].Value = drawn(*d.Prior)
		}
	}
	c := base()
	c.SetXAxis(axis)
	c.AddSeries("Cost", bars, as("actual", "--bar"))
	line := charts.NewLine()
	line.SetXAxis(axis)
	if hasBand {
		line.AddSeries("Usual, low", low, as("low", "--band"), stacked)
		line.AddSeries("Usual, range", band, as("band", "--band"), stacked)
		line.AddSeries("Expected", expected, as("expected", "--band-line"))
	}
	if hasPrior {
		line.AddSeries("Prior period", prior, as("prior", "--prior"))
	}
	c.Overlap(line)
	return newChart(id, size, label, "days", currency, c)
}

// barsChart draws one bar per share, upright or lying, the marked one in the
// accent colour.
func barsChart(id, size, label, currency string, shares []analysis.Share, marked int, lying bool) chart {
	axis := make([]string, len(shares))
	bars := make([]opts.BarData, len(shares))
	for i, s := range shares {
		axis[i] = name(s.Name, 60)
		bars[i] = opts.BarData{Value: drawn(s.Amount.Amount), Name: "before"}
		if i == marked || marked < 0 {
			bars[i].Name = "day"
		}
	}
	c := base()
	c.SetXAxis(axis)
	c.AddSeries("Cost", bars, as("actual", "--bar"))
	kind := "bars"
	if lying {
		c.XYReversal()
		kind = "lying"
	}
	return newChart(id, size, label, kind, currency, c)
}

// as gives a series the role by which the script styles it.
func as(role, color string) charts.SeriesOpts {
	return func(s *charts.SingleSeries) { s.Id, s.Color = role, color }
}

func stacked(s *charts.SingleSeries) { s.Stack = "band" }
