package main

import (
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// TestFlagGroups holds the groups of the help to the flags: a group names none that no command has.
func TestFlagGroups(t *testing.T) {
	there := map[string]bool{}
	eachCommand(newRootCommand(newGlobals(scriptEnvironment())), func(c *cobra.Command) {
		c.LocalFlags().VisitAll(func(f *pflag.Flag) { there[f.Name] = true })
	})
	for _, name := range slices.Sorted(maps.Keys(groupOf())) {
		if !there[name] {
			t.Errorf("no command has a flag --%s", name)
		}
	}
}

// TestCommandTables holds the tables of commands to the commands: README.md has each, docs/commands.md also those below them.
func TestCommandTables(t *testing.T) {
	readme := readDocument(t, "../../README.md")
	var rows [][]string // the words of each row's commands
	for line := range strings.Lines(readDocument(t, "../../docs/commands.md")) {
		if cells := strings.Split(line, " | "); strings.HasPrefix(line, "| `") {
			rows = append(rows, strings.FieldsFunc(cells[0], func(r rune) bool { return !unicode.IsLetter(r) }))
		}
	}
	eachCommand(newRootCommand(newGlobals(scriptEnvironment())), func(c *cobra.Command) {
		words := strings.Fields(c.CommandPath())[1:]
		if len(words) == 1 && c.Name() != "version" && !strings.Contains(readme, "`"+c.Name()+"`") {
			t.Errorf("README.md does not list %s", c.Name())
		}
		if !slices.ContainsFunc(rows, func(row []string) bool {
			return !slices.ContainsFunc(words, func(w string) bool { return !slices.Contains(row, w) })
		}) {
			t.Errorf("docs/commands.md does not list %s", strings.Join(words, " "))
		}
	})
}

// TestHelpTexts holds the files of help to the commands: each has one, with a first line and no long ones, and none is
// left over.
func TestHelpTexts(t *testing.T) {
	files, err := fs.Glob(helpTexts, "help/*.txt")
	if err != nil {
		t.Fatal(err)
	}
	of := map[string]string{}
	eachCommand(newRootCommand(newGlobals(scriptEnvironment())), func(c *cobra.Command) {
		path := helpFile(c)
		if before, ok := of[path]; ok {
			t.Errorf("%s is of %s and of %s", path, before, c.CommandPath())
		}
		of[path] = c.CommandPath()
		for line := range strings.Lines(c.Long) {
			if n := utf8.RuneCountInString(line); n > 100 {
				t.Errorf("%s has a line of %d characters, which a terminal breaks: %s", path, n, line)
			}
		}
		if c.Short == "" {
			t.Errorf("%s: there is no %s with a first line", c.CommandPath(), path)
		}
	})
	for _, path := range files {
		if of[path] == "" {
			t.Errorf("%s is of no command", path)
		}
	}
}
