package main

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"usagereport/workspace"
)

// begin says on a terminal what to do next, in six lines, by what the folder holds.
func begin(g *globals) error {
	next := g.work.NextCommands(quoted)
	lines := []string{"usagereport says from a cloud's daily usage files what the bill will be, what grew, why, and whose it is.", ""}
	width := 0
	for _, n := range next {
		width = max(width, utf8.RuneCountInString(n[0]))
	}
	for _, n := range next {
		lines = append(lines, "  usagereport "+n[0]+strings.Repeat(" ", width-utf8.RuneCountInString(n[0])+3)+n[1])
	}
	return g.SayLines(lines...)
}

// quoted is a name as a shell takes it.
func quoted(name string) string {
	if strings.ContainsAny(name, " \t'\"$&()*;<>?[]`|#~!{}") {
		return `"` + name + `"`
	}
	return name
}

func newInitCommand(g *globals) *cobra.Command {
	return &cobra.Command{
		Use:  "init [DIR]",
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			dir := "."
			if len(args) > 0 {
				dir = args[0]
			}
			return runInit(cmd.Context(), g, dir)
		},
	}
}

func runInit(ctx context.Context, g *globals, dir string) error {
	if !g.work.Chosen() {
		g.work.LedgerPath = filepath.Join(dir, g.work.Path())
	}
	drafted, err := g.work.Init(ctx, dir, func(path string, made bool) error {
		if !made {
			return g.Say("%s is there, and stays as it is", path)
		}
		return g.Say("%s", path)
	})
	if err != nil {
		return fmt.Errorf("init: %w", err)
	}
	next := "  usagereport owners suggest > owners.csv    drafts who pays for what, once something is loaded"
	if drafted {
		next = "  usagereport owners check                   says what of owners.csv takes nothing, or too much"
	}
	where := "this folder"
	if filepath.Clean(dir) != "." {
		where = dir
	}
	load := "  usagereport load exports/                  takes in what you have downloaded into it"
	if len(workspace.UsageFiles(dir)) > 0 {
		load = "  usagereport load .                         takes in what lies here, and in exports/"
	}
	for _, line := range []string{
		"",
		"Each month, in " + where + ":",
		load,
		"  usagereport report                         writes the page",
		"  usagereport send                           sends each owner of owners.csv theirs",
		"Before that:",
		next,
	} {
		g.Note("%s", line)
	}
	return nil
}
