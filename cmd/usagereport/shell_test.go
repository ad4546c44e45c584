//go:build !windows

package main

import (
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/creack/pty"
)

// The shell at a terminal: completion of names and values, several lines, Ctrl-C
// that stops a statement and gives up a begun one, and history over sessions.
func TestShellAtATerminal(t *testing.T) {
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	if c, out := r.command("load", "--db", db, "a.csv"); c.Run() != nil {
		t.Fatal(out)
	}
	start := func() (*exec.Cmd, *os.File, *screen) {
		c, _ := r.command("shell", "--db", db)
		c.Stdin, c.Stdout, c.Stderr = nil, nil, nil
		c.Env = append(c.Environ(), "TERM=xterm", "TERMINAL=120", "XDG_STATE_HOME="+r.dir)
		tty, err := pty.StartWithSize(c, &pty.Winsize{Rows: 40, Cols: 120})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { tty.Close() })
		var s screen
		go func() { _, _ = io.Copy(&s, tty) }()
		s.after(t, "usage> ")
		return c, tty, &s
	}
	c, tty, s := start()
	typed := func(text string) {
		t.Helper()
		if _, err := tty.WriteString(text); err != nil {
			t.Fatal(err)
		}
	}
	typed("SELECT ServiceNa\t")
	s.after(t, "SELECT ServiceName")
	typed(", count(*)\r")
	s.after(t, "   ... ")
	typed("FROM usage WHERE ServiceName = '\t")
	first := s.after(t, "'Storage'")
	typed(" GROUP BY ALL;\r")
	if got := s.after(t, "usage> "); !strings.Contains(got, "Storage     │") {
		t.Errorf("the answer is %q, after %q", got, first)
	}
	typed("SELECT count(*) FROM range(1000000000000) a, range(1000) b WHERE a.range + b.range = -1;\r")
	// It stops what runs, and on a busy machine the statement may not do so yet.
	s.after(t, "query: stopped", func() { typed("\x03") })
	s.after(t, "usage> ")
	typed("SELECT 'given up\r")
	s.after(t, "   ... ")
	typed("\x03")
	s.after(t, "usage> ")
	typed("SELECT 40 + 2 AS n;\r")
	s.after(t, " 42")
	s.after(t, "usage> ")
	typed("\x04")
	if err := c.Wait(); err != nil {
		t.Fatalf("Ctrl-D ends it with %v", err)
	}
	info, err := os.Stat(filepath.Join(r.dir, "usagereport", "history"))
	if err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the history: %v, %v", info, err)
	}
	c, tty, s = start()
	typed("\x1b[A\r") // the last statement, again
	if got := s.after(t, "42"); !strings.Contains(got, "SELECT 40 + 2 AS n;") {
		t.Errorf("the arrow brings back %q", got)
	}
	s.after(t, "usage> ")
	typed(".quit\r")
	if err := c.Wait(); err != nil {
		t.Fatal(err)
	}
}
