package analysis

import (
	"fmt"
	"testing"
	"time"

	"usagereport/usage"
)

func TestChanceOver(t *testing.T) {
	ends := [5]float64{80, 90, 100, 110, 130}
	last := 100
	for _, c := range []struct {
		amount float64
		want   int
	}{{10, 99}, {80, 98}, {85, 94}, {90, 90}, {95, 70}, {100, 50}, {110, 10}, {120, 6}, {130, 1}, {500, 1}} {
		got := chanceOver(c.amount, ends)
		if got != c.want || got > last {
			t.Errorf("more than %v is spent %d times out of a hundred, want %d", c.amount, got, c.want)
		}
		last = got
	}
	if got := chanceOver(100, [5]float64{100, 100, 100, 100, 100}); got < 1 || got > 99 {
		t.Errorf("a range without width: %d", got)
	}
}

func TestBudgetSpans(t *testing.T) {
	for _, c := range []struct {
		day, period string
		begins      time.Month
		want        string
	}{
		{"2026-01-01", "quarter", 0, "2026-01-01 to 2026-03-31"},
		{"2026-12-31", "quarter", time.January, "2026-10-01 to 2026-12-31"},
		{"2026-05-12", "quarter", 0, "2026-04-01 to 2026-06-30"},
		{"2026-05-12", "year", 0, "2026-01-01 to 2026-12-31"},
		{"2026-05-12", "year", time.April, "2026-04-01 to 2027-03-31"},
		{"2026-03-31", "year", time.April, "2025-04-01 to 2026-03-31"},
		{"2026-04-01", "year", time.April, "2026-04-01 to 2027-03-31"},
		{"2026-01-15", "quarter", time.February, "2025-11-01 to 2026-01-31"},
		{"2026-02-15", "quarter", time.February, "2026-02-01 to 2026-04-30"},
		{"2026-12-15", "quarter", time.October, "2026-10-01 to 2026-12-31"},
	} {
		d, err := usage.ParseDay(c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar(d, c.period, c.begins).String(); got != c.want {
			t.Errorf("the %s of %s from %d is %s, want %s", c.period, c.day, c.begins, got, c.want)
		}
	}
}

// Where a budget of a quarter ends: what was spent before the bill counts, too.
func TestForetellBudget(t *testing.T) {
	eur := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	quarter := usage.Period{From: usage.Date(2026, time.April, 1), To: usage.Date(2026, time.July, 1)}
	reach := usage.Date(2026, time.June, 10) // 20 days to come, of which 20 EUR a day
	end := Ending{Known: eur(100), Expected: eur(500), Range: &Range{Low95: eur(300), Low80: eur(400), High80: eur(600), High95: eur(700)}}
	for _, c := range []struct {
		budget int64
		over   string
		chance int
	}{
		{1500, "", 50}, // exactly what is expected
		{1400, "2026-06-25", 90},
		{1101, "2026-06-11", 99},
		{5000, "", 1},
	} {
		b := Budget{Amount: eur(c.budget), Span: quarter, Spent: eur(1100), Left: eur(c.budget - 1100)}
		b.project(reach, eur(100), usage.Decimal{}, end)
		over := ""
		if b.Over != 0 {
			over = b.Over.String()
		}
		if b.Expected.Amount != usage.DecimalOf(1500) || over != c.over || b.Chance == nil || *b.Chance != c.chance {
			t.Errorf("of %d: ends at %s, over on %q with %d in 100; want 1500, %q with %d", c.budget, b.Expected.Text(), over, *b.Chance,
				c.over, c.chance)
		}
	}
}

// What a budget warns of, by what was spent up to which day of a month of 30.
func TestBudgetWarnings(t *testing.T) {
	month := usage.Period{From: usage.Date(2026, time.June, 1), To: usage.Date(2026, time.July, 1)}
	eur := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	for name, c := range map[string]struct {
		daily  int64 // on each of the first days
		days   int
		chance int // 0 for not known
		end    int64
		asked  []int
		small  bool
		want   string
	}{
		"as the days pass":            {10, 20, 3, 300, nil, false, "[]"},
		"sooner than the days pass":   {15, 11, 60, 450, nil, false, "[{50 2026-06-10 false}]"},
		"four fifths, and likely":     {15, 17, 85, 450, nil, false, "[{80 2026-06-16 false} {0 0 false}]"},
		"likely, of no known chance":  {5, 10, 0, 400, nil, false, "[{0 0 false}]"},
		"over":                        {15, 21, 0, 450, nil, false, "[{100 2026-06-21 false}]"},
		"all of it is not over":       {15, 20, 0, 300, nil, false, "[{80 2026-06-16 false}]"},
		"as asked":                    {10, 20, 3, 300, []int{25, 60}, false, "[{60 2026-06-18 true}]"},
		"asked for less than is over": {15, 21, 0, 450, []int{25}, false, "[{100 2026-06-21 false}]"},
		"too small":                   {15, 21, 0, 450, nil, true, "[]"},
		"too small, and asked":        {15, 21, 0, 450, []int{90}, true, "[{90 2026-06-18 true}]"},
	} {
		b := Budget{Amount: eur(300), Span: month, Spent: eur(c.daily * int64(c.days)), Left: eur(300 - c.daily*int64(c.days)), TooSmall: c.small}
		end := eur(c.end)
		b.Expected = &end
		if c.chance > 0 {
			b.Chance = &c.chance
		}
		var spent []DayCost
		for i := range c.days {
			spent = append(spent, DayCost{Day: month.From + usage.Day(i), Actual: usage.DecimalOf(c.daily * int64(i+1))})
		}
		var got []string
		for _, w := range b.warnings(spent, c.asked) {
			on := "0"
			if w.On != 0 {
				on = w.On.String()
			}
			got = append(got, fmt.Sprintf("{%d %s %v}", w.Percent, on, w.Asked))
		}
		if fmt.Sprint(got) != c.want {
			t.Errorf("%s: warns %v, want %s", name, got, c.want)
		}
	}
}

// A quarter goes on at the pace that its month has come to, with what falls due each month,
// and is known less well the more of it is to come.
func TestGoOn(t *testing.T) {
	eur := func(n int64) usage.Money { return usage.Money{Amount: usage.DecimalOf(n), Currency: "EUR"} }
	end := Ending{Known: eur(100), Expected: eur(300), Range: &Range{Low95: eur(240), Low80: eur(270), High80: eur(330), High95: eur(360)}}
	for name, c := range map[string]struct {
		after             pace
		more              int
		ends, low80, high int64
	}{
		"no days to come":          {pace{20, 9}, 0, 300, 270, 360},
		"as the month was":         {pace{10, 0}, 60, 900, 810, 1080},
		"at twice the month's":     {pace{20, 0}, 60, 1500, 1410, 1680},
		"and a fee each month":     {pace{20, 50}, 60, 1600, 1510, 1780},
		"what has ended":           {pace{0, 0}, 30, 300, 240, 420},
		"a month of fees and days": {pace{10, 30}, 30, 630, 570, 750},
	} {
		got := goOn(end, c.after, 30, c.more)
		if got.Known != eur(100) || got.Expected != eur(c.ends) || got.Range.Low80 != eur(c.low80) || got.Range.High95 != eur(c.high) {
			t.Errorf("%s: ends at %v, %v", name, got, *got.Range)
		}
	}
	if end.Range.Low80 != eur(270) {
		t.Error("the month's own range has changed")
	}
}
