package duckfile

import "testing"

func TestBytesOf(t *testing.T) {
	for text, want := range map[string]int64{"512 bytes": 512, "1.5 KiB": 1536, "300.0 MiB": 300 << 20, "19.5 GiB": 39 << 29, "2 TiB": 2 << 40} {
		if got, err := bytesOf(text); err != nil || got != want {
			t.Errorf("%s: %d %v, want %d", text, got, err, want)
		}
	}
	for _, text := range []string{"", "12", "much", "1 elephant", "x GiB", "1 iB"} {
		if got, err := bytesOf(text); err == nil {
			t.Errorf("%q: %d, want an error", text, got)
		}
	}
}
