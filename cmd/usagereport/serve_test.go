package main

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"
)

// served starts the pages of a ledger as a process and returns their address.
func (r runner) served(args ...string) string {
	r.t.Helper()
	c, at := r.serving(args...)
	r.t.Cleanup(func() {
		_ = c.Wait() // which tells that the test has ended
		if code := c.ProcessState.ExitCode(); code != 0 {
			r.t.Errorf("Ctrl-C ends serve with %d", code)
		}
	})
	return at
}

// serving starts serve and returns its process and address.
func (r runner) serving(args ...string) (*exec.Cmd, string) {
	r.t.Helper()
	c, _ := r.command(append([]string{"serve", "--listen", "127.0.0.1:0", "--no-token"}, args...)...)
	c.Stdout = nil
	c.Cancel = func() error { return c.Process.Signal(os.Interrupt) }
	out, err := c.StdoutPipe()
	if err != nil {
		r.t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		r.t.Fatal(err)
	}
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		r.t.Fatalf("serve says %q: %v", line, err)
	}
	return c, strings.TrimSuffix(strings.TrimSpace(line), "/")
}

func page(t *testing.T, address string, form url.Values) (status int, text string) {
	t.Helper()
	method, body := http.MethodGet, io.Reader(nil)
	if form != nil {
		method, body = http.MethodPost, strings.NewReader(form.Encode())
	}
	q, err := http.NewRequestWithContext(t.Context(), method, address, body)
	if err != nil {
		t.Fatal(err)
	}
	if form != nil {
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	resp, err := http.DefaultClient.Do(q)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	b, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp.StatusCode, string(b)
}

// With --convert all pages are in the one currency, and none other can be chosen.
func TestServeConverts(t *testing.T) {
	t.Parallel()
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	if err := os.WriteFile(filepath.Join(r.dir, "rates.csv"), []byte("date,from,to,rate\n2026-01-01,EUR,USD,1.1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	r.must("load", "--db", db, "a.csv", "rates.csv")
	at := r.served("--db", db, "--currency", "USD", "--convert")
	status, text := page(t, at+"/", nil)
	if status != 200 || !strings.Contains(text, "costs are converted to USD") || strings.Contains(text, `value="EUR"`) {
		t.Errorf("%d: %.300s", status, text)
	}
	// So does a part, of which the page says that it is one.
	status, text = page(t, at+"/?only=SubAccountId%3Ds1", nil)
	if status != 200 || !strings.Contains(text, "costs are converted to USD") || !strings.Contains(text, "this is not all of the bill") {
		t.Errorf("a part: %d: %.300s", status, text)
	}
	if status, text = page(t, at+"/?currency=XYZ", nil); status != 400 || !strings.Contains(text, "no rates to XYZ") {
		t.Errorf("a currency to which no rate leads: %d\n%s", status, text)
	}
	if status, text = page(t, at+"/?only=SubAccountId%3Dnobody", nil); status != 400 {
		t.Errorf("a part that has nothing: %.300s", text)
	}
}

// The pages show what another process loads, which neither they nor a statement
// that runs for long keep from loading; and a statement ends with its page.
func TestServeFollowsLoads(t *testing.T) {
	t.Parallel()
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	writeUsage(t, filepath.Join(r.dir, "b.csv"), "2026-04", "s1", 1, 2)
	r.must("load", "--db", db, "a.csv")
	at := r.served("--db", db)
	sum := func() string {
		_, text := page(t, at+"/query", url.Values{"sql": {"SELECT count(*) AS n, sum(BilledCost) AS cost FROM usage WHERE SubAccountId = $id"}, "param.id": {"s1"}})
		return text
	}
	if status, text := page(t, at+"/", nil); status != 200 || !strings.Contains(text, "2026-03") || strings.Contains(text, "2026-04") {
		t.Errorf("%d: %.300s", status, text)
	}
	if got := sum(); !strings.Contains(got, `["28","28.000000000000028"]`) {
		t.Errorf("the sum is %s", got)
	}

	ctx, cancel := context.WithCancel(t.Context())
	gone := make(chan struct{})
	go func() { // a statement without an end, whose page goes later
		defer close(gone)
		form := url.Values{"sql": {"SELECT count(*) FROM range(100000000000) a, usage WHERE a.range = -1"}}
		q, err := http.NewRequestWithContext(ctx, http.MethodPost, at+"/query", strings.NewReader(form.Encode()))
		if err != nil {
			t.Error(err)
			return
		}
		q.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		if resp, err := http.DefaultClient.Do(q); err == nil {
			resp.Body.Close()
			t.Error("it has ended")
		}
	}()
	running := func() bool {
		out, err := exec.CommandContext(t.Context(), "pgrep", "-f", "query - -q --db "+db).Output()
		return err == nil && len(out) > 0
	}
	until := func(want bool, what string) {
		t.Helper()
		for deadline := time.Now().Add(10 * time.Minute); running() != want; time.Sleep(20 * time.Millisecond) {
			if time.Now().After(deadline) {
				t.Fatal(what)
			}
		}
	}
	until(true, "the statement does not run")
	r.must("load", "--db", db, "b.csv")
	if status, text := page(t, at+"/", nil); status != 200 || !strings.Contains(text, "2026-04") {
		t.Errorf("after the load: %d: %.300s", status, text)
	}
	if got := sum(); !strings.Contains(got, `["56","84.000000000000056"]`) {
		t.Errorf("after the load the sum is %s", got)
	}
	if !running() {
		t.Error("the load ended the statement")
	}
	cancel()
	<-gone
	until(false, "the statement goes on without its page")

	for sql, want := range map[string]string{
		"DELETE FROM loads":                         "DELETE is not allowed",
		"SELECT * FROM read_text('/etc/passwd')":    "disabled by configuration",
		"SELECT nope FROM usage":                    "Candidate bindings",
		"SELECT 1; SELECT 2":                        "more than one statement",
		"SELECT * FROM usage WHERE x_LoadId = $one": "parameter $one",
	} {
		if status, text := page(t, at+"/query", url.Values{"sql": {sql}}); status != 400 || !strings.Contains(text, want) || strings.Contains(text, "usagereport --help") {
			t.Errorf("%s: %d: %s", sql, status, text)
		}
	}
	if status, text := page(t, at+"/drill?only=ServiceName%3DStorage", nil); status != 200 || !strings.Contains(text, "Where the cost is") {
		t.Errorf("%d: %.300s", status, text)
	}
	if status, text := page(t, at+"/?currency=XYZ", nil); status != 400 || !strings.Contains(text, "the ledger has none") {
		t.Errorf("a currency that is not there: %d\n%s", status, text)
	}
	if status, text := page(t, at+"/drill?only=ServiceName%3DNothing", nil); status != 400 || !strings.Contains(text, "Nothing") {
		t.Errorf("%d: %.300s", status, text)
	}
	if _, text := page(t, at+"/values.json?column=servicename&begun=st", nil); strings.TrimSpace(text) != `["Storage"]` {
		t.Errorf("values: %s", text)
	}
}

// A server that is killed leaves no statement behind that runs for ever.
func TestServeKilledEndsItsStatements(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux has the means")
	}
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	r.must("load", "--db", db, "a.csv")
	c, at := r.serving("--db", db)
	go func() { // which nobody answers any more
		form := url.Values{"sql": {"SELECT count(*) FROM range(100000000000) a, usage WHERE a.range = -1"}}
		if resp, err := http.PostForm(at+"/query", form); err == nil {
			resp.Body.Close()
		}
	}()
	until := func(want bool) {
		t.Helper()
		for {
			out, err := exec.CommandContext(t.Context(), "pgrep", "-f", "query - -q --db "+db).Output()
			if (err == nil && len(out) > 0) == want {
				return
			}
			time.Sleep(20 * time.Millisecond)
		}
	}
	until(true)
	if err := c.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	until(false)
}

// A statement that does not hear that it is to stop ends with its process, some
// seconds late at most, through every door; and leaves nothing behind.
func TestDeafStatements(t *testing.T) {
	const deaf = "SELECT repeat('ab', 100000000) ILIKE '%a%b%c%d%' FROM range(100)"
	t.Parallel()
	r := runner{t, t.TempDir()}
	db := filepath.Join(r.dir, "usage.duckdb")
	writeUsage(t, filepath.Join(r.dir, "a.csv"), "2026-03", "s1", 1, 1)
	r.must("load", "--db", db, "a.csv")
	if err := os.Mkdir(filepath.Join(r.dir, "queries"), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(r.dir, "queries", "deaf.sql"), []byte("-- Deaf.\n"+deaf), 0o600); err != nil {
		t.Fatal(err)
	}
	const most = 10 * time.Minute // of which three seconds are the statement's and the rest are a busy machine's
	for _, c := range []struct {
		name, in string
		args     []string
	}{
		{"query", "", []string{"query", deaf, "--timeout", "100ms"}},
		{"shell", deaf + ";\n", []string{"shell", "--timeout", "100ms"}},
		{"report", "", []string{"report", "-o", "r.html", "--query", "deaf", "--timeout", "100ms"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			temp := t.TempDir()
			run, out := r.command(append(c.args, "--db", db)...)
			run.Stdin, run.Env = strings.NewReader(c.in), append(run.Environ(), "TMPDIR="+temp)
			begun := time.Now()
			err := run.Run()
			if took := time.Since(begun); err == nil || took > most || !strings.Contains(out.String(), "it took longer than --timeout 100ms") {
				t.Errorf("after %v: %v: %s", took, err, out)
			}
			if left, err := os.ReadDir(temp); err != nil || len(left) > 0 {
				t.Errorf("left behind: %v, %v", left, err)
			}
		})
	}
	t.Run("serve", func(t *testing.T) {
		t.Parallel()
		c, at := r.serving("--db", db, "--timeout", "100ms")
		begun := time.Now()
		status, text := page(t, at+"/query", url.Values{"sql": {deaf}})
		if took := time.Since(begun); status != 400 || took > most || !strings.Contains(text, "it took longer than 100ms") {
			t.Errorf("after %v: %d: %s", took, status, text)
		}
		if err := c.Cancel(); err != nil {
			t.Fatal(err)
		}
		if err := c.Wait(); err != nil {
			t.Error(err)
		}
	})
}
