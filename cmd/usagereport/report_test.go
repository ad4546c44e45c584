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
