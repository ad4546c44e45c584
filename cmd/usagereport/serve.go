package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"usagereport/analysis"
	"usagereport/locale"
	"usagereport/queries"
	"usagereport/query"
	"usagereport/web"
	"usagereport/workspace"
)

type serveOptions struct {
	listen  string
	names   []string
	token   string
	lang    string
	timeout time.Duration
	memory  string
	tags    []string
	open    bool
}

func newServeCommand(g *globals) *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:   "serve",
		Short: "Show the report live in a browser, with pages to drill and to ask in SQL",
		Long: `Serve the report's pages on this machine: the report of any billing period and owner,
a page that takes the cost apart by clicking, and a page for SQL. What other processes
load, and what is new in answers.csv and invoices.csv, is shown without a restart;
nothing that a page asks changes the ledger.

Other machines are let in with --listen only, and then need the token that the
printed address has ($USAGEREPORT_TOKEN sets it). The pages travel unencrypted: put a
server with a certificate before them.`,
		Example: `  usagereport serve
  usagereport serve --open
  usagereport serve --listen 127.0.0.1:9000 --owners owners.csv
  usagereport serve --listen 0.0.0.0:8080 --name costs.example.org`,
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), g, o) },
	}
	f := c.Flags()
	f.StringVar(&o.listen, "listen", "127.0.0.1:8765", "`ADDRESS` and port to listen on; port 0 takes a free one")
	f.StringArrayVar(&o.names, "name", nil, "a host `NAME` by which browsers call this server, besides localhost; can be given several times")
	f.StringVar(&o.lang, "lang", "", "`LANGUAGE` of the pages: en or zh-Hant")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "stop a statement after this `TIME`")
	f.StringVar(&o.memory, "memory-limit", defaultMemory, "`SIZE` of the memory that a statement may take; beyond it DuckDB uses the disk")
	addTagsFlag(f, &o.tags)
	f.BoolVar(&o.open, "open", false, "open the report in the browser")
	return c
}

func runServe(ctx context.Context, g *globals, o serveOptions) error {
	if _, err := locale.New(o.lang); err != nil {
		return usageError{fmt.Errorf("--lang: %w", err)}
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return usageError{fmt.Errorf("--listen %s: not an address and a port, like 127.0.0.1:8765", o.listen)}
	}
	s, err := g.work.Open(ctx) // says what is missing before anybody looks
	if err != nil {
		return err
	}
	_, err = s.OwnersFile(ctx)
	if err := errors.Join(err, s.Close()); err != nil {
		return err
	}
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", o.listen)
	if err != nil {
		return fmt.Errorf("serve: listen on %s: %w; choose another with --listen", o.listen, err)
	}
	defer listener.Close()
	at := listener.Addr().(*net.TCPAddr)
	local := at.IP.IsLoopback()
	if o.token = g.env.getenv("USAGEREPORT_TOKEN"); !local && o.token == "" {
		o.token = rand.Text()
	}
	names := o.names
	if !local && !at.IP.IsUnspecified() {
		names = append(slices.Clone(names), at.IP.String())
	}
	if !local && len(names) == 0 {
		return usageError{errors.New("--listen: other machines need a name to call this server by; give it with --name")}
	}
	server, err := web.New(&backend{g: g, o: o}, web.Options{Lang: o.lang, Token: o.token, Hosts: names, Limit: o.timeout})
	if err != nil {
		return err
	}
	called := "localhost"
	switch {
	case len(o.names) > 0:
		called = o.names[0]
	case local && host != "localhost", !local:
		called = at.IP.String()
	}
	address := "http://" + net.JoinHostPort(called, strconv.Itoa(at.Port)) + "/"
	if o.token != "" {
		address += "?token=" + o.token
	}
	if err := g.say("%s", address); err != nil {
		return err
	}
	g.note("showing %s; Ctrl-C ends it", g.work.Path())
	if !local {
		g.note("other machines can reach this, unencrypted; whoever has the token sees all costs")
	}
	if o.open {
		if err := browse(ctx, g, address); err != nil {
			g.fail("%v", err)
		}
	}
	return server.Serve(ctx, listener)
}

// A backend answers the pages from g's ledger.
type backend struct {
	g *globals
	o serveOptions

	taking sync.Mutex // answers and invoices in

	mu    sync.Mutex
	last  os.FileInfo // of the ledger
	files int         // how many there have been
}

// Version changes when a load replaces the ledger, or a file beside it changes that a
// report depends on.
func (b *backend) Version() (string, error) {
	info, err := os.Stat(b.g.work.Path())
	if err != nil {
		return "", fmt.Errorf("the ledger is not there: %w", err)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.last == nil || !os.SameFile(b.last, info) || b.last.Size() != info.Size() || !b.last.ModTime().Equal(info.ModTime()) {
		b.last = info
		b.files++
	}
	version := strconv.Itoa(b.files)
	for _, path := range []string{b.g.work.OwnersPath, b.g.work.Beside(workspace.OwnersName), b.g.work.Beside(workspace.AnswersName), b.g.work.Beside(workspace.InvoicesName), b.g.work.ConfigPath} {
		if path == "" {
			continue
		}
		if info, err := os.Stat(path); err == nil {
			version += fmt.Sprintf(" %d %d", info.Size(), info.ModTime().UnixNano())
		}
	}
	return version, nil
}

func (b *backend) Choices(ctx context.Context) (c web.Choices, err error) {
	s, err := b.g.work.Open(ctx)
	if err != nil {
		return c, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	file, err := s.OwnersFile(ctx)
	if err != nil {
		return c, err
	}
	if file != nil {
		for _, o := range file.Owners {
			c.Owners = append(c.Owners, o.Name)
		}
	}
	a, err := s.Analysis(ctx, analysis.Options{})
	if err != nil {
		return c, err
	}
	defer a.Close()
	c.Periods, err = a.Periods(ctx)
	if errors.Is(err, analysis.ErrEmpty) {
		err = nil
	}
	for _, p := range c.Periods {
		if !slices.Contains(c.Currencies, p.Total.Currency) {
			c.Currencies = append(c.Currencies, p.Total.Currency)
		}
	}
	slices.Sort(c.Currencies)
	return c, err
}

// options are those of an analysis of what a page chooses.
func (b *backend) options(c web.Choice) (analysis.Options, error) {
	o, err := b.g.work.Options(c.Period, "")
	if c.Currency != "" {
		o.Currency = strings.ToUpper(c.Currency)
	}
	return o, err
}

// session opens the ledger with what is new beside it, which pages that are made at
// the same time do not both take in.
func (b *backend) session(ctx context.Context) (*workspace.Session, error) {
	b.taking.Lock()
	defer b.taking.Unlock()
	return b.g.work.Session(ctx, false)
}

func (b *backend) Report(ctx context.Context, c web.Choice) (_ *analysis.Report, err error) {
	q := workspace.Question{Empty: locale.T("The ledger holds no charges; load usage files first.")}
	if q.Options, err = b.options(c); err != nil {
		return nil, err
	}
	q.Owner, q.Tags, q.Whose = c.Owner, b.o.tags, true
	s, err := b.session(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	a, err := s.Report(ctx, q)
	var flag *workspace.FlagError
	var absent *analysis.AbsentError
	if errors.As(err, &flag) || errors.As(err, &absent) || errors.Is(err, workspace.ErrNoOwners) {
		err = web.Mistaken(err)
	}
	if err != nil {
		return nil, err
	}
	return a.Report, a.Close()
}

func (b *backend) Compare(ctx context.Context, c web.Choice, o analysis.CompareOptions) (cs []analysis.Comparison, err error) {
	ao, err := b.options(c)
	if err != nil {
		return nil, err
	}
	ao.Owner = c.Owner
	a, done, err := b.g.work.Analyse(ctx, ao)
	if err != nil {
		return nil, err
	}
	defer done()
	cs, err = a.Compare(ctx, o)
	if err != nil {
		return nil, web.Mistaken(err)
	}
	return cs, nil
}

func (b *backend) Query(ctx context.Context, s web.Statement, w io.Writer) error {
	return b.g.askApart(ctx, s, b.o.memory, w)
}

func (b *backend) Views(ctx context.Context) ([]query.View, error) { return views(ctx) }

func (b *backend) Texts(ctx context.Context, column, begun string) (texts []string, err error) {
	s, err := b.g.work.Open(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	return s.Ledger.Texts(ctx, column, begun, 100)
}

func (b *backend) Saved() ([]queries.Query, error) {
	return queries.List(b.g.work.Beside(workspace.QueriesName))
}
