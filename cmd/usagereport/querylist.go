package main

import (
	"github.com/spf13/cobra"

	"usagereport/internal/query/queries"
	"usagereport/reports/text"
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
			return text.Queries(p, all)
		},
	}
	addFormatFlag(c, &p)
	return c
}
