//go:build unix

package main

import "syscall"

// private lets every file that the program and DuckDB make be the user's alone: the
// ledger and what lies beside it say what a company spends. What is made to be handed
// on, like a report, gets its mode where it is written.
func private() { syscall.Umask(0o077) }
