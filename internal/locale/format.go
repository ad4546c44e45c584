package locale

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"usagereport/usage"
)

// What a Text may hold beside texts, numbers, and the words of usage.
type (
	Approx     usage.Money  // an estimate: whole units from ten on
	Difference usage.Money  // with its sign, without the currency
	Short      usage.Day    // a day without its year
	Run        usage.Period // days without their year: "3–5 Nov"
	Share      float64      // percent: "12%"
	Change     float64      // percent, with its sign: "+12%"
	About      usage.Money  // an estimate to three digits, without the currency
	Whole      usage.Money  // in whole units from ten on, without the currency
	Rise       usage.Money  // the same with its sign
	Exact      usage.Money  // to the currency's minor digits, without the currency
	Month      usage.Day    // the month of a day: "November"
	MonthYear  usage.Day    // with its year: "November 2026"
	Number     int          // up to ten in words
	Leading    int          // the same as the first word of a sentence
	Strong     Text         // must not be overlooked
)

// Emphasis is what Format hands to wrap for a Strong: its words, wrapped already.
type Emphasis string

// minus is the sign of a negative number.
const minus = "−"

// Dated names a period: a calendar month by its month, any other by its days.
func Dated(span usage.Period) Text {
	if span == span.From.Month() {
		return T("%s", MonthYear(span.From))
	}
	return T("%s", span)
}

// Bill names the billing period called name, where it has a name beside its dates by that, too.
func Bill(name string, span usage.Period) Text {
	if name != span.Name() {
		return T("Bill %s, %s", Name(name, 120), span)
	}
	return Dated(span)
}

// TheBill is Bill within a sentence.
func TheBill(name string, span usage.Period) Text {
	if name != span.Name() {
		return T("bill %s, %s", Name(name, 120), span)
	}
	return Dated(span)
}

// WithCode puts the currency before an amount, where the files name one: "EUR 43,000".
func (l *Locale) WithCode(amount, currency string) string {
	if currency == "" || currency == usage.NoCurrency {
		return amount
	}
	return currency + " " + amount
}

// Money returns m rounded to its currency's minor digits, with thousands
// separators: "41,200.00". What is not nothing never reads as nothing: below
// the smallest unit it is "<0.01".
func (l *Locale) Money(m usage.Money) string {
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

// Signed returns money with its sign always shown, for differences.
func (l *Locale) Signed(m usage.Money) string {
	s := l.Money(m)
	if m.Amount.Sign() > 0 {
		return "+" + s
	}
	return s
}

// About returns an estimate to three significant digits: it promises no more.
func (l *Locale) About(m usage.Money) string {
	if m.Amount.Abs().Cmp(usage.DecimalOf(100)) < 0 {
		return l.Money(m)
	}
	d, _, err := usage.ParseDecimal(strconv.FormatFloat(m.Amount.Float64(), 'e', 2, 64))
	if err != nil {
		return l.Money(m)
	}
	return group(d.Round(0).Text(0))
}

// AboutOf returns an end of a range as About does, in whole units where the other end would read the same.
func (l *Locale) AboutOf(m, other usage.Money) string {
	if s := l.About(m); s != l.About(other) {
		return s
	}
	return l.approx(m)
}

// approx returns an amount as a sentence says it.
func (l *Locale) approx(m usage.Money) string {
	digits := usage.MinorDigits(m.Currency)
	if m.Amount.Round(digits).Sign() == 0 {
		return l.Money(m) // below the least digit is not nothing
	}
	if math.Abs(m.Amount.Float64()) >= 10 || m.Amount == m.Amount.Round(0) {
		digits = 0
	}
	return group(m.Amount.Round(digits).Text(digits))
}

// numbers are those that a sentence spells out.
//
//nolint:gochecknoglobals // words, not options
var numbers = [...]string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"}

// number returns a small number in words, in English.
func (l *Locale) number(n int, leading bool) string {
	if l.Lang != English || n < 0 || n >= len(numbers) {
		return group(strconv.Itoa(n))
	}
	word := numbers[n]
	if leading {
		word = strings.ToUpper(word[:1]) + word[1:]
	}
	return word
}

// Count returns a whole number with thousands separators.
func (l *Locale) Count(n any) string { return group(fmt.Sprint(n)) }

// Quantity returns an amount of something used, to two digits after the point:
// "1,234.50", "0.003" where there is nothing before them.
func (l *Locale) Quantity(d usage.Decimal) string {
	digits := 2
	for digits < 6 && d.Sign() != 0 && d.Round(digits).Abs().Cmp(usage.DecimalOf(0)) == 0 {
		digits++
	}
	return group(d.Round(digits).Text(0))
}

// group puts thousands separators into a plain decimal number and sets the
// typographic minus. English and Chinese agree on both.
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

// Percent returns a share: "12%", "0.4%".
func (l *Locale) Percent(p float64) string {
	digits := 0
	if -9.95 < p && p < 9.95 {
		digits = 1
	}
	s := group(strconv.FormatFloat(p, 'f', digits, 64))
	if strings.Trim(s, minus+"0.") == "" {
		s = "0"
	}
	return s + "%"
}

// Change returns a relative change with its sign: "+12%".
func (l *Locale) Change(p float64) string {
	s := l.Percent(p)
	if p > 0 && s != "0%" {
		return "+" + s
	}
	return s
}

// A dates says days: layouts of package time.
type dates struct {
	day, short, month string
	same              string // the first day of a span within the month of its last
	between           string // first and last day of a span
}

func (l *Locale) dates() dates {
	if l.Lang == TraditionalChinese {
		return dates{day: "2006年1月2日", short: "1月2日", month: "2006年1月", between: "%s至%s"}
	}
	return dates{day: "2 Jan 2006", short: "2 Jan", month: "Jan 2006", same: "2", between: "%s to %s"}
}

// Day returns a day as people write it: "27 Nov 2026", "2026年11月27日".
func (l *Locale) Day(d usage.Day) string {
	if d == 0 {
		return l.Say(T("no day"))
	}
	return d.Time().Format(l.dates().day)
}

// ShortDay returns a day without its year: "27 Nov".
func (l *Locale) ShortDay(d usage.Day) string { return d.Time().Format(l.dates().short) }

// Run returns days without their year, as a word of a sentence: "3–5 Nov",
// "28 Oct – 3 Nov", "11月3日至5日".
func (l *Locale) Run(p usage.Period) string {
	a, b := p.From, p.Last()
	sameMonth := a.Month() == b.Month()
	switch {
	case p.Days() == 1:
		return l.ShortDay(b)
	case l.Lang == TraditionalChinese && sameMonth:
		return l.ShortDay(a) + "至" + b.Time().Format("2日")
	case l.Lang == TraditionalChinese:
		return l.ShortDay(a) + "至" + l.ShortDay(b)
	case sameMonth:
		return a.Time().Format("2") + "–" + l.ShortDay(b)
	}
	return l.ShortDay(a) + " – " + l.ShortDay(b)
}

// TinyDay returns a day in the fewest signs: "27 Nov", "11/27".
func (l *Locale) TinyDay(d usage.Day) string {
	if l.Lang == TraditionalChinese {
		return d.Time().Format("1/2")
	}
	return l.ShortDay(d)
}

// Month returns the month of a day: "Nov 2026".
func (l *Locale) Month(d usage.Day) string { return d.Time().Format(l.dates().month) }

// fullMonth returns the name of the month of a day: "November", "11月".
func (l *Locale) fullMonth(d usage.Day, year bool) string {
	layout := "January"
	switch {
	case l.Lang == TraditionalChinese && year:
		layout = "2006年1月"
	case l.Lang == TraditionalChinese:
		layout = "1月"
	case year:
		layout = "January 2006"
	}
	return d.Time().Format(layout)
}

// MonthName returns the name of the month of a day: "Nov".
func (l *Locale) MonthName(d usage.Day) string {
	if l.Lang == TraditionalChinese {
		return d.Time().Format("1月")
	}
	return d.Time().Format("Jan")
}

// Weekday returns the short name of a day of the week: "Mon".
func (l *Locale) Weekday(w time.Weekday) string {
	return l.Say([]Text{T("Sun"), T("Mon"), T("Tue"), T("Wed"), T("Thu"), T("Fri"), T("Sat")}[w])
}

// Span returns the first and the last day of p, saying month and year once
// where both share them: "1 to 30 Nov 2026", "2026年11月1日至30日".
func (l *Locale) Span(p usage.Period) string {
	if p.Empty() {
		return l.Say(T("no days"))
	}
	by := l.dates()
	a, b := p.From.Time(), p.Last().Time()
	if p.Days() == 1 {
		return b.Format(by.day)
	}
	first, last := by.day, by.day
	sameYear := a.Year() == b.Year()
	sameMonth := sameYear && a.Month() == b.Month()
	if l.Lang == TraditionalChinese { // the longer part stands first
		switch {
		case sameMonth:
			last = "2日"
		case sameYear:
			last = by.short
		}
	} else {
		switch {
		case sameMonth:
			first = by.same
		case sameYear:
			first = by.short
		}
	}
	return fmt.Sprintf(by.between, a.Format(first), b.Format(last))
}
