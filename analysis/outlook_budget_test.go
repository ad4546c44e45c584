package analysis

import (
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
	for _, c := range []struct{ day, period, want string }{
		{"2026-01-01", "quarter", "2026-01-01 to 2026-03-31"},
		{"2026-12-31", "quarter", "2026-10-01 to 2026-12-31"},
		{"2026-05-12", "quarter", "2026-04-01 to 2026-06-30"},
		{"2026-05-12", "year", "2026-01-01 to 2026-12-31"},
	} {
		d, err := usage.ParseDay(c.day)
		if err != nil {
			t.Fatal(err)
		}
		if got := calendar(d, c.period).String(); got != c.want {
			t.Errorf("the %s of %s is %s, want %s", c.period, c.day, got, c.want)
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
