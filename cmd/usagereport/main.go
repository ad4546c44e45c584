// Command usagereport reads a cloud's daily usage files and shows what the bill
// will be, what grew unexpectedly, why, and whose it is.
//
//	usagereport report 201807-v2.csv
//	usagereport load exports/
//	usagereport anomalies
//	usagereport query "SELECT ServiceName, sum(BilledCost) FROM usage GROUP BY 1 ORDER BY 2 DESC"
package main

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"os/signal"
	"runtime"
	"strings"
	"syscall"
	"time"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"usagereport/internal/atomicfile"
	"usagereport/internal/azure"
	"usagereport/internal/hints"
	"usagereport/internal/misuse"
	"usagereport/ledger"
)

func main() {
	cobra.MousetrapHelpText = doubleClicked
	env := environment{
		args: os.Args[1:], stdin: os.Stdin, stdout: os.Stdout, stderr: os.Stderr,
		getenv: os.Getenv, now: time.Now, exit: os.Exit, opener: opener(runtime.GOOS), azure: azure.Options{Credential: azure.DefaultCredential},
		terminal: func(w io.Writer) (width int, ok bool) {
			f, ok := w.(*os.File)
			if !ok || !term.IsTerminal(int(f.Fd())) {
				return 0, false
			}
			width, _, err := term.GetSize(int(f.Fd()))
			return width, err == nil
		},
	}
	os.Exit(runUntilSignal(env))
}

// doubleClicked is shown for some seconds where the program for Windows is started by a double click.
const doubleClicked = `usagereport is used in a terminal, where you type what it shall do.

In the folder with your usage files hold Shift, click with the right button, choose
"Open in Terminal" or "Open PowerShell window here", and type: usagereport report FILE --open
`

// runUntilSignal runs one command, which a signal ends in good order.
func runUntilSignal(env environment) int {
	atomicfile.Private()
	defer utf8Console()()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	context.AfterFunc(ctx, stop) // a second signal ends the process at once
	return run(ctx, env)
}

// An environment is all of the world that a command sees, so that tests can be
// their own.
type environment struct {
	args           []string
	stdin          io.Reader
	stdout, stderr io.Writer
	getenv         func(string) string
	now            func() time.Time
	exit           func(code int) // ends the process at once
	terminal       func(io.Writer) (width int, ok bool)
	azure          azure.Options // how Azure is asked, but for the clock
	opener         []string      // the command that opens a file as a double click does
}

// opener returns that command of an operating system.
func opener(system string) []string {
	switch system {
	case "windows":
		return []string{"rundll32", "url.dll,FileProtocolHandler"}
	case "darwin":
		return []string{"open"}
	}
	return []string{"xdg-open"}
}

// The exit codes (contract).
const (
	exitDone      = 0
	exitFailed    = 1
	exitUsage     = 2
	exitCondition = 3 // a --fail-on condition holds
	exitCancelled = 130
)

var (
	// errReported ends a command that has said what failed, with exit code 1.
	errReported = errors.New("reported")
	// errCondition ends a command whose --fail-on condition holds.
	errCondition = errors.New("condition holds")
)

// run runs one command and returns its exit code.
func run(ctx context.Context, env environment) int {
	g := newGlobals(env)
	defer func() {
		for _, done := range g.closing {
			done()
		}
	}()
	root := newRootCommand(g)
	root.SetArgs(env.args)
	root.SetIn(env.stdin)
	root.SetOut(env.stdout)
	root.SetErr(env.stderr)
	c, err := root.ExecuteContextC(ctx)
	err = cmp.Or(err, g.mistaken)
	var called *misuse.Error
	var used *ledger.InUseError
	switch {
	case err == nil:
		return exitDone
	case errors.Is(err, errCondition):
		return exitCondition
	case errors.Is(err, errReported) && ctx.Err() != nil:
		return exitCancelled
	case errors.Is(err, errReported):
		return exitFailed
	case ctx.Err() != nil:
		g.Tell("usagereport: stopped; nothing is half-written")
		return exitCancelled
	case errors.As(err, &called):
		g.TellError("usagereport: ", err)
		g.Tell("see '" + strings.TrimSuffix(c.CommandPath(), " help") + " --help'")
		return exitUsage
	}
	g.TellError("usagereport: ", err)
	if errors.As(err, &used) && c.Flags().Lookup(waitFlag) != nil {
		g.Tell("or wait for it with --" + waitFlag)
	}
	if h := hints.For(runtime.GOOS, err); h != "" {
		g.Tell(h)
	}
	return exitFailed
}
