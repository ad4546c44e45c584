package ledger_test

import (
	"database/sql"
	"fmt"
	"io"
	"path/filepath"
	"testing"

	"usagereport/ledger"
)

// What many connections need is made once, if that was asked for, and is the same for each; a
// ledger that may change makes it anew.
func TestCommon(t *testing.T) {
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	writer := made(t, l)
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	if writer != 3 {
		t.Errorf("a ledger that is open to write makes what three connections need %d times, want 3", writer)
	}
	if l, err = ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true}); err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if n := made(t, l); n != 1 {
		t.Errorf("made %d times for three connections, want once", n)
	}
}

// published returns where an empty ledger is.
func published(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "usage.duckdb")
	l, err := ledger.Open(t.Context(), path, ledger.Options{Create: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := l.Publish(t.Context()); err != nil {
		t.Fatal(err)
	}
	return path
}

// Connections that make what is common to many at the same time take one another's, and what is
// kept after it has a place of its own.
func TestCommonToMany(t *testing.T) {
	l, err := ledger.Open(t.Context(), published(t), ledger.Options{ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	l.KeepCommon(50)
	ask := func(what string, meanwhile func()) string {
		t.Helper()
		schema, err := l.CommonToMany(t.Context(), what, []string{"one"}, func(conn *sql.Conn) error {
			meanwhile()
			_, err := conn.ExecContext(t.Context(), "CREATE TEMP TABLE one AS SELECT 1 AS n")
			return err
		})
		if err != nil || schema == "" {
			t.Fatal(what, schema, err)
		}
		return schema
	}
	inner := ""
	outer := ask("parts", func() { inner = ask("parts", func() {}) })
	if other := ask("others", func() {}); inner != outer || other == outer {
		t.Errorf("kept in %s, %s and, of others, %s", inner, outer, other)
	}
}

// What is kept for many is made once, and closed with the ledger; where few are to come it is not made.
func TestKeptForMany(t *testing.T) {
	path := published(t)
	for connections, want := range map[int]int{0: 0, 3: 0, 50: 1} {
		l, err := ledger.Open(t.Context(), path, ledger.Options{ReadOnly: true})
		if err != nil {
			t.Fatal(err)
		}
		l.KeepCommon(connections)
		var made, closed int
		ask := func() io.Closer {
			t.Helper()
			held, err := l.KeptForMany("a thing", func() (io.Closer, error) {
				made++
				return closer(func() { closed++ }), nil
			})
			if err != nil {
				t.Fatal(err)
			}
			return held
		}
		first := ask()
		if second := ask(); made != want || (first != nil) != (want > 0) || (second != nil) != (want > 0) || closed != 0 {
			t.Errorf("for %d it was made %d times, want %d, and closed %d times before the ledger was", connections, made, want, closed)
		}
		if err := l.Close(); err != nil || closed != made {
			t.Errorf("for %d: made %d times, closed %d (%v)", connections, made, closed, err)
		}
	}
}

type closer func()

func (c closer) Close() error { c(); return nil }

// made is how often something was made for three connections.
func made(t *testing.T, l *ledger.Ledger) (n int) {
	t.Helper()
	l.KeepCommon(3)
	var conns []*sql.Conn
	for _, what := range []string{"seven", "eight", "seven", "eight", "seven"} {
		conn, err := l.DB().Conn(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		conns = append(conns, conn) // kept open: the next is another
		want := map[string]int{"seven": 7, "eight": 8}[what]
		err = l.Common(t.Context(), conn, what, []string{"one", "two"}, func() error {
			if what == "seven" {
				n++
			}
			_, err := conn.ExecContext(t.Context(), fmt.Sprintf("CREATE TEMP TABLE one AS SELECT %d AS n; CREATE TEMP TABLE two AS SELECT NULL AS n;", want))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var got int
		if err := conn.QueryRowContext(t.Context(), "SELECT o.n FROM temp.main.one o CROSS JOIN temp.main.two t WHERE t.n IS NULL").Scan(&got); err != nil || got != want {
			t.Errorf("%s: %d (%v)", what, got, err)
		}
	}
	for _, conn := range conns {
		conn.Close()
	}
	return n
}
