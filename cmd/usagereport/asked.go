package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/pflag"

	"usagereport/analysis"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/internal/query/queries"
	"usagereport/web"
	"usagereport/workspace"
)

// An asking is the saved queries that a report has as sections.
type asking struct {
	names   []string
	params  map[string]string
	timeout time.Duration
}

func (o *asking) addFlags(f *pflag.FlagSet) {
	f.StringSliceVar(&o.names, "query", nil, "saved query as a section, by its `NAME`; several with commas")
	f.StringToStringVar(&o.params, "param", nil, "value of a parameter of these queries: `NAME=VALUE`; period is the report's")
	f.DurationVar(&o.timeout, "timeout", 5*time.Minute, "stop each of these queries after this `TIME`; 0 is never")
}

// askedRows is how many rows of a query a report shows.
const askedRows = 50

// find returns the queries that are asked for, before anything is done.
func (o *asking) find(g *globals) ([]queries.Query, error) {
	var found []queries.Query
	used := map[string]bool{}
	for _, name := range o.names {
		q, err := queries.Find(g.work.Beside(workspace.QueriesName), name)
		if errors.Is(err, queries.ErrNone) {
			return nil, misuse.Of(fmt.Errorf("--query: %w", err))
		}
		if err != nil {
			return nil, err
		}
		for _, x := range q.Params {
			used[x.Name] = true
		}
		found = append(found, q)
	}
	for name := range o.params {
		if !used[name] {
			return nil, misuse.Of(fmt.Errorf("--param %s: no query that --query names has this parameter", name))
		}
	}
	return found, nil
}

// ask returns what each query answers. A parameter named period that is not
// given is the report's.
func (o *asking) ask(ctx context.Context, g *globals, found []queries.Query, period string) (all []analysis.Asked, err error) {
	for _, q := range found {
		asked := queryOptions{
			format: string(query.AsGrid), limit: askedRows, formulaSafe: true, memory: defaultMemory, disk: defaultDisk,
			timeout: o.timeout, params: map[string]string{},
		}
		for _, x := range q.Params {
			v, given := o.params[x.Name]
			if !given && x.Name == "period" {
				v = period
			}
			asked.take(x.Name, v)
		}
		var b bytes.Buffer
		if err := g.askApart(ctx, asked, q.SQL, &b); err != nil {
			return nil, fmt.Errorf("--query %s: %w", q.Name, err)
		}
		one, err := workspace.AskedOf(q, b.Bytes())
		if err != nil {
			return nil, fmt.Errorf("--query %s: read its answer: %w", q.Name, err)
		}
		all = append(all, one)
	}
	return all, nil
}

// take gives a parameter its value; an empty one is none.
func (o *queryOptions) take(name, value string) {
	if value == "" {
		o.absent = append(o.absent, name)
		return
	}
	o.params[name] = value
}

// args are the arguments of a command query that reads its statement from stdin.
func (o queryOptions) args(g *globals) (args []string, err error) {
	args = append([]string{"query", "-", "-q"}, g.placeFlags()...)
	args = append(args, "--format", o.format, "--limit", strconv.Itoa(o.limit), "--memory-limit", o.memory,
		"--disk-limit", o.disk, "--timeout", o.timeout.String(),
		fmt.Sprintf("--unsafe=%t", o.unsafe), fmt.Sprintf("--formula-safe=%t", o.formulaSafe))
	for flag, v := range map[string]string{"--output": o.out, "--owner": o.owner} {
		if v != "" {
			args = append(args, flag, v)
		}
	}
	for _, name := range o.absent {
		args = append(args, "--null", name)
	}
	for name, v := range o.params {
		field, err := oneField(name + "=" + v)
		if err != nil {
			return nil, err
		}
		args = append(args, "--param", field)
	}
	return args, nil
}

// placeFlags are the flags that all commands share, with which one works on the same files.
func (g *globals) placeFlags() []string {
	args := []string{"--db", g.work.Path()}
	for flag, v := range map[string]string{
		"--owners": g.work.OwnersPath, "--config": g.work.ConfigPath, "--as-of": g.work.AsOf, "--currency": g.work.Currency,
	} {
		if v != "" {
			args = append(args, flag, v)
		}
	}
	return args
}

// failure is what a command has said of why it failed.
func failure(said string) string {
	said, _, _ = strings.Cut(strings.TrimSpace(said), "\nsee 'usagereport ")
	return strings.TrimPrefix(said, "usagereport: ")
}

// askApart asks in a process of its own.
func (g *globals) askApart(ctx context.Context, o queryOptions, stmt string, w io.Writer) error {
	path, err := os.Executable()
	if err != nil {
		return fmt.Errorf("find the program: %w", err)
	}
	args, err := o.args(g)
	if err != nil {
		return err
	}
	err = query.RunApart(ctx, query.Apart{
		Program: path, Args: args, Memory: o.memory, Grace: grace, Now: g.env.now(), Failure: failure,
	}, stmt, w)
	if wrong := (*query.StatementError)(nil); errors.As(err, &wrong) {
		return web.Mistaken(err)
	}
	return err
}

// oneField writes s as the one value of a flag that takes several.
func oneField(s string) (string, error) {
	var b strings.Builder
	w := csv.NewWriter(&b)
	if err := w.Write([]string{s}); err != nil {
		return "", err
	}
	w.Flush()
	return strings.TrimSuffix(b.String(), "\n"), w.Error()
}
