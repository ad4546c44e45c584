package bridge_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"usagereport/analysis/bridge"
	"usagereport/usage"
)

// side reads "cost", "cost*quantity" or "cost*quantity-free~slack".
func side(t *testing.T, s string) (out bridge.Side) {
	t.Helper()
	s, slack, hasSlack := strings.Cut(s, "~")
	cost, quantity, hasQuantity := strings.Cut(s, "*")
	quantity, free, hasFree := strings.Cut(quantity, "-free")
	out.Cost = usage.MustDecimal(cost)
	if hasQuantity {
		out.Quantity = usage.MustDecimal(quantity)
	}
	if hasFree {
		out.Free = usage.MustDecimal(free)
	}
	if hasSlack {
		out.Slack = usage.MustDecimal(slack)
	}
	return out
}

// told writes the lanes of b that are not zero.
func told(b bridge.Bridge) string {
	var parts []string
	for _, l := range bridge.Lanes() {
		if b[l].Sign() != 0 {
			parts = append(parts, l.String()+" "+b[l].String())
		}
	}
	return strings.Join(parts, ", ")
}

func TestOneLine(t *testing.T) {
	for _, tt := range []struct {
		name, prior, current string
		change               func(*bridge.Line)
		want                 string
	}{
		{"nothing", "10*5", "10*5", nil, ""},
		{"another price", "10*5", "12*5", nil, "price 2"},
		{"another quantity", "10*5", "20*10", nil, "quantity 10"},
		{"both: the new price is paid on all that is used", "10*5", "30*10", nil, "price 10, quantity 10"},
		{"a third of a unit is no loss", "1*3", "2*1", nil, "price 1.666666666666666667, quantity -0.666666666666666667"},
		{"a tenth for ten times as much is another unit", "10*2.4", "10.5*24", nil, "price 0.5"},
		{"a day for its hours is another unit", "10*24", "11*1.1", nil, "quantity 1"},
		{"so is any other price at which cost goes on", "10*24", "10.5*7", nil, "unattributed 0.5"},
		{"a tenth for as much is a price", "10*24", "1*24", nil, "price -9"},
		{"what was free costs something", "0*5", "10*10", nil, "price 10"},
		{"new", "0", "10*5", nil, "new 10"},
		{"gone", "10*5", "0", nil, "gone -10"},
		{"no quantity", "10*0", "12*5", nil, "unattributed 2"},
		{"no quantity any more", "10*5", "12*-1", nil, "unattributed 2"},
		{"no meter or unit", "10*5", "12*5", func(l *bridge.Line) { l.Priced = false }, "unattributed 2"},
		{"a quantity next to nothing", "1000000*0.000000000000000001", "1*1000000", nil, "unattributed -999999"},
		{"negative cost", "-10*5", "-30*5", nil, "price -20"},
		{"a longer month", "280*28", "310*31", func(l *bridge.Line) { l.Calendar = usage.DecimalOf(30) }, "calendar 30"},
		{"a longer month and more", "280*28", "341*31", func(l *bridge.Line) { l.Calendar = usage.DecimalOf(30) }, "price 31, calendar 30"},
		{"a longer month without a unit", "280*28", "310*31", func(l *bridge.Line) {
			l.Priced, l.Calendar = false, usage.DecimalOf(30)
		}, "calendar 30"},
		{"the calendar says nothing of what is gone", "280*28", "0", func(l *bridge.Line) { l.Calendar = usage.DecimalOf(30) }, "gone -280"},
		{"purchase", "10*1", "50*1", func(l *bridge.Line) { l.Category = "Purchase" }, "purchases 40"},
		{"adjustment", "0", "5", func(l *bridge.Line) { l.Category = "Adjustment" }, "purchases 5"},
		{"credit", "0", "-5", func(l *bridge.Line) { l.Category = "Credit" }, "credits -5"},
		{"tax", "1", "2", func(l *bridge.Line) { l.Category = "Tax" }, "tax 1"},
		{"another category", "1", "2", func(l *bridge.Line) { l.Category = "Gift" }, "unattributed 1"},
		{"a refund among usage", "10*5", "12*5", func(l *bridge.Line) { l.Current.Corrections = usage.DecimalOf(-7) }, "price 2, credits -7"},
		{
			"a refunded credit", "0", "-5", func(l *bridge.Line) { l.Category, l.Current.Corrections = "Credit", usage.DecimalOf(-7) },
			"credits -12",
		},
		{"another exchange rate alone", "10*5", "9*5", func(l *bridge.Line) { l.Foreign = byRates("-1") }, "exchange_rate -1"},
		{"more used at another exchange rate", "10*5", "18*10", func(l *bridge.Line) { l.Foreign = byRates("-2") }, "quantity 10, exchange_rate -2"},
		{"another price at another exchange rate", "10*5", "11*5", func(l *bridge.Line) { l.Foreign = byRates("-1") }, "price 2, exchange_rate -1"},
		{"tax at another exchange rate", "1", "2", func(l *bridge.Line) {
			l.Category, l.Foreign = "Tax", byRates("0.5")
		}, "tax 0.5, exchange_rate 0.5"},
		{"a credit at another exchange rate", "-4", "-5", func(l *bridge.Line) {
			l.Category, l.Foreign = "Credit", byRates("-0.5")
		}, "credits -0.5, exchange_rate -0.5"},

		// A statement's amounts are rounded to the cent.
		{"within rounding", "10.00*1000~0.005", "10.01*1000~0.005", nil, "rounding 0.01"},
		{"beyond rounding", "10.00*1000~0.005", "11.00*1000~0.005", nil, "price 0.99, rounding 0.01"},
		{"beyond rounding, down", "11.00*1000~0.005", "10.00*1000~0.005", nil, "price -0.99, rounding -0.01"},
		{"quantity and rounding", "10.00*1000~0.005", "20.01*2000~0.005", nil, "quantity 10, rounding 0.01"},
		{"the free allowance is no price", "0.50*10-free5", "1.50*20-free5", nil, "quantity 1"},
		{"a smaller allowance", "0.50*10-free5", "0.80*10-free2", nil, "rounding 0.3"},
		{"all of it was free", "0*5-free5~0.005", "1.50*20-free5~0.005", nil, "rounding 1.5"},
		{"all of it is free", "1.50*20-free5~0.005", "0*5-free5~0.005", nil, "rounding -1.5"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			l := bridge.Line{Category: "Usage", Thing: "a", Priced: true, Prior: side(t, tt.prior), Current: side(t, tt.current)}
			if tt.change != nil {
				tt.change(&l)
			}
			if got := told(bridge.Of([]bridge.Line{l})[0]); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// What goes on under another name is followed; what it leaves there comes to the
// new name.
func TestSeveralLines(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string // "thing kin resize prior current", "-" for none
		want  []string
	}{
		{"renamed", []string{"a - - 10*5 0", "a - - 0 30*10"}, []string{"renamed -10", "price 10, quantity 10, renamed 10"}},
		{"renamed in the middle", []string{"a - - 10*5 4*2", "a - - 0 6*3"}, []string{"renamed -6", "renamed 6"}},
		{"renamed and then gone", []string{"a - - 6*3 0", "a - - 4*2 0"}, []string{"gone -6", "gone -4"}},
		{"another unit", []string{"a k - 10*5 0", "b k - 0 30*10"}, []string{"renamed -10", "renamed 30"}},
		{"another unit, but both go on", []string{"a k - 10*5 12*5", "b k - 10*5 10*5"}, []string{"price 2", ""}},
		{"another unit beside the old one", []string{"a k - 10*5 12*5", "b k - 0 30*10"}, []string{"price 2", "new 30"}},
		{"another unit beside the new one", []string{"a k - 10*5 0", "b k - 10*5 12*5"}, []string{"gone -10", "price 2"}},
		{"another unit, the old one gone before", []string{"a k - 0 0", "b k - 0 30*10"}, []string{"", "new 30"}},
		{"resized", []string{"a - r 10*5 0", "b - r 0 30*5"}, []string{"resized -10", "resized 30"}},
		{"resized in the middle", []string{"a - r 10*5 2*1", "b - r 0 30*5"}, []string{"resized -8", "resized 30"}},
		{"resized long ago", []string{"a - r 0 0", "b - r 10*5 12*5"}, []string{"", "price 2"}},
		{"resized, then gone", []string{"b - r 10*5 0"}, []string{"gone -10"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines []bridge.Line
			for _, s := range tt.lines {
				w := strings.Fields(strings.ReplaceAll(" "+s, " -", " ."))
				none := func(s string) string { return strings.TrimPrefix(s, ".") }
				lines = append(lines, bridge.Line{
					Category: "Usage", Thing: w[0], Kin: none(w[1]), Resize: none(w[2]), Priced: true, Prior: side(t, w[3]), Current: side(t, w[4]),
				})
			}
			for i, b := range bridge.Of(lines) {
				if got := told(b); got != tt.want[i] {
					t.Errorf("line %d: got %q, want %q", i, got, tt.want[i])
				}
			}
		})
	}
}

// What changes hands leaves one owner and comes to the other; what several have
// side by side does not move.
func TestMoved(t *testing.T) {
	for _, tt := range []struct {
		name  string
		lines []string // "thing owner prior current", behind it what others have
		want  []string
	}{
		{"handed over", []string{"a x 10*5 0", "a y 0 30*10"}, []string{"moved_out -10", "price 10, quantity 10, moved_in 10"}},
		{"in the middle of the period", []string{"a x 10*5 4*2", "a y 0 6*3"}, []string{"moved_out -6", "moved_in 6"}},
		{"in the middle of the prior one", []string{"a x 4*2 0", "a y 6*3 10*5"}, []string{"moved_out -4", "moved_in 4"}},
		{"from nobody", []string{"a  10*5 0", "a y 0 10*5"}, []string{"moved_out -10", "moved_in 10"}},
		{"one of three leaves", []string{"a x 10*5 0", "a y 10*5 16*8", "a z 10*5 14*7"}, []string{"moved_out -10", "moved_in 6", "moved_in 4"}},
		{"shared all along", []string{"a x 10*5 12*6", "a y 20*10 30*10"}, []string{"quantity 2", "price 10"}},
		{"new to both", []string{"a x 0 12*6", "a y 0 30*10"}, []string{"new 12", "new 30"}},
		{"gone from both", []string{"a x 12*6 0", "a y 30*10 0"}, []string{"gone -12", "gone -30"}},
		{"another thing", []string{"a x 10*5 0", "b y 0 10*5"}, []string{"gone -10", "new 10"}},
		{
			"with another name",
			[]string{"a x 10*5 0", "a x 2*1 0", "a y 0 12*6"},
			[]string{"moved_out -12, renamed 2", "renamed -2", "moved_in 12"},
		},

		// One owner's lines, who is told no more than that others have it, too.
		{"came", []string{"a y 0 30*10 prior"}, []string{"moved_in 30"}},
		{"left", []string{"a x 10*5 0 current"}, []string{"moved_out -10"}},
		{"came in the middle", []string{"a y 0 6*3 prior current"}, []string{"moved_in 6"}},
		{"left in the middle", []string{"a x 10*5 4*2 current"}, []string{"moved_out -6"}},
		{"came in the middle of the prior one", []string{"a y 6*3 10*5 prior"}, []string{"moved_in 4"}},
		{"had by others, too", []string{"a x 10*5 12*6 prior current"}, []string{"quantity 2"}},
		{"new, and others have it, too", []string{"a x 0 12*6 current"}, []string{"new 12"}},
		{"gone, and others had it, too", []string{"a x 12*6 0 prior"}, []string{"gone -12"}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var lines []bridge.Line
			for _, s := range tt.lines {
				w := strings.Split(s, " ")
				l := bridge.Line{Category: "Usage", Thing: w[0], Owner: w[1], Priced: true, Prior: side(t, w[2]), Current: side(t, w[3])}
				for _, when := range w[4:] {
					l.Elsewhere.Prior, l.Elsewhere.Current = l.Elsewhere.Prior || when == "prior", l.Elsewhere.Current || when == "current"
				}
				lines = append(lines, l)
			}
			for i, b := range bridge.Of(lines) {
				if sum := b.Sum(); sum != lines[i].Delta() {
					t.Errorf("line %d: %s adds up to %s, want %s", i, told(b), sum, lines[i].Delta())
				}
				parts := strings.Split(told(b), ", ")
				slices.Sort(parts)
				want := strings.Split(tt.want[i], ", ")
				slices.Sort(want)
				if !slices.Equal(parts, want) {
					t.Errorf("line %d: got %q, want %q", i, told(b), tt.want[i])
				}
			}
		})
	}
}

// Whatever the lines are, the parts of each add up to its change.
func TestPartsAddUp(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	amount := func() usage.Decimal {
		switch r.IntN(5) {
		case 0:
			return usage.Decimal{}
		case 1:
			return usage.MustDecimal(fmt.Sprintf("%d.%018d", r.IntN(1000)-500, r.Int64N(1_000_000_000_000_000_000)))
		case 2:
			return usage.MustDecimal(fmt.Sprintf("0.%018d", r.Int64N(1000)))
		case 3:
			return usage.DecimalOf(r.Int64N(2_000_000) - 1_000_000)
		}
		return usage.MustDecimal(fmt.Sprintf("%d.%02d", r.IntN(1000), r.IntN(100)))
	}
	anySide := func() bridge.Side {
		if r.IntN(4) == 0 {
			return bridge.Side{}
		}
		s := bridge.Side{Cost: amount(), Quantity: amount()}
		if r.IntN(4) == 0 {
			s.Corrections = amount()
		}
		if r.IntN(4) == 0 {
			s.Free, s.Slack = amount(), amount()
		}
		if r.IntN(8) == 0 {
			s = s.Over(3)
		}
		return s
	}
	filled := map[bridge.Lane]bool{}
	for try := range 3000 {
		lines := make([]bridge.Line, 1+r.IntN(8))
		for i := range lines {
			lines[i] = bridge.Line{
				Category: pick("Usage", "Usage", "Usage", "Usage", "Usage", "Purchase", "Credit", "Tax", "Adjustment", ""),
				Thing:    pick("a", "b", "c", "d", "e"), Kin: pick("", "", "k"), Resize: pick("", "", "", "r"), Priced: r.IntN(5) > 0,
				Prior: anySide(), Current: anySide(), Calendar: amount(), Missing: amount(),
			}
			if try%3 == 0 {
				lines[i].Foreign = []bridge.Foreign{{
					Currency: pick("USD", "SEK"), Prior: bridge.Exchanged{Billed: amount(), Cost: amount()},
					Current: bridge.Exchanged{Billed: amount(), Cost: amount()},
				}}
			}
			if try%2 == 0 {
				lines[i].Owner = pick("", "x", "y")
			}
			if try%5 < 2 { // a thing is one kind of token
				lines[i].Tokens = map[string]bridge.Tokens{
					"a": {Model: "m"}, "b": {Model: "m", Kind: "cached"}, "c": {Model: "m", Output: true}, "d": {Model: "n"}, "e": {Model: "n", Output: true},
				}[lines[i].Thing]
				lines[i].Tokens.Pool, lines[i].Tokens.Size = pick("p", "p", "p", "p", ""), usage.DecimalOf(1000)
			}
			if try%4 == 0 {
				lines[i].Elsewhere.Prior, lines[i].Elsewhere.Current = r.IntN(4) == 0, r.IntN(4) == 0
			}
		}
		var delta, total, moved usage.Decimal
		for i, b := range bridge.Of(lines) {
			if got, want := b.Sum(), lines[i].Delta(); got != want {
				t.Fatalf("line %d of %+v: the parts add up to %s, want %s: %s", i, lines, got, want, told(b))
			}
			delta, total = delta.Add(lines[i].Delta()), total.Add(b.Sum())
			for l, d := range b {
				filled[bridge.Lane(l)] = filled[bridge.Lane(l)] || d.Sign() != 0
			}
			moved = moved.Add(b[bridge.MovedIn]).Add(b[bridge.MovedOut])
		}
		if try%4 != 0 && moved.Sign() != 0 {
			t.Fatalf("%+v: what moves among these adds up to %s, want nothing", lines, moved)
		}
		if delta != total {
			t.Fatalf("the bridges add up to %s, want %s", total, delta)
		}
	}
	for _, l := range bridge.Lanes() {
		if !filled[l] {
			t.Errorf("no line had anything in %s: the test does not reach it", l)
		}
	}
}

func TestFactor(t *testing.T) {
	day := func(s string) usage.Day {
		d, err := usage.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	days := func(from, to string, holidays ...string) bridge.Days {
		free := map[usage.Day]bool{}
		for _, h := range holidays {
			free[day(h)] = true
		}
		return bridge.CountDays(usage.Period{From: day(from), To: day(to) + 1}, free)
	}
	february, march := days("2026-02-01", "2026-02-28"), days("2026-03-01", "2026-03-31")
	office := bridge.Profile{Used: [7]float64{0, 40, 40, 40, 40, 40, 0}, Days: february}
	always := bridge.Profile{Used: [7]float64{40, 40, 40, 40, 40, 40, 40}, Days: february}
	for _, tt := range []struct {
		name        string
		profile     bridge.Profile
		before, now bridge.Days
		want        float64
	}{
		{"the same days", office, february, february, 1},
		{"a longer month", always, february, march, 31.0 / 28},
		{"22 working days after 20", office, february, march, 1.1},
		{"a holiday is no working day", office, february, days("2026-03-01", "2026-03-31", "2026-03-17"), 1.05},
		{"without a profile the length counts", bridge.Profile{}, february, march, 31.0 / 28},
		{"below a week too", office, days("2026-02-06", "2026-02-08"), days("2026-03-06", "2026-03-09"), 4.0 / 3},
		{"no days", office, bridge.Days{}, march, 1},
	} {
		if got := tt.profile.Factor(tt.before, tt.now); got-tt.want > 1e-12 || tt.want-got > 1e-12 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	// Of two working days there are data, of the week and a half that are compared; no Sunday of February is known.
	some := bridge.Profile{Used: [7]float64{0, 40, 40, 40, 40, 40, 8}, Days: february}
	some.Days[0] = 0
	if got, want := some.Times(days("2026-02-05", "2026-02-06"), days("2026-02-05", "2026-02-15")), (7*10+2*2+2*208.0/24)/20; math.Abs(got-want) > 1e-12 {
		t.Errorf("days with data: got %v, want %v", got, want)
	}
	whole := func(from, to string) usage.Period { return usage.Period{From: day(from), To: day(to) + 1} }
	for _, tt := range []struct {
		name         string
		before, now  usage.Period
		days, change float64
		want         float64
	}{
		{"a month is a month", whole("2026-02-01", "2026-02-28"), whole("2026-03-01", "2026-03-31"), 31.0 / 28, 1, 1},
		{
			"but not of what is charged by the day", whole("2026-02-01", "2026-02-28"), whole("2026-03-01", "2026-03-31"), 31.0 / 28, 1.1,
			31.0 / 28,
		},
		{"ten days of November after ten of October", whole("2026-10-01", "2026-10-10"), whole("2026-11-01", "2026-11-10"), 1, 1.03, 31.0 / 30},
		{"no days", whole("2026-10-01", "2026-09-30"), whole("2026-11-01", "2026-11-10"), 1, 0, 1},
	} {
		if got := bridge.MonthlyFactor(tt.before, tt.now, tt.days, tt.change); got-tt.want > 1e-12 || tt.want-got > 1e-12 {
			t.Errorf("%s: got %v, want %v", tt.name, got, tt.want)
		}
	}
	for unit, want := range map[string]bool{
		"1 GB/Month": true, "1/Month": true, "GB-Mo": true, "1 Hour": false, "1 GB": false,
		"Mobile": false, "": false,
	} {
		if bridge.Monthly(unit) != want {
			t.Errorf("Monthly(%q) is %v", unit, !want)
		}
	}
}

// byRates is what costs so much more by other exchange rates.
func byRates(amount string) []bridge.Foreign {
	one := usage.DecimalOf(1)
	return []bridge.Foreign{{
		Currency: "USD", Prior: bridge.Exchanged{Billed: one, Cost: one},
		Current: bridge.Exchanged{Billed: one, Cost: one.Add(usage.MustDecimal(amount))},
	}}
}

// What goes on in other hands, or under another name, goes on at the exchange rate that all of it
// had: no rate looks like a price.
func TestExchangeOfWhatMoved(t *testing.T) {
	side := func(cost, quantity string) bridge.Side {
		return bridge.Side{Cost: usage.MustDecimal(cost), Quantity: usage.MustDecimal(quantity)}
	}
	in := func(billed, cost string) bridge.Exchanged {
		return bridge.Exchanged{Billed: usage.MustDecimal(billed), Cost: usage.MustDecimal(cost)}
	}
	line := bridge.Line{Category: "Usage", Thing: "a", Unit: "h", Priced: true}
	before, left, came := line, line, line
	before.Owner, before.Prior = "x", side("9", "10")
	before.Foreign = []bridge.Foreign{{Currency: "USD", Prior: in("10", "9")}}
	left.Owner, left.Current = "x", side("3.2", "4")
	left.Foreign = []bridge.Foreign{{Currency: "USD", Current: in("4", "3.2")}}
	came.Owner, came.Current = "y", side("4.2", "6")
	came.Foreign = []bridge.Foreign{{Currency: "USD", Current: in("6", "4.2")}}
	var sum bridge.Bridge
	for _, b := range bridge.Of([]bridge.Line{before, left, came}) {
		sum = sum.Add(b)
	}
	if got := sum[bridge.Exchange].String(); got != "-1.6" {
		t.Errorf("by exchange rates: %s", got)
	}
	if sum[bridge.Price].Sign() != 0 || sum[bridge.Quantity].Sign() != 0 {
		t.Errorf("by prices %s, by quantity %s", sum[bridge.Price], sum[bridge.Quantity])
	}
}
