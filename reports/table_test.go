package reports

import (
	"testing"

	"usagereport/internal/locale"
	"usagereport/usage"
)

// fits reports whether v can stand in a column of kind k.
func (k Kind) fits(v any) bool {
	ok := v == nil
	switch v.(type) {
	case string, locale.Text:
		ok = k == Words
	case usage.Money:
		ok = k == Amount || k == Change
	case Estimate:
		ok = k == Amount
	case int:
		ok = k == Count
	case float64:
		ok = k == Share || k == Growth
	case usage.Day:
		ok = k == Date
	case usage.Decimal:
		ok = k == Quantity
	}
	return ok
}

// Every page says what it says in tables too, each cell as its column has it,
// and a total is the sum of what stands above it.
func TestTables(t *testing.T) {
	for _, page := range Pages() {
		if page.Tables == nil {
			t.Fatalf("the page %s has no tables: markdown and spreadsheets would lack it", page.Name)
		}
	}
	for name, r := range all() {
		for _, c := range chapters(r) {
			names := map[string]bool{}
			for _, table := range c.Tables {
				where := name + ": " + c.Title.String() + ": " + table.Name
				if names[table.Name] || table.Name == "" || table.Title.Empty() || len(table.Rows) == 0 {
					t.Errorf("%s: has no name of its own, no title or no rows", where)
				}
				names[table.Name] = true
				rows := table.Rows
				if table.Total != nil {
					rows = append(rows[:len(rows):len(rows)], table.Total)
				}
				for _, row := range rows {
					if len(row) != len(table.Columns) {
						t.Fatalf("%s: a row of %d cells under %d columns", where, len(row), len(table.Columns))
					}
					for i, v := range row {
						if !table.Columns[i].Kind.fits(v) {
							t.Errorf("%s: %T under %q", where, v, table.Columns[i].Title)
						}
					}
				}
				if name == "huge" || table.Total == nil {
					continue // a model whose lists nobody added up
				}
				for i, v := range table.Total {
					total, ok := v.(usage.Money)
					if !ok {
						continue
					}
					var sum usage.Decimal
					for _, row := range table.Rows {
						if m, ok := row[i].(usage.Money); ok {
							sum = sum.Add(m.Amount)
						}
					}
					if sum != total.Amount {
						t.Errorf("%s: the rows of %q add up to %s, the total is %s", where, table.Columns[i].Title, sum, total.Amount)
					}
				}
			}
		}
	}
}
