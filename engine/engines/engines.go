// Package engines opens the engine that reads usage where it lies, by the name of the place, and asks it.
package engines

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"usagereport/engine"
	"usagereport/engine/parquet"
	"usagereport/engine/trino"
	"usagereport/internal/config"
	"usagereport/internal/misuse"
	"usagereport/loader"
)

// Split returns what kind of engine reads a place, and the rest of its name.
func Split(name string) (kind, rest string, err error) {
	kind, rest, _ = strings.Cut(name, ":")
	if !slices.Contains([]string{parquet.Scheme, trino.Scheme}, kind) || rest == "" {
		return "", "", misuse.Of(fmt.Errorf("--engine %s: write it as parquet:PLACE, as parquet:exports or parquet:azblob://container/prefix, "+
			"or as trino://USER@HOST:8443/CATALOG/SCHEMA?table=TABLE", loader.WithoutSecret(name)))
	}
	return kind, rest, nil
}

// Options are what an engine needs besides the name.
type Options struct {
	Config  config.Engine
	MaxScan int64  // bytes that a statement may read; 0 for any number
	Dir     string // for what it writes
	// Sources lists and fetches files, by scheme, until they are closed.
	Sources func() (map[string]loader.Source, func())
	Getenv  func(string) string
	Now     func() time.Time
	Note    func(format string, args ...any)
}

// Open opens the engine of the place called name. Call done when it is no longer needed.
func Open(ctx context.Context, name string, o Options) (e engine.Engine, done func(), err error) {
	kind, rest, err := Split(name)
	if err != nil {
		return nil, nil, err
	}
	if kind == trino.Scheme {
		e, err := openTrino(ctx, rest, o)
		if err != nil {
			return nil, nil, err
		}
		return e, func() { _ = e.Close() }, nil // what is only read loses nothing
	}
	return openParquet(ctx, rest, o)
}

// openTrino makes ready to ask a table of a cluster.
func openTrino(ctx context.Context, address string, from Options) (*trino.Engine, error) {
	p, err := trino.ParsePlace(address)
	if err != nil {
		return nil, misuse.Of(fmt.Errorf("--engine trino:…: %w; write it as trino://USER@HOST:8443/CATALOG/SCHEMA?table=TABLE", err))
	}
	c := from.Config
	o := trino.Options{CA: c.CA, MaxScan: from.MaxScan}
	for _, secret := range []struct {
		to   *string
		from config.Secret
		name string
	}{{&o.Password, c.Password, "USAGEREPORT_ENGINE_PASSWORD"}, {&o.Token, c.Token, "USAGEREPORT_ENGINE_TOKEN"}} {
		if *secret.to = from.Getenv(secret.name); *secret.to == "" && secret.from.Given() {
			if *secret.to, err = secret.from.Value(ctx, from.Getenv); err != nil {
				return nil, fmt.Errorf("--engine: %w", err)
			}
		}
	}
	return trino.Open(p, o)
}

// openParquet finds Parquet files.
func openParquet(ctx context.Context, place string, o Options) (engine.Engine, func(), error) {
	places, done := o.Sources()
	places["az"] = places["azblob"]
	e, err := parquet.Open(ctx, place, parquet.Options{
		Sources: places, Load: loader.Options{Now: o.Now}, Cache: cache(o.Getenv), Dir: o.Dir, MaxScan: o.MaxScan, Note: o.Note,
	})
	if err != nil {
		done()
		return nil, nil, err
	}
	return e, func() { _ = e.Close(); done() }, nil // what is only read loses nothing
}

// cache is the folder for what is fetched from object stores.
func cache(getenv func(string) string) string {
	if dir := getenv("XDG_CACHE_HOME"); dir != "" {
		return filepath.Join(dir, "usagereport", "parquet")
	}
	return filepath.Join(getenv("HOME"), ".cache", "usagereport", "parquet")
}
