package query

import "os"

// Stop ends a process: Windows interrupts none of another's. What it leaves in its folder is
// removed by who made that.
func Stop(p *os.Process) error { return p.Kill() }
