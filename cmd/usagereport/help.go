package main

import (
	"embed"
	"fmt"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/internal/misuse"
)

// helpTexts has a file for each command, which is named as the command is: in its first line what the
// command does, below it the same at length, and below "Examples:" what one types. usage.tmpl is how
// a command is called: cobra's, with flags in groups.
//
//go:embed help/*.txt help/usage.tmpl
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

// refuseUnknownHelp makes help of a word that is no command the mistake that the word alone is; cobra shows the program's own help.
func refuseUnknownHelp(root *cobra.Command) {
	root.InitDefaultHelpCmd()
	help, _, _ := root.Find([]string{"help"})
	help.Args = func(_ *cobra.Command, words []string) error {
		switch meant, rest, _ := root.Find(words); {
		case len(words) == 0:
		case meant == root:
			return misuse.Of(unknownCommand(root, words))
		case len(rest) > 0:
			return misuse.Of(fmt.Errorf("help: %s has no command %q; %s", nameOf(meant), rest[0], writtenAs(meant)))
		}
		return nil
	}
}

// refuseHelpOfNone makes --help behind a word that is no command the mistake that the word alone is; Cobra looks at no words before it
// shows the help, and takes no error of what does.
func refuseHelpOfNone(g *globals, root *cobra.Command) {
	show := root.HelpFunc()
	root.SetHelpFunc(func(c *cobra.Command, args []string) {
		if words := c.Flags().Args(); c.HasSubCommands() && !strings.Contains(c.Use, " ") { // those with words of their own get their help
			if g.mistaken = c.ValidateArgs(words); g.mistaken != nil {
				return
			}
		}
		show(c, args)
	})
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

// A flagGroup is flags that the help shows together.
type flagGroup struct {
	Title string
	flags *pflag.FlagSet
}

// noise is what pflag says of each flag that is on or off, empty what it says of one that takes several and has none.
const (
	noise = "[=true|false]"
	empty = " (default [])"
)

// Usages writes them for the help.
func (g flagGroup) Usages() string {
	text := strings.ReplaceAll(g.flags.FlagUsages(), empty, "")
	return strings.TrimRight(strings.ReplaceAll(text, noise, strings.Repeat(" ", len(noise))), "\n ")
}

// fewFlags is how many flags of a command need no groups.
const fewFlags = 8

// howCalled writes how a command is called, as cobra does, with its flags in groups.
func howCalled(c *cobra.Command) error {
	funcs := template.FuncMap{
		"rpad":    func(s string, width int) string { return fmt.Sprintf("%-*s", width, s) },
		"grouped": groups,
	}
	t, err := template.New("usage.tmpl").Funcs(funcs).ParseFS(helpTexts, "help/usage.tmpl")
	if err != nil {
		return err
	}
	return t.Execute(c.OutOrStderr(), c)
}

// groups are the flags of a command for its help, those that all commands have last.
func groups(c *cobra.Command) []flagGroup {
	if !c.HasParent() {
		return []flagGroup{{"Flags:", c.LocalFlags()}}
	}
	out := grouped(c.LocalFlags())
	if f := c.InheritedFlags(); f.HasAvailableFlags() {
		out = append(out, flagGroup{"Global Flags:", f})
	}
	return out
}

// groupOf says in which of the groups Choose, Output and How a flag stands; the last has those that it does not name.
func groupOf() map[string]int {
	return map[string]int{
		"period": 0, "month": 0, "from": 0, "to": 0, "span": 0,
		"owner": 0, "owners-as-of": 0, "by": 0, "filter": 0, "against": 0, "since": 0, "cost": 0, "tags": 0, "top": 0,
		"sensitivity": 0, "query": 0, "param": 0, "null": 0, "file": 0, "holidays": 0, "unit": 0, "plans": 0, "cost-type": 0, "currency": 0,
		"format": 1, "columns": 1, "output": 1, "lang": 1, "open": 1, "pdf": 1, "xlsx": 1, "full": 1, "showback": 1,
		"spread-invoice": 1, "redact": 1, "redact-key": 1, "answers-to": 1, "metrics": 1, "formula-safe": 1, "limit": 1,
	}
}

// grouped puts a command's own flags into groups by what they are for.
func grouped(f *pflag.FlagSet) []flagGroup {
	titles := []string{"Choose:", "Output:", "How:"}
	of := groupOf()
	n := 0
	f.VisitAll(func(*pflag.Flag) { n++ })
	if n <= fewFlags {
		return []flagGroup{{"Flags:", f}}
	}
	sets := make([]*pflag.FlagSet, len(titles))
	for i := range sets {
		sets[i] = pflag.NewFlagSet("", pflag.ContinueOnError)
	}
	f.VisitAll(func(x *pflag.Flag) {
		i, ok := of[x.Name]
		if !ok {
			i = 2
		}
		sets[i].AddFlag(x)
	})
	var out []flagGroup
	for i, set := range sets {
		if set.HasFlags() {
			out = append(out, flagGroup{titles[i], set})
		}
	}
	return out
}
