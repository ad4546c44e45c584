package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"
)

// demoFiles are the invented estate, made and loaded once for all tests that look at it and
// change nothing of it: its files in demo, and their ledger.
type demoFiles struct{ files, ledger string }

// A demoMaker makes the demo for who asks first.
type demoMaker struct {
	dir string // "" while nobody has asked
	get func() (demoFiles, error)
}

func newDemoMaker() *demoMaker {
	e := &demoMaker{}
	e.get = sync.OnceValues(e.make)
	return e
}

func (e *demoMaker) make() (d demoFiles, err error) {
	if e.dir, err = os.MkdirTemp("", "usagereport-demo-*"); err != nil {
		return d, err
	}
	d = demoFiles{files: filepath.Join(e.dir, "demo"), ledger: filepath.Join(e.dir, "usage.duckdb")}
	for _, args := range [][]string{{"demo", d.files}, {"load", "-q", "--db", d.ledger, d.files}} {
		var out bytes.Buffer
		if code := run(context.Background(), environment{
			args: args, stdin: strings.NewReader(""), stdout: &out, stderr: &out, getenv: func(string) string { return "" },
			now: func() time.Time { return time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC) }, terminal: func(io.Writer) (int, bool) { return 0, false },
		}); code != exitDone {
			return d, fmt.Errorf("%q exits with %d: %s", args, code, out.String())
		}
	}
	return d, nil
}

// theDemo is shared by the tests of this package.
var theDemo = newDemoMaker()

// demoOf returns the demo for a test.
func demoOf(t *testing.T) demoFiles {
	t.Helper()
	d, err := theDemo.get()
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// copyLedger puts a copy of the demo's ledger at path.
func (d demoFiles) copyLedger(path string) error {
	b, err := os.ReadFile(d.ledger)
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o600)
}

// cmdDemo gives a story the demo's ledger as its own.
func cmdDemo(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 0, 0, "demo")
	d, err := theDemo.get()
	ts.Check(err)
	ts.Check(d.copyLedger(ts.MkAbs("usage.duckdb")))
}

// A tidyRun runs the tests, and removes what they shared.
type tidyRun struct{ *testing.M }

func (r tidyRun) Run() int {
	defer func() { os.RemoveAll(theDemo.dir) }()
	return r.M.Run()
}
