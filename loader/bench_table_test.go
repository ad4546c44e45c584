//go:build linux

package loader_test

import (
	"database/sql"
	"encoding/csv"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"
)

// TestPerformanceTable measures what docs/performance.md says and prints it as
// a table: `make bench`. It takes some minutes and 2 GB in the temporary folder.
func TestPerformanceTable(t *testing.T) {
	if os.Getenv("BENCH") == "" {
		t.Skip("make bench runs it")
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "export.csv")
	const rows = 2_000_000
	writeExport(t, path, rows)
	info, err := os.Stat(path)
	if err != nil {
		t.Fatal(err)
	}
	var size int64
	all, some, ours := least(), least(), least()
	for range 2 { // in turn, for the machine may be busy for a while
		ours.run(func() (took time.Duration) {
			took, size = loadInto(t, filepath.Join(dir, "ours.duckdb"), path)
			return took
		})
		all.run(func() time.Duration { return timePlain(t, dir, path, "*") })
		some.run(func() time.Duration { return timePlain(t, dir, path, ledgerColumns) })
	}
	single := timeInserts(t, dir, 5000)
	perRow := func(d time.Duration, n int) float64 { return float64(d.Nanoseconds()) / 1000 / float64(n) }
	var b strings.Builder
	line := func(what, ratio string) { fmt.Fprintf(&b, "| %s | %s |\n", what, ratio) }
	line("measured on an EA export of 2,000,000 rows and 55 columns", "")
	line("---", "---")
	line("plain typed load of all 55 columns / load", all.over(ours))
	line("plain typed load of the 31 columns that the ledger keeps / load", some.over(ours))
	line("one INSERT for each row, per row / load, per row", fmt.Sprintf("%.0f", perRow(single, 5000)/perRow(ours.wall, rows)))
	line("CSV / ledger file", fmt.Sprintf("%.1f", float64(info.Size())/float64(size)))
	many, one := timeSmall(t, filepath.Join(dir, "small"), 200)
	line("200 files of a row / one file of 200", many.over(one))
	view, flat := timeCSV(t, 500_000)
	line("CSV of the view, 500,000 rows / DuckDB's COPY of a table of the same rows", view.over(flat))
	apart := func(export string, rows int, base float64) float64 {
		wall, cpu, peak := loadApart(t, export)
		if base == 0 {
			base = perRow(cpu, rows)
		}
		line(fmt.Sprintf("%d rows%s: CPU time per row against the first; rows per second; peak memory", rows, strings.TrimLeft(export, "0123456789")),
			fmt.Sprintf("%.2f; %.0f; %s", perRow(cpu, rows)/base, float64(rows)/wall.Seconds(), peak))
		return base
	}
	base := apart("2000000", 2_000_000, 0)
	for _, n := range []int{100_000, 1_000_000, 20_000_000} {
		apart(fmt.Sprint(n), n, base)
	}
	for _, n := range []int{250_000, 1_000_000} {
		apart(fmt.Sprintf("%d distinct", n), n, base)
	}
	fmt.Println(b.String())
}

// timeInserts inserts rows one by one, with a prepared statement, in one
// transaction.
func timeInserts(t *testing.T, dir string, rows int) time.Duration {
	t.Helper()
	db, err := sql.Open("duckdb", filepath.Join(dir, "single.duckdb"))
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	columns := strings.NewReplacer("'", "", ":", "").Replace(plainColumns())
	if _, err := db.ExecContext(t.Context(), "CREATE TABLE plain ("+columns+")"); err != nil {
		t.Fatal(err)
	}
	r := csv.NewReader(newExport(rows))
	header, err := r.Read()
	if err != nil {
		t.Fatal(err)
	}
	start := time.Now()
	tx, err := db.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	var gaps []string
	for i, name := range header {
		gap := fmt.Sprintf("$%d", i+1)
		if name == "Date" {
			gap = "strptime(" + gap + ", '%m/%d/%Y')"
		}
		gaps = append(gaps, gap)
	}
	insert, err := tx.PrepareContext(t.Context(), "INSERT INTO plain VALUES ("+strings.Join(gaps, ", ")+")")
	if err != nil {
		t.Fatal(err)
	}
	defer insert.Close()
	for {
		record, err := r.Read()
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		values := make([]any, len(record))
		for i, v := range record {
			values[i] = v
		}
		if _, err := insert.ExecContext(t.Context(), values...); err != nil {
			t.Fatal(err)
		}
	}
	if err := tx.Commit(); err != nil {
		t.Fatal(err)
	}
	return time.Since(start)
}

// loadApart loads an invented export in a process of its own, which makes the
// rows while it loads them, and returns its times and its peak memory.
func loadApart(t *testing.T, export string) (wall, cpu time.Duration, peak string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestLoadApart$", "-test.v")
	cmd.Env = append(os.Environ(), "BENCH_APART=exports://"+export)
	start := time.Now()
	out, err := cmd.CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	// Not the usage that the system counts for a child: it begins with what its
	// parent had.
	if m := regexp.MustCompile(`VmHWM:\s*(\d+ kB)`).FindSubmatch(out); m != nil {
		peak = string(m[1])
	}
	return time.Since(start), cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(), peak
}

// TestLoadApart is what loadApart runs.
func TestLoadApart(t *testing.T) {
	ref := os.Getenv("BENCH_APART")
	if ref == "" {
		t.Skip("a part of TestPerformanceTable")
	}
	loadInto(t, filepath.Join(t.TempDir(), "ours.duckdb"), ref)
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		t.Fatal(err)
	}
	t.Logf("%s", status)
}
