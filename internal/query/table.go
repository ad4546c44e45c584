// Package query prints tables as text, JSON, CSV and markdown, and runs ad-hoc
// SQL against a ledger that it may only read.
//
// All commands that print data use Encode, so that an amount, a day or a
// hostile name looks the same everywhere: amounts are exact decimals and never
// pass through floating point, and text from a usage file cannot steer a
// terminal or break out of its cell.
package query

import (
	"database/sql"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
)

// A Table is columns and the rows under them. The rows are read once, one at a
// time; a row is valid until the next one is asked for, and an error ends them.
//
// A value is nil, a string, a bool, a number, a time.Time, a value of package
// usage (Decimal, Money, Day), or what the DuckDB driver yields. Money is
// written with its own currency's minor digits; a zero Day is "no day" and
// written like nil.
type Table struct {
	Columns []Column
	Rows    iter.Seq2[[]any, error]

	// Without names columns that the caller leaves out of a text table for its width, which the
	// table's last line then says.
	Without []string

	more *bool // whether there are rows that Rows does not yield, once it has ended
}

// First returns t with its first n rows.
func (t Table) First(n int) Table {
	rows := t.Rows
	t.more = new(bool)
	t.Rows = func(yield func([]any, error) bool) {
		left := n
		for row, err := range rows {
			if left == 0 && err == nil {
				*t.more = true
				return
			}
			left--
			if !yield(row, err) {
				return
			}
		}
	}
	return t
}

// A Column names the values below it and says what kind they are. How a value
// is written follows from the value; the kind decides the alignment and which
// columns may be shortened.
type Column struct {
	Name string
	Kind Kind
	Type string // DuckDB's name of the type in the result of a query, else empty

	// Rank says how soon a text table that is too wide goes without the column: the highest
	// first, and of equal ones the last.
	Rank int
}

// A Kind is what sort of values a column has. The zero Kind is Text.
type Kind int

// The kinds. Nested is a list, a struct, a map or JSON.
const (
	Text Kind = iota
	Decimal
	Integer
	Float
	Date
	Timestamp
	Bool
	Nested
)

// number reports whether values of kind k stand right-aligned.
func (k Kind) number() bool { return k == Decimal || k == Integer || k == Float }

// RowsOf returns rows that are already in memory as the rows of a Table.
func RowsOf(rows ...[]any) iter.Seq2[[]any, error] {
	return func(yield func([]any, error) bool) {
		for _, r := range rows {
			if !yield(r, nil) {
				return
			}
		}
	}
}

// FromRows returns the result of a query as a Table. Reading its rows closes
// rows; a caller that may not come to that closes them itself.
func FromRows(rows *sql.Rows) (Table, error) {
	types, err := rows.ColumnTypes()
	if err != nil {
		return Table{}, err
	}
	cols := make([]Column, len(types))
	for i, t := range types {
		cols[i] = Column{Name: t.Name(), Kind: kindOf(t.DatabaseTypeName()), Type: t.DatabaseTypeName()}
	}
	return Table{Columns: cols, Rows: func(yield func([]any, error) bool) {
		defer rows.Close()
		row, dest := make([]any, len(cols)), make([]any, len(cols))
		for i := range row {
			dest[i] = &row[i]
		}
		for rows.Next() {
			if err := rows.Scan(dest...); err != nil {
				yield(nil, err)
				return
			}
			if !yield(row, nil) {
				return
			}
		}
		if err := rows.Err(); err != nil {
			yield(nil, err)
		}
	}}, nil
}

// kindOf returns the kind of DuckDB's type typ: "DECIMAL(38,18)", "DATE[]".
func kindOf(typ string) Kind {
	base, _, _ := strings.Cut(typ, "(")
	switch {
	case strings.HasSuffix(typ, "]"), base == "STRUCT", base == "MAP", base == "UNION", base == "JSON":
		return Nested
	case base == "DECIMAL":
		return Decimal
	case strings.HasSuffix(base, "INT"), base == "INTEGER", base == "UINTEGER", base == "BIGNUM":
		return Integer
	case base == "FLOAT", base == "DOUBLE":
		return Float
	case base == "DATE":
		return Date
	case strings.HasPrefix(base, "TIMESTAMP"):
		return Timestamp
	case base == "BOOLEAN":
		return Bool
	}
	return Text
}

// A Format is a way to write a table.
type Format string

// The formats. Parquet is written by WriteParquet only, since DuckDB itself
// writes it.
const (
	AsTable    Format = "table"
	AsJSON     Format = "json"
	AsNDJSON   Format = "ndjson"
	AsCSV      Format = "csv"
	AsMarkdown Format = "markdown"
	AsParquet  Format = "parquet"
	AsGrid     Format = "grid" // columns with their types, rows as arrays: for a page
)

// ParseFormat returns the format called name: one that Encode writes, or one of
// also.
func ParseFormat(name string, also ...Format) (Format, error) {
	formats := append([]Format{AsTable, AsJSON, AsCSV, AsMarkdown}, also...)
	if f := Format(strings.ToLower(name)); slices.Contains(formats, f) {
		return f, nil
	}
	names := make([]string, len(formats))
	for i, f := range formats {
		names[i] = string(f)
	}
	return "", fmt.Errorf("format %q: unknown; use one of %s", name, strings.Join(names, ", "))
}

// Options say how Encode writes a table. The zero Options are a text table of
// any width.
type Options struct {
	Format Format

	// Currency is the code of the currency of the amounts: their trailing zeros
	// are cut down to its minor digits, which are two where it is empty.
	Currency string

	// FormulaSafe puts an apostrophe before a text in a CSV that a spreadsheet
	// would take for a formula: one that starts with = + - @, a tab or a line
	// break. It changes the data, so a CSV for programs goes without.
	FormulaSafe bool

	// Terminal says that the output is a terminal. A CSV then shows control
	// characters as Visible does; the other formats never write them as such.
	Terminal bool

	// Params are the values of a statement's parameters, by name, as text; nil is
	// NULL.
	Params map[string]*string

	// Width is how many columns the terminal has. A text table is fitted into
	// them: long texts are shortened first, with Wrap broken at words, then columns are left
	// out by their ranks and named. 0 is any width.
	Width int
	Wrap  bool

	// Wider says how columns that are left out are to be had; "" is by a wider terminal or
	// another format.
	Wider string

	// Limit is how many rows a statement is asked for; with more, a text table and
	// a grid say that there are some. 0 is all of them.
	Limit int
}

// Encode writes t to w. All formats but the text table, which has to see its
// rows before it knows their width, write each row as it is read.
func Encode(w io.Writer, t Table, o Options) error {
	switch o.Format {
	case AsTable, "":
		return encodeTable(w, t, o)
	case AsJSON:
		return encodeJSON(w, t, o)
	case AsNDJSON:
		return encodeNDJSON(w, t, o)
	case AsGrid:
		return encodeGrid(w, t, o)
	case AsCSV:
		return encodeCSV(w, t, o)
	case AsMarkdown:
		return encodeMarkdown(w, t, o)
	}
	return fmt.Errorf("format %q: cannot be printed", o.Format)
}
