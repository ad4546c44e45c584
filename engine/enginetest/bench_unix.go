//go:build unix

package enginetest

import (
	"syscall"
	"testing"
	"time"
)

func usageOf(t *testing.T) (u syscall.Rusage) {
	t.Helper()
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return u
}

func cpu(t *testing.T) time.Duration {
	t.Helper()
	u := usageOf(t)
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// memory is the most that this process has had, in MB.
func memory(t *testing.T) int64 {
	t.Helper()
	return usageOf(t).Maxrss / 1024
}
