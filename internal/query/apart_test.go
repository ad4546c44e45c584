package query_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"usagereport/internal/query"
)

// TestMain is also the program of TestRunApart, which does what $APART says.
func TestMain(m *testing.M) {
	told := ""
	switch os.Getenv("APART") {
	case "":
		os.Exit(m.Run())
	case "answer":
		b, _ := io.ReadAll(os.Stdin)
		fmt.Print("asked: " + string(b))
		os.Exit(0)
	case "mistake":
		told = "told: no such column"
	case "memory":
		told = "told: fatal error: out of memory"
	}
	fmt.Fprint(os.Stderr, told)
	os.Exit(1)
}

func TestRunApart(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		does, answer, want string
		ofStatement        bool
	}{
		{"answer", "asked: SELECT 1", "", false},
		{"mistake", "", "no such column", true},
		{"memory", "", "needs more memory than it may have (2GB)", true},
		{"silent", "", "query: exit status 1", false},
	} {
		t.Setenv("APART", c.does)
		var out bytes.Buffer
		err := query.RunApart(t.Context(), query.Apart{
			Program: program, Memory: "2GB", Grace: time.Second, Now: time.Unix(0, 0),
			Failure: func(told string) string { return strings.TrimPrefix(told, "told: ") },
		}, "SELECT 1", &out)
		var wrong *query.StatementError
		if out.String() != c.answer || (err == nil) != (c.want == "") || errors.As(err, &wrong) != c.ofStatement ||
			err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %q, %v, want %q, %q", c.does, out.String(), err, c.answer, c.want)
		}
	}
}

// A statement that is to stop stops.
func TestRunApartStops(t *testing.T) {
	program, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	t.Setenv("APART", "answer")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	if err := query.RunApart(ctx, query.Apart{
		Program: program, Now: time.Unix(0, 0), Failure: strings.TrimSpace,
	}, "SELECT 1", &out); err == nil || out.Len() > 0 {
		t.Errorf("%q, %v", out.String(), err)
	}
}
