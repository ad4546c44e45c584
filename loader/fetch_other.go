//go:build !windows

package loader

import "syscall"

// broken lists the errors of a connection that broke.
func broken() []syscall.Errno { return []syscall.Errno{syscall.ECONNRESET, syscall.EPIPE} }
