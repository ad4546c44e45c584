package ledger_test

import (
	"compress/gzip"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"usagereport/ledger"
	"usagereport/usage"
)

// mark writes something into a ledger, and marks reads it.
func mark(t *testing.T, l *ledger.Ledger, text string) {
	t.Helper()
	err := l.Update(t.Context(), func(conn *sql.Conn) error {
		_, err := conn.ExecContext(t.Context(), "INSERT INTO meta VALUES ($1, '')", "mark "+text)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func marks(t *testing.T, l *ledger.Ledger) string {
	t.Helper()
	var s sql.NullString
	if err := l.DB().QueryRowContext(t.Context(), "SELECT string_agg(name[6:], ' ' ORDER BY name) FROM meta WHERE name LIKE 'mark %'").Scan(&s); err != nil {
		t.Fatal(err)
	}
	return s.String
}

func openTo(t testing.TB, path string, o ledger.Options) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), path, o)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func publish(t testing.TB, l *ledger.Ledger) {
	t.Helper()
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func newLedger(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l := openTo(t, path, ledger.Options{Create: true})
	mark(t, l, "a")
	publish(t, l)
	return path
}

func beside(t *testing.T, path string) []string {
	t.Helper()
	entries, err := os.ReadDir(filepath.Dir(path))
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func TestWritersWorkOnACopy(t *testing.T) {
	path := newLedger(t)
	reader := openTo(t, path, ledger.Options{ReadOnly: true})
	writer := openTo(t, path, ledger.Options{})
	mark(t, writer, "b")
	during := openTo(t, path, ledger.Options{ReadOnly: true})
	publish(t, writer)
	a, b := marks(t, reader), marks(t, during)
	reader.Close()
	during.Close()
	after := openTo(t, path, ledger.Options{ReadOnly: true})
	c := marks(t, after)
	after.Close()
	if a != "a" || b != "a" || c != "a b" {
		t.Errorf("a reader from before sees %q, one from meanwhile %q, one from after %q", a, b, c)
	}
	given := openTo(t, path, ledger.Options{})
	mark(t, given, "c")
	if err := given.Close(); err != nil {
		t.Fatal(err)
	}
	again := openTo(t, path, ledger.Options{ReadOnly: true})
	defer again.Close()
	if got := marks(t, again); got != "a b" {
		t.Errorf("after a writer gave up: %q", got)
	}
	if got := beside(t, path); !slices.Equal(got, []string{"usage.duckdb"}) {
		t.Errorf("left behind: %v", got)
	}
}

func TestTheSecondWriterIsTold(t *testing.T) {
	path := newLedger(t)
	first := openTo(t, path, ledger.Options{})
	_, err := ledger.Open(t.Context(), path, ledger.Options{})
	var inUse *ledger.InUseError
	if !errors.As(err, &inUse) || inUse.PID != os.Getpid() || !strings.Contains(err.Error(), fmt.Sprintf("in use by PID %d", os.Getpid())) {
		t.Errorf("got %v", err)
	}
	waits := make(chan int, 1000)
	done := make(chan error, 1)
	go func() {
		l, err := ledger.Open(t.Context(), path, ledger.Options{Waiting: func(pid int) { waits <- pid }})
		if err == nil {
			err = l.Close()
		}
		done <- err
	}()
	if pid := <-waits; pid != os.Getpid() {
		t.Errorf("waits for PID %d", pid)
	}
	publish(t, first)
	if err := <-done; err != nil {
		t.Error(err)
	}
}

// leave makes what a process that was killed leaves: its lock's file without a
// lock, and its copy.
func leave(t *testing.T, path string, change func(l *ledger.Ledger)) {
	t.Helper()
	l := openTo(t, path, ledger.Options{Create: true})
	change(l)
	for _, end := range []string{"", ".wal"} {
		b, err := os.ReadFile(path + ".writing" + end)
		if errors.Is(err, os.ErrNotExist) {
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path+".left"+end, b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, end := range []string{"", ".wal"} {
		if err := os.Rename(path+".left"+end, path+".writing"+end); err != nil && !errors.Is(err, os.ErrNotExist) {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(path+".lock", []byte("1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

func addLoad(t *testing.T, l *ledger.Ledger, id int) {
	t.Helper()
	err := l.Update(t.Context(), func(conn *sql.Conn) error {
		_, err := conn.ExecContext(t.Context(), "INSERT INTO loads (load_id, ref, sha256, bytes, format, title, cost_type, rows, rejected, rounded, loaded_at) VALUES ($1, 'f', 'h', 1, 'x', 'x', 'actual', 0, 0, 0, now())", id)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestAnInterruptedRunIsTakenUp(t *testing.T) {
	path := newLedger(t)
	leave(t, path, func(l *ledger.Ledger) { mark(t, l, "b"); addLoad(t, l, 1) })
	l := openTo(t, path, ledger.Options{ReadOnly: true})
	if got := marks(t, l); got != "a" {
		t.Errorf("the ledger is %q after its writer was killed", got)
	}
	l.Close()
	up := openTo(t, path, ledger.Options{Resume: true})
	if got := marks(t, up); got != "a b" || up.Resumed() != 1 {
		t.Errorf("%q with %d loads taken up", got, up.Resumed())
	}
	publish(t, up)

	// A writer that does not load gives up what was left, and so does one that
	// finds a copy of a ledger that has changed since.
	leave(t, path, func(l *ledger.Ledger) { mark(t, l, "c"); addLoad(t, l, 2) })
	other := openTo(t, path, ledger.Options{})
	mark(t, other, "d")
	b, err := os.ReadFile(path + ".writing")
	if err != nil {
		t.Fatal(err)
	}
	publish(t, other)
	if err := os.WriteFile(path+".writing", b[:len(b)/2], 0o600); err != nil { // damaged
		t.Fatal(err)
	}
	last := openTo(t, path, ledger.Options{Resume: true})
	defer last.Close()
	if got := marks(t, last); got != "a b d" || last.Resumed() != 0 {
		t.Errorf("%q with %d loads taken up", got, last.Resumed())
	}
}

func TestAFirstRunIsTakenUp(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	leave(t, path, func(l *ledger.Ledger) { addLoad(t, l, 1); mark(t, l, "a") })
	if _, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true}); !errors.Is(err, ledger.ErrNone) {
		t.Errorf("reading what is not there: %v", err)
	}
	l := openTo(t, path, ledger.Options{Create: true, Resume: true})
	if got := marks(t, l); got != "a" || l.Resumed() != 1 {
		t.Errorf("%q with %d loads taken up", got, l.Resumed())
	}
	publish(t, l)
}

func TestSymbolicLinksStay(t *testing.T) {
	path := newLedger(t)
	link := filepath.Join(t.TempDir(), "link.duckdb")
	if err := os.Symlink(path, link); err != nil {
		t.Fatal(err)
	}
	l := openTo(t, link, ledger.Options{})
	mark(t, l, "b")
	publish(t, l)
	there := openTo(t, path, ledger.Options{ReadOnly: true})
	defer there.Close()
	if info, err := os.Lstat(link); err != nil || info.Mode()&os.ModeSymlink == 0 || marks(t, there) != "a b" {
		t.Errorf("%v, %v, %q", info, err, marks(t, there))
	}
}

func unzip(t *testing.T, path string) []byte {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	zr, err := gzip.NewReader(f)
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(zr)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// A ledger of schema 9 is brought to this program's tables by whoever opens it
// first, its sums are what they were, and the old file is kept.
func TestMigration(t *testing.T) {
	dir := t.TempDir()
	for i, o := range []ledger.Options{{}, {ReadOnly: true}} {
		path := filepath.Join(dir, fmt.Sprintf("%d.duckdb", i))
		b := unzip(t, "testdata/v9.duckdb.gz")
		if err := os.WriteFile(path, b, 0o644); err != nil {
			t.Fatal(err)
		}
		l := openTo(t, path, o)
		if !o.ReadOnly {
			publish(t, l)
			l = openTo(t, path, ledger.Options{ReadOnly: true})
		}
		for query, want := range map[string]string{
			"SELECT value FROM meta WHERE name = 'schema'": fmt.Sprint(ledger.Schema),
			"SELECT string_agg(s, '; ' ORDER BY s) FROM (SELECT concat_ws(' ', x_SourceFile, count(*), sum(BilledCost)::VARCHAR, sum(EffectiveCost)::VARCHAR) AS s FROM usage GROUP BY x_SourceFile)": "azure_account_v2/202607-v2.csv 321 677.770000000000000000 677.770000000000000000; " +
				"azure_csp/2026-11.csv 4 1.477764161040384000 1.477764161040384000; " +
				"azure_ea/actual-2026-10.csv 1 540.000000000000000000 0.000000000000000000; " +
				"azure_ea/amortized-2026-10.csv 31 24.000000011000000000 38.979452065794520548; " +
				"azure_sponsorship/AzureUsage.csv 56 6.989080000000000000 6.989080000000000000",
			"SELECT string_agg(concat_ws(' ', load_id, agreement, outranks), '; ' ORDER BY load_id) FROM loads":          "1 enterprise ; 2 enterprise ; 3  azure_account_v1; 4 partner ; 5 sponsored ",
			"SELECT (SELECT count(*) FROM key_series) || ' of ' || (SELECT count(*) FROM current_keys)":                  "40 of 40",
			"SELECT (SELECT sum(BilledCost) FROM daily)::VARCHAR || ' ' || (SELECT sum(BilledCost) FROM usage)::VARCHAR": "1250.236844172040384000 1250.236844172040384000",
		} {
			var got string
			if err := l.DB().QueryRowContext(t.Context(), query).Scan(&got); err != nil || got != want {
				t.Errorf("%s\n got %s (%v)\nwant %s", query, got, err, want)
			}
		}
		l.Close()
		if old, err := os.ReadFile(path + ".v9.bak"); err != nil || !slices.Equal(old, b) {
			t.Errorf("the old file was not kept: %v", err)
		}
	}
}

// A ledger that this program would make from nothing has the tables and columns of
// one that was brought up.
func TestMigrationMakesTheSameTables(t *testing.T) {
	path := filepath.Join(t.TempDir(), "old.duckdb")
	if err := os.WriteFile(path, unzip(t, "testdata/v9.duckdb.gz"), 0o644); err != nil {
		t.Fatal(err)
	}
	var made []string
	for _, path := range []string{path, ""} {
		l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
		if err != nil {
			t.Fatal(err)
		}
		defer l.Close()
		var columns string
		const query = "SELECT string_agg(concat_ws(' ', table_name, column_name, data_type, column_default, is_nullable), chr(10) ORDER BY table_name, column_index) FROM duckdb_columns() WHERE NOT internal"
		if err := l.DB().QueryRowContext(t.Context(), query).Scan(&columns); err != nil {
			t.Fatal(err)
		}
		made = append(made, columns)
	}
	if made[0] != made[1] {
		t.Errorf("brought up it has\n%s\nmade it has\n%s", made[0], made[1])
	}
}

// What was never released is refused, and its reader hears what to do.
func TestALedgerBeforeTheFirstReleaseIsRefused(t *testing.T) {
	path := newLedger(t)
	l := openTo(t, path, ledger.Options{})
	if _, err := l.DB().ExecContext(t.Context(), "UPDATE meta SET value = '8' WHERE name = 'schema'"); err != nil {
		t.Fatal(err)
	}
	publish(t, l)
	for _, o := range []ledger.Options{{}, {ReadOnly: true}} {
		if _, err := ledger.Open(t.Context(), path, o); err == nil || !strings.Contains(err.Error(), "schema version 8") || !strings.Contains(err.Error(), "usagereport load --db") {
			t.Errorf("got %v", err)
		}
	}
}

func TestAReadOnlyFolder(t *testing.T) {
	path := newLedger(t)
	dir := filepath.Dir(path)
	if err := os.Chmod(dir, 0o555); err != nil {
		t.Fatal(err)
	}
	defer func() {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Error(err)
		}
	}()
	l := openTo(t, path, ledger.Options{ReadOnly: true})
	defer l.Close()
	if err := l.Remember(t.Context(), ledger.Notes{Findings: []ledger.ToldFinding{{ID: "F-AAAAAA"}}}); err != nil {
		t.Errorf("reading in a folder that cannot be written: %v", err)
	}
	if os.Geteuid() == 0 {
		return // root may write everywhere; the command's test covers it as another user
	}
	if _, err := ledger.Open(t.Context(), path, ledger.Options{}); err == nil || !strings.Contains(err.Error(), "lock it for writing") {
		t.Errorf("got %v", err)
	}
}

func TestNotes(t *testing.T) {
	path := newLedger(t)
	day := usage.DayOf(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC))
	finding := func(id string) ledger.ToldFinding {
		return ledger.ToldFinding{ID: id, Series: "EUR up total", Kind: "level", Direction: "up", Currency: "EUR", Start: day, End: day + 3}
	}
	total := ledger.ToldTotal{At: time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC), What: "report", Period: "2026-03", Span: usage.Period{From: day - 4, To: day + 27}, Reach: day, Currency: "EUR", LastLoad: 1}
	check := func(l *ledger.Ledger, want ...string) {
		t.Helper()
		fs, err := l.ToldFindings(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		var ids []string
		for _, f := range fs {
			ids = append(ids, f.ID)
		}
		ts, err := l.ToldTotals(t.Context())
		if err != nil || !slices.Equal(ids, want) || len(ts) != 1 || ts[0] != total {
			t.Errorf("findings %v, want %v; totals %v, want %v; %v", ids, want, ts, total, err)
		}
	}
	r := openTo(t, path, ledger.Options{ReadOnly: true})
	for range 2 { // the same finding again is the same finding
		if err := r.Remember(t.Context(), ledger.Notes{Findings: []ledger.ToldFinding{finding("F-AAAAAA")}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := r.Remember(t.Context(), ledger.Notes{Totals: []ledger.ToldTotal{total}}); err != nil {
		t.Fatal(err)
	}
	r.Close()
	r = openTo(t, path, ledger.Options{ReadOnly: true})
	check(r, "F-AAAAAA")
	r.Close()
	// A writer that gives up loses nothing, and neither does one that is killed.
	w := openTo(t, path, ledger.Options{})
	check(w, "F-AAAAAA")
	w.Close()
	f, err := os.OpenFile(path+".notes", os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString(`{"findings":[{"id":"F-TORN`); err != nil {
		t.Fatal(err)
	}
	f.Close()
	r = openTo(t, path, ledger.Options{ReadOnly: true})
	if err := r.Remember(t.Context(), ledger.Notes{Findings: []ledger.ToldFinding{finding("F-BBBBBB")}, Totals: []ledger.ToldTotal{total, total}}); err != nil {
		t.Fatal(err)
	}
	r.Close()
	w = openTo(t, path, ledger.Options{})
	publish(t, w)
	r = openTo(t, path, ledger.Options{ReadOnly: true})
	defer r.Close()
	check(r, "F-AAAAAA", "F-BBBBBB")
	if got := beside(t, path); !slices.Equal(got, []string{"usage.duckdb"}) {
		t.Errorf("left behind: %v", got)
	}
}

// Who reads the ledger through an owners file notes it once, however often the file is asked for.
func TestOwnersFileIsRemembered(t *testing.T) {
	path := newLedger(t)
	r := openTo(t, path, ledger.Options{ReadOnly: true})
	defer r.Close()
	want := ledger.OwnersFile{At: time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC), Path: "/o/owners.csv", SHA256: "abc"}
	if err := r.Remember(t.Context(), ledger.Notes{Owners: []ledger.OwnersFile{want}}); err != nil {
		t.Fatal(err)
	}
	if got, err := r.OwnersFile(t.Context()); err != nil || got != want {
		t.Errorf("the newest owners file is %v, want %v (%v)", got, want, err)
	}
}

func TestBackup(t *testing.T) {
	path := newLedger(t)
	config := filepath.Join(filepath.Dir(path), "usagereport.yaml")
	if err := os.WriteFile(config, []byte("a: b\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	// While a writer is at work and has written.
	writer := openTo(t, path, ledger.Options{})
	mark(t, writer, "b")
	dir := filepath.Join(t.TempDir(), "backup")
	at := time.Date(2026, 4, 2, 8, 0, 0, 0, time.UTC)
	b, err := ledger.MakeBackup(t.Context(), path, dir, "", []string{config, filepath.Join(filepath.Dir(path), "none.yaml")}, at)
	if err != nil || len(b.Files) != 2 {
		t.Fatal(b, err)
	}
	publish(t, writer)
	if _, err := ledger.MakeBackup(t.Context(), path, dir, "", nil, at); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second backup into the same folder: %v", err)
	}
	if _, err := ledger.RestoreBackup(t.Context(), dir, path, false, nil); err == nil || !strings.Contains(err.Error(), "--replace") {
		t.Errorf("restoring over a ledger: %v", err)
	}
	elsewhere := filepath.Join(t.TempDir(), "new.duckdb")
	for _, to := range []string{path, elsewhere} {
		if _, err := ledger.RestoreBackup(t.Context(), dir, to, true, nil); err != nil {
			t.Fatal(err)
		}
		l := openTo(t, to, ledger.Options{ReadOnly: true})
		if got := marks(t, l); got != "a" {
			t.Errorf("restored %q", got)
		}
		l.Close()
		if b, err := os.ReadFile(filepath.Join(filepath.Dir(to), "usagereport.yaml")); err != nil || string(b) != "a: b\n" {
			t.Errorf("config: %q, %v", b, err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "usagereport.yaml"), []byte("a: c\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if _, err := ledger.RestoreBackup(t.Context(), dir, path, true, nil); err == nil || !strings.Contains(err.Error(), "not as it was backed up") {
		t.Errorf("restoring a damaged backup: %v", err)
	}
}

// Thousands of findings are told where much comes and goes: whoever writes next
// takes them up within the memory that a ledger has.
func TestManyNotes(t *testing.T) {
	path := newLedger(t)
	day := usage.DayOf(time.Date(2026, 3, 5, 0, 0, 0, 0, time.UTC))
	r := openTo(t, path, ledger.Options{ReadOnly: true})
	for told := range 12 {
		var n ledger.Notes
		for i := range 600 { // half of them as before, and longer
			id := fmt.Sprintf("F-%06d", 300*told+i)
			n.Findings = append(n.Findings, ledger.ToldFinding{ID: id, Series: "EUR up " + id, Kind: "new", Direction: "up", Currency: "EUR", Start: day, End: day + usage.Day(told), Impact: usage.DecimalOf(int64(told))})
		}
		if err := r.Remember(t.Context(), n); err != nil {
			t.Fatal(err)
		}
	}
	r.Close()
	w := openTo(t, path, ledger.Options{})
	defer w.Close()
	fs, err := w.ToldFindings(t.Context())
	if err != nil || len(fs) != 300*11+600 {
		t.Fatalf("%d findings, %v", len(fs), err)
	}
	if f := fs[300]; f.ID != "F-000300" || f.End != day+1 || f.Impact != usage.DecimalOf(1) {
		t.Errorf("what was told last of %s is %+v", f.ID, f)
	}
}
