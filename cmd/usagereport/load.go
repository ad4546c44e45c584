package main

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/azurecost"
	"usagereport/reports/text"
)

// loadOptions are the flags of load and of report SOURCE...
type loadOptions struct {
	allowShrink    bool
	maxRejects     int
	assumeCurrency string
	costType       string
	dateOrder      string
	decimals       string
	withoutCallers bool
	prefer         string
	keep           string
	maxDownload    int64
	allowPrivate   bool
	wait           bool
	period         string // of load alone; report has one of its own
}

func (o *loadOptions) addFlags(f *pflag.FlagSet) {
	f.BoolVar(&o.allowShrink, "allow-shrink", false, "let a file replace one that covers more")
	f.IntVar(&o.maxRejects, "max-rejects", 0, "load a file that has up to `N` bad rows without them")
	f.StringVar(&o.assumeCurrency, "assume-currency", "", "currency `CODE` of files that name none")
	f.StringVar(&o.costType, "cost-type", "", "`TYPE` of an export whose rows do not tell it: actual or amortized")
	f.Int64Var(&o.maxDownload, "max-download", 20<<30, "refuse a remote file of more than `BYTES`")
	f.BoolVar(&o.allowPrivate, "allow-private-redirects", false, "follow a link's redirect to an address of a private network")
	f.StringVar(&o.prefer, "prefer", "", "of two files that would count charges twice `WHICH` wins: a format or cost type (focus, "+
		"actual), new or old")
	f.StringVar(&o.dateOrder, "date-order", "", "`WHICH` way dates like 02/03/2026 are written: month-first or day-first (default as the "+
		"file's other dates show)")
	f.StringVar(&o.decimals, "decimals", "", "the decimal `MARK` of numbers like 1,234: point or comma (default as the "+
		"file's other numbers show)")
	f.BoolVar(&o.withoutCallers, "without-callers", false, "of activity logs, keep what was done and not who did it")
}

func (o *loadOptions) options(g *globals) (loader.Options, error) {
	l := loader.Options{
		AllowShrink: o.allowShrink, MaxRejects: o.maxRejects, AssumeCurrency: strings.ToUpper(o.assumeCurrency),
		CostType: o.costType, Prefer: o.prefer, WithoutCallers: o.withoutCallers, Now: g.env.now,
		LeaveOut: func(ref string) bool {
			own := g.work.Own(ref)
			if own {
				g.Note("%s is kept beside the ledger and holds no usage; it is left out", ref)
			}
			return own
		},
	}
	var known bool
	if l.DateOrder, known = loader.DayOrderOf(o.dateOrder); !known {
		return l, misuse.Of(fmt.Errorf("--date-order %s: use month-first or day-first", o.dateOrder))
	}
	if l.Decimals, known = loader.DecimalsOf(o.decimals); !known {
		return l, misuse.Of(fmt.Errorf("--decimals %s: use point or comma", o.decimals))
	}
	if c := o.costType; c != "" && c != "actual" && c != "amortized" {
		return l, misuse.Of(fmt.Errorf("--cost-type %s: use actual or amortized", c))
	}
	if c := l.AssumeCurrency; c != "" && (len(c) != 3 || strings.Trim(c, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return l, misuse.Of(fmt.Errorf("--assume-currency %s: use a code of three letters, like EUR", c))
	}
	if o.maxRejects < 0 {
		return l, misuse.Of(fmt.Errorf("--max-rejects %d: use 0 or more", o.maxRejects))
	}
	if err := checkPrefer(o.prefer); err != nil {
		return l, err
	}
	l.Keep, l.MaxDownload = o.keep, o.maxDownload
	g.allowPrivate, g.fetchPeriod, g.fetchAmortized = o.allowPrivate, o.period, o.costType == "amortized"
	if _, tty := g.env.terminal(g.env.stderr); tty && !g.Quiet {
		bar := &terminal.Bar{Out: g.env.stderr}
		l.Progress = func(o loader.Object) loader.Progress { return bar.Begin(o.Ref, o.Size) }
	}
	return l, nil
}

// checkPrefer holds a value of --prefer to those that mean something.
func checkPrefer(winner string) error {
	if winner == "" {
		return nil
	}
	formats, err := loader.Formats()
	if err != nil {
		return err
	}
	winners := []string{ledger.PreferNew, ledger.PreferOld, "actual", "amortized"}
	for _, f := range formats {
		winners = append(winners, f.Name, f.CostType)
	}
	if !slices.Contains(winners, winner) {
		return misuse.Of(fmt.Errorf("--prefer %s: use new, old, actual, amortized, focus or the name of a format, as 'usagereport "+
			"loads' lists it", winner))
	}
	return nil
}

func newLoadCommand(g *globals) *cobra.Command {
	var o loadOptions
	p := g.printer()
	c := &cobra.Command{
		Use: "load SOURCE...",
		Args: func(cmd *cobra.Command, args []string) error {
			if g.engine.isEngine() {
				return nil
			}
			return cobra.MinimumNArgs(1)(cmd, args)
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			return runLoad(cmd.Context(), g, o, p, args)
		},
	}
	o.addFlags(c.Flags())
	c.Flags().StringVar(&o.keep, "keep", "", "store the files that were loaded in `DIR`, as they came")
	c.Flags().StringVar(&o.period, "period", "", "billing period that azure:// fetches, by `NAME` (2026-10), current or last")
	addWaitFlag(c.Flags(), &o.wait)
	addEngineFlag(c.Flags(), g)
	addFormatFlag(c, &p)
	return c
}

func runLoad(ctx context.Context, g *globals, o loadOptions, p terminal.Printer, refs []string) error {
	lo, err := o.options(g)
	if err != nil {
		return err
	}
	if err := text.Loaded(p.Trial(), nil); err != nil { // before the work, not after it
		return err
	}
	if o.period != "" && !slices.ContainsFunc(refs, func(r string) bool { return loader.ParseRef(r).Scheme == azurecost.Scheme }) {
		return misuse.Of(fmt.Errorf("--period %s: it chooses what azure:// fetches, and none is named; a file is loaded with all that it "+
			"holds", o.period))
	}
	l, err := g.work.OpenToWrite(ctx, ledger.Options{Create: true, Resume: true}, o.wait)
	if err != nil {
		return err
	}
	defer l.Close()
	if n := l.Resumed(); n > 0 {
		g.Note("going on with a load that was interrupted: %d of its files are in already", n)
	}
	created := l.Created()
	results, err := loadAll(ctx, g, l, lo, refs)
	if err != nil {
		return err
	}
	loaded := l.Resumed() > 0 || slices.ContainsFunc(results, func(r loader.FileResult) bool { return r.Status == loader.Loaded })
	if loaded {
		// What was loaded before the user broke off is whole, so it is kept.
		if err := l.Publish(context.WithoutCancel(ctx)); err != nil {
			return err
		}
		if created {
			g.Note("created the ledger %s", l.Path())
		}
	} else if created {
		g.Note("there is no ledger %s yet, since nothing was loaded", l.Path())
	}
	if err := text.Loaded(p, results); err != nil {
		return err
	}
	switch {
	case ctx.Err() != nil && !loaded:
		return ctx.Err()
	case ctx.Err() != nil:
		g.Note("what is listed stays loaded; the same command loads the rest")
		return ctx.Err()
	case loader.Failed(results) > 0:
		return errReported
	}
	return nil
}
