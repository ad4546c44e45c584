package analysis_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/txtar"

	"usagereport/analysis"
	"usagereport/internal/ledgertest"
	"usagereport/ledger"
	"usagereport/usage"
)

// The finding of a tag's value names the tag, and its SQL adds up the same days,
// also those on which its resources had other values.
func TestWhyOfATag(t *testing.T) {
	l := ledgertest.Empty(t)
	ar, err := txtar.ParseFile(filepath.Join("testdata", "tags.txtar"))
	if err != nil {
		t.Fatal(err)
	}
	load(t, l, ar.Files[0])
	ledgertest.AddUp(t, l)
	a, err := analysis.New(t.Context(), l, analysis.Options{Tags: []string{"team"}})
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	found, _, err := a.Findings(t.Context())
	if err != nil || len(found) != 1 {
		t.Fatalf("%d findings, want 1 (%v)", len(found), err)
	}
	if scope, err := json.Marshal(found[0].Scope); err != nil || string(scope) != `{"Tags.Team":"search"}` {
		t.Errorf("scope %s (%v)", scope, err)
	}
	why, err := a.Why(t.Context(), found[0].ID)
	if err != nil {
		t.Fatal(err)
	}
	rows, err := l.DB().QueryContext(t.Context(), why.SQL)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	got := map[usage.Day]usage.Decimal{}
	for rows.Next() {
		var day time.Time
		var sum usage.Decimal
		if err := rows.Scan(&day, ledger.Amount(&sum)); err != nil {
			t.Fatal(err)
		}
		got[usage.DayOf(day)] = sum
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if len(got) == 0 || len(got) != len(why.Days) {
		t.Errorf("%d days, want %d", len(got), len(why.Days))
	}
	for _, d := range why.Days {
		if got[d.Day] != d.Actual {
			t.Errorf("%s: the SQL gives %s, the finding %s", d.Day, got[d.Day], d.Actual)
		}
	}
}
