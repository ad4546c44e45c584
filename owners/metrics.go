package owners

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// maxMetrics is how many metrics a file may have, those of several values of a dimension apart.
const maxMetrics = 200

// ParseMetrics reads the bytes of the file of metrics at path: date, name, value, and a column for
// each dimension whose cost a line is about, which dimension finds by its name. What is wrong it
// returns as smallcsv.Errors, joined, all at once.
func ParseMetrics(path string, b []byte, dimension func(string) (usage.Dimension, error)) ([]usage.Metric, error) {
	must := []string{"date", "name", "value"}
	table, err := smallcsv.Parse(path, b, smallcsv.Columns{Known: must, Must: must, Others: true})
	if table == nil {
		return nil, err
	}
	dims := map[string]usage.Dimension{}
	for _, column := range table.Header {
		if slices.Contains(must, column) {
			continue
		}
		d, err := dimension(column)
		if err != nil {
			d, err = dimension(strings.ReplaceAll(column, "_", " "))
		}
		if err != nil || column == "" || d == usage.Owner {
			return nil, &smallcsv.Error{
				Path: path, Line: 1, Column: column,
				Reason: "is no dimension; the columns are date, name, value, and those of dimensions, like service or one of dimensions.csv",
			}
		}
		for other, have := range dims {
			if have == d {
				return nil, &smallcsv.Error{
					Path: path, Line: 1, Column: column,
					Reason: fmt.Sprintf("is the same dimension as the column %s; leave one of them out", other),
				}
			}
		}
		dims[column] = d
	}
	var out []usage.Metric
	at := map[string]int{}
	lines := map[string]int{}
	errs := []error{err} // of lines that are not in it
	for _, row := range table.Rows {
		fail := func(column, format string, args ...any) {
			e := row.Wrong(column, fmt.Sprintf(format, args...))
			errs = append(errs, e)
		}
		m := usage.Metric{Name: row.Get("name"), Values: map[usage.Day]usage.Decimal{}}
		for _, column := range table.Header {
			if d, ok := dims[column]; ok && row.Get(column) != "" {
				m.Scope = append(m.Scope, usage.ScopeTerm{Dimension: d, Value: row.Get(column)})
			}
		}
		day, dayErr := usage.ParseDay(row.Get("date"))
		text, clear := smallcsv.Amount(row.Get("value"))
		value, rounded, err := usage.ParseDecimal(text)
		switch {
		case dayErr != nil || !usage.AllDays().Contains(day):
			fail("date", "is not a date like 2026-03-31")
			continue
		case m.Name == "" || len(m.Name) > 64:
			fail("name", "is not a name of 1 to 64 bytes")
			continue
		case !clear:
			fail("value", "%s", smallcsv.TwoAmounts)
			continue
		case err != nil || rounded || text == "":
			fail("value", "is not a number like 1200 or 3.5")
			continue
		case value.Sign() < 0:
			fail("value", "is below 0, and no cost can be divided by it")
			continue
		}
		series := strings.ToLower(m.Name) + "\x00" + strings.ToLower(m.Of())
		key := series + "\x00" + day.String()
		if first, known := lines[key]; known {
			fail("date", "has a value of %s on line %d already", m.Name, first)
			continue
		}
		lines[key] = row.Line
		i, known := at[series]
		if !known {
			if len(out) == maxMetrics {
				fail("name", "is one more than %d, which a file may have", maxMetrics)
				continue
			}
			i, out = len(out), append(out, m)
			at[series] = i
		}
		out[i].Values[day] = value
	}
	return out, errors.Join(errs...)
}
