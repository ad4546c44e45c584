package loader_test

import (
	"path/filepath"
	"strings"
	"testing"

	"usagereport/loader"
)

func TestRefIsShownWithoutSecrets(t *testing.T) {
	for place, want := range map[string]string{
		"2026-??.csv":                         "2026-??.csv",
		`C:\exports\a?.csv`:                   `C:\exports\a?.csv`,
		`C:\Users\me@corp\a.csv`:              `C:\Users\me@corp\a.csv`,
		"u:pw@h.example/b.csv":                "…",
		"me@home/a#1.csv":                     "me@home/a#1.csv",
		"https://h.example/a/b.csv?sig=x":     "https://h.example/a/b.csv",
		"https://me:x@h.example:8/a@b.csv#x":  "https://h.example:8/a@b.csv",
		"https://me:x@h.example?sig=a/b":      "https://h.example",
		"s3://bucket/a b.csv?region=x":        "s3://bucket/a b.csv",
		"azblob://container":                  "azblob://container",
		"HTTPS://h.example/b.csv?Sig=x":       "https://h.example/b.csv",
		"https:/h.example/b.csv?sv=1&sig=x":   "https:/h.example/b.csv…",
		"h.example/b.csv&sig=x":               "h.example/b.csv…",
		"h.example/b.csv sig=x":               "h.example/b.csv …",
		"https:/me:pw@h.example/b.csv":        "https:…",
		"x//me:pw@h.example/b.csv":            "x/…",
		"me:pw@h.example/b.csv":               "…",
		"https://h.example/x;sig=SECRET":      "https://h.example/x…",
		"https://h.example/x%3Fsig=SECRET":    "https://h.example/x…",
		"https://h.example/x%253fsv%3D1":      "https://h.example/x…",
		"azblob://container/me@home/x.csv?y=": "azblob://container/me@home/x.csv",
	} {
		if got := loader.ParseRef(place).String(); got != want {
			t.Errorf("%s: got %s, want %s", place, got, want)
		}
	}
}

// What a Macintosh writes beside each file of a folder is none of it.
func TestCompanyOfFiles(t *testing.T) {
	w := newTree(t)
	w.write("a.csv", mosa("s1", 1, 5))
	w.write("._a.csv", "\x00\x05\x16\x07")
	w.write("__MACOSX/._a.csv", "\x00\x05\x16\x07")
	w.write("notes.txt", "remember")
	w.write(".DS_Store", "\x00\x00\x00\x01Bud1")
	for _, place := range []string{w.dir, filepath.Join(w.dir, "*")} {
		if got := statuses(load(t, open(t), loader.Options{}, place), w.dir); place == w.dir && got != "a.csv loaded" || strings.Contains(got, "._a") {
			t.Errorf("%s: %s", place, got)
		}
	}
}

// A folder's files are taken by their names, whatever separates their values.
func TestTabsInAFolder(t *testing.T) {
	w := newTree(t)
	w.write("a.tsv", strings.ReplaceAll(mosa("s1", 1, 5), ",", "\t"))
	w.write("b.CSV", mosa("s2", 1, 5))
	if got := statuses(load(t, open(t), loader.Options{}, w.dir), w.dir); got != "a.tsv loaded\nb.CSV loaded" {
		t.Error(got)
	}
}
