package main

import (
	"github.com/spf13/cobra"

	"usagereport/loader"
	"usagereport/loader/file"
	"usagereport/loader/stdin"
)

// commands lists the commands, in the order of the help.
func commands(g *globals) []*cobra.Command {
	return []*cobra.Command{
		newReportCommand(g),
		newLoadCommand(g),
		newInspectCommand(g),
		newLoadsCommand(g),
		newPeriodsCommand(g),
		newCompareCommand(g),
		newAnomaliesCommand(g),
		newQueryCommand(g),
		newDemoCommand(g),
	}
}

// sources lists the kinds of places to load from, by scheme.
func sources(env environment) map[string]loader.Source {
	return map[string]loader.Source{
		"file":  file.Source{},
		"stdin": &stdin.Source{In: env.stdin},
	}
}
