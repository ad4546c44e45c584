package outbox_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"usagereport/sending/delivery"
	"usagereport/sending/delivery/outbox"
)

type keep struct{ Total string }

func parcels() []outbox.Packed[keep] {
	return []outbox.Packed[keep]{
		{Keep: keep{"12.40"}, Parcel: delivery.Parcel{
			ID: "R-AAAA1111", Owner: "Search", Channel: "mail", To: []string{"ada@example.org"}, Subject: "It cost 12.40",
			Files: []delivery.File{{Name: "mail.eml", Type: "message/rfc822", Bytes: []byte("From: x\r\n\r\n\x00")}, {Name: "a.html", Type: "text/html", Bytes: []byte("<p>")}},
		}},
		{Parcel: delivery.Parcel{ID: "R-AAAA1111", Owner: "Search", Channel: "store", Files: []delivery.File{{Name: "a.html", Type: "text/html", Bytes: []byte("<p>")}}}},
		{Parcel: delivery.Parcel{ID: "R-BBBB2222", Owner: strings.Repeat("../Web", 40), Channel: "folder", Files: []delivery.File{{Name: "mail.eml", Type: "message/rfc822"}}}},
	}
}

func TestOutbox(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := outbox.Write(dir, 0o600, keep{"all"}, parcels()); err != nil {
		t.Fatal(err)
	}
	all, got, err := outbox.Read[keep, keep](dir)
	want := parcels()
	want[2].Files[0].Bytes = []byte{}
	if err != nil || all.Total != "all" || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v\n%+v\n%v\nwant %+v", all, got, err, want)
	}
	if err := outbox.Write(dir, 0o600, keep{}, parcels()); err == nil || !strings.Contains(err.Error(), "something is there already") {
		t.Errorf("a folder that holds something: got %v", err)
	}
}

// What somebody has looked at is what is sent, or nothing is.
func TestOutboxChanged(t *testing.T) {
	for name, c := range map[string]struct {
		change func(dir, first string) error
		want   string
	}{
		"bytes":  {func(_, first string) error { return os.WriteFile(filepath.Join(first, "a.html"), []byte("<b>"), 0o600) }, "a.html is not as it was written"},
		"gone":   {func(_, first string) error { return os.Remove(filepath.Join(first, "a.html")) }, "a.html: no such file"},
		"added":  {func(_, first string) error { return os.WriteFile(filepath.Join(first, "b.html"), nil, 0o600) }, "b.html is not in manifest.json"},
		"list":   {func(dir, _ string) error { return os.Remove(filepath.Join(dir, outbox.Name)) }, "it has no manifest.json"},
		"folder": {func(dir, _ string) error { return edit(dir, `"dir": "Search-`, `"dir": "../Search-`) }, "cannot be a folder's name"},
		"path":   {func(dir, _ string) error { return edit(dir, `"name": "a.html"`, `"name": "../a.html"`) }, "cannot be a file's name"},
		"id":     {func(dir, _ string) error { return edit(dir, `"id": "R-AAAA1111"`, `"id": "../x"`) }, "is no ID of a message"},
		"form":   {func(dir, _ string) error { return edit(dir, "outbox/1", "outbox/9") }, "and not \"usagereport/outbox/1\""},
		"json":   {func(dir, _ string) error { return edit(dir, "{", "[") }, "manifest.json: "},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "out")
			if err := outbox.Write(dir, 0o600, keep{}, parcels()); err != nil {
				t.Fatal(err)
			}
			first, err := filepath.Glob(filepath.Join(dir, "Search-*-mail"))
			if err != nil || len(first) != 1 {
				t.Fatal(first, err)
			}
			if err := c.change(dir, first[0]); err != nil {
				t.Fatal(err)
			}
			if _, got, err := outbox.Read[keep, keep](dir); err == nil || got != nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, %v, want %q", got, err, c.want)
			}
		})
	}
}

func edit(dir, from, to string) error {
	path := filepath.Join(dir, outbox.Name)
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	return os.WriteFile(path, []byte(strings.Replace(string(b), from, to, 1)), 0o600)
}
