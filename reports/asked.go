package reports

import (
	"fmt"

	"usagereport/analysis"
	"usagereport/internal/locale"
	"usagereport/usage"
)

// An askedView is what saved queries answered.
type askedView struct {
	Asked []analysis.Asked
}

func viewAsked(_ *locale.Locale, r *analysis.Report, _ *analysis.Part) (any, bool) {
	return askedView{r.Asked}, len(r.Asked) > 0
}

func askedTables(r *analysis.Report, _ *analysis.Part) []Table {
	var all []Table
	for i, q := range r.Asked {
		t := Table{Name: fmt.Sprintf("asked-%d", i+1), Title: locale.Said(q.Title), Own: true}
		for range q.Rows {
			t.Rows = append(t.Rows, make([]any, len(q.Columns)))
		}
		for j, c := range q.Columns {
			column := texts(locale.Said(c.Name))
			if figures := figuresOf(q, j); figures != nil {
				column.Kind = Quantity
				for i, d := range figures {
					t.Rows[i][j] = d
				}
			} else {
				for i := range t.Rows {
					t.Rows[i][j] = wordsOrNil(q.Rows[i][j])
				}
			}
			t.Columns = append(t.Columns, column)
		}
		all = append(all, t)
	}
	return all
}

// figuresOf returns column j as decimals, nil for those that are missing; and nil
// where it is not one of numbers.
func figuresOf(q analysis.Asked, j int) []any {
	if !q.Columns[j].Number {
		return nil
	}
	all := make([]any, len(q.Rows))
	for i, row := range q.Rows {
		if row[j] == "" {
			continue
		}
		d, rounded, err := usage.ParseDecimal(row[j])
		if err != nil || rounded { // of a floating-point number: inf
			return nil
		}
		all[i] = d
	}
	return all
}

func wordsOrNil(s string) any {
	if s == "" {
		return nil
	}
	return s
}
