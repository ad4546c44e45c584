package loader

import (
	"math/big"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/duckdb/duckdb-go/v2"
	"github.com/duckdb/duckdb-go/v2/mapping"

	"usagereport/usage"
)

// An output is one column of a chunk that is written: straight into DuckDB's
// memory where find has found it, else through the driver, value by value.
type output struct {
	chunk *duckdb.DataChunk
	at    int
	data  unsafe.Pointer // nil: not found
	valid unsafe.Pointer // a bit for each row

	missed *atomic.Int64
}

// find looks for the memory of o among vectors: that in which a value arrives
// that the driver is told to set. set sets the first row to a value whose lowest
// 64 bits are n.
func (o *output) find(vectors []mapping.Vector, set func(n int64) error) error {
	for _, v := range vectors {
		data, valid := mapping.VectorGetData(v), mapping.VectorGetValidity(v)
		if data == nil || valid == nil {
			continue
		}
		found := true
		for _, n := range []int64{1_234_567_890_123_456, 1_543_210_987_654_321} { // times, as micros, of this century
			if err := set(n); err != nil {
				return err
			}
			found = found && *(*int64)(data) == n
		}
		if found {
			o.data, o.valid = data, valid
			return nil
		}
	}
	o.missed.Add(1)
	return nil
}

// null makes a row of a found column NULL.
func (o *output) null(row int) {
	word := (*uint64)(unsafe.Add(o.valid, row/64*8))
	*word &^= 1 << (row % 64)
}

func (o *output) int64s(n int) []int64 { return unsafe.Slice((*int64)(o.data), n) }

func (o *output) setInt64(row int, n int64) error {
	return duckdb.SetChunkValue(*o.chunk, o.at, row, n)
}

func (o *output) setTime(row int, micros int64) error {
	return duckdb.SetChunkValue(*o.chunk, o.at, row, time.UnixMicro(micros).UTC())
}

func (o *output) setNumber(row int, d *big.Int) error {
	return duckdb.SetChunkValue(*o.chunk, o.at, row, d)
}

// fillKeys writes what value makes of the numbers of texts.
func (o *output) fillKeys(vectors []mapping.Vector, keys []uint32, value func(uint32) int64) error {
	if err := o.find(vectors, func(n int64) error { return o.setInt64(0, n) }); err != nil {
		return err
	}
	if o.data != nil {
		out := o.int64s(len(keys))
		for row, k := range keys {
			out[row] = value(k)
		}
		return nil
	}
	for row, k := range keys {
		if err := o.setInt64(row, value(k)); err != nil {
			return err
		}
	}
	return nil
}

// fillDays writes times.
func (o *output) fillDays(vectors []mapping.Vector, days []int64) error {
	if err := o.find(vectors, func(n int64) error { return o.setTime(0, n) }); err != nil {
		return err
	}
	if o.data != nil {
		copy(o.int64s(len(days)), days)
		for row, d := range days {
			if d == noTime {
				o.null(row)
			}
		}
		return nil
	}
	for row, d := range days {
		var err error
		if d == noTime {
			err = o.chunk.SetValue(o.at, row, nil)
		} else {
			err = o.setTime(row, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// A hugeint is a DECIMAL of more than 18 digits in DuckDB's memory.
type hugeint struct {
	lower uint64
	upper int64
}

// fillNumbers writes decimals.
func (o *output) fillNumbers(vectors []mapping.Vector, numbers []usage.Decimal, null []bool) error {
	// The upper half takes part in the trial, too: it is not 0.
	upper := new(big.Int).Lsh(big.NewInt(7), 64)
	err := o.find(vectors, func(n int64) error { return o.setNumber(0, new(big.Int).Add(upper, big.NewInt(n))) })
	if err != nil {
		return err
	}
	if o.data != nil && *(*hugeint)(o.data) == (hugeint{lower: uint64(*(*int64)(o.data)), upper: 7}) {
		out := unsafe.Slice((*hugeint)(o.data), len(numbers))
		for row, d := range numbers {
			out[row].upper, out[row].lower = d.Words()
			if null[row] {
				o.null(row)
			}
		}
		return nil
	}
	for row, d := range numbers {
		var err error
		if null[row] {
			err = o.chunk.SetValue(o.at, row, nil)
		} else {
			err = o.setNumber(row, d.Big())
		}
		if err != nil {
			return err
		}
	}
	return nil
}
