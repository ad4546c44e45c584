package text

import (
	"slices"
	"strings"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/internal/terminal"
)

// Queries prints saved queries, with what they answer and their parameters.
func Queries(p terminal.Printer, all []queries.Query) error {
	file := query.ForPrograms
	if slices.ContainsFunc(all, func(q queries.Query) bool { return q.Path != "" }) {
		file = query.ForAll
	}
	return terminal.Rows(p, query.Columns[queries.Query]{
		{Name: "name", Of: func(q queries.Query) any { return q.Name }},
		{Name: "answers", Of: func(q queries.Query) any { return q.Title }},
		{Name: "parameters", Of: func(q queries.Query) any { return orNil(strings.Join(q.ParamNames(), ", ")) }},
		{Name: "file", Of: func(q queries.Query) any { return orNil(q.Path) }, For: file},
	}, all)
}
