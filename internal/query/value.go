package query

import (
	"cmp"
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// values writes the values of one column: typ is DuckDB's name of its type,
// digits the number of fraction digits down to which zeros are cut.
type values struct {
	typ    string
	digits int
}

// A scalar is a value as text, and whether JSON writes that text without quotes.
type scalar struct {
	text string
	bare bool
}

// scalar returns v as text. ok is false for what has parts.
func (f values) scalar(v any) (s scalar, ok bool) {
	switch v := v.(type) {
	case nil:
		return scalar{"null", true}, true
	case string:
		return scalar{text: v}, true
	case bool:
		return scalar{strconv.FormatBool(v), true}, true
	case duckdb.Decimal:
		if v.Scale == usage.Scale {
			if d, ok := usage.DecimalFromBig(v.Value); ok {
				return scalar{text: d.Text(f.digits)}, true
			}
		}
		return scalar{text: decimalText(v, f.digits)}, true
	case usage.Decimal:
		return scalar{text: v.Text(f.digits)}, true
	case usage.Money:
		return scalar{text: v.Text()}, true
	case usage.Day:
		if v == 0 {
			return scalar{"null", true}, true
		}
		return scalar{text: v.String()}, true
	case *big.Int:
		return scalar{v.String(), v.IsInt64() && exactFloat(v.Int64())}, true
	case time.Time:
		return scalar{text: f.timeText(v)}, true
	case []byte:
		return scalar{text: f.bytesText(v)}, true
	case duckdb.Interval:
		return scalar{text: fmt.Sprintf("%d months %d days %s seconds", v.Months, v.Days,
			decimalText(duckdb.Decimal{Scale: 6, Value: big.NewInt(v.Micros)}, 0))}, true
	case duckdb.Bit:
		return scalar{text: v.String()}, true
	case duckdb.Union:
		return f.scalar(v.Value)
	}
	switch r := reflect.ValueOf(v); r.Kind() {
	case reflect.String:
		return scalar{text: r.String()}, true
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		return scalar{strconv.FormatInt(r.Int(), 10), exactFloat(r.Int())}, true
	case reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return scalar{strconv.FormatUint(r.Uint(), 10), r.Uint() <= 1<<53}, true
	case reflect.Float32, reflect.Float64:
		return floatText(r.Float(), r.Type().Bits()), true
	}
	return scalar{}, false
}

// exactFloat reports whether every reader of JSON reads n exactly, also one
// that knows no numbers but float64.
func exactFloat(n int64) bool { return -1<<53 <= n && n <= 1<<53 }

// floatText returns x in the form of JSON; what JSON has no number for is
// "NaN", "Infinity" or "-Infinity", in quotes there.
func floatText(x float64, bits int) scalar {
	switch {
	case math.IsNaN(x):
		return scalar{text: "NaN"}
	case math.IsInf(x, 1):
		return scalar{text: "Infinity"}
	case math.IsInf(x, -1):
		return scalar{text: "-Infinity"}
	}
	form := byte('f')
	if a := math.Abs(x); a != 0 && (a < 1e-6 || a >= 1e21) {
		form = 'e'
	}
	return scalar{strconv.FormatFloat(x, form, -1, bits), true}
}

// decimalText returns d exactly, its trailing zeros cut down to digits.
func decimalText(d duckdb.Decimal, digits int) string {
	s := new(big.Int).Abs(d.Value).String()
	scale := int(d.Scale)
	if len(s) <= scale {
		s = strings.Repeat("0", scale+1-len(s)) + s
	}
	whole, frac := s[:len(s)-scale], s[len(s)-scale:]
	for len(frac) > digits && frac[len(frac)-1] == '0' {
		frac = frac[:len(frac)-1]
	}
	if frac != "" {
		whole += "." + frac
	}
	if d.Value.Sign() < 0 {
		whole = "-" + whole
	}
	return whole
}

// timeText returns a date, a timestamp or a time of day. The driver yields all
// three as time.Time, a time of day in the year 1.
func (f values) timeText(t time.Time) string {
	switch {
	case t.Year() >= 294247:
		return "infinity"
	case t.Year() <= -290308:
		return "-infinity"
	case strings.HasPrefix(f.typ, "TIMETZ"):
		return t.Format("15:04:05.999999Z07:00")
	case f.typ == "TIME", t.Year() == 1 && f.typ != "DATE" && strings.Contains(f.typ, "TIME") && !strings.Contains(f.typ, "TIMESTAMP"):
		return t.Format("15:04:05.999999")
	}
	t = t.UTC()
	if f.typ != "TIMESTAMPTZ" && t.Equal(t.Truncate(24*time.Hour)) {
		return t.Format(time.DateOnly)
	}
	return t.Format(time.RFC3339Nano)
}

// bytesText returns a UUID in its usual form and other bytes as DuckDB shows a
// BLOB: printable ASCII as it is, the rest as \xHH.
func (f values) bytesText(b []byte) string {
	if u := (duckdb.UUID{}); len(b) == len(u) && strings.Contains(f.typ, "UUID") {
		copy(u[:], b)
		return u.String()
	}
	var s strings.Builder
	for _, c := range b {
		if c < ' ' || c > '~' || c == '\\' || c == '\'' || c == '"' {
			fmt.Fprintf(&s, `\x%02X`, c)
			continue
		}
		s.WriteByte(c)
	}
	return s.String()
}

// text returns v as the text of a cell: NULL is empty, what has parts is JSON.
func (f values) text(v any) string {
	s, ok := f.scalar(v)
	switch {
	case !ok:
		return string(f.appendJSON(nil, v))
	case s.bare && s.text == "null":
		return ""
	}
	return s.text
}

// appendJSON appends v as JSON. The keys of a map or a struct are sorted.
func (f values) appendJSON(b []byte, v any) []byte {
	if s, ok := f.scalar(v); ok && s.bare {
		return append(b, s.text...)
	} else if ok {
		return appendString(b, s.text)
	}
	switch v := v.(type) {
	case []any:
		b = append(b, '[')
		for i, e := range v {
			if i > 0 {
				b = append(b, ',')
			}
			b = f.appendJSON(b, e)
		}
		return append(b, ']')
	case map[string]any:
		return f.appendObject(b, pairsOf(v))
	case duckdb.OrderedMap:
		keys, vals := v.Keys(), v.Values()
		pairs := make([]pair, len(keys))
		for i, k := range keys {
			pairs[i] = pair{f.text(k), vals[i]}
		}
		return f.appendObject(b, pairs)
	case duckdb.Union:
		return f.appendJSON(b, v.Value)
	}
	// A value of a command's own, such as []string or map[string]string.
	j, err := json.Marshal(v)
	if err != nil {
		return appendString(b, fmt.Sprint(v))
	}
	return append(b, j...)
}

type pair struct {
	key   string
	value any
}

func pairsOf(m map[string]any) []pair {
	pairs := make([]pair, 0, len(m))
	for k, v := range m {
		pairs = append(pairs, pair{k, v})
	}
	return pairs
}

func (f values) appendObject(b []byte, pairs []pair) []byte {
	slices.SortStableFunc(pairs, func(p, q pair) int { return cmp.Compare(p.key, q.key) })
	b = append(b, '{')
	for i, p := range pairs {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, p.key), ':')
		b = f.appendJSON(b, p.value)
	}
	return append(b, '}')
}

// appendString appends s as a JSON string. Unlike encoding/json it leaves < > &
// as they are, and escapes what could steer a terminal.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b = append(b, '\\', byte(r))
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case r > 0xffff && hidden(r):
			hi, lo := utf16.EncodeRune(r)
			b = fmt.Appendf(b, `\u%04x\u%04x`, hi, lo)
		case hidden(r):
			b = fmt.Appendf(b, `\u%04x`, r)
		default:
			b = utf8.AppendRune(b, r)
		}
	}
	return append(b, '"')
}

// hidden reports whether r shows nothing of itself but may change how the rest
// is shown: control characters, bidirectional overrides, marks without width.
// The two joiners are spared: scripts and emoji need them.
func hidden(r rune) bool {
	return r != '\u200c' && r != '\u200d' && unicode.In(r, unicode.Cc, unicode.Cf, unicode.Zl, unicode.Zp)
}

// Visible returns s on one line and safe to show on a terminal: control
// characters, line breaks and bidirectional overrides are written as in a Go
// string, an escape as \x1b.
func Visible(s string) string {
	if utf8.ValidString(s) && strings.IndexFunc(s, hidden) < 0 {
		return s
	}
	var b strings.Builder
	for i, r := range s {
		_, size := utf8.DecodeRuneInString(s[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			fmt.Fprintf(&b, `\x%02x`, s[i])
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\t':
			b.WriteString(`\t`)
		case !hidden(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r <= 0xffff:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	return b.String()
}
