package engines

import (
	"context"
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"usagereport/internal/misuse"
	"usagereport/internal/query"
	"usagereport/usage"
)

func TestSplit(t *testing.T) {
	for _, c := range []struct{ name, kind, rest, wrong string }{
		{"parquet:lake", "parquet", "lake", ""},
		{"parquet:s3://bucket/prefix", "parquet", "s3://bucket/prefix", ""},
		{"trino://ada@host/hive/finops?table=t", "trino", "//ada@host/hive/finops?table=t", ""},
		{"parquet:", "", "", "--engine parquet:: write it as"},
		{"lake", "", "", "--engine lake: write it as"},
		{"duckdb:lake", "", "", "--engine duckdb:lake: write it as"},
		{"https://example.org/lake?sv=1&sig=secret", "", "", "--engine https"},
	} {
		kind, rest, err := Split(c.name)
		if kind != c.kind || rest != c.rest || (err == nil) != (c.wrong == "") {
			t.Errorf("%s: %q and %q, %v", c.name, kind, rest, err)
		}
		var flag *misuse.Error
		if err != nil && (!errors.As(err, &flag) || !strings.Contains(err.Error(), c.wrong) || strings.Contains(err.Error(), "secret")) {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

// A place that no engine reads is refused before anything is opened.
func TestOpenRefuses(t *testing.T) {
	for _, name := range []string{"lake", "trino://nowhere"} {
		var flag *misuse.Error
		if _, _, err := Open(context.Background(), name, Options{}); !errors.As(err, &flag) {
			t.Errorf("%s: %v, want a mistake in a flag", name, err)
		}
	}
}

// Decimals of a cluster come as text; what is none, or has more digits than we keep, stays as it is.
func TestExact(t *testing.T) {
	in := []any{"1.50", "1e400", "2.5", nil}
	table := query.Table{
		Columns: []query.Column{
			{Name: "cost", Kind: query.Decimal}, {Name: "odd", Kind: query.Decimal}, {Name: "name", Kind: query.Text}, {Name: "none", Kind: query.Decimal},
		},
		Rows: func(yield func([]any, error) bool) { yield(in, nil) },
	}
	for row, err := range exact(table).Rows {
		if err != nil || row[0] != usage.MustDecimal("1.5") || row[1] != "1e400" || row[2] != "2.5" || row[3] != nil {
			t.Errorf("%#v, %v", row, err)
		}
	}
}

func TestCache(t *testing.T) {
	env := map[string]string{"HOME": "/home/ada"}
	getenv := func(name string) string { return env[name] }
	if got := cache(getenv); got != filepath.Join("/home/ada", ".cache", "usagereport", "parquet") {
		t.Error(got)
	}
	if env["XDG_CACHE_HOME"] = "/var/cache/ada"; cache(getenv) != filepath.Join("/var/cache/ada", "usagereport", "parquet") {
		t.Error(cache(getenv))
	}
}
