package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/internal/terminal"
	"usagereport/workspace"
)

func newQueryListCommand(g *globals) *cobra.Command {
	p := g.printer()
	c := &cobra.Command{
		Use:  "list",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			all, err := queries.List(g.work.Beside(workspace.QueriesName))
			if err != nil {
				return err
			}
			file := query.ForPrograms
			if slices.ContainsFunc(all, func(q queries.Query) bool { return q.Path != "" }) {
				file = query.ForAll
			}
			return terminal.Rows(p, query.Columns[queries.Query]{
				{Name: "name", Of: func(q queries.Query) any { return q.Name }},
				{Name: "answers", Of: func(q queries.Query) any { return q.Title }},
				{Name: "parameters", Of: func(q queries.Query) any { return orNil(strings.Join(paramNames(q), ", ")) }},
				{Name: "file", Of: func(q queries.Query) any { return orNil(q.Path) }, For: file},
			}, all)
		},
	}
	addFormatFlag(c, &p)
	return c
}

func paramNames(q queries.Query) (names []string) {
	for _, x := range q.Params {
		names = append(names, x.Name)
	}
	return names
}
