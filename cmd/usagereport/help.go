package main

import (
	"embed"
	"strings"

	"github.com/spf13/cobra"
)

// helpTexts has a file for each command, which is named as the command is: in its first line what the
// command does, below it the same at length, and below "Examples:" what one types.
//
//go:embed help/*.txt
var helpTexts embed.FS

// addHelp gives c and its subcommands their texts.
func addHelp(c *cobra.Command) {
	b, _ := helpTexts.ReadFile(helpFile(c)) // that none is missing is a test's to say
	text, examples, _ := strings.Cut(string(b), "\nExamples:\n")
	short, long, _ := strings.Cut(text, "\n")
	c.Short, c.Long, c.Example = short, strings.Trim(long, "\n"), strings.TrimRight(examples, "\n")
	for _, sub := range c.Commands() {
		addHelp(sub)
	}
}

// helpFile is the path of c's text.
func helpFile(c *cobra.Command) string {
	words := strings.Fields(c.CommandPath())
	if len(words) > 1 { // all but the root are named without it
		words = words[1:]
	}
	return "help/" + strings.Join(words, "-") + ".txt"
}

// newGroup makes a command that has others below it, and shows its help.
func newGroup(use string) *cobra.Command {
	return &cobra.Command{Use: use, Args: cobra.NoArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
}
