package main

import (
	"cmp"
	"context"
	"fmt"
	"os"
	"runtime/debug"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"usagereport/internal/misuse"
	"usagereport/internal/terminal"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/rollup"
	"usagereport/usage"
	"usagereport/workspace"
)

// version is stamped by the build (-ldflags -X main.version=...).
var version string

// globals are the flags that all commands share.
type globals struct {
	*terminal.Terminal
	env     environment
	work    workspace.Workspace
	verbose bool

	allowPrivate   bool   // a flag of those that load
	fetchPeriod    string // the billing period that azure:// fetches, by load --period
	fetchAmortized bool   // by --cost-type

	mistaken error // a word before --help that is no command

	engine  engineOptions
	closing []func() // when the command has ended
}

func newGlobals(env environment) *globals {
	return &globals{Terminal: &terminal.Terminal{Out: env.stdout, Err: env.stderr, Size: env.terminal}, env: env}
}

// printer prints what a command answers.
func (g *globals) printer() terminal.Printer { return terminal.Printer{Terminal: g.Terminal} }

func newRootCommand(g *globals) *cobra.Command {
	env := g.env
	g.work = workspace.Workspace{Version: strings.TrimPrefix(versionText(), "usagereport "), Getenv: env.getenv, Now: env.now, Note: g.Note}
	root := &cobra.Command{
		Use:           "usagereport",
		Version:       versionText(),
		SilenceUsage:  true,
		SilenceErrors: true,
		Args:          unknownCommand,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, tty := env.terminal(env.stdout); tty {
				return begin(g)
			}
			return cmd.Help()
		},
		PersistentPreRunE: func(cmd *cobra.Command, args []string) error {
			if err := noEmptyFlag(cmd); err != nil {
				return err
			}
			if err := noEmptyWord(cmd, args); err != nil {
				return err
			}
			if g.work.AsOf != "" { // also of a command that asks for no charges, as load
				if _, err := usage.ParseDay(g.work.AsOf); err != nil {
					return misuse.Flag("--as-of", err)
				}
			}
			if !g.engine.isEngine() || slices.Contains([]string{"load", "query", "engine"}, strings.Fields(cmd.CommandPath())[1]) {
				return nil
			}
			return fromEngine(cmd, g)
		},
	}
	root.SetVersionTemplate("{{.Version}}\n")
	f := root.PersistentFlags()
	f.StringVar(&g.work.LedgerPath, "db", "", "ledger `FILE` (default usage.duckdb, or $USAGEREPORT_DB)")
	f.StringVar(&g.work.AsOf, "as-of", "", "leave out charges after this `DATE` (YYYY-MM-DD)")
	f.StringVar(&g.work.Currency, "currency", "", "choose one currency by its `CODE`; nothing is converted without --convert")
	f.StringVar(&g.work.OwnersPath, "owners", "",
		"owners `FILE`: whose which charges are, and their budgets (default owners.csv beside the configuration if it is there; none for none)")
	f.StringVar(&g.work.ConfigPath, "config", "",
		"configuration `FILE`: sender, administrator, channels (default usagereport.yaml if it is there)")
	f.BoolVarP(&g.Quiet, "quiet", "q", false, "say nothing but errors on stderr")
	f.BoolVarP(&g.verbose, "verbose", "v", false, "say more on stderr")
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error { return misuse.Of(nearestFlag(c, err)) })
	root.SetUsageFunc(howCalled)
	root.AddCommand(&cobra.Command{
		Use:  "version",
		Args: cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error { return g.Say("%s", versionText()) },
	})
	for _, j := range jobs(g) {
		root.AddGroup(&cobra.Group{ID: j.id, Title: j.title})
		for _, c := range j.commands {
			c.GroupID = j.id
			root.AddCommand(c)
		}
	}
	wrapArgs(root)
	addHelp(root)
	refuseUnknownHelp(root)
	refuseHelpOfNone(g, root)
	complete(root)
	return root
}

// unknownCommand says what may be meant by a word that is no command.
func unknownCommand(root *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	if _, err := os.Stat(args[0]); err == nil || strings.Contains(args[0], "://") {
		ref := loader.ParseRef(args[0]).String() // without a signature in it
		return fmt.Errorf("unknown command %q. Did you mean: usagereport report %s", ref, quoted(ref))
	}
	if all := strings.Join(args, " "); len(args) > 1 { // a name with blanks, without quotes
		if _, err := os.Stat(all); err == nil {
			return fmt.Errorf("unknown command %q. Did you mean: usagereport report %s", args[0], quoted(all))
		}
	}
	if meant := map[string]string{ // by what other programs call it
		"import": "load", "anomaly": "anomalies", "budget": "owners list", "budgets": "owners list", "diff": "compare",
	}[args[0]]; meant != "" {
		return fmt.Errorf("unknown command %q. Did you mean: %s", args[0], meant)
	}
	root.SuggestionsMinimumDistance = 2
	if like := root.SuggestionsFor(args[0]); len(like) > 0 {
		return fmt.Errorf("unknown command %q. Did you mean: %s", args[0], strings.Join(like, " or "))
	}
	if strings.ContainsAny(args[0], `./\`) { // no command has one
		return fmt.Errorf("unknown command %q, and there is no such file here; usagereport report FILE makes a page on a usage file", args[0])
	}
	return fmt.Errorf("unknown command %q", args[0])
}

// wrapArgs makes wrong arguments a usage error, of c and its subcommands.
func wrapArgs(c *cobra.Command) {
	if args := c.Args; args != nil {
		c.Args = func(cmd *cobra.Command, a []string) error {
			if err := args(cmd, a); err != nil {
				if !cmd.HasParent() { // "usagereport: " stands before every error
					return misuse.Of(err)
				}
				if strings.HasPrefix(err.Error(), "unknown command") && !cmd.HasSubCommands() { // as Cobra says of what takes none
					err = fmt.Errorf("it takes no %q", a[0])
				}
				if len(a) == 1 && cmd.Flags().Lookup("period") != nil && likePeriod(a[0]) {
					return misuse.Of(fmt.Errorf("%s: %q: a period is given as --period %[2]s", nameOf(cmd), a[0]))
				}
				return misuse.Of(fmt.Errorf("%s: %w; %s", nameOf(cmd), err, writtenAs(cmd)))
			}
			return nil
		}
	}
	for _, sub := range c.Commands() {
		wrapArgs(sub)
	}
}

// likePeriod reports whether a word is a period as --period takes it, rather than a file.
func likePeriod(word string) bool {
	return word == "current" || word == "last" || strings.HasPrefix(word, "20") && strings.Trim(word, "0123456789-.Q") == ""
}

// noPeriods refuses a period among files.
func noPeriods(_ *cobra.Command, args []string) error {
	for _, a := range args {
		if _, err := os.Stat(a); err != nil && likePeriod(a) {
			return fmt.Errorf("%q: there is no such file, and a period is given as --period %[1]s", a)
		}
	}
	return nil
}

// nameOf is how a command is called behind the program's name.
func nameOf(c *cobra.Command) string {
	return strings.TrimPrefix(c.CommandPath(), c.Root().Name()+" ")
}

// writtenAs says what can stand behind a command's name.
func writtenAs(c *cobra.Command) string {
	var below []string
	for _, sub := range c.Commands() {
		below = append(below, sub.Name())
	}
	if len(below) > 0 && !strings.Contains(c.Use, " ") { // it takes no words of its own
		return "it has " + strings.Join(below, ", ")
	}
	return "write it as: " + strings.TrimSuffix(c.UseLine(), " [flags]")
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

// refresh adds up the daily sums of l.
func refresh(ctx context.Context, l *ledger.Ledger) error {
	return rollup.RefreshDaily(ctx, l)
}
