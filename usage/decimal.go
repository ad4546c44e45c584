package usage

import (
	"errors"
	"fmt"
	"math"
	"math/big"
	"math/bits"
	"strconv"
	"strings"
)

// Scale is the number of fraction digits that the ledger keeps of an amount or
// a quantity. Files carry up to 28; beyond Scale a value is rounded half away
// from zero, as DuckDB's CAST to DECIMAL does.
const Scale = 18

const pow10to18 = 1_000_000_000_000_000_000

// A Decimal is an exact decimal number with 18 fraction digits and up to 20
// digits before the point: the value of a DuckDB DECIMAL(38,18). Its zero value
// is 0, and == compares values.
type Decimal struct {
	hi int64
	lo uint64
}

// ErrDecimalRange says that a number does not fit a Decimal.
var ErrDecimalRange = errors.New("has more than 20 digits before the decimal point")

// errDecimalSyntax says that a text is not a number.
var errDecimalSyntax = errors.New("is not a decimal number")

// DecimalOf returns n as a Decimal.
func DecimalOf(n int64) Decimal {
	d := fromParts(abs64(n), 0)
	if n < 0 {
		d = d.Neg()
	}
	return d
}

// DecimalFromBig returns the Decimal whose value is unscaled / 10^18, and
// whether it fits.
func DecimalFromBig(unscaled *big.Int) (Decimal, bool) {
	var m big.Int
	m.Abs(unscaled)
	if m.Cmp(limit) >= 0 {
		return Decimal{}, false
	}
	var lo, hi big.Int
	lo.And(&m, new(big.Int).SetUint64(^uint64(0)))
	hi.Rsh(&m, 64)
	d := Decimal{hi: int64(hi.Uint64()), lo: lo.Uint64()}
	if unscaled.Sign() < 0 {
		d = d.Neg()
	}
	return d, true
}

// limit is 10^38, the first unscaled magnitude that DECIMAL(38,18) cannot hold.
var limit = new(big.Int).Exp(big.NewInt(10), big.NewInt(38), nil)

// ParseDecimal reads a plain decimal number: an optional sign, digits with at
// most one point, an optional exponent. It reports whether digits beyond the
// eighteenth of the fraction were rounded away. Thousands separators, currency
// signs and blanks are errors.
func ParseDecimal[T string | []byte](s T) (d Decimal, rounded bool, err error) {
	i, neg := 0, false
	if len(s) > 0 && (s[0] == '-' || s[0] == '+') {
		neg = s[0] == '-'
		i = 1
	}
	// The usual case, without allocation: up to 18 digits on each side.
	var whole, frac uint64
	n := 0
	for ; i < len(s) && s[i]-'0' <= 9 && n < 18; i++ {
		whole = whole*10 + uint64(s[i]-'0')
		n++
	}
	digits := n
	if i < len(s) && s[i] == '.' {
		i++
		n = 0
		for ; i < len(s) && s[i]-'0' <= 9 && n < 18; i++ {
			frac = frac*10 + uint64(s[i]-'0')
			n++
		}
		digits += n
		frac *= tens[18-n]
	}
	if i < len(s) || digits == 0 {
		return parseLong(string(s))
	}
	d = fromParts(whole, frac)
	if neg {
		d = d.Neg()
	}
	return d, false, nil
}

// parseLong reads what ParseDecimal's short path does not: long numbers and
// exponents.
func parseLong(s string) (d Decimal, rounded bool, err error) {
	body, exp := s, 0
	if k := strings.IndexAny(s, "eE"); k >= 0 {
		body = s[:k]
		if exp, err = strconv.Atoi(s[k+1:]); err != nil || len(s)-k > 6 {
			return Decimal{}, false, errDecimalSyntax
		}
	}
	neg := strings.HasPrefix(body, "-")
	body = strings.TrimPrefix(strings.TrimPrefix(body, "-"), "+")
	if len(s)-len(body) > 1 && (strings.HasPrefix(s, "-+") || strings.HasPrefix(s, "+-")) {
		return Decimal{}, false, errDecimalSyntax
	}
	whole, frac, _ := strings.Cut(body, ".")
	digits := whole + frac
	if digits == "" || strings.Trim(digits, "0123456789") != "" || len(digits) > 400 {
		return Decimal{}, false, errDecimalSyntax
	}
	var m big.Int
	m.SetString(digits, 10)
	// The value is m * 10^(exp - len(frac)); the unscaled value has 18 more.
	shift := exp - len(frac) + Scale
	switch {
	case m.Sign() == 0:
	case shift >= 0:
		if shift > 60 {
			return Decimal{}, false, ErrDecimalRange
		}
		m.Mul(&m, pow10(shift))
	default:
		var q, r big.Int
		p := pow10(-shift)
		q.QuoRem(&m, p, &r)
		rounded = r.Sign() != 0
		if r.Lsh(&r, 1).Cmp(p) >= 0 {
			q.Add(&q, big.NewInt(1))
		}
		m = q
	}
	if neg {
		m.Neg(&m)
	}
	d, ok := DecimalFromBig(&m)
	if !ok {
		return Decimal{}, false, ErrDecimalRange
	}
	return d, rounded, nil
}

// MustDecimal is ParseDecimal for constants; it panics on what is not a number.
func MustDecimal(s string) Decimal {
	d, _, err := ParseDecimal(s)
	if err != nil {
		panic(fmt.Sprintf("decimal %q: %v", s, err))
	}
	return d
}

// fromParts returns whole + frac/10^18.
func fromParts(whole, frac uint64) Decimal {
	hi, lo := bits.Mul64(whole, pow10to18)
	lo, carry := bits.Add64(lo, frac, 0)
	return Decimal{hi: int64(hi + carry), lo: lo}
}

// Parts returns the digits before the point and the eighteen after it, both
// with d's sign: d = whole + frac/10^18, as two 64-bit integers. ok is false where whole has more than 18 digits.
func (d Decimal) Parts() (whole, frac int64, ok bool) {
	m := d.Abs()
	if uint64(m.hi) >= pow10to18 {
		return 0, 0, false
	}
	w, f := bits.Div64(uint64(m.hi), m.lo, pow10to18)
	if w >= pow10to18 {
		return 0, 0, false
	}
	whole, frac = int64(w), int64(f)
	if d.hi < 0 {
		whole, frac = -whole, -frac
	}
	return whole, frac, true
}

// Words returns d times 10^18 as a 128-bit integer in two's complement, as
// DuckDB keeps a DECIMAL(38,18) in memory.
func (d Decimal) Words() (hi int64, lo uint64) { return d.hi, d.lo }

// Add returns d + e.
func (d Decimal) Add(e Decimal) Decimal {
	lo, carry := bits.Add64(d.lo, e.lo, 0)
	return Decimal{hi: d.hi + e.hi + int64(carry), lo: lo}
}

// Sub returns d - e.
func (d Decimal) Sub(e Decimal) Decimal { return d.Add(e.Neg()) }

// Neg returns -d.
func (d Decimal) Neg() Decimal {
	lo, borrow := bits.Sub64(0, d.lo, 0)
	return Decimal{hi: -d.hi - int64(borrow), lo: lo}
}

// Abs returns d without its sign.
func (d Decimal) Abs() Decimal {
	if d.hi < 0 {
		return d.Neg()
	}
	return d
}

// Sign returns -1, 0 or 1.
func (d Decimal) Sign() int {
	switch {
	case d.hi < 0:
		return -1
	case d.hi == 0 && d.lo == 0:
		return 0
	}
	return 1
}

// Cmp returns -1, 0 or 1 as d is less than, equal to or greater than e.
func (d Decimal) Cmp(e Decimal) int {
	switch {
	case d.hi != e.hi:
		if d.hi < e.hi {
			return -1
		}
		return 1
	case d.lo != e.lo:
		if d.lo < e.lo {
			return -1
		}
		return 1
	}
	return 0
}

// Big returns d times 10^18.
func (d Decimal) Big() *big.Int {
	m := d.Abs()
	b := new(big.Int).SetUint64(uint64(m.hi))
	b.Lsh(b, 64).Or(b, new(big.Int).SetUint64(m.lo))
	if d.hi < 0 {
		b.Neg(b)
	}
	return b
}

// Float64 returns the nearest float64, for statistics and for drawing; never
// for sums.
func (d Decimal) Float64() float64 {
	m := d.Abs()
	hi, lo := uint64(m.hi), m.lo
	length := bits.Len64(hi) + 64
	if hi == 0 {
		length = bits.Len64(lo)
	}
	if length == 0 {
		return 0
	}
	// As many bits are divided as leave 63 or 64 of the quotient. What is beyond them is told from nothing
	// by the last bit, so that they are rounded once.
	const divided = 123
	up := divided - length
	var beyond uint64
	switch {
	case up >= 64:
		hi, lo = lo<<(up-64), 0
	case up >= 0:
		hi, lo = hi<<up|lo>>(64-up), lo<<up
	default:
		beyond = lo << (64 + up)
		hi, lo = hi>>-up, hi<<(64+up)|lo>>-up
	}
	q, r := bits.Div64(hi, lo, pow10to18)
	if beyond|r != 0 {
		q |= 1
	}
	f := math.Ldexp(float64(q), -up)
	if d.hi < 0 {
		return -f
	}
	return f
}

// DecimalFromFloat returns f to eighteen digits, for the statistics' results
// (expected costs and bands), which are estimates. It is 0 for what is no
// number or does not fit.
func DecimalFromFloat(f float64) Decimal {
	d, _, err := ParseDecimal(fmt.Sprintf("%.6f", f))
	if err != nil {
		return Decimal{}
	}
	return d
}

// Round returns d with the given number of fraction digits, half away from
// zero; d itself if that is more than a Decimal holds.
func (d Decimal) Round(digits int) Decimal {
	if digits >= Scale {
		return d
	}
	p := pow10(Scale - digits)
	var q, r big.Int
	q.QuoRem(d.Abs().Big(), p, &r)
	if r.Lsh(&r, 1).Cmp(p) >= 0 {
		q.Add(&q, big.NewInt(1))
	}
	q.Mul(&q, p)
	if d.hi < 0 {
		q.Neg(&q)
	}
	out, ok := DecimalFromBig(&q)
	if !ok {
		return d
	}
	return out
}

// Hundredth returns d / 100, the last digit half away from zero, and whether that is exact.
func (d Decimal) Hundredth() (out Decimal, exact bool) {
	var q, r big.Int
	hundred := big.NewInt(100)
	q.QuoRem(d.Abs().Big(), hundred, &r)
	exact = r.Sign() == 0
	if r.Cmp(big.NewInt(50)) >= 0 {
		q.Add(&q, big.NewInt(1))
	}
	if d.hi < 0 {
		q.Neg(&q)
	}
	out, _ = DecimalFromBig(&q) // it is smaller
	return out, exact
}

// String returns d exactly, without trailing zeros.
func (d Decimal) String() string { return d.Text(0) }

// MarshalText writes d exactly.
func (d Decimal) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (d *Decimal) UnmarshalText(b []byte) (err error) {
	*d, _, err = ParseDecimal(b)
	return err
}

// Text returns d exactly, its trailing zeros cut down to min fraction digits:
// "751.70" for min 2, and "0.000001" as it is.
func (d Decimal) Text(min int) string {
	var digits [64]byte
	s := d.Abs().digits(digits[:0])
	whole, frac := s[:len(s)-Scale], s[len(s)-Scale:]
	for len(frac) > min && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	var out [64]byte
	text := out[:0]
	if d.hi < 0 {
		text = append(text, '-')
	}
	text = append(text, whole...)
	if len(frac) > 0 {
		text = append(append(text, '.'), frac...)
	}
	return string(text)
}

// digits appends those of d, which is not negative: one or more before the point and 18
// after it.
func (d Decimal) digits(b []byte) []byte {
	whole, frac, ok := d.Parts()
	if !ok {
		return d.Big().Append(b, 10) // it has 37 digits or more
	}
	b = strconv.AppendInt(b, whole, 10)
	at := len(b)
	b = append(b, "000000000000000000"...)
	for i := at + Scale - 1; frac > 0; i-- {
		b[i] = byte('0' + frac%10)
		frac /= 10
	}
	return b
}

var tens = func() (t [19]uint64) {
	t[0] = 1
	for i := 1; i < len(t); i++ {
		t[i] = t[i-1] * 10
	}
	return t
}()

func pow10(n int) *big.Int { return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(n)), nil) }

func abs64(n int64) uint64 {
	if n < 0 {
		return uint64(-n)
	}
	return uint64(n)
}
