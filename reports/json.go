package reports

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"math"
	"reflect"
	"slices"
	"strings"
	"unicode"

	"usagereport/analysis"
	"usagereport/analysis/bridge"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// Schema names the form of what WriteJSON writes. Fields may be added to it; one
// that goes, or means something else, makes it the next number.
const Schema = "usagereport/report/1"

// WriteJSON writes the model itself, as docs/report.schema.json describes it.
// What the analysis learns to say is in it without a line here: keys are the
// fields' names in snake_case, or what their json tags say.
func WriteJSON(w io.Writer, r *analysis.Report, o Options) error {
	l, err := locale.New(o.Lang)
	if err != nil {
		return err
	}
	b := jsonBuffer{l: l}
	b.WriteString(`{"schema":`)
	b.text(Schema)
	b.fields(reflect.ValueOf(r).Elem(), 2, false)
	b.WriteByte('}')
	var out bytes.Buffer
	if err := json.Indent(&out, b.Bytes(), "", "  "); err != nil {
		return fmt.Errorf("report as JSON: %w", err)
	}
	out.WriteByte('\n')
	if _, err := out.WriteTo(w); err != nil {
		return fmt.Errorf("write report: %w", err)
	}
	return nil
}

type jsonBuffer struct {
	bytes.Buffer
	l *locale.Locale
}

// value appends v. Amounts without a currency of their own are cut down to
// digits fraction digits; encoding/json knows no such context.
func (b *jsonBuffer) value(v reflect.Value, digits int) {
	if v.Kind() == reflect.Pointer {
		if v.IsNil() {
			b.WriteString("null")
			return
		}
		v = v.Elem()
	}
	switch x := v.Interface().(type) {
	case usage.Money:
		b.text(x.Text())
		return
	case usage.Decimal:
		b.text(x.Text(digits))
		return
	case usage.Day:
		if x == 0 {
			b.WriteString("null")
			return
		}
		b.text(x.String())
		return
	case locale.Text:
		b.text(b.l.Say(x))
		return
	case bridge.Bridge:
		b.WriteByte('{')
		for i, lane := range bridge.Lanes() {
			if lane.Special() && x[lane].Sign() == 0 {
				continue // hardly a bill has any
			}
			if i > 0 {
				b.WriteByte(',')
			}
			b.text(lane.String())
			b.WriteByte(':')
			b.text(x[lane].Text(digits))
		}
		b.WriteByte('}')
		return
	}
	switch v.Kind() {
	case reflect.Struct:
		b.WriteByte('{')
		b.fields(v, digits, true)
		b.WriteByte('}')
	case reflect.Slice:
		b.WriteByte('[')
		for i := range v.Len() {
			if i > 0 {
				b.WriteByte(',')
			}
			b.value(v.Index(i), digits)
		}
		b.WriteByte(']')
	case reflect.Map: // of names to names
		keys := map[string]reflect.Value{}
		for k, e := range v.Seq2() {
			keys[k.String()] = e
		}
		b.WriteByte('{')
		for i, k := range slices.Sorted(maps.Keys(keys)) {
			if i > 0 {
				b.WriteByte(',')
			}
			b.text(k)
			b.WriteByte(':')
			b.value(keys[k], digits)
		}
		b.WriteByte('}')
	case reflect.String:
		b.text(v.String())
	case reflect.Float64:
		if math.IsNaN(v.Float()) || math.IsInf(v.Float(), 0) {
			b.WriteString("null")
			return
		}
		fmt.Fprint(&b.Buffer, v.Float())
	default: // whole numbers, true and false
		fmt.Fprint(&b.Buffer, v.Interface())
	}
}

// fields appends the fields of the struct v; first is set where nothing stands
// before them.
func (b *jsonBuffer) fields(v reflect.Value, digits int, first bool) {
	if c := v.FieldByName("Currency"); c.IsValid() && c.Kind() == reflect.String {
		digits = usage.MinorDigits(c.String())
	}
	unknown := unknownOf(v.Interface())
	for _, f := range jsonFields(v.Type()) {
		value := v.FieldByIndex(f.index)
		if f.omitEmpty && value.IsZero() {
			continue
		}
		if !first {
			b.WriteByte(',')
		}
		first = false
		b.text(f.key)
		b.WriteByte(':')
		if slices.Contains(unknown, f.name) {
			b.WriteString("null")
			continue
		}
		b.value(value, digits)
	}
}

// unknownOf returns the fields of v whose zero is no amount: a reader must not
// take them for one.
func unknownOf(v any) (fields []string) {
	switch d := v.(type) {
	case analysis.DayCost:
		if d.NoData {
			fields = append(fields, "Actual")
		}
		if !d.HasBand {
			fields = append(fields, "Expected", "Low", "High")
		}
	case analysis.Mover:
		if d.Status == analysis.NotKnown {
			fields = append(fields, "Prior", "Delta")
		}
	case analysis.Prior:
		if d.NoRate {
			fields = append(fields, "Same", "Total", "Delta")
		}
	case analysis.OwnerStanding:
		if d.NoRate {
			fields = append(fields, "Spent")
		}
	case analysis.MeterDay:
		if d.NoData {
			fields = append(fields, "Cost", "Quantity")
		}
	}
	return fields
}

// A jsonField is a field of a struct as JSON has it.
type jsonField struct {
	name, key string
	index     []int
	omitEmpty bool
}

// jsonFields returns the fields of a struct, embedded ones in place.
func jsonFields(t reflect.Type) []jsonField {
	var out []jsonField
	for _, f := range reflect.VisibleFields(t) {
		key, option, _ := strings.Cut(f.Tag.Get("json"), ",")
		if !f.IsExported() || f.Anonymous || key == "-" {
			continue
		}
		if key == "" {
			key = snake(f.Name)
		}
		out = append(out, jsonField{name: f.Name, key: key, index: f.Index, omitEmpty: option == "omitempty"})
	}
	return out
}

// snake writes a Go name in snake_case: "LoadID" is "load_id".
func snake(name string) string {
	var b strings.Builder
	for i, r := range name {
		if unicode.IsUpper(r) {
			if i > 0 && !unicode.IsUpper(rune(name[i-1])) {
				b.WriteByte('_')
			}
			r = unicode.ToLower(r)
		}
		b.WriteRune(r)
	}
	return b.String()
}

// text appends s as a JSON string in which nothing steers a terminal.
func (b *jsonBuffer) text(s string) {
	b.WriteByte('"')
	for _, r := range s {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r <= 0xffff && steers(r):
			fmt.Fprintf(&b.Buffer, `\u%04x`, r)
		default:
			b.WriteRune(r) // what is no UTF-8 comes as U+FFFD
		}
	}
	b.WriteByte('"')
}

// steers reports whether r is no sign but acts on those beside it: a control, a
// change of direction, a line's end.
func steers(r rune) bool {
	return unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == '\ufeff'
}
