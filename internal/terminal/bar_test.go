package terminal

import (
	"bytes"
	"strings"
	"testing"
)

// A bar names a file, safe for a terminal, and is gone when all that were begun are done.
func TestBar(t *testing.T) {
	var out bytes.Buffer
	b := &Bar{Out: &out}
	b.Begin("b\x1b]0;title\a.csv", 10).Add(4)
	b.Begin("a.csv", -1).Add(100)
	if got := out.String(); !strings.Contains(got, `b\x1b]0;title\x07.csv`) || strings.Contains(got, "\x1b]0;") {
		t.Errorf("the bar says %q", got)
	}
	b.Done()
	if strings.HasSuffix(out.String(), " \r") {
		t.Errorf("the bar is gone while a file is being read: %q", out.String())
	}
	b.Done()
	if !strings.HasSuffix(out.String(), " \r") {
		t.Errorf("the bar stays: %q", out.String())
	}
}
