package ledger

import (
	"context"
	"database/sql"
	"fmt"
	"reflect"
	"sync"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"usagereport/usage"
)

// Values are some rows of series, days, costs and quantities, a slice a column.
type Values struct {
	Series         []int64
	Days           []usage.Day
	Cost, Quantity []float64
}

// TakeValues runs a query that calls take_values(series_id, day, cost, quantity)
// for each row, and hands the rows to take, many at a time and in no order, but
// never twice at once. What it is given is valid until it returns. (Rows read one
// by one through database/sql cost a third of a microsecond each.)
func TakeValues(ctx context.Context, conn *sql.Conn, query string, take func(Values), args ...any) error {
	t := &taker{take: take}
	defer t.forget()
	return t.run(ctx, conn, query, args...)
}

// A taker is a function of SQL that keeps what it is called with.
type taker struct {
	mu   sync.Mutex
	take func(Values)
	slow bool // go through the driver
}

func (t *taker) run(ctx context.Context, conn *sql.Conn, query string, args ...any) error {
	if err := duckdb.RegisterScalarUDF(conn, "take_values", t); err != nil {
		return fmt.Errorf("take values out of the ledger: %w", err)
	}
	_, err := conn.ExecContext(ctx, query, args...)
	return err
}

// forget lets go of what was taken: the connection keeps the function as long as it lives.
func (t *taker) forget() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.take = nil
}

// Config implements duckdb.ScalarFunc.
func (t *taker) Config() duckdb.ScalarFuncConfig {
	var types []duckdb.TypeInfo
	for _, id := range []duckdb.Type{duckdb.TYPE_BIGINT, duckdb.TYPE_DATE, duckdb.TYPE_DOUBLE, duckdb.TYPE_DOUBLE, duckdb.TYPE_BOOLEAN} {
		info, err := duckdb.NewTypeInfo(id)
		if err != nil {
			panic(err) // these are simple types
		}
		types = append(types, info)
	}
	return duckdb.ScalarFuncConfig{InputTypeInfos: types[:4], ResultTypeInfo: types[4], Volatile: true, SpecialNullHandling: true}
}

// Executor implements duckdb.ScalarFunc.
func (t *taker) Executor() duckdb.ScalarFuncExecutor {
	return duckdb.ScalarFuncExecutor{ChunkContextExecutor: func(_ context.Context, state *duckdb.ChunkIteratorState) error {
		chunk := state.GetInputChunk()
		v, found := valuesOf(chunk)
		if t.slow || !found {
			var err error
			if v, err = readValues(chunk); err != nil {
				return err
			}
		}
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.take != nil {
			t.take(v)
		}
		return nil
	}}
}

// Vectors returns the vectors of a chunk, from which mapping gives their memory.
// The driver hands out no pointer to it; its package mapping does, to who has the
// chunk's handle, which is read from the field that holds it. If a later driver
// keeps it elsewhere there are none, and the driver's own, slower calls must do.
func Vectors(chunk *duckdb.DataChunk) []mapping.Vector {
	handle := reflect.ValueOf(chunk).Elem().FieldByName("chunk")
	if !handle.IsValid() || handle.Type() != reflect.TypeFor[mapping.DataChunk]() {
		return nil
	}
	c := mapping.DataChunk{Ptr: handle.FieldByName("Ptr").UnsafePointer()}
	vectors := make([]mapping.Vector, mapping.DataChunkGetColumnCount(c))
	for i := range vectors {
		vectors[i] = mapping.DataChunkGetVector(c, mapping.IdxT(i))
	}
	return vectors
}

// valuesOf returns the chunk's own memory.
func valuesOf(chunk *duckdb.DataChunk) (v Values, ok bool) {
	vectors, n := Vectors(chunk), chunk.GetSize()
	if len(vectors) != 4 || unsafe.Sizeof(usage.Day(0)) != unsafe.Sizeof(int32(0)) {
		return v, false
	}
	var data [4]unsafe.Pointer
	for i := range vectors {
		data[i] = mapping.VectorGetData(vectors[i])
	}
	return Values{
		Series: unsafe.Slice((*int64)(data[0]), n), Days: unsafe.Slice((*usage.Day)(data[1]), n),
		Cost: unsafe.Slice((*float64)(data[2]), n), Quantity: unsafe.Slice((*float64)(data[3]), n),
	}, true
}

// readValues reads a chunk through the driver, value by value.
func readValues(chunk *duckdb.DataChunk) (v Values, err error) {
	for row := range chunk.GetSize() {
		var values [4]any
		for i := range values {
			if values[i], err = chunk.GetValue(i, row); err != nil {
				return v, err
			}
		}
		v.Series = append(v.Series, values[0].(int64))
		v.Days = append(v.Days, usage.DayOf(values[1].(time.Time)))
		v.Cost, v.Quantity = append(v.Cost, values[2].(float64)), append(v.Quantity, values[3].(float64))
	}
	return v, nil
}
