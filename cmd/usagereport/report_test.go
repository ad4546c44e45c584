package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Where nothing can open a file, --open says so before the work.
func TestOpenWithoutOpener(t *testing.T) {
	path := filepath.Join(t.TempDir(), "report.html")
	for _, name := range []string{"xdg-open-that-is-not-installed", filepath.Join(t.TempDir(), "xdg-open")} {
		var out, errs bytes.Buffer
		code := run(t.Context(), environment{
			args:  []string{"report", "--open", "-o", path, "../../testdata/usage/azure_account_v2/202608-v2.csv"},
			stdin: strings.NewReader(""), stdout: &out, stderr: &errs, getenv: func(string) string { return "" },
			now: func() time.Time { return time.Time{} }, terminal: func(io.Writer) (int, bool) { return 0, false }, opener: []string{name},
		})
		if code != exitFailed || out.Len() > 0 || !strings.Contains(errs.String(), "--open needs "+name) || !strings.Contains(errs.String(), "leave out --open") {
			t.Errorf("%s: exit code %d, stdout %q, stderr %q", name, code, out.String(), errs.String())
		}
	}
	if _, err := os.Stat(path); err == nil {
		t.Error("a report was written before --open was looked at")
	}
}

func TestOpener(t *testing.T) {
	for system, want := range map[string]string{"linux": "xdg-open", "freebsd": "xdg-open", "darwin": "open", "windows": "rundll32 url.dll,FileProtocolHandler"} {
		if got := strings.Join(opener(system), " "); got != want {
			t.Errorf("%s opens files with %q, want %q", system, got, want)
		}
	}
}

// What an owner spent is not nothing where the data of the owner's subscription are
// missing: nobody knows.
func TestOwnerWithoutData(t *testing.T) {
	t.Parallel()
	runCases(t, []namedCase{{"missing", func(d *desk) {
		one, two := charge{account: "one", service: "Storage", meter: "Data", resource: "a"}, charge{account: "two", service: "Storage", meter: "Data", resource: "b"}
		d.take(focus().file(one.over("2026-09-01", "2026-11-15", about(40))), focus().file(two.over("2026-09-01", "2026-10-31", about(40))))
		owners := d.write("owners.csv", "name,rule,budget\nOne,SubAccountId=one,900\nTwo,SubAccountId=two,1000\nNone,SubAccountId=three,70\n")
		without := d.report("--owners", owners, "--owner", "Two", "--period", "2026-11")
		d.has(without, "November 2026", "No data for November yet: two is missing.", "two has no data in this period; it cost EUR 1,236.40", "not known: the data are missing", "Budget for November EUR 1,000.00")
		d.lacks(without, "No charges", "EUR 0.00", "Load the month before", "the period before is not loaded", "1,000 left", "cannot be seen")
		none := d.report("--owners", owners, "--owner", "None")
		d.has(none, "November 2026", "No charges in November for None.", "Budget for November EUR 70.00 70 left")
		d.lacks(none, "the period before is not loaded")
	}}})
}
