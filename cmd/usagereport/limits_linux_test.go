package main

import (
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The process of a page's statement has the memory that was allowed, and some.
func TestStatementsMemoryIsLimited(t *testing.T) {
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	r.must("load", "--db", db, "a.csv")
	at := r.served("--db", db, "--memory-limit", "100MB")
	go func() {
		form := url.Values{"sql": {"SELECT count(*) FROM range(100000000000) a, usage WHERE a.range = -1"}}
		if resp, err := http.PostForm(at+"/query", form); err == nil { //nolint:noctx // it ends with its server
			resp.Body.Close()
		}
	}()
	for deadline := time.Now().Add(10 * time.Minute); time.Now().Before(deadline); time.Sleep(20 * time.Millisecond) {
		out, err := exec.CommandContext(t.Context(), "pgrep", "-f", "query - -q --db "+db).Output()
		if err != nil {
			continue
		}
		limits, err := os.ReadFile("/proc/" + strings.TrimSpace(string(out)) + "/limits")
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(limits)) {
			if most, ok := strings.CutPrefix(line, "Max address space"); ok {
				if n, err := strconv.ParseInt(strings.Fields(most)[0], 10, 64); err == nil && n < 10<<30 {
					return
				}
			}
		}
	}
	t.Error("no statement's process had a limit")
}
