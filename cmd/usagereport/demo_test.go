package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"regexp"
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

// cmdEstate writes the demo's files of a few months, with the lines alone that match an
// expression: what a story asks of them takes a fraction of the time.
func cmdEstate(ts *testscript.TestScript, neg bool, args []string) {
	expect(ts, neg, args, 3, 99, "estate DIR EXPRESSION MONTH...")
	d, err := theDemo.get()
	ts.Check(err)
	ts.Check(d.copyPart(ts.MkAbs(args[0]), regexp.MustCompile(args[1]), args[2:]))
}

// copyPart puts into dir the files of some months, with their first lines and those that match.
func (d demoFiles) copyPart(dir string, keep *regexp.Regexp, months []string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, month := range months {
		b, err := os.ReadFile(filepath.Join(d.files, month+".csv"))
		if err != nil {
			return err
		}
		var part []byte
		for line := range bytes.Lines(b) {
			if len(part) == 0 || keep.Match(line) {
				part = append(part, line...)
			}
		}
		if err := os.WriteFile(filepath.Join(dir, month+".csv"), part, 0o600); err != nil {
			return err
		}
	}
	return nil
}

// A tidyRun runs the tests, and removes what they shared.
type tidyRun struct{ *testing.M }

func (r tidyRun) Run() int {
	defer func() { os.RemoveAll(theDemo.dir) }()
	return r.M.Run()
}
