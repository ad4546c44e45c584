package loader

import (
	"errors"
	"math/big"
	"strings"

	"usagereport/usage"
)

func bigHundred() *big.Int { return big.NewInt(100) }

// marks are the characters with which a file's amounts are written.
type marks struct {
	decimal  byte // '.' or ','
	grouping byte // the other
}

var errMoney = errors.New(`is not an amount like "$1,234.56 USD"`)

// errAmbiguousMoney says that nothing in the file tells 1,234 from 1.234.
var errAmbiguousMoney = errors.New("the amounts in its Statement section could mean thousands or decimals (like 1,234); usagereport does not guess")

// digitsOf returns the digits, signs and marks of an amount of money, without
// currency sign, code and blanks. An amount in parentheses is negative.
func digitsOf(v string) (body string, negative bool, ok bool) {
	negative = strings.HasPrefix(v, "(") && strings.HasSuffix(v, ")")
	var b strings.Builder
	last := -1 // where the digits ended
	for i, r := range v {
		switch {
		case r >= '0' && r <= '9':
			if b.Len() > 0 && last >= 0 && strings.TrimLeft(v[last:i], ".,'’ \u00a0\u202f") != "" {
				return "", false, false // digits in two places
			}
			b.WriteString(strings.Map(func(r rune) rune {
				if r == '.' || r == ',' {
					return r
				}
				return -1
			}, between(v, last, i)))
			b.WriteRune(r)
			last = i + 1
		case (r == '-' || r == '−') && b.Len() == 0:
			negative = true
		}
	}
	return b.String(), negative, b.Len() > 0
}

func between(v string, from, to int) string {
	if from < 0 {
		return ""
	}
	return v[from:to]
}

// marksOf finds how all of a file's amounts are written; each alone may be
// ambiguous.
func marksOf(values []string) (marks, error) {
	point := marks{'.', ','}
	comma := marks{',', '.'}
	votes := map[marks]bool{}
	ambiguous := false
	for _, v := range values {
		body, _, ok := digitsOf(v)
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
			case len(body)-at-1 != 3 || body[0] == '0' && at == 1:
				votes[m] = true
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

// parse reads an amount of money.
func (m marks) parse(v string) (usage.Decimal, bool, error) {
	body, negative, ok := digitsOf(v)
	if !ok {
		return usage.Decimal{}, false, errMoney
	}
	body = strings.ReplaceAll(body, string(m.grouping), "")
	body = strings.ReplaceAll(body, string(m.decimal), ".")
	d, rounded, err := usage.ParseDecimal(body)
	if err != nil {
		return d, false, errMoney
	}
	if negative {
		d = d.Neg()
	}
	return d, rounded, nil
}
