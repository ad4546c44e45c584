package chart

import (
	"html/template"
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/go-echarts/go-echarts/v2/charts"
	"github.com/go-echarts/go-echarts/v2/opts"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// shades is how many steps of colour a heat map has.
const shades = 5

// A heatPlot is a calendar with a shade for each day.
type heatPlot struct {
	l       *locale.Locale
	cells   []heatCell
	columns int  // cells beside each other
	rows    int  // of all bands
	bands   int  // one below the other
	large   bool // weeks are rows, and a day has room for its amount
	lo, hi  usage.Money
}

// A heatCell is a day and its place.
type heatCell struct {
	day         usage.Day
	value       float64
	column, row int
	shade       int // 0 to shades-1
	state       string
}

// What the parts of a heat map take, in pixels.
const (
	monthPitch  = 36  // a day of a large one
	weekPitch   = 17  // a day of a small one
	heatTop     = 20  // weekdays, or months
	bandGap     = 12  // between two bands
	legendPitch = 22  // a line of the legend
	manyDays    = 62  // beyond them a calendar is small
	bandWeeks   = 20  // the columns a phone has room for
	swatchWidth = 14  // of the legend
	letterWidth = 6.8 // about, of a figure in the legend
	legendRoom  = 32  // figures beside its swatches, on a phone
)

// newHeatPlot gives days their place. A month or two are calendar sheets, with
// a week in a row; more are a week in a column, in bands as wide as a phone.
func newHeatPlot(l *locale.Locale, currency string, days []Day) heatPlot {
	p := heatPlot{l: l, large: len(days) <= manyDays}
	lo, hi := extremes(days)
	p.lo, p.hi = usage.Money{Amount: lo, Currency: currency}, usage.Money{Amount: hi, Currency: currency}
	from, span := drawn(lo), drawn(hi)-drawn(lo)
	weeks := 1
	for _, d := range days {
		at := int(days[0].Day.Weekday()+6)%7 + int(d.Day-days[0].Day) // from the Monday of the first week
		c := heatCell{day: d.Day, value: drawn(d.Actual), column: at / 7, row: at % 7, state: stateOf(d)}
		weeks = max(weeks, at/7+1)
		if d.NoData {
			c.value = 0
		}
		if span > 0 && !d.NoData {
			c.shade = min(shades-1, int(math.Max(0, (c.value-from)/span*shades)))
		}
		p.cells = append(p.cells, c)
	}
	p.columns, p.rows, p.bands = weeks, 7, 1
	if p.large {
		for i := range p.cells {
			c := &p.cells[i]
			c.column, c.row = c.row, c.column
		}
		p.columns, p.rows = 7, weeks
		return p
	}
	p.bands = (weeks + bandWeeks - 1) / bandWeeks
	p.columns = (weeks + p.bands - 1) / p.bands
	p.rows = 7 * p.bands
	for i := range p.cells {
		c := &p.cells[i]
		c.column, c.row = c.column%p.columns, c.row+7*(c.column/p.columns)
	}
	return p
}

// extremes returns the lowest and the highest amount of a complete day; of any,
// where none is complete.
func extremes(days []Day) (lo, hi usage.Decimal) {
	for _, whole := range []bool{true, false} {
		seen := false
		for _, d := range days {
			if d.NoData || whole && d.Incomplete {
				continue
			}
			if !seen || d.Actual.Cmp(lo) < 0 {
				lo = d.Actual
			}
			if !seen || d.Actual.Cmp(hi) > 0 {
				hi = d.Actual
			}
			seen = true
		}
		if seen {
			break
		}
	}
	return lo, hi
}

// y returns where a row begins, in pixels.
func (p heatPlot) y(row int) int {
	if p.large {
		return heatTop + row*monthPitch
	}
	return heatTop + row*weekPitch + row/7*(heatTop+bandGap-4)
}

// pitch returns the height of a cell.
func (p heatPlot) pitch() int {
	if p.large {
		return monthPitch
	}
	return weekPitch
}

// Heat draws a calendar in which the colour of a day is what it cost:
// weekdays, months, a scale with the lowest and the highest amount. A day
// without data is crossed out, one that is incomplete has a dashed line around
// it, one above its usual range a triangle.
func Heat(l *locale.Locale, id, label, currency string, days []Day) Chart {
	p := newHeatPlot(l, currency, days)
	data := make([]opts.CustomData, len(p.cells))
	axis := make([]string, len(p.cells))
	for i, c := range p.cells {
		axis[i] = c.day.String()
		var value any = c.value
		if c.state == "no data" {
			value = gap
		}
		data[i] = opts.CustomData{Name: c.state, Value: []any{i, value, c.column, p.y(c.row), c.shade}}
	}
	c := charts.NewCustom()
	bare(&c.BaseConfiguration)
	c.SetXAxis(axis)
	c.AddSeries("Cost", data, as("actual", "--bar"))
	size := "sheet"
	if !p.large {
		size = "weeks"
	}
	return newChart(id, size, label, currency, plot{Kind: "heat", Columns: p.columns, Pitch: p.pitch()}, c, p.svg(label))
}

func (p heatPlot) svg(label string) template.HTML {
	states := map[string]bool{}
	for _, c := range p.cells {
		for s := range strings.SplitSeq(c.state, ", ") {
			states[s] = true
		}
	}
	legend := p.y(max(p.rows-1, 0)) + p.pitch() + 10
	height := legend + legendPitch
	if states["no data"] || states["incomplete"] || states["above"] {
		height += legendPitch
	}
	var d drawing
	class, left := "full", 0
	if !p.large {
		class, left = "axis", axisWidth
	}
	d.open(class, height, label)
	if !p.large {
		p.weekdays(&d)
	}
	d.tags(`<svg x="`, strconv.Itoa(left), `">`)
	d.plane(float64(p.columns), height)
	var fill [shades]string
	var crossed, dashed string
	for _, c := range p.cells {
		y, h := strconv.Itoa(p.y(c.row)+1), strconv.Itoa(p.pitch()-2)
		box := "M" + num2(float64(c.column)+0.02) + " " + y + "h.96v" + h + "h-.96z"
		if c.state == "no data" {
			crossed += box + "l.96 " + h
			continue
		}
		fill[c.shade] += "M" + num(float64(c.column)+0.5) + " " + y + "v" + h
		if strings.HasSuffix(c.state, "incomplete") {
			dashed += box
		}
	}
	for i, s := range fill {
		d.path("b heat-"+strconv.Itoa(i+1), s, "stroke-width", ".96")
	}
	d.path("crossed", crossed)
	d.path("dashed", dashed)
	d.tags(`</svg>`)
	if p.large {
		p.sheet(&d)
	} else {
		p.months(&d)
	}
	d.tags(`</svg>`)
	p.legend(&d, states, legend)
	d.tags(`</svg>`)
	return d.done()
}

// sheet writes weekdays, dates and amounts.
func (p heatPlot) sheet(d *drawing) {
	d.tags(`<g transform="translate(5)">`)
	for column := range p.columns {
		d.tags(`<svg x="`, share(float64(column)/float64(p.columns)), `">`)
		d.label("", "", heatTop-7, weekday(p.l, column))
		var dates, amounts drawing
		for i, c := range p.cells {
			if c.column != column {
				continue
			}
			date := strconv.Itoa(c.day.Time().Day())
			above := strings.HasPrefix(c.state, "above")
			switch { // a cell is 46 pixels wide on a phone
			case date == "1" && above:
				date = p.l.MonthName(c.day)
			case date == "1" || i == 0 && !above:
				date = p.l.TinyDay(c.day)
			}
			if above {
				date += " ▲"
			}
			y := float64(p.y(c.row))
			dates.label("", "", y+14, date)
			if c.state != "no data" {
				amounts.label("", "", y+29, short(c.value))
			}
		}
		d.tags(`<g class="date">`, dates.String(), `</g><g class="ink">`, amounts.String(), `</g></svg>`)
	}
	d.tags(`</g>`)
}

// weekdays names every second row of a small calendar.
func (p heatPlot) weekdays(d *drawing) {
	for row := 0; row < p.rows; row++ {
		if row%7 == 0 || row%7 == 2 || row%7 == 4 {
			d.label("", "0", float64(p.y(row)+13), weekday(p.l, row%7))
		}
	}
}

// months names the weeks in which a month begins, and marks days.
func (p heatPlot) months(d *drawing) {
	var marks []point
	for i, c := range p.cells {
		x := float64(c.column) / float64(p.columns)
		if c.day.Time().Day() == 1 || i == 0 && c.day.Time().Day() < 16 {
			class := ""
			if x > 0.85 {
				class, x = "end", 1
			}
			d.label(class, share(x), float64(p.y(c.row/7*7)-7), monthName(p.l, c.day, i == 0 || c.day.Time().Month() == time.January))
		}
		if strings.HasPrefix(c.state, "above") {
			marks = append(marks, point{(float64(c.column) + 0.5) / float64(p.columns), float64(p.y(c.row) + 12)})
		}
	}
	d.marks("mark", marks)
}

// legend says what the colours and the marks mean.
func (p heatPlot) legend(d *drawing, states map[string]bool, top int) {
	lo, hi := p.l.Money(p.lo), p.l.Money(p.hi)
	if widthOf(lo)+widthOf(hi) > legendRoom {
		lo, hi = short(drawn(p.lo.Amount)), short(drawn(p.hi.Amount))
	}
	x := int(math.Ceil(float64(widthOf(lo))*letterWidth)) + 8
	y := float64(top + 13)
	d.label("", "0", y, lo)
	for i := range shades {
		d.path("b heat-"+strconv.Itoa(i+1), "M"+strconv.Itoa(x+i*(swatchWidth+2)+swatchWidth/2)+" "+strconv.Itoa(top+2)+"v14",
			"stroke-width", "14")
	}
	d.label("", strconv.Itoa(x+shades*(swatchWidth+2)+6), y, hi)
	x, top = 0, top+legendPitch
	for _, item := range []struct{ state, class, path string }{
		{"above", "mark", ""},
		{"incomplete", "dashed", "h14v14h-14z"},
		{"no data", "crossed", "h14v14h-14zl14 14"},
	} {
		if !states[item.state] {
			continue
		}
		if item.path == "" {
			d.label(item.class, strconv.Itoa(x+7), float64(top+13), "▲")
		} else {
			d.path(item.class, "M"+strconv.Itoa(x)+" "+strconv.Itoa(top+2)+item.path)
		}
		word := Words(p.l)[item.state]
		d.label("", strconv.Itoa(x+swatchWidth+6), float64(top+13), word)
		x += swatchWidth + 20 + int(letterWidth*float64(widthOf(word)))
	}
}
