package loader

import (
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"

	"github.com/duckdb/duckdb-go/v2"

	"usagereport/usage"
)

// A feed hands rows to DuckDB as a table function, chunk by chunk. Numbers go
// over in two halves, the digits before the point as a DECIMAL(18,0) and those
// after it as a DECIMAL(18,18), each a 64-bit integer inside: DuckDB adds them
// up exactly, and far faster than it reads a decimal from text
// (docs/performance.md).
type feed struct {
	name    string
	rows    []*rows
	plan    *plan
	base    int64
	numbers []int
	days    []int

	mu     sync.Mutex // guards where the next chunk begins
	at     int        // index into rows
	offset int        // into rows[at]
}

// register makes the feed known to the database of conn under f.name.
func (f *feed) register(conn *sql.Conn) error {
	return duckdb.RegisterTableUDF(conn, f.name, duckdb.ParallelChunkTableFunction{
		BindArguments: func(map[string]any, ...any) (duckdb.ParallelChunkTableSource, error) { return f, nil },
	})
}

// load sets the rows that the next read of the feed yields.
func (f *feed) load(rs []*rows, base int64, p *plan) {
	f.rows, f.base, f.plan, f.at, f.offset = rs, base, p, 0, 0
	f.days, f.numbers = nil, nil
	for i, at := range p.days {
		if at >= 0 {
			f.days = append(f.days, i)
		}
	}
	for i := range p.numbers {
		if p.hasNumber(i) {
			f.numbers = append(f.numbers, i)
		}
	}
}

// ColumnInfos implements duckdb.ParallelChunkTableSource.
func (f *feed) ColumnInfos() []duckdb.ColumnInfo {
	bigint, err1 := duckdb.NewTypeInfo(duckdb.TYPE_BIGINT)
	whole, err2 := duckdb.NewDecimalInfo(18, 0)
	fraction, err3 := duckdb.NewDecimalInfo(18, 18)
	if err := errors.Join(err1, err2, err3); err != nil {
		panic(err) // they are types
	}
	cols := []duckdb.ColumnInfo{{Name: "k", T: bigint}}
	for _, i := range f.days {
		cols = append(cols, duckdb.ColumnInfo{Name: fmt.Sprintf("d%d", i), T: bigint})
	}
	for _, i := range f.numbers {
		cols = append(cols, duckdb.ColumnInfo{Name: fmt.Sprintf("w%d", i), T: whole}, duckdb.ColumnInfo{Name: fmt.Sprintf("f%d", i), T: fraction})
	}
	return cols
}

// Cardinality implements duckdb.ParallelChunkTableSource.
func (f *feed) Cardinality() *duckdb.CardinalityInfo {
	var n uint
	for _, r := range f.rows {
		n += uint(len(r.keys))
	}
	return &duckdb.CardinalityInfo{Cardinality: n, Exact: true}
}

// Init implements duckdb.ParallelChunkTableSource.
func (f *feed) Init() duckdb.ParallelTableSourceInfo {
	f.at, f.offset = 0, 0
	return duckdb.ParallelTableSourceInfo{MaxThreads: runtime.GOMAXPROCS(0)}
}

// NewLocalState implements duckdb.ParallelChunkTableSource.
func (f *feed) NewLocalState() any { return nil }

// next returns the rows of the next chunk, nil at the end.
func (f *feed) next() (r *rows, from, to int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.at < len(f.rows) && f.offset == len(f.rows[f.at].keys) {
		f.at, f.offset = f.at+1, 0
	}
	if f.at == len(f.rows) {
		return nil, 0, 0
	}
	r = f.rows[f.at]
	from = f.offset
	to = min(from+duckdb.GetDataChunkCapacity(), len(r.keys))
	f.offset = to
	return r, from, to
}

// FillChunk implements duckdb.ParallelChunkTableSource.
func (f *feed) FillChunk(_ any, chunk duckdb.DataChunk) error {
	r, from, to := f.next()
	if r == nil {
		return chunk.SetSize(0)
	}
	n := to - from
	for row, k := range r.keys[from:to] {
		if err := duckdb.SetChunkValue(chunk, 0, row, f.base+int64(k)); err != nil {
			return err
		}
	}
	col := 1
	for _, i := range f.days {
		if err := fillDays(chunk, col, r.days[i][from:to]); err != nil {
			return err
		}
		col++
	}
	for _, i := range f.numbers {
		if err := fillNumbers(chunk, col, r.numbers[i][from:to], r.null[i][from:to]); err != nil {
			return err
		}
		col += 2
	}
	return chunk.SetSize(n)
}

func fillDays(chunk duckdb.DataChunk, col int, days []int64) error {
	for row, d := range days {
		var err error
		if d == noTime {
			err = chunk.SetValue(col, row, nil)
		} else {
			err = duckdb.SetChunkValue(chunk, col, row, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func fillNumbers(chunk duckdb.DataChunk, col int, numbers []usage.Decimal, null []bool) error {
	for row, d := range numbers {
		if null[row] {
			if err := chunk.SetValue(col, row, nil); err != nil {
				return err
			}
			if err := chunk.SetValue(col+1, row, nil); err != nil {
				return err
			}
			continue
		}
		whole, frac, ok := d.Parts()
		if !ok {
			return usage.ErrDecimalRange
		}
		if err := duckdb.SetChunkValue(chunk, col, row, whole); err != nil {
			return err
		}
		if err := duckdb.SetChunkValue(chunk, col+1, row, frac); err != nil {
			return err
		}
	}
	return nil
}

// newFeed registers a feed with the database of conn, outside a transaction.
func newFeed(conn *sql.Conn, name string) (*feed, error) {
	f := &feed{name: name}
	return f, f.register(conn)
}
