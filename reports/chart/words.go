package chart

import (
	"time"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// Words returns the words that stand in charts and that the page's script
// says. The script finds them in the page, as data, so that it knows no
// language.
func Words(l *locale.Locale) map[string]string {
	out := map[string]string{}
	for key, t := range map[string]locale.Text{
		"no data":       locale.T("no data"),
		"incomplete":    locale.T("incomplete"),
		"above":         locale.T("above the usual range"),
		"expected":      locale.T("expected {amount}"),
		"usual":         locale.T("usually {low} to {high}"),
		"prior":         locale.T("prior period {amount}"),
		"step":          locale.T("from {from} to {to}"),
		"torn":          locale.T("Grey bars are cut short; amounts are whole."),
		"filter":        locale.T("Show rows with"),
		"rows":          locale.T("{shown} of {all} rows"),
		"dark":          locale.T("Dark"),
		"light":         locale.T("Light"),
		"dark colours":  locale.T("Switch to dark colours"),
		"light colours": locale.T("Switch to light colours"),
	} {
		out[key] = l.Say(t)
	}
	for i := range 7 {
		if i > 0 {
			out["weekdays"] += " "
		}
		out["weekdays"] += weekday(l, i)
	}
	return out
}

// minus is the sign of a negative number.
const minus = "−"

// monthName returns the month of a day as a calendar heads it: "Nov", "Nov
// 2026".
func monthName(l *locale.Locale, d usage.Day, year bool) string {
	if year {
		return l.Month(d)
	}
	return l.MonthName(d)
}

// weekday names a day of the week from Monday (0).
func weekday(l *locale.Locale, i int) string { return l.Weekday(time.Weekday((i + 1) % 7)) }
