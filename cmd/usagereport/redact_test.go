package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
)

// The key is its maker's alone, is made once, and is never another file.
func TestRedactKey(t *testing.T) {
	var said strings.Builder
	g := &globals{env: environment{stderr: &said, stdout: io.Discard}}
	path := filepath.Join(t.TempDir(), "home.key")
	first, err := g.redactKey(path)
	if err != nil || len(first) != keyBytes || !strings.Contains(said.String(), path) {
		t.Fatalf("%d bytes, %v, %q", len(first), err, said.String())
	}
	info, err := os.Stat(path)
	if err != nil || runtime.GOOS != "windows" && info.Mode().Perm() != 0o600 {
		t.Errorf("the key's file has the mode %v (%v)", info.Mode(), err)
	}
	if second, err := g.redactKey(path); err != nil || !bytes.Equal(first, second) {
		t.Errorf("the key is another one the second time: %v", err)
	}
	for _, text := range []string{"", "abcd", "name,rule\n"} {
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := g.redactKey(path); err == nil || !strings.Contains(err.Error(), "holds no key") {
			t.Errorf("%q is a key: %v", text, err)
		}
	}
	if _, err := g.redactKey(filepath.Join(path, "below")); err == nil {
		t.Error("a key is made where there is no folder")
	}
}
