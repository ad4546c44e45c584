package loader_test

import (
	"os"
	"path/filepath"
	"testing"

	"usagereport/ledger"
	"usagereport/loader"
)

// The file of a load is where it was kept, else where it came from.
func TestStanding(t *testing.T) {
	there := filepath.Join(t.TempDir(), "a.csv")
	if err := os.WriteFile(there, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	gone := there + ".gone"
	for _, c := range []struct{ kept, ref, want string }{
		{"", there, there},
		{there, gone, there},
		{gone, there, there},
		{gone, "https://example.org/a.csv", ""},
		{"", "", ""},
	} {
		if got := loader.Standing(ledger.Description{Load: ledger.Load{Kept: c.kept, Ref: c.ref}}); got != c.want {
			t.Errorf("kept %q of %q: %q, want %q", c.kept, c.ref, got, c.want)
		}
	}
}
