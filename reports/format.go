package reports

import (
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"unicode"

	"usagereport/usage"
)

// minus is the sign of a negative number on the page.
const minus = "−"

// nameLimit is how many characters of a name are shown.
const nameLimit = 160

// textLimit is how many characters of a sentence are shown; names stand in it.
const textLimit = 800

// funcs returns the functions of the templates. They are the only place where
// the page's numbers and dates become text.
func funcs() template.FuncMap {
	return template.FuncMap{
		"money":   money,
		"exact":   usage.Money.Text,
		"signed":  signed,
		"about":   about,
		"code":    code,
		"day":     longDay,
		"iso":     usage.Day.String,
		"span":    span,
		"percent": percent,
		"change":  change,
		"count":   count,
		"plural":  plural,
		"name":    func(s string) string { return name(s, nameLimit) },
		"text":    func(s string) string { return name(s, textLimit) },
		"kind":    kind,
		"add":     func(a, b int) int { return a + b },
		"last":    usage.Period.Last,
	}
}

// money returns m rounded to its currency's minor digits, with thousands
// separators: "41,200.00". What is not nothing never reads as nothing: below
// the smallest unit it is "<0.01".
func money(m usage.Money) string {
	digits := usage.MinorDigits(m.Currency)
	d := m.Amount.Round(digits)
	if d.Sign() == 0 && m.Amount.Sign() != 0 {
		unit := usage.Money{Amount: smallest(digits), Currency: m.Currency}
		if m.Amount.Sign() < 0 {
			return ">" + minus + unit.Text()
		}
		return "<" + unit.Text()
	}
	return group(d.Text(digits))
}

// smallest returns 10^-digits.
func smallest(digits int) usage.Decimal {
	return usage.MustDecimal("1e-" + strconv.Itoa(digits))
}

// group puts thousands separators into a plain decimal number and sets the
// typographic minus.
func group(s string) string {
	sign := ""
	if strings.HasPrefix(s, "-") {
		sign, s = minus, s[1:]
	}
	whole, frac, point := strings.Cut(s, ".")
	var b strings.Builder
	for i, c := range whole {
		if i > 0 && (len(whole)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(c)
	}
	if point {
		b.WriteString("." + frac)
	}
	return sign + b.String()
}

// signed returns money with its sign always shown, for differences.
func signed(m usage.Money) string {
	s := money(m)
	if m.Amount.Sign() > 0 {
		return "+" + s
	}
	return s
}

// about returns an estimate to three significant digits: it promises no more.
func about(m usage.Money) string {
	if m.Amount.Abs().Cmp(usage.DecimalOf(100)) < 0 {
		return money(m)
	}
	d, _, err := usage.ParseDecimal(strconv.FormatFloat(m.Amount.Float64(), 'e', 2, 64))
	if err != nil {
		return money(m)
	}
	return group(d.Round(0).Text(0))
}

// code returns how a currency is called on the page.
func code(currency string) string {
	if currency == "" || currency == usage.NoCurrency {
		return "(no currency named)"
	}
	return name(currency, 12)
}

// longDay returns a day as people write it: "27 Nov 2026".
func longDay(d usage.Day) string {
	if d == 0 {
		return "no day"
	}
	return d.Time().Format("2 Jan 2006")
}

// span returns the first and the last day of p, saying month and year once
// where both share them: "1 to 30 Nov 2026".
func span(p usage.Period) string {
	if p.Empty() {
		return "no days"
	}
	a, b := p.From.Time(), p.Last().Time()
	layout := "2 Jan 2006"
	switch {
	case p.Days() == 1:
		return b.Format(layout)
	case a.Year() == b.Year() && a.Month() == b.Month():
		layout = "2"
	case a.Year() == b.Year():
		layout = "2 Jan"
	}
	return a.Format(layout) + " to " + b.Format("2 Jan 2006")
}

// percent returns a share: "12 %", "0.4 %".
func percent(p *float64) string {
	if p == nil {
		return ""
	}
	return strings.Replace(ratio(*p), "-", minus, 1) + " %"
}

// change returns a relative change with its sign: "+12 %".
func change(p *float64) string {
	s := percent(p)
	if p != nil && *p > 0 {
		return "+" + s
	}
	return s
}

func ratio(p float64) string {
	digits := 0
	if -9.95 < p && p < 9.95 {
		digits = 1
	}
	s := group(strconv.FormatFloat(p, 'f', digits, 64))
	if strings.Trim(s, minus+"0.") == "" {
		return "0"
	}
	return s
}

// count returns a whole number with thousands separators.
func count(n any) string { return group(fmt.Sprint(n)) }

// plural returns "1 file", "2 files".
func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return count(n) + " " + many
}

// name makes a name from the data fit to be shown: on one line, without the
// control and direction characters by which a name can pose as another, cut
// after limit characters. A name of nothing says so.
func name(s string, limit int) string {
	var b strings.Builder
	n := 0
	for _, r := range s {
		if n == limit {
			b.WriteRune('…')
			break
		}
		switch {
		case unicode.IsSpace(r):
			r = ' '
		case unicode.IsControl(r), unicode.Is(unicode.Bidi_Control, r), r == '\u2028', r == '\u2029', r == '\ufeff':
			r = unicode.ReplacementChar
		}
		b.WriteRune(r)
		n++
	}
	if strings.TrimSpace(b.String()) == "" {
		return "(none)"
	}
	return b.String()
}

// kind returns what a finding's kind means to a budget owner.
func kind(k string) string {
	switch k {
	case "level":
		return "lasting change"
	case "spike":
		return "spike"
	case "drift":
		return "slow drift"
	case "price":
		return "price change"
	case "new":
		return "new"
	case "gone":
		return "gone"
	case "missing":
		return "missing charge"
	}
	return k
}
