package chart

import (
	"encoding/json"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A Chart is what a page needs to draw one, twice: as an SVG, which everybody
// sees, and as data, of which the page's own script makes a chart that answers
// the pointer. go-echarts builds the options of ECharts, as data. Colours are
// names of the style sheet's custom properties ("--accent"), which the script
// resolves, so that one set of options serves light and dark.
type Chart struct {
	ID    string
	Size  string // a class of the style sheet: how wide it may be
	Label string // what the chart shows, in words
	Data  template.JS
	SVG   template.HTML
}

// A Day is what a chart of days shows of one.
type Day struct {
	Day        usage.Day
	InPeriod   bool
	Actual     usage.Decimal
	HasBand    bool // the three below are known
	Expected   usage.Decimal
	Low, High  usage.Decimal
	Prior      *usage.Decimal // the prior period's day at the same elapsed day; nil for none
	Incomplete bool           // not all usage has arrived
	NoData     bool           // no file covers the day: not a zero
}

// Above reports whether a day cost more than usual.
func (d Day) Above() bool { return d.HasBand && !d.NoData && d.Actual.Cmp(d.High) > 0 }

// labelLimit is how many characters are shown of what a chart is called.
const labelLimit = 800

// A plot is the content of a chart's data block: the options, and what the
// script must know to set the drawing as the SVG sets it.
type plot struct {
	Kind     string         `json:"kind"` // "days", "steps", "heat", "lines"
	Currency string         `json:"currency"`
	Digits   int            `json:"digits"`
	Unit     string         `json:"unit,omitempty"`   // of the quantity
	Scales   [][3]float64   `json:"scales,omitempty"` // lowest, highest, step
	Ticks    [][2]any       `json:"ticks,omitempty"`  // index and text of what the axis names
	Width    float64        `json:"width,omitempty"`  // of a bar, in bars
	Rows     []row          `json:"rows,omitempty"`   // bars that lie
	Columns  int            `json:"columns,omitempty"`
	Pitch    int            `json:"pitch,omitempty"` // of rows and of cells, in pixels
	Option   map[string]any `json:"option"`
}

// newChart makes a chart of c's options. json.Marshal escapes <, >, & and the
// line separators, so that no name can end the data block. It cannot fail on
// texts and finite numbers; a chart without Data is left out.
func newChart(id, size, label, currency string, p plot, c interface {
	Validate()
	JSON() map[string]any
}, svg template.HTML,
) Chart {
	c.Validate()
	p.Currency, p.Digits, p.Option = CurrencyCode(currency), usage.MinorDigits(currency), c.JSON()
	b, err := json.Marshal(p)
	if err == nil {
		b, err = compact(b)
	}
	if err != nil {
		return Chart{}
	}
	return Chart{ID: "chart-" + id + "-" + Slug(currency), Size: size, Label: label, Data: template.JS(b), SVG: svg}
}

// compact writes the points of each series as their values, and beside them what they are
// called, which few names do; the script sets them together again.
func compact(plot []byte) ([]byte, error) {
	var p map[string]any
	if err := json.Unmarshal(plot, &p); err != nil {
		return nil, err
	}
	option, _ := p["option"].(map[string]any)
	list, _ := option["series"].([]any)
	for _, s := range list {
		series, _ := s.(map[string]any)
		data, _ := series["data"].([]any)
		values := make([]any, len(data))
		var names []string
		var states strings.Builder
		scalar := true
		for i, d := range data {
			point, _ := d.(map[string]any)
			name, _ := point["name"].(string)
			at := slices.Index(names, name)
			if at < 0 {
				names, at = append(names, name), len(names)
			}
			states.WriteString(strconv.Itoa(at))
			if values[i] = point["value"]; values[i] == nil {
				values[i] = 0
			}
			_, nested := values[i].([]any)
			scalar = scalar && !nested
		}
		if scalar && len(names) <= 10 && len(data) > 0 {
			series["data"] = values
			if len(names) > 1 || names[0] != "" {
				series["names"], series["states"] = names, states.String()
			}
		}
	}
	return json.Marshal(p)
}

// CurrencyCode is the currency as a tooltip writes it; nothing where the files name none.
func CurrencyCode(currency string) string {
	if currency == usage.NoCurrency {
		return ""
	}
	return locale.Name(currency, 12)
}

// bare takes from a chart what go-echarts gives every one: the script adds
// what depends on the device.
func bare(c *charts.BaseConfiguration) {
	for _, set := range []charts.GlobalOpts{
		charts.WithAnimation(false),
		charts.WithLegendOpts(opts.Legend{Show: opts.Bool(false)}),
		charts.WithTooltipOpts(opts.Tooltip{Show: opts.Bool(true)}),
	} {
		set(c)
	}
	// The colours are the style sheet's, and so is the identity of the chart.
	c.Theme, c.ChartID = "", "chart"
}

// drawn returns an amount as a chart draws it: to four digits after the point,
// a chart being no place for more, and short as data.
func drawn(d usage.Decimal) float64 {
	f := d.Float64()
	if math.Abs(f) > 1e11 {
		return math.Round(f)
	}
	return math.Round(f*1e4) / 1e4
}

// gap is ECharts' value for "no value here".
const gap = "-"

// as gives a series the role by which the script styles it.
func as(role, color string) charts.SeriesOpts {
	return func(s *charts.SingleSeries) { s.Id, s.Color = role, color }
}

func stacked(s *charts.SingleSeries) { s.Stack = "band" }

// Slug makes a currency code part of an id.
func Slug(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case 'A' <= r && r <= 'Z':
			return r + 'a' - 'A'
		case 'a' <= r && r <= 'z', '0' <= r && r <= '9':
			return r
		}
		return -1
	}, s)
}
