package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"slices"
	"strconv"
	"time"

	"github.com/spf13/cobra"

	"usagereport/internal/locale"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/web"
	"usagereport/web/backend"
	"usagereport/workspace"
)

type serveOptions struct {
	listen  string
	names   []string
	token   string
	lang    string
	timeout time.Duration
	memory  string
	disk    string
	tags    []string
	open    bool
	noToken bool
	reading bool
}

// minToken is how long a token of one's own must be.
const minToken = 16

func newServeCommand(g *globals) *cobra.Command {
	var o serveOptions
	c := &cobra.Command{
		Use:  "serve",
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return runServe(cmd.Context(), g, o) },
	}
	f := c.Flags()
	addEngineFlag(f, g)
	f.StringVar(&o.listen, "listen", "127.0.0.1:8765", "`ADDRESS` and port to listen on; port 0 takes a free one")
	f.StringArrayVar(&o.names, "name", nil, "a host `NAME` by which browsers call this server, besides localhost; can be given several times")
	f.StringVar(&o.lang, "lang", "", "`LANGUAGE` of the pages: en or zh-Hant")
	f.DurationVar(&o.timeout, "timeout", time.Minute, "stop a statement after this `TIME`")
	addLimitFlags(f, &o.memory, &o.disk, servedDisk)
	addTagsFlag(f, &o.tags)
	addConvertFlag(f, g)
	f.BoolVar(&o.noToken, "no-token", false, "ask for no token on this machine, though it has several users")
	f.BoolVar(&o.reading, "read-only", false, "let visitors answer no finding and save no query")
	f.BoolVar(&o.open, "open", false, "open the report in the browser")
	return c
}

func runServe(ctx context.Context, g *globals, o serveOptions) error {
	if _, err := g.work.Options("", ""); err != nil {
		return err
	}
	if _, err := locale.New(o.lang); err != nil {
		return misuse.Of(fmt.Errorf("--lang: %w", err))
	}
	host, _, err := net.SplitHostPort(o.listen)
	if err != nil {
		return misuse.Of(fmt.Errorf("--listen %s: not an address and a port, like 127.0.0.1:8765", o.listen))
	}
	s, err := g.work.Open(ctx) // says what is missing before a page is asked for
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
	own := g.env.getenv("USAGEREPORT_TOKEN")
	switch o.token = own; {
	case own != "" && len(own) < minToken:
		return misuse.Of(fmt.Errorf("$USAGEREPORT_TOKEN has %d characters: give it at least %d, as 'openssl rand -hex 16' "+
			"makes them", len(own), minToken))
	case own == "" && (!local || len(o.names) > 0 || !o.noToken && web.SeveralUsers()):
		o.token = rand.Text()
	}
	names := o.names
	if !local && !at.IP.IsUnspecified() {
		names = append(slices.Clone(names), at.IP.String())
	}
	if !local && len(names) == 0 {
		return misuse.Of(errors.New("--listen: other machines need a name to call this server by; give it with --name"))
	}
	if _, err := query.ParseSize(o.memory); err != nil {
		return misuse.Of(fmt.Errorf("--memory-limit: %w", err))
	}
	most, err := query.ParseSize(o.disk)
	if err != nil {
		return misuse.Of(fmt.Errorf("--disk-limit: %w", err))
	}
	dir, remove, err := query.Folder("", g.env.now())
	if err != nil {
		return err
	}
	defer remove()
	server, err := web.New(newBackend(g, o), web.Options{
		Lang: o.lang, Token: o.token, Hosts: names, Limit: o.timeout, MaxResult: most, Dir: dir, Note: g.Note,
		Now: time.Now, ReadOnly: o.reading,
	})
	if err != nil {
		return err
	}
	address, err := o.announce(g, host, at, own)
	if err != nil {
		return err
	}
	if o.open {
		if err := browse(ctx, g, address); err != nil {
			g.Fail("%v", err)
		}
	}
	return server.Serve(ctx, listener)
}

// announce says where the pages are and who can see them. own is the token that the user gave.
func (o serveOptions) announce(g *globals, host string, at *net.TCPAddr, own string) (address string, err error) {
	local := at.IP.IsLoopback()
	called := "localhost"
	switch {
	case len(o.names) > 0:
		called = o.names[0]
	case local && host != "localhost", !local:
		called = at.IP.String()
	}
	address = "http://" + net.JoinHostPort(called, strconv.Itoa(at.Port)) + "/"
	if o.token != own { // one that the user gave is known, and not shown
		address += "?token=" + o.token
	}
	if err := g.Say("%s", address); err != nil {
		return "", err
	}
	g.Note("showing %s; Ctrl-C ends it", g.work.Path())
	if own != "" {
		g.Note("open it with ?token= and what $USAGEREPORT_TOKEN holds behind the address")
	}
	if !local {
		g.Note("other machines can reach this, unencrypted; whoever has the token sees all costs")
	}
	return address, nil
}

// newBackend answers the pages from g's ledger.
func newBackend(g *globals, o serveOptions) *backend.Backend {
	b := backend.New(&g.work)
	b.Tags, b.Now = o.tags, g.env.now
	b.Finer = func(ctx context.Context, s *workspace.Session) (workspace.Finer, error) { return finer(ctx, g, s) }
	b.Ask = func(ctx context.Context, s web.Statement, w io.Writer) error {
		asked := queryOptions{
			format: string(s.Format), limit: s.Limit, formulaSafe: true, memory: o.memory, disk: o.disk, params: map[string]string{},
		}
		for name, v := range s.Params {
			asked.take(name, v)
		}
		return g.askApart(ctx, asked, s.SQL, w)
	}
	return b
}
