package reports

import (
	"fmt"
	"html/template"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/sending/delivery"
	"usagereport/usage"
)

// nameLimit is how many characters of a name are shown.
const nameLimit = 160

// textLimit is how many characters of a sentence are shown; names stand in it.
const textLimit = 800

// funcs returns the functions of the templates in one language. They are the
// only place where the page's numbers and dates become text. What carries its
// exact value in the markup (money, days) is markup.
func funcs(l *locale.Locale, o Options) template.FuncMap {
	data := func(show func(usage.Money) string) func(usage.Money) template.HTML {
		return func(m usage.Money) template.HTML {
			return template.HTML(`<data value="` + template.HTMLEscapeString(m.Text()) + `">` + template.HTMLEscapeString(show(m)) + `</data>`)
		}
	}
	return template.FuncMap{
		"t":      func(key string, args ...any) template.HTML { return markup(l, locale.T(key, args...)) },
		"money":  data(l.Money),
		"plain":  l.Money, // in a table so long that the markup of exact amounts would weigh
		"tiny":   l.ShortDay,
		"rise":   func(m usage.Money) locale.Text { return locale.T("%s", locale.Rise(m)) },
		"exact":  data(usage.Money.Text),
		"signed": data(l.Signed),
		"about":  data(l.About),
		"aboutof": func(m, other usage.Money) template.HTML {
			return data(func(m usage.Money) string { return l.AboutOf(m, other) })(m)
		},
		"code":    func(currency string) string { return code(l, currency) },
		"day":     func(d usage.Day) template.HTML { return timeOf(d, l.Day(d)) },
		"short":   func(d usage.Day) template.HTML { return timeOf(d, l.ShortDay(d)) },
		"span":    l.Span,
		"found":   foundWith,
		"weekday": func(d usage.Day) string { return l.Weekday(d.Weekday()) },
		"percent": func(p *float64) string { return orNothing(l.Percent, p) },
		"change":  func(p *float64) string { return orNothing(l.Change, p) },
		"count":   l.Count,
		"amount":  func(d usage.Decimal) string { return l.Quantity(d) },
		"figure": func(s string) string {
			d, _, err := usage.ParseDecimal(s)
			if err != nil {
				return shown(l, s, nameLimit)
			}
			whole, fraction, _ := strings.Cut(l.Quantity(d), ".")
			if !strings.Contains(s, ".") {
				return whole
			}
			return whole + "." + (fraction + "00")[:max(2, len(fraction))]
		},
		"quantity": func(d usage.Decimal, unit string) template.HTML {
			return template.HTML(template.HTMLEscapeString(l.Quantity(d)) + " " + string(isolated(shown(l, unit, 40))))
		},
		"name":    func(v any) string { return shown(l, v, nameLimit) },
		"bdi":     func(v any) template.HTML { return isolated(shown(l, v, nameLimit)) },
		"text":    func(v any) string { return shown(l, v, textLimit) },
		"say":     func(t locale.Text) template.HTML { return markup(l, t) },
		"word":    func(v any) string { return l.Say(word(fmt.Sprint(v))) },
		"divided": divided,
		"next":    analysis.Finding.Next,
		"period":  func(p analysis.PeriodInfo) locale.Text { return daysText(p.Span, p.Elapsed) },
		"lasts":   lasts,
		"pair":    func(first, second any) pair { return pair{first, second} },
		"quote":   shellQuote,
		"replies": func(f analysis.Finding, p *analysis.Part) []delivery.Answer { return o.replies(l, f.ID, p) },
		"drill": func(d usage.Dimension, value string) string {
			if o.Live == nil || o.Live.Drill == nil || value == "" {
				return ""
			}
			return o.Live.Drill(d, value)
		},
		"inside": func(f analysis.Finding) string {
			if o.Live == nil || o.Live.Finding == nil {
				return ""
			}
			return o.Live.Finding(f)
		},
		"live":      func() bool { return o.Live != nil },
		"answersTo": func() string { return o.AnswersTo },
		"add":       func(a, b int) int { return a + b },
		"last":      usage.Period.Last,
		"bill":      invoiceKind,
		"billed":    locale.Bill,
		"theBill":   locale.TheBill,
		"stepShown": stepShown,
		"only":      func(comment string) template.HTML { return template.HTML(comment) }, // for one program, which other programs pass over
	}
}

// markup says t for a page: what goes into its holes is escaped, unless it is
// markup of the functions above.
func markup(l *locale.Locale, t locale.Text) template.HTML {
	return template.HTML(l.Format(t, func(v any) any {
		switch v := v.(type) {
		case template.HTML:
			return string(v)
		case locale.Emphasis:
			return "<em>" + string(v) + "</em>"
		case int, int64:
			return v
		}
		return template.HTMLEscapeString(fmt.Sprint(v))
	}))
}

// timeOf marks up a day.
func timeOf(d usage.Day, text string) template.HTML {
	return template.HTML(`<time datetime="` + d.String() + `">` + template.HTMLEscapeString(text) + `</time>`)
}

// isolated marks up a name from the data, so that its direction stays inside.
func isolated(s string) template.HTML {
	return template.HTML("<bdi>" + template.HTMLEscapeString(s) + "</bdi>")
}

// shown returns v, a name or a locale.Text, fit to be shown.
func shown(l *locale.Locale, v any, limit int) string {
	if t, ok := v.(locale.Text); ok {
		return locale.Name(l.Say(t), limit)
	}
	switch s := locale.Name(fmt.Sprint(v), limit); s {
	case "(none)":
		return l.Say(locale.T("(none)"))
	case "(all others)":
		return l.Say(locale.T("(all others)"))
	case "(no resource)":
		return l.Say(locale.T("(no resource)"))
	case "(no resource group)":
		return l.Say(locale.T("(no resource group)"))
	default:
		return s
	}
}

func orNothing(show func(float64) string, p *float64) string {
	if p == nil {
		return ""
	}
	return show(*p)
}

// code returns how a currency is called on the page.
func code(l *locale.Locale, currency string) string {
	if currency == "" || currency == usage.NoCurrency {
		return l.Say(locale.T("(no currency named)"))
	}
	return locale.Name(currency, 12)
}

// word returns what a word of the model means to a budget owner: a finding's
// kind, a period's state, a charge's category, a dimension. Others stay as they
// are.
func word[S ~string](text S) locale.Text {
	switch s := string(text); s {
	case string(usage.KindLevel):
		return locale.T("lasting change")
	case string(usage.KindSpike):
		return locale.T("spike")
	case string(usage.KindDrift):
		return locale.T("gradual change")
	case string(usage.KindPrice):
		return locale.T("price change")
	case string(usage.KindNew):
		return locale.T("new")
	case string(usage.KindGone):
		return locale.T("gone")
	case string(analysis.MovedIn):
		return locale.T("moved in")
	case string(analysis.MovedOut):
		return locale.T("moved out")
	case "unknown":
		return locale.T("the period before is not known")
	case string(usage.KindUnused):
		return locale.T("unused commitment")
	case string(usage.KindUnitCost):
		return locale.T("unit cost")
	case string(usage.KindMissing):
		return locale.T("missing charge")
	case string(usage.SeverityHigh):
		return locale.T("High")
	case string(usage.SeverityMedium):
		return locale.T("Medium")
	case string(usage.SeverityLow):
		return locale.T("Low")
	case string(usage.Open):
		return locale.T("open")
	case string(usage.Closing):
		return locale.T("closing")
	case string(usage.Closed):
		return locale.T("closed")
	case string(usage.Invoiced):
		return locale.T("invoiced")
	case "Usage":
		return locale.T("Usage")
	case "Purchase":
		return locale.T("Purchase")
	case "Credit":
		return locale.T("Credit")
	case "Tax":
		return locale.T("Tax")
	case "Adjustment":
		return locale.T("Adjustment")
	case "Service":
		return locale.T("Service")
	case "Resource group":
		return locale.T("Resource group")
	case "Subscription":
		return locale.T("Subscription")
	case "Resource":
		return locale.T("Resource")
	case "Meter":
		return locale.T("Meter")
	case "Region":
		return locale.T("Region")
	case "Billing account":
		return locale.T("Billing account")
	case "Owner":
		return locale.T("Owner")
	}
	return locale.Said(string(text))
}

// A pair is two values for a template that takes one.
type pair struct{ First, Second any }
