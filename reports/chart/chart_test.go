package chart

import (
	"encoding/json"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"usagereport/internal/locale"
	"usagereport/reports/reportstest"
	"usagereport/usage"
)

// amounts are what days and steps may cost, in any mixture.
func amounts(r *rand.Rand) usage.Decimal {
	switch r.IntN(8) {
	case 0:
		return usage.Decimal{}
	case 1:
		return usage.MustDecimal("99999999999999999999.999999999999999999")
	case 2:
		return usage.MustDecimal("-99999999999999999999.999999999999999999")
	case 3:
		return usage.MustDecimal("0.000000000000000001")
	case 4:
		return usage.DecimalFromFloat(-r.Float64() * 5000)
	}
	return usage.DecimalFromFloat(r.Float64() * 5000)
}

// someDays are n days with everything that a day can have.
func someDays(r *rand.Rand, n int) []Day {
	list := make([]Day, n)
	first := usage.Date(2024+r.IntN(3), time.Month(1+r.IntN(12)), 1+r.IntN(31))
	for i := range list {
		d := Day{Day: first + usage.Day(i), InPeriod: r.IntN(3) > 0, Actual: amounts(r), NoData: r.IntN(6) == 0, Incomplete: r.IntN(6) == 0}
		if r.IntN(3) > 0 {
			d.HasBand = true
			d.Expected = amounts(r)
			d.Low, d.High = d.Expected.Sub(amounts(r).Abs()), d.Expected.Add(amounts(r).Abs())
		}
		if r.IntN(2) == 0 {
			v := amounts(r)
			d.Prior = &v
		}
		list[i] = d
	}
	return list
}

func english(t *testing.T) *locale.Locale {
	t.Helper()
	l, err := locale.New("")
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// dailies returns days from from to to: a week's rhythm around level, with a
// step of rise from the day step on.
func dailies(from, to usage.Day, period usage.Period, level, rise float64, step usage.Day) []Day {
	var list []Day
	for d := from; d <= to; d++ {
		shape := 1 + 0.06*math.Sin(float64(d))
		if wd := d.Weekday(); wd == time.Saturday || wd == time.Sunday {
			shape -= 0.22
		}
		expected := level * shape
		actual := expected * (1 + 0.03*math.Cos(3*float64(d)))
		if d >= step {
			actual += rise
		}
		c := Day{Day: d, InPeriod: period.Contains(d), Actual: usage.DecimalFromFloat(actual)}
		if d >= from+21 {
			c.HasBand = true
			c.Expected = usage.DecimalFromFloat(expected)
			c.Low, c.High = usage.DecimalFromFloat(expected*0.9), usage.DecimalFromFloat(expected*1.1)
		}
		if c.InPeriod {
			prior := usage.DecimalFromFloat(expected * (0.93 + 0.04*math.Sin(2*float64(d))))
			c.Prior = &prior
		}
		list = append(list, c)
	}
	return list
}

// someCharts are charts of every kind, with n of what they show.
func someCharts(t *testing.T, r *rand.Rand, n int, s string) []Chart {
	t.Helper()
	days := someDays(r, n)
	steps := make([]Step, n)
	pairs := make([]Pair, n)
	for i := range n {
		steps[i] = Step{Label: s, Amount: amounts(r), Total: r.IntN(4) == 0, Kind: []string{"", "up", "down", "even", s}[r.IntN(5)]}
		pairs[i] = Pair{Day: days[i].Day, Cost: amounts(r), Quantity: amounts(r), NoData: r.IntN(5) == 0, Incomplete: r.IntN(5) == 0}
	}
	return []Chart{
		Days(english(t), "a", "tall", s, "EUR", days),
		Days(english(t), "b", "small", s, "JPY", days),
		Waterfall(english(t), "e", s, "EUR", steps),
		Heat(english(t), "f", s, "EUR", days),
		Lines(english(t), "g", s, "EUR", s, pairs),
	}
}

// Whatever is drawn is well-formed, finite, and inside of its drawing.
func TestDrawings(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 7, 13, 28, 31, 45, 46, 62, 63, 93, 150, 400} {
		for range 5 {
			for _, s := range []string{"Cost", reportstest.Names()[r.IntN(len(reportstest.Names()))]} {
				for _, c := range someCharts(t, r, n, s) {
					if c.Data == "" || !json.Valid([]byte(c.Data)) {
						t.Fatalf("%s of %d: no data", c.ID, n)
					}
					if err := checkDrawing(string(c.SVG)); err != nil {
						t.Fatalf("%s of %d: %v in\n%s", c.ID, n, err, c.SVG)
					}
				}
			}
		}
	}
}

// A frame is an SVG element: the room of its coordinates, in pixels or units;
// wide is 0 where coordinates are shares.
type frame struct{ x, y, wide, high float64 }

// checkDrawing returns what is wrong with an SVG.
func checkDrawing(s string) error {
	var frames []frame
	titles := 0
	for d := xml.NewDecoder(strings.NewReader(s)); ; {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			if titles != 1 {
				return fmt.Errorf("%d titles", titles)
			}
			return nil
		}
		if err != nil {
			return err
		}
		e, ok := token.(xml.StartElement)
		if !ok {
			if end, ok := token.(xml.EndElement); ok && end.Name.Local == "svg" {
				frames = frames[:len(frames)-1]
			}
			continue
		}
		attribute := map[string]string{}
		for _, a := range e.Attr {
			attribute[a.Name.Local] = a.Value
		}
		if _, ok := attribute["style"]; ok {
			return errors.New("a style attribute, which the page's policy refuses")
		}
		switch e.Name.Local {
		case "svg":
			f, err := newFrame(frames, attribute)
			if err != nil {
				return err
			}
			frames = append(frames, f)
		case "title":
			titles++
		case "text":
			err = frames[len(frames)-1].texts(attribute["x"], attribute["y"])
		case "path":
			err = frames[len(frames)-1].path(attribute["d"])
		case "g":
		default:
			return fmt.Errorf("an element %s", e.Name.Local)
		}
		if err != nil {
			return err
		}
	}
}

func newFrame(frames []frame, attribute map[string]string) (frame, error) {
	if len(frames) == 0 {
		if attribute["role"] != "img" || attribute["width"] != "100%" {
			return frame{}, fmt.Errorf("the outer element has %v", attribute)
		}
		h, err := strconv.ParseFloat(attribute["height"], 64)
		return frame{high: h}, err
	}
	f := frames[len(frames)-1]
	if box, ok := attribute["viewBox"]; ok {
		if _, err := fmt.Sscanf(box, "%g %g %g %g", &f.x, &f.y, &f.wide, &f.high); err != nil {
			return f, err
		}
		if f.wide <= 0 || f.high != frames[0].high {
			return f, fmt.Errorf("viewBox %s in a drawing %g high", box, frames[0].high)
		}
	}
	return f, nil
}

// texts checks a list of places.
func (f frame) texts(xs, ys string) error {
	for _, s := range strings.Fields(xs) {
		v, err := strconv.ParseFloat(strings.TrimSuffix(s, "%"), 64)
		limit := 328.0 // pixels that a phone has
		if strings.HasSuffix(s, "%") {
			limit = 100
		}
		if xs != "" && (err != nil || !(0 <= v && v <= limit)) {
			return fmt.Errorf("text at x %s", s)
		}
	}
	for _, s := range strings.Fields(ys) {
		v, err := strconv.ParseFloat(s, 64)
		if err != nil || !(8 <= v && v <= f.high) {
			return fmt.Errorf("text at y %s of %g", s, f.high)
		}
	}
	return nil
}

// path checks that a path stays inside.
func (f frame) path(d string) error {
	wide := f.wide
	if wide == 0 {
		wide = 328
	}
	fields := strings.Fields(strings.NewReplacer("M", " M ", "L", " L ", "H", " H ", "V", " V ", "h", " h ", "v", " v ", "l", " l ",
		"z", " z ").Replace(d))
	var x, y, startX, startY float64
	command := ""
	number := func() (float64, error) {
		if len(fields) == 0 {
			return 0, errors.New("a path that ends early")
		}
		s := fields[0]
		fields = fields[1:]
		return strconv.ParseFloat(s, 64)
	}
	for len(fields) > 0 {
		if strings.Contains("MLHVhvlz", fields[0]) {
			command, fields = fields[0], fields[1:]
		}
		var a, b float64
		var err error
		switch command {
		case "M", "L", "l":
			if a, err = number(); err == nil {
				b, err = number()
			}
		case "H", "V", "h", "v":
			a, err = number()
		case "z":
		default:
			return fmt.Errorf("command %q", command)
		}
		if err != nil {
			return err
		}
		switch command {
		case "M":
			x, y, startX, startY = a, b, a, b
		case "L":
			x, y = a, b
		case "l":
			x, y = x+a, y+b
		case "H":
			x = a
		case "V":
			y = a
		case "h":
			x += a
		case "v":
			y += a
		case "z":
			x, y = startX, startY
		}
		if !(-0.001 <= x && x <= wide+0.001 && -0.001 <= y && y <= f.high+0.001) {
			return fmt.Errorf("a path at %g %g, outside of %g x %g", x, y, wide, f.high)
		}
	}
	return nil
}

// A mail with thirty charts has to stay small.
func TestDrawingsAreSmall(t *testing.T) {
	days := dailies(usage.Date(2026, time.August, 30), usage.Date(2026, time.November, 30),
		usage.Date(2026, time.November, 1).Month(), 1290, 240, usage.Date(2026, time.November, 11))
	for _, c := range []struct{ days, plain, calendar int }{{31, 3000, 3500}, {93, 8000, 8000}} {
		list := days[len(days)-c.days:]
		for kind, got := range map[string]struct {
			Chart
			limit int
		}{
			"days": {Days(english(t), "a", "tall", "Daily cost", "EUR", list), c.plain},
			"heat": {Heat(english(t), "b", "Daily cost", "EUR", list), c.calendar}, // of one month, it has two texts a day
		} {
			t.Logf("%s of %d days: %d bytes, %d of data", kind, c.days, len(got.SVG), len(got.Data))
			if len(got.SVG) > got.limit {
				t.Errorf("%s of %d days: %d bytes, want at most %d", kind, c.days, len(got.SVG), got.limit)
			}
		}
	}
}

func TestShortNumbers(t *testing.T) {
	for v, want := range map[float64]string{
		0: "0", 5: "5", 250: "250", 512.5: "513", 999: "999", 1000: "1k", 1200: "1.2k", 12000: "12k", 120000: "120k", 1.25e6: "1.25M",
		4e9: "4B", -1500: minus + "1.5k", 0.5: "0.5", 0.02: "0.02", 1e20: "100E", 0.0001: "0.0001",
	} {
		if got := short(v); got != want {
			t.Errorf("%g is %q, want %q", v, got, want)
		}
	}
}

// Names are cut to the room they have, in any script.
func TestCut(t *testing.T) {
	for _, c := range []struct{ name, first, second string }{
		{"Quantity", "Quantity", ""},
		{"Purchases and refunds", "Purchases and", "refunds"},
		{"Reservations and savings plans of the year", "Reservations", "and savings pla…"},
		{"vmss-aks-shop-prod-01", "vmss-aks-shop-p…", ""},
		{"每日使用量與發票", "每日使用量與發…", ""},
	} {
		if first, second := fold(c.name, 15); first != c.first || second != c.second {
			t.Errorf("%q is %q and %q, want %q and %q", c.name, first, second, c.first, c.second)
		}
	}
}

// A scale has round steps, few of them, and holds what it must.
func TestScales(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	for range 2000 {
		lo, hi := drawn(amounts(r)), drawn(amounts(r))
		s := newScale(min(lo, hi), max(lo, hi), 4, 10, 100)
		if !(s.lo <= min(lo, hi) && max(lo, hi) <= s.hi && s.lo <= 0 && 0 <= s.hi) {
			t.Fatalf("the scale of %g to %g is %+v", lo, hi, s)
		}
		if n := len(s.ticks()); n < 2 || n > 7 {
			t.Fatalf("the scale of %g to %g has %d ticks", lo, hi, n)
		}
		if m := strings.TrimRight(strings.Replace(strconv.FormatFloat(s.step, 'e', 6, 64)[:8], ".", "", 1), "0"); m != "1" &&
			m != "2" && m != "25" && m != "5" {
			t.Fatalf("the scale of %g to %g has steps of %g", lo, hi, s.step)
		}
	}
}

// The steps of a waterfall say their exact amounts and stand where they must.
func TestWaterfall(t *testing.T) {
	c := Waterfall(english(t), "w", "From October to November", "EUR", []Step{
		{Label: "October", Amount: usage.MustDecimal("1000"), Total: true},
		{Label: "Price", Amount: usage.MustDecimal("-1200.456")},
		{Label: "Quantity", Amount: usage.MustDecimal("600")},
		{Label: "November", Amount: usage.MustDecimal("399.544"), Total: true},
	})
	for _, want := range []string{
		"October", "1,000.00", minus + "1,200.46", "+600.00", "399.54",
		// −200.456 to 1000 is 1200.456: zero is at 167 of a thousand.
		`class="zero" d="M167 0V128"`,
		`class="b total" stroke-width="14" d="M167 16H1000M167 112H499.8"`,
		`class="b down" stroke-width="14" d="M1000 48H0"`,
		`class="b up" stroke-width="14" d="M0 80H499.8"`,
	} {
		if !strings.Contains(string(c.SVG), want) {
			t.Errorf("the waterfall lacks %s:\n%s", want, c.SVG)
		}
	}
}

// Every step has its bar, whatever it is called, and a long way from zero is
// cut short in sight.
func TestWaterfallOfSmallSteps(t *testing.T) {
	svg := string(Waterfall(english(t), "w", "From October to November", "EUR", []Step{
		{Label: "October", Amount: usage.MustDecimal("30000"), Total: true},
		{Label: "Price", Amount: usage.MustDecimal("300"), Kind: "price"},
		{Label: "Calendar", Amount: usage.MustDecimal("-100"), Kind: "even"},
		{Label: "November", Amount: usage.MustDecimal("30200"), Total: true},
	}).SVG)
	for _, want := range []string{
		// 29900 to 30300 is what is drawn.
		`class="b total" stroke-width="14" d="M0 16H40M60 16H250M0 112H40M60 112H750"`,
		`class="b up" stroke-width="14" d="M250 48H1000"`,
		`class="b even" stroke-width="14" d="M1000 80H750"`,
		Words(english(t))["torn"],
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the waterfall lacks %s:\n%s", want, svg)
		}
	}
}

// Every state of a day is drawn, and not by its colour alone.
func TestDaysOfEveryState(t *testing.T) {
	nov := usage.Date(2026, time.November, 1)
	list := dailies(nov-61, nov+26, nov.Month(), 1290, 240, nov+10)
	list[20].NoData, list[20].Actual = true, usage.Decimal{}
	for i, amount := range []string{"2000", "702", "610.2"} { // of the last days
		d := &list[len(list)-3+i]
		d.Incomplete, d.Actual = true, usage.MustDecimal(amount)
	}
	var over, both, partial, none int
	for _, d := range list {
		switch {
		case d.NoData:
			none++
		case d.Above() && d.Incomplete:
			both++
		case d.Above():
			over++
		case d.Incomplete:
			partial++
		}
	}
	drawn := Days(english(t), "a", "tall", "Daily cost", "EUR", list)
	svg := string(drawn.SVG)
	moves := func(class string) int {
		_, rest, _ := strings.Cut(svg, `<path class="`+class+`"`)
		path, _, _ := strings.Cut(rest, "/>")
		return strings.Count(path, "M")
	}
	for _, c := range []struct {
		what      string
		got, want int
	}{
		{"marks", strings.Count(svg, "▲"), over + both},
		{"bars above the usual", moves("b over"), over},
		{"dashed outlines", moves("hollow day"), partial},
		{"dashed outlines above the usual", moves("hollow over"), both},
		{"days that the page's script outlines so", strings.Count(string(drawn.Data), `"above, incomplete"`), both},
		{"gaps", moves("none"), none},
		{"other bars", moves("b day") + moves("b before"), len(list) - over - both - partial - none},
		{"lines of the prior period", moves("prior"), 1},
		{"expected lines", moves("expected"), 1},
	} {
		if c.got != c.want || c.want == 0 {
			t.Errorf("%d %s, want %d", c.got, c.what, c.want)
		}
	}
}

// A day stands under its weekday, in its week, in the shade of its amount.
func TestHeatMap(t *testing.T) {
	nov := usage.Date(2026, time.November, 1) // a Sunday
	days := make([]Day, 30)
	for i := range days {
		days[i] = Day{Day: nov + usage.Day(i), Actual: usage.DecimalOf(int64(100 + i))}
	}
	days[29].Incomplete, days[29].Actual = true, usage.DecimalOf(1)
	days[3].NoData = true
	days[28].Incomplete, days[28].HasBand = true, true // and above nothing
	p := newHeatPlot(english(t), "EUR", days)
	for _, c := range []struct{ day, column, row, shade int }{{1, 6, 0, 0}, {2, 0, 1, 0}, {15, 6, 2, 2}, {29, 6, 4, 4}, {30, 0, 5, 0}} {
		got := p.cells[c.day-1]
		if got.column != c.column || got.row != c.row || got.shade != c.shade {
			t.Errorf("%s is in column %d, row %d, shade %d; want %+v", got.day, got.column, got.row, got.shade, c)
		}
	}
	svg := string(Heat(english(t), "h", "November", "EUR", days).SVG)
	for _, want := range []string{
		">100.00<", ">127.00<", ">no data<", ">incomplete<", ">Mon<", ">1 Nov<", `class="crossed"`,
		`class="dashed"`, "29 ▲", ">above the usual range<",
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the heat map lacks %s", want)
		}
	}
	if strings.Contains(svg, ">103<") {
		t.Error("a day without data has an amount")
	}
	year := newHeatPlot(english(t), "EUR", dailies(nov-400, nov, usage.Date(2026, time.November, 1).Month(), 10, 0, nov))
	if year.bands != 3 || year.columns > bandWeeks || year.cells[400].row != 14+6 {
		t.Errorf("a year has %d bands of %d weeks, and its last day in row %d", year.bands, year.columns, year.cells[400].row)
	}
}

// What was paid and what was used have each their own scale, over the same days.
func TestLines(t *testing.T) {
	from := usage.Date(2026, time.November, 1)
	var days []Pair
	for i := range 10 {
		days = append(days, Pair{
			Day: from + usage.Day(i), Cost: usage.DecimalOf(int64(100 * i)), Quantity: usage.DecimalOf(int64(i)),
			NoData: i == 4, Incomplete: i == 9,
		})
	}
	svg := string(Lines(english(t), "l", "Cost and quantity", "EUR", "GB", days).SVG)
	for _, want := range []string{
		">EUR<", ">GB<", ">1k<", ">10<",
		`class="line cost" d="M0.5 92L1.5 85L2.5 78L3.5 71M5.5 57L6.5 50L7.5 43L8.5 36"`,
		`class="line partial cost" d="M8.5 36L9.5 29"`,
	} {
		if !strings.Contains(svg, want) {
			t.Errorf("the lines lack %s:\n%s", want, svg)
		}
	}
}
