package workspace

import (
	"encoding/json"
	"strings"

	"usagereport/analysis"
	"usagereport/internal/query/queries"
	"usagereport/usage"
)

// AskedOf reads what a query answers as a grid, for a report.
func AskedOf(q queries.Query, answer []byte) (analysis.Asked, error) {
	var grid struct {
		Columns []analysis.AskedColumn
		Rows    [][]string // null becomes ""
		More    bool
	}
	if err := json.Unmarshal(answer, &grid); err != nil {
		return analysis.Asked{}, err
	}
	for _, row := range grid.Rows {
		for j, c := range grid.Columns {
			if d, rounded, err := usage.ParseDecimal(row[j]); c.Number && err == nil && !rounded {
				row[j] = d.String()
			}
		}
	}
	return analysis.Asked{
		Name: q.Name, Title: strings.TrimSuffix(q.Title, "."), Columns: grid.Columns, Rows: grid.Rows, More: grid.More,
	}, nil
}
