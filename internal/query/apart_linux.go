package query

import (
	"os/exec"
	"syscall"
)

// EndWithParent makes c end when this process does, however that ends. It stands in a
// group of its own, so that Ctrl-C reaches it through this process alone, once.
func EndWithParent(c *exec.Cmd) {
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL, Setpgid: true}
}
