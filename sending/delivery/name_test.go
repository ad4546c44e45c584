package delivery_test

import (
	"path/filepath"
	"strings"
	"testing"
	"testing/quick"
	"unicode/utf8"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/deliverytest"
)

func TestSafeName(t *testing.T) {
	for text, want := range map[string]string{
		"usage-2026-10.html":             "usage-2026-10.html",
		"雲端 (x).xlsx":                    "雲端__x.xlsx",
		"../../etc/passwd":               "etc_passwd",
		"":                               "unnamed",
		"..":                             "unnamed",
		".html":                          "html",
		"CON.html":                       "_CON.html",
		"com1":                           "_com1",
		"console":                        "console",
		"a.b.c":                          "a.b.c",
		`=cmd|' /C calc'!A0`:             "cmd____C_calc__A0",
		"a\u202egnp.exe":                 "a_gnp.exe",
		strings.Repeat("雲", 99) + ".csv": strings.Repeat("雲", 25) + ".csv",
	} {
		if got := delivery.SafeName(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	safe := func(text string) bool {
		name := delivery.SafeName(text)
		return filepath.IsLocal(name) && filepath.Base(name) == name && len(name) <= 81 && utf8.ValidString(name) && delivery.SafeName(name) == name
	}
	for name, text := range deliverytest.Hostile() {
		if !safe(text) {
			t.Errorf("%s: %q", name, delivery.SafeName(text))
		}
	}
	if err := quick.Check(safe, nil); err != nil {
		t.Error(err)
	}
	// What is cut off uncovers no other ending.
	if err := quick.Check(func(pick []byte) bool {
		var b strings.Builder
		for _, n := range pick {
			b.WriteByte("./_-aC:n o1"[int(n)%11])
		}
		return safe(b.String())
	}, &quick.Config{MaxCount: 2000}); err != nil {
		t.Error(err)
	}
}

func TestLine(t *testing.T) {
	for name, text := range deliverytest.Hostile() {
		got := delivery.Line(text, 100)
		if strings.ContainsAny(got, "\r\n\x00\x1b\u202e\u2066") || utf8.RuneCountInString(got) > 100 || !utf8.ValidString(got) {
			t.Errorf("%s: %q", name, got)
		}
	}
	for text, want := range map[string]string{" a\r\n b ": "a b", "abcdef": "abcdef", "abcdefg": "abcde…", "a\u202eb": "ab", "": ""} {
		if got := delivery.Line(text, 6); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}
