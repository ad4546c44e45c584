package loader_test

import (
	"context"
	"testing"
	"time"

	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/loader"
	"usagereport/loader/file"
)

var fixedNow = func() time.Time { return time.Date(2026, 11, 22, 8, 0, 0, 0, time.UTC) }

func open(t *testing.T) *ledger.Ledger {
	t.Helper()
	l := ledgertest.Empty(t)
	return l
}

func load(t *testing.T, l *ledger.Ledger, o loader.Options, refs ...string) []loader.FileResult {
	t.Helper()
	o.Now = fixedNow
	rs, err := loader.Load(context.Background(), l, map[string]loader.Source{"file": file.Source{}}, refs, o)
	if err != nil {
		t.Fatal(err)
	}
	return rs
}
