package chart

import (
	"bytes"
	"image/png"
	"testing"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// A day of which a part has arrived is an outline in a mail's picture, whatever it lies above.
func TestIncompleteDayIsHollow(t *testing.T) {
	t.Parallel()
	l, err := locale.New("en")
	if err != nil {
		t.Fatal(err)
	}
	span := usage.Period{From: usage.Date(2026, 11, 1), To: usage.Date(2026, 11, 3)}
	for _, incomplete := range []bool{false, true} {
		day := func(d usage.Day) Day {
			return Day{Day: d, InPeriod: true, HasBand: true, Actual: usage.DecimalOf(100), Expected: usage.DecimalOf(50), Low: usage.DecimalOf(40), High: usage.DecimalOf(60), Incomplete: incomplete}
		}
		b, err := DaysPNG(l, []Day{day(span.From), day(span.From + 1)}, span)
		if err != nil {
			t.Fatal(err)
		}
		img, err := png.Decode(bytes.NewReader(b))
		if err != nil {
			t.Fatal(err)
		}
		want := Light().Above
		if incomplete {
			want = Light().Paper
		}
		r, g, blue, _ := img.At(pngLeft+(PNGWidth-pngLeft-pngRight)/4, 60).RGBA() // in the middle of the first day, above its usual range
		if r>>8 != uint32(want.R) || g>>8 != uint32(want.G) || blue>>8 != uint32(want.B) {
			t.Errorf("incomplete %v: the bar is %02x%02x%02x inside, want %v", incomplete, r>>8, g>>8, blue>>8, want)
		}
	}
}
