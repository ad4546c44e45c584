package loader

import (
	"errors"
	"math/big"
	"regexp"
	"strings"
	"unicode"

	"usagereport/usage"
)

func bigHundred() *big.Int { return big.NewInt(100) }

// marks are the characters with which a file's amounts are written.
type marks struct {
	decimal  byte // '.' or ','
	grouping byte // the other
}

var errMoney = errors.New(`is not an amount like "$1,234.56 USD"`)

// errAmbiguousMoney says that nothing in the file distinguishes 1,234 from 1.234.
var errAmbiguousMoney = errors.New("the amounts in its Statement section could mean thousands or decimals (like 1,234); " +
	"say which with --decimals point or --decimals comma")

// The digits of an amount, without sign and currency: in groups of three behind one
// kind of mark, or in none; then a fraction behind another mark. India's groups
// above the first are of two.
var (
	plainDigits = regexp.MustCompile(`^(\d+)?([.,]\d*)?$`)
	grouped     = regexp.MustCompile(`^\d{1,3}((\.\d{3})+|(,\d{3})+|('\d{3})+|( \d{3})+)([.,]\d*)?$`)
	indian      = regexp.MustCompile(`^\d{1,2}(,\d{2})*,\d{3}(\.\d*)?$`)
)

// digitsOf returns the digits and marks of an amount of money in currency. Around
// them may stand blanks, one sign (in front or behind, parentheses, CR or DR), and
// the currency's own sign or code. Anything else is no amount.
func digitsOf(v, currency string) (body string, negative bool, ok bool) {
	v = strings.Map(func(r rune) rune {
		switch r {
		case '\u00a0', '\u202f', '\u2009', '\t':
			return ' '
		case '−', '–':
			return '-'
		case '’':
			return '\''
		}
		return r
	}, v)
	signs := 0
	sign := func(minus bool) {
		signs++
		negative = negative || minus
	}
	v = strings.TrimSpace(v)
	for {
		v = strings.TrimSpace(v)
		switch {
		case strings.HasPrefix(v, "(") && strings.HasSuffix(v, ")"):
			sign(true)
			v = v[1 : len(v)-1]
			continue
		case strings.HasPrefix(v, "-"), strings.HasPrefix(v, "+"):
			sign(v[0] == '-')
			v = v[1:]
			continue
		case strings.HasSuffix(v, "-"), strings.HasSuffix(v, "+"):
			sign(v[len(v)-1] == '-')
			v = v[:len(v)-1]
			continue
		}
		if word, rest, front := around(v); word != "" && !strings.ContainsAny(word, "0123456789") {
			upper := strings.ToUpper(word)
			switch {
			case !front && (upper == "CR" || upper == "DR"):
				sign(upper == "CR")
			case !means(word, currency):
				return "", false, false
			}
			v = rest
			continue
		}
		break
	}
	if signs > 1 || !strings.ContainsAny(v, "0123456789") {
		return "", false, false
	}
	switch {
	case plainDigits.MatchString(v):
	case grouped.MatchString(v) && oneFraction(v):
		v = strings.NewReplacer("'", "", " ", "").Replace(v)
	case currency == "INR" && indian.MatchString(v):
	default:
		return "", false, false
	}
	return v, negative, true
}

// oneFraction reports whether the mark of a fraction is not also that of the groups:
// 1,234,56 is no amount.
func oneFraction(v string) bool {
	i := strings.LastIndexAny(v, ".,")
	if i < 0 || len(v)-i-1 == 3 {
		return true
	}
	return strings.IndexByte(v, v[i]) == i
}

// around returns the letters and signs that stand in front of the digits of v, or
// behind them, and the rest.
func around(v string) (word, rest string, front bool) {
	part := func(r rune) bool { return !unicode.IsDigit(r) && !strings.ContainsRune(" .,'-+()", r) }
	if i := strings.IndexFunc(v, func(r rune) bool { return !part(r) }); i > 0 {
		word, rest = v[:i], v[i:]
		if strings.HasPrefix(rest, ".") && len(rest) > 1 && !unicode.IsDigit(rune(rest[1])) { // kr. and Fr.
			rest = rest[1:]
		}
		return word, rest, true
	}
	end := strings.TrimSuffix(v, ".")
	if i := strings.LastIndexFunc(end, func(r rune) bool { return !part(r) }); i >= 0 && i < len(end)-1 {
		return end[i+1:], end[:i+1], false
	}
	return "", v, false
}

// means reports whether a word or sign beside an amount can be that of currency: its
// code, or a sign that is not another currency's.
func means(word, currency string) bool {
	if strings.EqualFold(word, currency) {
		return true
	}
	own, known := map[string]string{
		"€": "EUR", "£": "GBP", "₹": "INR", "Rs": "INR", "₩": "KRW", "₽": "RUB", "₺": "TRY", "TL": "TRY", "₪": "ILS", "zł": "PLN",
		"Kč": "CZK", "Ft": "HUF",
		"lei": "RON", "лв": "BGN", "US$": "USD", "C$": "CAD", "CA$": "CAD", "A$": "AUD", "AU$": "AUD", "NZ$": "NZD", "HK$": "HKD",
		"NT$": "TWD", "S$": "SGD",
		"R$": "BRL", "MX$": "MXN", "R": "ZAR", "RM": "MYR", "Rp": "IDR", "฿": "THB", "₱": "PHP", "₫": "VND", "CN¥": "CNY", "JP¥": "JPY",
	}[word]
	switch {
	case known:
		return own == currency || currency == usage.NoCurrency
	case word == "$": // of many
		return strings.Contains("USD CAD AUD NZD HKD TWD SGD MXN BRL ARS CLP COP UYU JMD BSD BBD BZD FJD TTD XCD NAD LRD "+usage.NoCurrency,
			currency)
	case word == "¥", word == "\uffe5": // the wide one
		return strings.Contains("JPY CNY "+usage.NoCurrency, currency)
	case word == "kr", word == "Fr", word == "SFr":
		return strings.Contains("NOK SEK DKK ISK CHF "+usage.NoCurrency, currency)
	}
	return false
}

// marksOf finds how all of a file's amounts are written, if said does not say it; each alone
// may be ambiguous, but for one of three digits in a currency without minor units.
func marksOf(values, currencies []string, said Decimals) (marks, error) {
	point := marks{'.', ','}
	comma := marks{',', '.'}
	switch said {
	case DecimalPoint:
		return point, nil
	case DecimalComma:
		return comma, nil
	}
	votes := map[marks]bool{}
	ambiguous := false
	for n, v := range values {
		body, _, ok := digitsOf(v, currencies[n])
		if !ok {
			continue // parse will say so, with its address
		}
		i, j := strings.LastIndexByte(body, '.'), strings.LastIndexByte(body, ',')
		switch {
		case i >= 0 && j >= 0 && i > j:
			votes[point] = true
		case i >= 0 && j >= 0:
			votes[comma] = true
		case i < 0 && j < 0:
		default:
			at, m := max(i, j), point
			if j >= 0 {
				m = comma
			}
			switch {
			case strings.Count(body, string(body[at])) > 1: // several: grouping
				votes[marks{m.grouping, m.decimal}] = true
			case len(body)-at-1 != 3 || body[0] == '0' && at == 1 || at == 0 || at > 3:
				votes[m] = true
			case usage.MinorDigits(currencies[n]) == 0:
				votes[marks{m.grouping, m.decimal}] = true
			default:
				ambiguous = true
			}
		}
	}
	switch {
	case votes[point] && votes[comma]:
		return marks{}, errors.New("the amounts in its Statement section mix decimal points and decimal commas")
	case votes[comma]:
		return comma, nil
	case votes[point] || !ambiguous:
		return point, nil
	}
	return marks{}, errAmbiguousMoney
}

// parse reads an amount of money in currency.
func (m marks) parse(v, currency string) (usage.Decimal, bool, error) {
	body, negative, ok := digitsOf(v, currency)
	if !ok {
		return usage.Decimal{}, false, errMoney
	}
	whole, fraction, found := strings.Cut(body, string(m.decimal))
	if found && strings.ContainsAny(fraction, ".,") {
		return usage.Decimal{}, false, errMoney
	}
	body = strings.ReplaceAll(whole, string(m.grouping), "") + "." + fraction
	d, rounded, err := usage.ParseDecimal(body)
	if err != nil {
		return d, false, errMoney
	}
	if d.Cmp(maxQuantity()) > 0 {
		return d, false, errHuge
	}
	if negative {
		d = d.Neg()
	}
	return d, rounded, nil
}
