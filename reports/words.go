package reports

import (
	"encoding/json"
	"html/template"
	"strings"

	"usagereport/locale"
	"usagereport/usage"
)

// words returns the words that stand in charts and that the page's script
// says. The script finds them in the page, as data, so that it knows no
// language.
func words() map[string]string {
	return map[string]string{
		"no data":       "no data",
		"incomplete":    "incomplete",
		"above":         "above the usual",
		"expected":      "expected {amount}",
		"usual":         "usually {low} to {high}",
		"prior":         "prior period {amount}",
		"step":          "from {from} to {to}",
		"torn":          "Grey bars are cut short; amounts are whole.",
		"weekdays":      "Mon Tue Wed Thu Fri Sat Sun",
		"dark":          "Dark",
		"light":         "Light",
		"dark colours":  "Switch to dark colours",
		"light colours": "Switch to light colours",
	}
}

// wordsData returns words as the content of a data block.
func wordsData() (template.JS, error) {
	b, err := json.Marshal(words())
	return template.JS(b), err
}

// money is an amount in a chart.
func money(m usage.Money) string {
	l, err := locale.New("")
	if err != nil {
		return m.Text()
	}
	return l.Money(m)
}

// signed is a difference in a chart.
func signed(m usage.Money) string {
	if m.Amount.Sign() > 0 {
		return "+" + money(m)
	}
	return money(m)
}

// minus is the sign of a negative number.
const minus = "−"

// shortDay returns a day as an axis names it: "27 Nov".
func shortDay(d usage.Day) string { return d.Time().Format("2 Jan") }

// monthName returns the month of a day as a calendar heads it: "Nov", "Nov
// 2026".
func monthName(d usage.Day, year bool) string {
	if year {
		return d.Time().Format("Jan 2006")
	}
	return d.Time().Format("Jan")
}

// weekday names a day of the week from Monday (0).
func weekday(i int) string { return strings.Fields(words()["weekdays"])[i] }
