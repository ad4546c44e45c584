package main

import (
	"io/fs"
	"testing"

	"github.com/spf13/cobra"
)

// TestHelpTexts holds the files of help to the commands: each has one, with a first line, and none is left over.
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
