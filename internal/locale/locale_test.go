package locale

import (
	"testing"

	"usagereport/usage"
)

func TestSay(t *testing.T) {
	day := func(s string) usage.Day {
		d, err := usage.ParseDay(s)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	eur := func(s string) usage.Money { return usage.Money{Amount: usage.MustDecimal(s), Currency: "EUR"} }
	for _, c := range []struct {
		lang string
		text Text
		want string
	}{
		{"en", T("%d days", 1), "1 day"},
		{"en", T("%d days", 1234), "1,234 days"},
		{"zh-TW", T("%d days", 1), "1天"},
		{
			"en", T("%s have enough history; %d are too new and are only checked for being new", T("%d resources", 9), 1),
			"9 resources have enough history; 1 is too new and is only checked for being new",
		},
		{"en", T("to %s", day("2026-11-27")), "to 27 Nov 2026"},
		{"en", T("%s", Short(day("2026-11-27"))), "27 Nov"},
		{"zh-Hant", T("%s", day("2026-11-27")), "2026年11月27日"},
		{"zh-Hant", T("%s", usage.Period{From: day("2026-11-01"), To: day("2026-12-01")}), "2026年11月1日至30日"},
		{"zh-Hant", T("%s", usage.Period{From: day("2025-12-12"), To: day("2026-01-12")}), "2025年12月12日至2026年1月11日"},
		{"en", T("%s", usage.Period{From: day("2026-06-12"), To: day("2026-07-12")}), "12 Jun to 11 Jul 2026"},
		{"en", T("%s of %s", T("%d days", 2), eur("-1234.5")), "2 days of EUR −1,234.50"},
		{"en", T("%s", Approx(eur("1234.5"))), "EUR 1,235"},
		{"en", T("%s", Approx(eur("12.345"))), "EUR 12"},
		{"en", T("%s", Approx(eur("9.876"))), "EUR 9.88"},
		{"en", T("%s", Approx(eur("5"))), "EUR 5"},
		{"en", T("%s", Run{day("2026-11-03"), day("2026-11-06")}), "3–5 Nov"},
		{"en", T("%s", Run{day("2026-10-28"), day("2026-11-04")}), "28 Oct – 3 Nov"},
		{"en", T("%s", Run{day("2026-11-03"), day("2026-11-04")}), "3 Nov"},
		{"zh-Hant", T("%s", Run{day("2026-11-03"), day("2026-11-06")}), "11月3日至5日"},
		{"zh-Hant", T("%s", Run{day("2026-10-28"), day("2026-11-04")}), "10月28日至11月3日"},
		{"en", Sentences([]Text{Said("One."), Said("Two.")}), "One. Two."},
		{"zh-Hant", Sentences([]Text{Said("一。"), Said("二。")}), "一。二。"},
		{"en", Sentences(nil), ""},
		{"en", T("%s", Difference(eur("1234.5"))), "+1,234.50"},
		{"en", T("%s", Change(3.14)), "+3.1%"},
		{"en", T("%s", Change(-0.001)), "0%"},
		{"en", Said("100 %d"), "100 %d"},
		{"en", Join([]Text{T("%d days", 1), Said("b")}, "; "), "1 day; b"},
		{"en", Text{}, ""},
	} {
		l, err := New(c.lang)
		if err != nil {
			t.Fatal(err)
		}
		if got := l.Say(c.text); got != c.want {
			t.Errorf("%s: %q, not %q", c.lang, got, c.want)
		}
	}
}

func TestLanguages(t *testing.T) {
	for lang, want := range map[string]string{
		"": "en", "en": "en", "en-GB": "en", "zh-Hant": "zh-Hant", "zh-TW": "zh-Hant",
		"zh_TW": "zh-Hant", "zh-HK": "zh-Hant",
	} {
		if l, err := New(lang); err != nil || l.Lang != want {
			t.Errorf("%q is %v, %v", lang, l, err)
		}
	}
	for _, lang := range []string{"zh", "zh-CN", "de", "!", "zh-Hans-TW"} {
		if l, err := New(lang); err == nil {
			t.Errorf("%q is %s", lang, l.Lang)
		}
	}
}

func TestMoney(t *testing.T) {
	l, err := New("")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct{ currency, amount, want string }{
		{"EUR", "1234567.891", "1,234,567.89"},
		{"EUR", "-1234.5", minus + "1,234.50"},
		{"EUR", "0", "0.00"},
		{"EUR", "0.001", "<0.01"},
		{"JPY", "1234.4", "1,234"},
		{"KWD", "1.2345", "1.235"},
	} {
		if got := l.Money(usage.Money{Amount: usage.MustDecimal(c.amount), Currency: c.currency}); got != c.want {
			t.Errorf("%s %s is %q, want %q", c.currency, c.amount, got, c.want)
		}
	}
}

// A range whose ends would read the same is told in whole units.
func TestRanges(t *testing.T) {
	t.Parallel()
	l, err := New("en")
	if err != nil {
		t.Fatal(err)
	}
	eur := func(s string) usage.Money { return usage.Money{Amount: usage.MustDecimal(s), Currency: "EUR"} }
	for _, c := range []struct{ low, high, want string }{
		{"40148.12", "42611.9", "40,100 to 42,600"},
		{"2046.31", "2053.8", "2,046 to 2,054"},
		{"2050.1", "2050.2", "2,050 to 2,050"},
		{"12.31", "12.34", "12.31 to 12.34"},
	} {
		if got := l.AboutOf(eur(c.low), eur(c.high)) + " to " + l.AboutOf(eur(c.high), eur(c.low)); got != c.want {
			t.Errorf("%s to %s: %s, want %s", c.low, c.high, got, c.want)
		}
	}
}
