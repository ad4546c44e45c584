//go:build !windows

package query

import "os"

// Stop asks a process to end, which removes what it has written.
func Stop(p *os.Process) error { return p.Signal(os.Interrupt) }
