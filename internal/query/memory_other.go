//go:build !linux

package query

// LimitMemory does nothing where the system has no means for it: only DuckDB's own
// limit holds.
func LimitMemory(int64) error { return nil }
