package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/smallcsv"
	"usagereport/usage"
)

// nearestFlag adds to the error of a flag that c does not have the one that may be meant.
func nearestFlag(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if !errors.As(err, &unknown) {
		return err
	}
	name := unknown.GetSpecifiedName()
	var flags []string
	c.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			flags = append(flags, f.Name)
		}
	})
	if like := nearest(name, flags); len(name) > 1 && len(like) > 0 {
		return fmt.Errorf("%w. Did you mean: --%s", err, strings.Join(like, " or --"))
	}
	return err
}

// nearest returns those of words that name may be meant for.
func nearest(name string, words []string) []string {
	commands := &cobra.Command{SuggestionsMinimumDistance: 2} // Cobra compares commands; a word is compared as one
	for _, w := range words {
		commands.AddCommand(&cobra.Command{Use: w, Run: func(*cobra.Command, []string) {}})
	}
	return commands.SuggestionsFor(name)
}

// parseDimension finds the dimension that a flag's word means, or says which may be meant.
func parseDimension(g *globals, name string) (usage.Dimension, error) {
	name = strings.TrimSpace(name)
	d, err := g.work.Dimension(name)
	if wrong := (*smallcsv.Error)(nil); err == nil || errors.As(err, &wrong) {
		return d, err
	}
	words := append(usage.DimensionWords(), usage.OwnerColumns()...)
	made, _ := g.work.Dimensions() // which were read just now
	for _, v := range made {
		words = append(words, v.Name)
	}
	if like := nearest(name, words); name != "" && len(like) > 0 {
		err = fmt.Errorf("%w. Did you mean: %s", err, strings.Join(like, " or "))
	}
	return d, usageError{err}
}

// A flagGroup is flags that the help shows together.
type flagGroup struct {
	Title string
	flags *pflag.FlagSet
}

// noise is what pflag says of each flag that is on or off.
const noise = "[=true|false]"

// Usages writes them for the help.
func (g flagGroup) Usages() string {
	return strings.TrimRight(strings.ReplaceAll(g.flags.FlagUsages(), noise, strings.Repeat(" ", len(noise))), "\n ")
}

// fewFlags is how many flags of a command need no groups.
const fewFlags = 8

// howCalled writes how a command is called, as cobra does, with its flags in groups.
func howCalled(c *cobra.Command) error {
	funcs := template.FuncMap{
		"rpad":    func(s string, width int) string { return fmt.Sprintf("%-*s", width, s) },
		"grouped": groups,
	}
	t, err := template.New("usage").Funcs(funcs).Parse(usageTemplate)
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

// grouped puts a command's own flags into groups by what they are for.
func grouped(f *pflag.FlagSet) []flagGroup {
	titles := []string{"Choose:", "Output:", "How:"}
	of := map[string]int{
		"period": 0, "month": 0, "from": 0, "to": 0, "span": 0,
		"owner": 0, "owners-as-of": 0, "by": 0, "filter": 0, "against": 0, "since": 0, "cost": 0, "tags": 0, "top": 0,
		"sensitivity": 0, "query": 0, "param": 0, "null": 0, "file": 0, "holidays": 0, "unit": 0, "plans": 0, "cost-type": 0, "currency": 0,
		"format": 1, "columns": 1, "output": 1, "lang": 1, "title": 1, "open": 1, "pdf": 1, "xlsx": 1, "full": 1, "showback": 1,
		"spread-invoice": 1, "redact": 1, "redact-key": 1, "answers-to": 1, "metrics": 1, "formula-safe": 1, "limit": 1, "help": 2,
	}
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

// usageTemplate is cobra's, with flags in groups.
const usageTemplate = `Usage:{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} [command]{{end}}{{if gt (len .Aliases) 0}}

Aliases:
  {{.NameAndAliases}}{{end}}{{if .HasExample}}

Examples:
{{.Example}}{{end}}{{if .HasAvailableSubCommands}}{{$cmds := .Commands}}{{if eq (len .Groups) 0}}

Available Commands:{{range $cmds}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{else}}{{range $group := .Groups}}

{{.Title}}{{range $cmds}}{{if (and (eq .GroupID $group.ID) (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if not .AllChildCommandsHaveGroup}}

Additional Commands:{{range $cmds}}{{if (and (eq .GroupID "") (or .IsAvailableCommand (eq .Name "help")))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{end}}{{end}}{{range grouped .}}

{{.Title}}
{{.Usages}}{{end}}{{if .HasAvailableSubCommands}}

Use "{{.CommandPath}} [command] --help" for more information about a command.{{end}}
`

// addFilterFlag adds the flag that limits a command to some charges.
func addFilterFlag(f *pflag.FlagSet, filters *[]string) {
	f.StringArrayVar(filters, "filter", nil,
		"only charges with `DIMENSION=VALUE`, an id or a name; again for another dimension, or another value of it")
}

// filtersOf reads --filter.
func filtersOf(g *globals, texts []string) (out []analysis.Filter, err error) {
	for _, text := range texts {
		name, value, ok := strings.Cut(text, "=")
		if !ok {
			return nil, usageError{fmt.Errorf("--filter %s: not of the form DIMENSION=VALUE, like service=Storage", text)}
		}
		d, err := parseDimension(g, name)
		if err != nil {
			return nil, fmt.Errorf("--filter: %w", err)
		}
		out = append(out, analysis.Filter{Dimension: d, Value: value})
	}
	return out, nil
}

// partOf is filtersOf for a command of which all is limited to some charges: those of one owner are
// not among them.
func partOf(g *globals, texts []string, plans string) ([]analysis.Filter, error) {
	out, err := filtersOf(g, texts)
	if err == nil && len(out) > 0 && plans != "" {
		err = usageError{errors.New("--plans: they are of all charges; leave out --filter")}
	}
	if err == nil && slices.ContainsFunc(out, func(f analysis.Filter) bool { return f.Dimension == usage.Owner }) {
		err = usageError{errors.New("--filter owner: use --owner NAME")}
	}
	return out, err
}

// noteFilters says what a command's answer is limited to, where the answer does not say it.
func (g *globals) noteFilters(a *analysis.Analysis) {
	if s := a.Filtered(); s != "" {
		g.Note("only %s: all that is said is of these charges", s)
	}
}

// addPlansFlag adds the flag --plans to a command that foretells.
func addPlansFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "plans", "", "CSV `FILE` of known changes to come: from,to,scope,amount,per,note (docs/forecast.md)")
}
