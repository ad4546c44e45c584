package query

import (
	"fmt"
	"math"
	"regexp"
	"runtime"
	"strconv"
	"strings"
)

// Margin is what a process that runs a statement may have of memory beyond its limit:
// for the rows that it reads, for what DuckDB does not count, and for each thread's
// stack and heap.
func Margin() int64 { return 1<<30 + int64(runtime.NumCPU())*128<<20 }

// ParseSize reads a size as DuckDB does: 500MB, 2GB, 1.5GiB, 100000B.
func ParseSize(text string) (int64, error) {
	m := regexp.MustCompile(`(?i)^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(i?)b?\s*$`).FindStringSubmatch(text)
	if m == nil {
		return 0, fmt.Errorf("%q is not a size, like 500MB or 2GB", text)
	}
	n, err := strconv.ParseFloat(m[1], 64)
	if err != nil {
		return 0, fmt.Errorf("%q is not a size, like 500MB or 2GB: %w", text, err)
	}
	step := 1000.0
	if m[3] != "" {
		step = 1024
	}
	n *= math.Pow(step, float64(strings.Index(" kmgt", strings.ToLower(m[2] + " ")[:1])))
	if n < 1 || n > 1<<50 {
		return 0, fmt.Errorf("%q is not a size between 1 byte and a thousand TB", text)
	}
	return int64(n), nil
}
