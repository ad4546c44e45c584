package main

import (
	"bytes"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A runner runs the program as a process in a folder.
type runner struct {
	t   *testing.T
	dir string
}

func (r runner) command(args ...string) (*exec.Cmd, *bytes.Buffer) {
	c := exec.CommandContext(r.t.Context(), "usagereport", args...)
	c.Dir = r.dir
	var out bytes.Buffer
	c.Stdout, c.Stderr = &out, &out
	return c, &out
}

func (r runner) run(args ...string) (string, error) {
	c, out := r.command(args...)
	err := c.Run()
	return out.String(), err
}

func (r runner) must(args ...string) string {
	r.t.Helper()
	out, err := r.run(args...)
	if err != nil {
		r.t.Fatalf("usagereport %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// state is the ledger's rows and exact total, "none" where there is no ledger.
func (r runner) state(db string) string {
	r.t.Helper()
	if _, err := os.Stat(db); errors.Is(err, os.ErrNotExist) {
		return "none"
	}
	out := r.must("query", "--db", db, "--format", "csv", "SELECT count(*), coalesce(sum(BilledCost), 0), (SELECT count(*) FROM loads WHERE (SELECT sum(rows) FROM scopes WHERE state = 'current') = (SELECT count(*) FROM usage)) FROM usage")
	return strings.Split(strings.TrimSpace(out), "\n")[1]
}

// writeUsage writes a pay-as-you-go export of a month with rows lines a day.
func writeUsage(t *testing.T, path, month, subscription string, rows, cost int) {
	t.Helper()
	var b bytes.Buffer
	b.WriteString("SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\n")
	for d := 1; d <= 28; d++ {
		for i := range rows {
			fmt.Fprintf(&b, "%s,rg%d,%s-%02d,Storage,Data %d,1,%d.000000000000001,/subscriptions/%s/resourceGroups/rg/providers/M.S/a/b%d,EUR\n", subscription, i%7, month, d, i%50, cost, subscription, i)
		}
	}
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A load that is killed at any moment leaves the ledger as it was, or as it
// should be; the next load succeeds, and the totals are exact.
func TestKilledAtAnyMoment(t *testing.T) {
	t.Parallel()
	r := runner{t, t.TempDir()}
	base, db := filepath.Join(r.dir, "base.duckdb"), filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "old.csv"), "2026-03", "s1", 40, 1)
	r.must("load", "--db", base, "old.csv")
	files := []string{"a.csv", "b.csv"}
	writeUsage(t, filepath.Join(r.dir, files[0]), "2026-03", "s1", 100, 2) // replaces
	writeUsage(t, filepath.Join(r.dir, files[1]), "2026-04", "s2", 200, 4)
	r.killed(20, base, db, append([]string{"load", "--db", db}, files...))
}

// The same holds of a load that an engine reads for.
func TestKilledWhileAnEngineIsRead(t *testing.T) {
	t.Parallel()
	r := runner{t, t.TempDir()}
	base, db := filepath.Join(r.dir, "base.duckdb"), filepath.Join(r.dir, "usage.duckdb")
	lake := func(from string, rows, cost int) {
		writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", rows, cost)
		writeUsage(t, filepath.Join(r.dir, "b.csv"), "2026-04", "s2", rows, cost)
		r.must("load", "--db", from, "a.csv", "b.csv")
		if err := os.RemoveAll(filepath.Join(r.dir, "lake")); err != nil {
			t.Fatal(err)
		}
		r.must("export", "parquet", "--db", from, "lake")
	}
	lake("first.duckdb", 40, 1)
	r.must("load", "--db", base, "--engine", "parquet:lake")
	lake("second.duckdb", 200, 4)
	tmp := r.killed(6, base, db, []string{"load", "--db", db, "--engine", "parquet:lake"})
	left, err := os.ReadDir(tmp)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range left { // what the next command sweeps is a folder with a lock
		if !strings.HasPrefix(e.Name(), ".usagereport-") {
			t.Errorf("%s is left behind", e.Name())
		}
	}
}

// killed kills a load so many times: of a ledger that is as base, into db. It returns the folder
// for what the load writes on the way.
func (r runner) killed(kills int, base, db string, load []string) (tmp string) {
	t := r.t
	t.Helper()
	tmp = t.TempDir()
	before := r.state(base)
	fresh := func() {
		t.Helper()
		for _, end := range []string{"", ".lock", ".writing", ".writing.wal", ".copying"} {
			os.Remove(db + end)
		}
		b, err := os.ReadFile(base)
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(db, b, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	fresh()
	start := time.Now()
	r.must(load...)
	whole := time.Since(start)
	after := r.state(db)
	if after == before {
		t.Fatal("the load changes nothing")
	}
	rnd := rand.New(rand.NewPCG(3, uint64(kills)))
	seen := map[string]int{}
	resumed := 0
	for i := range kills {
		fresh()
		c, _ := r.command(load...)
		c.Env = append(os.Environ(), "TMPDIR="+tmp)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		// Early ones are killed while they copy, late ones while they publish.
		moment := time.Duration(rnd.Float64() * 1.1 * float64(whole))
		time.Sleep(moment)
		if err := c.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			t.Fatal(err)
		}
		_ = c.Wait() // it was killed, or it was done
		got := r.state(db)
		seen[got]++
		if got != before && got != after {
			t.Fatalf("kill %d after %v: the ledger is %s, neither %s nor %s", i, moment, got, before, after)
		}
		if out := r.must(load...); strings.Contains(out, "going on with a load that was interrupted") {
			resumed++
		}
		if got := r.state(db); got != after {
			t.Fatalf("kill %d after %v: after the next load the ledger is %s, want %s", i, moment, got, after)
		}
		if left, err := filepath.Glob(db + ".*"); err != nil || len(left) > 0 {
			t.Fatalf("kill %d: left behind: %v, %v", i, left, err)
		}
	}
	t.Logf("of %d kills within %v: %v; %d were gone on with", kills, whole, seen, resumed)
	if seen[before] == 0 {
		t.Error("no kill came before the end; the test tests nothing")
	}
	return tmp
}

// tmpfs mounts a file system of its own in a folder, or says why it cannot.
func tmpfs(t *testing.T, options string) string {
	t.Helper()
	dir := t.TempDir()
	if out, err := exec.CommandContext(t.Context(), "mount", "-t", "tmpfs", "-o", options, "tmpfs", dir).CombinedOutput(); err != nil {
		t.Logf("no file system can be mounted here: %s", out)
		return ""
	}
	t.Cleanup(func() {
		if out, err := exec.Command("umount", dir).CombinedOutput(); err != nil {
			t.Errorf("umount: %v: %s", err, out)
		}
	})
	return dir
}

// On a full disk the load fails with a reason, and the ledger is as it was.
func TestFullDisk(t *testing.T) {
	r := runner{t, t.TempDir()}
	writeUsage(t, filepath.Join(r.dir, "old.csv"), "2026-03", "s1", 1, 1)
	writeUsage(t, filepath.Join(r.dir, "big.csv"), "2026-04", "s1", 3000, 1)
	probe := filepath.Join(r.dir, "probe.duckdb")
	r.must("load", "--db", probe, "old.csv")
	info, err := os.Stat(probe)
	if err != nil {
		t.Fatal(err)
	}
	var db string
	var out string
	filler := ""
	if dir := tmpfs(t, fmt.Sprintf("size=%d", 4*info.Size())); dir != "" {
		db, filler = filepath.Join(dir, "usage.duckdb"), filepath.Join(dir, "filler")
		r.must("load", "--db", db, "old.csv")
		// Room for a copy of the ledger, and hardly more.
		if err := os.WriteFile(filler, make([]byte, 2*info.Size()-256<<10), 0o644); err != nil {
			t.Fatal(err)
		}
		out, err = r.run("load", "--db", db, "big.csv")
	} else {
		// A limit on the size of a file stands in for the disk. The kernel ends a
		// program that passes it, as kill -9 would.
		db = filepath.Join(r.dir, "usage.duckdb")
		r.must("load", "--db", db, "old.csv")
		c := exec.CommandContext(t.Context(), "bash", "-c", fmt.Sprintf("ulimit -f %d; exec usagereport load --db %s big.csv", info.Size()/1024+256, db))
		c.Dir = r.dir
		var b []byte
		b, err = c.CombinedOutput()
		out = string(b)
	}
	if err == nil {
		t.Fatalf("the load found room:\n%s", out)
	}
	t.Logf("%v: %s", err, out)
	if got := r.state(db); !strings.HasPrefix(got, "28,28.") {
		t.Errorf("the ledger is %s", got)
	}
	// Removing what fills it is enough.
	if filler != "" {
		if err := os.Remove(filler); err != nil {
			t.Fatal(err)
		}
	}
	writeUsage(t, filepath.Join(r.dir, "small.csv"), "2026-04", "s1", 1, 1)
	if out, err := r.run("load", "--db", db, "small.csv"); err != nil {
		t.Errorf("the next load: %v\n%s", err, out)
	}
	if got := r.state(db); !strings.HasPrefix(got, "56,56.") {
		t.Errorf("after the next load the ledger is %s", got)
	}
}

// In a folder that cannot be written everything can be read, and load says why
// it cannot load.
func TestReadOnlyFolder(t *testing.T) {
	r := runner{t, t.TempDir()}
	writeUsage(t, filepath.Join(r.dir, "old.csv"), "2026-03", "s1", 1, 1)
	dir := tmpfs(t, "size=64m")
	if dir == "" {
		if os.Geteuid() == 0 {
			t.Skip("root may write everywhere and no file system can be mounted")
		}
		dir = t.TempDir()
	}
	db := filepath.Join(dir, "usage.duckdb")
	r.must("load", "--db", db, "old.csv")
	if out, err := exec.CommandContext(t.Context(), "mount", "-o", "remount,ro", dir).CombinedOutput(); err != nil {
		t.Logf("%s", out)
		if err := os.Chmod(dir, 0o555); err != nil {
			t.Fatal(err)
		}
		defer func() { _ = os.Chmod(dir, 0o755) }() // so that it can be removed
	}
	for _, args := range [][]string{{"report", "-o", "r.html"}, {"anomalies"}, {"periods"}, {"loads"}, {"query", "SELECT 1"}} {
		r.must(append([]string{"--db", db}, args...)...)
	}
	writeUsage(t, filepath.Join(r.dir, "new.csv"), "2026-04", "s1", 1, 1)
	out, err := r.run("load", "--db", db, "new.csv")
	if err == nil || !strings.Contains(out, "lock it for writing") || !strings.Contains(out, "read-only") && !strings.Contains(out, "permission denied") ||
		!strings.Contains(out, "--db for the ledger") {
		t.Errorf("%v: %s", err, out)
	}
}

// The second writer is told by whom the ledger is held, or waits; readers read.
func TestTwoProcesses(t *testing.T) {
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	writeUsage(t, filepath.Join(r.dir, "b.csv"), "2026-04", "s1", 1, 1)
	r.must("load", "--db", db, "a.csv")
	// A load that hangs: it waits for more from a pipe.
	pipe := filepath.Join(r.dir, "pipe")
	if out, err := exec.CommandContext(t.Context(), "mkfifo", pipe).CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	first, firstOut := r.command("load", "--db", db, "-")
	stdin, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(10 * time.Minute); ; time.Sleep(20 * time.Millisecond) {
		if b, err := os.ReadFile(db + ".lock"); err == nil && len(b) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatalf("the first load did not begin: %s", firstOut)
		}
	}
	out, err := r.run("load", "--db", db, "b.csv")
	if want := fmt.Sprintf("the ledger is in use by PID %d", first.Process.Pid); err == nil || !strings.Contains(out, want) {
		t.Errorf("the second load: %v: %s; want %q", err, out, want)
	}
	if got := r.state(db); !strings.HasPrefix(got, "28,") {
		t.Errorf("a reader meanwhile sees %s", got)
	}
	r.must("report", "--db", db, "-o", "r.html")
	waiting, _ := r.command("load", "--wait", "--db", db, "b.csv")
	var said screen
	waiting.Stdout, waiting.Stderr = &said, &said
	if err := waiting.Start(); err != nil {
		t.Fatal(err)
	}
	said.after(t, fmt.Sprintf("waiting for PID %d", first.Process.Pid))
	if _, err := fmt.Fprint(stdin, "SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\ns3,rg,2026-04-01,Storage,Data,1,1,/a/b,EUR\n"); err != nil {
		t.Fatal(err)
	}
	if err := stdin.Close(); err != nil {
		t.Fatal(err)
	}
	if err := first.Wait(); err != nil {
		t.Errorf("the first load: %v: %s", err, firstOut)
	}
	if err := waiting.Wait(); err != nil {
		t.Errorf("the load that waited: %v: %s", err, said.text.String())
	}
	if got := r.state(db); !strings.HasPrefix(got, "57,") {
		t.Errorf("in the end the ledger is %s", got)
	}
}

// committed returns what reports whether a load that goes on has committed text: it stands in
// what DuckDB writes beside the ledger, to which a commit adds nothing any more.
func committed(db, text string) func() bool {
	written := -1
	return func() bool {
		b, err := os.ReadFile(db + ".writing.wal")
		before := written
		written = len(b)
		return err == nil && bytes.Contains(b, []byte(text)) && written == before
	}
}

// Ctrl-C ends a load in good order: what was loaded whole is kept, the rest is
// not there, and nothing is left behind.
func TestInterrupt(t *testing.T) {
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	c, out := r.command("load", "--db", db, "--keep", "kept", "a.csv", "-")
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if _, err := fmt.Fprint(stdin, "SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\ns3,rg,2026-04-01"); err != nil {
		t.Fatal(err)
	}
	first := committed(db, "a.csv")
	for deadline := time.Now().Add(10 * time.Minute); !first(); time.Sleep(200 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("the first file was not loaded: %s", out)
		}
	}
	if err := c.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitCancelled || !strings.Contains(out.String(), "usagereport: stopped") || strings.Contains(out.String(), "refused") {
		t.Errorf("%v: %s", err, out)
	}
	if got := r.state(db); !strings.HasPrefix(got, "28,28.") {
		t.Errorf("the ledger is %s\n%s", got, out)
	}
	if left, err := filepath.Glob(db + ".*"); err != nil || len(left) > 0 {
		t.Errorf("left behind: %v, %v", left, err)
	}
	if kept, err := os.ReadDir(filepath.Join(r.dir, "kept")); err != nil || len(kept) != 1 {
		t.Errorf("kept: %v, %v", kept, err)
	}
}

// Ctrl-C before anything is loaded does not say that something stays.
func TestInterruptOfNothing(t *testing.T) {
	r := runner{t, t.TempDir()}
	c, out := r.command("load", "-")
	stdin, err := c.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	row := "s3,rg,2026-04-01,Storage,Disk,1,1,/x,EUR\n"
	_, err = fmt.Fprint(stdin, "SubscriptionGuid,ResourceGroup,UsageDateTime,MeterCategory,MeterName,UsageQuantity,PreTaxCost,InstanceId,Currency\n"+
		strings.Repeat(row, 10_000)) // more than a pipe holds: it is being read
	if err == nil {
		err = c.Process.Signal(os.Interrupt)
	}
	if err != nil {
		t.Fatal(err)
	}
	err = c.Wait()
	var exit *exec.ExitError
	if !errors.As(err, &exit) || exit.ExitCode() != exitCancelled || strings.Contains(out.String(), "stays loaded") ||
		!strings.Contains(out.String(), "usagereport: stopped") {
		t.Errorf("%v: %s", err, out)
	}
}
