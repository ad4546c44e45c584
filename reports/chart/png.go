package chart

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"strconv"

	"golang.org/x/image/font"
	"golang.org/x/image/font/gofont/gomedium"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
	"golang.org/x/image/vector"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Mail programs show no SVG, so that the days are drawn once more, as pixels. All
// that is written is numbers, in a font that comes with the program: days of the
// month below, amounts at the left. The picture brings its own light background,
// for a picture cannot know whether it stands on light or dark.

// The size of the picture, twice that at which it is shown, and what stands around
// the drawing.
const (
	PNGWidth  = 960
	PNGHeight = 500
	pngLeft   = 112
	pngRight  = 16
	pngTop    = 32
	pngBottom = 60
	pngFont   = 32 // 11 pixels on a phone of 360
)

// A Palette is the light one of report.css.
type Palette struct {
	Paper, Ink, Grid, Bar, Above, Band, Expected, Prior, Hollow color.RGBA
}

func Light() Palette {
	rgb := func(v uint32) color.RGBA { return color.RGBA{byte(v >> 16), byte(v >> 8), byte(v), 255} }
	return Palette{
		Paper: rgb(0xffffff), Ink: rgb(0x3c444c), Grid: rgb(0xe3e6e9), Bar: rgb(0x3f86b3), Above: rgb(0xcf4a17),
		Band: rgb(0xd3dde4), Expected: rgb(0x76828d), Prior: rgb(0x1c2126), Hollow: rgb(0x3f86b3),
	}
}

// A canvas takes shapes in pixels.
type canvas struct {
	*image.RGBA
	font *opentype.Font
	face font.Face
}

// newCanvas returns a canvas of the paper's colour; size is that of its writing. Its
// face is to be closed.
func newCanvas(width, height int, size float64) (canvas, error) {
	f, err := opentype.Parse(gomedium.TTF)
	if err != nil {
		return canvas{}, fmt.Errorf("the chart's font: %w", err)
	}
	face, err := opentype.NewFace(f, &opentype.FaceOptions{Size: size, DPI: 72, Hinting: font.HintingFull})
	if err != nil {
		return canvas{}, fmt.Errorf("the chart's font: %w", err)
	}
	c := canvas{image.NewRGBA(image.Rect(0, 0, width, height)), f, face}
	draw.Draw(c, c.Bounds(), image.NewUniform(Light().Paper), image.Point{}, draw.Src)
	return c, nil
}

// encode returns the picture.
func (c canvas) encode() ([]byte, error) {
	var b bytes.Buffer
	if err := png.Encode(&b, c.RGBA); err != nil {
		return nil, fmt.Errorf("the chart's picture: %w", err)
	}
	return b.Bytes(), nil
}

// DaysPNG draws what Days draws, the days of span only: bars against their
// usual band, the prior period's aligned days as a line, days to come as empty
// room. The same days give the same bytes.
func DaysPNG(l *locale.Locale, list []Day, span usage.Period) ([]byte, error) {
	c, err := newCanvas(PNGWidth, PNGHeight, pngFont)
	if err != nil {
		return nil, err
	}
	defer c.face.Close()
	c.days(newDaysPlot(l, "tall", list), span)
	return c.encode()
}

func (c canvas) days(p daysPlot, span usage.Period) {
	p.scale.top, p.scale.bottom = pngTop, PNGHeight-pngBottom
	look := Light()
	n := float64(max(span.Days(), 1))
	// x is where a part of the span begins, in days.
	x := func(day usage.Day, part float64) float64 {
		return pngLeft + (float64(day-span.From)+part)/n*(PNGWidth-pngLeft-pngRight)
	}
	for _, v := range p.scale.ticks() {
		y := math.Round(p.scale.y(v))
		c.box(look.Grid, pngLeft, y-1, PNGWidth-pngRight, y+1)
		c.text(look.Ink, pngLeft-12, y+pngFont*0.35, 1, short(v))
	}
	for i, b := range p.bands {
		if b.ok {
			c.box(look.Band, x(p.days[i], 0), p.scale.y(b.high), x(p.days[i], 1), p.scale.y(b.low))
		}
	}
	zero := p.scale.y(0)
	for i, b := range p.bars {
		left, right, y := x(p.days[i], 0.14), x(p.days[i], 0.86), p.scale.y(b.value)
		switch b.state {
		case "no data":
		case "incomplete":
			c.hollow(look.Hollow, left, y, right, zero)
		case "above", "above, incomplete":
			if b.state == "above" {
				c.box(look.Above, left, y, right, zero)
			} else {
				c.hollow(look.Above, left, y, right, zero)
			}
			c.mark(look.Above, (left+right)/2, math.Min(y, zero)-5)
		default:
			c.box(look.Bar, left, y, right, zero)
		}
	}
	for i, b := range p.bands {
		if b.ok {
			y := p.scale.y(b.expected)
			c.box(look.Expected, x(p.days[i], 0), y-1.5, x(p.days[i], 1), y+1.5)
		}
	}
	for i := 1; i < len(p.prior); i++ {
		if !math.IsNaN(p.prior[i-1]) && !math.IsNaN(p.prior[i]) {
			c.stroke(look.Prior, x(p.days[i-1], 0.5), p.scale.y(p.prior[i-1]), x(p.days[i], 0.5), p.scale.y(p.prior[i]), 3)
		}
	}
	c.box(look.Ink, pngLeft, zero-1, PNGWidth-pngRight, zero+1)
	every := usage.Day(7)
	if span.Days() > 45 {
		every = 14
	} else if span.Days() <= 10 {
		every = 1
	}
	for d := span.From; d < span.To; d += every {
		c.text(look.Ink, x(d, 0.5), PNGHeight-14, 0.5, strconv.Itoa(d.Time().Day()))
	}
}

// fill fills what the points enclose.
func (c canvas) fill(look color.RGBA, points ...[2]float64) {
	x0, y0, x1, y1 := points[0][0], points[0][1], points[0][0], points[0][1]
	for _, p := range points {
		x0, y0, x1, y1 = min(x0, p[0]), min(y0, p[1]), max(x1, p[0]), max(y1, p[1])
	}
	around := image.Rect(int(math.Floor(x0)), int(math.Floor(y0)), int(math.Ceil(x1)), int(math.Ceil(y1)))
	z := vector.NewRasterizer(around.Dx(), around.Dy())
	for i, p := range points {
		x, y := float32(p[0]-float64(around.Min.X)), float32(p[1]-float64(around.Min.Y))
		if i == 0 {
			z.MoveTo(x, y)
			continue
		}
		z.LineTo(x, y)
	}
	z.ClosePath()
	z.Draw(c, around, image.NewUniform(look), image.Point{})
}

func (c canvas) box(look color.RGBA, x0, y0, x1, y1 float64) {
	c.fill(look, [2]float64{x0, y0}, [2]float64{x1, y0}, [2]float64{x1, y1}, [2]float64{x0, y1})
}

// hollow draws the outline of a box, of one that has room for it.
func (c canvas) hollow(look color.RGBA, x0, y0, x1, y1 float64) {
	c.box(look, x0, y0, x1, y1)
	if math.Abs(y1-y0) > 8 {
		c.box(Light().Paper, x0+3, math.Min(y0, y1)+3, x1-3, math.Max(y0, y1)-3)
	}
}

// stroke draws a line of a width.
func (c canvas) stroke(look color.RGBA, x0, y0, x1, y1, width float64) {
	long := math.Hypot(x1-x0, y1-y0)
	if long == 0 {
		return
	}
	dx, dy := (y1-y0)/long*width/2, (x1-x0)/long*width/2
	ex, ey := dy, dx // the ends reach half a width further, so that lines meet
	c.fill(look, [2]float64{x0 + dx - ex, y0 - dy - ey}, [2]float64{x1 + dx + ex, y1 - dy + ey},
		[2]float64{x1 - dx + ex, y1 + dy + ey}, [2]float64{x0 - dx - ex, y0 + dy - ey})
}

// mark sets a triangle above a day, so that it differs by more than its colour.
func (c canvas) mark(look color.RGBA, x, y float64) {
	c.fill(look, [2]float64{x - 9, y}, [2]float64{x + 9, y}, [2]float64{x, y - 15})
}

// text writes s on a line that is y from the top; at says which part of it stands
// left of x.
func (c canvas) text(look color.RGBA, x, y, at float64, s string) {
	d := font.Drawer{Dst: c, Src: image.NewUniform(look), Face: c.face}
	wide := float64(d.MeasureString(s)) / 64
	d.Dot = fixed.Point26_6{X: fixed.Int26_6(math.Round(x-at*wide) * 64), Y: fixed.Int26_6(math.Round(y) * 64)}
	d.DrawString(s)
}

// Hex writes a colour as pages do.
func Hex(c color.RGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
