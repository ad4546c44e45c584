package loader

import (
	"database/sql"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"usagereport/ledger"
	"usagereport/usage"
)

// A feed hands rows to DuckDB as a table function, chunk by chunk: for each row
// the number of its texts, its days as TIMESTAMP and its numbers as
// DECIMAL(38,18). It writes them into DuckDB's own memory, for a call for each
// value costs more than all else that happens to the value
// (docs/performance.md).
type feed struct {
	name    string
	rows    []*rows
	plan    *plan
	key     func(int64) int64 // of the number of a row's texts
	numbers []int
	days    []int
	part    []uint32     // by key; nil where the rows need none
	slow    bool         // for tests: one call for each value
	missed  atomic.Int64 // columns that were not found in memory

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
func (f *feed) load(rs []*rows, key func(int64) int64, p *plan, part []uint32) {
	f.rows, f.key, f.plan, f.part, f.at, f.offset = rs, key, p, part, 0, 0
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
	timestamp, err2 := duckdb.NewTypeInfo(duckdb.TYPE_TIMESTAMP)
	number, err3 := duckdb.NewDecimalInfo(38, usage.Scale)
	if err := errors.Join(err1, err2, err3); err != nil {
		panic(err) // they are types
	}
	cols := []duckdb.ColumnInfo{{Name: "k", T: bigint}}
	if f.part != nil {
		cols = append(cols, duckdb.ColumnInfo{Name: "p", T: bigint})
	}
	for _, i := range f.days {
		cols = append(cols, duckdb.ColumnInfo{Name: fmt.Sprintf("d%d", i), T: timestamp})
	}
	for _, i := range f.numbers {
		cols = append(cols, duckdb.ColumnInfo{Name: fmt.Sprintf("n%d", i), T: number})
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
	var vectors []mapping.Vector
	if !f.slow {
		vectors = ledger.Vectors(&chunk)
	}
	col := -1
	next := func() *output {
		col++
		return &output{chunk: &chunk, at: col, missed: &f.missed}
	}
	if err := next().fillKeys(vectors, r.keys[from:to], func(k uint32) int64 { return f.key(r.base + int64(k)) }); err != nil {
		return err
	}
	if f.part != nil {
		if err := next().fillKeys(vectors, r.keys[from:to], func(k uint32) int64 { return int64(f.part[r.base+int64(k)]) }); err != nil {
			return err
		}
	}
	for _, i := range f.days {
		if err := next().fillDays(vectors, r.days[i][from:to]); err != nil {
			return err
		}
	}
	for _, i := range f.numbers {
		if err := next().fillNumbers(vectors, r.numbers[i][from:to], r.null[i][from:to]); err != nil {
			return err
		}
	}
	return chunk.SetSize(to - from)
}

// newFeed registers a feed with the database of conn, outside a transaction.
func newFeed(conn *sql.Conn, name string) (*feed, error) {
	f := &feed{name: name}
	return f, f.register(conn)
}
