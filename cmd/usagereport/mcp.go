package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/mcp"
	"usagereport/workspace"
)

type mcpOptions struct {
	owner, reports string
	timeout        time.Duration
	memory, disk   string
}

func newMCPCommand(g *globals) *cobra.Command {
	var o mcpOptions
	c := &cobra.Command{
		Use:  "mcp",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runMCP(cmd.Context(), g, o) },
	}
	f := c.Flags()
	f.StringVar(&o.owner, "owner", "", "answer of what is this owner's and of nothing else, by its `NAME` in the owners file")
	f.StringVar(&o.reports, "reports", "reports", "`FOLDER` into which reports are written; it is made when the first one is")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "stop a statement after this `TIME`")
	addLimitFlags(f, &o.memory, &o.disk, servedDisk)
	return c
}

func runMCP(ctx context.Context, g *globals, o mcpOptions) error {
	for flag, size := range map[string]string{"--memory-limit": o.memory, "--disk-limit": o.disk} {
		if _, err := query.ParseSize(size); err != nil {
			return misuse.Of(fmt.Errorf("%s: %w", flag, err))
		}
	}
	s, err := g.work.Open(ctx) // says what is missing before anything is asked
	if err != nil {
		return err
	}
	if o.owner != "" {
		f, owner, ownerErr := s.Owner(ctx, o.owner)
		if err = ownerErr; err == nil {
			o.owner, g.work.OwnersPath = owner.Name, f.Path
		}
	}
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	in, ok := g.env.stdin.(io.ReadCloser)
	if !ok {
		in = io.NopCloser(g.env.stdin)
	}
	g.Note("answering of %s; the end of stdin ends it", g.work.Path())
	return mcp.Serve(ctx, mcpHome{g, o}, mcp.Options{Version: g.work.Version, Owner: o.owner}, in, stays{g.env.stdout})
}

// stays is a stream that outlives who writes to it.
type stays struct{ io.Writer }

func (stays) Close() error { return nil }

// An mcpHome is what the tools run on.
type mcpHome struct {
	g *globals
	o mcpOptions
}

// Run runs a command of the program within this process, on the same files.
func (h mcpHome) Run(ctx context.Context, args ...string) (out []byte, notes []string, err error) {
	var printed, noted bytes.Buffer
	env := h.g.env
	env.args = slices.Concat(h.g.placeFlags(), args) // a tool's currency goes before the server's
	env.stdin, env.stdout, env.stderr = strings.NewReader(""), &printed, &noted
	env.terminal = func(io.Writer) (int, bool) { return 0, false }
	code := run(ctx, env)
	if code != exitDone {
		return nil, nil, errors.New(cmp.Or(failure(noted.String()), fmt.Sprintf("%s: exit code %d", args[0], code)))
	}
	for line := range strings.Lines(noted.String()) {
		notes = append(notes, strings.TrimSuffix(line, "\n"))
	}
	return printed.Bytes(), notes, nil
}

func (h mcpHome) Query(ctx context.Context, s mcp.Statement, w io.Writer) error {
	o := queryOptions{
		format: string(query.AsGrid), limit: s.Limit, formulaSafe: true, memory: h.o.memory, disk: h.o.disk, timeout: h.o.timeout,
		owner: s.Owner, params: map[string]string{},
	}
	for name, v := range s.Params {
		o.take(name, v)
	}
	return h.g.askApart(ctx, o, s.SQL, w)
}

// ReportPath makes the folder where it is not there.
func (h mcpHome) ReportPath(extension string, parts ...string) (string, error) {
	if err := os.MkdirAll(h.o.reports, 0o700); err != nil {
		return "", fmt.Errorf("report: make the folder for reports: %w; choose another with --reports", err)
	}
	name := "usage"
	for _, p := range parts {
		if p != "" {
			name += "-" + atomicfile.SafeName(p)
		}
	}
	return filepath.Abs(filepath.Join(h.o.reports, name+"."+extension))
}

func (h mcpHome) Views(ctx context.Context) ([]query.View, error) { return workspace.Views(ctx) }

func (h mcpHome) Saved() ([]queries.Query, error) {
	return queries.List(h.g.work.Beside(workspace.QueriesName))
}
