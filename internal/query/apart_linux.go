package query

import (
	"os/exec"
	"syscall"
)

// EndWithParent makes c end when this process does, however that ends.
func EndWithParent(c *exec.Cmd) { c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL} }
