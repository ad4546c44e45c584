package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/config"
	"usagereport/ledger"
	"usagereport/query"
	"usagereport/rollup"
	"usagereport/usage"
)

// version is stamped by the build (-ldflags -X main.version=...).
var version string

// globals are the flags that all commands share.
type globals struct {
	env      environment
	db       string
	asOf     string
	currency string
	owners   string
	config   string
	quiet    bool
	verbose  bool

	allowPrivate   bool   // a flag of those that load
	fetchPeriod    string // the billing period that azure:// fetches, by load --period
	fetchAmortized bool   // by --cost-type
}

func newRootCommand(env environment) *cobra.Command {
	g := &globals{env: env}
	root := &cobra.Command{
		Use:   "usagereport",
		Short: "Tells from a cloud's daily usage files what the bill will be, what grew unexpectedly, and why",
		Long: `usagereport reads the daily usage files that a cloud gives every customer (first
of all Azure's "Download usage" CSV), keeps them in one DuckDB file, and tells
what the current period costs, what grew that nobody expected, and why.`,
		Example: `  # an HTML report from one downloaded file
  usagereport report 201807-v2.csv

  # keep several months, then report on the newest period
  usagereport load exports/
  usagereport report

  # an invented estate with planted incidents, to try everything on
  usagereport demo demo && usagereport report demo`,
		Version:       versionText(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return cmd.Help()
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVar(&g.db, "db", "", "ledger `FILE` (default usage.duckdb, or $USAGEREPORT_DB)")
	f.StringVar(&g.asOf, "as-of", "", "leave out charges after this `DATE` (YYYY-MM-DD)")
	f.StringVar(&g.currency, "currency", "", "choose one currency by its `CODE`; nothing is converted")
	f.StringVar(&g.owners, "owners", "", "owners `FILE`: whose which charges are, and their budgets (default owners.csv beside the configuration if it is there; none for none)")
	f.StringVar(&g.config, "config", "", "configuration `FILE`: sender, administrator, channels (default usagereport.yaml if it is there)")
	f.BoolVarP(&g.quiet, "quiet", "q", false, "say nothing but errors on stderr")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "say more on stderr")
	root.SetFlagErrorFunc(func(_ *cobra.Command, err error) error { return usageError{err} })
	root.AddCommand(commands(g)...)
	wrapArgs(root)
	return root
}

// wrapArgs makes wrong arguments a usage error, of c and its subcommands.
func wrapArgs(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(cmd *cobra.Command, a []string) error {
			if err := args(cmd, a); err != nil {
				if !cmd.HasParent() { // "usagereport: " stands before every error
					return usageError{err}
				}
				return usageError{fmt.Errorf("%s: %w", cmd.Name(), err)}
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// versionText names the program's version and DuckDB's, without starting it.
func versionText() string {
	v, duck := version, ""
	if info, ok := debug.ReadBuildInfo(); ok {
		v = cmp.Or(v, info.Main.Version)
		for _, d := range info.Deps {
			if d.Path == "github.com/duckdb/duckdb-go/v2" {
				duck = " (" + d.Path + " " + d.Version + ", DuckDB " + duckDBVersion(d.Version) + ")"
			}
		}
	}
	return "usagereport " + cmp.Or(v, "(devel)") + duck
}

// duckDBVersion reads DuckDB's version out of the driver's: v2.10506.0 is 1.5.6.
func duckDBVersion(driver string) string {
	_, rest, _ := strings.Cut(driver, ".")
	digits, _, _ := strings.Cut(rest, ".")
	if len(digits) != 5 {
		return "unknown"
	}
	trim := func(s string) string { return cmp.Or(strings.TrimLeft(s, "0"), "0") }
	return digits[:1] + "." + trim(digits[1:3]) + "." + trim(digits[3:])
}

// note says something on stderr, unless --quiet.
func (g *globals) note(format string, args ...any) {
	if !g.quiet {
		g.fail(format, args...)
	}
}

// fail says on stderr what went wrong, also with --quiet.
func (g *globals) fail(format string, args ...any) {
	fmt.Fprintf(g.env.stderr, "%s\n", query.Visible(fmt.Sprintf(format, args...)))
}

// say writes a line of the result to stdout, safe for a terminal.
func (g *globals) say(format string, args ...any) error {
	_, err := fmt.Fprintln(g.env.stdout, query.Visible(fmt.Sprintf(format, args...)))
	return err
}

// path returns the ledger's file.
func (g *globals) path() string {
	return cmp.Or(g.db, g.env.getenv("USAGEREPORT_DB"), "usage.duckdb")
}

// chosen reports whether the user named a ledger.
func (g *globals) chosen() bool { return g.db != "" || g.env.getenv("USAGEREPORT_DB") != "" }

// configuration reads the file that --config names, else usagereport.yaml if it
// is there.
func (g *globals) configuration() (config.Config, error) {
	if g.config != "" {
		return config.Read(g.config)
	}
	c, err := config.Read(config.Name)
	if errors.Is(err, fs.ErrNotExist) {
		return config.Default(), nil
	}
	return c, err
}

// open opens the ledger to read; what is missing is the user's first step.
func (g *globals) open(ctx context.Context) (*ledger.Ledger, error) {
	return g.openWith(ctx, ledger.Options{ReadOnly: true})
}

// openToWrite opens the ledger to write. With wait it waits for another process
// to end that does so too.
func (g *globals) openToWrite(ctx context.Context, o ledger.Options, wait bool) (*ledger.Ledger, error) {
	if wait {
		o.Waiting = g.waiting()
	}
	return g.openWith(ctx, o)
}

// waiting says once whom a command waits for.
func (g *globals) waiting() func(pid int) {
	said := false
	return func(pid int) {
		if !said {
			g.note("waiting for PID %d, which has the ledger %s open to write", pid, g.path())
		}
		said = true
	}
}

// addWaitFlag adds the flag --wait to a command that writes the ledger.
func addWaitFlag(f *pflag.FlagSet, wait *bool) {
	f.BoolVar(wait, "wait", false, "wait until no other process writes the ledger")
}

func (g *globals) openWith(ctx context.Context, o ledger.Options) (*ledger.Ledger, error) {
	l, err := ledger.Open(ctx, g.path(), o)
	if errors.Is(err, ledger.ErrNone) {
		return nil, fmt.Errorf("%w; load usage files first: 'usagereport load FILE...', or name another ledger with --db", err)
	}
	return l, err
}

// options reads the flags that choose what to analyse.
func (g *globals) options(period, month string) (o analysis.Options, err error) {
	o = analysis.Options{Period: period, Month: month, Currency: strings.ToUpper(g.currency)}
	if period != "" && month != "" {
		return o, usageError{errors.New("--period and --month: give one of them")}
	}
	if month != "" && month != "current" && month != "last" {
		if _, err := usage.ParseMonth(month); err != nil {
			return o, usageError{fmt.Errorf("--month: %w", err)}
		}
	}
	if g.asOf != "" {
		if o.AsOf, err = usage.ParseDay(g.asOf); err != nil {
			return o, usageError{fmt.Errorf("--as-of: %w", err)}
		}
	}
	return o, nil
}

// analyse opens the ledger and an analysis of it.
func (g *globals) analyse(ctx context.Context, o analysis.Options) (*analysis.Analysis, func(), error) {
	l, err := g.open(ctx)
	if err != nil {
		return nil, nil, err
	}
	a, err := g.analysis(ctx, l, o)
	if err != nil {
		l.Close()
		return nil, nil, err
	}
	return a, func() { a.Close(); l.Close() }, nil
}

// ahead says that charges are dated after today. The analysis, for which today is
// the last day with usage, asks no clock.
func (g *globals) ahead(ctx context.Context, a *analysis.Analysis) (string, error) {
	last, err := a.Today(ctx)
	if now := usage.DayOf(g.env.now()); err == nil && last > now {
		return fmt.Sprintf("usage is dated up to %s, which is after today; 'today' is that day here, unless --as-of %s leaves out what is dated ahead", last, now), nil
	}
	return "", err
}

// refresh adds up the daily sums of l.
func refresh(ctx context.Context, l *ledger.Ledger) error {
	return rollup.DuckDB{Ledger: l}.RefreshDaily(ctx)
}

// A printer is the --format flag of a command that prints data.
type printer struct{ format string }

func (p *printer) addFlag(c *cobra.Command) {
	c.Flags().StringVarP(&p.format, "format", "f", "table", "`FORMAT` of the output: table, json, csv or markdown")
}

// print writes t to stdout.
func (p printer) print(g *globals, t query.Table) error {
	f, err := query.ParseFormat(p.format)
	if err != nil {
		return usageError{err}
	}
	width, tty := g.env.terminal(g.env.stdout)
	return query.Encode(g.env.stdout, t, query.Options{Format: f, Terminal: tty, Width: width})
}

// forPeople reports whether the output is for people and not for programs.
func (p printer) forPeople() bool {
	f := query.Format(strings.ToLower(p.format))
	return f == query.AsTable || f == query.AsMarkdown
}

// head writes what must stand beside the numbers: above a table for people, on
// stderr where the output is for a program.
func (p printer) head(g *globals, format string, args ...any) error {
	if !p.forPeople() {
		g.note(format, args...)
		return nil
	}
	return g.say(format, args...)
}

// amount prepares an amount for print: exact for programs, rounded to the
// currency's minor digits for people.
func (p printer) amount(m usage.Money) usage.Money {
	if p.forPeople() {
		m.Amount = m.Amount.Round(usage.MinorDigits(m.Currency))
	}
	return m
}
