package usage_test

import (
	"testing"
	"time"

	"usagereport/usage"
)

func TestDays(t *testing.T) {
	for _, s := range []string{"1969-12-31", "2000-02-29", "2026-11-22"} {
		d, err := usage.ParseDay(s)
		if err != nil || d.String() != s || d.Weekday() != d.Time().Weekday() {
			t.Errorf("%s is %s, a %s (%v)", s, d, d.Weekday(), err)
		}
	}
	for _, s := range []string{"", "2026-2-1", "2026-02-30", "22.11.2026"} {
		if d, err := usage.ParseDay(s); err == nil {
			t.Errorf("%q is %s", s, d)
		}
	}
}

func TestPeriods(t *testing.T) {
	p := usage.Period{From: usage.Date(2018, 6, 12), To: usage.Date(2018, 7, 12)}
	if p.String() != "2018-06-12 to 2018-07-11" || p.Days() != 30 || p.Last() != usage.Date(2018, 7, 11) {
		t.Errorf("%s, %d days, last %s", p, p.Days(), p.Last())
	}
	for _, c := range []struct {
		asOf usage.Day
		want int
	}{{p.From - 1, 0}, {p.From, 1}, {p.Last(), 30}, {p.To + 5, 30}} {
		if got := p.Elapsed(c.asOf).Days(); got != c.want {
			t.Errorf("elapsed at the end of %s: %d days, want %d", c.asOf, got, c.want)
		}
	}
	if p.First(10).Days() != 10 || p.First(99) != p {
		t.Error("first days:", p.First(10), p.First(99))
	}
	next := usage.Period{From: p.To, To: p.To + 31}
	if p.Overlaps(next) || !p.Overlaps(usage.Period{From: p.Last(), To: p.To + 1}) || p.Contains(p.To) || !p.Contains(p.From) {
		t.Error("half-open periods join without a gap or an overlap")
	}
	m, err := usage.ParseMonth("2024-02")
	if err != nil || m.Days() != 29 || m.From.Month() != m || (m.From-1).Month().From.Time().Month() != time.January {
		t.Error(m, err)
	}
}

func TestParseDimension(t *testing.T) {
	for in, want := range map[string]usage.Dimension{
		"service": usage.Service, "ServiceName": usage.Service,
		"RESOURCE-GROUP": usage.ResourceGroup, "subscription": usage.SubAccount, "x_resourcegroupname": usage.ResourceGroup,
		"Tags.team": usage.TagDimension("team"), "tag:Team": usage.TagDimension("Team"), "TAG:a:b": usage.TagDimension("a:b"),
	} {
		if got, err := usage.ParseDimension(in); got != want || err != nil {
			t.Errorf("%s is %s (%v), want %s", in, got, err, want)
		}
	}
	if _, err := usage.ParseDimension("colour"); err == nil {
		t.Error("colour is a dimension")
	}
}

func TestSpans(t *testing.T) {
	for _, c := range []struct{ text, days, before, year string }{
		{"2026-03", "2026-03-01 to 2026-03-31", "2026-02", "2025-03"},
		{"2026-Q1", "2026-01-01 to 2026-03-31", "2025-Q4", "2025-Q1"},
		{"2026-Q4", "2026-10-01 to 2026-12-31", "2026-Q3", "2025-Q4"},
		{"2024", "2024-01-01 to 2024-12-31", "2023", "2023"},
		{"2026-07-01..2026-08-15", "2026-07-01 to 2026-08-15", "2026-05-16..2026-06-30", "2025-07-01..2025-08-15"},
		{"2025-07-01..2026-06-30", "2025-07-01 to 2026-06-30", "2024-07-01..2025-06-30", "2024-07-01..2025-06-30"},
		{"2024-02-29..2024-02-29", "2024-02-29 to 2024-02-29", "2024-02-28..2024-02-28", "2023-03-01..2023-03-01"},
	} {
		p, err := usage.ParseSpan(c.text)
		if err != nil || p.Name() != c.text || p.String() != c.days || p.Earlier().Name() != c.before || p.YearBefore().Name() != c.year {
			t.Errorf("%s (%v): %s, %s, before it %s, a year before %s", c.text, err, p.Name(), p, p.Earlier().Name(), p.YearBefore().Name())
		}
	}
	for _, text := range []string{"", "2026-Q5", "2026-Q", "20267", "2026-13", "2026-08-15..2026-07-01", "2026-08-15..", "july"} {
		if p, err := usage.ParseSpan(text); err == nil {
			t.Errorf("%q is %s", text, p)
		}
	}
}
