package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"usagereport/internal/atomicfile"
	"usagereport/internal/misuse"
	"usagereport/internal/query"
)

func runQuery(ctx context.Context, g *globals, o queryOptions, stmt string) error {
	format, err := o.formatted()
	if err != nil {
		return err
	}
	if format == query.AsParquet && (o.out == "" || o.out == "-") {
		return misuse.Of(errors.New("query: parquet goes to a file; name it with -o FILE"))
	}
	if o.limit == 0 && format == query.AsTable {
		o.limit = cmp.Or(o.maxRows, shownInTable)
	}
	memory, err := query.ParseSize(o.memory)
	if err != nil {
		return misuse.Of(fmt.Errorf("--memory-limit: %w", err))
	}
	disk, err := query.ParseSize(o.disk)
	if err != nil {
		return misuse.Of(fmt.Errorf("--disk-limit: %w", err))
	}
	beside := "" // what is renamed into its place is written on its disk
	if o.toFile() {
		beside = filepath.Dir(o.out)
	}
	dir, remove, err := query.Folder(beside, g.env.now())
	if err != nil {
		return err
	}
	defer remove()
	path := g.work.Path()
	if o.owner != "" {
		path = filepath.Join(dir, "excerpt.duckdb")
	}
	open, err := g.work.AskingOf(ctx, stmt, o.owner, path)
	if err != nil {
		return err
	}
	open.MemoryLimit, open.DiskLimit, open.Dir, open.Unsafe = o.memory, disk, dir, o.unsafe
	if err := query.LimitMemory(memory); err != nil {
		return err
	}
	if o.timeout <= 0 {
		return o.run(ctx, g, path, stmt, format, open)
	}
	late := fmt.Errorf("query: stopped: it took longer than --timeout %v", o.timeout)
	// A statement that does not hear of it ends with its process.
	ending := time.AfterFunc(o.timeout+grace, func() {
		remove()
		g.TellError("usagereport: ", late)
		g.env.exit(exitFailed)
	})
	defer ending.Stop()
	ctx, cancel := context.WithTimeoutCause(ctx, o.timeout, late)
	defer cancel()
	err = o.run(ctx, g, path, stmt, format, open)
	if err != nil && errors.Is(context.Cause(ctx), late) { // wherever it was
		return late
	}
	return err
}

// toFile reports whether the result goes to a file.
func (o queryOptions) toFile() bool { return o.out != "" && o.out != "-" }

// saying prints the path of the file that was written, where no error kept it from being.
func (o queryOptions) saying(g *globals, err error) error {
	if err != nil || !o.toFile() {
		return err
	}
	return g.Say("%s", o.out)
}

// values are those of the parameters, nil for one without.
func (o queryOptions) values() map[string]*string {
	params := map[string]*string{}
	for name, value := range o.params {
		params[name] = &value
	}
	for _, name := range o.absent {
		params[name] = nil
	}
	return params
}

// run asks the ledger at path.
func (o queryOptions) run(ctx context.Context, g *globals, path, stmt string, format query.Format, open query.OpenOptions) error {
	params := o.values()
	opts := query.Options{Format: format, FormulaSafe: o.formulaSafe, Limit: o.limit, Currency: g.work.Currency, Params: params}
	if !o.toFile() {
		opts.Width, opts.Terminal = g.env.terminal(g.env.stdout)
	}
	write := func(w io.Writer) error {
		if o.limit == 0 {
			return query.RunLarge(ctx, path, stmt, w, open, opts)
		}
		db, err := query.Open(ctx, path, open)
		if err != nil {
			return err
		}
		defer db.Close()
		return query.Run(ctx, db, stmt, w, opts)
	}
	switch {
	case format == query.AsParquet:
		return query.WriteParquet(ctx, path, stmt, o.out, open, params)
	case o.toFile():
		return atomicfile.Write(o.out, write)
	}
	return write(g.env.stdout)
}
