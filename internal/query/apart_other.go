//go:build !linux

package query

import "os/exec"

// EndWithParent does nothing where the system has no means for it.
func EndWithParent(*exec.Cmd) {}
