package main

import (
	"regexp"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// complete lets shells offer of c and its subcommands what can stand behind a flag: files where
// its help says FILE, the words that its help lists, and else nothing. They would offer files for all.
func complete(c *cobra.Command) {
	for _, flags := range []*pflag.FlagSet{c.Flags(), c.PersistentFlags()} {
		flags.VisitAll(func(f *pflag.Flag) {
			_ = c.RegisterFlagCompletionFunc(f.Name, completionOf(f)) // it fails for what is registered
		})
	}
	if c.Args != nil && c.ValidArgsFunction == nil && c.Args(c, []string{"x"}) != nil {
		c.ValidArgsFunction = cobra.NoFileCompletions
	}
	for _, sub := range c.Commands() {
		complete(sub)
	}
}

func completionOf(f *pflag.Flag) cobra.CompletionFunc {
	value, usage := pflag.UnquoteUsage(f)
	switch {
	case value == "DIR" || value == "FOLDER":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveFilterDirs)
	case strings.Contains(value, "FILE") || value == "PLACE":
		return cobra.FixedCompletions(nil, cobra.ShellCompDirectiveDefault)
	}
	return func(_ *cobra.Command, _ []string, begun string) ([]cobra.Completion, cobra.ShellCompDirective) {
		words := wordsOf(usage) // here, for each start of the program makes these functions, and few ask one
		if !strings.Contains(usage, "separated by commas") {
			return words, cobra.ShellCompDirectiveNoFileComp
		}
		before := begun[:strings.LastIndex(begun, ",")+1]
		for i := range words {
			words[i] = before + words[i]
		}
		return words, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
	}
}

// wordsOf returns the words that a flag's help lists behind its last colon, from the first to what
// is no word: "the format: table, json or csv". One alone is no choice.
func wordsOf(usage string) (words []string) {
	i := strings.LastIndex(usage, ": ")
	if i < 0 {
		return nil
	}
	remark, listed := regexp.MustCompile(` *\([^)]*\)`), regexp.MustCompile(`,? or |, `)
	wordOnly := regexp.MustCompile(`^[a-z][A-Za-z0-9_-]*$`)
	for _, w := range listed.Split(remark.ReplaceAllString(usage[i+2:], ""), -1) {
		if !wordOnly.MatchString(w) {
			break
		}
		words = append(words, w)
	}
	if len(words) < 2 {
		return nil
	}
	return words
}
