package analysis

import (
	"database/sql"
	"fmt"
	"strconv"
	"strings"
	"time"

	"usagereport/usage"
)

// given writes the parameters of a statement into it, and returns those that stay: DuckDB plans
// a statement with parameters twice, once before it knows their values.
func given(statement string, args []any) (string, []any) {
	values := map[string]string{}
	var stay []any
	for _, arg := range args {
		p, named := arg.(sql.NamedArg)
		value, ok := "", false
		if named {
			value, ok = inSQL(p.Value)
		}
		if !ok {
			stay = append(stay, arg)
			continue
		}
		values[p.Name] = value
	}
	if len(values) == 0 {
		return statement, stay
	}
	var b strings.Builder
	for line := range strings.Lines(statement) {
		code, comment, _ := strings.Cut(line, "--")
		for {
			before, after, more := strings.Cut(code, "$")
			b.WriteString(before)
			if !more {
				break
			}
			end := strings.IndexFunc(after, func(r rune) bool { return r != '_' && (r < 'a' || r > 'z') && (r < '0' || r > '9') })
			if end < 0 {
				end = len(after)
			}
			if value, known := values[after[:end]]; known {
				b.WriteString(value)
			} else {
				b.WriteString("$" + after[:end])
			}
			code = after[end:]
		}
		if comment != "" {
			b.WriteString("\n")
		}
	}
	return b.String(), stay
}

// inSQL writes a value as SQL does, of the type that the driver would give it.
func inSQL(v any) (string, bool) {
	switch v := v.(type) {
	case nil:
		return "NULL", true
	case string:
		return usage.Literal(v) + "::VARCHAR", true
	case bool:
		return strconv.FormatBool(v), true
	case int:
		return strconv.Itoa(v) + "::BIGINT", true
	case int64:
		return strconv.FormatInt(v, 10) + "::BIGINT", true
	case time.Time:
		if v = v.UTC(); v.Equal(v.Truncate(24 * time.Hour)) {
			return "DATE '" + usage.DayOf(v).String() + "'", true
		}
	case []int64:
		var b strings.Builder
		for i, n := range v {
			if i > 0 {
				b.WriteString(", ")
			}
			fmt.Fprint(&b, n)
		}
		return "[" + b.String() + "]", true
	}
	return "", false
}
