package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/smallcsv"
	"usagereport/internal/terminal"
	"usagereport/reports"
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

// noEmptyFlag refuses a flag that is given without a word, as a script gives it whose variable
// is not set: the whole bill would be reported in place of one owner's. What stands beside an
// answer may be empty.
func noEmptyFlag(c *cobra.Command) (err error) {
	c.Flags().Visit(func(f *pflag.Flag) {
		words := []string{f.Value.String()}
		if list, ok := f.Value.(pflag.SliceValue); ok && len(list.GetSlice()) > 0 {
			words = list.GetSlice()
		} else if ok {
			words = []string{""}
		}
		if err == nil && f.Name != "note" && slices.ContainsFunc(words, func(w string) bool { return strings.TrimSpace(w) == "" }) {
			err = misuse.Of(fmt.Errorf("--%s: it is empty; say which, or leave the flag out", f.Name))
			if len(words) > 1 {
				err = misuse.Of(fmt.Errorf("--%s: one of its values is empty; say which, or leave it out", f.Name))
			}
		}
	})
	return err
}

// noEmptyWord refuses an empty word behind a command likewise; what a shell asks to complete may be one.
func noEmptyWord(c *cobra.Command, args []string) error {
	empty := slices.ContainsFunc(args, func(a string) bool { return strings.TrimSpace(a) == "" })
	if !empty || strings.HasPrefix(c.Name(), cobra.ShellCompRequestCmd) {
		return nil
	}
	return misuse.Of(fmt.Errorf("%s: a word behind it is empty; say which, or leave it out", nameOf(c)))
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
	return d, misuse.Of(err)
}

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
			return nil, misuse.Of(fmt.Errorf("--filter %s: not of the form DIMENSION=VALUE, like service=Storage", text))
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
		err = misuse.Of(errors.New("--plans: they are of all charges; leave out --filter"))
	}
	if err == nil && slices.ContainsFunc(out, func(f analysis.Filter) bool { return f.Dimension == usage.Owner }) {
		err = misuse.Of(errors.New("--filter owner: use --owner NAME"))
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

// addFormatFlag adds the flags of a command that prints data, in a format of every table or in one of more.
// A format that there is not ends it before it reads or says anything.
func addFormatFlag(c *cobra.Command, p *terminal.Printer, more ...query.Format) {
	c.PreRunE = func(*cobra.Command, []string) error {
		_, err := p.Form(more...)
		return err
	}
	f := c.Flags()
	f.StringVarP(&p.Format, "format", "f", "table", "`FORMAT` of the output: table, json, csv or markdown")
	f.StringSliceVar(&p.Columns, "columns", nil, "`NAMES` of the columns to print, separated by commas; all for all, whatever their width")
}

func addCostFlag(f *pflag.FlagSet, cost *string) {
	f.StringVar(cost, "cost", "", "the `COST` to show: billed, or effective, with commitments spread over their days (default billed)")
}

// addConvertFlag adds the flag with which all amounts are in the currency of --currency.
func addConvertFlag(f *pflag.FlagSet, g *globals) {
	f.BoolVar(&g.work.Convert, "convert", false, "convert all to the currency of --currency, at the rates that are loaded")
}

// noteConversion says what --convert does to the amounts of a command whose answer does not say it.
func (g *globals) noteConversion(ctx context.Context, a *analysis.Analysis) error {
	texts, err := a.Conversion(ctx)
	for _, t := range texts {
		g.Note("%s", t)
	}
	return err
}

// costOf reads --cost.
func costOf(flag string) (analysis.Cost, error) {
	switch c := analysis.Cost(flag); c {
	case "", analysis.Billed, analysis.Effective:
		return c, nil
	}
	return "", misuse.Of(fmt.Errorf("--cost %s: use billed or effective", flag))
}

func addTagsFlag(f *pflag.FlagSet, keys *[]string) {
	f.StringSliceVar(keys, "tags", nil, "group findings by a tag, by its `KEY`; several with commas")
}

func addSensitivityFlag(f *pflag.FlagSet, s *string) {
	f.StringVar(s, "sensitivity", "normal", "`HOW` sensitive: low, normal or high (high reports smaller changes)")
}

// sensitive sets what the flag says in o.
func sensitive(o *analysis.Options, flag string) (err error) {
	if o.Sensitivity, err = analysis.ParseSensitivity(flag); err != nil {
		return misuse.Of(fmt.Errorf("--sensitivity: %w", err))
	}
	return nil
}

func addOwnerFlag(f *pflag.FlagSet, name *string) {
	f.StringVar(name, "owner", "", "only what is this owner's, by its `NAME` in the owners file")
}

func addMetricsFlag(f *pflag.FlagSet, path *string) {
	f.StringVar(path, "metrics", "", "write the numbers for a monitoring program into `FILE`, as OpenMetrics text")
}

func writeMetrics(g *globals, path string, m *reports.Metrics) error {
	return atomicfile.Write(path, func(w io.Writer) error { return m.Write(w, g.env.now()) })
}

const waitFlag = "wait"

// addWaitFlag adds the flag --wait to a command that writes the ledger.
func addWaitFlag(f *pflag.FlagSet, wait *bool) {
	f.BoolVar(wait, waitFlag, false, "wait until no other process writes the ledger")
}
