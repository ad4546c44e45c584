package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/ledger"
)

// Whatever call of the system fails while a load writes, or ends it, the ledger is whole,
// as it was or as it should be, and the next load succeeds.
func TestFaults(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("strace"); err != nil {
		t.Skip("strace is not installed, so no call of the system can be made to fail: NO FAULT WAS TRIED; make prepare installs it")
	}
	r := runner{t, t.TempDir()}
	base := filepath.Join(r.dir, "base.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	writeUsage(t, filepath.Join(r.dir, "b.csv"), "2026-04", "s1", 1, 2)
	r.must("load", "--db", base, "a.csv")
	kept, err := os.ReadFile(base)
	if err != nil {
		t.Fatal(err)
	}
	before := r.state(base)
	const after = "56,84.000000000000056,2"
	for _, c := range []struct{ name, calls, fault string }{
		{"no rename", "rename,renameat,renameat2", "error=EIO"},
		{"no fsync", "fsync,fdatasync", "error=EIO"},
		{"killed at an fsync", "fsync,fdatasync", "signal=SIGKILL"},
		{"killed at a rename", "rename,renameat,renameat2", "signal=SIGKILL:when=2+"},
		{"a full disk", "pwrite64", "error=ENOSPC:when=3+"},
		{"no lock", "flock", "error=ENOLCK"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			r := runner{t, r.dir}
			db := filepath.Join(t.TempDir(), "usage.duckdb")
			if err := os.WriteFile(db, kept, 0o600); err != nil {
				t.Fatal(err)
			}
			load := exec.CommandContext(t.Context(), "strace", "-f", "--seccomp-bpf", "-qq", "-o", os.DevNull, "-e", "trace="+c.calls,
				"-e", "inject="+c.calls+":"+c.fault, "usagereport", "load", "--db", db, "b.csv")
			load.Dir = r.dir
			out, err := load.CombinedOutput()
			if strings.Contains(string(out), "ptrace") || errors.Is(err, exec.ErrNotFound) {
				t.Skipf("strace may not trace here: NO FAULT WAS TRIED: %s", out)
			}
			if found, err := ledger.Check(t.Context(), db); err != nil || len(found) > 0 {
				t.Fatalf("the ledger is damaged: %v, %v", found, err)
			}
			got := r.state(db)
			if err == nil && got != after || err != nil && got != before && got != after {
				t.Errorf("the load ended with %v and left %s, neither %s nor %s: %s", err, got, before, after, out)
			}
			if strings.Contains(string(out), "goroutine ") {
				t.Errorf("it broke down: %s", out)
			}
			r.must("load", "--db", db, "b.csv")
			if got := r.state(db); got != after {
				t.Errorf("after the next load it is %s, want %s", got, after)
			}
			if left, err := filepath.Glob(db + ".*"); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
}
