package chart

import (
	"image/color"
	"math"
	"regexp"
	"strings"

	"golang.org/x/image/font/sfnt"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// The size of the picture of how a cost adds up, twice that at which it is shown, and
// what stands around the lines.
const (
	RunningWidth  = 1104
	RunningHeight = 460
	runningLeft   = 88
	runningRight  = 168 // room for the words at the ends of the lines
	runningTop    = 40
	runningBottom = 56
	runningFont   = 25
)

// RunningPNG draws what RunningChart draws. Words that its font has no signs for are left
// out beside their numbers. The same sums give the same bytes.
func RunningPNG(l *locale.Locale, r Running) ([]byte, error) {
	c, err := newCanvas(RunningWidth, RunningHeight, runningFont)
	if err != nil {
		return nil, err
	}
	defer c.face.Close()
	c.running(l, r)
	return c.encode()
}

func (c canvas) running(l *locale.Locale, r Running) {
	rgb := func(v uint32) color.RGBA { return color.RGBA{byte(v >> 16), byte(v >> 8), byte(v), 255} }
	ink, muted, accent, warn, fan, prior := rgb(0x17202a), rgb(0x56616d), rgb(0x0b5cab), rgb(0xb3420c), rgb(0xd6e5f4), rgb(0x8a95a1)
	n := r.days()
	lo, hi := r.extent()
	s := newScale(lo, hi, 4, runningTop, RunningHeight-runningBottom)
	right := float64(RunningWidth - runningRight)
	x := func(i int) float64 { return runningLeft + (float64(i)+0.5)/float64(n)*(right-runningLeft) }
	y := func(d usage.Decimal) float64 { return s.y(drawn(d)) }
	for _, v := range s.ticks() {
		look := Light().Grid
		if v == 0 {
			look = prior
		}
		c.box(look, runningLeft, math.Round(s.y(v))-1, right, math.Round(s.y(v))+1)
		c.text(muted, runningLeft-12, s.y(v)+runningFont*0.35, 1, short(v))
	}
	if len(r.Path) > 1 {
		var around [][2]float64
		for _, p := range r.Path {
			around = append(around, [2]float64{x(p.At), y(p.High)})
		}
		for i := len(r.Path) - 1; i >= 0; i-- {
			around = append(around, [2]float64{x(r.Path[i].At), y(r.Path[i].Low)})
		}
		c.fill(fan, around...)
	}
	for i := 1; i < len(r.Prior); i++ {
		c.stroke(prior, x(i-1), y(r.Prior[i-1]), x(i), y(r.Prior[i]), 3)
	}
	if r.Budget != nil {
		for at := float64(runningLeft); at < right; at += 10 {
			c.box(ink, at, y(*r.Budget)-1.5, at+3, y(*r.Budget)+1.5)
		}
		c.text(ink, runningLeft+8, y(*r.Budget)-10, 0, c.number(r.BudgetText))
	}
	for i := 1; i < len(r.Path); i++ {
		c.dashed(accent, x(r.Path[i-1].At), y(r.Path[i-1].Mid), x(r.Path[i].At), y(r.Path[i].Mid), 4)
	}
	for i := 1; i < len(r.Now); i++ {
		line := c.stroke
		if i >= r.Settled {
			line = c.dashed
		}
		line(accent, x(i-1), y(r.Now[i-1]), x(i), y(r.Now[i]), 5)
	}
	if k := len(r.Now); k > 0 {
		c.dot(accent, x(k-1), y(r.Now[k-1]), 7)
		if len(r.Path) > 0 || k < n {
			at := 1.0
			if k < n/3 {
				at = 0
			}
			c.text(ink, x(k-1)-14*(2*at-1), y(r.Now[k-1])-16, at, c.number(r.NowText))
		}
	}
	if i := r.crossing(); i > 0 {
		c.dot(warn, x(i), y(*r.Budget), 12)
		c.dot(Light().Paper, x(i), y(*r.Budget), 7)
		if c.has(r.CrossText) {
			c.text(warn, x(i)-18, y(*r.Budget)-16, 1, r.CrossText)
		}
	}
	for _, w := range r.ended(s, 2*runningFont+4) {
		look := muted
		if w.strong {
			look = accent
		}
		first, second, _ := strings.Cut(w.text, "\n")
		at := math.Min(math.Max(w.y, runningFont), RunningHeight-runningBottom-runningFont)
		c.text(look, right+14, at+4, 0, c.number(first))
		if c.has(second) {
			c.text(muted, right+14, at+runningFont+6, 0, second)
		}
	}
	for _, t := range r.ticks(l) {
		text := t.Text
		if !c.has(text) {
			text = l.TinyDay(r.Span.From + usage.Day(t.At))
		}
		c.text(muted, x(t.At), RunningHeight-16, 0.5, text)
	}
}

// has reports whether the font can write s.
func (c canvas) has(s string) bool {
	var b sfnt.Buffer
	for _, r := range s {
		if i, err := c.font.GlyphIndex(&b, r); err != nil || i == 0 {
			return false
		}
	}
	return true
}

// number returns s, or the first number in it where the font cannot write the rest.
func (c canvas) number(s string) string {
	if c.has(s) {
		return s
	}
	return regexp.MustCompile(`[−+]?[0-9][0-9,.]*`).FindString(s)
}

// dashed draws a line in dashes.
func (c canvas) dashed(look color.RGBA, x0, y0, x1, y1, width float64) {
	const dash, pitch = 9, 16
	long := math.Hypot(x1-x0, y1-y0)
	for at := 0.0; at < long; at += pitch {
		a, b := at/long, math.Min(at+dash, long)/long
		c.stroke(look, x0+(x1-x0)*a, y0+(y1-y0)*a, x0+(x1-x0)*b, y0+(y1-y0)*b, width)
	}
}

// dot draws a disc.
func (c canvas) dot(look color.RGBA, x, y, radius float64) {
	var around [][2]float64
	for i := range 32 {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / 32)
		around = append(around, [2]float64{x + radius*cos, y + radius*sin})
	}
	c.fill(look, around...)
}
