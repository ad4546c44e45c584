package workspace

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// A file that Excel has saved as "CSV" is read, and that its letters were guessed is said
// once.
func TestForeignFilesAreSaid(t *testing.T) {
	path := filepath.Join(t.TempDir(), "plans.csv")
	if err := os.WriteFile(path, []byte("from;amount;per;note\n2026-06-20;6000,00;day;B\xfcro\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	said := 0
	w := &Workspace{Note: func(format string, args ...any) {
		if got, want := fmt.Sprintf(format, args...), path+" is not UTF-8; it was read as Windows-1252, as older programs write it"; got != want {
			t.Errorf("it says %q, want %q", got, want)
		}
		said++
	}}
	for range 2 {
		plans, err := w.ReadPlans(path)
		if err != nil {
			t.Fatal(err)
		}
		if len(plans) != 1 || plans[0].Note != "Büro" || plans[0].Amount.String() != "6000" {
			t.Errorf("got %+v", plans)
		}
	}
	if said != 1 {
		t.Errorf("it was said %d times", said)
	}
}
