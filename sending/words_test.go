package sending

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Words to an owner are as long as somebody reads, and UTF-8.
func TestReadWords(t *testing.T) {
	path := filepath.Join(t.TempDir(), "words.txt")
	for _, c := range []struct{ text, want, wrong string }{
		{"hello\n", "hello\n", ""},
		{"B\xfcro", "B\uFFFDro", ""},
		{strings.Repeat("x", 64<<10), strings.Repeat("x", 64<<10), ""},
		{strings.Repeat("x", 64<<10+1), "", "is longer than 64 KB"},
	} {
		if err := os.WriteFile(path, []byte(c.text), 0o600); err != nil {
			t.Fatal(err)
		}
		got, err := ReadWords("Ada", path)
		if got.Text != c.want || (err == nil) != (c.wrong == "") || err != nil && !strings.Contains(err.Error(), c.wrong) {
			t.Errorf("%d bytes: %d, %v, want %q", len(c.text), len(got.Text), err, c.wrong)
		}
	}
	if _, err := ReadWords("Ada", path+".gone"); err == nil || !strings.Contains(err.Error(), "--note: read the words to Ada") {
		t.Errorf("without a file: %v", err)
	}
}
