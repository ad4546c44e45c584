// Package engine reads usage where it lies: Parquet files in place, or a table of a
// cluster that is there already. It brings back compact charges, one for each day and
// combination of the columns that were chosen, with exact sums, as a loader.Source.
// The loader puts them into a ledger as it does the rows of a file, so that whatever
// comes after needs to know nothing of engines.
//
// An Engine is thin: a connection and its way of SQL. A Table writes the SQL, once for
// all engines, chooses the columns, and holds what was read to the engine's own totals.
package engine

import (
	"context"
	"database/sql"
	"strings"
	"time"
)

// An Engine runs statements over one relation of charges. Implementations must be safe
// for concurrent use and must pass enginetest.TestEngine.
type Engine interface {
	// Name is the place as it is shown and kept; it holds no secret.
	Name() string
	// About says in a line what answers: its version and how many workers it has.
	About(ctx context.Context) (string, error)
	// Describe returns the columns of the relation, in its order.
	Describe(ctx context.Context) ([]Column, error)
	// Query runs one statement that reads. Every value is text or NULL.
	Query(ctx context.Context, statement string) (*sql.Rows, error)
	// Dialect is the engine's way of SQL.
	Dialect() Dialect
	// Files are those that the relation is made of, nil where the engine keeps them to itself.
	Files() []File
	// Unchanged returns an error that wraps ErrChanged if one of these files is another by now.
	Unchanged(ctx context.Context, files []string) error
	// Explain says of an error of Query, or of its rows, what to do about it. What may
	// pass is a *loader.TemporaryError.
	Explain(ctx context.Context, err error) error
	Close() error
}

// A Column is a column of a relation, its type as the engine writes it.
type Column struct{ Name, Type string }

// A File is one of those that a relation is made of.
type File struct {
	Path     string // by which Dialect.File names it
	Shown    string // as the user knows it
	Mark     string // changes whenever the content does
	Size     int64
	Modified time.Time
}

// A Dialect is where the SQL of engines differs.
type Dialect struct {
	// Relation is what a statement reads FROM: of these files, or all of them for nil.
	Relation func(files []string) string
	// File is a column with the path of a row's file, "" for none.
	File string
	// JSON is the text of a nested value.
	JSON func(value string) string
	// Distinct counts distinct combinations of texts, about.
	Distinct func(texts []string) string
}

// A kind is what a column's type means to us.
type kind int

const (
	kindOther   kind = iota
	kindText         // of any length
	kindWhole        // an integer
	kindDecimal      // exact
	kindFloat        // not exact
	kindDay
	kindTime   // without a zone
	kindZoned  // a time with a zone
	kindNested // a map, a list, a struct
)

// kindOf reads a type as DuckDB or Trino writes it.
func kindOf(typ string) kind {
	t := strings.ToLower(typ)
	is := func(prefixes ...string) bool {
		for _, p := range prefixes {
			if strings.HasPrefix(t, p) {
				return true
			}
		}
		return false
	}
	switch {
	case strings.HasSuffix(t, "]"), is("map(", "struct(", "row(", "array(", "json"):
		return kindNested
	case is("varchar", "char"):
		return kindText
	case is("decimal"):
		return kindDecimal
	case is("double", "real", "float"):
		return kindFloat
	case is("bigint", "int", "smallint", "tinyint", "hugeint", "ubigint", "uinteger", "usmallint", "utinyint", "uhugeint"):
		return kindWhole
	case t == "date":
		return kindDay
	case is("timestamp") && strings.Contains(t, "time zone"):
		return kindZoned
	case is("timestamp"):
		return kindTime
	}
	return kindOther
}

// scaleOf returns the fraction digits that a decimal type keeps.
func scaleOf(typ string) string {
	_, scale, _ := strings.Cut(strings.Trim(typ[strings.Index(typ, "(")+1:], ") "), ",")
	return strings.TrimSpace(scale)
}
