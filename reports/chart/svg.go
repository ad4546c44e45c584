package chart

import (
	"encoding/xml"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A Chart is first an SVG: it reads with scripts off, on paper, and in a mail
// preview. Text keeps its size on every screen, and bars share the width that
// there is: so what is drawn stands in an inner SVG whose viewBox is stretched,
// and text stands beside it, at a share of the width. Heights are pixels, the
// same inside and outside. Colours and lines are classes of report.css.

// A drawing is an SVG in the making.
type drawing struct{ strings.Builder }

// tags writes texts that are no data.
func (d *drawing) tags(s ...string) {
	for _, s := range s {
		d.WriteString(s)
	}
}

// text writes data: a name or a number.
func (d *drawing) text(s string) {
	// A strings.Builder takes everything.
	_ = xml.EscapeText(d, []byte(s))
}

// open begins a drawing of a height in pixels. Its class says how much width
// report.css leaves to the text beside the drawing.
func (d *drawing) open(class string, height int, label string) {
	h := strconv.Itoa(height)
	d.tags(`<svg class="plot `, class, `" role="img" width="100%" height="`, h, `"><title>`)
	d.text(locale.Name(label, labelLimit))
	d.tags(`</title>`)
}

// plane begins what is stretched: width units wide, and as high as it is in
// pixels.
func (d *drawing) plane(width float64, height int) {
	h := strconv.Itoa(height)
	d.tags(`<svg viewBox="0 0 `, num(width), ` `, h, `" preserveAspectRatio="none" width="100%" height="`, h, `">`)
}

// path draws data in the style of a class. An empty path is left out.
func (d *drawing) path(class, data string, attributes ...string) {
	if data == "" {
		return
	}
	d.tags(`<path class="`, class, `"`)
	for i := 0; i+1 < len(attributes); i += 2 {
		d.tags(` `, attributes[i], `="`, attributes[i+1], `"`)
	}
	d.tags(` d="`, data, `"/>`)
}

// label writes s at x, a number of pixels or a share, and y.
func (d *drawing) label(class, x string, y float64, s string) {
	d.tags(`<text`)
	if class != "" {
		d.tags(` class="`, class, `"`)
	}
	if x != "" {
		d.tags(` x="`, x, `"`)
	}
	d.tags(` y="`, num(y), `">`)
	d.text(s)
	d.tags(`</text>`)
}

func (d *drawing) done() template.HTML { return template.HTML(d.String()) }

// marks sets triangles, so that a day differs by more than its colour: one text,
// a character each.
func (d *drawing) marks(class string, at []point) {
	if len(at) == 0 {
		return
	}
	d.tags(`<text class="`, class, `" x="`)
	for i, p := range at {
		if i > 0 {
			d.tags(` `)
		}
		d.tags(share(p.x))
	}
	d.tags(`" y="`)
	for i, p := range at {
		if i > 0 {
			d.tags(` `)
		}
		d.tags(num(p.y))
	}
	d.tags(`">`, strings.Repeat("▲", len(at)), `</text>`)
}

// A point is a share of the width and a number of pixels from the top.
type point struct{ x, y float64 }

// num writes a coordinate to a tenth.
func num(v float64) string {
	return strconv.FormatFloat(math.Round(v*10)/10+0, 'f', -1, 64)
}

// share writes a part of the width, 0 to 1.
func share(v float64) string { return num(v*100) + "%" }

// The sizes of charts, in pixels.
const (
	lowHeight  = 168
	tallHeight = 248
	plotTop    = 16 // above it: the mark of a day, half a number
	plotBottom = 20 // below it: days
	axisWidth  = 44 // left of it: numbers; report.css knows it too
)

// height returns the height of a chart of a size.
func height(size string) int {
	if size == "tall" {
		return tallHeight
	}
	return lowHeight
}

// A scale gives amounts their height, between round numbers.
type scale struct {
	lo, hi, step float64
	top, bottom  float64 // pixels from the top of the drawing
}

// newScale returns the scale that holds zero, lo and hi in the least room, in about parts
// steps of 1, 2, 2.5 or 5.
func newScale(lo, hi float64, parts, top, bottom int) scale {
	lo, hi = math.Min(lo, 0), math.Max(hi, 0)
	best := scale{}
	step := roundStep((hi - lo) / float64(parts+1))
	for range 4 {
		s := scale{step: step, lo: math.Floor(lo/step) * step, hi: math.Ceil(hi/step) * step, top: float64(top), bottom: float64(bottom)}
		if s.lo == s.hi {
			s.hi += step
		}
		n := int(math.Round((s.hi - s.lo) / step))
		if n <= parts+1 && (best.step == 0 || s.hi-s.lo < best.hi-best.lo) {
			best = s
		}
		step = roundStep(step * 1.1)
	}
	return best
}

// roundStep returns the least of 1, 2, 2.5, 5 times a power of ten that is not less
// than v, and not less than what a chart draws.
func roundStep(v float64) float64 {
	if v <= 1e-4 {
		if v <= 0 {
			return 1
		}
		return 1e-4
	}
	power := math.Pow(10, math.Floor(math.Log10(v)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if v <= m*power*(1+1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// y returns how far from the top v stands.
func (s scale) y(v float64) float64 {
	return s.bottom - (math.Min(math.Max(v, s.lo), s.hi)-s.lo)/(s.hi-s.lo)*(s.bottom-s.top)
}

// ticks returns the round numbers of the scale.
func (s scale) ticks() []float64 {
	n := int(math.Round((s.hi - s.lo) / s.step))
	list := make([]float64, 0, n+1)
	for i := range n + 1 {
		v := s.lo + float64(i)*s.step
		if math.Abs(v) < s.step/2 {
			v = 0
		}
		list = append(list, v)
	}
	return list
}

// numbers writes the ticks of a scale at the left of the drawing.
func (d *drawing) numbers(s scale) {
	d.tags(`<g class="end">`)
	for _, v := range s.ticks() {
		d.label("", strconv.Itoa(axisWidth-8), s.y(v)+4, short(v))
	}
	d.tags(`</g>`)
}

// grid returns the lines of the ticks, without zero, and that of zero.
func (s scale) grid(width float64) (lines, zero string) {
	for _, v := range s.ticks() {
		line := "M0 " + num(s.y(v)) + "H" + num(width)
		if v == 0 {
			zero = line
		} else {
			lines += line
		}
	}
	return lines, zero
}

// short returns a number for an axis: "250", "12k", "1.2M".
func short(v float64) string {
	sign := ""
	if v < 0 {
		sign, v = minus, -v
	}
	unit := ""
	for _, u := range []struct {
		from float64
		unit string
	}{{1e18, "E"}, {1e15, "P"}, {1e12, "T"}, {1e9, "B"}, {1e6, "M"}, {1e3, "k"}} {
		if v >= u.from {
			v, unit = v/u.from, u.unit
			break
		}
	}
	// Three digits say enough.
	parts := 1.0
	switch {
	case v < 0.001:
		parts = 1e4
	case v < 1:
		parts = 1e3
	case v < 10:
		parts = 1e2
	case v < 100:
		parts = 1e1
	}
	v = math.Round(v*parts) / parts
	if v == 0 {
		return "0"
	}
	return sign + strconv.FormatFloat(v, 'f', -1, 64) + unit
}

// A tick is a day that an axis names.
type tick struct {
	At   int // the index of the day
	Text string
}

// dayTicks chooses at most five of the days that an axis names: the first and
// the fifteenth of months where there are many, else one in two, seven and so
// on.
func dayTicks(l *locale.Locale, days []usage.Day) []tick {
	n := len(days)
	if n == 0 {
		return nil
	}
	if n > manyBars {
		list := datesOf(l, days, 1, 15)
		if len(list) > 5 {
			list = datesOf(l, days, 1)
		}
		every := (len(list) + 4) / 5
		kept := list[:0]
		for i, t := range list {
			if i%every == 0 {
				kept = append(kept, t)
			}
		}
		return kept
	}
	every := 14
	for _, k := range []int{1, 2, 3, 5, 7} {
		if k*5 >= n {
			every = k
			break
		}
	}
	var list []tick
	for i := 0; i < n; i += every {
		list = append(list, tick{i, l.ShortDay(days[i])})
	}
	return list
}

// manyBars are those that stand too close for a mark or a label of a week each.
const manyBars = 45

// datesOf returns the days with one of the dates.
func datesOf(l *locale.Locale, days []usage.Day, dates ...int) []tick {
	var list []tick
	for i, d := range days {
		if slices.Contains(dates, d.Time().Day()) {
			list = append(list, tick{i, l.ShortDay(d)})
		}
	}
	return list
}

// days writes the named days of an axis of n days below the drawing.
func (d *drawing) days(ticks []tick, n int, y float64) {
	d.tags(`<g class="mid">`)
	for _, t := range ticks {
		x := (float64(t.At) + 0.5) / float64(n)
		class := ""
		switch {
		case x < 0.07:
			class, x = "start", float64(t.At)/float64(n)
		case x > 0.93:
			class, x = "end", 1
		}
		d.label(class, share(x), y, t.Text)
	}
	d.tags(`</g>`)
}

// widthOf returns how wide a text is in halves of a Chinese character, which is
// about what a Latin letter takes.
func widthOf(s string) int {
	n := 0
	for _, r := range s {
		n++
		if unicode.In(r, unicode.Han, unicode.Hangul, unicode.Hiragana, unicode.Katakana) || r >= 0xff00 || r >= 0x3000 && r < 0x3040 {
			n++
		}
	}
	return n
}

// cut shortens a name to a width.
func cut(s string, width int) string {
	if widthOf(s) <= width {
		return s
	}
	used := 0
	for i, r := range s {
		used += widthOf(string(r))
		if used > width {
			return strings.TrimRight(s[:i], " ") + "…"
		}
	}
	return s
}

// limits returns s as the script of the page knows it.
func (s scale) limits() [][3]float64 { return [][3]float64{{s.lo, s.hi, s.step}} }

// axisTicks returns ticks as the script of the page knows them.
func axisTicks(ticks []tick) [][2]any {
	list := make([][2]any, len(ticks))
	for i, t := range ticks {
		list[i] = [2]any{t.At, t.Text}
	}
	return list
}
