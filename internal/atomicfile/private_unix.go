//go:build unix

package atomicfile

import "syscall"

// Private lets every file that the program and DuckDB make be the user's alone: the
// ledger and what lies beside it say what a company spends. What is made to be handed
// on, like a report, gets its mode where it is written.
func Private() { syscall.Umask(0o077) }
