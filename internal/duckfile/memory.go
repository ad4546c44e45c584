package duckfile

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// What DuckDB may use of the memory that there is: a tenth, for the program has as much beside
// it, but what a statement over a few million texts needs, and no more than the largest that
// was tried, nine million charges of 98,000 resources.
const (
	leastMemory = 300 << 20
	mostMemory  = 1 << 30
	partOf      = 8 // of DuckDB's own limit, which is four fifths of the memory
)

// Memory returns the limit of memory of a database that was opened just now, as DuckDB reads it.
func Memory(ctx context.Context, conn driver.ExecerContext) (string, error) {
	asked, ok := conn.(driver.QueryerContext)
	if !ok {
		return "", errors.New("the driver's connections answer no query")
	}
	rows, err := asked.QueryContext(ctx, "SELECT current_setting('memory_limit')", nil)
	if err != nil {
		return "", err
	}
	defer rows.Close()
	v := make([]driver.Value, 1)
	if err := rows.Next(v); err != nil {
		return "", err
	}
	all, err := bytesOf(fmt.Sprint(v[0]))
	if err != nil {
		return "", err
	}
	return fmt.Sprintf("%dB", min(max(all/partOf, leastMemory), mostMemory)), nil
}

// bytesOf reads a size as DuckDB shows it: 19.1 GiB.
func bytesOf(text string) (int64, error) {
	number, unit, _ := strings.Cut(text, " ")
	f, err := strconv.ParseFloat(number, 64)
	power := strings.Index("bytes KiB   MiB   GiB   TiB   PiB", unit)
	if err != nil || unit == "" || power%6 != 0 {
		return 0, fmt.Errorf("DuckDB's limit of memory, %q, is no size like 19.1 GiB", text)
	}
	return int64(f * float64(int64(1)<<(10*power/6))), nil
}
