package query

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
	"syscall"
)

// LimitMemory limits what this process may have of addresses, from now on, to what it
// has, a limit and Margin: what DuckDB holds outside its own limit counts, too.
func LimitMemory(limit int64) error {
	b, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return fmt.Errorf("limit the memory: %w", err)
	}
	first, _, _ := bytes.Cut(b, []byte(" "))
	pages, err := strconv.ParseInt(string(first), 10, 64)
	if err != nil {
		return fmt.Errorf("limit the memory: /proc/self/statm: %w", err)
	}
	var r syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_AS, &r); err != nil {
		return fmt.Errorf("limit the memory: %w", err)
	}
	r.Cur = min(r.Max, uint64(pages*int64(os.Getpagesize())+limit+Margin()))
	if err := syscall.Setrlimit(syscall.RLIMIT_AS, &r); err != nil {
		return fmt.Errorf("limit the memory to %d bytes: %w", r.Cur, err)
	}
	return nil
}
